"""What makes us look: the cluster's word, the clock, and whoever touches what is ours."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import kopf

from koprogo.kernel.errors import DomainError, Kind
from koprogo.operator.backing_up import BackingUp
from koprogo.operator.conditions import Became, Outcome
from koprogo.operator.lead import Lead
from koprogo.operator.restoring import Restoring
from koprogo.operator.settings import Settings
from koprogo.operator.tenant import GROUP, LABEL, VERSION, Tenant

TENANTS, RESTORES, BACKUPS = ((GROUP, VERSION, kind) for kind in ("tenants", "tenantrestores", "tenantbackups"))
OWNED = (
    ("gateway.networking.k8s.io", "v1", "gateways"),
    ("gateway.networking.k8s.io", "v1", "httproutes"),
    ("cert-manager.io", "v1", "certificates"),
    ("postgresql.cnpg.io", "v1", "databases"),
)
MINE = {LABEL: kopf.PRESENT}
ENDED = ("Complete", "Failed")


def register(
    registry: kopf.OperatorRegistry, settings: Settings, lead: Lead, restoring: Restoring, backing_up: BackingUp
) -> None:
    known: dict[str, Tenant] = {}
    made: set[str] = set()
    """Backups, by name."""

    # Indexed before any handler runs, at the start too.
    @kopf.index(*TENANTS, registry=registry)
    async def tenants(name: str | None, body: kopf.Body, **_: Any) -> Mapping[str, str]:
        assert name is not None
        known[name] = Tenant.read(body)
        return {}

    @kopf.on.event(*TENANTS, registry=registry)
    async def forget(name: str | None, type: str | None, **_: Any) -> None:
        if type == "DELETED" and name is not None:
            known.pop(name, None)

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(
            server=settings.kubernetes_url,
            ca_path=settings.kubernetes_ca,
            token=settings.kubernetes_token.read_text().strip(),
        )

    @kopf.on.create(*TENANTS, id="changed", registry=registry)
    @kopf.on.resume(*TENANTS, id="changed", registry=registry)
    @kopf.on.update(*TENANTS, id="changed", field="spec", registry=registry)
    async def changed(name: str | None, retry: int, **_: Any) -> None:
        assert name is not None
        _again(await lead.look(name, known), retry, settings)

    @kopf.timer(
        *TENANTS, interval=settings.interval_seconds, initial_delay=settings.interval_seconds, registry=registry
    )
    async def from_time_to_time(name: str | None, **_: Any) -> None:
        assert name is not None
        await lead.look(name, known)
        if (tenant := known.get(name)) is not None:
            await backing_up.make_due(tenant, made)

    for kind in OWNED:

        @kopf.on.event(*kind, labels=MINE, registry=registry)
        async def touched(labels: kopf.Labels, type: str | None, **_: Any) -> None:
            # `None` is what is told of each at the start.
            if type in ("MODIFIED", "DELETED"):
                await lead.look(labels[LABEL], known)

    @kopf.on.delete(*TENANTS, id="leaves", registry=registry, backoff=settings.patience_seconds)
    async def leaves(name: str | None, body: kopf.Body, retry: int, **_: Any) -> None:
        outcomes = await lead.take_leave(Tenant.read(body), known)
        # Never permanent: the cluster would forget him with all that he has.
        if not all(one.is_done for one in outcomes):
            raise kopf.TemporaryError("He cannot go yet; his conditions say why.", delay=_delay(retry, settings))

    @kopf.on.create(*RESTORES, id="restore", registry=registry)
    @kopf.on.resume(*RESTORES, id="restore", registry=registry)
    async def restore(name: str | None, body: kopf.Body, retry: int, **_: Any) -> None:
        assert name is not None
        into = known.get(body["spec"]["tenant"])
        phase = body.get("status", {}).get("phase")
        if phase not in ENDED:
            phase = await restoring.restore(body, into)
        if phase not in ENDED:
            raise kopf.TemporaryError("It cannot be restored yet; its status says why.", delay=_delay(retry, settings))
        is_dry = body["spec"].get("dryRun", False)
        if phase == "Complete" and not is_dry and into is not None and not into.is_restored:
            known[into.name] = await restoring.note(name, into)
            await lead.look(into.name, known)

    @kopf.index(*BACKUPS, registry=registry)
    async def backups(name: str | None, **_: Any) -> Mapping[str, str]:
        assert name is not None
        made.add(name)
        return {}

    @kopf.on.event(*BACKUPS, registry=registry)
    async def forget_backup(name: str | None, type: str | None, **_: Any) -> None:
        if type == "DELETED" and name is not None:
            made.discard(name)

    @kopf.on.create(*BACKUPS, id="backup", registry=registry)
    @kopf.on.resume(*BACKUPS, id="backup", registry=registry)
    async def back_up(body: kopf.Body, retry: int, **_: Any) -> None:
        if body.get("status", {}).get("phase") in ENDED:
            return
        phase = await backing_up.take(body, known.get(body["spec"]["tenant"]))
        if phase not in ENDED:
            raise kopf.TemporaryError("It cannot be made yet; its status says why.", delay=_delay(retry, settings))

    @kopf.timer(
        *BACKUPS, interval=settings.interval_seconds, initial_delay=settings.interval_seconds, registry=registry
    )
    async def kept(body: kopf.Body, **_: Any) -> None:
        await backing_up.keep(body, known.get(body["spec"]["tenant"]))

    @kopf.on.delete(*BACKUPS, id="ended", registry=registry, backoff=settings.patience_seconds)
    async def ended(body: kopf.Body, retry: int, **_: Any) -> None:
        try:
            await backing_up.remove(body, known.get(body["spec"]["tenant"]))
        except DomainError as later:
            # A hold or a lock lasts for days.
            is_kept = later.kind is Kind.CONFLICT
            delay = settings.interval_seconds if is_kept else _delay(retry, settings)
            raise kopf.TemporaryError(later.message, delay=delay) from later


def _again(outcomes: Sequence[Outcome], retry: int, settings: Settings) -> None:
    """What was refused waits for somebody to change it; the timer looks again anyway."""
    if any(one.became is Became.WAITS for one in outcomes):
        raise kopf.TemporaryError(
            "Not all of it could be done; his conditions say what.", delay=_delay(retry, settings)
        )


def _delay(retry: int, settings: Settings) -> float:
    return min(2.0 ** min(retry, 10), settings.patience_seconds) * random.uniform(0.8, 1.2)  # noqa: S311
