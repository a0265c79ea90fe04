"""The stand-in for the text message provider, as a real HTTP server on loopback."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from nextroute.notifications.fake_sms import Mishap, Provider, Refusal

FORM = "application/x-www-form-urlencoded"


@contextmanager
def running(provider: Provider) -> Iterator[str]:
    """Answer for the provider while the block lasts; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, provider))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """POST sends a message, GET lists them, newest first."""

    def __init__(self, provider: Provider, *of_server: Any) -> None:
        self.provider = provider
        super().__init__(*of_server)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        mishaps = self.provider.mishaps
        mishap = mishaps.popleft() if mishaps else Mishap()
        time.sleep(mishap.stall)
        if mishap.lost == "before":
            return
        status, told = self._answer(body, mishap)
        if mishap.lost != "after":
            self._send(status, told)

    def do_GET(self) -> None:
        try:
            self._let_in()
        except Refusal as no:
            self._send(no.status, _no(no))
        else:
            self._send(200, {"messages": [asdict(message) for message in reversed(self.provider.messages)]})

    def _answer(self, body: bytes, mishap: Mishap) -> tuple[int, dict[str, object]]:
        try:
            if mishap.status:
                raise Refusal(mishap.status, mishap.code)
            self._let_in()
            return 201, asdict(self.provider.take(self._form(body)))
        except Refusal as no:
            return no.status, _no(no)

    def _let_in(self) -> None:
        pair = b64encode(f"{self.provider.account}:{self.provider.token}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            raise Refusal(401, 20003)
        if self.path != f"/2010-04-01/Accounts/{self.provider.account}/Messages.json":
            raise Refusal(404, 20404)

    def _form(self, body: bytes) -> dict[str, str]:
        """Every parameter once."""
        if self.headers.get_content_type() != FORM:
            raise Refusal(415, 20001)
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), errors="strict")
        except ValueError:
            raise Refusal(400, 20001) from None
        if len(form := dict(pairs)) != len(pairs):
            raise Refusal(400, 20001)
        return form

    def _send(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        with suppress(ConnectionError):  # who asked may not have waited
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: what is sent here are people's numbers."""


def _no(refusal: Refusal) -> dict[str, object]:
    return {"code": refusal.code, "message": "Refused.", "more_info": "", "status": refusal.status}
