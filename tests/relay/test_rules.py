"""Role by command by state: what the table says is what the relay does, on the real way into the real log."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final, get_args

import pytest
import pytest_asyncio

from officer_console.model.bodies import Remark as RemarkBody
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import RELAY, VISITOR, Note, NoteHeader
from officer_console.model.events import KINDS, Draft, Event, Left, Noted, Opened, Returned, Said, What
from officer_console.model.rules import MAY_APPEND, may_read
from officer_console.protocol import codec
from officer_console.protocol.commands import (
    Accept,
    Assign,
    Claim,
    Command,
    Decline,
    EndExport,
    EraseConversation,
    FetchExport,
    History,
    RaiseUrgency,
    Release,
    Remark,
    StepOut,
)
from officer_console.protocol.frames import Ack, Done, Erase, Follow, Gone, Happened, Here, Leave, No, NoCmd, Past
from officer_console.protocol.history import History as Threads
from officer_console.protocol.refusals import Refused
from officer_console.relay.registrar import Registrar
from officer_console.vault.base64url import b64
from officer_console.vault.envelopes import seal_note

from .conftest import ROLES, House, enrol_all
from .keeping import Keeper, countersign
from .peers import DeskPeer, Station, VisitorPeer, Wire, founded_relay, random_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATES: Final = (State.OPENING, State.WAITING, State.HELD, State.CLOSED)
ACTORS: Final = ("visitor", "holder", "officer", "lead", "lead who holds", *ROLES[1:])
"""Who asks: `holder` an officer who holds the conversation (or held it last), `officer` another one."""
COMMANDS: Final = (
    "said", "claimed", "released", "noted", "closed", "left", "erased", "patrol_requested", "patrol_cancelled",
    "patrol_status", "referred", "callback_requested", "callback_told",
    "signal_confirmed", "urgency_raised", "assigned", "offered", "accepted", "declined", "whispered", "stepped_in",
    "stepped_out",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One relay for the whole table; its people are `holder`, `officer` and one of each other role."""
    station = Station(int(time.time()))
    members = enrol_all(station) | {"holder": station.enrol("The holder")[0]}
    async with founded_relay(tmp_path_factory.mktemp("relay"), station, unanswered_max=10_000) as relay:
        yield House(relay, station, members)


class Scene:
    """One conversation in a state, held (now or before) by one of the consoles, which are all connected."""

    def __init__(self, visitor: VisitorPeer, page: Wire, desks: dict[str, DeskPeer], holder: str) -> None:
        self.visitor, self.page, self.desks = visitor, page, desks
        self.holder = desks[holder]
        self.cid = visitor.cid
        self.case = random_id()
        self.asked = desks["officer"].keys.kid if "officer" in desks else self.holder.keys.kid

    async def reach(self, state: State, kind: str = "") -> None:
        """Bring the conversation into a state; what `kind` is about is there then, as far as the state allows."""
        if state is State.OPENING:
            return
        await self.page.send(self.visitor.seal("bonjour"))
        await self.page.until(Ack)
        if kind in ("patrol_cancelled", "patrol_status"):
            await self._ask(self.holder.ask_patrol(self.cid))
        if state is State.WAITING and kind != "callback_told":
            return
        assert isinstance(await self.holder.do(Claim(self.cid, random_id())), Done)
        if kind == "callback_told":
            await self._ask(self.holder.ask_callback(self.cid))
        if kind in ("accepted", "declined") and state is State.HELD:
            assert isinstance(await self.holder.do(self.holder.offer(self.cid, self.asked)), Done)
        if state is State.WAITING:
            assert isinstance(await self.holder.do(Release(self.cid, random_id())), Done)
        if state is State.CLOSED:
            assert isinstance(await self.holder.do(self.holder.close(self.cid)), Done)

    async def _ask(self, do: Any) -> None:
        self.case = do.id
        assert isinstance(await self.holder.do(do), Done)

    def command(self, desk: DeskPeer, kind: str) -> Command:
        """What this console sends to append an event of this kind."""
        simple: dict[str, type[Any]] = {
            "claimed": Claim, "released": Release, "erased": EraseConversation, "accepted": Accept, "declined": Decline,
            "stepped_out": StepOut,
        }  # fmt: skip
        if kind in simple:
            made: Command = simple[kind](self.cid, random_id())
            return made
        if kind == "said":
            self._know(desk)
            return desk.say(self.cid, "je suis là")
        if kind.startswith(("patrol", "callback")):
            return self._patrol(desk, kind)
        made_here: dict[str, Callable[[], Command]] = {
            "referred": lambda: desk.refer(self.cid),
            "signal_confirmed": lambda: desk.confirm(self.cid),
            "closed": lambda: desk.close(self.cid),
            "noted": lambda: remark(desk, self.cid),
            "urgency_raised": lambda: RaiseUrgency(self.cid, random_id(), "red"),
            "assigned": lambda: Assign(self.cid, random_id(), desk.keys.kid),
            "offered": lambda: desk.offer(self.cid, self.asked),
            "whispered": lambda: desk.whisper(self.cid),
            "stepped_in": lambda: desk.step_in(self.cid),
        }
        return made_here[kind]()

    def _patrol(self, desk: DeskPeer, kind: str) -> Command:
        made: dict[str, Callable[[], Command]] = {
            "patrol_requested": lambda: desk.ask_patrol(self.cid),
            "patrol_cancelled": lambda: desk.cancel_patrol(self.cid),
            "patrol_status": lambda: desk.tell_patrol(self.cid, self.case),
            "callback_requested": lambda: desk.ask_callback(self.cid),
            "callback_told": lambda: desk.tell_callback(self.cid, self.case),
        }
        return made[kind]()

    def _know(self, desk: DeskPeer) -> None:
        opening = self.visitor.opening
        desk.conversations[self.cid] = self.visitor.keys
        kc = b64(self.visitor.keys.kc)
        desk.histories.setdefault(self.cid, Threads(desk.keys.kid, opening.h, opening.box, kc))


