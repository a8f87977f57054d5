"""Each program once under valgrind, with a little work, to a clean exit."""
import os
import re
import shutil
import subprocess
import tempfile

import pytest
import stack as stack_module
from proc import wait_until

WRAPPER = """#!/bin/sh
exec valgrind --quiet --vgdb=no --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \\
    --error-exitcode=97 --child-silent-after-fork=yes "%s" "$@"
"""
COMPLAINT = re.compile(r"^==\d+== .*$", re.M)


@pytest.fixture
def wrapped(tree):
    """The installed tree with the two daemons behind valgrind."""
    if stack_module.san_wanted():
        pytest.skip("not together with the sanitizers")
    copy = tempfile.mkdtemp(prefix="dockmon-valgrind-", dir="/tmp")
    os.chmod(copy, 0o755)
    shutil.copytree(tree + "/usr", copy + "/usr")
    os.mkdir(copy + "/real")
    for name in ("dockmon-web", "dockmon-collector"):
        path = copy + "/usr/local/bin/" + name
        os.rename(path, copy + "/real/" + name)
        with open(path, "w") as f:
            f.write(WRAPPER % (copy + "/real/" + name))
        os.chmod(path, 0o755)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)


def test_daemons_exit_clean(wrapped, sims):
    one = sims(containers=3).engine()
    running = stack_module.Stack(tree=wrapped, hosts=[("sim", one.url)], DOCKMON_WEB_WORKERS="1")
    try:
        running.start(seconds=60)
        client = running.admin()
        wait_until(lambda: client.get("/containers").main.find("tbody"), 30, "the containers")
        one.create("valgrind")
        running.wait_row(client, "valgrind", "running", 20)
        one.fault("invalid_json", "list", times=1)
        one.wire("cut")
        for path in ("/", "/hosts", "/events", "/live", "/about", "/settings", "/events.csv", "/preferences", "/logins",
                     "/nope", "/containers?q=x"):
            assert client.get(path).status in (200, 404), path
        client.submit(client.get("/preferences"), "/preferences", theme="dark", refresh="5")
        client.submit(client.get("/about"), "/logout")
        running.stop(60)
        assert not COMPLAINT.findall(running.logs()), "\n".join(COMPLAINT.findall(running.logs())[:60])
    finally:
        running.destroy()


@pytest.mark.parametrize("args", [["settings"], ["--help"], ["init"], ["host", "list"], ["check"], ["user", "list"],
                                  ["host", "add", "x", "tcp://127.0.0.1:1"], ["nonsense"]])
def test_ctl_exits_clean(tree, args):
    if stack_module.san_wanted():
        pytest.skip("not together with the sanitizers")
    running = stack_module.Stack()
    try:
        running.init()
        done = subprocess.run(["valgrind", "--quiet", "--vgdb=no", "--leak-check=full", "--show-leak-kinds=definite",
                               "--errors-for-leak-kinds=definite", "--error-exitcode=97", running.bin + "/dockmonctl",
                               *args], env=running.env, capture_output=True, text=True, timeout=120)
        assert done.returncode != 97 and "==" not in done.stderr, done.stderr
    finally:
        running.destroy()
