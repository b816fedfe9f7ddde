"""What a Tenant may say, as the API server itself judges it: each refusal names what to do."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.tenants.place import kinds, tenant

WAIT = (
    "wait",
    "--for=condition=Established",
    "crd/tenants.platform.koprogo.io",
    "crd/tenantrestores.platform.koprogo.io",
    "crd/tenantbackups.platform.koprogo.io",
)
RESTORE = {
    "apiVersion": "platform.koprogo.io/v1alpha1",
    "kind": "TenantRestore",
    "metadata": {"name": "kept"},
    "spec": {"archive": f"archives/{uuid.UUID(int=1)}/{uuid.UUID(int=2)}", "tenant": "new"},
}


@pytest.fixture(scope="module")
def known(cluster: ControlPlane) -> ControlPlane:
    cluster.apply(kinds())
    cluster.kubectl(*WAIT)
    return cluster


def refusal(cluster: ControlPlane, one: dict[str, Any]) -> str:
    with pytest.raises(RuntimeError) as refused:
        cluster.apply([one], is_tried=True)
    return str(refused.value)


class TestANewTenant:
    def test_is_taken_with_its_defaults(self, known: ControlPlane) -> None:
        (made,) = known.apply([tenant("plain")], is_tried=True)
        spec = made["spec"]
        assert (spec["tier"], spec["deletionPolicy"]) == ("shared", "Archive")
        assert (spec["suspended"], spec["legalHold"], spec["domains"]) == (False, False, [])

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"slug": "other"}, "name the resource by its slug"),
            ({"tenantId": "1"}, "spec.tenantId"),
            ({"tenantId": str(uuid.UUID(int=0))}, "spec.tenantId"),
            ({"tier": "own"}, "spec.tier"),
            ({"plan": "free"}, "spec.plan"),
            ({"languages": []}, "spec.languages"),
            ({"languages": ["fr", "fr"]}, "spec.languages"),
            ({"languages": ["it"]}, "spec.languages"),
            ({"languages": None}, "spec.languages"),
            ({"deletionPolicy": "Drop"}, "spec.deletionPolicy"),
            ({"legalHold": True, "deletionPolicy": "Erase"}, "legalHold forbids deletionPolicy Erase"),
            ({"domains": [{"host": "not a host"}]}, "spec.domains"),
            ({"firstSyndic": {"name": "Claire", "language": "fr"}}, "spec.firstSyndic.email"),
            ({"quotas": {"users": 3}}, "field not declared in schema"),
            ({"quotas": {"requestsPerMinute": 1}}, "spec.quotas.requestsPerMinute"),
            ({"quotas": {"requestsPerMinute": 6001}}, "more than 6000 requests a minute take the plan enterprise"),
        ],
    )
    def test_is_refused_for_what_is_wrong(self, known: ControlPlane, wrong: dict[str, Any], said: str) -> None:
        assert said in refusal(known, tenant("plain", **wrong))


@pytest.fixture(scope="module")
def there(known: ControlPlane) -> Iterator[dict[str, Any]]:
    one = tenant("there")
    known.apply([one])
    yield one
    known.kubectl("delete", "tenant", "there")


class TestATenantWhoIsThere:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"tenantId": str(uuid.uuid4())}, "tenantId is immutable"),
            ({"slug": "elsewhere"}, "slug is immutable"),
            ({"tier": "dedicated"}, "tier is immutable"),
            ({"firstSyndic": None}, "firstSyndic is what a tenant begins with"),
        ],
    )
    def test_keeps_what_it_is_known_by(
        self, known: ControlPlane, there: dict[str, Any], changed: dict[str, Any], said: str
    ) -> None:
        one = copy.deepcopy(there)
        one["spec"] = {key: value for key, value in {**one["spec"], **changed}.items() if value is not None}
        assert said in refusal(known, one)

    @pytest.mark.parametrize(
        "change",
        [
            {"displayName": "New name"},
            {"suspended": True},
            {"legalHold": True},
            {"plan": "enterprise", "quotas": {"requestsPerMinute": 6001}},
        ],
    )
    def test_changes_what_may_change(self, known: ControlPlane, there: dict[str, Any], change: dict[str, Any]) -> None:
        one = {**there, "spec": {**there["spec"], **change}}
        (made,) = known.apply([one], is_tried=True)
        assert change.items() <= made["spec"].items()


class TestARestoration:
    def test_names_an_archive(self, known: ControlPlane) -> None:
        one = {**RESTORE, "spec": {**RESTORE["spec"], "archive": "../elsewhere"}}
        assert "spec.archive" in refusal(known, one)

    def test_is_not_changed_afterwards(self, known: ControlPlane) -> None:
        known.apply([RESTORE])
        one = {**RESTORE, "spec": {**RESTORE["spec"], "tenant": "other"}}
        assert "a restoration is not changed" in refusal(known, one)
        known.kubectl("delete", "tenantrestore", "kept")


@pytest.fixture
def backup(known: ControlPlane) -> Iterator[dict[str, Any]]:
    one = {**RESTORE, "kind": "TenantBackup", "spec": {"tenant": "there", "retentionDays": 7}}
    known.apply([one])
    yield one
    known.kubectl("delete", "tenantbackup", "kept")


class TestABackup:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"tenant": "other"}, "a backup is one tenant's"),
            ({"retentionDays": 6}, "retentionDays is made longer, never shorter"),
            ({"retentionDays": 0}, "spec.retentionDays"),
            ({"schedule": "daily"}, "field not declared in schema"),
        ],
    )
    def test_is_refused_for_what_is_wrong(
        self, known: ControlPlane, backup: dict[str, Any], changed: dict[str, Any], said: str
    ) -> None:
        assert said in refusal(known, {**backup, "spec": {**backup["spec"], **changed}})

    def test_is_kept_for_longer_when_somebody_says_so(self, known: ControlPlane, backup: dict[str, Any]) -> None:
        one = {**backup, "spec": {**backup["spec"], "retentionDays": 8, "legalHold": True}}
        (made,) = known.apply([one], is_tried=True)
        assert one["spec"].items() <= made["spec"].items()