def remark(desk: DeskPeer, cid: str) -> Remark:
    id_ = random_id()
    key = desk.station.desk_key
    h = codec.encode(NoteHeader(cid=cid, kid=key.kid, s=desk.keys.kid, id=id_))
    return Remark(cid, id_, Note(h, b64(seal_note(key.pub, h, codec.encode_bytes(RemarkBody(ts=0, b="x"))))))


async def visitor_asks(scene: Scene, kind: str) -> str:
    """The visitor does it; the code of the refusal, or ""."""
    page, visitor = scene.page, scene.visitor
    if kind == "left":
        await page.send(Leave("exit"))
        return ""
    if kind == "erased":
        await page.send(Erase(scene.cid))
        answer = await page.until(Gone, No)
    else:
        await page.send(visitor.seal("encore"))
        answer = await page.until(Ack, No)
    return answer.code if isinstance(answer, No) else ""


async def desk_asks(scene: Scene, desk: DeskPeer, kind: str) -> str:
    answer = await desk.do(scene.command(desk, kind))
    return answer.code if isinstance(answer, NoCmd) else ""


CASES: Final = [
    (actor, kind, state)
    for actor, kind, state in itertools.product(ACTORS, COMMANDS, STATES)
    if (kind in ("said", "left", "erased") if actor == "visitor" else kind != "left")
]


def expected(actor: str, kind: str, state: State) -> bool:
    """What MAY_APPEND says of this case."""
    own = "holder" if state is State.HELD else "officer"
    parts = {
        "holder": {own},
        "lead": {"officer", "lead"},
        "lead who holds": {own, "lead"},
        "trainer": set[str](),
        "dispatch": {"room"},
        "officer": {"officer", "asked"} if kind in ("accepted", "declined") else {"officer"},
    }
    return bool(parts.get(actor, {actor}) & MAY_APPEND[kind].get(state, frozenset()))


@pytest.mark.parametrize(("actor", "kind", "state"), CASES, ids=str)
async def test_the_table(house: House, actor: str, kind: str, state: State) -> None:
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(visitor.talking())
        names = {"lead", "holder", "officer", actor if actor in house.members else "holder"}
        desks = {name: await stack.enter_async_context(house.console(name)) for name in sorted(names)}
        scene = Scene(visitor, page, desks, "lead" if actor == "lead who holds" else "holder")
        await scene.reach(state, kind)
        before = await of(house, scene.cid)
        asker = desks.get(actor, scene.holder)
        code = await (visitor_asks(scene, kind) if actor == "visitor" else desk_asks(scene, asker, kind))
        if kind == "left":
            await asker_waits(house, scene.cid, "left")
        after = await of(house, scene.cid)
        if kind in ("claimed", "assigned") and state is State.HELD and asker is scene.holder and code != "not_yours":
            assert (code, after) == ("", before), "his already: nothing to do"
        elif expected(actor, kind, state):
            assert code == ""
            assert after[-1].kind == kind
            assert after[-1].by == (VISITOR if actor == "visitor" else asker.keys.kid)
        else:
            assert code in ("not_yours", "taken", "state", "no_offer", "not_on_duty")
            assert after == before


