"""The folders of tests, which go with them: with KEEP=1 in the environment they stay, and are named when all is done."""
import os
import pathlib
import shutil
import tempfile

BUILD = pathlib.Path(os.environ.get("INTERNETMETRE_BUILD", pathlib.Path(__file__).parents[2] / "build"))
NAMES = BUILD / "kept"  # a file, as tests run in several processes


def folder(prefix, place=None):
    """Readable to everybody, as programs in it give up their rights."""
    made = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    made.chmod(0o755)
    return made


def leave(made):
    if os.environ.get("KEEP"):
        with open(NAMES, "a", encoding="utf-8") as names:
            names.write(f"{made}  {os.environ.get('PYTEST_CURRENT_TEST', '')}\n")
    else:
        shutil.rmtree(made, ignore_errors=True)


def pytest_terminal_summary(terminalreporter):
    """For a conftest.py to import."""
    if NAMES.exists():
        terminalreporter.section("kept folders, each with the test that had it last")
        terminalreporter.write(NAMES.read_text(encoding="utf-8"))
        NAMES.unlink()
