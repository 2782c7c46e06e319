"""Settings: read from the environment and a file, and refused with the key of everything that is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from idp.foundation.configuration import SettingsError, load
from idp.foundation.settings import Settings

GOOD = {
    "IDP_ISSUER": "https://connexion.exemple.fr",
    "IDP_DATABASE_URL": "postgresql://idp@db/idp",
    "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
}


def problems(environ: Mapping[str, str], file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load(environ, file)
    assert refused.value.problems
    return refused.value.problems


def keys(environ: Mapping[str, str], file: Path | None = None) -> list[str]:
    """The keys that the refusal names."""
    return [problem.partition(":")[0] for problem in problems(environ, file)]


def written(folder: Path, text: str) -> Path:
    file = folder / "idp.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_three_settings_are_enough() -> None:
    settings = load(GOOD)
    assert (settings.issuer, settings.database_url) == (GOOD["IDP_ISSUER"], GOOD["IDP_DATABASE_URL"])
    assert settings.secure
    assert settings.lifetimes == Settings("", "", "").lifetimes


def test_other_variables_are_none_of_our_business() -> None:
    load({**GOOD, "PATH": "/usr/bin", "IDPX": "1", "HOME": "/"})


def test_everything_missing_is_named_at_once_with_its_variable() -> None:
    assert problems({}) == [
        "issuer: missing; set IDP_ISSUER",
        "database_url: missing; set IDP_DATABASE_URL",
        "secret_key: missing; set IDP_SECRET_KEY",
    ]


def test_a_file_gives_sections_and_the_environment_comes_first(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        issuer = "https://fichier.exemple.fr"
        database_url = "sqlite:///idp.db"
        secret_key = "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e"
        trusted_proxies = ["10.0.0.0/8"]
        demo = true
        [brand]
        name = "Ville d'Exemple"
        [lifetimes]
        code = 30
        [[upstreams]]
        name = "franceconnect"
        kind = "franceconnect"
        issuer = "https://fc.exemple.fr"
        client_id = "client"
        client_secret = "un-secret-assez-long"
        scopes = ["openid", "given_name"]
        """,
    )
    environ = {"IDP_ISSUER": "https://environ.exemple.fr", "IDP_LIFETIMES_CODE": "45", "IDP_CONFIG": str(file)}
    for settings in (load(environ), load({**environ, "IDP_CONFIG": "rien"}, file)):
        assert settings.issuer == "https://environ.exemple.fr"
        assert (settings.brand.name, settings.lifetimes.code) == ("Ville d'Exemple", 45)
        assert (settings.trusted_proxies, settings.demo) == (("10.0.0.0/8",), True)
        assert settings.upstreams[0].scopes == ("openid", "given_name")


def test_a_list_is_separated_by_commas_in_the_environment() -> None:
    assert load({**GOOD, "IDP_TRUSTED_PROXIES": " 10.0.0.1 , ,::1"}).trusted_proxies == ("10.0.0.1", "::1")
    assert load({**GOOD, "IDP_SIGNUP_PROFILES": "citoyen"}).signup.profiles == ("citoyen",)


@pytest.mark.parametrize(
    ("written_as", "meant"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("no", False)]
)
def test_yes_and_no_have_their_usual_spellings(written_as: str, meant: bool) -> None:
    assert load({**GOOD, "IDP_DEMO": written_as}).demo is meant


def test_mail_and_sms_have_short_names() -> None:
    settings = load({**GOOD, "IDP_SMTP_URL": "smtps://relais", "IDP_SMS_URL": "https://passerelle"})
    assert (settings.mail.url, settings.sms.url) == ("smtps://relais", "https://passerelle")


