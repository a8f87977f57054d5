"""An installed DockMon with its own data directory and port: nginx, workers and collector under supervisord."""
import atexit
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import proc
import web

ADMIN, PASSWORD = "admin", "correct horse 9"
PROGRAMS = {"nginx": "nginx", "web": "dockmon-web", "collector": "dockmon-collect"}    # 15 letters of a name
SANITIZER = re.compile(r"(ERROR: (?:Address|Leak)Sanitizer|runtime error:).*")
_trees = {}


def san_wanted():
    return os.environ.get("SAN", "") not in ("", "0")


def build_dir():
    """Where make puts the objects; E2E_BUILD overrides it."""
    return os.environ.get("E2E_BUILD") or "build/" + ("san" if san_wanted() else "opt")


def install_tree():
    """`make install` once a session; the directory that stands for /."""
    if os.environ.get("E2E_TREE"):      # installed already
        return os.environ["E2E_TREE"]
    build = build_dir()
    if build not in _trees:
        tree = tempfile.mkdtemp(prefix="dockmon-tree-", dir="/tmp")
        os.chmod(tree, 0o755)
        done = subprocess.run(["make", "-s", "-j2", "install", "DESTDIR=" + tree, "PREFIX=/usr/local", "B=" + build] +
                              (["SAN=1"] if san_wanted() else []), cwd=proc.ROOT, capture_output=True, text=True)
        assert done.returncode == 0, "make install failed:\n" + done.stdout[-4000:] + done.stderr[-4000:]
        _trees[build] = tree
        atexit.register(remove_trees)
    return _trees[build]


def remove_trees():
    for tree in _trees.values():
        shutil.rmtree(tree, ignore_errors=True)
    _trees.clear()


