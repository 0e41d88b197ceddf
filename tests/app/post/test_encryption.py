"""Mail goes encrypted or not at all, and a password never in the clear."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.post.settings import Posting, Tls
from tests.app.post.desk import Desk, posting
from tests.app.post.office import Office


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return files


@contextmanager
def encrypting(certificate: tuple[Path, Path], tls: Tls) -> Iterator[Office]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    how: dict[str, Any] = {"tls_context": context, "require_starttls": True}
    if tls == "tls":  # of which aiosmtpd itself knows nothing
        how = {"implicit": context, "auth_require_tls": False}
    office = Office(**how)
    office.open()
    try:
        yield office
    finally:
        office.close()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_encrypted_and_logged_in(
    desk: Desk, certificate: tuple[Path, Path], tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with encrypting(certificate, tls) as office:
        desk.posting = posting(office, tls=tls, user="yui", password="a secret")
        await desk.queue()
        await desk.send()
        assert (await desk.only()).state == "sent"
        assert [one.encrypted for one in office.taken] == [True]
        assert office.logins == [LoginPassword(b"yui", b"a secret")]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    desk: Desk, certificate: tuple[Path, Path], tls: Tls
) -> None:
    with encrypting(certificate, tls) as office:
        desk.posting = posting(office, tls=tls, user="yui", password="a secret")
        await desk.queue()
        await desk.send()
        one = await desk.only()
        assert (one.state, one.code) == ("waiting", "tls")
        assert (office.taken, office.logins) == ([], [])


async def test_without_starttls_where_it_is_wanted_nothing_is_said(desk: Desk, office: Office) -> None:
    """As where somebody in between strikes it out of the server's answer."""
    desk.posting = posting(office, tls="starttls", user="yui", password="a secret")
    await desk.queue()
    await desk.send()
    one = await desk.only()
    assert (one.state, one.code) == ("waiting", "unsupported")
    assert (office.taken, office.logins, office.begun) == ([], [], 0)


async def test_a_wrong_password_is_the_servers_trouble_and_not_the_letters(
    desk: Desk, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with encrypting(certificate, "tls") as office:
        desk.posting = posting(office, tls="tls", user="yui", password="a guess")
        await desk.queue()
        async with desk.rounds() as round_:
            assert await round_.step() == 5.0
        one = await desk.only()
        assert (one.state, one.code) == ("waiting", "535 5.7.8")


def test_no_password_leaves_this_machine_in_the_clear() -> None:
    with pytest.raises(ValueError, match="in the clear"):
        Posting("mail.example", 25, "yui@coops.example", "none", user="yui", password="a secret")
    for host in ("localhost", "127.0.0.1", "::1"):
        settings = Posting(host, 25, "yui@coops.example", "none", user="yui", password="a secret")
        assert "a secret" not in repr(settings)
