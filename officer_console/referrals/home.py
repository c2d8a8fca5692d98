"""Where the directory's files are: the shipped ones, the station's own, and what was imported."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from officer_console.paths import config_dir, private_dir

ROWS: Final = "referrals"
REPLIES: Final = "templates"
PLACES: Final = "places.sqlite"


class Home(msgspec.Struct, frozen=True):
    """`config`: where the station's files are; `data`: where imported places are. Neither is made for reading."""

    config: Path
    data: Path

    def row_files(self) -> list[Path]:
        """The station's rows: what was imported, then its own file, which has the last word."""
        return _station(self.config, ROWS)

    def reply_files(self) -> list[Path]:
        """The station's replies, in the same order."""
        return _station(self.config, REPLIES)

    def imported(self, what: str) -> Path:
        """The folder of imported files of ROWS or REPLIES."""
        return self.config / f"{what}.d"

    @property
    def places(self) -> Path:
        """The imported places; the file need not exist."""
        return self.data / PLACES

    def made(self) -> Path:
        """The data folder, made when missing. Raises UserError."""
        return private_dir(self.data)


def home() -> Home:
    """The folders of this machine's user."""
    return Home(config_dir(), platformdirs.user_data_path("officer-console", appauthor=False) / "referrals")


def shipped_rows() -> Path:
    """The national lines that come with the program."""
    return Path(str(files(__package__).joinpath("data", "referrals.toml")))


def shipped_replies() -> list[Path]:
    """The quick replies that come with the program."""
    return sorted(Path(str(files(__package__).joinpath("templates"))).glob("*.toml"))


def _station(config: Path, what: str) -> list[Path]:
    imported = sorted(file for file in (config / f"{what}.d").glob("*") if file.suffix in (".toml", ".csv"))
    own = config / f"{what}.toml"
    return [*imported, *([own] if own.exists() else [])]
