"""Logging of the relay: plain lines on stderr, or JSON, with nothing of a visitor in them.

Libraries put socket addresses into messages and reprs; whatever looks like one is struck out. Tracebacks are reduced to
where and what kind: the values in them could be anything.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Final

from officer_console.config import Log

_ADDRESS: Final = re.compile(
    r"""[lr]addr=\([^)]*\)                             # a socket's repr
    | \('[0-9a-fA-F:.]+',\s*\d+(,\s*\d+)*\)            # an address as a tuple
    | \b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b                 # IPv4
    | (?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:.]*(\]:\d+)?                      # IPv6 with zeros left out
    | (?<![\w:])[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3,7}(?![\w:])(\]:\d+)?  # IPv6
    """,
    re.VERBOSE,
)
_LIBRARIES: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "starlette", "asyncio")


class QuietFormatter(logging.Formatter):
    """One line for each record, without addresses and without values from tracebacks."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        text = _ADDRESS.sub("-", record.getMessage().splitlines()[0] if record.getMessage() else "")
        if record.exc_info and record.exc_info[0]:
            text += f" [{told(record.exc_info[1])}]"
        if self._json:
            fields = {"at": round(record.created, 3), "level": record.levelname, "from": record.name, "text": text}
            return json.dumps(fields)
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f"{when}Z {record.levelname} {record.name}: {text}"


def told(error: BaseException | None) -> str:
    """Kind and place of an error, and nothing of what it says."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    frame = trace.tb_frame
    return f"{type(error).__name__} in {frame.f_globals.get('__name__')}.{frame.f_code.co_name}, line {trace.tb_lineno}"


def set_up(config: Log) -> None:
    """Send all logging through QuietFormatter; libraries speak only of what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter(config.json))
    logging.basicConfig(level=config.level.upper(), handlers=[handler], force=True)
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
