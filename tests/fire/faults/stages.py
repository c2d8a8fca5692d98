"""The stages on which scenarios are played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.fire.cluster import Pair
from tests.fire.namespaces import Network
from tests.fire.served import Way
from tests.fire.small_disk import SmallDisk
from tests.fire.stage import Alone, Stage
from tests.nats import Servers

NODE_MIB = 64
"""Room for what a server of NATS makes beforehand, and for a short fire."""
COUNT = 3


@contextmanager
def alone(folder: Path) -> Iterator[Stage]:
    """One relay."""
    yield Alone(folder)


@contextmanager
def proxied(folder: Path) -> Iterator[Stage]:
    """One relay behind a proxy."""
    yield Alone(folder, proxied=True)


@contextmanager
def on_a_small_disk(folder: Path) -> Iterator[Stage]:
    """One relay whose folder is soon full."""
    yield Alone(folder, small=True)


@contextmanager
def with_its_own_clock(folder: Path) -> Iterator[Stage]:
    """One relay whose clock can be stepped, behind a proxy."""
    yield Alone(folder, proxied=True, stepped=True)


@contextmanager
def watched(folder: Path) -> Iterator[Stage]:
    """One relay that is killed and started again when it hangs."""
    yield Alone(folder, watched=True)


@contextmanager
def cluster(folder: Path) -> Iterator[Stage]:
    """Two relays behind a proxy, and three servers of NATS."""
    with _pair(folder) as pair:
        yield pair


@contextmanager
def watched_cluster(folder: Path) -> Iterator[Stage]:
    """The same; a relay that hangs is killed and started again."""
    with _pair(folder, Way(watched=True)) as pair:
        yield pair


@contextmanager
def _pair(folder: Path, way: Way | None = None) -> Iterator[Pair]:
    servers = Servers(folder / "nats", COUNT)
    try:
        servers.start()
        yield Pair(folder, servers, ways=[way] * 2 if way else ())
    finally:
        servers.stop()


@contextmanager
def on_small_disks(folder: Path) -> Iterator[Stage]:
    """The same; each server's store is soon full."""
    servers = Servers(folder / "nats", COUNT)
    with ExitStack() as stack:
        disks = [stack.enter_context(SmallDisk(node.folder / "store", NODE_MIB)) for node in servers.nodes]
        stack.callback(servers.stop)
        servers.start()
        yield Pair(folder, servers, disks=disks)


class Apart(Pair):
    """A pair whose relays and servers have a network namespace each, by name: r0, r1, n0, n1, n2."""

    network: Network


@contextmanager
def apart(folder: Path) -> Iterator[Stage]:
    """The same, each program in a network namespace of its own."""
    relays, nodes = ("r0", "r1"), tuple(f"n{number}" for number in range(COUNT))
    with Network(*relays, *nodes) as network, ExitStack() as stack:
        machines = network.machines
        servers = Servers(folder / "nats", COUNT, places=[machines[name].place for name in nodes])
        stack.callback(servers.stop)
        servers.start()
        ways = [Way(machines[name].at["street"], machines[name].before) for name in relays]
        pair = Apart(folder, servers, ways=ways)
        pair.network = network
        yield pair
