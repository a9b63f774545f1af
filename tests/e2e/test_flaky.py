"""tests/bench/flaky finds what fails now and then."""
import os
import re
import subprocess
from pathlib import Path

FLAKY = Path(__file__).resolve().parents[1] / "bench/flaky"
NOW_AND_THEN = """
import os
def test_good(): pass
def test_bad(): assert os.environ["KILL_SEED"] != "8", "this seed"
"""


def flaky(*words, seed="7"):
    done = subprocess.run([FLAKY, *words], capture_output=True, text=True, timeout=120, env=os.environ | {"FLAKY_SEED": seed})
    return done.returncode, done.stdout, done.stderr


def test_a_test_that_fails_now_and_then_is_found(tmp_path):
    path = tmp_path / "test_now_and_then.py"
    path.write_text(NOW_AND_THEN)
    status, said, _ = flaky("3", f"{path}::test_bad", f"{path}::test_good")
    assert status == 1
    lines = [line for line in said.splitlines() if line.startswith("== ")]
    assert re.search(r"test_bad: 3 runs beside 2 busy loops, seeds 7 to 9: 1 failed \(8\); [\d.]+ / [\d.]+ / [\d.]+ s ", lines[0])
    assert re.search(r"test_good: 3 runs .*: 0 failed; ", lines[1])
    assert re.findall(r"test_bad: seed (\d): (\w+)", said) == [("7", "ok"), ("8", "failed"), ("9", "ok")] and "this seed" in said


KEPT = """
import pytest
sets_up, runs = [], []
@pytest.fixture(scope="module")
def machine():
    sets_up.append(1)
@pytest.fixture
def fresh():
    return []
def test_third(machine, fresh):
    runs.append(1)
    fresh.append(1)
    assert len(sets_up) == 1 and fresh == [1]
    assert len(runs) != 3, "the third"
def test_skipped(): pytest.skip("not here")
"""


def test_what_a_module_shares_may_be_kept(tmp_path):
    path = tmp_path / "test_kept.py"
    path.write_text(KEPT)
    status, said, _ = flaky("--kept", "4", f"{path}::test_third")
    assert status == 1 and "test_third: 4 runs" in said and "1 failed (9)" in said and "the third" in said, said
    assert flaky("--kept", "2", f"{path}::test_skipped")[0] == flaky("--kept", "2", f"{path}::test_none")[0] == 1


def test_a_unit_test_and_what_does_not_exist():
    status, said, _ = flaky("1", "common-buf")
    assert status == 0 and "== common-buf: 1 runs" in said, said
    assert flaky("1", "no_such_test")[0] == 1
    assert flaky("0", "common-buf")[0] == 2 and "usage: flaky [--kept] N TEST" in flaky("x", "common-buf")[2]
