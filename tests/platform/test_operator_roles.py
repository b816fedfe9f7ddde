"""What the operator may do in the cluster is what it does there: read out of the audit log of the API server."""

from __future__ import annotations

import ssl
import uuid

import httpx
import pytest

from tests.platform.cluster.databases import databases_are_made
from tests.platform.test_operator_backups import made_and_over
from tests.platform.test_operator_place import Place, audited, forbidden, granted, made


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
