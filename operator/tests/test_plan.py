"""The plan is a pure function: whatever is wished, it is complete, in order, and says the same twice."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from koprogo.operator.plan import Step, farewell, plan
from koprogo.operator.tenant import DeletionPolicy, Domain, FirstSyndic, Tenant, TenantSpec, Tier
from koprogo.stack.instance import SERVICES

HOSTS = st.lists(st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True), unique=True, max_size=4)
SYNDIC = FirstSyndic("claire@office.example", "Claire Dubois", "fr")


@st.composite
def specs(draw: st.DrawFn) -> TenantSpec:
    return TenantSpec(
        slug=draw(st.from_regex(r"[a-z][a-z0-9-]{1,38}", fullmatch=True)),
        display_name=draw(st.text(min_size=1, max_size=20)),
        tenant_id=draw(st.uuids(version=4)),
        tier=draw(st.sampled_from(Tier)),
        plan=draw(st.sampled_from(["starter", "pro", "enterprise"])),
        languages=draw(st.lists(st.sampled_from(["fr", "nl", "de", "en"]), min_size=1, unique=True)),
        first_syndic=draw(st.sampled_from([SYNDIC, None])),
        domains=[Domain(host) for host in draw(HOSTS)],
        suspended=draw(st.booleans()),
        deletion_policy=draw(st.sampled_from(DeletionPolicy)),
        legal_hold=draw(st.booleans()),
    )


def names(steps: list[Step]) -> list[str]:
    return [step.name for step in steps]


class TestAPlan:
    @given(specs(), st.booleans())
    def test_names_each_step_once_and_after_what_it_needs(self, spec: TenantSpec, is_restored: bool) -> None:
        for steps in (plan(spec, SERVICES, is_restored=is_restored), farewell(spec, SERVICES)):
            assert len(set(names(steps))) == len(steps)
            for position, step in enumerate(steps):
                assert step.needs <= set(names(steps[:position]))

    @given(specs(), st.booleans())
    def test_is_the_same_for_the_same_wish(self, spec: TenantSpec, is_restored: bool) -> None:
        assert plan(spec, SERVICES, is_restored=is_restored) == plan(spec, SERVICES, is_restored=is_restored)
        assert farewell(spec, SERVICES) == farewell(spec, SERVICES)

    @given(specs(), st.booleans())
    def test_brings_every_service_into_the_state_that_is_wished(self, spec: TenantSpec, is_restored: bool) -> None:
        found = names(plan(spec, SERVICES, is_restored=is_restored))
        begun = is_restored or spec.first_syndic is not None
        deed = ("suspend" if spec.suspended else "resume") if begun else "await-restore"
        assert {f"{deed}-{service}" for service in SERVICES} <= set(found)
        assert any(name.startswith("provision-") for name in found) == (begun and not is_restored)

    @given(specs(), st.booleans())
    def test_tells_every_service_of_the_quotas_of_who_has_begun(self, spec: TenantSpec, is_restored: bool) -> None:
        found = [step.on for step in plan(spec, SERVICES, is_restored=is_restored) if step.condition == "QuotaApplied"]
        assert found == (list(SERVICES) if is_restored or spec.first_syndic is not None else [])

    @given(specs())
    def test_gives_each_domain_a_certificate_a_door_and_a_route(self, spec: TenantSpec) -> None:
        found = plan(spec, SERVICES)
        for deed in ("certificate", "door", "route"):
            assert [step.on for step in found if step.deed == deed] == [domain.host for domain in spec.domains]


class TestTheDedicatedTier:
    @given(specs(), st.booleans())
    def test_decides_where_all_of_him_goes_before_he_has_anything(self, spec: TenantSpec, is_restored: bool) -> None:
        steps = {step.name: step for step in plan(spec, SERVICES, is_restored=is_restored)}
        wanted = spec.tier is Tier.DEDICATED
        told = {f"dedicate-{service}" for service in SERVICES}
        assert (told <= set(steps)) == wanted
        for name in steps:
            deed = steps[name].deed
            if deed in ("provision", "resume", "suspend") and wanted:
                first = [steps[one] for one in steps[name].needs]
                assert told <= steps[name].needs or all(told <= one.needs for one in first)
            if deed == "dedicate":
                assert steps[name].needs == {f"database-{steps[name].on}", "bucket"}

    @given(specs())
    def test_drops_his_databases_only_once_every_service_has_forgotten_them(self, spec: TenantSpec) -> None:
        steps = farewell(spec, SERVICES)
        dropped = [step for step in steps if step.deed in ("drop-database", "drop-bucket")]
        assert bool(dropped) == (spec.tier is Tier.DEDICATED and "erase-finance" in names(steps))
        assert all({f"erase-{service}" for service in SERVICES} <= step.needs for step in dropped)

    def test_names_what_is_his_as_postgresql_and_the_object_store_allow(self) -> None:
        spec = TenantSpec(
            slug="a-b", display_name="Any", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"], tier=Tier.DEDICATED
        )
        one = Tenant("a-b", uuid.uuid4(), 1, "2026-01-01T08:00:00Z", spec)
        assert (one.database("finance"), one.bucket) == ("t_a_b_finance", "t-a-b")


class TestAFarewell:
    @given(specs())
    def test_suspends_before_anything_else_of_what_was_begun(self, spec: TenantSpec) -> None:
        deeds = [step.deed for step in farewell(spec, SERVICES)]
        assert deeds == ["hold"] or deeds[: len(SERVICES)] == ["suspend"] * len(SERVICES)

    @given(specs())
    def test_erases_nothing_that_is_retained_or_held(self, spec: TenantSpec) -> None:
        deeds = {step.deed for step in farewell(spec, SERVICES)}
        files = "drop-bucket" if spec.tier is Tier.DEDICATED else "empty-objects"
        erasing = {"erase", files, "remove-organisation"}
        if spec.legal_hold or spec.deletion_policy is DeletionPolicy.RETAIN:
            assert not deeds & {*erasing, "drop-bucket", "drop-database", "empty-objects"}
        else:
            assert erasing <= deeds

    @given(specs())
    def test_erases_what_is_archived_only_after_the_archive(self, spec: TenantSpec) -> None:
        steps = farewell(spec, SERVICES)
        erased = [step for step in steps if step.deed == "erase"]
        if spec.deletion_policy is DeletionPolicy.ARCHIVE and not spec.legal_hold:
            assert all("archive" in step.needs for step in erased)
            assert len(erased) == len(SERVICES)
        else:
            assert "archive" not in names(steps)


def test_a_tenant_under_hold_who_is_to_be_archived_keeps_everything() -> None:
    spec = TenantSpec(
        slug="held", display_name="Held", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"], legal_hold=True
    )
    assert names(farewell(spec, SERVICES)) == ["hold"]
