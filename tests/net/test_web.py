"""http and throughput over an emulated link: the rows say what the link does, and where the policy draws its line."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

from conftest import BUILD, Agent
from emulator import emulated_link
from topology import Network

HERE = pathlib.Path(__file__).parent
PUBLIC = "196.49.0.10"  # an address that a task from the collector may reach
INSIDE, ALSO = "10.77.1.2", "10.88.0.1"  # private addresses of the same server
DELAY_MS = 20  # each way
FAMILIES = pytest.mark.parametrize("family", [4, 6])


@pytest.fixture(scope="module")
def line():
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with Network() as net:
        net.client, net.server = net.host("web-client"), net.host("web-server")
        net.link_between = emulated_link(net, net.client, net.server, delay_ms=DELAY_MS)
        net.route()
        net.server.ip(4, "addr", "add", f"{PUBLIC}/32", "dev", "lo")
        net.client.ip(4, "route", "add", f"{PUBLIC}/32", "via", net.server.v4)
        hosts = pathlib.Path("/etc/netns") / net.client.space
        hosts.mkdir(parents=True, exist_ok=True)
        (hosts / "hosts").write_text(f"{PUBLIC} site.example\n"
                                     f"{net.server.v4} mixed.example\n{PUBLIC} mixed.example\n"
                                     f"{net.server.v4} inside.example\n")
        target = net.folder / "internetmetre-target"
        shutil.copy(BUILD / "collector" / "target" / "internetmetre-target", target)
        net.server.start(target, "serve", "--listen", "[::]:8081", ready=lambda: net.server.listens(8081, "-ltn"))
        net.server.start(sys.executable, HERE / "site.py", "::", 80, ready=lambda: net.server.listens(80, "-ltn"))
        net.agent = Agent(net)
        assert net.server.v4 == INSIDE
        yield net


@pytest.fixture
def net(line):
    """The line as it is without what an earlier test has done to it."""
    line.link_between.set(delay_ms=DELAY_MS, loss=0, rate_kbps=0)
    yield line
    line.server.run("nft", "flush", "ruleset")


NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    server {{
        listen 8088;
        location /to {{ return 302 $args; }}
        location / {{ return 200 "here"; }}
    }}
}}
"""


@pytest.fixture(scope="module")
def nginx(line):
    """On port 8088 of the server, at one more private address, too."""
    folder = line.folder / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    line.server.ip(4, "addr", "add", f"{ALSO}/32", "dev", "lo")
    line.client.ip(4, "route", "add", f"{ALSO}/32", "via", line.server.v4)
    line.server.start("/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf",
                      ready=lambda: line.server.listens(8088, "-ltn"))


def url(net, family, port, path="/"):
    return f"http://{net.server.v4}:{port}{path}" if family == 4 else f"http://[{net.server.v6}]:{port}{path}"


def octets(net):
    """Of both directions, without Ethernet's headers."""
    report = net.link_between.report()
    return sum(way["bytes_out"] - 14 * way["out"] for way in (report["ab"], report["ba"]))


def near(value, expected, part):
    return abs(value - expected) <= part * expected


# ---- http ----


@pytest.mark.timed
@FAMILIES
def test_http_phases(net, family):
    row = net.agent.measure("http", url(net, family, 80, "/page"))
    metrics = row["metrics"]
    assert (row["outcome"], row["af"], metrics["status"], metrics["body_bytes"]) == ("ok", family, 200, 20000)
    assert 2 * DELAY_MS <= metrics["connect_ms"] < 2 * DELAY_MS + 15
    assert 4 * DELAY_MS <= metrics["ttfb_ms"] < 4 * DELAY_MS + 40
    assert metrics["ttfb_ms"] <= metrics["total_ms"] < 6 * DELAY_MS + 60
    assert "lookup_ms" not in metrics and "tls_ms" not in metrics
    time.sleep(0.3)  # the last FIN
    assert near(row["bytes"], octets(net), 0.15)


