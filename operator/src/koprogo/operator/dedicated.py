"""What a tenant of the dedicated tier has more than the others: in which order it is made, and taken down."""

from __future__ import annotations

from collections.abc import Sequence

from koprogo.operator.step import Step


def made(services: Sequence[str]) -> list[Step]:
    """Before he has anything: what a service is told first decides where all of him goes."""
    databases = [Step(deed="database", on=service, condition="DatabaseReady") for service in services]
    bucket = Step(deed="bucket", condition="StorageReady")
    return [
        *databases,
        bucket,
        *(
            Step(deed="dedicate", on=one.on, condition="DatabaseReady", needs=frozenset({one.name, bucket.name}))
            for one in databases
        ),
    ]


def taken_down(services: Sequence[str]) -> list[Step]:
    """After every service has forgotten where he lived."""
    return [
        Step(deed="drop-bucket", condition="Erased"),
        *(Step(deed="drop-database", on=service, condition="Erased") for service in services),
    ]
