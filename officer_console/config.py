"""config.toml as frozen structs. Unknown keys are refused, and every problem is told in one report."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, inspect

from officer_console import paths
from officer_console.errors import UserError, did_you_mean, nearest, reason
from officer_console.locale import N_, _, ngettext
from officer_console.model.roster import Code
from officer_console.model.timers import Timers

Seconds = Annotated[int, Meta(ge=1, le=3600)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
LONGEST_VALUE: Final = 60

S = TypeVar("S", bound=msgspec.Struct)


class Console(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer's console does on this machine."""

    relay_url: str = ""
    language: Literal["auto", "fr", "en"] = "auto"
    theme: str = "dusk"
    bell: bool = True
    alert_repeat_s: Seconds = 10
    lock_after_min: Annotated[int, Meta(ge=0, le=120)] = 3
    split: Literal["horizontal", "vertical"] = "horizontal"
    room_phone: Annotated[str, Meta(max_length=40)] = "17"
    patrol_grace_s: Annotated[int, Meta(ge=0, le=30)] = 4
    patrol_late_s: Annotated[int, Meta(ge=5, le=600)] = 15
    triage: Literal["on", "off"] = "off"
    fold: Literal["off", "graphic"] = "off"
    break_after_h: Annotated[int, Meta(ge=1, le=24)] = 4
    grave_before_break: Annotated[int, Meta(ge=1, le=50)] = 2
    capacity: Annotated[int, Meta(ge=1, le=50)] = 5
    languages: Annotated[tuple[Code, ...], Meta(max_length=30)] = ()
    departments: Annotated[tuple[Code, ...], Meta(max_length=120)] = ()
    state_dir: str = ""
    keys: dict[str, str] = {}


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Where the officer's secret keys are kept."""

    store: Literal["auto", "keyring", "file"] = "auto"
    file: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the relay accepts at most."""

    visitors_total: Count = 5000
    consoles_total: Count = 500
    messages_burst: Count = 10
    messages_per_s: Annotated[float, Meta(ge=0.01, le=1000)] = 1.0
    messages_max: Count = 2000
    bytes_max: Annotated[int, Meta(ge=65_536, le=1_073_741_824)] = 8_388_608
    unanswered_max: Count = 200
    first_frame_s: Seconds = 10


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How soon the relay notices what is lost or slow."""

    heartbeat_s: Seconds = 5
    visitor_lost_after_s: Seconds = 10
    slow_client_events: Count = 1000


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """The relay and the visitor's page that it serves."""

    data_dir: str = ""
    log: str = ""
    copies: Annotated[int, Meta(ge=1, le=5)] = 3
    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8440
    public_url: str = "http://127.0.0.1:8440"
    tls_cert: str = ""
    tls_key: str = ""
    exit_url: str = "https://meteofrance.com/"
    divert_to: Annotated[str, Meta(max_length=200)] = ""
    time_zone: str = "Europe/Paris"
    figures_years: Annotated[int, Meta(ge=1, le=50)] = 5
    network_header: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]{0,60}\Z")] = ""
    limits: Limits = Limits()
    timing: Timing = Timing()
    queue: Timers = Timers()


Organisation = Annotated[str, Meta(pattern=r"\A[a-z]{2}(\.[a-z0-9-]{1,30}){2,5}\Z")]
"""An organisation's name in the inter-service messages: country, domain, organisation."""


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """The dispatch side: `dispatch serve` hands patrol requests to a room's system, `dispatch board` to a person."""

    data_dir: str = ""
    exercise: bool = False
    url: str = ""
    format: Literal["edxl", "cap"] = "edxl"
    acknowledged_by: Literal["message", "response"] = "message"
    secret_file: str = ""
    sender: Organisation = "fr.police.pvss"
    recipient: Organisation = "fr.police.cic"
    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8441
    tls_cert: str = ""
    tls_key: str = ""
    expires_min: Annotated[int, Meta(ge=1, le=1440)] = 30
    keep_h: Annotated[int, Meta(ge=1, le=8760)] = 72
    ring_s: Seconds = 5


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What the program writes about itself; never text, keys or addresses."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    json: bool = False


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration; what a file leaves out has its default."""

    console: Console = Console()
    keys: Keys = Keys()
    relay: Relay = Relay()
    dispatch: Dispatch = Dispatch()
    log: Log = Log()


class ConfigError(UserError):
    """Every problem of one configuration file, in one report."""

    def __init__(self, file: Path, problems: list[str]) -> None:
        count = ngettext("{file} has a problem:", "{file} has {n} problems:", len(problems))
        super().__init__("\n  ".join([count.format(file=file, n=len(problems)), *problems]))
        self.file = file
        self.problems = problems


class _Rule(NamedTuple):
    """What single types can't say: `broken` is asked only when all `keys` are fine each by itself."""

    keys: tuple[str, ...]
    broken: Callable[[Config], bool]
    message: str


