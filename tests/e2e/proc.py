"""Processes, ports and waiting: what every other module of the harness needs."""
import os
import random
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "sim"))

from simclient import die_with_parent  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def wait_until(ask, seconds=10.0, what="it", every=0.03):
    """The first true answer of `ask`, at the latest after `seconds`; AssertionError with the last one else."""
    deadline = time.monotonic() + seconds
    while True:
        broken = None
        try:
            answer = ask()
            if answer:
                return answer
        except (OSError, AssertionError, KeyError, ValueError, LookupError) as error:
            answer = broken = error
        if time.monotonic() > deadline:
            raise AssertionError("%s did not happen within %.1f s; last: %.2000r" % (what, seconds, answer)) from broken
        time.sleep(every)


def free_port():
    """A TCP port nobody listens on, below the range of outgoing connections."""
    for _ in range(200):
        port = random.randrange(18000, 28000)
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def spawn(argv, log_path, env=None, cwd=None):
    """A child in its own session that ends with us; its output goes to log_path."""
    with open(log_path, "ab") as log:
        return subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env, cwd=cwd,
                                start_new_session=True, preexec_fn=die_with_parent)


def end(process, seconds=10.0):
    """SIGTERM, then SIGKILL; the exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def stat_of(pid):
    """(name, state, parent, cpu seconds, start time in ticks) or None when the process is gone."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            text = f.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, rest[0], int(rest[1]), (int(rest[11]) + int(rest[12])) / TICKS, int(rest[19])


def run_seconds(pid):
    """CPU time of all threads, to the nanosecond."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
            total += int(f.read().split()[0])
    return total / 1e9


def descendants(pid):
    """{pid: name} of all living processes below `pid`."""
    parents, names = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            found = stat_of(int(entry))
            if found and found[1] != "Z":
                parents[int(entry)], names[int(entry)] = found[2], found[0]
    out, frontier = {}, {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        out.update((child, names[child]) for child in frontier)
    return out


def pss_bytes(pid):
    """Proportional set size: shared pages counted by share."""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        for line in f:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def rss_bytes(pid):
    with open("/proc/%d/statm" % pid) as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def kill_mentioning(path):
    """SIGKILL every process whose command line names `path`, a directory only we use."""
    needle = path.encode()
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open("/proc/%s/cmdline" % entry, "rb") as f:
                if needle in f.read():
                    os.kill(int(entry), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue


def unmount_below(path):
    """Unmount everything mounted under `path`, deepest first."""
    with open("/proc/self/mountinfo") as f:
        points = [line.split()[4] for line in f]
    for point in sorted((p for p in points if p.startswith(path + "/")), key=len, reverse=True):
        subprocess.run(["umount", "-l", point], check=False, stderr=subprocess.DEVNULL)