@pytest.mark.quick
@pytest.mark.parametrize("status, outcome", [(204, "ok"), (404, "refused"), (451, "blocked"), (503, "refused")])
def test_http_status(net, status, outcome):
    row = net.agent.measure("http", url(net, 4, 80, f"/status?{status}"))
    assert (row["outcome"], row["metrics"]["status"]) == (outcome, status)
    assert status < 400 or str(status) in row["detail"]["reason"]


def test_http_cookies_live_within_one_measurement(net):
    """A site that sets a cookie and sends to itself until it sees it; the next measurement begins without."""
    for _ in range(2):
        row = net.agent.measure("http", url(net, 4, 80, "/cookie"))
        assert (row["outcome"], row["metrics"]["status"], row["metrics"]["redirects"]) == ("ok", 200, 1), row
    row = net.agent.measure("http", url(net, 4, 80, "/to?/to?/page"), redirects=1)
    assert (row["outcome"], row["detail"]["cause"]) == ("protocol_error", "too_many_redirects")


def test_http_early_hints_are_a_first_octet(net):
    """RFC 8297: ttfb_ms ends with 103, total_ms with the answer."""
    metrics = net.agent.measure("http", url(net, 4, 80, "/early"))["metrics"]
    assert metrics["status"] == 200 and metrics["total_ms"] - metrics["ttfb_ms"] > 250


def test_numbers_of_families_are_whole_where_they_are(net):
    detail = json.dumps(net.agent.measure("http", url(net, 4, 80, "/page"), family="both")["detail"])
    assert '"body_bytes": 20000,' in detail and '"status": 200,' in detail


@pytest.mark.parametrize("rule, outcome, cause, reason", [
    ("tcp dport 80 reject with tcp reset", "refused", "connection_refused", "connection refused"),
    ("tcp dport 80 reject with icmp host-unreachable", "unreachable", "no_way", "no way to the host"),
    ("tcp dport 80 drop", "timeout", "connect_timeout", "no TCP connection within 500 ms"),
])
def test_http_in_the_way(net, rule, outcome, cause, reason):
    net.server.nft(f"table inet block {{ chain input {{ type filter hook input priority 0\n{rule}\n}}\n}}\n")
    row = net.agent.measure("http", url(net, 4, 80), timeout_ms=500)
    assert (row["outcome"], row["detail"]["cause"], row["detail"]["reason"]) == (outcome, cause, reason)
    assert row["addr"] == net.server.v4 and row["metrics"] == {}


# ---- policy: `measure` is its owner speaking, without allow_private_targets ----


def test_policy_allows_public(net):
    for host in (PUBLIC, "site.example", "mixed.example"):
        row = net.agent.measure("http", f"http://{host}/page", config=False)
        assert (row["outcome"], row["addr"]) == ("ok", PUBLIC), row
        assert row["detail"]["addresses"] == [PUBLIC]


@pytest.mark.parametrize("check, target, outcome", [
    ("http", f"http://{INSIDE}/page", "ok"), ("http", "http://[fd77:1::2]/page", "ok"), ("http", "http://inside.example/page", "ok"),
    ("http", "http://127.0.0.1:9/", "refused"), ("http", "http://localhost:9/", "refused"),
    ("ping", INSIDE, "ok"), ("ping", "inside.example", "ok"), ("ping", "127.0.0.1", "ok"), ("ping", "::1", "ok"),
    ("traceroute", "inside.example", "ok"), ("tcp", "inside.example", "ok"), ("dns", "127.0.0.1", "refused"),
])
def test_policy_private_is_allowed_where_it_was_typed(net, check, target, outcome):
    row = net.agent.measure(check, target, config=False, **{"tcp": {"port": 80}}.get(check, {}))
    assert row["outcome"] == outcome, row


def test_policy_private_resolver_is_allowed_where_it_was_typed(net):
    row = net.agent.measure("delegation", "bj", config=False, resolver=net.server.v4, timeout_ms=200)
    assert row["outcome"] != "denied", row


