"""`python -m tests.triage.score FILE… [--errors] [--guards] [--json]`: how well the lexicons do on labelled talks.

The files named `held_…` were written by somebody who never saw the lexicons, and whoever writes lexicons must not read
them: `--errors` refuses them, so that their figures stay honest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from officer_console.client.lexicons import LANGUAGES, load, shipped
from officer_console.model.lexicon import Lexicon, Source
from officer_console.model.signals import SIGNALS
from officer_console.model.triage import Result, Triage

HERE: Final = Path(__file__).parent
HELD: Final = "held_"


class Labelled(msgspec.Struct, frozen=True):
    """One conversation with what a person says of it."""

    id: str
    lang: str
    messages: list[str]
    signals: list[str]
    urgency: str
    note: str = ""


class Count(msgspec.Struct):
    """Right, wrongly raised, missed."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def take(self, raised: bool, wanted: bool) -> None:
        """One more case."""
        self.right += raised and wanted
        self.false += raised and not wanted
        self.missed += wanted and not raised

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)

    def row(self) -> dict[str, float]:
        """Its figures."""
        return {
            "recall": round(self.recall, 3),
            "precision": round(self.precision, 3),
            "f1": round(self.f1, 3),
            "n": self.right + self.missed,
        }


class Score(msgspec.Struct):
    """Counts of a set: per signal, and of red."""

    signals: dict[str, Count]
    red: Count
    others: int = 0

    @property
    def false_red(self) -> float:
        """Share of the conversations that are not red of which red was said."""
        return self.red.false / max(1, self.others)

    def report(self) -> dict[str, object]:
        """All figures."""
        signals = {name: count.row() for name, count in self.signals.items()}
        return {"red": self.red.row(), "false_red": round(self.false_red, 3), "signals": signals}


def read(file: Path) -> list[Labelled]:
    """The conversations of a file."""
    return [msgspec.json.decode(line, type=Labelled) for line in file.read_bytes().splitlines() if line.strip()]


def score(cases: Iterable[tuple[Labelled, Result]]) -> Score:
    """The counts of conversations with what was found in them."""
    total = Score({name: Count() for name in SIGNALS}, Count())
    for case, result in cases:
        for name, count in total.signals.items():
            count.take(name in result.signals, name in case.signals)
        total.red.take(result.urgency == "red", case.urgency == "red")
        total.others += case.urgency != "red"
    return total


def triage() -> Triage:
    """The program's own lexicons, with no station's over them."""
    return Triage(load(HERE).lexicons)


def judged(files: Iterable[Path], with_: Triage) -> Iterator[tuple[Labelled, Result]]:
    """Every conversation of the files with what is found in it."""
    for file in files:
        for case in read(file):
            yield case, with_.of(case.messages, case.lang)


def errors(cases: Iterable[tuple[Labelled, Result]]) -> Iterator[str]:
    """What was wrongly raised or missed, with the words."""
    for case, result in cases:
        wanted = set(case.signals)
        if wanted == set(result.signals) and case.urgency == result.urgency:
            continue
        because = {f"{one.signal}: {one.words!r}" for one in result.because if one.signal not in wanted}
        missed = " ".join(sorted(wanted - set(result.signals)))
        yield f"{case.id} {case.urgency}->{result.urgency} MISSED {missed} FALSE {sorted(because)}\n    {case.messages}"


def without(source: Source, guard: str) -> Source:
    """A lexicon whose rows have one guard or mark less."""
    defaults = {signal: [one for one in names if one != guard] for signal, names in source.defaults.items()}
    rows = [msgspec.structs.replace(row, unless=[one for one in row.unless if one != guard]) for row in source.rows]
    return msgspec.structs.replace(source, defaults=defaults, rows=rows)


def guards(files: list[Path]) -> Iterator[str]:
    """For each guard by name: how many signals it keeps away rightly, and how many wrongly."""
    for language in LANGUAGES:
        source = shipped(language)
        cases = [case for file in files for case in read(file) if case.lang == language]
        names = sorted({name for given in source.defaults.values() for name in given if "%" not in name})
        usual = _raised(Lexicon(source), cases)
        for name in names if cases else []:
            more = _raised(Lexicon(without(source, name)), cases) - usual
            wanted = {(case.id, signal) for case in cases for signal in case.signals}
            yield f"{language} {name:12} rightly {len(more - wanted):3} wrongly {sorted(more & wanted)}"


def _raised(lexicon: Lexicon, cases: list[Labelled]) -> set[tuple[str, str]]:
    triage = Triage([lexicon])
    return {(case.id, signal) for case in cases for signal in triage.of(case.messages, case.lang).signals}


def main() -> int:
    """Print the figures of files."""
    parser = argparse.ArgumentParser(prog="python -m tests.triage.score")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--guards", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if (args.errors or args.guards) and any(file.name.startswith(HELD) for file in args.files):
        parser.error("whoever may change the lexicons must not read the held files")
    cases = list(judged(args.files, triage()))
    if args.errors:
        print("\n".join(errors(cases)))
    if args.guards:
        print("\n".join(guards(args.files)))
    report = score(cases).report()
    print(json.dumps(report) if args.json else _table(report))
    return 0


def _table(report: dict[str, object]) -> str:
    signals = report["signals"]
    assert isinstance(signals, dict)
    lines = [f"{name:16} {row}" for name, row in {"RED": report["red"], **signals}.items()]
    return "\n".join([*lines, f"false red {report['false_red']}"])


if __name__ == "__main__":
    raise SystemExit(main())
