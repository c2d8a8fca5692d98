"""Run by test_keyring inside a D-Bus session of its own, with a real GNOME Keyring: prints what it found as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from officer_console.vault.identity import Identity
from officer_console.vault.keyring import open_store


def never(_new: bool) -> str:
    raise AssertionError("a passphrase was asked for")


def main() -> None:
    subprocess.run(
        ["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"secret\n", check=True, timeout=20
    )
    file = Path(sys.argv[1])
    store = open_store("auto", file, never)
    me = Identity.create(bytes(32))
    found: dict[str, object] = {"where": store.where, "before": store.load("desk") is None}
    store.save("desk", me)
    found["kept"] = open_store("keyring", file, never).load("desk") == me
    store.delete("desk")
    store.delete("desk")
    found["after"] = store.load("desk") is None
    found["file"] = file.exists()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
