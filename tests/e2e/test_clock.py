"""A box without a clock of its own, behind TLS: it boots in 1970 or in 2038, asks the collector for the time, judges
certificates by what it learned, and its results get their right time."""
import datetime
import os
import subprocess
import time
from pathlib import Path

import pytest

from agent import BUILD, Agent, exactly_once
from conftest import FarCollector, scratch, wait_until
from pki import Authority
from topology import Network

pytestmark = pytest.mark.root("network namespaces")
SAMPLE = Path(__file__).resolve().parents[2] / "deploy/nginx/internetmetre.conf"
TASKS = {"echo": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"},
         "page": {"check": "http", "target": "https://collector.example/healthz", "interval": "1s"}}
QUICK = {"seal_interval": "1s", "journal_sync": "1s", "retry_max": "1s"}
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{ client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/site.conf; }}
"""


def offset(year):
    return int(datetime.datetime(year, 1, 20, tzinfo=datetime.timezone.utc).timestamp() - time.time())


@pytest.fixture(scope="module")
def box():
    """One namespace: the box, its collector, and nginx in front of that with the sample configuration."""
    with Network() as net, scratch() as folder:
        host = net.host("clock")
        etc = Path("/etc/netns") / host.space
        (etc / "ssl/certs").mkdir(parents=True)
        (etc / "hosts").write_text("127.0.0.1 localhost collector.example target.example\n")
        authority = Authority(etc / "ssl/certs", "ca")
        authority.certificate = authority.sign(authority.subject, authority.key, authority, days=(-25000, 90), ca=True)
        authority.write()
        subprocess.run(["openssl", "rehash", etc / "ssl/certs"], check=True)
        authority.folder = folder
        host.authority, host.folder = authority, folder
        authority.issue("server", host="collector.example")
        site = SAMPLE.read_text().replace("/var/log/nginx", str(folder)).replace(":8090", ":9")
        for name in ("collector", "target"):
            live = f"/etc/letsencrypt/live/{name}.example"
            site = site.replace(f"{live}/fullchain.pem", f"{folder}/server.pem").replace(f"{live}/privkey.pem", f"{folder}/server.key")
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        host.nginx = host.start("/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf",
                                ready=lambda: host.listens(443, "-ltn"))
        host.collector = FarCollector(folder, host, "127.0.0.1:8080", proxies="127.0.0.1")
        try:
            host.collector.start()
            yield host
            host.collector.stop()
        finally:
            host.collector.clean()


def enrolled(box, name, tasks=TASKS, **settings):
    folder = box.folder / name
    folder.mkdir()
    folder.chmod(0o755)
    agent = Agent(folder, ["ip", "netns", "exec", box.space])
    agent.configure(tasks, **QUICK, **settings)
    agent.run("enroll", "https://collector.example", box.collector.token(), "--yes")
    return agent


def wrong(agent, seconds):
    asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    agent.prefix = [*agent.prefix, "env", f"LD_PRELOAD={BUILD}/tests/net/wrong_clock.so", f"WRONG_CLOCK={seconds}",
                    f"ASAN_OPTIONS={asan}"]


@pytest.mark.parametrize("year", [1970, 2038])
def test_a_clock_that_is_years_off(box, year):
    agent = enrolled(box, f"in-{year}")
    wrong(agent, offset(year))
    began = datetime.datetime.now(datetime.timezone.utc)
    agent.start()
    try:
        wait_until(lambda: len(agent.files("acked")) >= 3, what=f"three acknowledgements ({agent.log.read_text()})")
        agent.stop()
        agent.run("run", "--once")
        exactly_once(box.collector, agent)
        results = [r for batch in agent.sealed().values() for r in batch]
        name = agent.name()
        wait_until(lambda: box.collector.sql("SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s",
                                             name) == [(len(results),)], what="every result's right time")
        first, last = box.collector.sql("SELECT min(at), max(at) FROM result JOIN probe USING (probe_no) WHERE probe = %s", name)[0]
        slack = datetime.timedelta(seconds=5)
        assert began - slack < first < last < datetime.datetime.now(datetime.timezone.utc) + slack
        pages = [r["outcome"] for r in results if r["task"] == "page" and r["sync"]]
        assert pages and set(pages) == {"ok"}, "a certificate is judged by the time that was learned"
    finally:
        agent.clean()


def test_the_schedule_is_there_before_the_time_is_known(box):
    """The first question for it goes out together with the one for the time; the next one is an hour away."""
    agent = enrolled(box, "scheduled", {}, schedule="remote")
    wrong(agent, offset(1970))
    agent.start()
    try:
        wait_until(lambda: "schedule from https" in agent.log.read_text() or "of the collector:" in agent.log.read_text(),
                   what="the schedule's answer")
        assert "schedule from https" not in agent.log.read_text()
        assert (agent.state / "schedule.ndjson").exists()
        agent.stop()
    finally:
        agent.clean()


def test_a_certificate_that_was_good_when_the_clock_stood_still(box):
    """In force in 1970 and long expired: by the box's clock it would pass."""
    agent = enrolled(box, "expired")
    wrong(agent, offset(1970))
    box.authority.issue("server", host="collector.example", days=(-24000, -3))
    box.nginx.send_signal(1)
    serial = "openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | openssl x509 -noout -checkend 0"
    wait_until(lambda: subprocess.run(["ip", "netns", "exec", box.space, "sh", "-c", serial], capture_output=True).returncode == 1,
               what="the other certificate")
    agent.start()
    try:
        wait_until(lambda: len(agent.files()) >= 4, what="batches that wait")
        wait_until(lambda: "its certificate has expired" in agent.log.read_text(), what="a refusal of the certificate")
        assert not agent.files("acked")
        agent.stop()
    finally:
        agent.clean()
        box.authority.issue("server", host="collector.example")
        box.nginx.send_signal(1)
    assert any(r["sync"] for batch in agent.sealed().values() for r in batch), "the time was learned all the same"
