"""The relay with its own certificate: page, visitor and console over TLS, and what is told of one that is none."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from officer_console.client.enrolling import found_desk
from officer_console.client.open_desk import wall_clock
from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay.service import running_relay
from tests.relay.peers import relay_config

from .test_desk import WAIT_S, on_duty, visitor_of

DAY = datetime.timedelta(days=1)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return cert, secret


def over_tls(folder: Path, cert: Path, secret: Path) -> Config:
    config = relay_config(folder)
    return msgspec.structs.replace(
        config, relay=msgspec.structs.replace(config.relay, tls_cert=str(cert), tls_key=str(secret))
    )


async def test_there_and_back_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, secret = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    (tmp_path / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(WAIT_S), running_relay(over_tls(tmp_path / "relay", cert, secret), 0) as relay:
        assert relay.url.startswith("https://127.0.0.1:")
        code = parse_founding_code(relay.founding_code())
        lead = (await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)).lead
        async with httpx.AsyncClient(trust_env=False, verify=ssl.create_default_context()) as http:
            page = await http.get(relay.url)
        assert "max-age=31536000" in page.headers["strict-transport-security"]
        assert f"connect-src wss://{relay.url[8:]}/ws" in page.headers["content-security-policy"]
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(mine.desk.queue))
            cid = mine.desk.claims.take_next()
            assert cid is not None
            await mine.until(lambda: mine.desk.queue[0].holder == mine.desk.me and not mine.desk.talk.loading(cid))
            mine.desk.open(cid)
            await mine.until(lambda: mine.desk.talk.lines(cid))
            mine.desk.talk.say(cid, "je vous lis")
            await visitor.until(lambda v: v.texts == ["je vous lis"])


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(WAIT_S):
        async with running_relay(over_tls(tmp_path / "relay", *certificate(tmp_path)), 0) as relay:
            code = parse_founding_code(relay.founding_code())
            with pytest.raises(UserError, match="certificate"):
                await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)


@pytest.mark.parametrize("spoilt", ["cert.pem", "key.pem"])
def test_a_certificate_that_is_none_is_told_in_one_line(tmp_path: Path, spoilt: str) -> None:
    cert, secret = certificate(tmp_path)
    (tmp_path / spoilt).write_text("nothing")
    config = tmp_path / "config.toml"
    config.write_text(f'[relay]\ndata_dir = "{tmp_path / "relay"}"\ntls_cert = "{cert}"\ntls_key = "{secret}"\n')
    command = [sys.executable, "-m", "officer_console", "relay", "serve", "--language", "en", "--config", str(config)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.startswith("officer-console: The certificate ") and len(ended.stderr.splitlines()) == 1
