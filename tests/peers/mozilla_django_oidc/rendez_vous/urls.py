"""The pages of the procedure: its home page, and those of mozilla-django-oidc."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path, reverse
from django.utils.html import format_html

SIGN_IN = '<a id="sign-in" href="{}">Se connecter</a>'
SIGN_OUT = """<p id="visitor">{} ({})</p>
<form id="sign-out" method="post" action="{}">
  <input type="hidden" name="csrfmiddlewaretoken" value="{}"><button>Se déconnecter</button>
</form>"""


def home(request: HttpRequest) -> HttpResponse:
    """Who is here, and the way in or out."""
    if not request.user.is_authenticated:
        return HttpResponse(format_html(SIGN_IN, reverse("oidc_authentication_init")))
    name, email = request.user.get_full_name(), request.user.email
    return HttpResponse(format_html(SIGN_OUT, name, email, reverse("oidc_logout"), get_token(request)))


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]
