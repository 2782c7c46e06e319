"""Registration documents: what is accepted, what is refused, and that every fault is named at once."""

import json
from dataclasses import replace
from typing import Any

import pytest
from authlib.oauth2 import rfc7591, rfc9101
from authlib.oidc import registration, rpinitiated
from hypothesis import given
from hypothesis import strategies as st

from clients import metadata
from clients.client import MEMBERS, Client
from clients.members import READERS
from clients.policy import OPERATOR, SCOPES, Policy
from clients.problems import MetadataRefused
from keys.jwk import Jwk

STRANGER = Policy()
MINIMAL: dict[str, Any] = {"redirect_uris": ["https://pool.example/cb"]}
PUBLIC_KEY: dict[str, Any] = {**Jwk.generate("ES256").public_members(), "kid": "k1", "use": "sig"}
KEY_SET = {"keys": [PUBLIC_KEY]}

AUTHLIB_CLASSES = (
    rfc7591.ClientMetadataClaims,
    rfc9101.ClientMetadataClaims,
    registration.ClientMetadataClaims,
    rpinitiated.ClientMetadataClaims,
)


def read(document: object, policy: Policy = OPERATOR) -> Client:
    """Judge a document for the client `pool`."""
    return metadata.read(document, client_id="pool", policy=policy)


def problems(document: object, policy: Policy = OPERATOR) -> list[str]:
    """Return the problems of a document that must have some."""
    with pytest.raises(MetadataRefused) as refused:
        read(document, policy)
    return [str(problem) for problem in refused.value.problems]


def test_every_member_of_a_client_can_be_read_and_every_member_read_is_one_of_a_client() -> None:
    assert READERS.keys() == MEMBERS


def test_no_member_that_authlib_knows_is_missing() -> None:
    assert {name for known in AUTHLIB_CLASSES for name in known.REGISTERED_CLAIMS} <= MEMBERS


def test_absent_members_take_the_defaults_of_the_specifications() -> None:
    client = read(MINIMAL)
    assert client.grant_types == ("authorization_code",)
    assert client.response_types == ("code",)
    assert client.token_endpoint_auth_method == "client_secret_basic"
    assert client.application_type == "web"
    assert client.id_token_signed_response_alg == "RS256"
    assert client.userinfo_signed_response_alg is None
    assert client.subject_type == "public"
    assert client.scope.split() == list(SCOPES)
    assert client.require_pkce
    assert not client.first_party


def test_offline_access_brings_the_grant_it_needs() -> None:
    assert read({**MINIMAL, "scope": "openid offline_access"}).grant_types == ("authorization_code", "refresh_token")
    explicit = read({**MINIMAL, "scope": "openid offline_access", "grant_types": ["authorization_code"]})
    assert explicit.grant_types == ("authorization_code",)


def test_a_machine_needs_neither_address_nor_response_type() -> None:
    client = read({"grant_types": ["client_credentials"], "scope": "permits:read"})
    assert (client.redirect_uris, client.response_types, client.scope) == ((), (), "permits:read")
    assert read({"grant_types": ["client_credentials"]}).scope == ""


def test_a_whole_document_is_read_as_it_was_written() -> None:
    document = {
        "client_name": "Piscine municipale",
        "client_uri": "https://pool.example/",
        "logo_uri": "https://pool.example/logo.svg",
        "policy_uri": "https://pool.example/privacy",
        "tos_uri": "https://pool.example/terms",
        "contacts": ["web@pool.example"],
        "software_id": "pool-software",
        "software_version": "2.1",
        "software_statement": "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl",
        "application_type": "web",
        "redirect_uris": ["https://pool.example/cb", "https://pool.example/cb?tenant=2", "http://localhost:8001/cb"],
        "post_logout_redirect_uris": ["https://pool.example/bye?code=75"],
        "initiate_login_uri": "https://pool.example/login",
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"],
        "scope": "openid profile offline_access permits:read",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": KEY_SET,
        "subject_type": "public",
        "sector_identifier_uri": "https://pool.example/sector.json",
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "RS256",
        "require_signed_request_object": False,
        "require_pushed_authorization_requests": False,
        "default_max_age": 0,
        "require_auth_time": True,
        "default_acr_values": ["1"],
        "frontchannel_logout_uri": "https://pool.example/front",
        "frontchannel_logout_session_required": True,
        "backchannel_logout_uri": "https://api.pool.example/back",
        "backchannel_logout_session_required": True,
        "first_party": True,
        "listed": True,
        "description": "Entrées et abonnements",
        "require_pkce": False,
        "access_token_format": "jwt",
        "access_token_lifetime": 300,
        "refresh_token_lifetime": 86_400,
        "self_registered": False,
    }
    assert read(document).to_document() == document
    assert read(json.loads(json.dumps(document))).to_document() == document