@pytest.mark.parametrize("inside", [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.77.1.2/", "http://inside.example/",
    "http://[fd77:1::2]/", "http://169.254.169.254/latest/meta-data/", "http://2130706433/", "//10.77.1.2/",
])
def test_policy_redirect_to_private(net, inside):
    row = net.agent.measure("http", f"http://{PUBLIC}/to?{inside}", config=False)
    assert row["outcome"] == "denied", row
    assert "private" in row["detail"]["reason"] and "--allow-private" in row["detail"]["reason"]
    assert row["detail"]["redirects"] == [f"http://{PUBLIC}/to?{inside}"]
    # with the owner's leave the same goes through, where anything is there
    if "10.77.1.2" in inside or "inside" in inside:
        assert net.agent.measure("http", f"http://{PUBLIC}/to?{inside}")["outcome"] == "ok"
        row = net.agent.measure("http", f"http://{PUBLIC}/to?{inside}", config=False, flags=["--allow-private"])
        assert row["outcome"] == "ok", row


@pytest.mark.parametrize("typed, to, outcome", [
    (INSIDE, PUBLIC, "ok"),
    (INSIDE, INSIDE, "ok"),  # a router that sends to another port or name of its own
    (INSIDE, "inside.example", "ok"),
    ("inside.example", INSIDE, "ok"),
    (INSIDE, ALSO, "denied"),  # elsewhere in the house: it may be this box
    (INSIDE, "127.0.0.1", "denied"),
    (INSIDE, f"{PUBLIC}:8088/to?http://{INSIDE}", "denied"),  # by way of a stranger
    ("site.example", INSIDE, "denied"),
    ("site.example", "mixed.example", "ok"),  # its public address
    (PUBLIC, f"site.example:8088/to?http://{PUBLIC}", "ok"),
])
def test_policy_redirects_of_nginx(net, nginx, typed, to, outcome):
    target = f"http://{typed}:8088/to?http://{to}" + ("" if ":" in to else ":8088/")
    row = net.agent.measure("http", target, config=False)
    assert row["outcome"] == outcome, row
    assert net.agent.measure("http", target, config=False, flags=["--allow-private"])["outcome"] in ("ok", "refused")


def test_policy_throughput(net):
    for host in (net.server.v4, PUBLIC):
        row = net.agent.measure("throughput", f"http://{host}:8081", config=False, seconds=1, bytes_max=200000)
        assert row["outcome"] == "ok", row


# ---- throughput ----


@pytest.mark.timed
@FAMILIES
def test_throughput_rates(net, family):
    """10 Mbit/s down and 2 up; a segment of 1448 (1428) octets is a frame of 1514."""
    net.link_between.set(ab_rate_kbps=2000, ba_rate_kbps=10000, queue_bytes=60000)
    row = net.agent.measure("throughput", url(net, family, 8081), seconds=3)
    spent, metrics, detail = octets(net), row["metrics"], row["detail"]
    share = (1448 if family == 4 else 1428) / 1514
    assert row["outcome"] == "ok" and row["addr"] == (net.server.v4 if family == 4 else net.server.v6)
    assert 0.88 * 10 * share < metrics["down_mbps"] < 1.01 * 10 * share
    assert 0.88 * 2 * share < metrics["up_mbps"] < 1.01 * 2 * share
    assert 2 * DELAY_MS <= metrics["idle_rtt_ms"] < 2 * DELAY_MS + 8
    assert metrics["retrans"] >= 0
    assert near(metrics["bytes_used"], spent, 0.08) and metrics["bytes_used"] == row["bytes"]
    assert detail["down"]["stop"] == detail["up"]["stop"] == "time"
    for way in ("down", "up"):
        times, counts = zip(*detail[way]["series"])
        assert len(times) >= 9 and list(times) == sorted(times) and list(counts) == sorted(counts)
        assert detail[way]["tcp"]["min_rtt_ms"] >= 2 * DELAY_MS


