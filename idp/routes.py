"""Every URL, what answers there and its name, on one screen. Protocol addresses first: they are asked most."""

from idp.interactions import pages as interactions
from idp.web import site
from idp.web.endpoint import Endpoint, Style

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

ENDPOINTS: tuple[Endpoint, ...] = (
    # The site
    Endpoint("/", site.home, "home"),
    Endpoint("/theme.css", site.theme, "theme"),
    Endpoint("/logo", site.logo, "logo"),
    Endpoint("/health/live", site.live, "live", style=Style.PROTOCOL),
    Endpoint("/health/ready", site.ready, "ready", style=Style.PROTOCOL),
    # Journeys
    Endpoint("/interaction/{id}", interactions.resume, "interaction"),
)