class Stack:
    """One DockMon. start() waits until /health says well (or only until it answers, with well=False)."""

    def __init__(self, docker_host=None, base_path="", proxy=False, password=PASSWORD, hosts=(), port=None, tree=None,
                 **env):
        self.tree = tree or install_tree()
        self.bin = self.tree + "/usr/local/bin"
        self.share = self.tree + "/usr/local/share/dockmon"
        self.dir = tempfile.mkdtemp(prefix="dockmon-e2e-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.data = self.dir + "/data"
        self.port, self.base, self.proxy = port or proc.free_port(), base_path, proxy
        self.password, self.hosts = password, hosts
        self.url = "%s://127.0.0.1:%d%s" % ("http" if proxy else "https", self.port, base_path)
        self.env = {"PATH": self.bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "HOME": "/root", "LANG": "C.UTF-8", "TZ": "UTC",
                    "DOCKMON_DATA_DIR": self.data, "DOCKMON_RUN_DIR": self.data + "/run",
                    "DOCKMON_SHARE_DIR": self.share, "DOCKMON_PORT": str(self.port), "DOCKMON_WEB_WORKERS": "3",
                    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
                    "UBSAN_OPTIONS": "print_stacktrace=1", "LSAN_OPTIONS": "exitcode=98"}
        if docker_host:
            self.env["DOCKER_HOST"] = docker_host
        if base_path:
            self.env["BASE_PATH"] = base_path
        if proxy:
            self.env["REVERSE_PROXY_MODE"] = "true"
        if password:
            self.env["DOCKMON_INITIAL_ADMIN_PASSWORD"] = password
        self.env.update(env)
        self.supervisord = None
        self.init_output = ""
        self.seen = {}              # {pid: name} of all our processes, for the cleaning up

    # -- life -----------------------------------------------------------------------------------

    def ctl(self, *args, check=True, stdin=""):
        """dockmonctl with this stack's settings; its output."""
        done = subprocess.run([self.bin + "/dockmonctl", *args], env=self.env, capture_output=True, text=True,
                              timeout=60, input=stdin)
        assert not check or done.returncode == 0, "dockmonctl %s: %s%s" % (args, done.stdout, done.stderr)
        return done.stdout + ("" if check else done.stderr)

    def init(self):
        self.init_output = self.ctl("init")
        for name, url in self.hosts:
            self.ctl("host", "add", name, url)
        return self

    def start(self, well=True, seconds=20):
        if not os.path.exists(self.data):
            self.init()
        self.supervisord = proc.spawn([self.bin + "/dockmonctl", "start"], self.dir + "/start.log", env=self.env,
                                      cwd=self.dir)

        def answers():
            if self.supervisord.poll() is not None:
                raise RuntimeError("dockmonctl start ended:\n" + self.logs()[-3000:])
            return self.health(well)
        proc.wait_until(answers, seconds, "a healthy /health of " + self.dir)
        return self

    def health(self, well=True):
        reply = self.client().get("/health")
        if well and reply.status != 200:
            raise AssertionError("/health: %d %s" % (reply.status, reply.text[:300]))
        return json.loads(reply.text)

    def stop(self, seconds=20):
        """SIGTERM to supervisord; it takes the programs down."""
        if self.supervisord:
            self.seen.update(proc.descendants(self.supervisord.pid))
            proc.end(self.supervisord, seconds)
            self.kill_seen()
            self.supervisord = None
            proc.kill_mentioning(self.dir)

    def crash(self):
        """SIGKILL to all at once: much quicker than stop()."""
        if self.supervisord:
            self.seen.update(proc.descendants(self.supervisord.pid))
            self.supervisord.kill()
            self.supervisord.wait()
            self.kill_seen()
            self.supervisord = None

    def kill_seen(self):
        """What is left of our processes, such as workers of an nginx that was killed."""
        for pid, name in self.seen.items():
            found = proc.stat_of(pid)
            if found and found[0] == name and name in (*PROGRAMS.values(), "dockmonctl", "supervisord"):
                os.kill(pid, signal.SIGKILL)
        self.seen.clear()

    def destroy(self):
        """End it, complain about sanitizer reports, remove. E2E_KEEP=1 keeps the directory."""
        if san_wanted():
            self.stop()         # leaks are told at a clean exit
        else:
            self.crash()
        reports = self.sanitizer_reports()
        if not os.environ.get("E2E_KEEP") and not reports:
            shutil.rmtree(self.dir, ignore_errors=True)
        assert not reports, "sanitizer reports, logs in %s:\n%s" % (self.dir, "\n".join(reports[:20]))

    def sanitizer_reports(self):
        return [m.group(0) for m in SANITIZER.finditer(self.logs())]

    def logs(self):
        """All log texts of this stack in one."""
        out = []
        for top in (self.dir,):
            for folder, _, names in os.walk(top):
                for name in names:
                    if name.endswith((".log", ".out", ".err")) or "log" in os.path.basename(folder):
                        with open(os.path.join(folder, name), errors="replace") as f:
                            out.append(f.read())
        return "\n".join(out)

    # -- processes ------------------------------------------------------------------------------

    def pids(self, program):
        """Living processes of `nginx`, `web` or `collector` of this stack, oldest first."""
        found = [pid for pid, name in proc.descendants(self.supervisord.pid).items() if name == PROGRAMS[program]]
        return sorted(found, key=lambda pid: (proc.stat_of(pid) or ("", "", 0, 0, 0))[4])

    def pid(self, program):
        """The (master) process."""
        return proc.wait_until(lambda: self.pids(program), 10, program + "'s process")[0]

    def kill(self, program, sig=signal.SIGKILL):
        """Send a signal to the program's main process; returns its pid."""
        pid = self.pid(program)
        self.seen.update(proc.descendants(self.supervisord.pid))
        os.kill(pid, sig)
        return pid

    def supervisorctl(self, *args):
        return subprocess.run(["/usr/bin/supervisorctl", "-c", self.share + "/supervisord.conf", *args], env=self.env,
                              capture_output=True, text=True, timeout=40)

    def wait_new(self, program, old, seconds=15):
        """The pid of the process that replaced `old`."""
        def fresh():
            pids = self.pids(program)
            return pids and old not in pids and pids[0]
        return proc.wait_until(fresh, seconds, "a new " + program)

    def hold_supervisord(self):
        """Nothing is restarted until let_supervisord_go()."""
        os.kill(self.supervisord.pid, signal.SIGSTOP)

    def let_supervisord_go(self):
        os.kill(self.supervisord.pid, signal.SIGCONT)

    def freeze(self, program):
        for pid in self.pids(program):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self, program):
        for pid in self.pids(program):
            os.kill(pid, signal.SIGCONT)

    # -- clients --------------------------------------------------------------------------------

    def client(self):
        return web.Client(self.url)

    def admin(self):
        """A signed-in client."""
        client = self.client()
        reply = client.login(ADMIN, self.password)
        assert reply.status == 303, "login failed: %d %s" % (reply.status, reply.words[:400])
        return client

    def wait_row(self, client, name, state=None, seconds=10, path="/containers?per=all"):
        """The row of container `name`, once it is there (with this state)."""
        def there():
            reply = client.get(path)
            row = reply.row_of(name)
            if row is None:
                raise AssertionError("no row for %s in: %s" % (name, reply.main.text[:800]))
            word = reply.state_of(name)
            if state is not None and not word.startswith(state):
                raise AssertionError("%s is %r, not %r" % (name, word, state))
            return row
        return proc.wait_until(there, seconds, "row %s %s" % (name, state or ""))

    def container_path(self, client, name):
        """/containers/ID of the container of that name."""
        row = self.wait_row(client, name)
        return next(a.get("href") for a in row["#"].all("a") if a.text == name)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            logs = self.logs()
            self.stop()
            raise RuntimeError("the stack did not start:\n" + logs[-4000:])

    def __exit__(self, *exc):
        self.destroy()


class Nginx:
    """A second nginx in front, as people have one: `locations` is the inside of its server block."""

    def __init__(self, locations, port=None):
        self.dir = tempfile.mkdtemp(prefix="dockmon-front-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.port = port or proc.free_port()
        conf = """daemon off; worker_processes 1; pid %(d)s/pid; error_log %(d)s/error.log;
events { worker_connections 512; }
http {
    access_log off; client_body_temp_path %(d)s/b; proxy_temp_path %(d)s/p; fastcgi_temp_path %(d)s/f;
    uwsgi_temp_path %(d)s/u; scgi_temp_path %(d)s/s;
    server { listen 127.0.0.1:%(port)d; %(loc)s }
}""" % {"d": self.dir, "port": self.port, "loc": locations}
        with open(self.dir + "/nginx.conf", "w") as f:
            f.write(conf)
        self.process = proc.spawn(["/usr/sbin/nginx", "-p", self.dir, "-e", self.dir + "/error.log",
                                   "-c", self.dir + "/nginx.conf"], self.dir + "/out.log")
        self.url = "http://127.0.0.1:%d" % self.port
        time.sleep(0)
        proc.wait_until(self.listening, 5, "the front nginx")

    def listening(self):
        import socket
        with socket.socket() as s:
            s.settimeout(1)
            s.connect(("127.0.0.1", self.port))
            return True

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        proc.end(self.process)
        shutil.rmtree(self.dir, ignore_errors=True)
