"""What this machine remembers of a desk: never less than it has seen, and a damaged file can be replaced."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from officer_console.client.keychain import RelayPin
from officer_console.client.profile import Profiles, new_profile
from officer_console.errors import UserError

from .paper import Paper

PAPER = Paper()
PIN = RelayPin("relay-key-A", "")


def test_a_command_beside_the_console_does_not_make_it_forget(tmp_path: Path) -> None:
    kept = Profiles(tmp_path)
    whole = new_profile("https://desk.example.org", PAPER.lead.identity, PIN, PAPER.lead.directory)
    older = msgspec.structs.replace(whole, entries=whole.entries[:-1])
    kept.make_usual(older)
    kept.save(whole)
    kept.save(older)
    assert kept.usual() == whole
    somebody_else = msgspec.structs.replace(older, kid="another-one")
    kept.save(somebody_else)
    assert kept.usual() == somebody_else


def test_a_damaged_file_is_told_and_enrolling_again_mends_it(tmp_path: Path) -> None:
    kept = Profiles(tmp_path)
    profile = new_profile("https://desk.example.org", PAPER.lead.identity, PIN, PAPER.lead.directory)
    kept.make_usual(profile)
    (kept.folder(profile.genesis) / "profile.json").write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        kept.usual()
    kept.make_usual(profile)
    assert kept.usual() == profile
