"""The e-mails the provider sends, in French and in English (the catalogue translates).

Those about a change of contacts or of ways in are in `change_texts`.

An e-mail names the person only where the address is known to be hers, since anybody may type the address of another.
"""

from collections.abc import Sequence

from idp.foundation.texts import text
from idp.messages.letterhead import Letter, Letterhead, lay_out
from idp.messages.message import Email
from idp.web.moments import day, moment


def activation_link(head: Letterhead, link: str, *, hours: int, given_name: str | None = None) -> Email:
    """The link that activates a new account, alive for so many hours."""
    letter = Letter(
        subject=text("Activez votre compte {authority}", authority=head.brand.name),
        given_name=given_name,
        paragraphs=(
            text("Vous avez demandé à créer un compte pour vos démarches avec {authority}.", authority=head.brand.name),
            text("Pour l'activer, ouvrez ce lien. Il est valable {hours} heures.", hours=hours),
        ),
        actions=((text("Activer mon compte"), link),),
        afterwards=(
            text("Si la demande ne vient pas de vous, ignorez ce message : sans clic, aucun compte ne sera activé."),
        ),
    )
    return lay_out(head, letter)


def already_registered(head: Letterhead, link: str, *, sign_in: str, forgotten: str, hours: int) -> Email:
    """Answers a sign-up made with an address that already opens an account; the page itself does not say so.

    Several people may share a mailbox, so the link that activates another account is there too.
    """
    letter = Letter(
        subject=text("Vous avez déjà un compte {authority}", authority=head.brand.name),
        paragraphs=(
            text("Quelqu'un a demandé à créer un compte avec votre adresse électronique. Vous avez déjà un compte."),
            text("Connectez-vous, ou choisissez un nouveau mot de passe."),
            text(
                "Si vous avez voulu créer un autre compte, par exemple pour une personne qui partage cette adresse, "
                "activez-le. Ce lien est valable {hours} heures.",
                hours=hours,
            ),
        ),
        actions=(
            (text("Me connecter"), sign_in),
            (text("Choisir un nouveau mot de passe"), forgotten),
            (text("Activer l'autre compte"), link),
        ),
        afterwards=(text("Si la demande ne vient pas de vous, ne faites rien."),),
    )
    return lay_out(head, letter)


def choose_password(head: Letterhead, link: str, *, minutes: int, identifiers: Sequence[str]) -> Email:
    """The link to choose a new password, alive for so many minutes, and the account or accounts it is for."""
    named = text("Vos identifiants, un par compte :")
    if len(identifiers) == 1:
        named = text("Votre identifiant :")
    letter = Letter(
        subject=text("Choisissez un nouveau mot de passe"),
        paragraphs=(
            text("Vous avez demandé à changer le mot de passe de votre compte {authority}.", authority=head.brand.name),
            text(
                "Pour choisir un nouveau mot de passe, ouvrez ce lien. Il est valable {minutes} minutes et ne sert "
                "qu'une fois.",
                minutes=minutes,
            ),
            named,
        ),
        items=identifiers,
        actions=((text("Choisir un nouveau mot de passe"), link),),
        afterwards=(
            text("Si la demande ne vient pas de vous, ignorez ce message : votre mot de passe reste le même."),
        ),
    )
    return lay_out(head, letter)


def add_password(head: Letterhead, link: str, *, upstreams: Sequence[str], minutes: int) -> Email:
    """For an account without a password, opened through FranceConnect or the like: says so, and offers to add one."""
    letter = Letter(
        subject=text("Choisissez un nouveau mot de passe"),
        paragraphs=(
            text("Votre compte {authority} n'a pas de mot de passe.", authority=head.brand.name),
            text("Pour vous connecter, utilisez : {upstreams}.", upstreams=", ".join(upstreams)),
            text(
                "Si vous le souhaitez, ajoutez un mot de passe à votre compte. Ce lien est valable {minutes} minutes "
                "et ne sert qu'une fois.",
                minutes=minutes,
            ),
        ),
        actions=((text("Ajouter un mot de passe"), link),),
        afterwards=(text("Si la demande ne vient pas de vous, ignorez ce message : rien ne changera."),),
    )
    return lay_out(head, letter)


