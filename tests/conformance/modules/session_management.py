"""The module of OpenID Connect Session Management 1.0: a script of the application's asks the provider's frame."""

import json

from tests.conformance.modules.logout import entered, leave, returned
from tests.conformance.suite import Module, Outcome, Stage

_VERIFY = """<!doctype html><title>Session</title>
<iframe id="op_iframe" src="{op}" hidden></iframe><iframe id="rp_iframe" src="{rp}" hidden></iframe>"""
_ASK = """<!doctype html><title>Ask</title>
<script>
  window.addEventListener("message", function (event) {{
    if (event.origin === new URL({issuer}).origin) {{
      window.parent.window.location.href = {result} + "?state=" + event.data;
    }}
  }});
  window.setTimeout(function () {{
    window.parent.document.getElementById("op_iframe").contentWindow.postMessage({said}, "*");
  }}, 500);
</script>"""
"""As the suite's pages are: both frames hidden, one question half a second later, to whoever is in the frame."""


def rp_initiated(stage: Stage) -> Outcome:
    """The session is unchanged after the sign-in, and changed after the sign-out."""
    application, flow = entered(stage)
    said = f"{application.client_id} {flow.parameters['session_state']}"
    before = _asked(stage, "session_", said)
    assert before == "unchanged", before
    leave(stage, flow, {})
    returned(stage)
    assert _asked(stage, "second_session_", said) == "changed"
    return Outcome.PASSED


def _asked(stage: Stage, step: str, said: str) -> str:
    """What the frame answers to a page of the application that holds it."""
    server = stage.suite.server
    result, asking, verifying = f"{step}result", f"{step}ask", f"{step}verify"
    script = {"issuer": stage.metadata["issuer"], "result": server.url(result), "said": said}
    page = _ASK.format(**{name: json.dumps(value) for name, value in script.items()})
    frames = _VERIFY.format(op=stage.metadata["check_session_iframe"], rp=server.url(asking))
    server.documents |= {asking: ("text/html", page.encode()), verifying: ("text/html", frames.encode())}
    stage.automation.visit(server.url(verifying))
    return dict(server.wait_for(result).query)["state"]


MODULES: dict[str, Module] = {"oidcc-session-management-rp-initiated-logout": rp_initiated}
