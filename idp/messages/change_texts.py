"""The e-mails about a change of an account: its contacts, and what opens it.

A former mailbox receives the way to undo a change, since it is the only place that whoever took the account does not
read.
"""

from idp.foundation.texts import Text, text
from idp.messages.letterhead import Letter, Letterhead, lay_out
from idp.messages.message import Email
from idp.web.moments import moment


def confirm_address(head: Letterhead, link: str, *, hours: int) -> Email:
    """The link that proves an address, alive for so many hours. It names nobody: the address may be a stranger's."""
    letter = Letter(
        subject=text("Confirmez votre adresse électronique"),
        paragraphs=(
            text(
                "Vous avez demandé à utiliser cette adresse pour votre compte {authority}.", authority=head.brand.name
            ),
            text("Pour la confirmer, ouvrez ce lien. Il est valable {hours} heures.", hours=hours),
        ),
        actions=((text("Confirmer mon adresse"), link),),
        afterwards=(text("Si la demande ne vient pas de vous, ignorez ce message : sans clic, rien ne changera."),),
    )
    return lay_out(head, letter)


def address_changed(head: Letterhead, *, at: int, new_address: str, undo: str = "", days: int = 0) -> Email:
    """Tells both the old mailbox and the new one that the address changed; `new_address` is masked by the caller.

    The old one may be given a link that undoes it, alive for so many days.
    """
    afterwards: tuple[Text, ...] = (text("Si ce n'est pas vous, contactez-nous sans attendre."),)
    if undo:
        afterwards = (
            text(
                "Si ce n'est pas vous, rétablissez votre ancienne adresse : ce lien est valable {days} jours.",
                days=days,
            ),
            *afterwards,
        )
    letter = Letter(
        subject=text("Votre adresse électronique a été modifiée"),
        paragraphs=(
            text("L'adresse électronique de votre compte {authority} a été modifiée.", authority=head.brand.name),
            text("Nouvelle adresse : {address}", address=new_address),
            text("Date : {moment}", moment=moment(at, head.locale)),
        ),
        actions=((text("Rétablir mon ancienne adresse"), undo),) if undo else (),
        afterwards=afterwards,
    )
    return lay_out(head, letter)


def mobile_changed(head: Letterhead, *, at: int, number: str, account: str) -> Email:
    """Tells that the mobile number changed; `number` is masked by the caller, empty when there is none any more."""
    now = text("Nouveau numéro : {number}", number=number) if number else text("Votre compte n'a plus de mobile.")
    letter = Letter(
        subject=text("Votre numéro de mobile a été modifié"),
        paragraphs=(
            text("Le numéro de mobile de votre compte {authority} a été modifié.", authority=head.brand.name),
            now,
            text("Date : {moment}", moment=moment(at, head.locale)),
        ),
        actions=((text("Voir mon compte"), account),),
        afterwards=(text("Si ce n'est pas vous, contactez-nous sans attendre."),),
    )
    return lay_out(head, letter)


def way_in_added(head: Letterhead, *, at: int, provider: str, account: str) -> Email:
    """Tells that another identity provider opens the account from now on."""
    letter = Letter(
        subject=text("{provider} ouvre maintenant votre compte", provider=provider),
        paragraphs=(
            text(
                "Votre compte {authority} est relié à {provider} : vous pouvez vous connecter ainsi.",
                authority=head.brand.name,
                provider=provider,
            ),
            text("Date : {moment}", moment=moment(at, head.locale)),
        ),
        actions=((text("Voir mon compte"), account),),
        afterwards=(text("Si ce n'est pas vous, changez votre mot de passe et contactez-nous sans attendre."),),
    )
    return lay_out(head, letter)


def way_in_removed(head: Letterhead, *, at: int, provider: str, account: str) -> Email:
    """Tells that another identity provider no longer opens the account."""
    letter = Letter(
        subject=text("{provider} n'ouvre plus votre compte", provider=provider),
        paragraphs=(
            text(
                "Votre compte {authority} n'est plus relié à {provider}.", authority=head.brand.name, provider=provider
            ),
            text("Date : {moment}", moment=moment(at, head.locale)),
        ),
        actions=((text("Voir mon compte"), account),),
        afterwards=(text("Si ce n'est pas vous, changez votre mot de passe et contactez-nous sans attendre."),),
    )
    return lay_out(head, letter)