def test_an_answer_sent_back_is_read_like_a_request() -> None:
    answer = read(MINIMAL).to_metadata() | {"client_secret": "lpcs_x", "client_secret_expires_at": 0}
    assert read(answer) == read(MINIMAL)
    assert metadata.unknown_members(answer) == ()


def test_null_is_absence() -> None:
    assert read({**MINIMAL, "client_name": None, "jwks": None, "grant_types": None}) == read(MINIMAL)


def test_members_nobody_knows_are_left_aside_and_can_be_told() -> None:
    document = {**MINIMAL, "redirect_uri": "https://slip.example/", "invented_later": [1]}
    assert read(document) == read(MINIMAL)
    assert metadata.unknown_members(document) == ("invented_later", "redirect_uri")


def test_only_an_operator_sets_what_is_ours() -> None:
    document = {
        **MINIMAL,
        "first_party": True,
        "require_pkce": False,
        "access_token_lifetime": 86_400,
        "self_registered": True,
    }
    assert read(document, STRANGER) == read(MINIMAL, STRANGER)
    assert read(document).first_party


def test_scopes_of_a_declared_interface_are_an_operators_to_give_and_never_given_by_default() -> None:
    document = {**MINIMAL, "scope": "openid permits:read"}
    operator = replace(OPERATOR, interface_scopes=("permits:read",))
    assert read(document, operator).scope == "openid permits:read"
    assert read(MINIMAL, operator).scope == read(MINIMAL).scope
    assert problems({**MINIMAL, "scope": "permits:write"}, operator)
    assert problems(document, replace(operator, by_operator=False))


def test_a_stranger_may_not_use_plain_http_nor_name_scopes_of_others() -> None:
    document = {
        "grant_types": ["client_credentials"],
        "scope": "permits:read",
        "initiate_login_uri": "http://localhost:8001/login",
    }
    assert read(document)
    assert problems(document, STRANGER) == [
        "initiate_login_uri: must use https",
        "scope: permits:read is not a scope of this provider",
    ]


