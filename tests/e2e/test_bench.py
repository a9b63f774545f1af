"""What is measured by hand (tests/bench) runs briefly here, so that it still runs when it is wanted; its figures are figures."""
import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import BUILD

pytestmark = pytest.mark.long(60)
BENCH = Path(__file__).resolve().parents[1] / "bench"
FIGURE = r"(\d+(?:\.\d+)?)"


def bench(name, *words, build=BUILD, statuses=(0,)):
    done = subprocess.run([BENCH / name, *words], capture_output=True, text=True, timeout=300, check=False,
                          env=os.environ | {"INTERNETMETRE_BUILD": str(build)})
    assert done.returncode in statuses, done.stdout + done.stderr
    return done.stdout + done.stderr


def figures(said, *lines):
    """Each line is there, and the figures in it are above 0."""
    for line in lines:
        found = re.search(line.replace("#", FIGURE), said)
        assert found and all(float(figure) > 0 for figure in found.groups()), (line, said)


def test_agent():
    figures(bench("agent", "5"), "at rest after the start +RssAnon +# MB  PSS +# MB  RSS +# MB", "under load +RssAnon +# MB",
            "at rest after the load +RssAnon +# MB", r"processor per 1000 results +# ms \(# results in 5 s\)", "program +# kB stripped")


def test_ingest():
    figures(bench("ingest", "60", "4"), "over HTTP: +# results/s", "an answer takes: +# ms at the median",
            "CPU a result: +# us: # collector, # PostgreSQL, # this client", "parsing alone: +# results",
            "COPY BINARY alone: *# rows/s, with the indexes", "COPY BINARY alone: *# rows/s, into a bare table", "collector: # MiB")


def test_rollup():
    """Whether its bounds hold is for a machine that does nothing else; whether both ways give the same is for any."""
    said = bench("rollup", "3", "plain", statuses=(0, 1))
    figures(said, "# results of # probes", "the day +# ms; at most 60000 ms", "its processor time +# s", "memory at the peak +# MB",
            "nothing to do +# ms; at most 50 ms", "a late batch +# ms; at most 100 ms")
    assert re.search(r"of rollup_day that differ: 0\n.*of rollup_day_sketch that differ: 0\n", said), said


def test_simulate():
    figures(bench("simulate", "3", "20", "2", "5"), "rollups +3 probes, 20 days: # s, then # s for their figures\n +rows: # of days, # of sketches, 0 results\n +report: # s, # MB at the peak",
            "batches +2 probes, 5 days: # s, then # s for their figures\n +rows: # of days, # of sketches, # results")


def test_years():
    """Whether they cover is for many years and lines to say."""
    figures(bench("years", "1", "16", "40", statuses=(0, 1)), "PER1 +# of +# intervals contain the truth: #", "all +# of +# intervals")


def test_series():
    said = bench("series", "200", "31", statuses=(0, 1))
    figures(said, "a day told to everybody +# ms; at most 250 ms", *(f"{who}{what}" for who in ("everybody", "an analyst") for what in (
        " +# rows", ": a year +# ms; at most 300 ms", ": eight at once +# ms; at most 1000 ms", ": a page meanwhile +# ms; at most 200 ms")))


def test_durable():
    """That its other stories are still there pytest says before the one that is wanted runs."""
    said = bench("durable", "1", "30", "no_sync")
    figures(said, "# results, .* 0 twice", "# days, # boots, # full disks, # batches", "# passed")
    assert not re.search("failed|skipped|not ok", said), said


def test_import():
    figures(bench("import", "500"), "import csv +# s +# MB\n501 lines", "import undo +# s +# MB\nimport undo +# s")


def test_fuzz():
    figures(bench("fuzz", "1", "header", build=BUILD / "fuzz"), "header +# runs in .*, # edges covered, no finding")


@pytest.mark.root("network namespaces")
def test_ping():
    """Whether its bounds hold is for a machine that does nothing else."""
    figures(bench("ping", "50", "5", "1", statuses=(0, 1)), "round trip +at once # ms, in turns # ms",
            "slowest target # against # ms", "processor +# us a packet, fping #")


@pytest.mark.root("a network of its own")
def test_validator():
    """Its status is 1 where our verdict and another's differ without an excuse."""
    said = bench("validator", "12")
    figures(said, "12 zones made", "72 questions to 12 zones in # s: # secure, # insecure, # bogus", "excused #: ed448")
    assert said.endswith("0 differ\n"), said
