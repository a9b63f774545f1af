"""Frames of zstd at the edges of its format (RFC 8878): the collector reads of a batch what `zstd -dc` prints of it, or lists one
problem."""
import os
import struct
import subprocess

import pytest
import zstandard

import wire

RAW, RLE, COMPRESSED, RESERVED = range(4)
EITHER = None
BLOCK_MAX = 128 << 10


def block(kind, size, octets, last=True):
    return struct.pack("<I", size << 3 | kind << 1 | last)[:3] + octets


def frame(descriptor, fields, *blocks):
    return b"\x28\xb5\x2f\xfd" + bytes([descriptor]) + fields + b"".join(blocks)


def single(size, *blocks):
    """Of one segment: its window is the whole."""
    return frame(0xa0, struct.pack("<I", size), *blocks)


def shorter_window(content, exponent):
    """Packed with matches from afar, behind a header that has a window of 2^exponent."""
    far = zstandard.ZstdCompressionParameters.from_level(19, window_log=23)
    packed = zstandard.ZstdCompressor(compression_params=far).compress(content)
    assert packed[4] == 0xa0
    return frame(0x80, bytes([exponent - 10 << 3]), packed[5:])


def lines(count):
    return b"".join(wire.line(x=os.urandom(60).hex()) for _ in range(count))


def long_line(size, kind):
    """A block of that many octets, of the largest kinds, and the end of the line."""
    octets = b"a" if kind == RLE else b"a" * size
    return single(size + 1, block(kind, size, octets, last=False), block(RAW, 1, b"\n")), b"a" * size + b"\n"


TWICE = lines(160)
FAR = lines(2300) + TWICE + lines(3000) + TWICE  # what is repeated stands 400 KB behind
LINE = b"{}\n"
RAW_LINE = block(RAW, 3, LINE)
SUMMED = zstandard.ZstdCompressor(write_checksum=True).compress(LINE)
# name → a frame, what it should hold, and whether both readers take it; EITHER: as the zstd that is installed does
EDGES = {
    "raw": (frame(0x20, b"\3", RAW_LINE), LINE, True),
    "repeated": (frame(0x20, b"\5", block(RLE, 5, b"\n")), b"\n" * 5, True),
    "nothing": (frame(0x20, b"\0", block(RAW, 0, b"")), b"", True),
    "nothing, repeated": (frame(0x20, b"\0", block(RLE, 0, b"x")), b"", True),
    "nothing, compressed": (frame(0x20, b"\0", block(COMPRESSED, 2, b"\0\0")), b"", EITHER),
    "compressed to nothing": (frame(0x20, b"\0", block(COMPRESSED, 0, b"")), b"", False),
    "an empty last block": (frame(0x20, b"\3", block(RAW, 3, LINE, last=False), block(RAW, 0, b"")), LINE, True),
    "empty blocks in front": (frame(0x20, b"\3", *[block(RAW, 0, b"", last=False)] * 1000, RAW_LINE), LINE, True),
    "literals alone": (frame(0x20, b"\3", block(COMPRESSED, 5, b"\x18" + LINE + b"\0")), LINE, EITHER),
    "a reserved block": (frame(0x20, b"\3", block(RESERVED, 3, LINE)), LINE, False),
    "the unused bit": (frame(0x30, b"\3", RAW_LINE), LINE, True),
    "the reserved bit": (frame(0x28, b"\3", RAW_LINE), LINE, False),
    "dictionary 0": (frame(0x21, b"\0\3", RAW_LINE), LINE, True),
    "dictionary 0 in four octets": (frame(0x23, b"\0\0\0\0\3", RAW_LINE), LINE, True),
    "dictionary 7": (frame(0x21, b"\7\3", RAW_LINE), LINE, False),
    "a size of eight octets": (frame(0xe0, struct.pack("<Q", 3), RAW_LINE), LINE, True),
    "a size beyond all": (frame(0xe0, struct.pack("<Q", 1 << 63 | 3), RAW_LINE), LINE, False),
    "a size one too large": (frame(0x20, b"\4", RAW_LINE), LINE, False),
    "a size one too small": (frame(0x20, b"\2", RAW_LINE), LINE, False),
    "a checksum": (SUMMED, LINE, True),
    "another checksum": (SUMMED[:-1] + bytes([SUMMED[-1] ^ 1]), LINE, False),
    "no checksum": (SUMMED[:-4], LINE, False),
    "the largest raw block": (*long_line(BLOCK_MAX, RAW), True),
    "the largest repeated block": (*long_line(BLOCK_MAX, RLE), True),
    "a raw block beyond": (*long_line(BLOCK_MAX + 1, RAW), False),
    "a repeated block beyond": (*long_line(BLOCK_MAX + 1, RLE), False),
    "a window of the whole": (zstandard.ZstdCompressor(level=19).compress(FAR), FAR, True),
}


def stored(collector, probe, packed, content):
    """The file, and the reasons for which its body was not read."""
    header = probe.header(packed=len(packed), length=len(content), count=content.count(b"\n"))
    batch = probe.seal(wire.line(**header), packed)
    collector.stored(batch)
    return batch, collector.sql("SELECT ordinal FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s AND "
                                "reason = 'body'", probe.id)


def printed(path, batch):
    """What zstd's own program prints of a batch; None when it complains."""
    path.write_bytes(batch)
    done = subprocess.run(["zstd", "-qdc", path], capture_output=True, timeout=60, check=False)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.parametrize("packed, content, taken", [pytest.param(*edge, id=name.replace(" ", "-")) for name, edge in EDGES.items()])
def test_frame_at_the_edge_is_read_as_zstd_reads_it(collector, probe, tmp_path, packed, content, taken):
    batch, problems = stored(collector, probe, packed, content)
    said = printed(tmp_path / "a.batch", batch)
    if taken is EITHER:
        taken = said is not None
    assert (said, problems) == ((content, []) if taken else (None, [(0,)]))


@pytest.mark.parametrize("exponent", [17, 18, 19])
def test_window_that_is_shorter_than_its_matches(collector, probe, tmp_path, exponent):
    """Each reader would see what its buffers hold, most without a word: nobody could tell what the probe has signed."""
    batch, problems = stored(collector, probe, shorter_window(FAR, exponent), FAR)
    assert problems == [(0,)]
    assert exponent == 19 or printed(tmp_path / "a.batch", batch) != FAR
