"""The accounts of the procedure: each is the provider's `sub`, and follows what the provider tells of the person."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

Claims = dict[str, Any]


class ProviderBackend(OIDCAuthenticationBackend):
    """Finds people by `sub`: the library finds them by e-mail, which people change, and may share."""

    def verify_token(self, token: str, **kwargs: Any) -> Claims:
        claims: Claims = super().verify_token(token, **kwargs)
        if claims["iss"] != settings.ISSUER or claims["aud"] != settings.OIDC_RP_CLIENT_ID:
            raise SuspiciousOperation("an ID token of another provider, or for another application")
        return claims

    def get_userinfo(self, access_token: str, id_token: str, payload: Claims) -> Claims:
        claims: Claims = super().get_userinfo(access_token, id_token, payload)
        if claims["sub"] != payload["sub"]:
            raise SuspiciousOperation("userinfo of somebody else")
        return claims

    def verify_claims(self, claims: Claims) -> bool:
        return "sub" in claims

    def filter_users_by_claims(self, claims: Claims) -> Any:
        return User.objects.filter(username=claims["sub"])

    def create_user(self, claims: Claims) -> User:
        return self.update_user(User.objects.create_user(claims["sub"]), claims)

    def update_user(self, user: User, claims: Claims) -> User:
        user.first_name, user.last_name = claims.get("given_name", ""), claims.get("family_name", "")
        user.email = claims.get("email", "")
        user.save()
        return user


def sign_out_address(request: HttpRequest) -> str:
    """Where signing out leads: to the provider, which sends the browser back to the home page."""
    asked = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
    return f"{settings.ISSUER}/logout?{urlencode(asked)}"
