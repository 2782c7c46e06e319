"""Modules on the discovery document alone."""

import re
from urllib.parse import urlsplit

from tests.conformance.checks import words
from tests.conformance.suite import Module, Outcome, Stage

KNOWN = words(
    """issuer authorization_endpoint token_endpoint jwks_uri registration_endpoint scopes_supported
    response_types_supported response_modes_supported grant_types_supported token_endpoint_auth_methods_supported
    token_endpoint_auth_signing_alg_values_supported service_documentation ui_locales_supported op_policy_uri op_tos_uri
    revocation_endpoint revocation_endpoint_auth_methods_supported revocation_endpoint_auth_signing_alg_values_supported
    introspection_endpoint introspection_endpoint_auth_methods_supported
    introspection_endpoint_auth_signing_alg_values_supported code_challenge_methods_supported userinfo_endpoint
    end_session_endpoint check_session_iframe subject_types_supported id_token_signing_alg_values_supported
    id_token_encryption_alg_values_supported id_token_encryption_enc_values_supported
    userinfo_signing_alg_values_supported userinfo_encryption_alg_values_supported
    userinfo_encryption_enc_values_supported request_object_signing_alg_values_supported
    request_object_encryption_alg_values_supported request_object_encryption_enc_values_supported
    display_values_supported claim_types_supported claims_supported claims_locales_supported claims_parameter_supported
    request_parameter_supported request_uri_parameter_supported require_request_uri_registration acr_values_supported
    frontchannel_logout_supported frontchannel_logout_session_supported backchannel_logout_supported
    backchannel_logout_session_supported pushed_authorization_request_endpoint require_pushed_authorization_requests
    authorization_response_iss_parameter_supported device_authorization_endpoint require_signed_request_object
    prompt_values_supported verified_claims_supported trust_frameworks_supported evidence_supported
    claims_in_verified_claims_supported"""
)
"""The members that the suite's schema knows, as far as this provider has any use for them."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def document(stage: Stage) -> Outcome:
    """Everything that Discovery 1.0 section 3 wants, in the types it wants, and nothing unknown."""
    metadata = stage.metadata
    assert not metadata.keys() - KNOWN, metadata.keys() - KNOWN
    issuer = urlsplit(metadata["issuer"])
    assert issuer.scheme == "https"
    assert not issuer.query
    assert not issuer.fragment
    assert (
        stage.suite.configuration["server"]["discoveryUrl"] == f"{metadata['issuer']}/.well-known/openid-configuration"
    )
    for name, value in metadata.items():
        if name.endswith(("_endpoint", "_uri", "_iframe")):
            assert urlsplit(value).scheme == "https", name
        elif name.endswith("_supported"):
            assert isinstance(value, bool) or (value and all(isinstance(each, str) for each in value)), name
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint", "jwks_uri"):
        assert name in metadata
    assert metadata["subject_types_supported"]
    assert {"code", "id_token", "id_token token"} <= set(metadata["response_types_supported"])
    assert {"authorization_code", "implicit"} <= set(metadata["grant_types_supported"])
    for name in ("id_token", "userinfo", "request_object"):
        assert "RS256" in metadata[f"{name}_signing_alg_values_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert metadata["claims_supported"]
    for language in (*metadata["ui_locales_supported"], *metadata.get("claims_locales_supported", ())):
        assert _LANGUAGE.fullmatch(language)
    return Outcome.PASSED


def announces(*names: str) -> Module:
    """The members that say a way to sign out is there."""

    def module(stage: Stage) -> Outcome:
        assert stage.metadata["end_session_endpoint"].startswith("https://")
        for name in names:
            assert stage.metadata[name] is True or str(stage.metadata[name]).startswith("https://")
        return Outcome.PASSED

    return module


MODULES: dict[str, Module] = {
    "oidcc-discovery-endpoint-verification": document,
    "oidcc-rp-initiated-logout-discovery-endpoint-verification": announces(),
    "oidcc-frontchannel-logout-discovery-endpoint-verification": announces(
        "frontchannel_logout_supported", "frontchannel_logout_session_supported"
    ),
    "oidcc-backchannel-logout-discovery-endpoint-verification": announces(
        "backchannel_logout_supported", "backchannel_logout_session_supported"
    ),
    "oidcc-session-management-discovery-endpoint-verification": announces("check_session_iframe"),
}
