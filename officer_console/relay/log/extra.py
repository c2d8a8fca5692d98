"""Whether this installation can join a cluster."""

from __future__ import annotations

from importlib.util import find_spec

from officer_console.errors import UserError
from officer_console.locale import _


def require_cluster() -> None:
    """Raises UserError when the library for it is missing."""
    if find_spec("nats") is None:
        raise UserError(_("For a cluster install: pip install officer-console[cluster]"))