def _unsafe(url: str, scheme: str, *, path: bool = False) -> bool:
    """Anything but a `scheme`s:// address with a host; without the s only on this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return True
    plain = parts.scheme == scheme and host in {"127.0.0.1", "::1", "localhost"}
    extra = "@" in parts.netloc or parts.fragment or (not path and (parts.path or parts.query))
    return not host or bool(extra) or not (plain or parts.scheme == scheme + "s")


_SERVER: Final = r"([^@/,\s]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?"
CLUSTER: Final = re.compile(rf"(nats|tls)://{_SERVER}(,{_SERVER})*(/[A-Za-z0-9_-]{{0,60}})?")
"""Where a cluster's log is: one server or several, and the desk's name."""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # an empty name, a folder, none of these
        return False
    return True


RULES: Final = (
    _Rule(
        ("console.relay_url",),
        lambda c: bool(c.console.relay_url) and _unsafe(c.console.relay_url, "http"),
        N_("must be an address like https://chat.example, without a path (http:// only on this machine)"),
    ),
    _Rule(
        ("relay.public_url",),
        lambda c: _unsafe(c.relay.public_url, "http"),
        N_("must be an address like https://chat.example, without a path (http:// only on this machine)"),
    ),
    _Rule(
        ("relay.log",),
        lambda c: bool(c.relay.log) and CLUSTER.fullmatch(c.relay.log) is None,
        N_("must be the address of a cluster like nats://one,two,three, or empty"),
    ),
    _Rule(
        ("relay.exit_url",),
        lambda c: _unsafe(c.relay.exit_url, "http", path=True),
        N_("must be an address like https://weather.example/ (http:// only on this machine)"),
    ),
    _Rule(
        ("relay.time_zone",),
        lambda c: not _is_zone(c.relay.time_zone),
        N_("must be the name of a time zone such as Europe/Paris or Indian/Reunion"),
    ),
    _Rule(
        ("dispatch.url",),
        lambda c: bool(c.dispatch.url) and _unsafe(c.dispatch.url, "http", path=True),
        N_("must be an address like https://room.example/cases (http:// only on this machine)"),
    ),
    _Rule(
        ("dispatch.tls_cert", "dispatch.tls_key"),
        lambda c: bool(c.dispatch.tls_cert) != bool(c.dispatch.tls_key),
        N_("must be given together with dispatch.tls_key, or neither"),
    ),
    _Rule(
        ("relay.tls_cert", "relay.tls_key"),
        lambda c: bool(c.relay.tls_cert) != bool(c.relay.tls_key),
        N_("must be given together with relay.tls_key, or neither"),
    ),
    _Rule(
        ("keys.file", "keys.store"),
        lambda c: bool(c.keys.file) and c.keys.store == "keyring",
        N_('has no use when keys.store is "keyring"'),
    ),
    _Rule(
        ("relay.timing.visitor_lost_after_s", "relay.timing.heartbeat_s"),
        lambda c: c.relay.timing.visitor_lost_after_s <= c.relay.timing.heartbeat_s,
        N_("must be longer than relay.timing.heartbeat_s"),
    ),
    _Rule(
        ("relay.queue.answer_lead_s", "relay.queue.answer_warn_s", "relay.queue.answer_return_s"),
        lambda c: not c.relay.queue.answer_warn_s < c.relay.queue.answer_lead_s < c.relay.queue.answer_return_s,
        N_("must lie between relay.queue.answer_warn_s and relay.queue.answer_return_s"),
    ),
    _Rule(
        ("relay.limits.messages_burst", "relay.limits.messages_max"),
        lambda c: c.relay.limits.messages_burst > c.relay.limits.messages_max,
        N_("must not be larger than relay.limits.messages_max"),
    ),
)


def load(path: Path | None = None) -> Config:
    """The configuration in `path`, else in the system's place, else the defaults. Raises ConfigError."""
    file = path or paths.config_file()
    if path is None and not file.exists():
        return Config()
    problems: dict[str, str] = {}
    config = _section(Config, _parse(file), "", problems)
    problems |= {rule.keys[0]: _(rule.message) for rule in RULES if _breaks(rule, config, problems)}
    if problems:
        raise ConfigError(file, [f"{key}: {problem}" for key, problem in problems.items()])
    return config


