"""A domain of a tenant's own, asked for as his people would: through real Traefik, by TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from koprogo.stack.certificates import Authority
from tests.platform.cluster.charts import of_kind, render
from tests.platform.cluster.traefik import Traefik, secret
from tests.platform.tenants.place import PUBLIC_HOST, Place, made, tenant


class Domains:
    """The gateway, and an authority in the place of the public one."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.traefik, self.authority = place, Traefik(place.cluster, place.https), Authority()
        self.file = folder / "ca.crt"
        self.file.write_bytes(self.authority.certificate)

    def certify(self) -> None:
        """As cert-manager would, what the operator asked it for."""
        wanted = [one["spec"] for one in self.place.cluster.items("/apis/cert-manager.io/v1/certificates")]
        self.place.cluster.apply(secret(one["secretName"], *self.authority.issue(one["dnsNames"][0])) for one in wanted)

    def leads_to(self, host: str) -> str | None:
        """None while nobody listens for it with its own certificate."""
        try:
            answer = self.traefik.ask(host, "/anything", self.file)
        except httpx.ConnectError as refused:
            if "certificate" not in str(refused):
                raise
            return None
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
def domains(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domains]:
    domains = Domains(place, tmp_path_factory.mktemp("authority"))
    domains.traefik.start()
    yield domains
    domains.traefik.stop()


class TestADomainOfHisOwn:
    def test_leads_to_the_platform_with_its_own_certificate_until_it_is_his_no_longer(
        self, place: Place, domains: Domains
    ) -> None:
        made(place, "gracht", domains=[{"host": "gracht.example"}, {"host": "kaai.example"}])
        domains.certify()
        for host in ("gracht.example", "kaai.example"):
            place.cluster.until(lambda host=host: domains.leads_to(host), 30, f"{host} is served")
            assert domains.leads_to(host) == f"https://{PUBLIC_HOST}/anything"
        place.change("gracht", domains=[{"host": "kaai.example"}])
        place.cluster.until(lambda: domains.leads_to("gracht.example") is None, 30, "it is served no longer")
        assert domains.leads_to("kaai.example")

    def test_is_not_taken_from_another(self, place: Place, domains: Domains) -> None:
        made(place, "eerste", domains=[{"host": "plein.example"}])
        place.apply(tenant("tweede", domains=[{"host": "plein.example"}]))
        self.is_refused(place, "tweede")
        place.change("tweede", domains=[])
        place.until("tenant", "tweede", "Ready")
        assert [name for name in place.routed("gateway") if "plein.example" in name] == ["eerste.plein.example"]

    def test_is_not_that_of_the_platform(self, place: Place, domains: Domains) -> None:
        (gateway,) = of_kind(render("gateway", "k3s"), "Gateway")
        gateway["spec"]["listeners"][1]["hostname"] = PUBLIC_HOST
        place.cluster.apply([gateway])
        place.apply(tenant("kaper", domains=[{"host": PUBLIC_HOST}]))
        self.is_refused(place, "kaper")

    def is_refused(self, place: Place, name: str) -> None:
        def said() -> bool:
            conditions = place.status("tenant", name).get("conditions", ())
            return ("RoutingReady", "DomainTaken") in [(one["type"], one["reason"]) for one in conditions]

        place.cluster.until(said, 60, "he is told that it is taken")
        assert [one for one in place.routed("httproute") if one.startswith(f"{name}.")] == []
