"""A shift lead invites from inside the console: over the open link, to the relay that the invitation names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from officer_console.client import officers
from officer_console.client.api import Notice
from officer_console.client.enrolling import Enrolled, Joiner
from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.open_desk import wall_clock
from officer_console.client.renewal import next_desk_key
from officer_console.errors import UserError
from officer_console.model.conversation import State
from officer_console.protocol.commands import Heads, Publish
from officer_console.protocol.frames import Directory, Joining
from officer_console.protocol.refusals import Refused
from officer_console.relay.service import running_relay
from officer_console.vault.enrolment import Invitation, make_join
from officer_console.vault.identity import Identity
from officer_console.vault.paper import fingerprint
from officer_console.vault.statements import DAY
from tests.relay.peers import relay_config

from .paper import NOW, Paper
from .test_desk import Watched, on_duty, station, visitor_of


async def join(code: str, name: str) -> Enrolled:
    joiner = Joiner(Invitation.parse(code), name)
    async with joiner.connect() as talk:
        await joiner.ask(talk)
        return await joiner.joined(talk)


async def newcomer(mine: Watched, name: str) -> asyncio.Task[Enrolled]:
    """Somebody with a fresh invitation asks; the lead's screen shows her."""
    known = len(mine.desk.enrolment.newcomers)
    joining = asyncio.create_task(join(mine.desk.enrolment.invite("officer"), name))
    await mine.until(lambda: len(mine.desk.enrolment.newcomers) > known)
    return joining


async def test_from_the_invitation_to_the_first_conversation(tmp_path: Path) -> None:
    async with (
        station(tmp_path) as (relay, lead),
        on_duty(lead, tmp_path / "lead") as mine,
        visitor_of(relay, lead) as visitor,
    ):
        await visitor.stored(visitor.say("au secours"))
        joining = await newcomer(mine, "Zoé Roche")
        (asks,) = mine.desk.enrolment.newcomers
        await mine.until(lambda: Notice("asks", "", asks.kid) in mine.notices)
        assert (asks.name, asks.role, mine.desk.name(asks.kid)) == ("Zoé Roche", "officer", "Zoé Roche")
        mine.desk.enrolment.admit(asks.kid)
        zoe = await joining
        assert asks.kid == zoe.identity.kid and asks.fingerprint == fingerprint(zoe.identity.sig_pub)
        await mine.until(lambda: Notice("joined", "", asks.kid) in mine.notices)
        assert mine.desk.enrolment.newcomers == () and mine.desk.name(asks.kid) == "Zoé Roche"
        async with on_duty(zoe, tmp_path / "zoe") as hers:
            await hers.until(lambda: len(hers.desk.queue) and hers.desk.queue[0].first_words)
            assert hers.desk.queue[0].first_words == "au secours"
            hers.desk.claims.take_next()
            await mine.until(lambda: mine.desk.queue[0].state is State.HELD)
            assert mine.desk.name(mine.desk.queue[0].holder) == "Zoé Roche"
            with pytest.raises(Refused, match="not_yours"):
                hers.desk.enrolment.invite("officer")


async def test_who_is_turned_away_does_not_come_in_and_the_invitation_is_void(tmp_path: Path) -> None:
    async with station(tmp_path) as (_, lead), on_duty(lead, tmp_path / "lead") as mine:
        code = mine.desk.enrolment.invite("officer")
        thief, zoe = (asyncio.create_task(join(code, name)) for name in ("Zoé", "Zoé"))  # the code was copied
        await mine.until(lambda: len(mine.desk.enrolment.newcomers) == 2)
        first, second = mine.desk.enrolment.newcomers
        assert first.fingerprint != second.fingerprint
        mine.desk.enrolment.turn_away(first.kid)
        assert mine.desk.enrolment.newcomers == ()
        for kid in (first.kid, second.kid):
            with pytest.raises(Refused, match="invitation"):
                mine.desk.enrolment.admit(kid)
        for task in (thief, zoe):
            task.cancel()
        joining = await newcomer(mine, "Noor")
        mine.desk.enrolment.admit(mine.desk.enrolment.newcomers[0].kid)
        noor = await joining
        assert {each.name for each in noor.directory.members.values()} == {"Camille", "Noor"}