def test_every_problem_is_named_at_once() -> None:
    found = problems(
        {
            "client_name": "",
            "logo_uri": "javascript:alert(1)",
            "redirect_uris": ["https://a.example/cb#f", "https://a.example/*", "http://a.example/cb"],
            "post_logout_redirect_uris": ["https://user@a.example/"],
            "grant_types": ["authorization_code", "password"],
            "token_endpoint_auth_method": "none",
            "require_pkce": False,
            "scope": "openid emial",
            "id_token_signed_response_alg": "none",
            "default_max_age": -1,
            "first_party": "yes",
            "jwks": {"keys": []},
            "client_secret": "0123456789abcdef",
        }
    )
    assert {problem.partition(":")[0] for problem in found} == {
        "client_name",
        "client_secret",
        "default_max_age",
        "first_party",
        "grant_types",
        "id_token_signed_response_alg",
        "jwks",
        "logo_uri",
        "post_logout_redirect_uris",
        "redirect_uris",
        "require_pkce",
        "scope",
    }
    assert len([problem for problem in found if problem.startswith("redirect_uris")]) == 3


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no address": ({"redirect_uris": []}, "redirect_uris"),
    "address absent": ({"redirect_uris": None}, "redirect_uris"),
    "address as text": ({"redirect_uris": "https://pool.example/cb"}, "redirect_uris"),
    "address as number": ({"redirect_uris": [1]}, "redirect_uris"),
    "address as list": ({"redirect_uris": [["https://pool.example/cb"]]}, "redirect_uris"),
    "too many addresses": ({"redirect_uris": [f"https://pool.example/{n}" for n in range(51)]}, "redirect_uris"),
    "address that answers": ({"redirect_uris": ["https://pool.example/cb?code=1"]}, "redirect_uris"),
    "private scheme of a web application": ({"redirect_uris": ["com.example.app:/cb"]}, "redirect_uris"),
    "data after sign-out": ({"post_logout_redirect_uris": ["data:text/html,x"]}, "post_logout_redirect_uris"),
    "state after sign-out": (
        {"post_logout_redirect_uris": ["https://pool.example/?state=1"]},
        "post_logout_redirect_uris",
    ),
    "unknown type": ({"application_type": "Web"}, "application_type"),
    "name of 10 KB": ({"client_name": "x" * 10_000}, "client_name"),
    "name that turns": ({"client_name": "Mairie\u202egnp.exe"}, "client_name"),
    "name with line break": ({"client_name": "Mairie\r\nX: y"}, "client_name"),
    "name with a lone surrogate": ({"client_name": "Mairie \ud800"}, "client_name"),
    "name as number": ({"client_name": 12}, "client_name"),
    "logo as script": ({"logo_uri": "javascript:alert(1)"}, "logo_uri"),
    "logo as data": ({"logo_uri": "data:image/svg+xml,x"}, "logo_uri"),
    "policy by http": ({"policy_uri": "http://pool.example/"}, "policy_uri"),
    "terms with user": ({"tos_uri": "https://a@pool.example/"}, "tos_uri"),
    "login by http": ({"initiate_login_uri": "http://pool.example/login"}, "initiate_login_uri"),
    "back channel with fragment": ({"backchannel_logout_uri": "https://pool.example/#f"}, "backchannel_logout_uri"),
    "back channel with line break": (
        {"backchannel_logout_uri": "https://pool.example/\r\nHost: a"},
        "backchannel_logout_uri",
    ),
    "front channel elsewhere": ({"frontchannel_logout_uri": "https://other.example/out"}, "frontchannel_logout_uri"),
    "front channel on another port": (
        {"frontchannel_logout_uri": "https://pool.example:8443/out"},
        "frontchannel_logout_uri",
    ),
    "password grant": ({"grant_types": ["authorization_code", "password"]}, "grant_types"),
    "implicit grant": ({"grant_types": ["authorization_code", "implicit"]}, "grant_types"),
    "no grant": ({"grant_types": []}, "grant_types"),
    "refresh alone": ({"grant_types": ["refresh_token"]}, "grant_types"),
    "code without its grant": ({"grant_types": ["client_credentials"], "response_types": ["code"]}, "grant_types"),
    "grant without its code": ({"response_types": []}, "response_types"),
    "token in front": ({"response_types": ["code", "token"]}, "response_types"),
    "response type as text": ({"response_types": "code"}, "response_types"),
    "unknown scope": ({"scope": "openid everything"}, "scope"),
    "scope as list": ({"scope": ["openid"]}, "scope"),
    "scope with quotes": ({"scope": 'openid "x"'}, "scope"),
    "scope of 2 KB": ({"scope": "a" * 2000}, "scope"),
    "unknown method": ({"token_endpoint_auth_method": "tls_client_auth"}, "token_endpoint_auth_method"),
    "method in another case": ({"token_endpoint_auth_method": "NONE"}, "token_endpoint_auth_method"),
    "public with machine grant": (
        {"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]},
        "grant_types",
    ),
    "public without PKCE": ({"token_endpoint_auth_method": "none", "require_pkce": False}, "require_pkce"),
    "public with a secret": ({"token_endpoint_auth_method": "none", "client_secret": "x"}, "client_secret"),
    "private_key_jwt without keys": ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
    "an ID token to encrypt without keys": ({"id_token_encrypted_response_alg": "RSA-OAEP"}, "jwks"),
    "user information to encrypt without keys": ({"userinfo_encrypted_response_alg": "ECDH-ES"}, "jwks"),
    "no key to encrypt an ID token to": ({"id_token_encrypted_response_alg": "RSA-OAEP", "jwks": KEY_SET}, "jwks"),
    "signed requests without keys": ({"require_signed_request_object": True}, "jwks"),
    "an algorithm of requests without keys": ({"request_object_signing_alg": "ES256"}, "jwks"),
    "ID tokens signed by no key of ours": ({"id_token_signed_response_alg": "PS256"}, "id_token_signed_response_alg"),
    "user information signed by no key of ours": (
        {"userinfo_signed_response_alg": "PS256"},
        "userinfo_signed_response_alg",
    ),
    "requests encrypted to no key of ours": (
        {"request_object_encryption_alg": "ECDH-ES"},
        "request_object_encryption_alg",
    ),
    "keys twice": ({"jwks": KEY_SET, "jwks_uri": "https://pool.example/jwks"}, "jwks"),
    "private key": ({"jwks": {"keys": [PUBLIC_KEY, {**PUBLIC_KEY, "d": "AAAA"}]}}, "jwks"),
    "symmetric key": ({"jwks": {"keys": [PUBLIC_KEY, {"kty": "oct", "k": "AAAA"}]}}, "jwks"),
    "a thousand keys": ({"jwks": {"keys": [PUBLIC_KEY] * 1000}}, "jwks"),
    "huge key set": ({"jwks": {"keys": [PUBLIC_KEY], "more": "x" * 70_000}}, "jwks"),
    "keys with a surrogate": ({"jwks": {"keys": [PUBLIC_KEY], "more": "\ud800"}}, "jwks"),
    "keys as list": ({"jwks": [PUBLIC_KEY]}, "jwks"),
    "assertion by none": ({"token_endpoint_auth_signing_alg": "none"}, "token_endpoint_auth_signing_alg"),
    "HMAC with a key": (
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": KEY_SET,
            "token_endpoint_auth_signing_alg": "HS256",
        },
        "token_endpoint_auth_signing_alg",
    ),
    "signature with a secret": (
        {"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256"},
        "token_endpoint_auth_signing_alg",
    ),
    "statement as object": ({"software_statement": {"software_id": "x"}}, "software_statement"),
    "statement with spaces": ({"software_statement": "a b"}, "software_statement"),
    "statement of 20 KB": ({"software_statement": "a" * 20_000}, "software_statement"),
    "unsigned ID token": ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
    "unknown algorithm": ({"userinfo_signed_response_alg": "XS256"}, "userinfo_signed_response_alg"),
    "age as text": ({"default_max_age": "60"}, "default_max_age"),
    "age as truth": ({"default_max_age": True}, "default_max_age"),
    "truth as text": ({"require_auth_time": "true"}, "require_auth_time"),
    "truth as number": ({"first_party": 1}, "first_party"),
    "endless token": ({"access_token_lifetime": 10**9}, "access_token_lifetime"),
}


