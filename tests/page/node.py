"""Runs the page's own scripts, as they stand in the source, in Node: the system's, or the one playwright brings."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import playwright

from officer_console.relay.page import build

FOLDER = Path(build.__file__).parent
SCREENLESS = build.SCRIPTS[: build.SCRIPTS.index("session")]
_ROUND = """
const input = require("fs").readFileSync(0, "utf8");
const outcome = async (work) => {
  try { return { value: await work() }; } catch (error) { return { error: String(error.word || error.message) }; }
};
(async () => {
  const results = [];
  for (const given of JSON.parse(input)) results.push(await outcome(() => run(given)));
  process.stdout.write(JSON.stringify(results));
})();
"""


def executable() -> str:
    bundled = Path(playwright.__file__).parent / "driver" / "node"
    return shutil.which("node") or str(bundled)


def each(run: str, inputs: list[Any]) -> list[dict[str, Any]]:
    """What the JavaScript function body `run`, which sees the page's names and `given`, makes of each input.

    One {"value": …} or {"error": …} for each.
    """
    sources = [(FOLDER / f"{name}.js").read_text() for name in SCREENLESS]
    script = "\n".join(["'use strict';", *sources, f"async function run(given) {{ {run} }}", _ROUND])
    done = subprocess.run(
        [executable(), "-e", script], input=json.dumps(inputs), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))
