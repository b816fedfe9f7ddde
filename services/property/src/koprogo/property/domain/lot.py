"""A lot (kavel): a private part with its share in the common parts."""

from uuid import UUID

import msgspec

from koprogo.kernel.words import LotKind
from koprogo.property.domain.transfer import LotTransferred


class Lot(msgspec.Struct):
    id: UUID
    number: str
    kind: LotKind
    building: str
    shares: int
    version: int = 1
    events: list[LotTransferred] = []