@pytest.mark.timed
def test_throughput_sender_count_is_not_believed(net):
    """A queue of eight seconds in the modem swallows what the sender sends; the target's count does not."""
    net.link_between.set(ab_rate_kbps=500, queue_bytes=500000)
    row = net.agent.measure("throughput", url(net, 4, 8081), direction="up", seconds=2, timeout_ms=20000)
    assert row["outcome"] == "ok"
    assert 0.40 < row["metrics"]["up_mbps"] < 0.49
    assert "down_mbps" not in row["metrics"]


def test_throughput_target_count_that_cannot_be(net):
    """300 kB within a microsecond: no line carries that, and no figure is made of it."""
    row = net.agent.measure("throughput", f"http://{net.server.v4}/lie", direction="up", bytes_max=300000)
    assert row["outcome"] == "protocol_error" and "up_mbps" not in row["metrics"]
    assert row["detail"]["reason"] == "upload: the target counts 300000 octets in 1 us, which no line carries"


@pytest.mark.parametrize("how, outcome, reason", [
    ("early", "protocol_error", r"download: the target ended it after 32000 octets, before its time"),
    ("still", "partial", r"download: nothing came in its last \d+ ms"), ("drip", "ok", None),
])
def test_throughput_download_that_is_not_whole(net, how, outcome, reason):
    """Two blocks in 50 ms say nothing of a line; a line that falls silent gave what came, over the whole time."""
    row = net.agent.measure("throughput", f"http://{net.server.v4}/{how}", direction="down", seconds=1, bytes_max=1000000)
    assert row["outcome"] == outcome
    assert reason is None or re.fullmatch(reason, row["detail"]["reason"])
    if how == "early":
        assert "down_mbps" not in row["metrics"] and "stop" not in row["detail"]["down"]
    elif how == "still":
        assert row["detail"]["down"]["stop"] == "stalled" and 0.08 < row["metrics"]["down_mbps"] < 0.26  # of 32 kB at most in 1 s and a look


def test_throughput_byte_cap(net):
    row = net.agent.measure("throughput", url(net, 4, 8081), bytes_max=300000)
    time.sleep(0.3)
    assert row["outcome"] == "ok"
    assert row["detail"]["down"]["stop"] == row["detail"]["up"]["stop"] == "bytes"
    assert row["detail"]["down"]["bytes"] == row["detail"]["up"]["bytes"] == 300000
    assert near(row["bytes"], octets(net), 0.08)
    assert row["bytes"] < 700000


@pytest.mark.parametrize("direction, key", [("down", "down_mbps"), ("up", "up_mbps")])
def test_throughput_one_way(net, direction, key):
    row = net.agent.measure("throughput", url(net, 4, 8081), direction=direction, bytes_max=300000)
    assert row["outcome"] == "ok" and row["metrics"][key] > 0
    assert [way for way in ("down", "up") if way in row["detail"]] == [direction]


def test_throughput_line_dies(net):
    """The line goes dead two seconds into the download: what came still counts, over the whole time."""
    net.link_between.set(rate_kbps=8000)
    words = ["ip", "netns", "exec", net.client.space, net.agent.program, "measure", "throughput", url(net, 4, 8081),
             "--json", "--config", net.agent.config, "--set", "seconds=4", "--set", "timeout_ms=1000"]
    program = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)
    time.sleep(2.3)
    net.link_between.set(loss=1)
    row = json.loads(program.communicate(timeout=30)[0])
    assert program.returncode == 1
    assert row["outcome"] == "partial" and row["detail"]["reason"] == "upload: no TCP connection within 5000 ms"
    assert row["detail"]["down"]["stop"] == "stalled"
    assert 2 < row["metrics"]["down_mbps"] < 6  # half of 7.65
    assert "up_mbps" not in row["metrics"]


def test_throughput_no_target(net):
    row = net.agent.measure("throughput", url(net, 4, 80))
    assert row["outcome"] == "protocol_error" and "measurement target" in row["detail"]["reason"]
    row = net.agent.measure("throughput", url(net, 4, 81))
    assert row["outcome"] == "refused"
