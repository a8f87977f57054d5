"""Starts the engine simulator and talks to its control socket. For tests and the benchmark."""
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def die_with_parent():
    """For preexec_fn: the child gets SIGTERM when its parent ends, however it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)      # PR_SET_PDEATHSIG


class UnixConnection(http.client.HTTPConnection):
    """http.client over a unix socket."""

    def __init__(self, path, timeout=10):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def unix_request(path, method, target, body=None, headers=None, timeout=10):
    """(status, headers, bytes) of one request over a unix socket."""
    connection = UnixConnection(path, timeout)
    try:
        connection.request(method, target, body, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


class Engine:
    """Handle of one simulated engine (or of "all")."""

    def __init__(self, sim, index):
        self.sim, self.index = sim, index

    def call(self, verb, method="POST", query="", **body):
        out = self.sim.call(method, "/_sim/engine/%s/%s%s" % (self.index, verb, query), body)
        return out[0] if self.index != "all" else out

    @property
    def url(self):
        """What DOCKER_HOST or `dockmonctl host add` takes."""
        o = self.sim.tcp_base
        return "tcp://127.0.0.1:%d" % (o + self.index - 1) if o else "unix://" + self.socket

    @property
    def socket(self):
        return os.path.join(self.sim.dir, "engine-%d.sock" % self.index)

    def fault(self, kind, endpoint="*", **options):
        return self.call("fault", kind=kind, endpoint=endpoint, **options)

    def heal(self):
        return self.call("fault", "DELETE")

    def create(self, name, **options):
        return self.call("create", name=name, **options)

    def do(self, name, action, **options):
        return self.call("do", name=name, action=action, **options)

    def wire(self, action, **options):
        return self.call("wire", action=action, **options)

    def counters(self):
        return self.sim.call("GET", "/_sim/counters")[str(self.index)]


class Sim:
    """A simulator process; use as a context manager."""

    def __init__(self, directory, engines=1, containers=10, tcp_base=0, **options):
        self.dir, self.tcp_base = directory, tcp_base
        argv = [sys.executable, os.path.join(HERE, "engine.py"), "--dir", directory, "--engines", str(engines),
                "--containers", str(containers)]
        if tcp_base:
            argv += ["--tcp-base", str(tcp_base)]
        for key, value in options.items():
            flag = "--" + key.replace("_", "-")
            argv += [flag] if value is True else [flag, str(value)]
        os.makedirs(directory, exist_ok=True)
        self.log = open(os.path.join(directory, "sim.log"), "ab")
        self.control = os.path.join(directory, "control.sock")
        if os.path.exists(self.control):
            os.unlink(self.control)
        self.process = subprocess.Popen(argv, stdout=self.log, stderr=self.log, preexec_fn=die_with_parent)
        deadline = time.monotonic() + 15
        while True:
            try:
                self.call("GET", "/_sim/engines")
                return
            except OSError as broken:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError("the simulator did not start, see %s/sim.log" % directory) from broken
                time.sleep(0.05)

    def call(self, method, target, body=None):
        status, _, data = unix_request(self.control, method, target, json.dumps(body) if body else None)
        value = json.loads(data)
        if status != 200:
            raise ValueError("%s %s: %s" % (method, target, value.get("message")))
        return value

    def engine(self, index=1):
        return Engine(self, index)

    @property
    def all(self):
        return Engine(self, "all")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
