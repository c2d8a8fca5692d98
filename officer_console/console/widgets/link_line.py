"""The first line of the screen: where one is, and the truth about the connection."""

from __future__ import annotations

from textual import events
from textual.content import Content

from officer_console.client.api import Desk
from officer_console.console.queue_words import tag
from officer_console.console.widgets.text_line import TextLine, apart, styled
from officer_console.console.words import link_line
from officer_console.locale import ngettext
from officer_console.model.text import one_line

NAME_LIMIT = 40


class LinkLine(TextLine):
    """`extra` (the demo's page), desk and officer on the left, the connection on the right. What has no room is cut
    from the end: half an address is of no use."""

    def __init__(self, desk: Desk, extra: str, retry_key: str) -> None:
        super().__init__()
        self._desk, self._extra, self._retry_key = desk, extra, retry_key
        self._alerts = 0

    def show(self, alerts: int) -> None:
        """Say how things stand now, and how many alerts nobody has seen."""
        self._alerts = alerts
        self.put(apart(self._place(), self._state(), self.size.width))

    def on_resize(self, event: events.Resize) -> None:
        self.show(self._alerts)

    def _place(self) -> Content:
        desk = self._desk
        names = [one_line(name, NAME_LIMIT) for name in (desk.link.desk_name, desk.name(desk.me))]
        place = Content(" · ".join(filter(None, [self._extra, *names])))
        return Content.assemble(_alerts(self._alerts), _tag(tag(desk)), place)

    def _state(self) -> Content:
        link = self._desk.link
        return styled(link_line(link, self._desk.now() - link.skew, self._retry_key))


def _tag(words: str) -> Content:
    return Content.assemble((f" {words} ", "bold reverse $warning"), " ") if words else Content()


def _alerts(count: int) -> Content:
    if not count:
        return Content()
    many = ngettext("{n} ALERT", "{n} ALERTS", count).format(n=count)
    return Content.assemble((f" ▲ {many} ", "bold reverse $warning"), " ")
