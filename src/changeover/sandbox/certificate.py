"""A certificate of the sandbox's own, for this machine and for the hosts that clients have built in."""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ("localhost", "api.linkedin.com", "www.linkedin.com")
_DAYS = 365


def certificate(folder: Path) -> tuple[Path, Path]:
    """The files of the certificate and its key in ``folder``, made where they are not there or run out soon."""
    public, private = folder / "sandbox.pem", folder / "sandbox.key"
    if not (public.exists() and private.exists() and _lasts(public)):
        _make(public, private)
    return public, private


def _lasts(public: Path) -> bool:
    until = x509.load_pem_x509_certificate(public.read_bytes()).not_valid_after_utc
    return until > datetime.now(UTC) + timedelta(days=7)


def _make(public: Path, private: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # A trusted certificate is found by its name: one of another sandbox, which a shell may trust still, needs another.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Changeover sandbox {serial:x}"[:64])])
    now = datetime.now(UTC)
    names = [x509.DNSName(host) for host in HOSTS]
    addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in ("127.0.0.1", "::1")]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([*names, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        plain = serialization.NoEncryption()
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    public.write_bytes(built.public_bytes(serialization.Encoding.PEM))
