"""Requests that a visitor be called back, as the dispatch side has them: read by a person, taken once, erased with the
conversation."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.client.keychain import Keychain
from officer_console.model.callback import CallBackRequest, load_callback
from officer_console.model.events import CallbackRequested, Event
from officer_console.model.text import one_line

from .codes import UNSEALED
from .opening import Rejected, officer_name, open_for_us
from .store import Store

FIELD_LENGTH: Final = 400


class RoomCallBack(msgspec.Struct, frozen=True):
    """One request. `id` is the event's, `at` ms by the relay's clock, `officer` who passed it on; `state` asked, taken
    or refused; `request` None when it could not be opened (`code` of `codes`)."""

    id: str
    cid: str
    seq: int
    at: int
    officer: str = ""
    request: CallBackRequest | None = None
    state: str = "asked"
    code: str = ""


_callback: Final = msgspec.json.Decoder(RoomCallBack)


def open_callback(chain: Keychain, event: Event, exercise: bool) -> RoomCallBack:
    """A request in an honest event, displayable."""
    asked = RoomCallBack(event.id, event.cid, event.seq, event.at, officer_name(chain, event.by))
    try:
        assert isinstance(event.what, CallbackRequested)
        return msgspec.structs.replace(asked, request=_shown(load_callback(open_for_us(chain, event, exercise).b)))
    except Rejected as rejected:
        return msgspec.structs.replace(asked, code=rejected.code)
    except msgspec.DecodeError:
        return msgspec.structs.replace(asked, code=UNSEALED)


def _shown(request: CallBackRequest) -> CallBackRequest:
    texts = {name: one_line(value, FIELD_LENGTH) for name, value in msgspec.structs.asdict(request).items()}
    return msgspec.structs.replace(request, **{name: text for name, text in texts.items() if name != "language"})


class CallBackBook:
    """Those in the store. What changes something is called inside `store.change`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, callback: RoomCallBack) -> None:
        """Add one, or put it in the place of what it was."""
        sealed = self._store.seal(f"callback {callback.id}", msgspec.json.encode(callback))
        self._store.write(
            "INSERT OR REPLACE INTO callbacks VALUES (?, ?, ?, ?)", callback.id, callback.cid, callback.seq, sealed
        )

    def get(self, id: str) -> RoomCallBack | None:
        row = self._store.row("SELECT words FROM callbacks WHERE id = ?", id)
        return _callback.decode(self._store.open(f"callback {id}", row[0])) if row else None

    def all(self) -> tuple[RoomCallBack, ...]:
        """All that are kept, the oldest first."""
        rows = self._store.rows("SELECT id FROM callbacks ORDER BY seq")
        return tuple(found for (id,) in rows if (found := self.get(id)))

    def tell(self, id: str, state: str) -> None:
        """Somebody has taken or refused it; who took it is no reason to keep how to reach her any longer."""
        if known := self.get(id):
            self.keep(msgspec.structs.replace(known, state=state))

    def erase(self, cid: str) -> bool:
        """The visitor has erased her conversation: gives whether anything of it was here."""
        return self._store.write("DELETE FROM callbacks WHERE cid = ?", cid) > 0

    def drop_old(self, before: int) -> int:
        """Drop those that were passed on before this time (ms) and have been answered; gives how many."""
        old = [each.id for each in self.all() if each.at < before and each.state != "asked"]
        for id in old:
            self._store.write("DELETE FROM callbacks WHERE id = ?", id)
        return len(old)