@pytest.mark.parametrize(("change", "member"), REFUSED.values(), ids=REFUSED.keys())
def test_an_unfit_member_is_refused_and_named(change: dict[str, Any], member: str) -> None:
    found = problems({**MINIMAL, **change})
    assert {problem.partition(":")[0] for problem in found} == {member}


def test_an_hmac_is_for_a_secret_and_a_signature_for_a_key() -> None:
    by_secret = {"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256"}
    assert read({**MINIMAL, **by_secret}).signs_with_secret
    by_key = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://pool.example/jwks"}
    assert read({**MINIMAL, **by_key, "token_endpoint_auth_signing_alg": "PS256"}).jwks_uri


def test_pairwise_subjects_of_several_hosts_need_a_sector() -> None:
    pairwise = Policy(subject_types=("public", "pairwise"))
    one = {"redirect_uris": ["https://pool.example/a", "https://pool.example/b"], "subject_type": "pairwise"}
    assert read(one, pairwise).subject_type == "pairwise"
    several = {**one, "redirect_uris": ["https://pool.example/a", "https://sports.example/a"]}
    assert problems(several, pairwise) == [
        "sector_identifier_uri: is required by pairwise subjects when redirect_uris have several hosts"
    ]
    assert read({**several, "sector_identifier_uri": "https://pool.example/sector"}, pairwise)


