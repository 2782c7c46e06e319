"""What a registered application may ask and how it is told as a document."""

import pytest

from clients.client import Client


def test_an_address_registered_for_return_is_not_one_for_sign_out() -> None:
    client = Client(
        client_id="a", redirect_uris=("https://a.example/cb",), post_logout_redirect_uris=("https://a.example/bye",)
    )
    assert client.may_return_to("https://a.example/cb")
    assert not client.may_return_to("https://a.example/bye")
    assert client.may_return_after_logout("https://a.example/bye")
    assert not client.may_return_after_logout("https://a.example/cb")


def test_a_loopback_port_varies_for_native_applications_in_both_lists() -> None:
    native = Client(
        client_id="a",
        application_type="native",
        redirect_uris=("http://127.0.0.1/cb",),
        post_logout_redirect_uris=("http://127.0.0.1/bye",),
    )
    assert native.may_return_to("http://127.0.0.1:50000/cb")
    assert native.may_return_after_logout("http://127.0.0.1:50000/bye")


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("openid", {"openid"}),
        ("openid email", {"openid", "email"}),
        ("email  openid ", {"openid", "email"}),
        ("openid phone", {"openid"}),
        ("OPENID", set()),
        ("openid\temail", set()),
        ("", set()),
    ],
)
def test_the_scope_granted_is_the_registered_part_of_what_is_asked(asked: str, granted: set[str]) -> None:
    assert Client(client_id="a", scope="openid profile email").may_ask(asked) == granted


def test_a_client_without_scope_is_granted_none() -> None:
    assert Client(client_id="a", scope="").may_ask("") == frozenset()


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("code", True),
        ("code id_token", True),
        ("id_token code", True),
        ("id_token", False),
        ("code code", False),
        ("code id_token token", False),
        ("code  id_token", False),
        ("Code", False),
        ("", False),
    ],
)
def test_the_order_of_a_response_type_does_not_matter(asked: str, allowed: bool) -> None:
    client = Client(client_id="a", response_types=("code", "code id_token"))
    assert client.allows_response_type(asked) is allowed


def test_only_registered_grants_are_allowed() -> None:
    client = Client(client_id="a")
    assert client.allows_grant("authorization_code")
    assert not client.allows_grant("client_credentials")
    assert not client.allows_grant("")


@pytest.mark.parametrize(
    ("method", "public", "holds_secret"),
    [
        ("client_secret_basic", False, True),
        ("client_secret_post", False, True),
        ("private_key_jwt", False, False),
        ("none", True, False),
    ],
)
def test_the_authentication_method_tells_whether_there_is_a_secret(
    method: str, public: bool, holds_secret: bool
) -> None:
    client = Client(client_id="a", token_endpoint_auth_method=method)
    assert (client.public, client.holds_secret) == (public, holds_secret)


def test_people_are_shown_the_name_or_failing_that_the_identifier() -> None:
    assert Client(client_id="a", client_name="Piscine").name == "Piscine"
    assert Client(client_id="a").name == "a"


def test_the_metadata_names_what_has_a_value_and_nothing_secret() -> None:
    metadata = Client(
        client_id="a", client_name="Piscine", redirect_uris=("https://a.example/cb",), created_at=12, suspended_at=15
    ).to_metadata()
    assert metadata["client_id"] == "a"
    assert metadata["client_id_issued_at"] == 12
    assert metadata["redirect_uris"] == ["https://a.example/cb"]
    assert metadata["token_endpoint_auth_method"] == "client_secret_basic"
    assert metadata["first_party"] is False
    assert not {"logo_uri", "contacts", "suspended_at", "client_secret"} & metadata.keys()


def test_a_document_read_back_is_the_same_client() -> None:
    client = Client(
        client_id="a",
        client_name="Piscine",
        grant_types=("client_credentials",),
        response_types=(),
        scope="",
        jwks={"keys": [{"kty": "EC"}]},
        require_pkce=False,
        default_max_age=0,
        created_at=1,
        updated_at=2,
        suspended_at=3,
    )
    assert (
        Client.from_document(client.to_document(), client_id="a", created_at=1, updated_at=2, suspended_at=3) == client
    )


def test_having_no_scope_is_told_since_its_absence_would_mean_a_default() -> None:
    metadata = Client(client_id="a", grant_types=("client_credentials",), response_types=(), scope="").to_metadata()
    assert (metadata["scope"], metadata["response_types"]) == ("", [])


def test_a_member_stored_by_a_newer_version_is_left_aside() -> None:
    assert Client.from_document({"invented_later": True}, client_id="a").client_id == "a"
