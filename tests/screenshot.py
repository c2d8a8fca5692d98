"""Makes the picture of the console that the README shows: `python -m tests.screenshot console.svg`.

A real console with an invented desk, driven by its keys. The same each time.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from pathlib import Path

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.setup import Setup
from officer_console.locale import set_language
from tests.console.fake_desk import FakeDesk

SIZE = (132, 34)
WAITING = (
    (1260, "Mon mari me frappe depuis des mois et ce soir il a bu", "69003"),
    (420, "hello is anybody there", ""),
    (180, "c'est pour une amie, elle n'ose pas écrire elle-même", "13001"),
    (40, "je ne peux pas parler, il est dans la pièce d'à côté", "97400"),
)
FETCHED_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Textual lets the picture fetch its letters from the network; the reader's own do."""
ENGLISH = frozenset({"hello is anybody there"})


def scene() -> tuple[FakeDesk, list[str]]:
    """Two people are answered, two wait, a colleague holds another."""
    desk = FakeDesk()
    cids = []
    for waited, words, postcode in WAITING:
        language = "en" if words in ENGLISH else "fr"
        cids.append(desk.add(words, waited=waited, language=language, postcode=postcode))
    colleague = desk.add("il m'a pris mes papiers", waited=2400, postcode="31000")
    desk.colleague_claims(colleague)
    return desk, cids


def talk(desk: FakeDesk, first: str, second: str) -> None:
    """What is said in the two conversations on screen."""
    desk.visitor_says(first, "les enfants dorment")
    desk.talk.say(first, "Je suis là. Vous pouvez continuer à écrire, sans bruit. Êtes-vous dans une pièce qui ferme ?")
    desk.pass_time(35)
    desk.visitor_says(first, "oui la salle de bain, il est dans le salon")
    desk.talk.say(first, "Bien. Restez-y. Est-il blessé, armé ? Y a-t-il une arme dans l'appartement ?")
    desk.talk.visitor_reads(first)
    desk.pass_time(20)
    desk.visitor_says(first, "il a un couteau de cuisine")
    desk.talk.say(second, "Yes, I am here. Take your time.")
    desk.talk.visitor_reads(second)
    desk.pass_time(15)
    desk.visitor_says(second, "he checks my phone when he comes home")
    desk.visitor_leaves(second, "exit")
    desk.talk.set_peer(first, typing=True, here=True)


async def picture() -> str:
    """The console as SVG, in English with French visitors."""
    desk, (first, second, *_others) = scene()
    app = ConsoleApp(Setup(desk=desk, config=Console(bell=False), page="http://127.0.0.1:43117"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f2", "f2")
        talk(desk, first, second)
        await pilot.press("f5")
        for letter in "Quelle est votre adresse ?":
            await pilot.press("space" if letter == " " else letter)
        desk.set_link(last_beat=desk.now() - 2000)
        app.duty.tick()
        await pilot.pause()
        return app.export_screenshot(title="officer-console")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.environ["TZ"] = "Europe/Paris"
    time.tzset()
    set_language("en")
    Path(sys.argv[1]).write_text(FETCHED_FONTS.sub("", asyncio.run(picture())), "utf-8")


if __name__ == "__main__":
    main()
