"""The suite's own web server: the application that people return to, and all that a provider may fetch of one."""

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Condition
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

ALIAS = "/test/a/laissez-passer"
RESULT = b'<!doctype html><title>Suite</title><p id="submission_complete">Done</p>'
ARRIVAL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that arrived, with what it carried."""

    method: str
    content_type: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]


@dataclass
class SuiteServer:
    """An ASGI application. `documents` are served by path, after the alias; everything else is noted and thanked."""

    base: str
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _arrivals: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    _changed: Condition = field(default_factory=Condition)

    def url(self, path: str) -> str:
        return f"{self.base}/{path}"

    def begin(self) -> None:
        """Forget the module before."""
        with self._changed:
            self.documents.clear()
            self._arrivals.clear()

    def clear(self, path: str) -> None:
        """Forget what arrived there."""
        with self._changed:
            self._arrivals[path].clear()

    def arrivals(self, path: str) -> list[Arrival]:
        with self._changed:
            return list(self._arrivals[path])

    def paths(self) -> set[str]:
        """Where anything arrived."""
        with self._changed:
            return {path for path, arrivals in self._arrivals.items() if arrivals}

    def wait_for(self, path: str) -> Arrival:
        """The first request there, which may still be on its way."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._arrivals[path], ARRIVAL_SECONDS), f"nothing came to {path}"
            return self._arrivals[path][0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = str(scope["path"]).removeprefix(f"{ALIAS}/")
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        content_type = headers.get("content-type", "")
        form = body.decode() if content_type.startswith("application/x-www-form-urlencoded") else ""
        arrival = Arrival(scope["method"], content_type, _pairs(scope["query_string"].decode()), _pairs(form))
        with self._changed:
            answer = self.documents.get(path)
            self._arrivals[path].append(arrival)
            self._changed.notify_all()
        kind, content = answer or ("text/html", RESULT)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": content})


def _pairs(encoded: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(encoded, keep_blank_values=True))
