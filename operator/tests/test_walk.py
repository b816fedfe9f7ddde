"""Each step is done after what it needs; what fails says why, and stops only what needs it."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from koprogo.kernel.errors import Conflict, DomainError, NotFound, Unavailable
from koprogo.operator.conditions import Became
from koprogo.operator.plan import Step
from koprogo.operator.tenant import Tenant, TenantSpec
from koprogo.operator.walk import Deed, walk

TENANT = Tenant(
    "one", uuid.uuid4(), 1, "2026-01-01T08:00:00Z",
    TenantSpec(slug="one", display_name="One", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"]),
)  # fmt: skip
FIRST = Step(deed="first", condition="A")
SECOND = Step(deed="second", condition="A", needs=frozenset({"first"}))
APART = Step(deed="apart", condition="B")


def does(result: bool | Exception | None) -> Deed:
    async def deed(tenant: Tenant, step: Step) -> bool | None:
        if isinstance(result, Exception):
            raise result
        return result

    return deed


class TestAWalk:
    async def test_says_what_was_there_and_what_was_made(self) -> None:
        found = await walk(TENANT, [FIRST, SECOND], {"first": does(None), "second": does(True)})
        assert [one.became for one in found] == [Became.KEPT, Became.MADE]

    @pytest.mark.parametrize(
        ("failure", "became", "reason"),
        [
            (Unavailable("Later."), Became.WAITS, "NeighbourUnavailable"),
            (NotFound("Not yet."), Became.WAITS, "NotFound"),
            (Conflict("Never.", reason="TENANT_ERASED"), Became.REFUSED, "TenantErased"),
            (DomainError("Wrong."), Became.REFUSED, "Invalid"),
            (RuntimeError("what nobody thought of"), Became.WAITS, "Unexpected"),
        ],
    )
    async def test_passes_over_what_needs_a_step_that_failed(
        self, failure: Exception, became: Became, reason: str
    ) -> None:
        given = {"first": does(failure), "second": does(None), "apart": does(None)}
        first, second, apart = await walk(TENANT, [FIRST, SECOND, APART], given)
        assert (first.became, first.reason) == (became, reason)
        assert (second.became, second.reason) == (Became.WAITS, "WaitsForStep")
        assert apart.became is Became.KEPT

    async def test_does_side_by_side_what_does_not_need_each_other(self) -> None:
        met, done = asyncio.Barrier(2), []

        async def meet(tenant: Tenant, step: Step) -> None:
            async with asyncio.timeout(5):
                await met.wait()
            done.append(step.deed)

        async def follow(tenant: Tenant, step: Step) -> None:
            assert set(done) == {"first", "apart"}

        given = {"first": meet, "second": follow, "apart": meet}
        found = await walk(TENANT, [FIRST, SECOND, APART], given)
        assert [one.step for one in found if one.is_done] == [FIRST, SECOND, APART]


class TestAnOperation:
    def test_is_the_same_for_the_same_deed_of_the_same_tenant(self) -> None:
        assert TENANT.operation("provision/identity") == TENANT.operation("provision/identity")
        assert TENANT.operation("provision/identity") != TENANT.operation("provision/finance")
