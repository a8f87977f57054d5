"""Fixtures: one real engine and one DockMon for all tests that do not break them, browsers, simulators."""
import os
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import browser as browser_module  # noqa: E402
import dockerd as dockerd_module  # noqa: E402
import proc  # noqa: E402,F401
import simclient  # noqa: E402
import stack as stack_module  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "core: also run under the sanitizers")
    config.addinivalue_line("markers", "browser: needs Chromium")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """On failure the tail of the stack's logs goes into the report."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for name, value in item.funcargs.items():
            if isinstance(value, stack_module.Stack):
                lines = [line for line in value.logs().split("\n")
                         if '"GET /health"' not in line and '" 200 ' not in line]
                report.sections.append(("logs of %s in %s" % (name, value.dir), "\n".join(lines)[-3000:]))


@pytest.fixture(scope="session")
def engine():
    """A real Docker Engine with the test image and an empty table."""
    daemon = dockerd_module.Dockerd()
    try:
        daemon.start()
        daemon.load_image()
        yield daemon
    finally:
        daemon.destroy()


@pytest.fixture(scope="session")
def tree():
    """The installed tree; removed at the end."""
    yield stack_module.install_tree()
    stack_module.remove_trees()


@pytest.fixture(scope="session")
def stack(engine, tree):
    """DockMon watching the real engine."""
    with stack_module.Stack(docker_host=engine.url) as running:
        yield running


@pytest.fixture(scope="session")
def admin(stack):
    """A signed-in client of `stack`, for reading; tests that sign out take their own. DockMon keeps a user's
    newest sessions only, so that this one may have to sign in again."""
    client = stack.admin()
    client.again = (stack_module.ADMIN, stack.password)
    return client


@pytest.fixture
def box(engine):
    """Names of containers the test made; they are removed when it is over."""
    names = []

    class Box:
        @staticmethod
        def run(name, *command, options=()):
            names.append(name)
            return engine.run(name, *command, options=options)

        @staticmethod
        def also(name):
            names.append(name)
    yield Box
    for c in engine.api("GET", "/containers/json?all=1"):
        if c["Names"][0].lstrip("/") in names:
            if c["State"] == "paused":
                engine.api("POST", "/containers/%s/unpause" % c["Id"])
            engine.api("DELETE", "/containers/%s?force=1&v=1" % c["Id"])


@pytest.fixture
def sims():
    """Makes simulators: sims(engines=2, containers=5, …); all end with the test."""
    made, folders = [], []

    def make(**options):
        folder = tempfile.mkdtemp(prefix="dockmon-sim-", dir="/tmp")
        os.chmod(folder, 0o755)
        folders.append(folder)
        made.append(simclient.Sim(folder, **options))
        return made[-1]
    yield make
    for sim in made:
        sim.stop()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium():
    """With JavaScript."""
    one = browser_module.Browser()
    yield one
    one.quit()


@pytest.fixture(scope="session")
def plain_chromium():
    """Without JavaScript."""
    one = browser_module.Browser(javascript=False)
    yield one
    one.quit()


@pytest.fixture
def patient_chromium():
    """Without JavaScript, and without waiting for pages that never end."""
    one = browser_module.Browser(javascript=False, patient=True)
    yield one
    one.quit()
