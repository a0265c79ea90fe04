"""The stand-in over HTTP: the interface the SDK speaks, the pages people see, and the tests' own levers."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nextroute.billing.stripe import fake_answers as answers
from nextroute.billing.stripe import fake_pages as pages
from nextroute.billing.stripe import fake_parameters as parameters
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.billing.stripe.fake_mishaps import Call, Line, Mishap
from nextroute.billing.stripe.fake_pages import Page
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_state import World

type Lever = Callable[..., object]

_BEARER, _LEVERS = "Bearer ", "/test_helpers/"


class Desk:
    """What a request needs: the world, the secret key, the line, and the levers by name."""

    def __init__(self, world: World, secret: str, line: Line, levers: dict[str, Lever]) -> None:
        self.world, self.secret, self.line, self.levers = world, secret, line, levers


@contextmanager
def running(desk: Desk, *, port: int = 0) -> Iterator[str]:
    """Answer while the block lasts, on this machine only; yields the address.

    What breaks in the stand-in itself looks like a lost line to whoever asked; it is raised here in the end.
    """
    server = Server(("127.0.0.1", port), partial(Handler, desk))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    desk.world.origin = f"http://127.0.0.1:{server.server_port}"
    thread.start()
    try:
        yield desk.world.origin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    if server.faults:
        raise ExceptionGroup("The stand-in for Stripe broke.", server.faults)


class Server(ThreadingHTTPServer):
    """Which keeps what went wrong."""

    daemon_threads = True

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self.faults: list[Exception] = []

    def handle_error(self, *_: Any) -> None:
        fault = sys.exception()
        if isinstance(fault, Exception) and not isinstance(fault, ConnectionError):
            self.faults.append(fault)


class Handler(BaseHTTPRequestHandler):
    """`/v1/` and `/v2/` for the SDK, `/test_helpers/` for tests, all else are pages."""

    def __init__(self, desk: Desk, *of_server: Any) -> None:
        self.desk = desk
        super().__init__(*of_server)

    def do_GET(self) -> None:
        self._come(b"")

    def do_POST(self) -> None:
        self._come(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _come(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        if path.startswith(("/v1/", "/v2/")):
            self._ask(path, body)
        elif path.startswith(_LEVERS):
            self._pull(path.removeprefix(_LEVERS), body)
        else:
            self._show(pages.page(self.desk.world, self.command, path, dict(parse_qsl(body.decode()))))

    def _ask(self, path: str, body: bytes) -> None:
        try:
            call = self._call(path, body)
        except Refusal as no:
            self._send(no.status, no.body)
            return
        mishap = self.desk.line.next(call)
        time.sleep(mishap.stall)
        told = self._told(call, mishap)
        self.desk.line.log.append((call, told.status))
        if not mishap.lost:
            self._send(told.status, told.body, **_headers(told, call))

    def _told(self, call: Call, mishap: Mishap) -> answers.Answer:
        if (mishap.lost or mishap.status) and not mishap.done:
            return answers.Answer(mishap.status, answers.BROKEN, "req_undone")
        return answers.answer(self.desk.world, call, self.desk.secret, mishap)

    def _call(self, path: str, body: bytes) -> Call:
        account = self.headers.get("Stripe-Account") or self.headers.get("Stripe-Context") or ""
        token = (self.headers.get("Authorization") or "").removeprefix(_BEARER)
        key, version = self.headers.get("Idempotency-Key") or "", self.headers.get("Stripe-Version") or ""
        return Call(self.command, path, account, key, self._asked(path, body), version, token)

    def _asked(self, path: str, body: bytes) -> Asked:
        if self.command == "GET":
            return parameters.nested(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if path.startswith("/v2/"):
            asked = json.loads(body or b"{}")
            return asked if isinstance(asked, dict) else {}
        return parameters.nested(parse_qsl(body.decode(), keep_blank_values=True))

    def _pull(self, name: str, body: bytes) -> None:
        """A lever of the tests' and the demo's own, for whom Python is elsewhere: its arguments as JSON."""
        if name not in self.desk.levers:
            self._send(404, {"error": f"No such lever: {name}", "levers": sorted(self.desk.levers)})
            return
        try:
            self._send(200, {"done": self.desk.levers[name](**json.loads(body or b"{}"))})
        except Refusal as no:
            self._send(no.status, no.body)
        except (TypeError, ValueError) as fault:
            self._send(400, {"error": str(fault)})

    def _send(self, status: int, told: object, **headers: str) -> None:
        body = json.dumps(told, default=vars_of).encode()
        self._write(status, body, {"Content-Type": "application/json"} | headers)

    def _show(self, page: Page) -> None:
        self._write(page.status, page.body.encode(), page.headers)

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        with suppress(ConnectionError):  # who asked may not have waited
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: tests read the log."""


def vars_of(thing: Any) -> dict[str, object]:
    """A small class of ours as JSON shows it."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _headers(told: answers.Answer, call: Call) -> dict[str, str]:
    known = {"Request-Id": told.request, "Stripe-Version": call.version}
    return known | ({"Idempotent-Replayed": "true"} if told.repeated else {})
