"""A frame's words cost one line, and only when they say something new."""

from __future__ import annotations

from rich.text import Text
from textual.app import App, ComposeResult
from textual.content import Content

from officer_console.console.widgets.frame import Frame

from .panes_app import repaints


class Framed(App[None]):
    CSS = "Frame { border: round white; height: 10; width: 30; padding: 1; }"

    def compose(self) -> ComposeResult:
        yield Frame()


def edges(app: App[None]) -> tuple[str, str]:
    """The upper and the lower edge as they are drawn."""
    drawn = app.query_one(Frame).render_lines(app.query_one(Frame).region)
    return drawn[0].text, drawn[9].text


async def test_new_words_repaint_their_edge_and_old_words_nothing() -> None:
    app = Framed()
    async with app.run_test() as pilot:
        frame = app.query_one(Frame)
        with repaints(frame) as asked:
            frame.border_title = Content("one [/x]")
            frame.border_subtitle = "two [b]"
        await pilot.pause()
        assert [(region.x, region.y, region.width, region.height) for region in asked] == [
            (-2, -2, 30, 1),
            (-2, 7, 30, 1),
        ]
        assert " one [/x] " in edges(app)[0]
        assert " two [b] " in edges(app)[1]
        with repaints(frame) as asked:
            frame.border_title = "one [/x]"
            frame.border_subtitle = Text("two [b]")
        assert not asked
        frame.border_title = None
        await pilot.pause()
        assert "one" not in edges(app)[0]
        assert (frame.border_title, frame.border_subtitle) == (None, "two [b]")
