"""Where sessions are: those that come with the program, and the station's own in `sessions/` beside config.toml."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from officer_console import paths
from officer_console.errors import UserError, did_you_mean, nearest
from officer_console.locale import _

from .fields import SUFFIX
from .reading import look, read_file
from .session import Session


def shipped_dir() -> Path:
    """The sessions that come with the program."""
    return Path(str(resources.files("officer_console.practice").joinpath("sessions")))


def own_dir(config: Path | None = None) -> Path:
    """The station's own; it need not exist."""
    return (config.absolute().parent if config else paths.config_dir()) / "sessions"


def files(config: Path | None = None) -> dict[str, Path]:
    """Id -> file; the station's own session takes the place of a shipped one of the same id."""
    found = [*sorted(shipped_dir().glob(f"*{SUFFIX}")), *sorted(own_dir(config).glob(f"*{SUFFIX}"))]
    return {file.name.removesuffix(SUFFIX): file for file in found}


def installed(config: Path | None = None, language: str = "") -> list[Session]:
    """The sessions that can be played, in the order of their ids; those of one language. Broken ones are left out:
    `practice check` tells why."""
    looked = (look(file)[0] for _id, file in sorted(files(config).items()))
    return [session for session in looked if session and language in ("", session.head.language)]


def find(name: str, config: Path | None = None) -> Session:
    """A session by its id or as a file. Raises UserError, SessionError."""
    known = files(config)
    if name in known:
        return read_file(known[name])
    if name.endswith(SUFFIX) or "/" in name:
        return read_file(Path(name))
    told = _("there is no session {name}").format(name=name) + did_you_mean(nearest(name, known))
    raise UserError(told + ". " + _("“officer-console practice list” shows all."))
