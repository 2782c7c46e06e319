"""Modules on the discovery document alone."""

import re
from urllib.parse import urlsplit

from tests.conformance.checks import words
from tests.conformance.suite import Module, Outcome, Stage

TEXTS = words(
    """issuer authorization_endpoint token_endpoint jwks_uri registration_endpoint service_documentation op_policy_uri
    op_tos_uri revocation_endpoint introspection_endpoint userinfo_endpoint end_session_endpoint check_session_iframe
    pushed_authorization_request_endpoint device_authorization_endpoint backchannel_authentication_endpoint
    challenge_endpoint signed_metadata global_token_revocation_endpoint authorization_challenge_endpoint
    signed_jwks_uri organization_name organization_uri display_name description logo_uri information_uri
    federation_registration_endpoint grant_management_endpoint status_list_aggregation_endpoint"""
)
FLAGS = words(
    """claims_parameter_supported request_parameter_supported request_uri_parameter_supported
    require_request_uri_registration frontchannel_logout_supported frontchannel_logout_session_supported
    backchannel_logout_supported backchannel_logout_session_supported require_pushed_authorization_requests
    authorization_response_iss_parameter_supported require_signed_request_object
    backchannel_user_code_parameter_supported tls_client_certificate_bound_access_tokens
    client_id_metadata_document_supported grant_management_action_required"""
)
LISTS = words(
    """scopes_supported response_types_supported response_modes_supported grant_types_supported
    token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported ui_locales_supported
    revocation_endpoint_auth_methods_supported revocation_endpoint_auth_signing_alg_values_supported
    introspection_endpoint_auth_methods_supported introspection_endpoint_auth_signing_alg_values_supported
    code_challenge_methods_supported subject_types_supported id_token_signing_alg_values_supported
    id_token_encryption_alg_values_supported id_token_encryption_enc_values_supported
    userinfo_signing_alg_values_supported userinfo_encryption_alg_values_supported
    userinfo_encryption_enc_values_supported request_object_signing_alg_values_supported
    request_object_encryption_alg_values_supported request_object_encryption_enc_values_supported
    display_values_supported claim_types_supported claims_supported claims_locales_supported acr_values_supported
    prompt_values_supported dpop_signing_alg_values_supported authorization_details_types_supported
    backchannel_token_delivery_modes_supported backchannel_authentication_request_signing_alg_values_supported
    authorization_signing_alg_values_supported authorization_encryption_alg_values_supported
    authorization_encryption_enc_values_supported introspection_signing_alg_values_supported
    introspection_encryption_alg_values_supported introspection_encryption_enc_values_supported keywords contacts
    trust_frameworks_supported evidence_supported documents_supported claims_in_verified_claims_supported
    grant_management_actions_supported protected_resources"""
)
"""The members of the suite's schema that a provider may have a use for, by type: any other gives a warning. Of those of
identity assurance it lacks `verified_claims_supported`, which only a provider that somebody vouches to announces."""
_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
"""RFC 6749 section 3.3."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def document(stage: Stage) -> Outcome:
    """Everything that Discovery 1.0 section 3 wants, in the types it wants, and nothing unknown."""
    metadata = stage.metadata
    assert not metadata.keys() - TEXTS - FLAGS - LISTS, "the suite warns of members that its schema does not know"
    issuer = urlsplit(metadata["issuer"])
    assert issuer.scheme == "https"
    assert not issuer.query
    assert not issuer.fragment
    assert (
        stage.suite.configuration["server"]["discoveryUrl"] == f"{metadata['issuer']}/.well-known/openid-configuration"
    )
    for name, value in metadata.items():
        _check_type(name, value)
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
    assert len(set(metadata["scopes_supported"])) == len(metadata["scopes_supported"])
    assert all(_SCOPE.fullmatch(scope) for scope in metadata["scopes_supported"])
    return Outcome.PASSED


def _check_type(name: str, value: object) -> None:
    if name in FLAGS:
        assert isinstance(value, bool), name
    elif name in LISTS:
        assert isinstance(value, list), name
        assert value, name
        assert all(isinstance(each, str) for each in value), name
    else:
        assert isinstance(value, str), name
        assert not name.endswith(("_endpoint", "_uri", "_iframe")) or urlsplit(value).scheme == "https", name


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
