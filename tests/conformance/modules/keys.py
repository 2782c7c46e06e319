"""Modules of keys that change: the provider's while it runs, the application's between two proofs."""

from tests.conformance import checks
from tests.conformance.application import rsa_key
from tests.conformance.checks import JsonObject
from tests.conformance.modules.codes import offline_members, refresh, sign_in_offline
from tests.conformance.registering import public_set, registered, serve_json
from tests.conformance.suite import Module, Outcome, Stage

COMPARED = {"RSA": "n", "EC": "x"}
"""The types that the suite's comparison of key sets knows, and the member it compares."""
JWKS_REFRESH_DELAY = 60


def provider_rotates(stage: Stage) -> Outcome:
    """The operator rotates; the key set has a new signing key at once, and keeps the old one."""
    before = _signing(stage.keys)
    stage.deployment.idp("keys", "rotate")
    after_set = stage.fetch(stage.metadata["jwks_uri"])
    checks.key_set(after_set)
    after = _signing(after_set)
    new = [key for kid, key in after.items() if kid not in before]
    assert new, "no new signing key"
    for key in new:
        member = COMPARED[key["kty"]]
        assert key[member] not in {old.get(member) for old in before.values()}
    assert before.keys() <= after.keys()
    return Outcome.PASSED


def _signing(key_set: JsonObject) -> dict[str, JsonObject]:
    return {key["kid"]: key for key in key_set["keys"] if key.get("use", "sig") == "sig"}


def application_rotates(stage: Stage) -> Outcome:
    """An application changes the keys it publishes, and proves itself by the new one."""
    old, new = rsa_key(1, kid="first"), rsa_key(2, kid="second")
    address = serve_json(stage, "client1_jwks", public_set(old))
    application = registered(stage, old, jwks=None, jwks_uri=address, **offline_members(stage))
    flow = sign_in_offline(stage, application)
    serve_json(stage, "client1_jwks", public_set(new))
    application.key = new
    stage.wait(JWKS_REFRESH_DELAY)
    refresh(stage, application, flow)
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-server-rotate-keys": provider_rotates,
    "oidcc-refresh-token-rp-key-rotation": application_rotates,
}
