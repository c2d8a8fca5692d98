"""The page as one file, and the headers that it is served with."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import re
import subprocess
import sys

import pytest

from officer_console.config import Relay
from officer_console.relay.page.build import JS, SCRIPTS, Page, build, squeeze, words
from officer_console.relay.service import Running

from . import node

ROOT = "B" + "A" * 86
EXIT = "https://weather.example/"
PERMISSIONS = (
    "accelerometer=(), ambient-light-sensor=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), "
    "clipboard-read=(), clipboard-write=(), compute-pressure=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), gamepad=(), geolocation=(self), gyroscope=(), hid=(), identity-credentials-get=(), "
    "idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), "
    "otp-credentials=(), payment=(), picture-in-picture=(), publickey-credentials-create=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), serial=(), speaker-selection=(), storage-access=(), "
    "usb=(), web-share=(), window-management=(), xr-spatial-tracking=()"
)


def inline(page: Page, tag: str) -> str:
    found = re.findall(f"<{tag}>(.*?)</{tag}>", page.html.decode(), re.S)
    assert len(found) == 1
    return str(found[0])


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_headers_exactly_and_in_order() -> None:
    page = build(ROOT, "https://chat.example", EXIT, "http://abc.onion/")
    script, style = digest(inline(page, "script")), digest(inline(page, "style"))
    assert page.headers == (
        (
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; "
            "connect-src wss://chat.example/ws https://chat.example/bye; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        ),
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
        ("Permissions-Policy", PERMISSIONS),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
        ("Onion-Location", "http://abc.onion/"),
    )


def test_loopback_and_onion_are_plain_and_have_no_hsts() -> None:
    for url, ws in (("http://127.0.0.1:8440", "ws://127.0.0.1:8440"), ("http://abc.onion", "ws://abc.onion")):
        headers = dict(build(ROOT, url, EXIT).headers)
        assert f" connect-src {ws}/ws {url}/bye;" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Onion-Location" not in headers


def test_an_address_with_a_slash_at_its_end_gives_the_same() -> None:
    assert build(ROOT, "https://chat.example/", EXIT) == build(ROOT, "https://chat.example", EXIT)


def test_goodbye_clears_storage_and_never_the_cache() -> None:
    headers = build(ROOT, "https://chat.example", EXIT).bye_headers
    assert headers[0] == ("Clear-Site-Data", '"storage"')
    assert dict(headers)["Cache-Control"] == "no-store, max-age=0"


def test_nothing_that_identifies_or_reports() -> None:
    page = build(ROOT, "https://chat.example", EXIT, "http://abc.onion/")
    names = {name.lower() for name, _ in (*page.headers, *page.bye_headers)}
    assert not names & {"set-cookie", "etag", "last-modified", "server", "report-to", "nel", "accept-ch", "alt-svc"}
    assert not any("report" in value for _, value in page.headers)


def test_under_forty_kilobytes_with_its_headers() -> None:
    page = build(ROOT, "https://a-rather-long-name.of-a-station.example", EXIT, "http://" + "a" * 56 + ".onion/")
    about = {"content-length": "40000", "content-encoding": "gzip", "content-type": "text/html; charset=utf-8"}
    added = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in about.items()) + "\r\n"
    assert gzip.decompress(page.gzipped) == page.html
    assert len(page.gzipped) + sum(len(name) + len(value) + 4 for name, value in page.headers) + len(added) < 40_000


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "from officer_console.relay.page.build import build;"
        f"print(build({ROOT!r}, 'https://chat.example', {EXIT!r}).sha256)"
    )
    for seed in ("0", "1"):
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        page = build(ROOT, "https://chat.example", EXIT)
        assert ran.stdout.strip() == page.sha256 == hashlib.sha256(page.html).hexdigest()


def test_the_address_is_not_in_the_file_so_one_hash_serves_all_hosts() -> None:
    assert build(ROOT, "https://a.example", EXIT).html == build(ROOT, "http://b.onion", EXIT).html


def test_the_root_key_and_the_exit_are_in_it() -> None:
    script = inline(build(ROOT, "https://chat.example", EXIT), "script")
    assert f'const ROOT="{ROOT}";' in script
    assert f'const EXIT_URL="{EXIT}";' in script
    assert 'const ROOT="";' in inline(build(None, "https://chat.example", EXIT), "script")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//chat.example",
        "https://",
        "https://chat.example/;script-src *",
        "https://chat.example/'",
        "https://chat.example/</script>",
        "https://chat.example\r\nSet-Cookie: a=b",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    for arguments in ((url, EXIT, ""), ("https://chat.example", url, ""), ("https://chat.example", EXIT, url or "x")):
        with pytest.raises(ValueError, match="not a web address"):
            build(ROOT, *arguments)


def test_squeezing_leaves_strings_and_patterns_alone() -> None:
    script = inline(build(ROOT, "https://chat.example", EXIT), "script")
    squeezed = squeeze("\n".join((node.FOLDER / f"{name}.js").read_text() for name in SCRIPTS), JS)
    assert r'/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]|-?\d+[.eE]?/g' in script
    assert r'.replace(/\+/g,"-").replace(/\//g,"_").replace(/=+$/,"")' in script
    assert 'bytes("desk/1 "+domain+"\\n")' in squeezed
    assert ".replace(/{(\\w+)}/g,(_,name)=>" in squeezed
    assert "// " not in script
    assert "/*" not in inline(build(ROOT, "https://chat.example", EXIT), "style")


def test_every_colour_has_a_name_of_its_own() -> None:
    style = inline(build(ROOT, "https://chat.example", EXIT), "style")
    light, dark = (re.findall(r"(--\w):", rules) for rules in re.findall(r":root\{(.*?)\}", style))
    assert light == dark
    assert len(set(light)) == len(light) == 10
    assert set(re.findall(r"var\((.*?)\)", style)) == set(light)


def test_in_french_no_sign_stands_alone_at_the_edge_of_a_line() -> None:
    assert words()["danger"]["fr"] == "En danger maintenant\u00a0?"
    for texts in words().values():
        assert not re.search(r" [;:?!»]|« ", texts["fr"])


async def test_served_with_these_headers_and_no_other(relay: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(relay.url.rsplit(":", 1)[1]))
    writer.write(f"GET / HTTP/1.1\r\nHost: {relay.url[7:]}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    served = [
        (name.lower(), value) for name, value in (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    ]
    root = re.search(rb'const ROOT="(.*?)"', body)
    assert root
    page = build(root[1].decode(), relay.url, Relay().exit_url)
    assert body == page.html
    assert sorted(served) == sorted(
        [
            *((name.lower(), value) for name, value in page.headers),
            ("content-type", "text/html; charset=utf-8"),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
    )


def test_the_script_is_valid() -> None:
    script = inline(build(ROOT, "https://chat.example", EXIT), "script")
    ran = subprocess.run([node.executable(), "--check", "-"], input=script, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
