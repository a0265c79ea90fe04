"""The web server of production, asked over plain HTTP/1.1 by somebody who is signed in."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from unittest import mock

from django.conf import settings
from django.core.management import call_command

from bench import clusters
from nextroute.config import serving
from nextroute.config.embedded_postgres import Addresses


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    def visitor(self, token: str = "") -> "Visitor":
        return Visitor(HTTPConnection("127.0.0.1", self.port, timeout=30), token)


@dataclass(slots=True)
class Visitor:
    """A browser's connection, kept open."""

    connection: HTTPConnection
    token: str

    def get(self, path: str) -> bytes:
        """The page, as its bytes came over the wire (gzip where the server offers it). Anything but 200 is a fault."""
        self.connection.request("GET", path, headers=self._headers())
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status} {response.headers.get('Location', '')}")
        return body

    def timed(self, path: str) -> float:
        """Seconds until the whole answer was here."""
        start = time.perf_counter()
        self.get(path)
        return time.perf_counter() - start

    def _headers(self) -> dict[str, str]:
        cookie = {"Cookie": f"{settings.PORTAL_COOKIE}={self.token}"} if self.token else {}
        return {"Accept-Encoding": "gzip"} | cookie


@contextmanager
def serving_from(addresses: Addresses) -> Iterator[Server]:
    """The web server on that database, warm: each of its processes has answered before."""
    port = free_port()
    static = {"NEXTROUTE_VAR": str(clusters.FOLDER)}
    with mock.patch.dict(os.environ, clusters.environment(addresses) | static):
        with serving.web(port) as process:
            server = Server(port, process.pid)
            _await(server)
            yield server


@contextmanager
def static_files() -> Iterator[None]:
    """Gathered, as for a production, for as long as the block lasts."""
    settings.STATIC_ROOT = clusters.FOLDER / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    yield


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _await(server: Server) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.visitor().get("/healthz")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def warm(server: Server, token: str, path: str) -> None:
    """Ask over many connections, so that every process and thread has drawn the page."""
    for _ in range(40):
        visitor = server.visitor(token)
        visitor.get(path)
        visitor.connection.close()


def at_once(server: Server, token: str, path: str, *, visitors: int, each: int) -> list[float]:
    """The seconds of every answer, while so many visitors ask without a pause."""
    ready = threading.Barrier(visitors)

    def ask() -> list[float]:
        visitor = server.visitor(token)
        visitor.get(path)
        ready.wait()
        return [visitor.timed(path) for _ in range(each)]

    with ThreadPoolExecutor(visitors) as pool:
        return [seconds for asked in [pool.submit(ask) for _ in range(visitors)] for seconds in asked.result()]
