"""Builds the visitor's page: one file with inline script and style, and the headers that it is served with.

The same arguments give the same bytes, so whoever has the release and the root key can compute the page's hash.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from .shorten import shorten

LANGUAGES: Final = ("fr", "en")
SCRIPTS: Final = ("crypto", "wire", "history", "trust", "talk", "session", "place", "view", "page")
"""The page's script, in order; those before `view` know no screen and run in Node as well."""

_SAID: Final = re.compile(r"\{\{(\w+):(\w+)\}\}")
# No line may begin or end with these signs.
_FRENCH_GAP: Final = re.compile(r" (?=[;:?!»])|(?<=«) ")
_FOLDER: Final = Path(__file__).parent
_CSP: Final = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:;"
    " connect-src {ws}/ws {http}/bye; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
# The one permission that is left to the page is asked only when she presses a button for it.
_PERMISSIONS: Final = (
    "accelerometer=(), ambient-light-sensor=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(),"
    " clipboard-read=(), clipboard-write=(), compute-pressure=(), display-capture=(), encrypted-media=(),"
    " fullscreen=(), gamepad=(), geolocation=(self), gyroscope=(), hid=(), identity-credentials-get=(),"
    " idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(),"
    " otp-credentials=(), payment=(), picture-in-picture=(), publickey-credentials-create=(),"
    " publickey-credentials-get=(), screen-wake-lock=(), serial=(), speaker-selection=(), storage-access=(),"
    " usb=(), web-share=(), window-management=(), xr-spatial-tracking=()"
)
_FIXED: Final = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Origin-Agent-Cluster", "?1"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-DNS-Prefetch-Control", "off"),
    ("X-Robots-Tag", "noindex, noarchive, nosnippet"),
    ("Cache-Control", "no-store, max-age=0"),
    ("Permissions-Policy", _PERMISSIONS),
)
_HSTS: Final = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload")
# Never "cache": it keeps Chrome busy for seconds, on the way out.
_CLEAR: Final = ("Clear-Site-Data", '"storage"')

# Of the page's headers, those that an answer without content has too.
_BYE: Final = frozenset(
    {"Cache-Control", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options", _HSTS[0]}
)

Headers = tuple[tuple[str, str], ...]


class Page(msgspec.Struct, frozen=True):
    """The page in UTF-8, the same in gzip, its headers but Content-Type, those of the answer to `/bye`, SHA-256 of
    `html` in hex."""

    html: bytes
    gzipped: bytes
    headers: Headers
    bye_headers: Headers
    sha256: str


def build(root_pub: str | None, public_url: str, exit_url: str, onion: str = "") -> Page:
    """The page of a desk.

    `root_pub` is the desk's root key in base64url; without it the page says that the chat is not open. `public_url` is
    where the page is served, `exit_url` where the exit button leads, `onion` the onion service's address, if any.
    Raises ValueError for an address that is not http or https.
    """
    style = _style()
    script = _script(root_pub or "", _web_address(exit_url))
    page = _page(style, script)
    headers = _headers(_web_address(public_url), _digest(style), _digest(script), onion)
    bye = (_CLEAR, *((name, value) for name, value in headers if name in _BYE))
    gzipped = gzip.compress(page, mtime=0)  # without the time, or each build would be another
    return Page(page, gzipped, headers, bye, hashlib.sha256(page).hexdigest())


def words() -> dict[str, dict[str, str]]:
    """The table of all words that a visitor reads: word -> language -> text."""
    table = tomllib.loads(_source("words.toml"))
    return {word: {**texts, "fr": re.sub(_FRENCH_GAP, "\u00a0", texts["fr"])} for word, texts in table.items()}


# ---- headers -----------------------------------------------------------------------------------------------------


def _headers(url: str, style: str, script: str, onion: str) -> Headers:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    # Spelled out: older Chrome and Safari do not let 'self' stand for a WebSocket.
    csp = _CSP.format(script=script, style=style, http=origin, ws=re.sub("^http", "ws", origin))
    hsts = (_HSTS,) if url.startswith("https:") else ()
    return (
        ("Content-Security-Policy", csp),
        *_FIXED,
        *hsts,
        *((("Onion-Location", _web_address(onion)),) if onion else ()),
    )


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\"'<>;,\\]", url):
        raise ValueError(f"not a web address: {url!r}")
    return url


def _digest(inline: str) -> str:
    return base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()


# ---- the one file ------------------------------------------------------------------------------------------------


def _page(style: str, script: str) -> bytes:
    table = words()
    source = re.sub(r"<!--(?! *doctype).*?-->", "", _source("page.html"), flags=re.S)
    told = re.sub(_SAID, lambda found: html.escape(table[found[2]][found[1]]), source)
    flat = re.sub(r'="([\w-]+)"', r"=\1", "\n".join(line for line in map(str.strip, told.splitlines()) if line))
    styled = flat.replace("<style></style>", f"<style>{style}</style>")
    return styled.replace("<script></script>", f"<script>{script}</script>").encode()


def _style() -> str:
    style = squeeze(_source("page.css"), _CSS)
    colours = list(dict.fromkeys(re.findall(r"(--\w+):", style)))
    return re.sub(r"--\w+", lambda found: f"--{chr(ord('a') + colours.index(found[0]))}", style)


def _script(root: str, exit_url: str) -> str:
    settings = {"ROOT": root, "EXIT_URL": exit_url, "LANGUAGES": LANGUAGES}
    constants = "".join(f"const {name}={_literal(value)};" for name, value in settings.items())
    spoken = ",".join(f"{word}:{_literal(texts)}" for word, texts in _spoken().items())
    sources = "\n".join(_source(f"{name}.js") for name in SCRIPTS)
    return f"(()=>{{'use strict';{constants}const WORDS={{{spoken}}};{shorten(squeeze(sources, JS), JS.kept)}}})();"


def _spoken() -> dict[str, list[str]]:
    """The words that the script puts in: word -> its texts in the order of LANGUAGES."""
    said = {word for _language, word in re.findall(_SAID, _source("page.html"))}
    return {word: [texts[name] for name in LANGUAGES] for word, texts in words().items() if word not in said}


def _literal(value: object) -> str:
    """`value` as a JavaScript literal that can't end the script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


class _Spelling(msgspec.Struct, frozen=True):
    """How a language writes what is kept as it is, comments, and the signs that need no space around them."""

    kept: str
    comment: str
    signs: str


# In our scripts every statement ends with a semicolon, and a regular expression follows one of ( , = :
JS: Final = _Spelling(
    r'"(?:[^"\\\n]|\\.)*"|(?:(?<=[(,=:])|(?<=[(,=:] ))/(?!\*)(?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/[a-z]*',
    r"//[^\n]*",
    r"\s*;()\s*(?=})|\((\w+)\)\s*(?==>)|\s*([][{}();,:=<>+*/&|?!-])\s*",
)
_CSS: Final = _Spelling(r'"[^"\n]*"', r"(?s:/\*.*?\*/)", r"\s*;()\s*(?=})|\s*([{};,>])\s*|(?<=:)()\s+")


def squeeze(source: str, spelling: _Spelling) -> str:
    """`source` without comments and without the spaces that mean nothing."""
    bare = re.sub(f"({spelling.kept})|{spelling.comment}", lambda found: found[1] or "", source)
    return re.sub(f"({spelling.kept})|{spelling.signs}|\\s+", _closer, bare).strip()


def _closer(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group is not None), " ")


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
