"""A certificate on the disk, and its renewal as cert-manager and the kubelet do it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509

from koprogo.stack.certificates import Authority

SOON = timedelta(seconds=3)


class Mounted:
    """A secret as the kubelet mounts it: links to a folder that is exchanged whole."""

    def __init__(self, folder: Path, authority: Authority, name: str) -> None:
        self.folder, self.authority, self.name = folder / name, authority, name
        self.folder.mkdir()
        self.paths = {"ca": "ca.crt", "certificate": "tls.crt", "key": "tls.key"}
        for file in self.paths.values():
            (self.folder / file).symlink_to(f"..data/{file}")
        self._times = 0
        self.serial = self.renew(SOON)

    @property
    def arguments(self) -> dict[str, Path]:
        return {what: self.folder / file for what, file in self.paths.items()}

    def renew(self, valid: timedelta = timedelta(days=90)) -> int:
        """The serial number of the new one."""
        certificate, key = self.authority.issue(self.name, valid)
        self.swap(certificate, key)
        return serial_of(certificate)

    def swap(self, certificate: bytes, key: bytes) -> None:
        self._times += 1
        made = self.folder / f"..{self._times}"
        made.mkdir()
        for file, content in zip(self.paths.values(), (self.authority.certificate, certificate, key), strict=True):
            (made / file).write_bytes(content)
        (self.folder / "..new").symlink_to(made.name)
        (self.folder / "..new").rename(self.folder / "..data")


def serial_of(certificate: bytes) -> int:
    return x509.load_pem_x509_certificate(certificate).serial_number
