"""Backends that never answer, answer a byte a second, or redirect for ever."""
import contextlib
import socket
import threading
import time

from raw import Listener


class HostileBackend(Listener):
    def __init__(self, manner):
        self.manner = manner
        self.requests = 0
        self.open, self.redirected = [], []
        super().__init__()
        threading.Thread(target=self._drip, daemon=True).start()

    def taken(self, connection):
        if self.manner == "redirects":
            self.redirected.append(connection)
            threading.Thread(target=self._redirect, args=(connection,), daemon=True).start()
            return
        self.requests += 1
        if self.manner == "drips":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 4000\r\n\r\n")
        connection.setblocking(False)
        self.open.append(connection)

    def _drip(self):
        while True:
            time.sleep(1)
            for connection in list(self.open):
                try:
                    if self.manner == "drips":
                        connection.send(b" ")
                    while connection.recv(65536):
                        pass
                    self.open.remove(connection)
                    connection.close()
                except BlockingIOError:
                    pass
                except OSError:
                    self.open.remove(connection)
                    connection.close()

    def _redirect(self, connection):
        reply = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {self.url}/again\r\nContent-Length: 0\r\n\r\n".encode()
        with connection:
            try:
                while connection.recv(65536):
                    self.requests += 1
                    connection.sendall(reply)
            except OSError:
                pass

    def stop(self):
        super().stop()
        for connection in list(self.open):
            connection.close()
        for connection in self.redirected:  # a thread waits in each
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