def test_a_stranger_on_a_device_has_no_pairwise_subjects() -> None:
    """The names of a sector are told to whoever receives at its host, and a device receives nowhere."""
    members = {
        "redirect_uris": ["https://pool.example/cb"],
        "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
        "subject_type": "pairwise",
    }
    assert problems(members, Policy()) == ["subject_type: cannot be pairwise with the device grant"]
    assert problems(members | {"sector_identifier_uri": "https://pool.example/s"}, Policy())
    assert read(members, OPERATOR).subject_type == "pairwise"


def test_a_stranger_returns_no_front_channel_token_to_this_machine() -> None:
    members = {
        "redirect_uris": ["https://pool.example/a", "http://localhost/a"],
        "grant_types": ["implicit"],
        "response_types": ["id_token"],
    }
    stranger = Policy(grant_types=("authorization_code", "implicit"), response_types=("code", "id_token"))
    assert problems(members, stranger) == ["redirect_uris: item 2 must use https with the grant implicit"]
    assert read(members, replace(stranger, by_operator=True))
    by_tls = members | {"redirect_uris": ["https://pool.example/a", "https://localhost/a", "https://localhost:8443/a"]}
    assert problems(by_tls, stranger) == [
        "redirect_uris: item 2 must not be localhost with the grant implicit",
        "redirect_uris: item 3 must not be localhost with the grant implicit",
    ]
    assert read(by_tls, replace(stranger, localhost=True))
    assert problems(members, replace(stranger, localhost=True))


ADDRESSES = (
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "initiate_login_uri",
    "jwks_uri",
    "sector_identifier_uri",
    "request_uris",
    "backchannel_logout_uri",
)
HOSTILE = (
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "gopher://pool.example/",
    "//pool.example/",
    "http://pool.example/",
    "http://localhost/",
    "http://127.0.0.1:8001/",
    "https://user@pool.example/",
    "https://pool.example/\r\nX-Injected: 1",
    "https://pool.example:0/",
    "https:///nowhere",
    "HTTPS://pool.example/",
    "",
)


@pytest.mark.parametrize("address", HOSTILE, ids=ascii)
@pytest.mark.parametrize("member", ADDRESSES)
def test_no_address_of_a_stranger_leads_elsewhere_than_to_a_web_server_by_tls(member: str, address: str) -> None:
    value = [address] if member == "request_uris" else address
    assert {problem.partition(":")[0] for problem in problems({**MINIMAL, member: value}, STRANGER)} == {member}


NOT_SERVED: dict[str, dict[str, Any]] = {
    "id_token_encrypted_response_alg": {"id_token_encrypted_response_alg": "RSA-OAEP"},
    "subject_type": {"subject_type": "pairwise"},
    "require_signed_request_object": {"require_signed_request_object": True},
    "request_object_signing_alg": {"request_object_signing_alg": "RS256"},
    "request_object_encryption_alg": {"request_object_encryption_alg": "RSA-OAEP-256"},
    "request_uris": {"request_uris": ["https://pool.example/r#hash"]},
    "require_pushed_authorization_requests": {"require_pushed_authorization_requests": True},
}


@pytest.mark.parametrize(("member", "change"), NOT_SERVED.items(), ids=NOT_SERVED.keys())
def test_what_a_policy_does_not_serve_is_refused_rather_than_kept_without_effect(
    member: str, change: dict[str, Any]
) -> None:
    least = Policy(
        subject_types=("public",),
        encryption_algs=(),
        encryption_encs=(),
        request_object_algs=(),
        request_object_encryption_algs=(),
        pushed_requests=False,
    )
    document = {**MINIMAL, "jwks": KEY_SET, **change}
    assert {problem.partition(":")[0] for problem in problems(document, least)} == {member}


@pytest.mark.parametrize("document", [None, [], "text", 1, [MINIMAL]])
def test_a_document_that_is_no_object_is_refused(document: object) -> None:
    assert problems(document) == ["document: must be a JSON object"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"redirect_uris": ["https://a.example/#f"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a.example/#f"], "scope": "x"}, "invalid_redirect_uri"),
        ({**MINIMAL, "scope": "x"}, "invalid_client_metadata"),
        ({**MINIMAL, "post_logout_redirect_uris": ["x"]}, "invalid_client_metadata"),
    ],
)
def test_the_error_code_is_the_one_of_the_specification(document: object, code: str) -> None:
    with pytest.raises(MetadataRefused) as refused:
        read(document)
    assert refused.value.error == code