def every_key(section: type[msgspec.Struct] = Config, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each key's path and default, in the order of the structs."""
    for field in msgspec.structs.fields(section):
        if _is_section(field.type):
            yield from every_key(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, getattr(section(), field.name)


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(file, [_("can't be read: {reason}").format(reason=reason(error))]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, [_("is not UTF-8 text")]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(file, [_("is not TOML: {detail}").format(detail=error)]) from error


def _section(cls: type[S], data: Mapping[str, Any], prefix: str, problems: dict[str, str]) -> S:
    """`cls` filled with what is good in `data`; what is bad goes to `problems` by its path."""
    fields = {field.name: field.type for field in msgspec.structs.fields(cls)}
    good = {}
    for name, value in data.items():
        path = prefix + (name if name.isprintable() else repr(name))
        if name not in fields:
            problems[path] = _("there is no such key") + did_you_mean(_guess(name, fields, prefix))
        elif not _fits(value, fields[name]):
            problems[path] = _wrong(value, fields[name])
        elif _is_section(fields[name]):
            good[name] = _section(fields[name], value, path + ".", problems)
        else:
            good[name] = msgspec.convert(value, fields[name])
    return cls(**good)


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fits(value: object, kind: Any) -> bool:
    if _is_section(kind):
        return isinstance(value, dict)
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _wrong(value: object, kind: Any) -> str:
    values = get_args(kind) if get_origin(kind) is Literal else ()
    guess = nearest(value, values) if isinstance(value, str) else ""
    expected = _("a table") if _is_section(kind) else _expected(inspect.type_info(kind))
    problem = _("must be {expected}, not {value}").format(expected=expected, value=_told(value))
    return problem + did_you_mean(guess)


def _expected(kind: inspect.Type) -> str:  # noqa: PLR0911 - one line for each kind
    match kind:
        case inspect.BoolType():
            return _("true or false")
        case inspect.IntType(ge=low, le=high):
            return _("a whole number from {low} to {high}").format(low=low, high=high)
        case inspect.FloatType(ge=low, le=high):
            return _("a number from {low} to {high}").format(low=low, high=high)
        case inspect.LiteralType(values=values):
            return _("one of {names}").format(names=", ".join(map(repr, values)))
        case inspect.StrType(max_length=int(high)):
            return _("text of at most {high} characters").format(high=high)
        case inspect.DictType():
            return _("a table of texts")
        case inspect.VarTupleType():
            return _("a list of short codes")
    return _("text")


def _told(value: object) -> str:
    """`value` as TOML writes it, short enough for one line."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _guess(name: str, fields: Mapping[str, Any], prefix: str) -> str:
    """The path of the key that was probably meant: one in the same table first, else one of any table."""
    if found := nearest(name, fields):
        return prefix + found
    by_last = {path.rpartition(".")[2]: path for path, _default in every_key()}
    return by_last.get(nearest(name, by_last), "")


def _breaks(rule: _Rule, config: Config, problems: Mapping[str, str]) -> bool:
    return not any(key in problems for key in rule.keys) and rule.broken(config)
