"""For pytest, loaded by flaky: each test runs REPEATED times, after one set-up of what its module shares."""
import os


def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("run_number")
    metafunc.parametrize("run_number", range(int(os.environ["REPEATED"])))
