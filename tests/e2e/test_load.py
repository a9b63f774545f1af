"""Batches from files, with a collector that runs and without one."""

import os

import pytest
import wire
from wire import ping


@pytest.mark.quick
def test_load_twice_changes_nothing(collector, probe, tmp_path):
    by_http, by_file = probe.batch([ping()]), probe.batch([ping(), ping()])
    collector.stored(by_http)
    files = []
    for n, plain in enumerate((by_http, by_file)):
        files.append(tmp_path / f"{n}.zst")
        files[-1].write_bytes(plain)
    out = collector.run("load", *files)
    assert "0.zst: known already" in out and "1.zst: stored" in out
    assert collector.run("load", *files).count("known already\n") == 2
    assert (collector.batches_of(probe), collector.results_of(probe)) == (2, 3)


def test_load_names_bad_files_and_goes_on(collector, probe, tmp_path):
    good = probe.batch([ping()])
    bad = {"cut.zst": good[:50], "stranger.zst": wire.Probe().batch([ping()]),
           "text.zst": b"hello", "empty.zst": b"", "tampered": good[:-120] + b"?" + good[-119:]}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good").write_bytes(good)
    out = collector.run("load", tmp_path / "absent", *(tmp_path / n for n in bad), tmp_path / "good", status=1)
    for name, reason in {"absent": "file", "cut.zst": "framing", "stranger.zst": "unknown-probe", "text.zst": "framing",
                         "empty.zst": "framing", "tampered": "signature"}.items():
        assert f"{name}: refused ({reason})" in out
    assert "good: stored" in out and collector.results_of(probe) == 1


def test_load_waits_for_no_pipe_and_names_a_path_once(collector, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    out = collector.run("load", tmp_path / "pipe", tmp_path, status=1)
    assert f"{tmp_path}/pipe: refused (file): not a regular file\n" in out
    assert f"{tmp_path}: refused (file): cannot open: Is a directory\n" in out


def test_load_without_serve_starts_the_cluster_for_itself(own_collector, tmp_path):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stop()
    assert own_collector.postmaster() == 0
    (tmp_path / "b").write_bytes(probe.batch([ping()]))
    assert "stored" in own_collector.run("load", tmp_path / "b")
    assert own_collector.postmaster() == 0
    own_collector.start()
    assert own_collector.results_of(probe) == 1
