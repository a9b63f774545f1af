"""Somebody without our programs checks what a probe sealed as docs/batch.md says. The commands are the page's own: only the file
and the key are replaced by those of the test."""
import re
import subprocess
import textwrap
from pathlib import Path

import pytest

import wire
from agent import Agent
from conftest import scratch

pytestmark = pytest.mark.quick
PAGE = Path(__file__).resolve().parents[2] / "docs/batch.md"
ALLOWED = {"zstd", "head", "tail", "od", "tr", "cat", "sed", "wc", "printf", "sha256sum", "openssl", "base32", "grep", "test"}


def blocks():
    """Text that stands four places in after an empty line."""
    found = [textwrap.dedent(block) for block in re.split(r"\n\n+", PAGE.read_text()) if block.startswith("    ")]
    assert len(found) == 8
    return found


def follow(folder, file, key):
    """What the page's shell says when every command of it has to succeed."""
    (folder / "the.batch").write_bytes(file)
    script = "\n".join(["set -e -o pipefail", *blocks()])
    script, replaced = re.subn(r"^FILE=.*\nKEY=.*$", f"FILE=the.batch\nKEY={key}", script, flags=re.M)
    assert replaced == 1
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def sealed(collector):
    """What a real agent has sealed, and its key as the collector shows it."""
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure({"p": {"check": "ping", "target": "127.0.0.1", "interval": "1m", "count": "1"}})
        agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        agent.run("run", "--once")
        shown = collector.run("probe", "show", agent.name())
        yield agent.files("acked")[0].read_bytes(), re.search(r"[A-Za-z0-9+/]{43}=", shown)[0], agent.name()


def test_a_stranger_checks_a_batch(sealed, tmp_path):
    file, key, name = sealed
    done = follow(tmp_path, file, key)
    assert done.returncode == 0 and "Signature Verified Successfully" in done.stdout, done.stdout + done.stderr
    assert done.stdout.startswith('{"task":"p"') and f"{wire.batch_hash(file)}  hashed\n" in done.stdout
    assert f'"probe":"{name}"' in done.stdout.splitlines()[-1]


def test_page_finds_out_what_is_wrong(sealed, tmp_path):
    file, key, _ = sealed
    other = wire.Probe()
    size = 8 + int.from_bytes(file[4:8], "little")
    forged = file.replace(b'"seq":1', b'"seq":2', 1)
    for wrong, with_key in ((forged, key), (file[:-1], key), (file + b"\n", key), (file, other.public),
                            (file[:-98] + other.file(b"", 0)[-98:], key), (file[:size] + wire.pack(b"{}\n") + file[-106:], key)):
        done = follow(tmp_path, wrong, with_key)
        assert done.returncode != 0 and "Verified Successfully" not in done.stdout


def test_page_needs_nothing_of_ours():
    """Beside zstd and openssl, what every Unix has."""
    words = re.findall(r"(?:^|[|(;] *|\$\()([a-z]+[0-9a-z]*) ", "\n".join(blocks()), flags=re.M)
    assert words and set(words) <= ALLOWED
