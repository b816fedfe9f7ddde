"""Ids sort by time of creation (UUIDv7), so an index grows at its end."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()
