"""What the gateway lets in: nobody's word for who somebody is, and of no tenant more than he may ask."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from koprogo.kit.grpc import Channels
from koprogo.stack.client import Person, accept_invitation, eventually
from koprogo.stack.instance import Instance
from koprogo.stack.office import PASSWORD
from koprogo.stack.testing import TestInstance, running
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb
from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import TenantLifecycleStub

CHART = Path(__file__).resolve().parents[2] / "charts" / "service-lib" / "templates" / "_service.tpl"
SPOOFED = ("X-Forwarded-User", "X-Forwarded-Groups", "X-Forwarded-Email", "X-Remote-User")


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a gateway with an echo in identity's place."""
    with running("gateway") as alone:
        server = HTTPServer(("127.0.0.1", alone.instance.port("identity_http")), Echo)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{alone.instance.public_url}/api/identity/v1/me"
        server.shutdown()
        server.server_close()


class TestAHeaderThatSaysWhoSomebodyIs:
    def test_is_taken_off_on_the_way_and_nothing_else_is(self, echo: str) -> None:
        told = {**dict.fromkeys(SPOOFED, "admin"), "Authorization": "Bearer x", "X-Other": "kept"}
        arrived = httpx.get(echo, headers=told).json()
        assert [name for name in SPOOFED if name.lower() in arrived] == []
        assert (arrived["authorization"], arrived["x-other"]) == ("Bearer x", "kept")

    def test_is_taken_off_in_the_cluster_as_well(self) -> None:
        (line,) = [line for line in CHART.read_text().splitlines() if line.strip().startswith("remove:")]
        assert yaml.safe_load(line) == {"remove": list(SPOOFED)}

    @pytest.mark.parametrize("behind", [False, True], ids=["before the gateway", "behind it"])
    def test_is_nothing_to_a_service(self, town: TestInstance, office: Any, behind: bool) -> None:
        instance = town.instance
        at = f"http://127.0.0.1:{instance.port('identity_http')}" if behind else instance.public_url
        # Names that one might hope a service believes.
        told = dict.fromkeys((*SPOOFED, "X-Tenant", "X-User", "X-Tenant-Id"), office.organisation)
        answer = httpx.get(f"{at}/api/identity/v1/me", headers=told)
        assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_MISSING")
        bearer = {"authorization": f"Bearer {office.syndic.token}"}
        assert httpx.get(f"{at}/api/identity/v1/me", headers=told | bearer).json() == office.syndic.get(
            "identity/v1/me"
        )


async def limit(instance: Instance, organisation: str, per_minute: int) -> None:
    """As the operator would, in property."""
    folder = instance.folder / "certificates"
    channels = Channels(ca=folder / "ca.crt", certificate=folder / "operator.crt", key=folder / "operator.key")
    stub = TenantLifecycleStub(channels.to("property", f"127.0.0.1:{instance.port('property_grpc')}"))
    quotas = pb.Quotas(requests_per_minute=per_minute)
    await stub.SetQuotas(pb.SetQuotasRequest(operation_id=str(uuid.uuid4()), tenant_id=organisation, quotas=quotas))
    await channels.close()


class TestATenantWhoAsksTooOften:
    async def test_is_held_back_and_nobody_else_is(self, town: TestInstance, admin: Person, office: Any) -> None:
        email = f"hasty-{uuid.uuid4().hex[:8]}@office.example"
        syndic = {"email": email, "name": "Claire Dubois", "language": "fr"}
        organisation = admin.post("identity/v1/organisations", {"name": "Hasty", "first_syndic": syndic})["id"]
        hasty = accept_invitation(town.instance, email, PASSWORD)
        await limit(town.instance, organisation, 60)
        path = f"property/v1/organisations/{organisation}/associations"

        def refused() -> httpx.Response | None:
            answers = [hasty.ask("GET", path) for _ in range(70)]
            return next((one for one in answers if one.status_code != 200), None)

        # Each process learns of it within seconds.
        answer = eventually(refused)
        assert answer is not None
        assert (answer.status_code, answer.json()["reason"]) == (429, "TOO_MANY_REQUESTS")
        assert int(answer.headers["retry-after"]) >= 1
        assert office.syndic.ask("GET", f"{office.property_}/lots?limit=1").status_code == 200
