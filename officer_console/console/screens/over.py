"""What is asked or told over the duty screen can always be put off: nothing typed in it is lost."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Over(ModalScreen[Result]):
    """Escape puts it off, and so does the key that sends a patrol."""

    def put_off(self) -> None:
        """Go away and decide nothing; what is begun here is given back."""
        raise NotImplementedError
