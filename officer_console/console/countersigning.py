"""Reading what is kept to practise on, and vouching for it: a list, then one at a time. Nothing comes up by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from officer_console.client.api import Desk
from officer_console.console.keymap import shown
from officer_console.console.times import of_day
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _, ngettext
from officer_console.model.exports import Export
from officer_console.model.rules import ANSWERS
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty

NAME: Final = 40


def read_exports(duty: Duty) -> None:
    """List what is kept; the one that is chosen is fetched and read."""
    from officer_console.console.screens.exports import ExportList
    from officer_console.console.screens.read_export import ReadExport

    def chosen(cid: str | None) -> None:
        if cid:
            duty.cover(True, by="reading")  # nothing that arrives behind it counts as read
            duty.app.push_screen(ReadExport(duty.desk, cid, duty.standing), left)

    def left(told: str | None) -> None:
        duty.cover(False, by="reading")
        if told:
            duty.tell(Told(told))

    if duty.desk.role not in ANSWERS:
        return duty.tell(Told(refusal("not_yours"), Level.WARNING))
    if not duty.desk.exports.all():
        return duty.tell(Told(_("Nothing is kept to practise on.")))
    duty.app.push_screen(ExportList(duty.desk), chosen)


def waiting(desk: Desk) -> int:
    """How many wait for this officer to read them: somebody else's, which nobody has countersigned."""
    return sum(not each.countersigned and each.by != desk.me for each in desk.exports.all())


def waiting_told(duty: Duty) -> str:
    """That something waits for a second reader; "" when nothing does."""
    count = waiting(duty.desk)
    told = ngettext(
        "{n} conversation is kept to practise on and waits for a second reader ({key})",
        "{n} conversations are kept to practise on and wait for a second reader ({key})",
        count,
    )
    return told.format(n=count, key=shown(duty.keymap["exports"])) if count else ""


def kept_when(export: Export) -> str:
    """When it was redacted, of this machine's zone."""
    import time

    return f"{time.strftime('%d.%m.', time.localtime(export.at / 1000))} {of_day(export.at)}"


def kept_by(desk: Desk, export: Export) -> str:
    """Who has redacted it."""
    if export.by == desk.me:
        return _("redacted by you")
    return _("redacted by {name}").format(name=one_line(desk.name(export.by), NAME))


def vouched(desk: Desk, export: Export) -> str:
    """Who vouches for it."""
    if not export.countersigned:
        return _("waits for somebody else to read it") if export.by == desk.me else _("WAITS FOR A SECOND READER")
    if export.countersigned == desk.me:
        return _("countersigned by you")
    return _("countersigned by {name}").format(name=one_line(desk.name(export.countersigned), NAME))
