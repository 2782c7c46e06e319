"""One provider and one suite for all plans of a process; each module begins with an empty browser and a later clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.deployment import deployed
from tests.conformance.suite import Suite
from tests.conformance.suite_server import ALIAS, SuiteServer
from tests.support.asgi_server import serving
from tests.support.outside import chain_file
from tests.support.ports import free_port


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """The suite, in front of a provider prepared for it."""
    folder: Path = tmp_path_factory.mktemp("conformance")
    port = free_port()
    server = SuiteServer(f"https://127.0.0.1:{port}{ALIAS}")
    with serving(server, port, certificate=chain_file()), deployed(folder, server.base) as deployment:
        yield Suite(deployment, server)
