"""The target's STAMP reflector as strangers meet it: what it answers, and above all what it does not."""
import json
import struct
import time

import pytest

from capture import Capture
from conftest import BUILD
from topology import Network

PORT, SLOW, FREE, RATE = 862, 8620, 8621, 50


@pytest.fixture(scope="module")
def world():
    with Network() as net:
        net.client, net.server = net.host("asker"), net.host("mirror")
        net.link(net.client, net.server)
        net.route()
        net.server.ip(4, "addr", "add", "10.77.1.22/24", "dev", net.server.interface(net.client))
        for port, http, rate, mode in ((PORT, 8081, 100000, "stateful"), (SLOW, 8082, RATE, "stateless"),
                                       (FREE, 8083, 100000, "stateless")):
            config = net.folder / f"mirror-{port}.conf"
            config.write_text(f"listen = [::]:{http}\nstamp_listen = :{port}\nstamp_rate = {rate}\n"
                              f"stamp_mode = {mode}\n")
            net.server.start(BUILD / "collector/target/internetmetre-target", "serve", "--config", config,
                             ready=lambda port=port: net.server.listens(port))
        yield net


# Runs inside the asker's namespace: sends each request from the port it names, prints what comes back within the wait.
ASK = """
import json, socket, sys, time
far, port, wait, requests = json.loads(sys.argv[1])
sockets, answers = {}, []
for source, request in requests:
    if source not in sockets:
        sockets[source] = s = socket.socket(socket.AF_INET6 if ":" in far else socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("", source))
    sockets[source].sendto(bytes.fromhex(request), (far, port))
end = time.monotonic() + wait
for source, s in sockets.items():
    while True:
        s.settimeout(max(0.001, end - time.monotonic()))
        try:
            answer, sender = s.recvfrom(4096)
        except TimeoutError:
            break
        answers.append((source, sender[0], sender[1], answer.hex()))
print(json.dumps(answers))
"""


def ask(world, requests, far=None, port=PORT, wait=0.2):
    words = json.dumps([far or world.server.v4, port, wait, [(source, data.hex()) for source, data in requests]])
    rows = json.loads(world.client.run("/usr/bin/python3", "-c", ASK, words).stdout)
    return [(source, address, sender, bytes.fromhex(data)) for source, address, sender, data in rows]


def request(seq=0, ssid=0, tail=b"", error=1):
    return struct.pack(">IQHH", seq, 0xE000000080000000, error, ssid) + bytes(28) + tail


@pytest.mark.parametrize("family", [4, 6])
def test_answer(world, family):
    far = world.server.v4 if family == 4 else world.server.v6
    (_, address, port, answer), = ask(world, [(40000 + family, request(seq=5, ssid=77))], far)
    assert (address, port, len(answer)) == (far, PORT, 44)
    seq, t3, error, ssid, t2, sender_seq, t1, sender_error, _, ttl = struct.unpack(">IQHHQIQHHB3x", answer)
    assert (seq, ssid, sender_seq, t1, sender_error, ttl) == (0, 77, 5, 0xE000000080000000, 1, 64)
    assert error & 0xFF and not error & 0x8000  # this host's clock is not synchronised
    now = time.time() + 2208988800
    assert abs(t2 / 2**32 - now) < 5 and 0 < (t3 - t2) / 2**32 < 0.1


def test_answers_from_the_address_that_was_asked(world):
    (_, address, _, _), = ask(world, [(40010, request())], "10.77.1.22")
    assert address == "10.77.1.22"


def test_never_more_octets_than_asked(world):
    """Nor fewer: requests of every length, with padding, with TLVs that lie."""
    tails = [b"", b"\x80\x01\x00\x04abcd", b"\x80\x01\xff\xff", b"\x80\xfa\x00\x00", b"\x80", b"\x80\x01\x00\x01",
             b"\x80\x01" + struct.pack(">H", 1352) + bytes(1352), bytes(500)]
    requests = [(41000 + n, request(seq=n, tail=tail)) for n, tail in enumerate(tails)]
    answers = {source: answer for source, _, _, answer in ask(world, requests)}
    assert sorted(answers) == [source for source, _ in requests]
    for source, sent in requests:
        assert len(answers[source]) == len(sent)


def test_silence_for_what_is_no_request(world):
    whole = request()
    bad = [whole[:length] for length in (0, 1, 14, 40)] + [request(error=0x8000), bytes(1472)]
    assert ask(world, [(42000 + n, data) for n, data in enumerate(bad)]) == []


def test_never_to_a_reflectors_or_a_privileged_port(world):
    """Two reflectors, or a reflector and echo, must not keep each other busy."""
    sources = [7, 53, 862, 1023, 1024, SLOW, FREE, 50000]
    answered = {source for source, *_ in ask(world, [(source, request()) for source in sources])}
    assert answered == {1024, SLOW, FREE, 50000}
    answered = {source for source, *_ in ask(world, [(source, request()) for source in sources], port=FREE)}
    assert answered == {1024, SLOW, 50000}


@pytest.mark.parametrize("first, second", [(FREE, PORT), (FREE, SLOW), (SLOW, FREE)])
def test_two_reflectors_do_not_play(world, first, second):
    """A forged request that makes one reflector write to another dies there, whatever their ports."""
    udp = struct.pack(">HHHH", first, second, 8 + 44, 0) + request()
    forge = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
s.sendto(bytes.fromhex("{udp.hex()}"), ("{world.server.v4}", 0))
"""
    with Capture(world.server, "lo", "udp") as capture:
        world.server.run("/usr/bin/python3", "-c", forge)
    seen = [struct.unpack_from(">HH", packet.payload) for packet in capture.packets()]
    assert seen == [(first, second), (second, first)]


@pytest.mark.timed
def test_rate_limit(world):
    far = world.server.v6
    first = ask(world, [(43000, request(seq=n)) for n in range(1000)], far, SLOW, wait=0.3)
    assert RATE <= len(first) <= RATE * 2
    # The other family, and with it another prefix, is not touched.
    assert len(ask(world, [(43001, request())], port=SLOW)) == 1
    time.sleep(1)
    again = ask(world, [(43002, request(seq=n)) for n in range(1000)], far, SLOW, wait=0.3)
    assert RATE <= len(again) <= RATE * 2


def test_unprivileged_auto(world):
    """Without the right to port 862 it takes the other, at the address of the HTTP server."""
    config = world.folder / "auto.conf"
    config.write_text("listen = 127.0.0.9:8090\n")
    config.chmod(0o644)
    program = world.folder / "target-copy"
    program.write_bytes((BUILD / "collector/target/internetmetre-target").read_bytes())
    program.chmod(0o755)
    started = world.client.start("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
                                 "--inh-caps=-all", program, "serve", "--config", config,
                                 ready=lambda: world.client.listens(8090, "-ltn"))
    assert "127.0.0.9:8620 " in world.client.run("ss", "-H", "-lun").stdout
    started.terminate()
    assert started.wait(10) == 0
