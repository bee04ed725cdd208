"""What an operator may write as an option, and what is said of anything else, with the cure."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator


def fits(pattern: str, otherwise: str) -> AfterValidator:
    """For a text that fits this pattern as a whole; of any other it is said `otherwise`: `is no … — write …`."""

    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(otherwise)
        return text

    return AfterValidator(checked)


NO_ADDRESS = 'is no web address — write it whole: "https://…"'
WebAddress = Annotated[str, fits(r"https?://[^/\s]\S*", NO_ADDRESS)]
WebAddressOrNone = Annotated[str, fits(r"(https?://[^/\s]\S*)?", NO_ADDRESS)]
