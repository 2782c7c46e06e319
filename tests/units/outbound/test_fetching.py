"""The fetcher in front of real servers on this machine, honest and not (DC-02 to DC-06)."""

import asyncio
import contextlib
import gzip
import logging
import time
from collections.abc import AsyncIterator

import pytest

from idp.foundation.clock import FixedClock
from idp.outbound.addresses import Allowance
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import AT_ONCE, CALLS_A_MINUTE, Answer, Fetcher
from idp.outbound.resolving import Resolve
from tests.support.outside import Names, Outside, ca_file, outside

HERE = Allowance.read(["127.0.0.1"])


@pytest.fixture
async def pool() -> AsyncIterator[Outside]:
    """The server of an application."""
    async with outside() as host:
        host.answer("/jwks", b'{"keys": []}', content_type="application/json; charset=utf-8")
        yield host


def fetching(allowance: Allowance = HERE, resolve: Resolve | None = None, clock: FixedClock | None = None) -> Fetcher:
    """A fetcher that trusts the private authority."""
    return Fetcher(clock or FixedClock(0), allowance, ca_file=ca_file(), resolve=resolve)


async def get(fetcher: Fetcher, url: str, *, largest: int = 1_000, seconds: float = 5.0) -> Answer:
    try:
        return await fetcher.get(url, accept="application/json", largest=largest, seconds=seconds)
    finally:
        await fetcher.close()


async def refused(fetcher: Fetcher, url: str, *, largest: int = 1_000, seconds: float = 5.0) -> str:
    """The private cause of a call that gives nothing."""
    with pytest.raises(NotFetched) as fault:
        await get(fetcher, url, largest=largest, seconds=seconds)
    assert str(fault.value) == "the address could not be read"
    return fault.value.cause


async def test_a_document_is_read_over_tls_under_a_private_authority(pool: Outside) -> None:
    assert await get(fetching(), pool.url("/jwks")) == Answer(200, "application/json", b'{"keys": []}')
    (seen,) = pool.seen
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["host"] == f"127.0.0.1:{pool.port}"
    assert "cookie" not in seen.headers
    assert "authorization" not in seen.headers


async def test_without_the_authority_nothing_is_read(pool: Outside) -> None:
    assert await refused(Fetcher(FixedClock(0), HERE), pool.url("/jwks")) == "no connection"
    assert pool.seen == []


async def test_a_certificate_for_another_name_is_refused(pool: Outside) -> None:
    names = Names(evil_example=[("127.0.0.1",)])
    assert await refused(fetching(resolve=names), pool.url("/jwks", "evil.example")) == "no connection"
    assert pool.seen == []


async def test_the_name_is_kept_for_tls_and_host_while_the_resolved_address_is_connected_to(pool: Outside) -> None:
    names = Names(pool_example=[("127.0.0.1",)])
    await get(fetching(resolve=names), pool.url("/jwks", "pool.example"))
    assert pool.seen[0].headers["host"] == f"pool.example:{pool.port}"


async def test_by_default_this_machine_is_not_called(pool: Outside) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert "may not be called" in await refused(fetching(Allowance()), pool.url("/jwks", host))
    assert pool.connections == 0


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001", "[::ffff:127.0.0.1]"])
async def test_other_spellings_of_this_machine_are_not_called_either(pool: Outside, host: str) -> None:
    assert await refused(fetching(Allowance()), pool.url("/jwks", host))
    assert pool.connections == 0


async def test_a_name_is_resolved_once_so_that_a_second_answer_changes_nothing() -> None:
    async with outside("127.0.0.2") as public, outside("127.0.0.1") as inside:
        public.answer("/jwks", b"ours")
        names = Names(pool_example=[("127.0.0.2",), ("127.0.0.1",)])
        fetcher = fetching(Allowance.read(["127.0.0.2"]), names)
        assert (await get(fetcher, public.url("/jwks", "pool.example"))).body == b"ours"
        assert names.asked == ["pool.example"]
        again = await refused(fetching(Allowance.read(["127.0.0.2"]), names), public.url("/jwks", "pool.example"))
        assert "may not be called" in again
        assert inside.connections == 0


