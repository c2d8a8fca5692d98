"""Whether the visitor's page is served as it must be."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import httpx

from officer_console.locale import _
from officer_console.relay.page.build import build

from .finding import TIMEOUT_S, Finding, Grade, ok


def check_page(url: str) -> list[Finding]:
    """Whether the visitor's page is served, with every header and no other script than its own."""
    about = _("page")
    try:
        answer = httpx.get(url.rstrip("/") + "/", timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        what = _("it can't be fetched ({reason})").format(reason=type(error).__name__)
        return [Finding(Grade.PROBLEM, about, what, _("tell the operator: visitors can't reach the desk"))]
    do = _("tell the operator: a proxy may change headers or the page")
    if answer.status_code != httpx.codes.OK:
        what = _("it is answered with {status}").format(status=answer.status_code)
        return [Finding(Grade.PROBLEM, about, what, do)]
    if wrong := wrong_headers(url, answer.headers):
        what = _("wrong or missing headers: {names}").format(names=", ".join(wrong))
        return [Finding(Grade.PROBLEM, about, what, do)]
    if not _is_whole(answer.text, answer.headers):
        what = _("its script or style is not the one that its headers allow; browsers will refuse it")
        return [Finding(Grade.PROBLEM, about, what, do)]
    print_ = hashlib.sha256(answer.content).hexdigest()
    return [ok(about, _("served as it must be; its SHA-256, to be compared: {hash}").format(hash=print_))]


def wrong_headers(url: str, given: Any) -> list[str]:
    """Names of the headers that are not exactly as they must be, but for the hashes in the policy."""
    due = dict(build(None, url, "https://example.org/").headers)
    csp = due.pop("Content-Security-Policy")
    wrong = [name for name, value in due.items() if given.get(name) != value]
    if _without_hashes(given.get("Content-Security-Policy", "")) != _without_hashes(csp):
        wrong.insert(0, "Content-Security-Policy")
    return wrong


def _without_hashes(policy: str) -> str:
    return re.sub(r"'sha256-[A-Za-z0-9+/=]+'", "'sha256'", policy)


def _is_whole(html: str, headers: Any) -> bool:
    inline = re.findall(r"<(script|style)>(.*?)</\1>", html, re.S)
    policy = headers["Content-Security-Policy"]
    return [tag for tag, _text in inline] in (["style", "script"], ["script", "style"]) and all(
        f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
        for tag, text in inline
    )
