"""Referrals that were given, and call backs, from the officer's desk over a real relay."""

from __future__ import annotations

from pathlib import Path

import pytest

from officer_console.client.patrol_seal import seal_callback_told
from officer_console.model.bodies import PatrolAsked
from officer_console.model.callback import CallBackRequest, load_callback
from officer_console.model.envelope import PatrolStatusHeader
from officer_console.model.events import CallbackRequested, Erased, Event
from officer_console.model.transcript import Kind
from officer_console.protocol import codec
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.opening import open_for_room

from .test_desk import on_duty
from .test_patrols import Stage, stage

NADEGE = CallBackRequest(name="Nadège", phone="06 12 34 56 78", when="après 18 h, jamais de message", language="fr")


async def test_which_referrals_were_given_is_known_to_the_next_console_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for line in ("3919", "119", "3919"):
            s.desk.referrals.give(s.cid, line)
        assert s.desk.referrals.given(s.cid) == ("3919", "119"), "at once, and once"
        await s.mine.until(lambda: not s.desk.link.unsent)
        lines = [line.text for line in s.desk.talk.lines(s.cid) if line.kind is Kind.REFERRED]
        assert lines == ["3919", "119"]
        s.desk.claims.release(s.cid)
        async with on_duty(s.officer, tmp_path / "officer") as other:
            await other.until(lambda: other.desk.queue.get(s.cid) and other.desk.queue.waiting_size)
            other.desk.claims.claim(s.cid)
            await other.until(lambda: other.desk.referrals.given(s.cid) == ("3919", "119"))


async def test_a_danger_signal_is_confirmed_once_for_all_who_come_after(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = next(line.key for line in s.desk.talk.lines(s.cid) if line.kind is Kind.VISITOR)
        with pytest.raises(ValueError, match="signal"):
            s.desk.signals.confirm(s.cid, "colère")
        for _ in range(2):
            s.desk.signals.confirm(s.cid, "en_cours", message)
        assert [each.signal for each in s.desk.signals.of(s.cid)] == ["en_cours"], "at once"
        await s.mine.until(lambda: not s.desk.link.unsent)
        await s.mine.until(lambda: [each.at > 0 for each in s.desk.signals.of(s.cid)] == [True])
        assert s.desk.signals.of(s.cid)[0].message == message and s.desk.signals.of(s.cid)[0].by == s.desk.me
        assert [line.text for line in s.desk.talk.lines(s.cid) if line.kind is Kind.SIGNAL] == ["en_cours"]
        s.desk.claims.release(s.cid)
        async with on_duty(s.officer, tmp_path / "officer") as other:
            await other.until(lambda: other.desk.queue.get(s.cid) and other.desk.queue.waiting_size)
            other.desk.signals.confirm(s.cid, "arme")
            other.desk.claims.claim(s.cid)
            await other.until(lambda: [e.signal for e in other.desk.signals.of(s.cid)] == ["en_cours", "arme"])


def asked(s: Stage) -> list[Event]:
    return [event for event in s.room.events if isinstance(event.what, CallbackRequested)]


def opened(s: Stage, event: Event) -> CallBackRequest:
    assert isinstance(event.what, CallbackRequested)
    [box] = event.what.rooms
    body: PatrolAsked = codec.body(
        open_for_room(s.room.chain.identity.box_priv, event.what.h, unb64(box.box)), PatrolAsked
    )
    return load_callback(body.b)


async def test_a_call_back_reaches_the_room_and_is_taken(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with pytest.raises(ValueError, match="contact"):
            s.desk.referrals.request_callback(s.cid, CallBackRequest(name="Nadège"))
        s.desk.referrals.request_callback(s.cid, NADEGE)
        assert [(each.state, each.request) for each in s.desk.referrals.callbacks(s.cid)] == [("kept", NADEGE)]
        await s.room.until(lambda: asked(s))
        [event] = asked(s)
        assert opened(s, event) == NADEGE and isinstance(event.what, CallbackRequested) and not event.what.box
        await s.mine.until(lambda: [each.state for each in s.desk.referrals.callbacks(s.cid)] == ["asked"])
        header = PatrolStatusHeader(
            cid=s.cid, kid="", s=s.room.kid, id=b64(bytes(16)), case=event.id, re=event.id, state="taken", at=0
        )
        s.room.link.command(seal_callback_told(s.room.chain, header), s.room.answers.append)
        await s.mine.until(lambda: [each.state for each in s.desk.referrals.callbacks(s.cid)] == ["taken"])
        assert s.desk.referrals.callbacks(s.cid)[0].request == NADEGE
        kinds = [line.kind for line in s.desk.talk.lines(s.cid)]
        assert Kind.CALLBACK in kinds and Kind.CALLBACK_TOLD in kinds


async def test_it_is_erased_with_the_conversation(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.referrals.request_callback(s.cid, NADEGE)
        await s.room.until(lambda: asked(s))
        await s.visitor.erase()
        await s.room.until(lambda: any(isinstance(event.what, Erased) for event in s.room.events))
        await s.mine.until(lambda: not s.desk.referrals.callbacks(s.cid))
        stored = await s.relay.relay.context.log.read(0, 1000, s.cid)
        assert [event.kind for event in stored] == ["erased"]
