"""What can go wrong with keys and tokens. No text here ever quotes a token, a key or a header value.

ValueError
├── BadToken          not a token we accept: shape, header, algorithm, signature, encryption
│   ├── UnknownKey    well formed, but no given key bears its ``kid``: the peer's key set may be older than the token
│   └── BadClaims     signed, but says something else than expected (subclasses in ``keys.claims``)
├── BadKey            a JSON Web Key that is malformed, too weak or of a kind we do not handle
├── BadKeySet         a peer's key set refused as a whole
├── StageRefused      a key asked to go back, or to stay, in its life
├── WeakSecret        a sealing secret too short to protect anything
└── SealBroken        wrong secret, wrong purpose or altered text
LookupError
├── NoActiveKey       the ring has no active key for the algorithm asked
└── NoSuchKey         no key of the ring bears the ``kid`` asked
"""


class BadToken(ValueError):
    """A JOSE object that is refused; the text says why in words of ours."""


class UnknownKey(BadToken):
    """No given key bears the ``kid`` of the token; refreshing the peer's key set once may help."""


class BadClaims(BadToken):
    """The signature holds, the claims are not the expected ones."""


class BadKey(ValueError):
    """A JSON Web Key that cannot be used."""


class BadKeySet(ValueError):
    """A peer's published key set, refused as a whole."""


class WeakSecret(ValueError):
    """The sealing secret is shorter than 32 bytes."""


class SealBroken(ValueError):
    """A sealed text does not open: wrong secret, wrong purpose, or it was altered."""


class NoActiveKey(LookupError):
    """The ring holds no active key for this algorithm."""


class NoSuchKey(LookupError):
    """No key of the ring bears this ``kid``."""


class StageRefused(ValueError):
    """A key only moves forward: announced, active, retiring, withdrawn."""