async def of(house: House, cid: str) -> list[Event]:
    return await house.relay.relay.context.log.read(0, 1000, cid)


async def asker_waits(house: House, cid: str, kind: str) -> None:
    async for batch in house.relay.relay.context.log.follow(0):
        if any(event.cid == cid and event.kind == kind for event in batch):
            return


async def test_the_refusal_of_a_claim_tells_who_was_faster(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console("holder") as holder, house.console("officer") as other:
        await holder.do(Claim(visitor.cid, random_id()))
        no = await other.do(Claim(visitor.cid, random_id()))
        assert (no.code, no.who) == ("taken", holder.keys.kid)


EVERY_ROLE: Final = ("lead", "officer", *ROLES[1:])


def orders(desk: DeskPeer, visitor: VisitorPeer) -> dict[str, Command]:
    """Every command there is about a conversation, by its name on the wire."""
    scene = Scene(visitor, desk.wire, {"asker": desk}, "asker")
    kinds = {
        "say": "said", "claim": "claimed", "release": "released", "close": "closed", "note": "noted",
        "patrol": "patrol_requested", "cancel_patrol": "patrol_cancelled", "patrol_status": "patrol_status",
        "refer": "referred", "signal": "signal_confirmed", "callback": "callback_requested",
        "callback_told": "callback_told", "raise": "urgency_raised", "assign": "assigned", "offer": "offered",
        "accept": "accepted", "decline": "declined", "whisper": "whispered", "step_in": "stepped_in",
        "step_out": "stepped_out",
    }  # fmt: skip
    made = {name: scene.command(desk, kind) for name, kind in kinds.items()}
    keeper = Keeper(desk)
    begun = keeper.begin(scene.cid)
    exports = {
        "export": begun, "export_part": keeper.part(begun), "countersign": countersign(desk, begun),
        "export_end": EndExport(scene.cid, random_id()), "export_fetch": FetchExport(scene.cid),
    }  # fmt: skip
    return made | exports | {"erase": EraseConversation(scene.cid, random_id()), "history": History(scene.cid)}


@pytest.mark.parametrize("role", EVERY_ROLE)
async def test_nothing_happens_to_what_was_erased(house: House, role: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page, house.console(role) as desk:
        await page.send(Erase(visitor.cid))
        await page.until(Gone)
        before = await of(house, visitor.cid)
        assert [event.kind for event in before] == ["erased"]
        for name, do in orders(desk, visitor).items():
            answer = await desk.do(do)
            if name != "erase":
                assert answer.code == "erased", name
            elif role == "lead":
                assert answer.seq == before[0].seq, "again: the first answer"
            else:
                assert answer.code == "not_yours"
        assert await of(house, visitor.cid) == before


@pytest.mark.parametrize("role", EVERY_ROLE)
async def test_what_does_not_exist(house: House, role: str) -> None:
    visitor = house.visitor()  # who never came
    async with house.console(role) as desk:
        for name, do in orders(desk, visitor).items():
            assert (await desk.do(do)).code == "unknown", name
    assert await of(house, visitor.cid) == []


async def test_no_command_was_left_out(house: House) -> None:
    """All but those that are about no conversation."""
    async with house.console("officer") as desk:
        named = {*orders(desk, house.visitor())} | {
            "publish",
            "pause",
            "resume",
            "duty",
            "call_break",
            "tally",
            "figures",
        }
    assert named == {str(kind.__struct_config__.tag) for kind in get_args(Command)}


# ---- on the way that only the relay itself takes -------------------------------------------------------------------


@pytest.mark.parametrize("what", [Left("lost"), Returned()], ids=["left", "returned"])
@pytest.mark.parametrize(("by", "role"), [("AAAAAAAAAAA", "officer"), ("AAAAAAAAAAA", "lead")])
async def test_officers_do_not_say_how_visitors_come_and_go(house: House, what: What, by: str, role: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"):
        registrar: Registrar = house.relay.relay.context.registrar
        if isinstance(what, Returned):
            await registrar.submit(Draft(visitor.cid, random_id(), VISITOR, Left("exit")), VISITOR)
        for author, allowed in ((by, False), (RELAY, True)):
            draft = Draft(visitor.cid, random_id(), author, what)
            if allowed:
                assert await registrar.submit(draft, RELAY)
            else:
                with pytest.raises(Refused):
                    await registrar.submit(draft, role)


async def test_every_kind_is_in_the_table_or_begins_it() -> None:
    assert set(MAY_APPEND) | {"opened"} == set(KINDS)


# ---- who reads -----------------------------------------------------------------------------------------------------

READERS: Final = ("lead", "holder", "officer", *ROLES[1:])


def words_in(event: Event) -> bool:
    """Whether an event as a console got it holds anything sealed."""
    match event.what:
        case Opened(box=box):
            return bool(box)
        case Said(env=env):
            return env is not None
        case Noted(note=note):
            return note is not None
    return getattr(event.what, "note", None) is not None


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reader", READERS)
async def test_who_gets_the_words(house: House, reader: str, state: State) -> None:
    """By history, by following from the beginning, and as it happens: the same rule."""
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(visitor.talking())
        desks = {name: await stack.enter_async_context(house.console(name)) for name in {"holder", reader}}
        scene = Scene(visitor, page, desks, "holder")
        await scene.reach(state)
        conversation = house.relay.relay.context.registrar.require(visitor.cid)
        keys = house.members[reader]
        role = reader if reader in ("lead", *ROLES) else "officer"
        readable = may_read(conversation, keys.kid, role)
        sealed = {"opened", "said", "noted", "closed"}
        for got in (await past(desks[reader], visitor.cid), await replayed(house, reader, visitor.cid, conversation)):
            stored = [event.kind for event in await of(house, visitor.cid)]
            assert [event.kind for event in got] == ([] if reader == "dispatch" else stored)
            if reader == "dispatch":
                continue
            assert {words_in(event) for event in got if event.kind in sealed} == {readable}
            assert not any(words_in(event) for event in got if event.kind not in sealed)


async def past(desk: DeskPeer, cid: str) -> list[Event]:
    await desk.wire.send(desk.command(History(cid)))
    got: list[Event] = []
    while True:
        part = await desk.wire.until(Past)
        got += part.events
        if part.last:
            return got


async def replayed(house: House, reader: str, cid: str, conversation: Conversation) -> list[Event]:
    async with house.console(reader, after=0) as desk:
        frame, got = None, list[Event]()
        while not isinstance(frame, Here):
            frame = await desk.wire.get()
            got += [frame.e] if isinstance(frame, Happened) and frame.e.cid == cid else []
        return got


async def test_the_room_hears_nothing_of_a_conversation_without_a_case(house: House) -> None:
    first, second = house.visitor(), house.visitor()
    async with house.console("dispatch", None) as room, house.console("officer") as officer:
        await room.wire.send(Follow((await house.stored())[-1].seq))
        async with first.talking("un"), second.talking("deux"):
            await officer.do(officer.ask_patrol(second.cid))
            event = (await room.wire.until(Happened)).e
            assert (event.cid, event.kind) == (second.cid, "patrol_requested")


@pytest.mark.parametrize("reader", [each for each in READERS if each != "dispatch"])
async def test_words_as_they_happen(house: House, reader: str) -> None:
    """A message in a held conversation is for its holder; once put back, new ones are for all who answer."""
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(visitor.talking())
        desks = {name: await stack.enter_async_context(house.console(name)) for name in {"holder", reader}}
        scene = Scene(visitor, page, desks, "holder")
        steps: list[tuple[Callable[[], Awaitable[Any]], set[str]]] = [
            (lambda: page.send(visitor.seal("un")), {"lead", "holder", "officer"}),
            (lambda: scene.holder.wire.send(scene.holder.command(Claim(visitor.cid, random_id()))), set()),
            (lambda: page.send(visitor.seal("deux")), {"holder"}),
            (lambda: scene.holder.wire.send(scene.holder.command(remark(scene.holder, visitor.cid))), {"holder"}),
            (lambda: scene.holder.wire.send(scene.holder.command(Release(visitor.cid, random_id()))), set()),
            (lambda: page.send(visitor.seal("trois")), {"lead", "holder", "officer"}),
        ]
        assert words_in(await desks[reader].happened_at(visitor.cid)) is (reader in {"lead", "holder", "officer"})
        for step, readers in steps:
            await step()
            assert words_in(await desks[reader].happened_at(visitor.cid)) is (reader in readers)
