"""Every URL, what answers there and its name, on one screen. Protocol addresses first: they are asked most."""

from idp import metrics
from idp.account import catalogue
from idp.account import contact_pages as contacts
from idp.account import link_pages as links
from idp.account import pages as account
from idp.account import profile_pages as profile
from idp.account import terms_pages as terms
from idp.interactions import pages as interactions
from idp.oidc import (
    authorize,
    consent,
    device,
    discovery,
    finish,
    introspection,
    logos,
    logout,
    par,
    revocation,
    session_management,
    signed_out,
    token,
    userinfo,
)
from idp.oidc.origins import of_client, of_token
from idp.oidc.registration import configure, register
from idp.signin import pages as signin
from idp.signin import recovery_pages as recovery
from idp.signin import resetting_pages as resetting
from idp.signup import activation_pages, live
from idp.signup import pages as signup
from idp.upstream import leaving, linking_pages
from idp.upstream import pages as upstream
from idp.web import legal_pages, site
from idp.web.cors import anybody
from idp.web.endpoint import JSON, Endpoint, Style

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
"""An address that acts when it is read answers GET alone; the others answer HEAD too, as RFC 9110 asks."""
PROTOCOL = Style.PROTOCOL

ENDPOINTS: tuple[Endpoint, ...] = (
    # OpenID Connect and OAuth 2.0
    Endpoint("/token", token.token, "token", POST, PROTOCOL, own_form=False, readers=of_client),
    Endpoint("/userinfo", userinfo.userinfo, "userinfo", BOTH, PROTOCOL, own_form=False, readers=of_token),
    Endpoint("/introspect", introspection.introspect, "introspect", POST, PROTOCOL, own_form=False),
    Endpoint("/revoke", revocation.revoke, "revoke", POST, PROTOCOL, own_form=False, readers=of_client),
    Endpoint("/device", device.start, "device", POST, PROTOCOL, own_form=False),
    Endpoint("/par", par.push, "par", POST, PROTOCOL, own_form=False, readers=of_client),
    Endpoint("/authorize", authorize.authorize, "authorize", BOTH, own_form=False),
    Endpoint("/authorize/suite", finish.finish, "authorize.finish", GET),
    Endpoint("/register", register.register, "register", POST, PROTOCOL, own_form=False, takes=JSON),
    Endpoint("/register/{client_id}", configure.read, "client", GET, PROTOCOL),
    Endpoint("/register/{client_id}", configure.update, "client.put", ("PUT",), PROTOCOL, own_form=False, takes=JSON),
    Endpoint("/register/{client_id}", configure.delete, "client.delete", ("DELETE",), PROTOCOL, own_form=False),
    Endpoint("/jwks", discovery.jwks, "jwks", style=PROTOCOL, readers=anybody),
    Endpoint("/.well-known/openid-configuration", discovery.metadata, "discovery", style=PROTOCOL, readers=anybody),
    Endpoint(
        "/.well-known/oauth-authorization-server", discovery.metadata, "metadata", style=PROTOCOL, readers=anybody
    ),
    Endpoint("/logout", logout.logout, "logout", BOTH, own_form=False),
    Endpoint(session_management.PATH, session_management.frame, "session.frame"),
    # Journeys
    Endpoint("/applications/{client_id}/logo", logos.show, "application.logo", style=PROTOCOL),
    Endpoint("/interaction/{id}", interactions.resume, "interaction"),
    Endpoint("/connexion", signin.show, "signin"),
    Endpoint("/connexion", signin.submit, "signin.submit", POST),
    Endpoint("/inscription", signup.choose, "signup"),
    Endpoint("/inscription/annulation", signup.cancel, "signup.cancel", POST),
    Endpoint("/inscription/identifiant", live.weigh_identifier, "signup.identifier", POST, PROTOCOL),
    Endpoint("/inscription/mot-de-passe", live.weigh_password, "signup.password", POST, PROTOCOL),
    Endpoint("/inscription/{profile}", signup.show, "signup.form"),
    Endpoint("/inscription/{profile}", signup.submit, "signup.submit", POST),
    Endpoint("/activation", activation_pages.show, "activation", GET),
    Endpoint("/activation/sms", activation_pages.send_code, "activation.sms", POST),
    Endpoint("/activation/courriel", activation_pages.send_link, "activation.email", POST),
    Endpoint("/activation/code", activation_pages.try_code, "activation.code", POST),
    Endpoint("/activation/etat", activation_pages.state, "activation.state", style=PROTOCOL),
    Endpoint("/activation/lien/{token}", activation_pages.show_link, "activation.link"),
    Endpoint("/activation/lien/{token}", activation_pages.follow_link, "activation.link.follow", POST),
    Endpoint("/oubli", recovery.show, "recovery"),
    Endpoint("/oubli", recovery.submit, "recovery.submit", POST),
    Endpoint("/oubli/envoye", recovery.sent, "recovery.sent"),
    Endpoint("/oubli/renvoi", recovery.send_again, "recovery.again", POST),
    Endpoint("/oubli/code", recovery.try_code, "recovery.code", POST),
    Endpoint("/oubli/identifiant", resetting.identifiers, "recovery.identifiers"),
    Endpoint("/oubli/lien", resetting.follow, "recovery.link"),
    Endpoint("/oubli/nouveau", resetting.show, "recovery.password"),
    Endpoint("/oubli/nouveau", resetting.submit, "recovery.password.submit", POST),
    Endpoint("/oubli/termine", resetting.done, "recovery.done"),
    Endpoint("/consentement", consent.show, "consent"),
    Endpoint("/appareil", device.show, "device.code"),
    Endpoint("/appareil", device.enter, "device.enter", POST),
    Endpoint("/appareil/accord", device.ask, "device.ask"),
    Endpoint("/appareil/accord", device.decide, "device.decide", POST),
    Endpoint("/consentement", consent.decide, "consent.decide", POST),
    Endpoint("/deconnexion", logout.show, "signout"),
    Endpoint("/deconnexion", logout.confirm, "signout.confirm", POST),
    Endpoint("/deconnexion/services", signed_out.tell, "signout.services"),
    Endpoint("/deconnexion/fin", signed_out.finished, "signout.finished"),
    Endpoint("/mes-demarches", catalogue.show, "catalogue"),
    Endpoint("/conditions", terms.show, "terms.renewal", GET),
    Endpoint("/conditions", terms.decide, "terms.decide", POST),
    # A person's own space
    Endpoint("/mon-compte", account.home, "account"),
    Endpoint("/mon-compte/fin", account.farewell, "account.farewell"),
    Endpoint("/mon-compte/connexions/fin", account.end_session, "account.session.end", POST),
    Endpoint("/mon-compte/connexions/fin-partout", account.leave_everywhere, "account.sessions.end", POST),
    Endpoint("/mon-compte/listes", account.choose_lists, "account.lists", POST),
    Endpoint("/mon-compte/services/retrait", account.withdraw, "account.consent.withdraw", POST),
    Endpoint("/mon-compte/liens/retrait", links.unlink, "account.unlink", POST),
    Endpoint("/mon-compte/donnees", account.download, "account.download"),
    Endpoint("/mon-compte/mot-de-passe", account.choose_password, "account.password", BOTH),
    Endpoint("/mon-compte/suppression", account.delete, "account.deletion", BOTH),
    Endpoint("/mon-compte/relier", links.connect, "account.connect", GET),
    Endpoint("/mon-compte/identite", profile.identify, "account.identity", BOTH),
    Endpoint("/mon-compte/coordonnees", profile.reach, "account.contacts", BOTH),
    Endpoint("/mon-compte/organisme", profile.represent, "account.organisation", BOTH),
    Endpoint("/mon-compte/email", contacts.email, "account.email", BOTH),
    Endpoint("/mon-compte/email/annulation", contacts.give_email_up, "account.email.keep", POST),
    Endpoint("/mon-compte/email/lien/{token}", contacts.show_link, "account.email.link"),
    Endpoint("/mon-compte/email/lien/{token}", contacts.follow_link, "account.email.follow", POST),
    Endpoint("/mon-compte/email/retour/{token}", contacts.show_return, "account.email.return"),
    Endpoint("/mon-compte/email/retour/{token}", contacts.follow_return, "account.email.restore", POST),
    Endpoint("/mon-compte/mobile", contacts.mobile, "account.mobile", BOTH),
    Endpoint("/mon-compte/mobile/code", contacts.try_code, "account.mobile.code", POST),
    Endpoint("/mon-compte/mobile/annulation", contacts.give_mobile_up, "account.mobile.keep", POST),
    Endpoint("/mon-compte/mobile/retrait", contacts.remove_mobile, "account.mobile.remove", POST),
    # Other identity providers
    Endpoint("/connexion/{provider}", upstream.start, "upstream", POST),
    Endpoint("/retour/{provider}", upstream.finish, "upstream.return", GET),
    Endpoint("/connexion/{provider}/abandon", upstream.abandon, "upstream.abandon", POST),
    Endpoint("/connexion/{provider}/liaison", linking_pages.show, "upstream.link"),
    Endpoint("/connexion/{provider}/liaison", linking_pages.decide, "upstream.link.decide", POST),
    Endpoint("/deconnexion/depart/{provider}", leaving.depart, "upstream.leave", GET),
    Endpoint("/deconnexion/retour/{provider}", leaving.arrive, "upstream.left", GET),
    # The site
    Endpoint("/", site.home, "home"),
    Endpoint("/theme.css", site.theme, "theme"),
    Endpoint("/logo", site.logo, "logo"),
    Endpoint("/accessibilite", legal_pages.accessibility, "accessibility"),
    Endpoint("/mentions-legales", legal_pages.legal_notice, "legal"),
    Endpoint("/donnees-personnelles", legal_pages.privacy, "privacy"),
    Endpoint("/conditions-utilisation", legal_pages.terms, "terms"),
    Endpoint("/aide", legal_pages.help_page, "help"),
    Endpoint("/health/live", site.live, "live", style=PROTOCOL),
    Endpoint("/health/ready", site.ready, "ready", style=PROTOCOL),
    Endpoint("/metrics", metrics.show, "metrics", style=PROTOCOL),
)
