"""Serve an ASGI application of the tests on a real port, beside the test."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(
    application: ASGIApp, port: int, *, certificate: str | None = None, lifespan: Literal["on", "off"] = "off"
) -> Iterator[None]:
    """The application answers on a port of this machine until the end; by TLS with a file that holds key and chain."""
    config = uvicorn.Config(
        application,
        "127.0.0.1",
        port,
        log_level="warning",
        lifespan=lifespan,
        ws="none",
        ssl_certfile=certificate,
        ssl_keyfile=certificate,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), f"nothing can be served on port {port}"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
