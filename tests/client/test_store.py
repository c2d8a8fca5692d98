"""The desk's fold: whatever the link does, what is known at the end is the same, once, and nothing too much."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from time import process_time

import msgspec
from hypothesis import given, settings
from hypothesis.strategies import DataObject, booleans, data, integers, sampled_from

from officer_console.client.announcer import Announcer
from officer_console.client.channel import Channel, seal_outcome
from officer_console.client.histories import Histories
from officer_console.client.keychain import Keychain
from officer_console.client.record import Record, bare
from officer_console.client.store import Store
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Claimed, Closed, Erased, Event, Left, Opened, Released, Returned, Said
from officer_console.model.queue import Queue
from officer_console.model.rules import may_read
from officer_console.model.transcript import Kind, Line
from officer_console.protocol.frames import Past

from .paper import ABOUT, NOW, Log, Paper, PaperVisitor, said

PAPER = Paper()
ME, ANA = PAPER.officer, PAPER.lead


class Console:
    """A store whose relay is a list of events; gives the words only to who may read them at that moment."""

    def __init__(self, chain: Keychain, role: str) -> None:
        self.chain, self.role = chain, role
        self.asked: list[str] = []
        self.histories = Histories(self.asked.append)
        self.patrols: list[Event] = []
        self.store = Store(chain, Queue(chain.kid), Announcer(), self.histories, lambda cid: (), self)

    def happened(self, event: Event) -> None:
        """A patrol event that is honest."""
        self.patrols.append(event)

    def settled(self, cid: str) -> None:
        pass

    def given(self, event: Event, events: list[Event]) -> Event:
        """An event as the relay gives it when its log ends with the last of `events`."""
        return event if may_read(folded(events, event.cid), self.chain.kid, self.role) else bare(event)

    def catch_up(self, events: list[Event]) -> None:
        """Reconnect: what came since, as it may be read now."""
        self.store.begin()
        self.histories.linked(False)
        self.asked.clear()  # nobody answers a question of a link that is gone
        for event in events:
            if event.seq > self.store.queue.seq:
                self.store.happened(self.given(event, events))
        self.store.caught_up()
        self.histories.linked(True)

    def hear(self, events: list[Event]) -> None:
        """The last event, live."""
        self.store.happened(self.given(events[-1], events))

    async def settle(self, events: list[Event]) -> None:
        """Until nothing is left to open or to ask."""
        while self.store._behind or self.asked:
            while self.asked:
                cid = self.asked.pop(0)
                past = [self.given(event, events) for event in events if event.cid == cid]
                whole = self.histories.part(Past(cid, past, True))
                assert whole is not None
                self.store.history(cid, whole)
            await asyncio.sleep(0)

    def state(self) -> list[Conversation]:
        queue = self.store.queue
        return [queue[place] for place in range(len(queue))]

    def lines(self) -> dict[str, list[Line]]:
        return {cid: record.transcript.lines for cid, record in self.store._records.items() if record.shown}


def folded(events: list[Event], cid: str) -> Conversation:
    queue = Queue()
    for event in events:
        if event.cid == cid:
            queue.apply(event)
    conversation = queue.get(cid)
    assert conversation is not None
    return conversation


class World:
    """Conversations that go on by themselves, by the rules and with real seals."""

    def __init__(self) -> None:
        self.log = Log()
        self.visitors: list[PaperVisitor] = []

    def step(self, draws: DataObject) -> None:
        if len(self.visitors) < 2 or (len(self.visitors) < 4 and draws.draw(booleans())):
            self.visitors.append(PaperVisitor(PAPER, self.log))
            self.visitors[-1].say(ABOUT)
        visitor = draws.draw(sampled_from(self.visitors))
        now = folded(self.log.events, visitor.cid)
        officer = draws.draw(sampled_from([ME, ANA]))
        n = self.log.last
        match now.state, draws.draw(integers(0, 5)):
            case State.ERASED, _:
                pass
            case State.WAITING | State.CLOSED, 0 | 1:
                self.log.add(visitor.cid, f"id-{n}", officer.kid, Claimed())
            case State.HELD, 0:
                self.log.add(visitor.cid, f"id-{n}", now.holder, Released())
            case State.HELD, 1:
                self.answer(visitor, ME if now.holder == ME.kid else ANA)
            case State.HELD, 2:
                chain = ME if now.holder == ME.kid else ANA
                note = seal_outcome(chain, visitor.cid, f"id-{n}", "advised", "", NOW * 1000)
                self.log.add(visitor.cid, f"id-{n}", chain.kid, Closed(note))
            case _, 3:
                self.log.add(visitor.cid, f"id-{n}", VISITOR, Left("lost") if n % 2 else Returned())
            case _, 4 if n % 5 == 0:
                self.erase(visitor.cid)
            case _:
                visitor.say(f"mot {n}")

    def answer(self, visitor: PaperVisitor, chain: Keychain) -> None:
        mine = [event for event in self.log.events if event.cid == visitor.cid]
        channel = Channel(chain, mine[0])
        for event in mine:
            if isinstance(event.what, Said):
                channel.read(event, said(event))
        visitor.hears(chain, *channel.seal(f"réponse {len(mine)}", 0, -1))

    def erase(self, cid: str) -> None:
        """One record is left of it in the log."""
        gone = self.log.add(cid, f"id-{self.log.last}", VISITOR, Erased())
        self.log.events = [event for event in self.log.events if event.cid != cid or event is gone]


@settings(max_examples=60)
@given(data())
def test_any_link_folds_to_the_same_desk(draws: DataObject) -> None:
    """One console that is there all the time, one whose link breaks at any moment and hears things twice, and one that
    starts at the end know the same; and none has a word that it may not read."""
    asyncio.run(fold(draws))


async def fold(draws: DataObject) -> None:
    world = World()
    steady, broken, late = (Console(ME, "officer") for _ in range(3))
    for console in (steady, broken):
        console.catch_up([])
    linked = True
    for _ in range(draws.draw(integers(1, 25))):
        heard = await live(world, draws, [steady, *([broken, broken][: linked * draws.draw(integers(1, 2))])])
        if heard and draws.draw(booleans()):
            await steady.settle(world.log.events)
        if draws.draw(integers(0, 3)) == 0:
            linked = not linked
            if linked:
                broken.catch_up(world.log.events)
    broken.catch_up(world.log.events)
    late.catch_up(world.log.events)
    for console in (steady, broken, late):
        for conversation in console.state():
            console.store.show(conversation.cid)
        await console.settle(world.log.events)
        check(console, world.log.events)
    assert steady.state() == broken.state() == late.state()
    assert steady.lines() == broken.lines() == late.lines()


async def live(world: World, draws: DataObject, consoles: list[Console]) -> int:
    """Something happens, and consoles hear of it; how many events."""
    before = world.log.last
    world.step(draws)
    news = [event for event in world.log.events if event.seq > before]
    for event in news:
        so_far = [each for each in world.log.events if each.seq <= event.seq]
        for console in consoles:
            console.hear(so_far)
    return len(news)


def check(console: Console, events: list[Event]) -> None:
    for conversation in console.state():
        record = console.store.known(conversation.cid)
        if conversation.state is State.ERASED:
            assert record is None and not conversation.first_words
            continue
        assert record is not None
        lines = record.transcript.lines
        assert len({line.key for line in lines}) == len(lines)
        assert not {Kind.REFUSED, Kind.MISSING} & {line.kind for line in lines}
        if may_read(conversation, ME.kid, "officer"):
            written = sum(isinstance(e.what, Said) for e in events if e.cid == conversation.cid)
            kinds = (Kind.VISITOR, Kind.OFFICER, Kind.ABOUT)
            assert sum(line.kind in kinds for line in lines) == written
        else:
            assert not record.has_words and record.channel is None and not conversation.first_words
            assert not any(line.text for line in lines if line.kind is not Kind.LEFT)


# ---- words come and go with the right to read them ----


async def test_words_go_when_a_colleague_takes_it_and_come_back_when_he_puts_it_back() -> None:
    world = World()
    visitor = PaperVisitor(PAPER, world.log)
    visitor.say(ABOUT, "il est là")
    console = Console(ME, "officer")
    console.catch_up(world.log.events)
    await console.settle(world.log.events)
    assert console.state()[0].first_words == "il est là"
    world.log.add(visitor.cid, "claim", ANA.kid, Claimed())
    console.hear(world.log.events)
    record = console.store.record(visitor.cid)
    assert (console.state()[0].first_words, console.state()[0].postcode, record.has_words) == ("", "", False)
    world.log.add(visitor.cid, "release", ANA.kid, Released())
    console.hear(world.log.events)
    await console.settle(world.log.events)
    assert (console.state()[0].first_words, console.state()[0].postcode) == ("il est là", "69003")


async def test_a_waiting_conversation_that_nobody_looks_at_is_opened_no_further_than_its_first_words() -> None:
    world = World()
    visitor = PaperVisitor(PAPER, world.log)
    visitor.say(ABOUT, "premier", "deuxième", "troisième")
    console = Console(ME, "officer")
    console.catch_up(world.log.events)
    await console.settle(world.log.events)
    record = console.store.record(visitor.cid)
    assert [line.text for line in record.transcript.lines] == ["fr 69003", "premier"]
    assert record.unread == 3
    console.store.show(visitor.cid)
    assert console.store.loading(visitor.cid)
    await console.settle(world.log.events)
    assert not console.store.loading(visitor.cid) and len(record.transcript.lines) == 4
    assert (record.unread, record.transcript.first_unread(record.mark)) == (3, 1)
    assert record.mark_read() and not record.mark_read()
    assert (record.unread, record.seen) == (0, 4)


async def test_a_question_without_the_words_is_not_asked_for_ever() -> None:
    world = World()
    visitor = PaperVisitor(PAPER, world.log)
    visitor.say(ABOUT, "un mot")
    console = Console(ME, "officer")
    console.catch_up([])
    for event in world.log.events:
        console.store.happened(bare(event))
    while console.store._behind:
        await asyncio.sleep(0)
    assert console.asked == [visitor.cid]
    console.histories.part(Past(visitor.cid, [bare(event) for event in world.log.events], True))
    console.store.show(visitor.cid)
    while console.store._behind:
        await asyncio.sleep(0)
    assert console.asked == [visitor.cid] and not console.store.loading(visitor.cid)


def test_events_of_another_conversation_in_a_history_are_not_taken() -> None:
    world = World()
    mine, other = PaperVisitor(PAPER, world.log), PaperVisitor(PAPER, world.log)
    other.say("de l'autre")
    record = Record(ME, mine.cid, lambda cid: ())
    record.merge(world.log.events)
    assert {event.cid for event in record.events} == {mine.cid}


# ---- what it costs ----


def many(count: int) -> list[Event]:
    """Waiting conversations, each with what the page tells and one text."""
    log = Log()
    for n in range(count):
        PaperVisitor(PAPER, log).say(ABOUT, f"au secours {n}")
    return log.events


async def test_opening_many_leaves_the_loop_free() -> None:
    """A thousand conversations are opened in many turns of the loop, each of a few milliseconds of work."""
    events = many(1000)
    console = Console(ME, "officer")
    console.store.begin()
    for event in events:
        console.store.happened(event)
    console.store.caught_up()
    left = [len(console.store._behind)]
    while console.store._behind:
        await asyncio.sleep(0)
        left.append(len(console.store._behind))
    assert all(conversation.first_words for conversation in console.state())
    assert max(before - after for before, after in pairwise(left)) < 200


async def test_two_hundred_events_a_second_take_a_small_part_of_a_core() -> None:
    events = many(200)
    console = Console(ME, "officer")
    console.catch_up([])
    start = process_time()
    for event in events:
        console.store.happened(event)
    while console.store._behind:
        await asyncio.sleep(0.001)
    per_event = (process_time() - start) / len(events)
    assert per_event < 0.0005 * 4  # 0.1 ms where this was written; 0.5 ms is a tenth of a core


def test_an_opened_event_without_a_box_is_no_key() -> None:
    world = World()
    visitor = PaperVisitor(PAPER, world.log)
    visitor.say("un")
    record = Record(ME, visitor.cid, lambda cid: ())
    opened, written = world.log.events
    assert isinstance(opened.what, Opened)
    for event in (bare(opened), written):
        record.add(event)
    while record.behind:
        record.step()
    assert [line.kind for line in record.transcript.lines] == [Kind.SEALED]
    record.add(msgspec.structs.replace(written, seq=1))  # a number that is there already
    assert not record.behind
