"""Machines of a cluster as network namespaces of Linux, with cables that can be pulled. Needs root and `ip`.

Each machine is on three switches: `street` for clients, `front` between relays and servers, `back` between servers.
A cable that is pulled takes nothing any more and tells nobody, as when a switch dies on the way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final, NamedTuple

from tests.nats import Place

SWITCHES: Final = ("street", "front", "back")
_SETS: Final = 85
"""How many harnesses can run on one machine: three networks of 198.18.0.0/16 (for benchmarks, RFC 2544) each."""


class Machine(NamedTuple):
    """A namespace. `at`: switch -> its address there."""

    name: str
    at: dict[str, str]

    @property
    def before(self) -> tuple[str, ...]:
        """What stands before a command that is to run there."""
        return ("ip", "netns", "exec", self.name)

    @property
    def place(self) -> Place:
        return Place(self.at["front"], self.at["back"], self.before)


class Network:
    """Machines by name; `with` builds and removes it. This process is on `street` and on `front`."""

    def __init__(self, *names: str) -> None:
        self._tag = f"oc{os.getpid() % 100_000}"
        base = os.getpid() % _SETS * 3
        self._nets = {switch: f"198.18.{base + n}" for n, switch in enumerate(SWITCHES)}
        self.machines = {
            name: Machine(f"{self._tag}{name}", {each: f"{net}.{n}" for each, net in self._nets.items()})
            for n, name in enumerate(names, 10)
        }

    def __enter__(self) -> Network:
        for switch in SWITCHES:
            _ip("link", "add", self._switch(switch), "type", "bridge", "forward_delay", "0")
            _ip("link", "set", self._switch(switch), "up")
            if switch != "back":
                _ip("address", "add", f"{self._nets[switch]}.1/24", "dev", self._switch(switch))
        for name, machine in self.machines.items():
            _ip("netns", "add", machine.name)
            _ip("-n", machine.name, "link", "set", "lo", "up")
            for switch in SWITCHES:
                self._wire(name, switch)
        return self

    def __exit__(self, *error: object) -> None:
        for machine in self.machines.values():
            _ip("netns", "delete", machine.name, check=False)
        for switch in SWITCHES:
            _ip("link", "delete", self._switch(switch), check=False)

    def pull(self, name: str, *switches: str) -> None:
        """Take a machine from these switches."""
        for switch in switches:
            _ip("link", "set", self._cable(name, switch), "nomaster")

    def plug(self, name: str, *switches: str) -> None:
        """Put it back."""
        for switch in switches:
            _ip("link", "set", self._cable(name, switch), "master", self._switch(switch))

    def _wire(self, name: str, switch: str) -> None:
        machine, cable = self.machines[name], self._cable(name, switch)
        _ip("link", "add", cable, "type", "veth", "peer", "name", switch, "netns", machine.name)
        _ip("-n", machine.name, "address", "add", f"{machine.at[switch]}/24", "dev", switch)
        _ip("-n", machine.name, "link", "set", switch, "up")
        _ip("link", "set", cable, "up")
        self.plug(name, switch)

    def _switch(self, switch: str) -> str:
        return f"{self._tag}-{switch}"[:15]

    def _cable(self, name: str, switch: str) -> str:
        return f"{self._tag}{name}{switch[0]}"[:15]


def why_not() -> str:
    """Why there can be no namespaces here; "" when there can."""
    if os.geteuid() or not shutil.which("ip"):
        return "network namespaces need root and the command ip"
    try:
        with Network("x"):
            return ""
    except subprocess.CalledProcessError as error:
        return f"network namespaces can't be made here: {error.stderr.decode().strip()}"


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, capture_output=True)
