"""Migrations: in order, once, and by no program that is older than the database."""

import psycopg
import pytest


def test_a_changed_migration_is_refused(own_collector):
    own_collector.start()
    own_collector.sql("UPDATE schema_migration SET checksum = 'other' WHERE name = 'migrations/0001_base.sql'")
    assert "migrations/0001_base.sql was applied with other content" in own_collector.run("migrate", status=1)


LATER = ("INSERT INTO schema_migration (name, checksum, program) VALUES ('migrations/9001_later.sql', 'x', %s) "
         "ON CONFLICT (name) DO UPDATE SET program = excluded.program")


def refused_as_older(said, program):
    return all(words in said for words in (f"a newer internetmetre-collector ({program})", "migrations/9001_later.sql", "BACKUP.md"))


@pytest.mark.parametrize("program, says", [("9.1.0", "9.1.0"), (None, "?")], ids=["named", "unnamed"])
def test_a_program_older_than_its_database_is_refused(own_collector, program, says):
    """As after a package that was put back: whether the newer one said who it was, or is from before that was noted."""
    c = own_collector.start()
    c.sql(LATER, program)
    before = c.sql("SELECT * FROM schema_migration ORDER BY 1")
    for words in (["migrate"], ["probe", "list"], ["rollup"]):
        assert refused_as_older(c.run(*words, status=1), says)
    assert c.sql("SELECT * FROM schema_migration ORDER BY 1") == before
    c.stop()
    assert refused_as_older(c.run("serve", status=1), says)


def test_a_program_older_than_its_server_is_refused(collector, own_collector):
    collector.sql("CREATE DATABASE later")
    with own_collector.config.open("a") as config:
        config.write(f"database = postgresql://internetmetre@/later?host={collector.state}/run\n")
    own_collector.run("migrate")
    with psycopg.connect(host=str(collector.state / "run"), dbname="later", user="internetmetre", autocommit=True) as db:
        db.execute(LATER, ["9.1.0"])
        for words in ("migrate", "serve"):
            assert refused_as_older(own_collector.run(words, status=1), "9.1.0")
        # A program from before programs were noted leaves a table without them.
        db.execute("ALTER TABLE schema_migration DROP COLUMN program")
        assert refused_as_older(own_collector.run("serve", status=1), "?")


def test_migrate_names_the_file_that_fails(own_collector):
    own_collector.start()
    own_collector.sql("DROP VIEW public_edns_league")
    own_collector.sql("CREATE TABLE public_edns_league (zone text)")
    error = own_collector.run("migrate", status=1)
    assert "views/edns.sql: PostgreSQL: " in error and "public_edns_league" in error
    own_collector.sql("DROP TABLE public_edns_league")
    own_collector.run("migrate")
    assert own_collector.sql("SELECT count(*) FROM public_edns_league") is not None
    own_collector.stop()


def test_migrate_makes_views_in_the_order_that_they_need(own_collector):
    """A view that others stand on is gone, as on a database of a version that had none of them."""
    own_collector.start()
    before = own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'")
    own_collector.sql("DROP VIEW day_metric, day_bucket, public_indicator CASCADE")
    assert own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") < before
    own_collector.run("migrate")
    assert own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") == before
    own_collector.stop()


def test_migrate_again_changes_nothing(own_collector):
    assert "migrations applied: 0" in own_collector.run("migrate")
