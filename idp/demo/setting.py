"""Where everything of the demonstration is, and who plays in it."""

from dataclasses import dataclass, field

from clients.client import Client
from idp.demo.franceconnect.registration import Configuration, ServiceProvider
from idp.foundation.settings import Brand, Mail, Settings, Sms, Upstream

PROVIDER = "http://localhost:8000"
FIRST, SECOND = "http://localhost:8001", "http://localhost:8002"
FRANCECONNECT = "http://localhost:8003"
LETTERBOX = "http://localhost:8004"
SMTP_PORT = 8025
SMS_TOKEN = "demonstration-sms-gateway"
FRANCECONNECT_ID = "villeneuve-demonstration"
FRANCECONNECT_SECRET = "demonstration-franceconnect-secret-0123456789"
PASSWORD = "Cerisier-42-bleu"
SCOPE = "openid profile email phone profile_type organization"


@dataclass(frozen=True, slots=True)
class Procedure:
    """What this e-démarche is about, and its registration at the provider."""

    slug: str
    title: str
    summary: str
    question: str
    choices: tuple[str, ...]
    address: str
    client_id: str
    client_secret: str = field(repr=False)
    neighbour_title: str = ""
    neighbour_address: str = ""


@dataclass(frozen=True, slots=True)
class Player:
    """Someone with an account already, to sign in with."""

    profile: str
    identifier: str
    given_names: str
    birth_name: str
    email: str
    mobile: str
    birthdate: str | None = None
    organisation: tuple[tuple[str, str], ...] = ()
    is_administrator: bool = False


PLAYERS = (
    Player("citoyen", "camille.martin", "Camille", "Martin", "camille.martin@exemple.fr", "+33639980001", "1987-03-14"),
    Player(
        "entreprise",
        "nadia.benali",
        "Nadia",
        "Benali",
        "nadia.benali@exemple.fr",
        "+33639980002",
        organisation=(("legal_name", "Boulangerie du Pont"), ("siret", "73282932000074"), ("role", "gerant")),
    ),
    Player(
        "association",
        "loic.kerjean",
        "Loïc",
        "Kerjean",
        "loic.kerjean@exemple.fr",
        "+33639980003",
        organisation=(("legal_name", "Les Amis du Canal"), ("rna", "W751515517"), ("role", "president")),
    ),
    Player("citoyen", "agathe.admin", "Agathe", "Durand", "agathe@exemple.fr", "+33639980004", "1980-01-01", (), True),
)

PROCEDURES = (
    Procedure(
        "etat-civil",
        "Demander un acte de naissance",
        "Recevez une copie ou un extrait de votre acte de naissance, gratuitement.",
        "Document souhaité",
        ("Copie intégrale", "Extrait avec filiation", "Extrait sans filiation"),
        FIRST,
        "demonstration-etat-civil",
        "demonstration-etat-civil-secret",
        "S'inscrire à la médiathèque",
        SECOND,
    ),
    Procedure(
        "mediatheque",
        "S'inscrire à la médiathèque",
        "Empruntez des livres, des films et des jeux dans les six médiathèques de Villeneuve.",
        "Médiathèque choisie",
        ("Centre", "Gare", "Bords de Saône"),
        SECOND,
        "demonstration-mediatheque",
        "demonstration-mediatheque-secret",
        "Demander un acte de naissance",
        FIRST,
    ),
)


def settings(database_url: str, secret_key: str) -> Settings:
    """The provider of the demonstration."""
    return Settings(
        issuer=PROVIDER,
        database_url=database_url,
        secret_key=secret_key,
        outbound_allow=tuple(address.removeprefix("http://") for address in (FIRST, SECOND)),
        demo=True,
        brand=Brand(
            name="Ville de Villeneuve",
            sms_name="Villeneuve",
            home_url=FIRST,
            contact_email="contact@exemple.fr",
            contact_phone="02 61 91 00 00",
            contact_address="1 place de la Mairie, 99000 Villeneuve",
            dpo_contact="dpo@exemple.fr",
            publisher="Madame la Maire de Villeneuve",
            host="Cette machine",
        ),
        mail=Mail(f"smtp://127.0.0.1:{SMTP_PORT}", "ne-pas-repondre@exemple.fr", "Ville de Villeneuve"),
        sms=Sms(f"http://{SMS_TOKEN}@127.0.0.1:8004/sms", "VILLENEUVE"),
        upstreams=(
            Upstream(
                name="franceconnect",
                kind="franceconnect",
                issuer=f"{FRANCECONNECT}/api/v2",
                client_id=FRANCECONNECT_ID,
                client_secret=FRANCECONNECT_SECRET,
                scopes=("openid", "identite_pivot", "preferred_username", "email"),
                acr_values=("eidas1",),
            ),
        ),
    )


def client_of(procedure: Procedure) -> Client:
    """The registration of an e-démarche at the provider."""
    return Client(
        client_id=procedure.client_id,
        client_name=procedure.title,
        client_uri=procedure.address,
        redirect_uris=(f"{procedure.address}/retour",),
        post_logout_redirect_uris=(f"{procedure.address}/au-revoir",),
        grant_types=("authorization_code", "refresh_token"),
        scope=f"{SCOPE} birthdate offline_access",
        initiate_login_uri=f"{procedure.address}/connexion",
        backchannel_logout_uri=f"{procedure.address}/fin-de-session",
        backchannel_logout_session_required=True,
        first_party=True,
        listed=True,
        description=procedure.summary,
    )


def franceconnect() -> Configuration:
    """The simulated FranceConnect, where the provider is registered as a service."""
    return Configuration(
        issuer=f"{FRANCECONNECT}/api/v2",
        services=(
            ServiceProvider(
                client_id=FRANCECONNECT_ID,
                client_secret=FRANCECONNECT_SECRET,
                name="Ville de Villeneuve",
                redirect_uris=(f"{PROVIDER}/retour/franceconnect",),
                post_logout_redirect_uris=(f"{PROVIDER}/deconnexion/retour/franceconnect",),
            ),
        ),
    )
