"""The private PostgreSQL's life: shared, adopted, restarted, moved to a later version; and a server in its place."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg
from conftest import wait_until
from wire import ping


def test_one_collector_a_state_directory(collector):
    second = subprocess.run(collector.command("serve"), capture_output=True, text=True, timeout=30,
                            env=os.environ | {"LC_ALL": "en_US.UTF-8"})
    assert second.returncode == 1 and f"process {collector.process.pid}" in second.stderr


def test_commands_share_the_cluster(own_collector):
    """Many commands at once, without a server: one starts PostgreSQL, the last stops it."""
    commands = [subprocess.Popen(own_collector.command("token", "create"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(6)]
    for c in commands:
        _, err = c.communicate(timeout=60)
        assert c.returncode == 0, err
    assert own_collector.postmaster() == 0
    assert own_collector.run("token", "list").count("good") == 6


def test_postgres_that_outlived_the_collector_is_adopted(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    before = own_collector.postmaster()
    own_collector.kill()
    own_collector.start()
    assert own_collector.postmaster() == before
    own_collector.stored(probe.batch([ping()]))
    assert own_collector.results_of(probe) == 2
    own_collector.stop()
    assert own_collector.postmaster() == 0


def test_stale_pid_file_of_a_power_cut(own_collector):
    """The pid of the file belongs to another process by now: PostgreSQL alone would refuse to start."""
    pid_file = own_collector.state / "postgresql/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{own_collector.state}/postgresql\n")
    own_collector.start()


def test_long_state_directory(own_collector):
    """Too long for a socket's address: the socket goes elsewhere, where commands find it, too."""
    own_collector.state = own_collector.state.rename(own_collector.state.with_name("long" * 25))
    own_collector.start()
    assert not (own_collector.state / "run/.s.PGSQL.5432").exists()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))


def test_postgres_killed_is_restarted_and_nothing_is_lost(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    os.kill(own_collector.postmaster(), signal.SIGKILL)
    plain = probe.batch([ping()])
    unavailable = 0
    def delivered():
        nonlocal unavailable
        reply = own_collector.push(plain)
        if reply.status == 503:
            assert int(reply.headers["Retry-After"]) > 0 and reply.problem() == "unavailable"
            unavailable += 1
            return False
        assert reply.status == 200, reply.body
        return True
    wait_until(delivered, what="the delivery")
    assert unavailable > 0 and own_collector.results_of(probe) == 2
    wait_until(lambda: b"database_restarts_total 1" in own_collector.request("GET", "/metrics").body, what="the count")


def test_cluster_moves_to_a_later_postgres(own_collector):
    """Real pg_upgrade, between two installations of one version of which the second calls itself later."""
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    error = own_collector.run("migrate", "--upgrade-cluster", status=1)
    assert "stop the collector first" in error
    own_collector.stop()

    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))[-1]
    major = int(installed.parent.name)
    later = own_collector.config.parent / "later"
    later.mkdir(mode=0o755)
    for program in installed.iterdir():
        (later / program.name).symlink_to(program)
    (later / "postgres").unlink()
    (later / "postgres").write_text(f"""#!/bin/sh
[ "$1" = --version ] && {{ echo "postgres (PostgreSQL) {major + 1}.0"; exit; }}
exec {installed}/postgres "$@"
""")
    (later / "postgres").chmod(0o755)
    out = own_collector.run("migrate", "--upgrade-cluster", path=later)
    assert f"from PostgreSQL {major} to {major + 1}" in out
    assert (own_collector.state / f"postgresql.{major}").is_dir()
    own_collector.start()
    own_collector.stored(probe.batch([ping()]))
    assert own_collector.results_of(probe) == 2
    own_collector.stop()

    # An upgrade that stopped half way is not taken for a fresh start.
    (own_collector.state / "postgresql").rename(own_collector.state / "postgresql.new")
    assert "interrupted" in own_collector.run("token", "list", status=1)


def test_data_of_a_postgres_that_is_not_installed(own_collector):
    (own_collector.state / "postgresql/PG_VERSION").write_text("12\n")
    assert "apt-get install postgresql-12" in own_collector.run("token", "list", status=1)


def test_a_server_instead_of_the_cluster(collector, own_collector):
    """Its owner may do nothing but own the database: no roles, no superuser."""
    collector.sql("CREATE ROLE plain LOGIN")
    collector.sql("CREATE DATABASE elsewhere OWNER plain")
    with own_collector.config.open("a") as config:
        config.write(f"database = postgresql://plain@/elsewhere?host={collector.state}/run\n")
    for words in (("serve",), ("rollup",), ("simulate", "--probes", "1", "--days", "1", "--seed", "1"), ("simulate", "--remove")):
        assert "internetmetre-collector migrate" in own_collector.run(*words, status=1)
    own_collector.run("migrate")
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping(), ping()]))
    assert own_collector.postmaster() == 0
    with psycopg.connect(host=str(collector.state / "run"), dbname="elsewhere", user="plain") as db:
        assert db.execute("SELECT count(*) FROM ping").fetchone() == (2,)
    own_collector.stop()
