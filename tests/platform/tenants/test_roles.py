"""What the operator may do in the cluster is what it does there: read out of the audit log of the API server."""

from __future__ import annotations

import json
import ssl
import uuid

import httpx
import pytest

from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.databases import databases_are_made
from tests.platform.tenants.place import Object, Place, chart, made
from tests.platform.tenants.test_backups import made_and_over

Permission = tuple[str, str, str]
"""Group, kind of object, verb."""
ACCOUNT = "system:serviceaccount:operator:operator"


def granted() -> set[Permission]:
    return {
        (group, resource, verb)
        for role in chart()
        if role["kind"] in ("Role", "ClusterRole")
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def audited(cluster: ControlPlane) -> set[Permission]:
    """What the operator did and was let do."""
    found = set()
    for event in _events(cluster):
        what = event["objectRef"]
        name = "/".join(filter(None, (what["resource"], what.get("subresource"))))
        if event["responseStatus"]["code"] < 400 or event["responseStatus"]["code"] == 404:
            found.add((what["apiGroup"], name, event["verb"]))
        # Applying what is not there yet makes it, and takes that right too.
        if event["verb"] == "patch" and event["responseStatus"]["code"] == 201:
            found.add((what["apiGroup"], name, "create"))
    return found


def forbidden(cluster: ControlPlane) -> list[Object]:
    return [event for event in _events(cluster) if event["responseStatus"]["code"] == 403]


def _events(cluster: ControlPlane) -> list[Object]:
    lines = (cluster.folder / "logs" / "audit.log").read_text().splitlines()
    events = [json.loads(line) for line in lines if ACCOUNT in line]
    # What a test tried in its name is not its own.
    return [
        event
        for event in events
        if event["user"]["username"] == ACCOUNT
        and "objectRef" in event
        and "httpx" not in event.get("userAgent", "")
        and event["stage"] == "ResponseComplete"
    ]


class TestItsRoles:
    def test_are_all_that_it_uses_and_no_more(self, place: Place) -> None:
        with databases_are_made(place.cluster, place.instance):
            made(place, "roles", domains=[{"host": "roles.example"}])
            made(place, "own-roles", tier="dedicated")
            place.delete("own-roles")
            place.until_gone("own-roles")
        place.restore("roles", f"archives/{uuid.uuid4()}/{uuid.uuid4()}", "roles")
        place.until("tenantrestore", "roles", "Failed")
        made_and_over(place, "roles")
        place.change("roles", domains=[])
        place.until("tenant", "roles", "Ready")
        # Watching is audited when it ends.
        place.running.stop(patience=5)
        place.start()
        assert audited(place.cluster) == granted()
        assert forbidden(place.cluster) == []

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/v1/secrets"),
            ("GET", "/api/v1/namespaces"),
            ("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
            ("DELETE", "/apis/platform.koprogo.io/v1alpha1/tenants/roles"),
            ("DELETE", "/apis/gateway.networking.k8s.io/v1/namespaces/operator/httproutes/any"),
            ("GET", "/api/v1/namespaces/gateway/secrets/gateway-certificate"),
        ],
    )
    def test_let_it_do_nothing_else(self, place: Place, method: str, path: str) -> None:
        answer = httpx.request(
            method,
            f"{place.cluster.address}{path}",
            headers={"authorization": f"Bearer {place.token.read_text()}"},
            verify=ssl.create_default_context(cafile=place.cluster.folder / "keys" / "ca.crt"),
        )
        assert answer.status_code == 403
        assert "system:serviceaccount:operator:operator" in answer.json()["message"]
