"""deploy/ping-range lets a user's programs ping for a time: in a network of its own, as a root who may not make raw sockets."""
import subprocess
from pathlib import Path

import pytest

import debian

TOP = Path(__file__).resolve().parents[2]
RANGE = "/proc/sys/net/ipv4/ping_group_range"
# start NAME: a keeper, what it says into $said; its pipe ends with end NAME. now: the range as one line.
TOOLS = f"""
set -u
declare -A pipes keepers
start() {{
    exec {{pipe}}> >(for other in ${{pipes[*]}}; do exec {{other}}>&-; done
        exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw {TOP}/deploy/ping-range >$folder/$1)
    pipes[$1]=$pipe keepers[$1]=$!
    until [ -s $folder/$1 ]; do sleep 0.02; done
    said=$(cat $folder/$1)
}}
end() {{ exec {{pipes[$1]}}>&-; wait ${{keepers[$1]}}; }}
now() {{ tr '\\t' ' ' <{RANGE}; }}
trap 'ls /run/internetmetre-ping-range.$(stat -Lc %i /proc/self/ns/net)* 2>/dev/null' EXIT
"""


@pytest.fixture
def network(tmp_path):
    """Runs a script there; the lines that it prints."""
    debian.need_root()

    def run(script):
        done = subprocess.run([*debian.AS_ROOT, "unshare", "--net", "--mount", "env", f"folder={tmp_path}", "bash", "-c", TOOLS + script],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    return run


CASES = {
    "set, and put back": ("start a; echo $said; now; end a; now",
                          ["set 0 65534 1 0", "0 65534", "1 0"]),
    "put back after a kill of who holds the pipe": (
        """(start a; now; kill -KILL $BASHPID) | cat; until [ "$(now)" = "1 0" ]; do sleep 0.02; done; now""",
        ["0 65534", "1 0"]),
    "Ctrl-C does not end the keeper": ("start a; kill -INT ${keepers[a]}; kill -TERM ${keepers[a]}; now; end a; now",
                                       ["0 65534", "1 0"]),
    "the last one puts back": ("start a; start b; echo $said; end a; now; end b; now",
                               ["set 0 65534 1 0", "0 65534", "1 0"]),
    "not over another's": ('start a; echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range; end a; now', ["0 2147483647"]),
    "a second one after another's": (
        'start a; echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range; start b; echo $said; end b; end a; now',
        ["allowed", "0 2147483647"]),
    "after a keeper that was killed": ("start a; kill -KILL ${keepers[a]}; end a; now; start b; end b; now",
                                       ["0 65534", "1 0"]),
    "nothing to do": ('echo "0 10" >/proc/sys/net/ipv4/ping_group_range; start a; echo $said; now; end a; now',
                      ["allowed", "0 10", "0 10"]),
    "/proc/sys is closed": ("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; start a; echo $said; now; end a; now",
                            ["denied", "1 0", "1 0"]),
}


@pytest.mark.parametrize("name", CASES)
def test_range(network, name):
    script, expected = CASES[name]
    assert network(script) == expected
