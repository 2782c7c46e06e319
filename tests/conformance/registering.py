"""How the suite comes by a client: it registers one for each module, or uses those that its configuration names."""

import json
from typing import Any

import httpx2
from jwcrypto.jwk import JWK

from tests.conformance import checks
from tests.conformance.application import Application, rsa_key
from tests.conformance.checks import JsonObject
from tests.conformance.suite import Stage

Members = dict[str, Any]


def client(stage: Stage, *, second: bool = False, **members: Any) -> Application:
    """The client of a module, or its second one. `members` are registered beside the usual ones."""
    return _configured(stage, second=second) if stage.variant.static else registered(stage, **members)


def registered(stage: Stage, key: JWK | None = None, **members: Any) -> Application:
    """A client registered for this module, and unregistered at its end."""
    key = key or rsa_key()
    answer = ask(stage, document(stage, key) | members)
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    told: JsonObject = answer.json()
    checks.registered(told)
    stage.registrations.append(told)
    return Application(stage, told, key)


def refused(stage: Stage, error: str, **members: Any) -> None:
    """A registration that has to be refused."""
    answer = ask(stage, document(stage, rsa_key()) | members)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["error"] == error


def ask(stage: Stage, wanted: Members) -> httpx2.Response:
    """Send a registration; None leaves a member out."""
    content = {name: value for name, value in wanted.items() if value is not None}
    return stage.deployment.http.post(stage.metadata["registration_endpoint"], json=content)


def document(stage: Stage, key: JWK) -> Members:
    """What the suite registers: no scope, no algorithm, no address but the one to return to."""
    variant = stage.variant
    grants = ["authorization_code"] if variant.includes("code") else []
    if variant.includes("id_token") or variant.includes("token"):
        grants.append("implicit")
    return {
        "client_name": f"{stage.suite.configuration['client']['client_name']} {stage.name}",
        "grant_types": grants,
        "jwks": public_set(key),
        "token_endpoint_auth_method": variant.client_auth,
        "response_types": [variant.response_type],
        "redirect_uris": [stage.suite.server.url("callback")],
        "contacts": ["certification@exemple.fr"],
    }


def public_set(*keys: JWK) -> JsonObject:
    """Keys as an application publishes them."""
    return {"keys": [json.loads(key.export_public()) for key in keys]}


def serve_json(stage: Stage, path: str, content: object) -> str:
    """Publish a document on the suite's server; its address."""
    stage.suite.server.documents[path] = ("application/json", json.dumps(content).encode())
    return stage.suite.server.url(path)


def _configured(stage: Stage, *, second: bool) -> Application:
    written = stage.suite.configuration
    name = "client2" if second else "client"
    if stage.variant.client_auth == "client_secret_post":
        name = "client_secret_post"
    chosen = written["override"].get(stage.name, {}).get(name, written[name])
    return Application(stage, chosen | {"redirect_uris": [stage.suite.server.url("callback")]}, rsa_key())
