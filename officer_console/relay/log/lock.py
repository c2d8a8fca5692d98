"""A relay's folder belongs to one process."""

from __future__ import annotations

from pathlib import Path

from officer_console.locale import _
from officer_console.paths import hold


def lock(folder: Path) -> int:
    """Hold the folder for this process alone: see `paths.hold`. Raises UserError."""
    return hold(folder / "lock", _("Another relay is using {folder}. Stop it first.").format(folder=folder))
