"""What makes the console start and answer quickly: `hurry` before Textual is imported, `settle` once it is shown."""

from __future__ import annotations

import gc
import os
from typing import Final

FRAMES_PER_S: Final = 500
"""How often a screen may be painted. Textual's own 60 makes a key wait up to 17 ms for its letter whenever something
else has just been painted; what the desk tells is paced already, and keys don't come that fast."""


YOUNG: Final = (20_000, 20, 50)
"""How much is made before garbage is looked for (`gc.set_threshold`). At Python's 700 it is looked for in the middle
of every other key; what a screen makes in cycles is little."""


def hurry() -> None:
    """Collect no garbage while some hundred modules are made: it costs a seventh of the start and finds nothing."""
    gc.disable()
    os.environ["TEXTUAL_FPS"] = str(FRAMES_PER_S)


def settle() -> None:
    """Collect garbage again, but don't look any more at what was there from the start."""
    gc.freeze()
    gc.set_threshold(*YOUNG)
    gc.enable()
