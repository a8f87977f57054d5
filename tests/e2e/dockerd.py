"""A private real Docker Engine for the tests: own data, own containerd, own socket, no iptables."""
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
import time

import proc
from simclient import unix_request

IMAGE = "busybox:test"
NETWORK = "e2e"
DOCKER = "/usr/bin/docker" if os.path.exists("/usr/bin/docker") else "docker"


def busybox_rootfs():
    """A tar with busybox and links for all its applets."""
    out = io.BytesIO()
    applets = subprocess.run(["/bin/busybox", "--list"], check=True, capture_output=True, text=True).stdout.split()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in ("bin", "tmp", "etc", "data", "root"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(entry)
        tar.add("/bin/busybox", "bin/busybox")
        for applet in applets:
            if applet != "busybox":
                entry = tarfile.TarInfo("bin/" + applet)
                entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(entry)
        passwd = b"root:x:0:0:root:/root:/bin/sh\n"
        entry = tarfile.TarInfo("etc/passwd")
        entry.size = len(passwd)
        tar.addfile(entry, io.BytesIO(passwd))
    return out.getvalue()


class Dockerd:
    """The engine. start() and stop() as often as a test likes; destroy() at the end removes every trace."""

    def __init__(self, live_restore=False):
        self.dir = tempfile.mkdtemp(prefix="dockmon-dockerd-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.socket = self.dir + "/docker.sock"
        self.url = "unix://" + self.socket
        self.log = self.dir + "/dockerd.log"
        self.pool = "10.%d.0.0/16" % random.randrange(160, 250)
        self.live_restore = live_restore
        self.process = None
        self.bridges = set()

    # -- the daemon -----------------------------------------------------------------------------

    def start(self, seconds=30):
        argv = ["dockerd", "--config-file", "/dev/null", "--data-root", self.dir + "/data",
                "--exec-root", self.dir + "/exec", "--pidfile", self.dir + "/pid", "-H", self.url,
                "--bridge", "none", "--iptables=false", "--ip-masq=false", "--shutdown-timeout", "1",
                "--default-address-pool", "base=%s,size=24" % self.pool]
        if self.live_restore:
            argv.append("--live-restore")
        if not os.path.exists("/etc/docker/daemon.json"):
            del argv[1:3]
        self.process = proc.spawn(argv, self.log)

        def up():
            if self.process.poll() is not None:
                raise RuntimeError("dockerd ended, see " + self.log)
            return unix_request(self.socket, "GET", "/_ping", timeout=2)[0] == 200
        proc.wait_until(up, seconds, "dockerd's answer")
        return self

    def stop(self, seconds=20):
        """As `systemctl stop docker` does."""
        self.note_bridges()
        proc.end(self.process, seconds)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def note_bridges(self):
        try:
            for network in self.api("GET", "/networks"):
                if network["Driver"] == "bridge":
                    self.bridges.add("br-" + network["Id"][:12])
        except (OSError, AssertionError):
            pass

    def destroy(self):
        try:
            if self.process and self.process.poll() is None:
                self.clear()
                self.note_bridges()
                self.stop()
        finally:
            proc.kill_mentioning(self.dir)
            time.sleep(0.05)
            proc.unmount_below(self.dir)
            for bridge in self.bridges:
                subprocess.run(["ip", "link", "del", bridge], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(self.dir, ignore_errors=True)

    # -- using it -------------------------------------------------------------------------------

    def docker(self, *args, check=True):
        """The docker command; its output without the last newline."""
        done = subprocess.run([DOCKER, "-H", self.url, *args], capture_output=True, text=True)
        if check and done.returncode:
            raise AssertionError("docker %s: %s" % (" ".join(args), done.stderr.strip()))
        return done.stdout.strip()

    def run(self, name, *command, options=()):
        """docker run -d --name NAME of the test image; the id."""
        return self.docker("run", "-d", "--name", name, *options, IMAGE, *(command or ("sleep", "100000")))

    def api(self, method, target, body=None):
        status, _, data = unix_request(self.socket, method, target, json.dumps(body) if body is not None else None,
                                       {"Content-Type": "application/json"}, timeout=30)
        if status >= 400:
            raise AssertionError("%s %s: %d %s" % (method, target, status, data[:300]))
        return json.loads(data) if data.strip() else None

    def inspect(self, name):
        return self.api("GET", "/containers/%s/json" % name)

    def load_image(self):
        with open(self.dir + "/rootfs.tar", "wb") as f:
            f.write(busybox_rootfs())
        self.docker("import", "--change", 'CMD ["/bin/sh"]', self.dir + "/rootfs.tar", IMAGE)
        self.docker("network", "create", NETWORK)
        self.note_bridges()

    def clear(self):
        """Remove all containers, networks and volumes of the tests."""
        for c in self.api("GET", "/containers/json?all=1"):
            if c["State"] == "paused":
                self.api("POST", "/containers/%s/unpause" % c["Id"])
            self.api("DELETE", "/containers/%s?force=1&v=1" % c["Id"])
        for network in self.api("GET", "/networks"):
            if network["Driver"] == "bridge" and network["Name"] != NETWORK:
                self.api("DELETE", "/networks/" + network["Id"])
        self.api("POST", "/volumes/prune")
