"""The certificate of this process as its files are now: cert-manager renews them while it runs."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

logger = logging.getLogger(__name__)


class Certificate(msgspec.Struct, frozen=True):
    """PEM: whom we trust, who we are, and what proves it."""

    ca: bytes
    chain: bytes
    key: bytes


class CertificateFiles:
    def __init__(self, *, ca: Path, certificate: Path, key: Path) -> None:
        self._files = (ca, certificate, key)
        self._seen = self._state()
        self._newest = self._read()

    def newest(self) -> Certificate:
        """The same object until the files have changed. What is half written is passed over, with a warning."""
        if (state := self._state()) != self._seen:
            # Taken before reading: what changes meanwhile is looked at again.
            self._seen = state
            try:
                self._newest = self._read()
                logger.info("the certificate was renewed")
            except (OSError, ValueError) as wrong:
                logger.warning("the certificate is not renewed, the one before stays: %s", wrong)
        return self._newest

    def _state(self) -> list[tuple[int, int, int]]:
        """Nothing while one is away."""
        try:
            return [(told.st_ino, told.st_mtime_ns, told.st_size) for told in (file.stat() for file in self._files)]
        except OSError:
            return []

    def _read(self) -> Certificate:
        read = Certificate(*(file.read_bytes() for file in self._files))
        certificate = x509.load_pem_x509_certificate(read.chain)
        if certificate.public_key() != load_pem_private_key(read.key, None).public_key():
            raise ValueError("certificate and key do not belong together")
        return read
