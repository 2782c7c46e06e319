"""Every flow is answered as it should be, by ours and by the peer; how quickly is for `make bench` to say."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from joserfc.jwk import KeySet

from tests.benchmarks.flows import FLOWS
from tests.benchmarks.measure import SLICES, measured
from tests.benchmarks.subjects import Subject, oidc_provider, provider
from tests.benchmarks.traffic import Flow, Traffic
from tests.benchmarks.wire import Answer
from tests.support.engines import WORKER, postgres


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Subject, Subject]]:
    """Ours and the peer."""
    folder, name = tmp_path_factory.mktemp("bench"), f"bench_{WORKER}"
    with ExitStack() as running:
        ours = running.enter_context(provider(f"sqlite:///{folder}/bench.db", folder, 1, None))
        running.callback(postgres().administer, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        peer = running.enter_context(oidc_provider(postgres(), name, folder, postgres().pid))
        yield ours, peer


@pytest.mark.needs("node", "peers")
async def test_every_flow_is_measured_on_both_servers(servers: tuple[Subject, Subject]) -> None:
    ours, peer = await measured(servers, 2 * SLICES)
    assert [each.flow for each in ours] == [flow.name for flow in FLOWS]
    assert [each.flow for each in peer] == [flow.name for flow in FLOWS if not flow.by_password]
    assert all(each.cpu > 0 for each in (*ours, *peer))


@pytest.mark.needs("node", "peers")
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_an_answer_that_is_not_the_right_one_ends_the_run(servers: tuple[Subject, Subject], flow: Flow) -> None:
    traffic = Traffic(servers[0], 1, [], KeySet([]))
    for status in (flow.status, 503):
        with pytest.raises(AssertionError, match=f"{flow.name}, answer 0:\nHTTP/1.1 {status} No"):
            flow.judge(traffic, [Answer(status, f"HTTP/1.1 {status} No".encode(), b'{"error": "no"}', 0.1)])
