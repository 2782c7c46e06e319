"""Obtaining tokens, using them, giving them back: RFC 6749, 6750, 7009 and 7662."""

from hypothesis import strategies as st

from tests.protocol.machine import promises
from tests.protocol.machine.base import RARELY, RECENT, Machine, act, pick
from tests.protocol.machine.facts import Access, Application, Grant, Refresh
from tests.support.relying_party import VERIFIER, Sent

MISTAKES: dict[str, dict[str, Sent]] = {
    "wrong verifier": {"code_verifier": f"{VERIFIER}x"},
    "no verifier": {"code_verifier": None},
    "wrong redirect_uri": {"redirect_uri": "https://portail.exemple.fr/retour?x=1"},
    "no redirect_uri": {"redirect_uri": None},
}


class Tokens(Machine):
    """The token, introspection and revocation endpoints, and userinfo."""

    @act(
        which=RECENT,
        stolen=RARELY,
        mistake=st.sampled_from([None] * 8 + list(MISTAKES)),
        when=lambda self: self.world.codes,
    )
    def a_code_is_exchanged(self, which: int, stolen: bool, mistake: str | None) -> None:
        """RFC 6749 section 4.1.3: once, by the application that asked, with what it asked with."""
        self.exchanges(pick(self.world.codes, which), stolen=stolen, mistake=mistake)

    def exchanges(self, grant: Grant, *, stolen: bool = False, mistake: str | None = None) -> None:
        by = self._thief(grant.application, "authorization_code") if stolen else grant.application
        redirect_uri = grant.application.party.client.redirect_uris[0]
        sent: dict[str, Sent] = {"redirect_uri": redirect_uri}
        sent |= MISTAKES[mistake] if mistake else {}
        answer = self.stage.run(by.party.exchange(grant.code or "", **sent))
        error = promises.code_error(self.world, grant, by, proved=mistake is None)
        if error is not None:
            self.refused(answer, error)
            return
        grant.redeemed = True
        told = answer.json()
        assert answer.status_code == 200, told
        self.told_tokens(grant, told, grant.scope, grant.nonce)
        self.told_refresh(grant, told["refresh_token"], self.world.now + promises.REFRESH_LIFE)

    @act(
        which=RECENT,
        stolen=st.sampled_from([False] * 11 + [True]),
        often=3,
        less=st.sampled_from([None] * 6 + ["openid", "email", "openid phone"]),
        when=lambda self: self.world.refreshes,
    )
    def a_refresh_token_is_used(self, which: int, stolen: bool, less: str | None) -> None:
        """RFC 6749 section 6, RFC 9700 section 4.14.2: each once, its successor again within the grace."""
        token = pick(self.world.refreshes, which)
        grant = token.grant
        by = self._thief(grant.application, "refresh_token") if stolen else grant.application
        answer = self.stage.run(by.party.refresh(token.secret, scope=less))
        scope = grant.scope if less is None else frozenset(less.split())
        good = not stolen and by.usable and (promises.refresh_works(self.world, token) or self._again(token))
        if good and not scope <= grant.scope:
            self.refused(answer, "invalid_scope")
            return
        error = promises.refresh_error(self.world, token, by)
        if error is not None:
            self.refused(answer, error)
            return
        told = answer.json()
        assert answer.status_code == 200, told
        self.told_tokens(grant, told, scope, None)
        if token.successor is not None:
            assert told["refresh_token"] == token.successor.secret
        else:
            token.used_at = self.world.now
            token.successor = self.told_refresh(grant, told["refresh_token"], token.expires_at)

    def _again(self, token: Refresh) -> bool:
        return promises.within_grace(self.world, token)

    @act(scope=st.sampled_from([None, "dossiers", "openid", "dossiers email"]), portal=RARELY)
    def an_application_asks_for_itself(self, scope: str | None, portal: bool) -> None:
        """RFC 6749 section 4.4: no person, so nothing about one."""
        robot = self.world.application("portail" if portal else "robot")
        answer = self.stage.run(robot.party.token(grant_type="client_credentials", scope=scope))
        if not robot.usable:
            self.refused(answer, "invalid_client")
        elif portal:
            self.refused(answer, "unauthorized_client")
        elif scope not in {None, "dossiers"}:
            self.refused(answer, "invalid_scope")
        else:
            assert not answer.json().keys() & {"refresh_token", "id_token"}
            self.told_access(robot, None, answer.json(), frozenset({"dossiers"}))

    @act(
        which=RECENT,
        refresh=st.booleans(),
        stolen=st.sampled_from([False, False, True]),
        when=lambda self: self.world.accesses,
    )
    def a_token_is_revoked(self, which: int, refresh: bool, stolen: bool) -> None:
        """RFC 7009 section 2.1: by whom it was issued to; with a refresh token goes the whole authorization."""
        if not refresh:
            access = pick(self.world.accesses, which)
            access.revoked |= self._revoked(access.application, access.secret, stolen=stolen)
        elif self.world.refreshes:
            token = pick(self.world.refreshes, which)
            token.grant.revoked |= self._revoked(token.grant.application, token.secret, stolen=stolen)

    def _revoked(self, owner: Application, secret: str, *, stolen: bool) -> bool:
        by = next(each for each in self.world.applications if each is not owner) if stolen else owner
        answer = self.stage.run(by.party.revoke(secret))
        if not by.usable:
            self.refused(answer, "invalid_client")
            return False
        assert (answer.status_code, answer.content) == (200, b"")
        return not stolen

    def _thief(self, owner: Application, grant_type: str) -> Application:
        return next(each for each in self.world.applications if each is not owner and each.has(grant_type))

    # What must hold of every token

    def judge_access(self, token: Access) -> None:
        """Userinfo and introspection agree on whether it works, and tell what it gives."""
        works = promises.access_works(self.world, token)
        answer = self.stage.run(token.application.party.userinfo(token.secret))
        if not works:
            assert answer.status_code == 401, f"a dead token works: {answer.text}"
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        elif token.grant is None or "openid" not in token.scope:
            assert answer.status_code == 403, answer.text
        else:
            assert answer.status_code == 200, f"a living token is refused: {answer.text}"
            told = answer.json()
            assert ("email" in told) == ("email" in token.scope)
            pairwise = token.application.party.client.subject_type == "pairwise"
            assert (told["sub"] == token.grant.person.id) is not pairwise
        self._judge_introspection(token.application, token.secret, token.scope, works=works)

    def judge_refresh(self, token: Refresh) -> None:
        works = promises.refresh_works(self.world, token)
        self._judge_introspection(token.grant.application, token.secret, token.grant.scope, works=works)

    def _judge_introspection(self, owner: Application, secret: str, scope: frozenset[str], *, works: bool) -> None:
        """RFC 7662 section 2.2: the owner learns what it is, anybody else that it is nothing."""
        other = next(each for each in self.world.applications if each is not owner)
        for by in (each for each in (owner, other) if each.usable and not each.public):
            answer = self.stage.post(by, "/introspect", {"token": secret})
            if by is owner and works:
                told = answer.json()
                assert told["active"] is True, f"a living token is not active: {told}"
                assert (frozenset(told["scope"].split()), told["client_id"]) == (scope, owner.id)
            else:
                assert answer.json() == {"active": False}, f"a dead token is active: {answer.text}"
