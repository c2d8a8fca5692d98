"""What the vault refuses. Everything here is raised, never returned.

    VaultError
    ├── Malformed        not of the form it must have
    ├── BadSignature     signed by somebody else, or altered afterwards
    ├── CannotOpen       sealed for another key or context, or altered
    ├── WrongPassphrase
    ├── NoKeyring        nowhere to keep keys; the text says what to do
    └── Untrusted        not covered by the chain root → lead → officer or desk key
        └── Expired      covered, at another time

Each is a `UserError`: its text is one plain sentence that a command may print as it is, and holds no secret.
"""

from __future__ import annotations

from officer_console.errors import UserError


class VaultError(UserError):
    """Something about keys, seals or signatures is not as it must be."""


class Malformed(VaultError):
    """Not of the form it must have."""


class BadSignature(VaultError):
    """Signed by somebody else, or altered after signing."""


class CannotOpen(VaultError):
    """Sealed for another key or context, or altered after sealing; which of these can't be told."""


class WrongPassphrase(VaultError):
    """The passphrase does not open the file (or the file was altered), or is too short to be set."""


class NoKeyring(VaultError):
    """Nowhere to keep keys; the text says why and what to do."""


class Untrusted(VaultError):
    """Not covered by the chain of signatures that begins at the root key."""


class Expired(Untrusted):
    """Covered by the chain, but not at this time."""
