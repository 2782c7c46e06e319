"""Which language of ours a visitor would rather read, from what an application or a browser says."""

from idp.foundation.texts import LANGUAGES

_LONGEST = 200


def preferred(wishes: str) -> str | None:
    """The first language we have among BCP 47 tags; None when there is none.

    Tags are separated by spaces (`ui_locales`, OpenID Connect Core 3.1.2.1) or by commas, with their weights
    (`Accept-Language`, RFC 9110 section 12.5.4). Of a tag only the language counts: `de-FR` is German.
    """
    weighed: list[tuple[float, str]] = []
    for part in wishes[:_LONGEST].lower().split(","):
        tags, _, parameters = part.partition(";")
        weight = _weight(parameters)
        weighed += [(-weight, tag.partition("-")[0]) for tag in tags.split() if weight > 0]
    ranked = sorted(weighed, key=lambda each: each[0])
    return next((language for _, language in ranked if language in LANGUAGES), None)


def _weight(parameters: str) -> float:
    name, _, value = parameters.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
