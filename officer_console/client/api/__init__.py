"""What the screens see of the desk. Practice and tests give the console another object of the same shape."""

from .care import Care
from .changes import Change, Notice
from .claims import Claims
from .desk import KEY_SHORT_MS, Desk
from .enrolment import Enrolment, Newcomer
from .exports import Exports
from .figures import Figures, FiguresAnswer
from .handovers import HandOver, HandOvers
from .lead import Lead
from .link import LinkPhase, LinkState
from .patrols import Patrol, PatrolRequests
from .referrals import CallBackSeen, Referrals
from .shift import Shift
from .signals import Signals
from .talk import Peer, Talk

__all__ = [
    "KEY_SHORT_MS",
    "CallBackSeen",
    "Care",
    "Change",
    "Claims",
    "Desk",
    "Enrolment",
    "Exports",
    "Figures",
    "FiguresAnswer",
    "HandOver",
    "HandOvers",
    "Lead",
    "LinkPhase",
    "LinkState",
    "Newcomer",
    "Notice",
    "Patrol",
    "PatrolRequests",
    "Peer",
    "Referrals",
    "Shift",
    "Signals",
    "Talk",
]
