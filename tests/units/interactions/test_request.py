"""What an application asked, kept as long as the journey lasts, exactly as it was judged."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.interactions.request import AuthorizationRequest

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
WORDS = st.lists(TEXTS, max_size=3).map(tuple)
requests = st.builds(
    AuthorizationRequest,
    client_id=TEXTS,
    redirect_uri=TEXTS,
    scope=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    response_type=TEXTS,
    response_mode=TEXTS,
    state=st.none() | TEXTS,
    nonce=st.none() | TEXTS,
    code_challenge=st.none() | TEXTS,
    prompt=WORDS,
    max_age=st.none() | st.integers(0, 10**18),
    login_hint=st.none() | TEXTS,
    hinted_person=st.none() | TEXTS,
    acr_values=WORDS,
    claims=st.dictionaries(st.sampled_from(["userinfo", "id_token"]), st.dictionaries(TEXTS, st.none()), max_size=2),
    asks=WORDS,
)


@given(requests)
def test_a_request_is_read_back_as_it_was_stored(request: AuthorizationRequest) -> None:
    stored = through_json(request.to_json())
    assert AuthorizationRequest.from_json(stored) == request


def through_json(document: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


@pytest.mark.parametrize(
    ("wish", "levels"),
    [
        (None, ()),
        ({}, ()),
        ({"values": ["a", "b"]}, ()),
        ({"essential": False, "values": ["a"]}, ()),
        ({"essential": True}, ()),
        ({"essential": True, "values": ["a", "b"]}, ("a", "b")),
        ({"essential": True, "value": "a"}, ("a",)),
        ({"essential": True, "values": []}, ()),
    ],
)
def test_only_an_essential_level_is_required(wish: dict[str, Any] | None, levels: tuple[str, ...]) -> None:
    request = AuthorizationRequest(
        client_id="c", redirect_uri="r", scope=("openid",), claims={"id_token": {"acr": wish}}
    )
    assert request.essential_acr() == levels


def test_a_request_without_claims_requires_no_level() -> None:
    assert AuthorizationRequest(client_id="c", redirect_uri="r", scope=("openid",)).essential_acr() == ()
