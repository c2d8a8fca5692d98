from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from officer_console.vault import files
from officer_console.vault.errors import Malformed, VaultError, WrongPassphrase
from officer_console.vault.files import read_file, replace_file
from officer_console.vault.sealed_file import FileKey, key_of, new_key, open_file, seal_file

KEY = new_key("correct horse")
SEALED = seal_file(KEY, "keys", b"hello")
FIRST = SEALED.index(b"\n")


def test_form() -> None:
    """The costs stand in the file, so that a person sees what protects it."""
    line = SEALED.split(b"\n")[0].decode()
    assert line.startswith("officer-console sealed file 1 keys argon2id t=3 m=65536 p=4 salt=")
    assert b"hello" not in SEALED and SEALED.isascii()
    assert repr(KEY) == "<FileKey>"


def test_the_key_is_argon2id_of_the_passphrase() -> None:
    """Against the library's own encoded form, which carries the costs in its text."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    from officer_console.vault.base64url import b64

    salt, key = (b64(part).replace("-", "+").replace("_", "/") for part in (KEY.salt, KEY.key))
    Argon2id.verify_phc_encoded(b"correct horse", f"$argon2id$v=19$m=65536,t=3,p=4${salt}${key}")


def test_only_the_passphrase_opens() -> None:
    assert open_file(key_of("correct horse", "keys", SEALED), "keys", SEALED) == b"hello"
    with pytest.raises(WrongPassphrase):
        open_file(key_of("correct horsf", "keys", SEALED), "keys", SEALED)
    assert seal_file(KEY, "keys", b"hello") != SEALED


def test_both_spellings_of_an_accent_open() -> None:
    sealed = seal_file(new_key("caf\u00e9 cr\u00e8me"), "keys", b"hello")
    assert open_file(key_of("cafe\u0301 cre\u0300me", "keys", sealed), "keys", sealed) == b"hello"


def test_a_short_passphrase_is_not_set() -> None:
    with pytest.raises(WrongPassphrase, match="8 characters"):
        new_key("1234567")


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(at: int, change: int) -> None:
    data = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]
    with pytest.raises((Malformed, WrongPassphrase)):
        open_file(KEY, "keys", data)  # with the right key: nothing but the seal itself is tried


@given(st.integers(0, len(SEALED) - 1))
def test_a_cut_file_is_refused(size: int) -> None:
    with pytest.raises((Malformed, WrongPassphrase)):
        open_file(KEY, "keys", SEALED[:size])


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"t=3", b"t=1"), (b"m=65536", b"m=8"), (b"m=65536", b"m=99999999"), (b"p=4", b"p=1"), (b"file 1", b"file 2")],
)
def test_the_costs_can_t_be_edited(old: bytes, new: bytes) -> None:
    with pytest.raises(Malformed, match="first line was edited"):
        key_of("correct horse", "keys", SEALED.replace(old, new))


def test_one_kind_of_file_is_not_another() -> None:
    with pytest.raises(Malformed):
        key_of("correct horse", "root", SEALED)
    with pytest.raises(WrongPassphrase):  # the header is bound
        open_file(KEY, "root", SEALED.replace(b" keys ", b" root "))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_come_back(data: bytes) -> None:
    key = FileKey(bytes(16), bytes(32))
    assert open_file(key, "keys", seal_file(key, "keys", data)) == data


# ---- files ----------------------------------------------------------------------------------------------------


def test_replacing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys"
    assert read_file(path) is None
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert read_file(path) == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["keys"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_failed_replacement_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys"
    replace_file(path, b"one")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(VaultError, match="the disk is full"):
        replace_file(path, b"two")
    assert read_file(path) == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_what_is_on_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new bytes are synced before they take the name, and the folder after: else a crash loses both."""
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(files.os, "fsync", lambda handle: (done.append("sync"), fsync(handle)))
    monkeypatch.setattr(files.os, "replace", lambda a, b: (done.append("replace"), replace(a, b)))
    replace_file(tmp_path / "keys", b"one")
    assert done == ["sync", "replace", "sync"]


def test_a_folder_in_the_file_s_place(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(VaultError, match="keys can't be used: it is a folder"):
        read_file(tmp_path / "keys")
    with pytest.raises(VaultError):
        replace_file(tmp_path / "keys", b"one")
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]
