"""The pages every public site owes its visitors: accessibility, legal notice, personal data, terms of use, help."""

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from idp.web.endpoint import Call
from idp.web.legal import Conformity, conformity
from idp.web.pages import Page, render

_DAY = 86_400
_MONTH = 30 * _DAY
_YEAR = 365 * _DAY


@dataclass(frozen=True, slots=True)
class AccessibilityPage(Page):
    """The accessibility statement (decree 2019-768, article 4)."""

    template: ClassVar[str] = "legal/accessibility.html"
    conformity: Conformity


@dataclass(frozen=True, slots=True)
class LegalNoticePage(Page):
    """Who publishes and hosts the site (law 2004-575, article 6)."""

    template: ClassVar[str] = "legal/notice.html"


@dataclass(frozen=True, slots=True)
class PrivacyPage(Page):
    """What becomes of personal data (regulation (EU) 2016/679, articles 12 and 13)."""

    template: ClassVar[str] = "legal/privacy.html"
    version: str
    pending_days: int
    inactive_months: int
    journal_months: int
    address_months: int
    proof_years: int


@dataclass(frozen=True, slots=True)
class TermsPage(Page):
    """The terms a person accepts when signing up."""

    template: ClassVar[str] = "legal/terms.html"
    version: str


@dataclass(frozen=True, slots=True)
class HelpPage(Page):
    """The questions people ask, and how to reach the authority."""

    template: ClassVar[str] = "legal/help.html"


async def accessibility(call: Call) -> Response:
    """`GET /accessibilite`."""
    return render(call, AccessibilityPage(conformity(call.provider.settings.brand)))


async def legal_notice(call: Call) -> Response:
    """`GET /mentions-legales`."""
    return render(call, LegalNoticePage())


async def privacy(call: Call) -> Response:
    """`GET /donnees-personnelles`."""
    settings = call.provider.settings
    page = PrivacyPage(
        version=settings.signup.privacy_version,
        pending_days=settings.lifetimes.pending_account // _DAY,
        inactive_months=settings.lifetimes.inactive_months,
        journal_months=settings.lifetimes.audit // _MONTH,
        address_months=settings.lifetimes.exact_address // _MONTH,
        proof_years=settings.lifetimes.agreement_proof // _YEAR,
    )
    return render(call, page)


async def terms(call: Call) -> Response:
    """`GET /conditions-utilisation`."""
    return render(call, TermsPage(call.provider.settings.signup.terms_version))


async def help_page(call: Call) -> Response:
    """`GET /aide`."""
    return render(call, HelpPage())
