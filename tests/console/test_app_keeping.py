"""Asking for her consent, and keeping a conversation to practise on: deciding, reading, sending."""

from __future__ import annotations

from textual.widgets import Input, Static

from officer_console.console.screens.ask import Ask
from officer_console.console.screens.redact import Redact
from officer_console.console.screens.redacted import Redacted
from officer_console.model.events import Claimed, Closed, UrgencyRaised
from officer_console.model.transcript import Kind
from officer_console.practice.exporting import rows
from tests.console.driving import LARGE, SMALL, Driver, console
from tests.console.fake_desk import ANA, ME, FakeDesk

HERS = "bonsoir je m'appelle Sonia BENALI, j'habite 12 rue des Lilas à Lyon, mon numéro 06 12 34 56 78"


def held(*, role: str = "officer", words: str = HERS) -> tuple[FakeDesk, str]:
    """A conversation of mine."""
    desk = FakeDesk(role=role)
    cid = desk.add(words, waited=60)
    desk.claims.claim(cid)
    desk.talk.say(cid, "Bonsoir Sonia. Pouvez-vous écrire sans danger ?")
    return desk, cid


def agreed(**more: str) -> tuple[FakeDesk, str]:
    """It is closed, and she has agreed; I am a lead."""
    desk, cid = held(role="lead", **more)
    desk.talk.ask_consent(cid)
    desk.talk.answers(cid, yes=True)
    desk.claims.close_conversation(cid, "advised")
    return desk, cid


async def into(drive: Driver, cid: str) -> None:
    await drive.app.duty.panes.open(cid)
    await drive.settle()


def told(drive: Driver, what: str = "#told") -> str:
    return drive.app.screen.query_one(what, Static).render().plain  # type: ignore[union-attr]


def session_shown(drive: Driver) -> str:
    """What would be kept, without the list of what stood there."""
    return told(drive, "#text").partition("What stood there")[0]


async def decided(drive: Driver) -> int:
    """Everything that is found is taken out; how many that was."""
    work = drive.app.screen._work  # type: ignore[attr-defined]
    while not work.whole:
        await drive.press("enter")
    return len(work.items)


async def filled(drive: Driver, title: str = "Une nuit", gist: str = "Elle avait peur.") -> None:
    for name, text in (("title", title), ("gist", gist)):
        drive.app.screen.query_one(f"#{name}", Input).value = text
    await drive.settle()


# ---- her consent ----


async def test_she_is_asked_after_a_question_and_what_is_being_written_stays() -> None:
    desk, cid = held()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.write("un mot")
        await drive.press("ctrl+p")
        assert isinstance(drive.app.screen, Ask)
        assert "May the police keep this conversation to train officers?" in drive.text
        await drive.press("enter")
        assert desk.talk.asked == [], "the first answer is not now"
        await drive.press("ctrl+p", "2", "enter")
        assert desk.talk.asked == [cid]
        assert drive.pane.composer.text == "un mot"
        assert "You asked whether this conversation may be practised on" in drive.text
        await drive.press("ctrl+p")
        assert desk.talk.asked == [cid]
        assert "She was asked at" in drive.status
        desk.talk.answers(cid, yes=False)
        await drive.press("ctrl+p")
        assert "She does not agree" in drive.status
        desk.talk.answers(cid, yes=True)
        await drive.press("ctrl+p")
        assert "She agrees" in drive.status
        assert "A shift lead can keep it once it is closed." in drive.status


async def test_she_is_not_asked_in_danger_nor_by_who_does_not_hold_it() -> None:
    desk, cid = held()
    other = desk.add("à moi", waited=5)
    desk.append(cid, ME, UrgencyRaised("red"))
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        assert "Not while she is in danger now" in drive.status
        await into(drive, other)
        await drive.press("ctrl+p")
        assert "Only who holds the conversation may ask her." in drive.status
        assert desk.talk.asked == []


async def test_in_the_queue_the_key_asks_nobody() -> None:
    desk, _cid = held()
    async with console(desk, size=LARGE) as drive:
        await drive.press("ctrl+p")
        assert "go to one first" in drive.status
        assert desk.talk.asked == []


async def test_a_lead_keeps_it_once_it_is_closed() -> None:
    desk, cid = held(role="lead")
    desk.talk.ask_consent(cid)
    desk.talk.answers(cid, yes=True)
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        assert "It can be kept once it is closed." in drive.status


# ---- deciding ----


async def test_each_thing_is_decided_what_is_left_is_read_and_it_is_kept() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        assert isinstance(drive.app.screen, Redact)
        assert "Sonia" in told(drive, "#which") or "Sonia" in told(drive, "#text")
        assert await decided(drive) >= 4
        assert "All is decided" in told(drive)
        await drive.press("f5")
        assert isinstance(drive.app.screen, Redacted)
        for gone in ("Sonia", "BENALI", "Lilas", "06 12"):
            assert gone not in session_shown(drive), gone
        assert "Visitor: bonsoir je m'appelle [nom 1]" in session_shown(drive)
        assert "Officer: Bonsoir [nom 1]." in session_shown(drive)
        assert "[nom 1]  Sonia" in told(drive, "#text"), "what stood there, for the lead alone"
        assert "5 things taken out, 0 stay as they are." in told(drive)
        await drive.press("f5")
        assert "“Title” is empty." in told(drive)
        await filled(drive)
        await drive.press("f5")
        assert drive.app.screen is drive.app.duty
        assert "Kept, sealed. Somebody else must read it now and countersign it (Ctrl+O)." in drive.status
        [(sent, session)] = desk.exports.sent
        assert sent == cid
        assert [row.text for row in rows(session)][:2] == ["Title: Une nuit", "What was so: Elle avait peur."]
        assert b"Sonia" not in session