def not_activated(head: Letterhead, names: Sequence[str], *, sign_in: str, sign_up: str) -> Email:
    """For who asks a way back into an account that was never activated."""
    letter = Letter(
        subject=text("Votre compte {authority} n'est pas encore activé", authority=head.brand.name),
        paragraphs=(
            text(
                "Vous avez commencé à créer un compte avec {authority}. Il n'est pas encore activé.",
                authority=head.brand.name,
            ),
            text("Connectez-vous avec cet identifiant et le mot de passe choisi : vous pourrez activer votre compte."),
        ),
        items=names,
        actions=((text("Me connecter"), sign_in), (text("Créer de nouveau mon compte"), sign_up)),
        afterwards=(
            text("Mot de passe oublié ? Créez de nouveau votre compte : celui-ci sera effacé de lui-même."),
            text("Si la demande ne vient pas de vous, ignorez ce message : rien ne changera."),
        ),
    )
    return lay_out(head, letter)


def identifiers(head: Letterhead, names: Sequence[str], *, sign_in: str) -> Email:
    """Every identifier that signs in with this address."""
    letter = Letter(
        subject=text("Votre identifiant de connexion"),
        paragraphs=(
            text("Vous avez demandé à retrouver votre identifiant pour {authority}.", authority=head.brand.name),
            text("Votre identifiant :") if len(names) == 1 else text("Vos identifiants, un par compte :"),
        ),
        items=names,
        actions=((text("Me connecter"), sign_in),),
        afterwards=(text("Si la demande ne vient pas de vous, ignorez ce message : rien ne changera."),),
    )
    return lay_out(head, letter)


def password_changed(head: Letterhead, *, at: int, forgotten: str) -> Email:
    """Tells that the password was changed (`at`, seconds UTC) and what to do if it was somebody else."""
    letter = Letter(
        subject=text("Votre mot de passe a été changé"),
        paragraphs=(
            text("Le mot de passe de votre compte {authority} a été changé.", authority=head.brand.name),
            text("Date : {moment}", moment=moment(at, head.locale)),
            text("Toutes vos connexions en cours ont été fermées."),
        ),
        actions=((text("Ce n'est pas vous ? Choisissez un nouveau mot de passe"), forgotten),),
    )
    return lay_out(head, letter)


def new_sign_in(head: Letterhead, *, at: int, device: str, sign_in: str) -> Email:
    """Tells of a sign-in from a browser not seen before. `device` is a family of browser and system, never raw text."""
    letter = Letter(
        subject=text("Nouvelle connexion à votre compte"),
        paragraphs=(
            text("Une connexion à votre compte {authority} vient d'un nouvel appareil.", authority=head.brand.name),
            text("Appareil : {device}", device=device),
            text("Date : {moment}", moment=moment(at, head.locale)),
            text("Si c'est vous, il n'y a rien à faire. Sinon, changez votre mot de passe."),
        ),
        actions=((text("Voir mes connexions"), sign_in),),
    )
    return lay_out(head, letter)


def deletion_warning(head: Letterhead, *, day_at: int, sign_in: str) -> Email:
    """Warns that an account nobody uses will be erased on that day (seconds UTC)."""
    letter = Letter(
        subject=text("Votre compte sera supprimé le {day}", day=day(day_at, head.locale)),
        paragraphs=(
            text("Vous n'avez pas utilisé votre compte {authority} depuis longtemps.", authority=head.brand.name),
            text("Il sera supprimé le {day}, avec les informations qu'il contient.", day=day(day_at, head.locale)),
            text("Pour le garder, connectez-vous une fois avant cette date."),
        ),
        actions=((text("Me connecter"), sign_in),),
    )
    return lay_out(head, letter)


def account_deleted(head: Letterhead) -> Email:
    """Tells that the account is gone."""
    letter = Letter(
        subject=text("Votre compte a été supprimé"),
        paragraphs=(
            text("Votre compte {authority} et ses informations ont été supprimés.", authority=head.brand.name),
            text("Vous pouvez créer un nouveau compte à tout moment."),
        ),
    )
    return lay_out(head, letter)
