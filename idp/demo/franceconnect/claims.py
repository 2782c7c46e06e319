"""What each scope releases on FranceConnect (level eidas1), and the subject given to each organisation."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from idp.demo.franceconnect.identities import FRANCE, Identity

_PROFILE = ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username")
_BIRTH = ("birthplace", "birthcountry")

SCOPES: Mapping[str, tuple[str, ...]] = {
    "openid": (),
    "given_name": ("given_name", "given_name_array"),
    "family_name": ("family_name",),
    "preferred_username": ("preferred_username",),
    "gender": ("gender",),
    "birthdate": ("birthdate",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "email": ("email",),
    "profile": _PROFILE,
    "birth": _BIRTH,
    "identite_pivot": ("given_name", "given_name_array", "family_name", "birthdate", "gender", *_BIRTH),
    "idp_birthdate": ("idp_birthdate",),
    "idp_id": ("idp_id",),
    "amr": ("amr",),
}

IDENTITY_PROVIDER_ID = "7f5f3a1e-0f4e-4c62-9a39-5d0f7f0f2c11"
"""The identifier of the only identity provider of the simulation."""

METHODS = ("fc", "pwd")
"""The `amr` of every simulated sign-in: through FranceConnect, by password."""


def released(identity: Identity, scopes: Iterable[str]) -> dict[str, object]:
    """The claims about this person that these scopes release. A usage name that is unknown is absent."""
    known: dict[str, object] = {
        "given_name": " ".join(identity.given_names),
        "given_name_array": list(identity.given_names),
        "family_name": identity.family_name,
        "gender": identity.gender,
        "birthdate": identity.birthdate,
        "birthplace": identity.birthplace,
        "birthcountry": identity.birthcountry,
        "email": identity.email,
        "idp_birthdate": identity.birthdate_known,
        "idp_id": IDENTITY_PROVIDER_ID,
        "amr": list(METHODS),
    }
    if identity.usage_name is not None:
        known["preferred_username"] = identity.usage_name
    wanted = {claim for scope in scopes for claim in SCOPES.get(scope, ())}
    return {claim: value for claim, value in known.items() if claim in wanted}


def subject(identity: Identity, entity: str, salt: str) -> str:
    """The `sub` of this person for this organisation: 64 hexadecimal characters and `v1`.

    Derived from the civil identity, so that a corrected register gives another one, as at the real FranceConnect.
    """
    pivot = [
        " ".join(identity.given_names),
        identity.family_name,
        identity.birthdate,
        identity.gender,
        identity.birthplace if identity.birthcountry == FRANCE else "",
        identity.birthcountry,
    ]
    identity_hash = hashlib.sha256(json.dumps(pivot, ensure_ascii=False).encode()).hexdigest()
    return hashlib.sha256(f"{salt}\0{entity}\0{identity_hash}".encode()).hexdigest() + "v1"
