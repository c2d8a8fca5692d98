"""Whether a message is hard to read: injuries and sexual acts in it. Nothing follows from it but that it is folded."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .said import fold


class Graphic:
    """Words fit as a whole, stems from their beginning; accents and capitals make no difference. Looking costs about
    as much as one pass over the text."""

    def __init__(self, words: Iterable[str], stems: Iterable[str]) -> None:
        whole = [re.escape(fold(word.strip())) + r"(?![a-z0-9])" for word in words if word.strip()]
        begun = [re.escape(fold(stem)) for stem in stems if stem.strip()]
        self._pattern = re.compile(rf"(?<![a-z0-9])(?:{'|'.join((*whole, *begun)) or '(?!)'})")

    def __call__(self, text: str) -> bool:
        return self._pattern.search(fold(text)) is not None
