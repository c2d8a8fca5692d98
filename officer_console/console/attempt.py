"""Gives the desk a command and says in words what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from officer_console.console.words import Level, Told, refusal
from officer_console.errors import reason
from officer_console.locale import _
from officer_console.protocol.refusals import Refused

P = ParamSpec("P")
Tell = Callable[[Told], None]


def attempt(tell: Tell, command: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Whether `command` was carried out; when not, `tell` gets the reason and what is safe."""
    try:
        command(*args, **kwargs)
    except Refused as refused:
        tell(Told(refusal(refused.code), Level.DANGER))
    except OSError as error:
        told = _("This machine's disk takes nothing: {reason}. Nothing was sent; your text stays here.")
        tell(Told(told.format(reason=reason(error)), Level.DANGER))
    except ValueError:
        tell(Told(_("Nothing was sent: the text is empty or too long. It stays here."), Level.DANGER))
    else:
        return True
    return False
