"""What an application may register is what discovery announces: nothing is promised that nobody serves."""

from typing import Any

import pytest

from clients.policy import Policy
from idp.foundation.settings import Registration
from idp.oidc.registration.policy import operator_policy, own_policy
from tests.support.provider import opened, settings_for

SETTINGS: tuple[dict[str, Any], ...] = ({}, {"front_channel": True}, {"unsigned_request_objects": True})


def registrable(policy: Policy) -> dict[str, set[str]]:
    """What a policy lets an application be, by the names of discovery."""
    return {
        "scopes_supported": set(policy.scopes),
        "grant_types_supported": set(policy.grant_types),
        "response_types_supported": set(policy.response_types),
        "token_endpoint_auth_methods_supported": set(policy.auth_methods),
        "token_endpoint_auth_signing_alg_values_supported": set(policy.assertion_algs),
        "subject_types_supported": set(policy.subject_types),
        "id_token_signing_alg_values_supported": set(policy.signing_algs),
        "userinfo_signing_alg_values_supported": set(policy.signing_algs),
        "id_token_encryption_alg_values_supported": set(policy.encryption_algs),
        "id_token_encryption_enc_values_supported": set(policy.encryption_encs),
        "userinfo_encryption_alg_values_supported": set(policy.encryption_algs),
        "userinfo_encryption_enc_values_supported": set(policy.encryption_encs),
        "request_object_signing_alg_values_supported": set(policy.request_object_algs),
    }


@pytest.mark.parametrize("changes", SETTINGS, ids=str)
async def test_what_operators_may_register_is_what_discovery_announces(
    database_url: str, changes: dict[str, Any]
) -> None:
    async with opened(settings_for(database_url, **changes)) as site:
        announced = (await (await site.client()).get("/.well-known/openid-configuration")).json()
        policy = operator_policy(site.provider.settings)
    wanted = registrable(policy)
    assert {name: set(announced.get(name, ())) for name in wanted} == wanted
    assert ("pushed_authorization_request_endpoint" in announced) == policy.pushed_requests


@pytest.mark.parametrize("changes", SETTINGS, ids=str)
def test_applications_may_register_themselves_as_all_that_but_for_the_interfaces_of_the_authority(
    changes: dict[str, Any],
) -> None:
    settings = settings_for("sqlite://", **changes)
    theirs, operators = registrable(own_policy(settings)), registrable(operator_policy(settings))
    differing = {name: operators[name] - theirs[name] for name in theirs if theirs[name] != operators[name]}
    assert differing == {"grant_types_supported": {"client_credentials"}}


@pytest.mark.parametrize("allowed", [False, True])
def test_applications_of_this_machine_are_for_tests_that_a_setting_allows(allowed: bool) -> None:
    rules = Registration(mode="open", localhost=allowed)
    assert own_policy(settings_for("sqlite://", registration=rules)).localhost is allowed
