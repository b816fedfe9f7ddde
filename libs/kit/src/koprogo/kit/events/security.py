"""Kafka over mutual TLS: the broker knows a service by the name in its certificate, and what that name may do."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path
from typing import Any

from koprogo.kit.certificates import CertificateFiles

logger = logging.getLogger(__name__)


def secured(tls: ssl.SSLContext | None) -> dict[str, Any]:
    """What every client of Kafka is told besides; without TLS nothing."""
    return {"security_protocol": "SSL", "ssl_context": tls} if tls else {}


class RenewedContext(ssl.SSLContext):
    """For a client's whole life, though a context's certificate is fixed for whoever connects with it.

    asyncio and uvloop begin each connection with `wrap_bio`, which the context of the newest certificate answers.
    """

    def __new__(cls, *, ca: Path, certificate: Path, key: Path) -> RenewedContext:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, *, ca: Path, certificate: Path, key: Path) -> None:
        self._files = CertificateFiles(ca=ca, certificate=certificate, key=key)
        self._paths = (certificate, key)
        self._certificate = self._files.newest()
        self._newest = self._made()

    def wrap_bio(self, *ends: Any, **how: Any) -> ssl.SSLObject:
        if (certificate := self._files.newest()) is not self._certificate:
            before, self._certificate = self._certificate, certificate
            try:
                self._newest = self._made()
            except OSError as wrong:
                # ssl reads the pair from its files alone, which were replaced in this moment.
                self._certificate = before
                logger.warning("the certificate is not renewed, the one before stays: %s", wrong)
        return self._newest.wrap_bio(*ends, **how)

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self._certificate.ca.decode())
        context.load_cert_chain(*self._paths)
        return context
