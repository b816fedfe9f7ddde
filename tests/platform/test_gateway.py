"""Where a request ends that comes from outside: real Traefik with the Gateway and the routes of the charts."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from koprogo.stack.certificates import Authority
from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import Objects, of_kind, render
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.traefik import Traefik, address, secret

HOST = yaml.safe_load((repository() / "argocd/environments/vps/global.yaml").read_text())["global"]["domain"]


class Echo(ThreadingHTTPServer):
    """Says which Service it stands for, and what it was asked."""

    def __init__(self, name: str) -> None:
        super().__init__((address(), 0), Answer)
        self.name = name
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    server: Echo

    def do_GET(self) -> None:
        told = {
            "service": self.server.name,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


def endpoints(server: Echo, namespace: str, port: str) -> dict[str, object]:
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {
            "name": server.name, "namespace": namespace, "labels": {"kubernetes.io/service-name": server.name},
        },
        "endpoints": [{"addresses": [server.server_address[0]], "conditions": {"ready": True}}],
        "ports": [{"name": port, "port": server.server_address[1]}],
    }  # fmt: skip


class Door:
    def __init__(self, traefik: Traefik, authority: Path) -> None:
        self.traefik, self.authority = traefik, authority

    def ask(self, path: str, host: str = HOST, **more: str) -> httpx.Response:
        return self.traefik.ask(host, path, self.authority, **more)


@pytest.fixture(scope="module")
def door(cluster: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    traefik, authority = Traefik(cluster), Authority()
    file = tmp_path_factory.mktemp("authority") / "ca.crt"
    file.write_bytes(authority.certificate)
    door = render("gateway", "vps")
    traefik.listens_here(of_kind(door, "Gateway"))
    given: Objects = [*of_kind(render("baseline", "vps"), "Namespace"), *door]
    servers = [Echo(service) for service in SERVICES]
    for server in servers:
        chart = render(server.name, "vps")
        given += [*of_kind(chart, "Service"), *of_kind(chart, "HTTPRoute"), endpoints(server, server.name, "http")]
    servers.append(keycloak := Echo("keycloak"))
    (service,) = [one for one in of_kind(render("data", "vps"), "Service") if one["metadata"]["name"] == "keycloak"]
    (port,) = [one["name"] for one in service["spec"]["ports"] if one["port"] == 8080]
    given += [service, endpoints(keycloak, "data", port), secret("gateway-certificate", *authority.issue(HOST))]
    cluster.apply(given)
    traefik.start()
    found = Door(traefik, file)
    try:
        cluster.until(lambda: _is_open(found), 60, "every route is there")
        yield found
    finally:
        traefik.stop()
        for server in servers:
            server.shutdown()


def _is_open(door: Door) -> bool:
    try:
        return all(door.ask(path).is_success for path in ("/auth/realms/any", *(f"/api/{one}" for one in SERVICES)))
    except httpx.HTTPError:
        return False


class TestARequest:
    @pytest.mark.parametrize("service", SERVICES)
    def test_reaches_the_service_that_its_path_names(self, door: Door, service: str) -> None:
        told = door.ask(f"/api/{service}/v1/anything?a=b").json()
        assert (told["service"], told["path"]) == (service, f"/api/{service}/v1/anything?a=b")

    def test_reaches_what_signs_people_in_and_not_its_administration(self, door: Door) -> None:
        for path in ("/auth/realms/koprogo/protocol", "/auth/resources/any.css"):
            assert door.ask(path).json()["service"] == "keycloak"
        for path in ("/auth/admin", "/auth/admin/realms/koprogo/users", "/auth/metrics", "/auth", "/metrics", "/"):
            assert door.ask(path).status_code == 404

    @pytest.mark.parametrize("path", ["/api/propertyx/v1", "/api/", "/v1/anything", "/api/nobody/v1"])
    def test_that_names_no_service_reaches_none(self, door: Door, path: str) -> None:
        assert door.ask(path).status_code == 404

    def test_says_who_asks_by_its_token_alone(self, door: Door) -> None:
        claimed = {"X-Forwarded-User": "a", "X-Forwarded-Groups": "b", "X-Forwarded-Email": "c", "X-Remote-User": "d"}
        heard = door.ask("/api/identity/v1/me", **claimed, Authorization="Bearer e").json()["headers"]
        assert heard["authorization"] == "Bearer e"
        assert not {name.lower() for name in claimed} & set(heard)

    def test_of_grpc_is_answered_by_nobody(self, door: Door) -> None:
        """Services ask each other, and the operator them, inside: with certificates that nobody outside has."""
        routes: list[dict[str, Any]] = door.traefik.cluster.get("httproutes", "-A")["items"]
        backends = [b for one in routes for rule in one["spec"]["rules"] for b in rule.get("backendRefs", [])]
        assert {one["port"] for one in backends} == {8000, 8080}
        for method in ("koprogo.platform.v1.TenantLifecycle/Suspend", "grpc.health.v1.Health/Check"):
            answer = door.ask(f"/{method}", method="POST", **{"Content-Type": "application/grpc", "TE": "trailers"})
            assert answer.status_code == 404

    def test_for_another_host_is_not_heard(self, door: Door) -> None:
        with pytest.raises(httpx.ConnectError, match="certificate"):
            door.ask("/api/identity/v1/me", "other.example")
        with httpx.Client(verify=_trusts_anybody()) as client:
            port = door.traefik.ports["https"]
            answer = client.get(f"https://127.0.0.1:{port}/api/identity/v1/me", headers={"host": "other.example"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("host", [HOST, "kantoor.example"])
    def test_without_tls_is_sent_to_where_there_is(self, door: Door, host: str) -> None:
        answer = httpx.get(f"http://127.0.0.1:{door.traefik.ports['http']}/api/any?a=b", headers={"host": host})
        assert answer.status_code == 301
        assert answer.headers["location"] == f"https://{host}/api/any?a=b"


def _trusts_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