async def test_words_are_left_or_replaced_by_what_is_typed_and_one_goes_back() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        work = drive.app.screen._work  # type: ignore[attr-defined]
        first = work.items[0]
        await drive.press("equals_sign", "enter")
        assert work.decision(first).mark is None
        await drive.press("up")
        assert "Decided: it stays as it is." in told(drive, "#now")
        await drive.write("une femme")
        await drive.press("enter")
        assert work.decision(first).mark == "une femme"
        assert work.at != 0


async def test_other_words_are_added_and_what_stands_nowhere_is_told() -> None:
    desk, cid = agreed(words="mon frere est facteur")
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p", "f4")
        await drive.write("plombier")
        await drive.press("enter")
        assert "stands nowhere" in drive.text
        await drive.press("ctrl+u")
        await drive.write("facteur")
        await drive.press("enter")
        assert isinstance(drive.app.screen, Redact)
        work = drive.app.screen._work  # type: ignore[attr-defined]
        assert [item.text for item in work.items if not item.kind] == ["facteur"]
        await decided(drive)
        await drive.press("f5")
        assert "facteur" not in session_shown(drive)
        assert "[mot 1]" in session_shown(drive)


async def test_nothing_is_kept_while_something_is_undecided() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p", "f5")
        assert isinstance(drive.app.screen, Redact)
        assert "are not decided yet" in told(drive)


async def test_what_is_decided_and_typed_is_there_again() -> None:
    desk, cid = agreed()
    async with console(desk, size=SMALL) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p", "enter")
        await drive.write("quelque part")
        await drive.press("escape")
        assert drive.app.screen is drive.app.duty
        await drive.press("ctrl+p")
        work = drive.app.screen._work  # type: ignore[attr-defined]
        assert work.done == 1
        assert drive.app.screen.query_one(Input).value == "quelque part"
        await drive.press("enter")
        await decided(drive)
        await drive.press("f5")
        await filled(drive, title="Un titre")
        await drive.press("escape", "ctrl+p", "f5")
        assert drive.app.screen.query_one("#title", Input).value == "Un titre"
        await drive.press("f4")
        assert isinstance(drive.app.screen, Redact)


async def test_a_title_with_words_that_were_taken_out_is_refused() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        await decided(drive)
        await drive.press("f5")
        await filled(drive, title="La nuit de Sonia")
        await drive.press("f5")
        assert "the title still has words that were taken out" in told(drive)
        assert desk.exports.sent == []
        await filled(drive)
        drive.app.screen.query_one("#difficulty", Input).value = "7"
        await drive.press("f5")
        assert "The difficulty is 1, 2 or 3." in told(drive)


async def test_when_she_takes_her_consent_back_nothing_is_sent_and_the_work_is_gone() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        await decided(drive)
        await drive.press("f5")
        await filled(drive)
        desk.talk.consents[cid] = ""
        await drive.press("f5")
        assert desk.exports.sent == []
        assert "does not agree any more" in told(drive)
        drive.app.screen._look()  # type: ignore[attr-defined]
        await drive.settle()
        assert drive.app.screen is drive.app.duty
        assert "NOT KEPT" in drive.status
        assert drive.app.duty.keeping._works == {}


async def test_when_it_is_erased_the_screen_goes_and_nothing_of_it_stays() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        desk.visitor_erases(cid)
        await drive.settle()
        drive.app.screen._look()  # type: ignore[attr-defined]
        await drive.settle()
        assert drive.app.screen is drive.app.duty
        assert drive.app.duty.keeping._works == {}


async def test_a_refusal_is_told_and_the_work_stays() -> None:
    desk, cid = agreed()
    desk.exports.refuse = "storage"
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        await decided(drive)
        await drive.press("f5")
        await filled(drive)
        await drive.press("f5")
        assert "NOT KEPT: The relay cannot store anything at this moment." in drive.status
        desk.exports.refuse, desk.exports.refuse_at_once = "", "network"
        await drive.press("ctrl+p", "f5", "f5")
        assert "The relay cannot be reached." in told(drive)
        desk.exports.refuse_at_once = ""
        await drive.press("f5")
        assert len(desk.exports.sent) == 1


async def test_words_from_outside_are_never_markup() -> None:
    desk, cid = agreed(words="[red]Sonia Benali[/red] [link=x]habite Lyon")
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        assert "[red]" in told(drive, "#text")
        await decided(drive)
        await drive.press("f5")
        assert "[link=x]" in drive.text


async def test_an_incomplete_transcript_is_not_kept() -> None:
    desk, cid = agreed()
    desk.talk.trouble(cid, Kind.MISSING)
    async with console(desk, size=LARGE) as drive:
        await into(drive, cid)
        await drive.press("ctrl+p")
        assert drive.app.screen is drive.app.duty
        assert drive.status


async def test_a_lead_who_can_not_read_it_is_told_how() -> None:
    desk, _cid = agreed()
    other = desk.add("à Ana", waited=5)
    desk.append(other, ANA, Claimed())
    desk.append(other, ANA, Closed())
    async with console(desk, size=LARGE) as drive:
        await into(drive, other)
        await drive.press("ctrl+p")
        assert "read it first: Alt+L, then R." in drive.status
