"""Members whose keys are made where the desk is founded: those of the demo, and of the tests. On duty everybody makes
their own, and joins with an invitation."""

from __future__ import annotations

import msgspec

from officer_console.client.enrolling import WRAPS_AT_ONCE, Enrolled, log_in
from officer_console.client.exchange import exchange
from officer_console.client.keychain import Keychain, as_frames
from officer_console.protocol.commands import Publish
from officer_console.vault.directory import enrol_officer
from officer_console.vault.identity import Identity
from officer_console.vault.statements import MemberRole


async def enrol_here(lead: Enrolled, name: str, role: MemberRole, now: int) -> tuple[Enrolled, Enrolled]:
    """A new member, and the lead after that. `now` in s. Raises UserError."""
    chain = Keychain(lead.identity, lead.directory, lead.relay)
    async with exchange(lead.relay_url, chain, chain.heads) as talk:
        await log_in(talk, chain)
        identity = msgspec.structs.replace(Identity.create(bytes(32)), genesis16=lead.identity.genesis16)
        entry = enrol_officer(chain.directory, lead.identity.sig_priv, identity.applicant(name), role, now)
        longer = chain.directory.extend([entry])
        newcomer = longer.members[identity.kid]
        holds = newcomer in longer.holders("live", max(now, longer.at))
        wraps = chain.keys.wraps_for(newcomer, WRAPS_AT_ONCE) if holds else []
        await talk.command(Publish(as_frames([entry]), wraps))
    return Enrolled(identity, longer, lead.relay, lead.relay_url), msgspec.structs.replace(lead, directory=longer)
