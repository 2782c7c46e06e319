"""The headers of every answer, and the content security policy of each page.

`form-action` names the applications a form may end at: Chromium applies it to the whole chain of redirects that
follows a POST, so a plain `'self'` would stop people on their way back to the application.
"""

from collections.abc import Iterable

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PRIVATE = {**ALWAYS, "Cache-Control": "no-store"}
TOKENS = {**PRIVATE, "Pragma": "no-cache"}
"""Those of an answer that holds tokens (RFC 6749 section 5.1)."""
HSTS = "max-age=63072000"


def page_headers(
    *, form_action: Iterable[str] = (), images: Iterable[str] = (), frames: Iterable[str] = ()
) -> dict[str, str]:
    """The headers of an HTML page. Each argument lists the origins the page needs beside our own."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": " ".join(("'self'", "data:", *images)),
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": " ".join(("'self'", *form_action)),
        "frame-src": " ".join(frames) or "'none'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return {
        **PRIVATE,
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "DENY",
        "Vary": "Cookie, Accept-Language",
    }
