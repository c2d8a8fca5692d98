"""The schemas of the standards, where somebody has put them beside the project; they are not ours to pass on.

They come from github.com/ansforge/SAMU-Hub-Modeles (src/main/resources/json-schema, version 26.07.29).
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

FOLDER = Path(__file__).parents[2].parent / "shared" / "facts" / "edxl"
SCHEMAS, EXAMPLES = FOLDER / "schemas", FOLDER / "examples"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of the standards are not here")

SLOW = r"^([a-zA-Z0-9_-]+\.?){4,10}$"
LINEAR = r"^(?=(?:\.*[A-Za-z0-9_-]){4})[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){0,9}\.?$"
"""The same names as SLOW, which takes a minute for 41 characters."""
INSIDE = {"createCase": "RC-EDA", "reference": "RC-REF", "emsi": "EMSI", "error": "RS-ERROR"}


@functools.cache
def _validator(name: str) -> Draft7Validator:
    text = (SCHEMAS / f"{name}.schema.json").read_text()
    schema = json.loads(text.replace(json.dumps(SLOW), json.dumps(LINEAR)))
    del schema["$id"]  # all of them have the same one
    return Draft7Validator(schema, format_checker=FormatChecker())


def faults(message: dict[str, Any]) -> list[str]:
    """What the schemas object to, step by step: the envelope, the header, what is in it."""
    inside = message["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    steps = [("EDXL-DE-envelope-only", message)]
    if "error" not in inside:
        steps.append(("RC-DE", inside))
    steps += [(INSIDE[name], part) for name, part in inside.items() if name in INSIDE]
    return [
        f"{name} {list(fault.absolute_path)}: {fault.message[:200]}"
        for name, part in steps
        for fault in _validator(name).iter_errors(part)
    ]


def inside(message: dict[str, Any]) -> dict[str, Any]:
    """What is in the envelope."""
    found: dict[str, Any] = message["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    return found
