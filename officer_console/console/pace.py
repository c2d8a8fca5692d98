"""What makes the console start and answer quickly: `hurry` before Textual is imported, `settle` once it is shown."""

from __future__ import annotations

import gc
import os
import sys
from typing import Final

FRAMES_PER_S: Final = 1000
"""How often a screen may be painted. Textual's own 60 makes a key wait up to 17 ms for its letter whenever something
else has just been painted; what the desk tells is paced already, and keys don't come that fast."""

YOUNG: Final = (2_000, 5, 50)
"""How much is made before garbage is looked for (`gc.set_threshold`): half a millisecond's worth each time. At
Python's 700 it is looked for in the middle of every other key; at 20,000 a key waits 5 ms when it is."""

TURN_S: Final = 0.0005
"""How long a thread keeps the others waiting (`sys.setswitchinterval`). Keys are read and the screen is written by
threads of their own: at Python's 5 ms a letter that is painted can wait until the next news is painted too."""


def hurry() -> None:
    """Collect no garbage while some hundred modules are made: it costs a seventh of the start and finds nothing."""
    gc.disable()
    os.environ["TEXTUAL_FPS"] = str(FRAMES_PER_S)


def settle() -> None:
    """Collect garbage again, but don't look any more at what was there from the start; let keys in between."""
    gc.freeze()
    gc.set_threshold(*YOUNG)
    sys.setswitchinterval(TURN_S)
    gc.enable()