def test_what_another_policy_serves_is_accepted() -> None:
    everything = Policy(
        grant_types=("authorization_code", "implicit", "refresh_token"),
        response_types=("code", "code id_token", "id_token token"),
        subject_types=("public", "pairwise"),
        encryption_algs=("RSA-OAEP-256",),
        encryption_encs=("A128CBC-HS256", "A256GCM"),
        request_object_algs=("RS256",),
        pushed_requests=True,
    )
    client = read(
        {
            **MINIMAL,
            "grant_types": ["authorization_code", "implicit"],
            "response_types": ["id_token code", "token id_token"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://pool.example/jwks",
            "subject_type": "pairwise",
            "id_token_encrypted_response_alg": "RSA-OAEP-256",
            "userinfo_encrypted_response_alg": "RSA-OAEP-256",
            "userinfo_encrypted_response_enc": "A256GCM",
            "request_object_signing_alg": "RS256",
            "request_uris": ["https://pool.example/request#x1y2"],
            "require_signed_request_object": True,
            "require_pushed_authorization_requests": True,
        },
        everything,
    )
    assert client.response_types == ("code id_token", "id_token token")
    assert client.id_token_encrypted_response_enc == "A128CBC-HS256"
    assert client.userinfo_encrypted_response_enc == "A256GCM"
    assert client.request_uris == ("https://pool.example/request#x1y2",)
    assert problems({**MINIMAL, "id_token_encrypted_response_enc": "A256GCM"}, everything) == [
        "id_token_encrypted_response_enc: must come with id_token_encrypted_response_alg"
    ]
    assert problems({**MINIMAL, "response_types": ["code", "id_token token"]}, everything) == [
        "grant_types: must have implicit, which a response type asks for"
    ]
    assert problems({**MINIMAL, "request_uris": ["https://pool.example/#a#b"]}, everything)


def test_repeated_scopes_and_spaces_are_kept_once() -> None:
    assert read({**MINIMAL, "scope": "openid  email openid "}).scope == "openid email"


def test_a_faulty_item_does_not_hide_what_the_others_allow() -> None:
    document = {"grant_types": ["client_credentials", "magic"], "scope": "permits:read"}
    assert {problem.partition(":")[0] for problem in problems(document)} == {"grant_types"}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LIKELY_TEXTS = st.sampled_from(
    [
        "https://pool.example/cb",
        "http://localhost:8001/cb",
        "https://[::1/cb",
        "openid email",
        "offline_access",
        "none",
        "code",
        "authorization_code",
        "client_credentials",
        "refresh_token",
        "client_secret_post",
        "native",
        "ES256",
        "public",
    ]
)
DOCUMENTS = st.dictionaries(
    st.sampled_from([*sorted(MEMBERS), "client_secret", "unknown"]),
    LIKELY_TEXTS | st.lists(LIKELY_TEXTS, max_size=3) | st.booleans() | JSON_VALUES,
    max_size=8,
).map(lambda drawn: {**MINIMAL, **drawn})


@given(document=DOCUMENTS, policy=st.sampled_from([OPERATOR, STRANGER]))
def test_any_document_is_either_a_client_or_a_list_of_ascii_problems(document: dict[str, Any], policy: Policy) -> None:
    try:
        client = read(document, policy)
    except MetadataRefused as error:
        refused = error
    else:
        assert read(client.to_metadata(), policy) == client
        assert all(client.may_return_to(uri) for uri in client.redirect_uris)
        assert json.dumps(client.to_metadata(), allow_nan=False, ensure_ascii=False).encode()
        return
    assert refused.problems
    assert refused.description.isascii()
    assert refused.description.isprintable()
    assert not set(refused.description) & {'"', "\\"}


@given(document=DOCUMENTS)
def test_what_is_accepted_here_authlib_accepts_too(document: dict[str, Any]) -> None:
    try:
        accepted = read(document, STRANGER).to_metadata()
    except MetadataRefused:
        return
    for known in AUTHLIB_CLASSES:
        known(json.loads(json.dumps(accepted)), {}).validate()
