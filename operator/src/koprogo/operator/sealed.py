"""Objects that only the holder of a key reads: each is encrypted by itself, before it leaves this process (age)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pyrage

from koprogo.kernel.errors import DomainError, Unavailable
from koprogo.operator.archive import ArchiveDamaged, Into

SUFFIX = ".age"


class RecipientMissing(Unavailable):
    reason = "RECIPIENT_MISSING"


class RecipientUnreadable(DomainError):
    reason = "RECIPIENT_UNREADABLE"


class BackupKeyMissing(Unavailable):
    reason = "BACKUP_KEY_MISSING"


class BackupKeyWrong(DomainError):
    reason = "BACKUP_KEY_WRONG"


class Sealed:
    """Writing takes the public key alone; the private one is here only while somebody restores."""

    def __init__(self, objects: Into, recipient: str, identity: Path) -> None:
        self._objects, self.recipient, self._identity = objects, recipient, identity

    async def put(self, key: str, content: bytes) -> None:
        if not self.recipient:
            raise RecipientMissing("No key to seal backups with: give the operator's chart a backups.recipient.")
        try:
            recipient = pyrage.x25519.Recipient.from_str(self.recipient)
        except pyrage.RecipientError as wrong:
            raise RecipientUnreadable("backups.recipient is no public key of age; look at secrets.yaml.") from wrong
        await self._objects.put(f"{key}{SUFFIX}", await asyncio.to_thread(pyrage.encrypt, content, [recipient]))

    async def get(self, key: str) -> bytes:
        return await self._open(await self._objects.get(f"{key}{SUFFIX}"))

    async def find(self, key: str) -> bytes | None:
        found = await self._objects.find(f"{key}{SUFFIX}")
        return None if found is None else await self._open(found)

    async def keys(self, prefix: str) -> list[str]:
        return [key.removesuffix(SUFFIX) for key in await self._objects.keys(prefix)]

    async def empty(self, prefix: str) -> None:
        await self._objects.empty(prefix)

    async def _open(self, content: bytes) -> bytes:
        try:
            return await asyncio.to_thread(pyrage.decrypt, content, self._identities())
        except pyrage.DecryptError as wrong:
            if "No matching keys" in str(wrong):
                raise BackupKeyWrong("This backup was sealed for another key than the operator was given.") from wrong
            raise ArchiveDamaged("This backup cannot be opened; take another copy of it.") from wrong

    def _identities(self) -> list[pyrage.x25519.Identity]:
        """Read anew each time: somebody brings the key for a restoration, and takes it away again."""
        try:
            lines = [line.strip() for line in self._identity.read_text().splitlines()]
            found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        except FileNotFoundError:
            found = []
        except (pyrage.IdentityError, UnicodeDecodeError) as wrong:
            raise BackupKeyWrong("What the operator was given is no private key of age.") from wrong
        if not found:
            raise BackupKeyMissing("The backup is sealed: put its key into the secret operator-backup-identity.")
        return found
