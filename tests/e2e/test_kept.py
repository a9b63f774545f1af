"""The folder of a test stays when that is wished, and is named at the end, in docs/debugging.md's words."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import BUILD

SHORT = "tests/e2e/test_status.py::test_the_spool_of_no_probe_is_not_called_empty"


@pytest.mark.parametrize("keep, how_many", [({"KEEP": "1"}, 1), ({}, 0)])
def test_folder_stays_with_keep_alone(tmp_path, keep, how_many):
    for program in ("agent", "collector"):  # the names stand in the build folder: not in this run's own
        (tmp_path / program).symlink_to(BUILD / program)
    env = {name: value for name, value in os.environ.items() if name != "KEEP"}
    done = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", SHORT], text=True, capture_output=True,
                          cwd=Path(__file__).resolve().parents[2], timeout=120, check=False,
                          env=env | keep | {"INTERNETMETRE_BUILD": str(tmp_path), "TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout
    named = [Path(name) for name in re.findall(r"^(/\S+)  " + re.escape(SHORT), done.stdout, re.M)]
    there = list(tmp_path.glob("imt-e2e-*"))
    assert named == there and len(there) == how_many, done.stdout
    assert not (tmp_path / "kept").exists()
    for folder in there:
        shutil.rmtree(folder)
