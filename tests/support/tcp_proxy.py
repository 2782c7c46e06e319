"""A relay in front of PostgreSQL that a test shuts, cuts, freezes, or stops at a chosen point of a conversation."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


@dataclass
class Trap:
    """Where to stop: when the provider says `words` once more after `before` times, heard (`forwarded`) or not."""

    words: bytes
    forwarded: bool
    before: int
    sprung: threading.Event = field(default_factory=threading.Event)

    def catches(self, said: bytes) -> bool:
        """Whether it is now."""
        if self.words not in said:
            return False
        self.before -= 1
        return self.before < 0


class Proxy:
    """Listens on a port of this machine and speaks to a server on its socket. Frozen, it carries nothing."""

    def __init__(self, target: Path, port: int) -> None:
        self.port = port
        self._target = str(target)
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._trap: Trap | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()

    def open(self) -> None:
        """Let connections in."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections, and cut those there are."""
        if self._listening is not None:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Break every connection, as a network does."""
        for each in list(self._open):
            self._break(each)
        self._flowing.set()
        self._trap = None

    def freeze(self) -> None:
        """Go on accepting and carry nothing, as a failing switch does."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def stop_at(self, words: bytes, *, forwarded: bool, before: int = 0) -> threading.Event:
        """Carry nothing more once the provider has said these words again after so many times; the event tells."""
        self._trap = Trap(words, forwarded, before)
        return self._trap.sprung

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                inside, _ = listening.accept()
            except OSError:
                return
            outside = socket.socket(socket.AF_UNIX)
            outside.connect(self._target)
            self._open |= {inside, outside}
            for source, sink, asking in ((inside, outside, True), (outside, inside, False)):
                threading.Thread(target=self._carry, args=(source, sink, asking), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, asking: bool) -> None:
        try:
            while said := source.recv(65_536):
                self._flowing.wait()
                trap = self._trap if asking else None
                if trap is not None and trap.catches(said):
                    self._flowing.clear()
                    if trap.forwarded:
                        sink.sendall(said)
                    trap.sprung.set()
                    self._flowing.wait()
                    if trap.forwarded:
                        continue
                sink.sendall(said)
        except OSError:
            pass
        finally:
            self._break(source)
            self._break(sink)

    def _break(self, end: socket.socket) -> None:
        self._open.discard(end)
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
