"""Clients for the benchmark: open-loop page requests over TLS, wrk for the maximum, SSE for latency."""
import asyncio
import os
import ssl
import subprocess
import tempfile
import time


def percentile(values, share):
    """The value below which `share` of all lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class OpenLoop:
    """Requests at a fixed rate, whether the last was answered or not, over kept connections.

    Each connection has a loopback address of its own, as the request limits are by address.
    """

    def __init__(self, port, path, cookie, rate, seconds, connections=120, headers=""):
        self.port, self.path, self.cookie, self.headers = port, path, cookie, headers
        self.rate, self.seconds, self.count = rate, seconds, connections
        self.times, self.failed, self.bytes = [], 0, 0

    async def dial(self, n):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=context,
                                             local_addr=("127.50.%d.%d" % (n // 250, n % 250 + 1), 0), limit=1 << 22)

    async def ask(self, pair):
        reader, writer = pair
        writer.write(("GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n%s\r\n" % (
            self.path, self.cookie, self.headers)).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            size = 0
            while True:
                length = int(await reader.readline(), 16)
                await reader.readexactly(length + 2)
                size += length
                if not length:
                    break
        else:
            at = lower.index(b"content-length:")
            size = int(lower[at + 15:lower.index(b"\r\n", at)])
            await reader.readexactly(size)
        return int(head.split(b" ", 2)[1]), size

    async def one(self, pool, due):
        pair = await pool.get()
        try:
            status, size = await self.ask(pair)
            self.times.append(time.perf_counter() - due)
            self.failed += status != 200
            self.bytes = max(self.bytes, size)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.failed += 1
        finally:
            pool.put_nowait(pair)

    async def go(self):
        pool = asyncio.Queue()
        for n in range(self.count):
            pool.put_nowait(await self.dial(n))
        begun, tasks = time.perf_counter() + 0.1, []
        for n in range(int(self.rate * self.seconds)):
            due = begun + n / self.rate
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self.one(pool, due)))
        await asyncio.gather(*tasks)
        while not pool.empty():
            pool.get_nowait()[1].close()

    def run(self):
        asyncio.run(self.go())
        return self


LUA = """
local n = 0
function request()
    n = n + 1
    local address = string.format("10.%%d.%%d.%%d", n %% 200, n / 200 %% 200, n / 40000)
    local headers = { ["Cookie"] = "%s", ["X-Forwarded-For"] = address }
    return wrk.format("GET", "%s", headers)
end
"""


def wrk(port, path, cookie, seconds=5, connections=8):
    """(requests per second, answers that were not 2xx) of a DockMon in REVERSE_PROXY_MODE, where wrk can
    name another address each time and so does not meet the limits."""
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "request.lua")
        with open(script, "w") as f:
            f.write(LUA % (cookie.replace('"', '\\"'), path))
        out = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "-s", script,
                              "http://127.0.0.1:%d%s" % (port, path)], capture_output=True, text=True, check=True).stdout
    rate = next(float(line.split()[1]) for line in out.splitlines() if line.startswith("Requests/sec"))
    bad = next((int(line.split()[-1]) for line in out.splitlines() if "Non-2xx" in line), 0)
    return rate, bad
