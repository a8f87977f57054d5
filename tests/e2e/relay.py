"""A TCP relay whose far side comes from another loopback address: a browser cannot choose its own, and
nginx limits requests by address. Bytes pass untouched, TLS too."""
import selectors
import socket
import threading

from web import some_address


class Relay:
    """Listens on 127.0.0.1:port and connects on to the target, each relay as one stranger."""

    def __init__(self, port):
        self.target, self.source = ("127.0.0.1", port), some_address()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.open, self.lock = set(), threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target, 5, source_address=(self.source, 0))
            except OSError:
                near.close()
                continue
            with self.lock:
                self.open |= {near, far}
            threading.Thread(target=self.pump, args=(near, far), daemon=True).start()

    def pump(self, near, far):
        """Both ways until one side ends; then both are closed."""
        with selectors.DefaultSelector() as ready:
            try:
                for a, b in ((near, far), (far, near)):
                    a.settimeout(20)
                    ready.register(a, selectors.EVENT_READ, b)
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        key.data.sendall(data)
            except (OSError, ValueError):
                return
            finally:
                with self.lock:
                    self.open -= {near, far}
                near.close()
                far.close()

    def close(self):
        self.listener.close()
        with self.lock:
            for sock in self.open:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
