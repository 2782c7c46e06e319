"""The suite: it runs a module, under a variant, against the provider."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.conformance import checks
from tests.conformance.automation import Automation, configuration
from tests.conformance.browser import Browser, ScriptlessBrowser
from tests.conformance.checks import JsonObject
from tests.conformance.deployment import Deployment
from tests.conformance.suite_server import SuiteServer

BETWEEN_MODULES = 60
"""Seconds that pass from one module to the next."""


class Outcome(StrEnum):
    """How a module ends. REVIEW: every check passed, and a page was captured for a person to look at."""

    PASSED = "PASSED"
    REVIEW = "REVIEW"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Variant:
    """What a plan, or the person who starts it, chooses for a module."""

    response_type: str = "code"
    client_auth: str = "client_secret_basic"
    response_mode: str = "default"
    registration: str = "dynamic_client"

    def __str__(self) -> str:
        words = self.response_type.replace(" ", "+")
        return "-".join(part for part in (words, self.client_auth, self.response_mode) if part != "default")

    def includes(self, word: str) -> bool:
        """Whether the answer holds a `code`, a `token`, an `id_token`."""
        return word in self.response_type.split(" ")

    @property
    def static(self) -> bool:
        return self.registration == "static_client"


@dataclass
class Suite:
    """The suite in front of one provider."""

    deployment: Deployment
    server: SuiteServer
    configuration: JsonObject = field(init=False)

    def __post_init__(self) -> None:
        self.configuration = configuration(self.deployment.issuer)

    def run(self, name: str, module: "Module", variant: Variant, browser: Browser | None = None) -> Outcome:
        """Run a module; raises `AssertionError` for what the suite calls a failure, and for what it warns of."""
        self.server.begin()
        self.deployment.clock.advance(BETWEEN_MODULES)
        stage = Stage(self, name, variant, browser or ScriptlessBrowser(self.deployment.http))
        outcome = module(stage)
        assert (outcome is Outcome.REVIEW) == bool(stage.automation.proofs)
        for answer in stage.registrations:
            deleted = self.deployment.http.delete(answer["registration_client_uri"], headers=bearer(answer))
            assert deleted.status_code == 204
        return outcome


@dataclass
class Stage:
    """What one module has before it begins: the provider's metadata and keys, and an empty browser."""

    suite: Suite
    name: str
    variant: Variant
    browser: Browser
    registrations: list[JsonObject] = field(default_factory=list)
    automation: Automation = field(init=False)
    metadata: JsonObject = field(init=False)
    keys: JsonObject = field(init=False)

    def __post_init__(self) -> None:
        self.automation = Automation.of(self.suite.configuration, self.name, self.browser)
        self.metadata = self.fetch(self.suite.configuration["server"]["discoveryUrl"])
        self.keys = self.fetch(self.metadata["jwks_uri"])
        checks.key_set(self.keys)
        assert self.variant.client_auth in self.metadata["token_endpoint_auth_methods_supported"]

    @property
    def deployment(self) -> Deployment:
        return self.suite.deployment

    @property
    def now(self) -> int:
        return self.deployment.clock.now()

    def fetch(self, url: str) -> JsonObject:
        """A document of the provider's."""
        response = self.deployment.http.get(url)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("application/json")
        document: JsonObject = response.json()
        return document

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.deployment.clock.advance(seconds)


Module = Callable[[Stage], Outcome]


def bearer(registration: JsonObject) -> dict[str, str]:
    """The header by which a client manages its registration (RFC 7592)."""
    return {"authorization": f"Bearer {registration['registration_access_token']}"}