async def test_a_name_that_leads_outside_and_inside_is_not_called_at_all() -> None:
    async with outside("127.0.0.2") as public:
        public.answer("/jwks", b"ours")
        for addresses in (("127.0.0.2", "127.0.0.1"), ("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "::1")):
            fetcher = fetching(Allowance.read(["127.0.0.2"]), Names(pool_example=[addresses]))
            assert "may not be called" in await refused(fetcher, public.url("/jwks", "pool.example"))
        assert public.connections == 0


async def test_the_next_address_of_a_name_is_tried_when_the_first_does_not_answer() -> None:
    async with outside("127.0.0.2") as public:
        public.answer("/jwks", b"ours")
        fetcher = fetching(Allowance.read(["127.0.0.0/8"]), Names(pool_example=[("127.0.0.3", "127.0.0.2")]))
        assert (await get(fetcher, public.url("/jwks", "pool.example"))).body == b"ours"


async def test_a_name_that_does_not_exist_gives_nothing() -> None:
    assert await refused(fetching(), "https://nobody.invalid/jwks") == "a name without an address"


async def test_no_redirect_is_followed(pool: Outside) -> None:
    for number, target in enumerate((pool.url("/jwks"), "file:///etc/passwd", "gopher://127.0.0.1/", "/jwks")):
        pool.redirect(f"/{number}", target)
        assert await refused(fetching(), pool.url(f"/{number}")) == "status 302"
    assert [seen.path for seen in pool.seen] == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("status", [201, 204, 304, 401, 404, 500, 503])
async def test_a_document_comes_with_200_and_nothing_else(pool: Outside, status: int) -> None:
    pool.answer("/jwks", b"", status=status)
    assert await refused(fetching(), pool.url("/jwks")) == f"status {status}"


async def test_a_body_that_drips_ends_at_the_deadline(pool: Outside) -> None:
    pool.drip("/slow")
    began = time.monotonic()
    assert "within" in await refused(fetching(), pool.url("/slow"), seconds=0.3)
    assert time.monotonic() - began < 2


async def test_headers_that_drip_end_at_the_deadline(pool: Outside) -> None:
    pool.drip("/slow", head=b"HTTP/1.1 200 OK\r\n", each=b"x-more: 1\r\n")
    assert "within" in await refused(fetching(), pool.url("/slow"), seconds=0.3)


async def test_silence_ends_at_the_deadline(pool: Outside) -> None:
    pool.hang("/silent")
    assert "within" in await refused(fetching(), pool.url("/silent"), seconds=0.2)


async def test_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    async def hanging(_host: str, _port: int) -> tuple[()]:
        await asyncio.sleep(5)
        return ()

    assert "within" in await refused(fetching(resolve=hanging), "https://pool.example/", seconds=0.1)


async def test_ten_megabytes_are_not_read(pool: Outside) -> None:
    pool.flood("/big")
    assert await refused(fetching(), pool.url("/big"), largest=65_536) == "more than 65536 bytes"
    pool.answer("/exact", b"x" * 1_000)
    assert len((await get(fetching(), pool.url("/exact"))).body) == 1_000


async def test_a_compressed_bomb_is_not_opened(pool: Outside) -> None:
    pool.answer("/bomb", gzip.compress(b"0" * 10_000_000), content_encoding="gzip")
    assert await refused(fetching(), pool.url("/bomb"), largest=65_536) == "a compressed answer"


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"])
async def test_what_is_not_http_gives_nothing(pool: Outside, answer: bytes) -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    pool.scripts["/odd"] = script
    assert await refused(fetching(), pool.url("/odd")) in {"RemoteProtocolError", "ReadError"}


async def test_proxies_of_the_environment_are_not_used(pool: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    async with outside(secure=False) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        assert (await get(fetching(), pool.url("/jwks"))).status == 200
        assert proxy.connections == 0


async def test_http_is_spoken_only_to_what_is_allowed() -> None:
    async with outside(secure=False) as plain:
        plain.answer("/jwks", b"ours")
        assert (await get(fetching(), plain.url("/jwks"))).body == b"ours"
        await refused(fetching(), plain.url("/jwks", "localhost"))
        assert len(plain.seen) == 1


async def test_a_closed_port_an_address_refused_and_a_wrong_answer_are_told_alike(pool: Outside) -> None:
    async with outside() as closed:
        pass
    pool.answer("/other", b"<html>", status=404)
    told = set()
    for url in (closed.url("/"), pool.url("/other"), "https://10.0.0.1/", "https://nobody.invalid/", "nonsense"):
        with pytest.raises(NotFetched) as fault:
            await fetching().get(url, accept="*/*", largest=10, seconds=2)
        told.add(str(fault.value))
    assert told == {"the address could not be read"}


async def test_a_host_is_called_so_many_times_a_minute_whatever_its_names(pool: Outside) -> None:
    clock = FixedClock(0)
    names = Names(pool_example=[("127.0.0.1",)], sports_example=[("127.0.0.1",)])
    fetcher = fetching(resolve=names, clock=clock)
    pool.answer("/", b"")
    hosts = ("pool.example", "sports.example")
    for number in range(CALLS_A_MINUTE):
        await fetcher.get(pool.url("/", hosts[number % 2]), accept="*/*", largest=10, seconds=5)
    with pytest.raises(NotFetched) as fault:
        await fetcher.get(pool.url("/", "pool.example"), accept="*/*", largest=10, seconds=5)
    assert fault.value.cause == "called too often"
    assert len(pool.seen) == CALLS_A_MINUTE
    clock.advance(60)
    await fetcher.get(pool.url("/", "pool.example"), accept="*/*", largest=10, seconds=5)


async def test_a_form_is_sent_once_and_its_status_is_told(pool: Outside) -> None:
    pool.answer("/logout", b"no", status=400)
    assert await fetching().post(pool.url("/logout"), {"logout_token": "a.b.c"}, seconds=5) == 400
    (seen,) = pool.seen
    assert (seen.method, seen.body) == ("POST", b"logout_token=a.b.c")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_the_body_of_the_answer_to_a_form_is_not_waited_for(pool: Outside) -> None:
    pool.drip("/logout", head=b"HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n")
    assert await fetching().post(pool.url("/logout"), {}, seconds=1) == 204


async def test_a_form_goes_where_documents_are_read_and_nowhere_else(pool: Outside) -> None:
    with pytest.raises(NotFetched):
        await fetching(Allowance()).post(pool.url("/logout"), {}, seconds=1)
    pool.redirect("/logout", pool.url("/elsewhere"))
    assert await fetching().post(pool.url("/logout"), {}, seconds=1) == 302
    assert [seen.path for seen in pool.seen] == ["/logout"]


async def test_documents_that_hang_delay_no_form(pool: Outside) -> None:
    """Whoever gives addresses that answer slowly must not keep others from hearing of sign-outs."""
    arrived = asyncio.Semaphore(0)

    async def hang(_writer: asyncio.StreamWriter) -> None:
        arrived.release()
        await asyncio.sleep(60)

    pool.scripts["/slow"] = hang
    pool.answer("/logout", b"", status=204)
    fetcher = fetching()
    hanging = [fetcher.get(pool.url("/slow"), accept="*/*", largest=1, seconds=60) for _ in range(AT_ONCE)]
    reading = asyncio.gather(*hanging, return_exceptions=True)
    for _ in range(AT_ONCE):
        await arrived.acquire()
    assert await fetcher.post(pool.url("/logout"), {}, seconds=10) == 204
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    await fetcher.close()


async def test_the_log_says_why_and_nothing_of_what_was_received(
    pool: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    pool.answer("/jwks", b"a secret of theirs", status=500)
    with caplog.at_level(logging.INFO, "idp.outbound"):
        await refused(fetching(), pool.url("/jwks?token=hidden"))
    assert "status 500" in caplog.text
    assert "hidden" not in caplog.text
    assert "secret" not in caplog.text