def test_the_secret_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{GOOD['IDP_SECRET_KEY']}\n")
    environ = {**GOOD, "IDP_SECRET_KEY_FILE": str(secret)}
    assert keys(environ) == ["IDP_SECRET_KEY_FILE"]
    del environ["IDP_SECRET_KEY"]
    assert load(environ).secret_key == GOOD["IDP_SECRET_KEY"]
    secret.unlink()
    assert "IDP_SECRET_KEY_FILE" in keys(environ)


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "an unknown variable": ({"IDP_ISUER": "x"}, "IDP_ISUER"),
    "an unknown variable of a section": ({"IDP_BRAND_NAMES": "x"}, "IDP_BRAND_NAMES"),
    "an issuer without scheme": ({"IDP_ISSUER": "connexion.exemple.fr"}, "issuer"),
    "an issuer by http": ({"IDP_ISSUER": "http://connexion.exemple.fr"}, "issuer"),
    "an issuer with a final slash": ({"IDP_ISSUER": "https://connexion.exemple.fr/"}, "issuer"),
    "an issuer with a path": ({"IDP_ISSUER": "https://exemple.fr/connexion"}, "issuer"),
    "an issuer with a query": ({"IDP_ISSUER": "https://exemple.fr?x"}, "issuer"),
    "an issuer with a user": ({"IDP_ISSUER": "https://user@exemple.fr"}, "issuer"),
    "an issuer that is no address": ({"IDP_ISSUER": "https://[exemple"}, "issuer"),
    "an issuer with an impossible port": ({"IDP_ISSUER": "https://exemple.fr:99999"}, "issuer"),
    "an empty issuer": ({"IDP_ISSUER": ""}, "issuer"),
    "another database": ({"IDP_DATABASE_URL": "mysql://db/idp"}, "database_url"),
    "a database without a file": ({"IDP_DATABASE_URL": "sqlite://"}, "database_url"),
    "a database in memory": ({"IDP_DATABASE_URL": "sqlite:///:memory:"}, "database_url"),
    "a database that is no address": ({"IDP_DATABASE_URL": "postgresql://db:port/idp"}, "database_url"),
    "a short secret": ({"IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5"}, "secret_key"),
    "a regular secret": ({"IDP_SECRET_KEY": "changeme" * 8}, "secret_key"),
    "a lifetime of nothing": ({"IDP_LIFETIMES_CODE": "0"}, "lifetimes.code"),
    "a lifetime that is no number": ({"IDP_LIFETIMES_CODE": "1m"}, "lifetimes.code"),
    "a negative grace": ({"IDP_LIFETIMES_REFRESH_GRACE": "-1"}, "lifetimes.refresh_grace"),
    "an end before its first warning": (
        {"IDP_LIFETIMES_INACTIVE_ACCOUNT": str(60 * 86_400)},
        "lifetimes.inactive_account",
    ),
    "an idle time beyond the session": ({"IDP_LIFETIMES_SESSION_IDLE": "50000"}, "lifetimes.session_idle"),
    "an unknown profile": ({"IDP_SIGNUP_PROFILES": "citoyen,martien"}, "signup.profiles"),
    "no profile": ({"IDP_SIGNUP_PROFILES": ""}, "signup.profiles"),
    "an unknown signature": ({"IDP_KEYS_SIGNING": "RS256,HS256"}, "keys.signing"),
    "signatures without the mandatory one": ({"IDP_KEYS_SIGNING": "ES256"}, "keys.signing"),
    "no attempt at all": ({"IDP_SIGNIN_PER_ADDRESS": "0"}, "signin.per_address"),
    "no journey at all": ({"IDP_SIGNIN_JOURNEYS_PER_ADDRESS": "0"}, "signin.journeys_per_address"),
    "public applications spared before the others": (
        {"IDP_REGISTRATION_REQUIRE_PKCE_OF_PUBLIC": "no"},
        "registration.require_pkce_of_public",
    ),
    "a short password": ({"IDP_SIGNUP_PASSWORD_LENGTH": "7"}, "signup.password_length"),
    "jobs elsewhere": ({"IDP_JOBS": "nowhere"}, "jobs"),
    "neither yes nor no": ({"IDP_DEMO": "peut-être"}, "demo"),
    "a mail relay of another kind": ({"IDP_SMTP_URL": "http://relais"}, "mail.url"),
    "a gateway by http": ({"IDP_SMS_URL": "http://passerelle.exemple.fr"}, "sms.url"),
    "no connection at all": ({"IDP_POOL_SIZE": "0"}, "pool.size"),
    "a negative overflow": ({"IDP_POOL_OVERFLOW": "-1"}, "pool.overflow"),
    "a wait without end": ({"IDP_POOL_WAIT_SECONDS": "nan"}, "pool.wait_seconds"),
    "a statement without time": ({"IDP_POOL_STATEMENT_SECONDS": "0"}, "pool.statement_seconds"),
    "no hash at once": ({"IDP_HASHING_AT_ONCE": "0"}, "hashing.at_once"),
    "no pass": ({"IDP_HASHING_PASSES": "0"}, "hashing.passes"),
    "next to no memory": ({"IDP_HASHING_MEMORY_KIB": "7"}, "hashing.memory_kib"),
    "a negative queue": ({"IDP_HASHING_WAITING": "-1"}, "hashing.waiting"),
}


@pytest.mark.parametrize(("changes", "key"), REFUSED.values(), ids=REFUSED.keys())
def test_nonsense_is_refused_with_its_key(changes: dict[str, str], key: str) -> None:
    assert set(keys({**GOOD, **changes})) == {key}


def test_a_refusal_never_repeats_a_secret() -> None:
    environ = {
        **GOOD,
        "IDP_SECRET_KEY": "trop-court",
        "IDP_SMTP_URL": "smtp://idp:mot-de-passe@relais.exemple.fr",
        "IDP_SMS_URL": "http://idp:autre-secret@passerelle.exemple.fr",
        "IDP_DATABASE_URL": "mysql://idp:encore-un@db/idp",
    }
    told = "\n".join(problems(environ))
    assert not [secret for secret in ("trop-court", "mot-de-passe", "autre-secret", "encore-un") if secret in told]


FILES: dict[str, tuple[str, str]] = {
    "not TOML": ("issuer = ", "IDP_CONFIG"),
    "an unknown key": ('isuer = "x"', "isuer"),
    "an unknown key of a section": ('[brand]\nnames = "x"', "brand.names"),
    "a section that is a text": ('brand = "x"', "brand"),
    "a section that is a list": ("[[brand]]\nname = 1", "brand"),
    "a text that is a number": ("[brand]\nname = 5", "brand.name"),
    "a number that is a text": ('[lifetimes]\ncode = "beaucoup"', "lifetimes.code"),
    "a number that is a boolean": ("[lifetimes]\ncode = true", "lifetimes.code"),
    "a list of numbers": ("trusted_proxies = [1]", "trusted_proxies"),
    "an upstream alone": ('[upstreams]\nname = "x"', "upstreams"),
    "an upstream without anything": ("[[upstreams]]", "upstreams[0].name"),
}


@pytest.mark.parametrize(("text", "key"), FILES.values(), ids=FILES.keys())
def test_nonsense_in_a_file_is_refused_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert key in keys(GOOD, written(tmp_path, text))


def test_a_section_that_is_a_text_is_refused_even_beside_the_environment(tmp_path: Path) -> None:
    assert "brand" in keys({**GOOD, "IDP_BRAND_NAME": "Ville"}, written(tmp_path, 'brand = "x"'))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for file in (tmp_path / "rien.toml", tmp_path):
        assert keys(GOOD, file) == ["IDP_CONFIG"]
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    assert keys(GOOD, binary) == ["IDP_CONFIG"]
