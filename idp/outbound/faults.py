"""Why an address was not read. One class: whoever gave the address learns that it failed, and nothing else (DC-06)."""


class NotFetched(Exception):
    """Nothing usable came from an address. `cause` is for the log alone, and holds nothing of what was received."""

    def __init__(self, cause: str) -> None:
        super().__init__("the address could not be read")
        self.cause = cause
