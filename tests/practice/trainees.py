"""Three scripted trainees for any session: an excellent one (the officer of the record), an average, a harmful one."""

from __future__ import annotations

from officer_console.model.patrol import PatrolRequest, dump_request
from officer_console.practice.debrief import overall
from officer_console.practice.feedback import remarks
from officer_console.practice.format import (
    Claimed,
    Closed,
    Confirmed,
    PatrolRequested,
    Referred,
    Replied,
)
from officer_console.practice.moments import Confirms, Gives, Sends, Stands
from officer_console.practice.planning import leaping
from officer_console.practice.plot import Plot
from officer_console.practice.record_officer import play_record
from officer_console.practice.sitting import Sitting, run_out

SLOW_MS = 40_000
HARM = {
    "fr": (
        "Pourquoi vous n'êtes pas partie avant ?",
        "Vous êtes sûre que vous n'exagérez pas un peu ?",
        "Vous devez porter plainte tout de suite, sinon je ne peux rien faire.",
        "Je vous promets que tout va bien se passer.",
        "Il ne fallait pas en arriver là. Où êtes-vous ? Quel est votre nom ? Qui est là ?",
        "Calmez-vous, d'autres personnes attendent.",
    ),
    "en": (
        "Why didn't you leave before?",
        "Are you sure you are not exaggerating a bit?",
        "You must report this now, otherwise I can't help.",
        "I promise you that everything will be fine.",
        "You should have thought of that. Where are you? What is your name? Who is there?",
        "Calm down, other people are waiting.",
    ),
}
FLAT = {"fr": "D'accord. Est-ce que c'était hier ?", "en": "Okay. Was it yesterday?"}


def excellent(plot: Plot, seed: int = 1) -> Sitting:
    """Does what the officer of the record did."""
    return play_record(plot, seed)


def average(plot: Plot, seed: int = 1) -> Sitting:
    """Slower, every third reply flat, one signal, the patrol late and with the address alone, no goodbye."""
    sitting, replies, confirmed = Sitting(plot, seed), 0, False
    lines = [line for line in plot.session.record if isinstance(line, Replied)]
    for planned, line in leaping(plot.session.record):
        at = planned + SLOW_MS
        if sitting.over:
            break
        match line:
            case Claimed():
                sitting.do(planned + SLOW_MS // 2, Stands("claimed"))
            case Replied() if line is not lines[-1]:
                replies += 1
                sitting.reply(at, FLAT[plot.session.head.language] if replies % 3 == 2 else line.text)
            case Confirmed() if not confirmed:
                confirmed = True
                sitting.do(at, Confirms(line.signal, line.message))
            case PatrolRequested():
                bare = PatrolRequest(place=line.request.place, where=line.request.where, point=line.request.point)
                sitting.do(at + SLOW_MS, Sends(dump_request(bare)))
            case Referred():
                sitting.do(at, Gives(line.referral))
            case Closed():
                sitting.do(at, Stands("closed", line.outcome))
    run_out(sitting, sitting.state.now + 7_200_000)
    return sitting


def harmful(plot: Plot, seed: int = 1) -> Sitting:
    """Late, blames, doubts, presses and promises; sends a patrol only where none may be sent; hangs up."""
    sitting = Sitting(plot, seed)
    sitting.do(100_000, Stands("claimed"))
    for number, text in enumerate(HARM[plot.session.head.language]):
        if not sitting.over:
            sitting.reply(130_000 + 25_000 * number, text)
    if plot.session.truth.patrol == "wrong" and not sitting.over:
        sitting.do(290_000, Sends(dump_request(PatrolRequest(where="?"))))
    if not sitting.over:
        sitting.do(300_000, Stands("closed", "other"))
    run_out(sitting, sitting.state.now + 7_200_000)
    return sitting


def mark(sitting: Sitting) -> int:
    """The overall score."""
    return overall(remarks(sitting.chronicle()))
