"""Who is enrolled on this machine, and how long that lasts."""

from __future__ import annotations

from typing import Final

from officer_console import paths
from officer_console.client.profile import Profile, profiles
from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line

from .finding import WIDTH, Finding, Grade, ok

KEY_WARNING_S: Final = 72 * 3600
ENROLMENT_WARNING_S: Final = 30 * 86_400
ENROLLED: Final = "usual-desk"
"""The file that `client.profile` keeps in the state folder once somebody is enrolled."""


def check_enrolment(config: Config, now: int) -> tuple[Profile | None, list[Finding]]:
    """Who is enrolled here, and how long that and the desk's key last."""
    about = _("enrolment")
    try:
        if not (paths.state_dir(config.console.state_dir) / ENROLLED).exists():
            return None, [_nobody(about)]
        profile = profiles(config).usual()
        directory = profile.directory()
    except (UserError, OSError) as error:
        what = str(error) if isinstance(error, UserError) else reason(error)
        return None, [Finding(Grade.PROBLEM, about, what, _("enrol again; ask the shift lead for an invitation"))]
    member = directory.members.get(profile.kid)
    if member is None:
        what = _("the list of officers does not have the keys of this machine")
        return profile, [Finding(Grade.PROBLEM, about, what, _("ask the shift lead for an invitation"))]
    names = {"name": one_line(member.name, WIDTH), "desk": one_line(directory.desk, WIDTH)}
    what = _("{name} ({role}) of the desk “{desk}”").format(role=member.role, **names)
    seconds = now // 1000
    lasts = max((key.exp for key in directory.desk_keys.values() if key.use == "live"), default=0)
    rooms = _dispatch_room(len(directory.rooms(seconds)))
    return profile, [_lasting(about, what, member.exp - seconds), _desk_key(lasts - seconds), rooms]


def _nobody(about: str) -> Finding:
    do = _(
        "to begin: “officer-console enrol” with the code or the invitation that you were given; to try it out:"
        " “officer-console demo”"
    )
    return Finding(Grade.WARNING, about, _("nobody is enrolled on this machine"), do)


def _lasting(about: str, what: str, left_s: int) -> Finding:
    if left_s >= ENROLMENT_WARNING_S:
        return ok(about, what)
    do = _("ask the shift lead for a new invitation")
    if left_s <= 0:
        return Finding(Grade.PROBLEM, about, _("{who}: it has ended").format(who=what), do)
    days = left_s // 86_400
    told_days = ngettext("{who}: it ends in {n} day", "{who}: it ends in {n} days", days)
    return Finding(Grade.WARNING, about, told_days.format(who=what, n=days), do)


def _desk_key(left_s: int) -> Finding:
    about, do = _("desk key"), _("a shift lead's console makes a new one as soon as it is connected")
    if left_s <= 0:
        what = _("none is valid as far as this machine knows: nobody can write to the desk")
        return Finding(Grade.PROBLEM, about, what, do)
    hours = left_s // 3600
    what = ngettext("valid for {n} more hour", "valid for {n} more hours", hours).format(n=hours)
    return Finding(Grade.WARNING, about, what, do) if left_s < KEY_WARNING_S else ok(about, what)


def _dispatch_room(count: int) -> Finding:
    about = _("dispatch room")
    if count:
        return ok(about, ngettext("{n} belongs to the desk", "{n} belong to the desk", count).format(n=count))
    do = _("a shift lead invites one: “officer-console relay officers invite --role dispatch”")
    return Finding(Grade.WARNING, about, _("none belongs to the desk: no patrol can be asked for"), do)
