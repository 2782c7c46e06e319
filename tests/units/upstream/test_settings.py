"""A section of the settings that cannot work is refused at start, by the name of its key."""

from pathlib import Path

import pytest

from idp.foundation.configuration import SettingsError, load
from idp.foundation.settings import Settings

ENVIRON = {
    "IDP_ISSUER": "https://connexion.exemple.fr",
    "IDP_DATABASE_URL": "sqlite:///x.db",
    "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
}
SECTION = {
    "name": '"franceconnect"',
    "kind": '"franceconnect"',
    "issuer": '"https://oidc.franceconnect.gouv.fr/api/v2"',
    "client_id": '"a"',
    "client_secret": '"0123456789abcdef"',
    "scopes": '["openid", "email"]',
}


def loaded(tmp_path: Path, *sections: dict[str, str]) -> Settings:
    text = "\n".join(
        "[[upstreams]]\n" + "\n".join(f"{key} = {value}" for key, value in section.items()) for section in sections
    )
    file = tmp_path / "idp.toml"
    file.write_text(text, encoding="utf-8")
    return load(ENVIRON, file)


def test_a_whole_section_is_read(tmp_path: Path) -> None:
    (upstream,) = loaded(tmp_path, SECTION).upstreams
    assert upstream.origins == ("https://oidc.franceconnect.gouv.fr",)
    assert upstream.scopes == ("openid", "email")


def test_the_hosts_of_its_endpoints_are_origins_as_well(tmp_path: Path) -> None:
    (upstream,) = loaded(tmp_path, {**SECTION, "endpoint_hosts": '["jetons.exemple.fr"]'}).upstreams
    assert upstream.origins[1:] == ("https://jetons.exemple.fr",)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param({"name": '"France Connect"'}, "name", id="a space in the name"),
        pytest.param({"name": '"../evil"'}, "name", id="a path as a name"),
        pytest.param({"issuer": '"http://oidc.exemple.fr"'}, "issuer", id="plain http"),
        pytest.param({"issuer": '"https://oidc.exemple.fr/"'}, "issuer", id="final slash"),
        pytest.param({"issuer": '"https://oidc.exemple.fr?x=1"'}, "issuer", id="a query"),
        pytest.param({"issuer": '"oidc.exemple.fr"'}, "issuer", id="no scheme"),
        pytest.param({"client_secret": '"short"'}, "client_secret", id="a short secret"),
        pytest.param({"client_id": '""'}, "client_secret", id="no identifier"),
        pytest.param({"scopes": '["email"]'}, "scopes", id="no openid"),
        pytest.param({"acr_values": f'["{"e" * 65}"]'}, "acr_values", id="levels too long"),
        pytest.param({"signing_algorithm": '"HS256"'}, "signing_algorithm", id="a shared secret as a key"),
        pytest.param({"signing_algorithm": '"none"'}, "signing_algorithm", id="no signature"),
        pytest.param({"userinfo": '"encrypted"'}, "userinfo", id="unknown form of user information"),
        pytest.param({"pkce": '"plain"'}, "pkce", id="unknown word for PKCE"),
        pytest.param({"colour": '"blue"'}, "colour", id="unknown key"),
    ],
)
def test_a_section_that_cannot_work_is_refused_by_its_key(tmp_path: Path, change: dict[str, str], key: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        loaded(tmp_path, {**SECTION, **change})
    assert len(refusal.value.problems) == 1
    assert key in refusal.value.problems[0]
    assert "0123456789abcdef" not in str(refusal.value)


def test_two_sections_may_not_share_a_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two are named franceconnect"):
        loaded(tmp_path, SECTION, SECTION)


def test_an_upstream_on_this_machine_may_be_plain_http(tmp_path: Path) -> None:
    assert loaded(tmp_path, {**SECTION, "issuer": '"http://localhost:8003/api/v2"'}).upstreams