async def test_an_invitation_that_was_not_made_here_is_another_leads_matter(tmp_path: Path) -> None:
    async with station(tmp_path) as (_, lead), on_duty(lead, tmp_path / "lead") as mine:
        other = Invitation.parse(mine.desk.enrolment.invite("officer"))
        joiner = Joiner(msgspec.structs.replace(other, secret=bytes(16)), "Zoé")
        async with joiner.connect() as talk:
            await joiner.ask(talk)
            await newcomer(mine, "Noor")  # asked later, so the other one has come
            assert [each.name for each in mine.desk.enrolment.newcomers] == ["Noor"]


async def test_the_invitation_names_the_relay_and_no_other_is_told_anything(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o700)
    async with station(tmp_path) as (_, lead), on_duty(lead, tmp_path / "lead") as mine:
        code = mine.desk.enrolment.invite("officer")
        assert Invitation.parse(code).relay_kid == lead.relay.kid
        async with running_relay(relay_config(tmp_path / "other"), 0) as other:
            elsewhere = msgspec.structs.replace(Invitation.parse(code), relay=other.url)
            with pytest.raises(UserError, match="not the relay"):
                await join(elsewhere.text(), "Zoé")
        assert mine.desk.enrolment.newcomers == () and wall_clock() // 1000 < Invitation.parse(code).expires


async def test_an_admission_whose_answer_was_lost_is_carried_through(tmp_path: Path) -> None:
    """The link breaks at the moment of the admission: it is given again by itself, and tells once."""
    async with station(tmp_path) as (_, lead), on_duty(lead, tmp_path / "lead") as mine:
        joining = await newcomer(mine, "Noor")
        (asks,) = mine.desk.enrolment.newcomers
        mine.desk.enrolment.linked(False)
        mine.desk.enrolment.admit(asks.kid)
        assert mine.desk.enrolment.newcomers == ()
        mine.desk.enrolment.linked(True)
        assert (await joining).identity.kid == asks.kid
        await mine.until(lambda: Notice("joined", "", asks.kid) in mine.notices)
        assert mine.kinds().count("joined") == 1


async def test_the_command_that_waits_learns_what_another_lead_publishes_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Her own statement must follow the other one, or the relay takes it never."""
    monkeypatch.setattr(officers, "time", SimpleNamespace(time=lambda: NOW + DAY))
    paper = Paper()
    ours = Keychain(paper.other.identity, paper.other.directory, RelayPin())
    theirs = next_desk_key(paper.lead, NOW + DAY)
    assert theirs is not None
    invitation = Invitation.create("https://x.example", "relay-key-A", bytes(16), "officer", NOW + DAY)
    asked = make_join(invitation, Identity.create(bytes(16)), "Noor")
    frames = [
        Directory(theirs.entries, [wrap for wrap in theirs.wraps if wrap.to == ours.kid]),
        Joining(asked.invite, asked.request, asked.mac, asked.sig),
    ]
    given: list[Publish] = []

    class Talk:
        async def until(self, *kinds: type) -> object:
            frame = frames.pop(0)
            return frame if isinstance(frame, kinds) else await self.until(*kinds)

        async def command(self, publish: Publish) -> None:
            given.append(publish)

        def learnt(self, heads: Heads) -> None:
            assert heads == ours.heads

    assert await officers._take_in_next(Talk(), ours, invitation, None) == "Noor"  # type: ignore[arg-type]
    paper.lead.directory.extend([*theirs.entries, *given[0].entries])
    assert {wrap.key for wrap in given[0].wraps} == {theirs.wraps[0].key}
