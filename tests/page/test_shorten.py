"""The page's script with short names does what it did with long ones: only names of variables change."""

from __future__ import annotations

import json
import subprocess

import pytest

from officer_console.relay.page.build import JS, SCRIPTS, squeeze
from officer_console.relay.page.shorten import declared, shorten, split

from . import node
from .browser import needs_chromium, visiting

SOURCES = "\n".join((node.FOLDER / f"{name}.js").read_text() for name in SCRIPTS)
SQUEEZED = squeeze(SOURCES, JS)


def short(source: str) -> str:
    return shorten(squeeze(source, JS), JS.kept)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("const long = 1; use(long);", "const a=1;use(a);"),
        ("const long = 1; it.long = long; use({ long: long });", "const a=1;it.long=a;use({long:a});"),
        (
            "const long = 1, many = 2; use({ many, long }, long, long, long);",
            "const a=1,many=2;use({many,long:a},a,a,a);",
        ),
        (
            "function work({ long }) { return long + long; } const long = 3;",
            "function b({long:a}){return a+a}const a=3;",
        ),
        (
            "class It { work(x) { return work(x); } } function work(x) { return x; }",
            "class b{work(x){return a(x)}}function a(x){return x}",
        ),
        ('const long = "long"; use(/long/.test(long), a);', 'const b="long";use(/long/.test(b),a);'),
        ("const long = [1]; use(...long, a ? long : b);", "const c=[1];use(...c,a?c:b);"),
    ],
)
def test_only_variables_are_renamed(source: str, expected: str) -> None:
    assert short(source) == expected


def test_the_same_every_time_and_smaller() -> None:
    assert "`" not in SQUEEZED  # it could hold variables
    assert shorten(SQUEEZED, JS.kept) == shorten(SQUEEZED, JS.kept)
    assert len(shorten(SQUEEZED, JS.kept)) < 0.85 * len(SQUEEZED)


def test_strings_and_names_of_members_are_the_same() -> None:
    def kept(script: str) -> list[str]:
        tokens = split(script, JS.kept)
        return [
            token for before, token in zip(["", *tokens], tokens, strict=False) if token[0] in '"/' or before == "."
        ]

    assert kept(shorten(SQUEEZED, JS.kept)) == kept(SQUEEZED)


RUN = """
const keys = await conversationKeys(unb64(given));
const key = await aesKey(await hkdf(unb64(given), "d2v", 32), "encrypt");
const sealed = await sealBody(key, "msg", { n: 7 }, { k: "x" });
return [keys.kc, await openBody(keys.in, "msg", sealed), new History("c", "k", "f").refusal({ cid: "x" })];
"""


def test_it_still_runs() -> None:
    """The screenless part and a script that uses it, shortened together."""
    sources = "\n".join((node.FOLDER / f"{name}.js").read_text() for name in node.SCREENLESS)
    script = short(
        f"{sources}\nasync function run(given) {{ {RUN} }}\nrun(INPUT).then((all) => OUT(JSON.stringify(all)));"
    )
    header = f"const INPUT={json.dumps('A' * 43)},OUT=(text)=>process.stdout.write(text);"
    ran = subprocess.run([node.executable(), "-e", header + script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (plain,) = node.each(RUN, ["A" * 43])
    assert json.loads(ran.stdout) == plain["value"]


def declared_at_top() -> set[str]:
    return {
        name
        for line in SOURCES.splitlines()
        if line.startswith(("const ", "let ", "function ", "async function ", "class "))
        for name in declared(split(line, JS.kept)[: 2 + line.startswith("async")])
    }


KNOWN = {"keys", "open"}
"""Of these the page uses only its own: the one is a tool of the console, the other is forbidden in test_sources."""


@needs_chromium
@pytest.mark.usefixtures("shared_chromium")
async def test_no_name_that_is_local_means_something_of_the_browsers_elsewhere() -> None:
    local = sorted(declared(split(SQUEEZED, JS.kept)) - declared_at_top())
    assert "frame" in local
    async with visiting("about:blank") as visit:
        known = await visit.page.evaluate("(names) => names.filter((name) => name in window)", local)
    assert set(known) <= KNOWN
