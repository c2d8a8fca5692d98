"""Whether the relay is there, the right one, and of the same time."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from officer_console.client.exchange import desk_address
from officer_console.client.keychain import RelayPin
from officer_console.client.wire import dial
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.model.envelope import VERSION
from officer_console.protocol import codec
from officer_console.protocol.frames import Challenge, ChallengeHeader
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import unb64
from officer_console.vault.enrolment import verify_text
from officer_console.vault.errors import VaultError
from officer_console.vault.primitives import kid

from .finding import TIMEOUT_S, Finding, Grade, ok

SKEW_WARNING_S, SKEW_PROBLEM_S = 60, 86_400
"""Seconds between this clock and the relay's: from the second on, signed dates are refused."""


def check_relay(url: str, pin: RelayPin, now: int) -> list[Finding]:
    """Whether the relay at `url` answers, is the one that is known, and has the same time."""
    about = _("relay")
    try:
        address, _host = desk_address(url)
        challenge = asyncio.run(_challenge(address))
    except UserError as error:
        return [Finding(Grade.PROBLEM, about, str(error), _("correct console.relay_url"))]
    except OSError as error:
        what = _("{url} can't be reached: {reason}").format(url=url, reason=reason(error))
        do = _("look at the network and the address; if they are right, the relay is down: tell the operator")
        return [Finding(Grade.PROBLEM, about, what, do)]
    except (WebSocketException, Refused):
        what = _("what answers at {url} is not a relay, or one of another version").format(url=url)
        return [Finding(Grade.PROBLEM, about, what, _("correct console.relay_url, or ask the operator"))]
    return _judged(url, challenge, pin, now)


async def _challenge(address: str) -> Challenge:
    """The first frame of a relay. Raises OSError, WebSocketException, Refused."""
    async with asyncio.timeout(TIMEOUT_S), dial(address, max_size=codec.MAX_DESK_OUT) as link:
        frame = codec.desk_out(await link.recv())
    if not isinstance(frame, Challenge):
        raise Refused("unexpected")
    return frame


def _judged(url: str, challenge: Challenge, pin: RelayPin, now: int) -> list[Finding]:
    about = _("relay")
    try:
        header = codec.header(challenge.h, ChallengeHeader)
        pub = unb64(header.pub, 65)
        verify_text(pub, "relay", challenge.h, challenge.sig)
        if kid(pub) != header.relay:
            raise Refused("bad_signature")
        pin.require(header)
    except (Refused, VaultError):
        what = _("the relay at {url} is not the one that was met before, or somebody stands in between").format(url=url)
        do = _("do not go on duty; compare the relay's key with the operator by voice")
        return [Finding(Grade.PROBLEM, about, what, do)]
    if header.v != VERSION:
        what = _("it speaks version {theirs} of the protocol, this program version {ours}")
        do = _("install the version that the station uses")
        return [Finding(Grade.PROBLEM, about, what.format(theirs=header.v, ours=VERSION), do)]
    new = _("its key is {kid}").format(kid=header.relay)
    known = new if pin == RelayPin() else _("its key is the one that is known")
    way = _("encrypted (TLS)") if urlsplit(url).scheme == "https" else _("on this machine, without TLS")
    findings = [ok(about, _("{url} answers, {way}; {key}").format(url=url, way=way, key=known))]
    if header.dir.size == 0:
        do = _("“officer-console relay init” on the relay prints the founding code")
        findings.append(Finding(Grade.WARNING, about, _("its desk is not founded yet"), do))
    return [*findings, _clock((header.now - now) / 1000)]


def _clock(skew_s: float) -> Finding:
    about, off = _("clock"), abs(skew_s)
    if off < SKEW_WARNING_S:
        return ok(about, _("agrees with the relay's"))
    if skew_s > 0:
        what = _("this machine is {n} s behind the relay").format(n=round(off))
    else:
        what = _("this machine is {n} s ahead of the relay").format(n=round(off))
    do = _("switch on the automatic time (NTP) of this machine")
    return Finding(Grade.PROBLEM if off >= SKEW_PROBLEM_S else Grade.WARNING, about, what, do)
