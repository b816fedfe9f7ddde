"""Where the operator is tested: a real control plane, and every part and service of the platform."""

from __future__ import annotations

import asyncio
import re
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import asyncpg
import httpx
import pyrage
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from minio import Minio
from minio.commonconfig import GOVERNANCE
from minio.helpers import md5sum_hash
from minio.retention import Retention
from minio.xml import marshal

from koprogo.kit.grpc import Channels
from koprogo.stack.demo.building import ASSOCIATION
from koprogo.stack.instance import SERVICES, Instance, free_ports
from koprogo.stack.parts.others import ARCHIVES, DOCUMENTS
from koprogo.stack.paths import repository
from koprogo.stack.running import Running
from koprogo.stack.testing import superuser_url
from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import TenantLifecycleStub
from tests.platform.cluster import charts
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.tenants import forked

CLUSTER_WIDE = (*charts.CLUSTER_WIDE, "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding")
NUMBERS = count(1)
PUBLIC_HOST = "koprogo.example"
INTERVAL = 4
DIED = 9
"""How it ends after the step it was told."""
Object = dict[str, Any]
PATHS = {
    **{kind: f"/apis/platform.koprogo.io/v1alpha1/{kind}s" for kind in ("tenant", "tenantrestore", "tenantbackup")},
    "httproute": "/apis/gateway.networking.k8s.io/v1/namespaces/gateway/httproutes",
    "gateway": "/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways",
    "certificate": "/apis/cert-manager.io/v1/namespaces/gateway/certificates",
    "database": "/apis/postgresql.cnpg.io/v1/namespaces/data/databases",
}
"""Asked of the API server itself, and often: a kubectl each time would cost a core."""


def chart() -> list[Object]:
    found = [one for one in charts.documents(charts.text("operator", "k3s", "--include-crds")) if one]
    for one in found:
        if one["kind"] not in CLUSTER_WIDE:
            one["metadata"].setdefault("namespace", "operator")
    return found


def install(cluster: ControlPlane) -> None:
    """The chart, whole, in namespaces as strict as `baseline` makes them."""
    strict = {"pod-security.kubernetes.io/enforce": "restricted"}
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": strict}}
        for name in ("operator", "gateway", "data")
    ]
    for objects in (spaces, kinds(), [one for one in chart() if one["kind"] != "CustomResourceDefinition"]):
        cluster.apply(objects)
    names = ("tenants", "tenantrestores", "tenantbackups")
    cluster.kubectl("wait", "--for=condition=Established", *(f"crd/{one}.platform.koprogo.io" for one in names))


def kinds() -> list[Object]:
    folder = repository() / "charts" / "operator" / "crds"
    return [charts.documents(file.read_text())[0] for file in sorted(folder.glob("*.yaml"))]


def tenant(name: str, **spec: Any) -> Object:
    told = {
        "slug": name,
        "displayName": f"Bureau {name}",
        "tenantId": str(uuid.uuid4()),
        "plan": "pro",
        "languages": ["fr", "nl"],
        "firstSyndic": {"email": f"{name}@office.example", "name": "Claire Dubois", "language": "fr"},
        **spec,
    }
    told = {key: value for key, value in told.items() if value is not None}
    return {"apiVersion": "platform.koprogo.io/v1alpha1", "kind": "Tenant", "metadata": {"name": name}, "spec": told}


class Place:
    def __init__(self, cluster: ControlPlane, instance: Instance, secured_kafka: str) -> None:
        self.cluster, self.instance, self.secured_kafka = cluster, instance, secured_kafka
        self.running = Running(cluster.folder, "operator")
        self.ports = free_ports(3)
        self.https = self.ports + 2
        """Where a gateway would listen."""
        token = cluster.kubectl("-n", "operator", "create", "token", "operator", "--duration=8h")
        self.token = cluster.folder / "operator.token"
        self.token.write_text(token)
        self.keys = [pyrage.x25519.Identity.generate() for _ in range(2)]
        """Backups are sealed for the first."""
        self.identity = cluster.folder / "operator.identity"

    def start(self) -> None:
        self.running.start([sys.executable, "-m", "koprogo.operator"], self.environment())

    def environment(self, stop_after: str = "") -> dict[str, str]:
        # The realm of the stack has one client that administers it.
        told = self.instance.environment("identity")
        used = ("TLS_CA", "KEYCLOAK_URL", "KEYCLOAK_REALM", "KEYCLOAK_CLIENT_ID",
                "KEYCLOAK_CLIENT_SECRET", "S3_ENDPOINT", "S3_BUCKET")  # fmt: skip
        certificate = self.instance.folder / "certificates" / "operator"
        addresses = ", ".join(f'"{one}": "127.0.0.1:{self.instance.port(f"{one}_grpc")}"' for one in SERVICES)
        return {
            **{f"KOPROGO_{name}": told[f"KOPROGO_{name}"] for name in used},
            "KOPROGO_S3_ACCESS_KEY": self.instance.secrets["s3_operator_access"],
            "KOPROGO_S3_SECRET_KEY": self.instance.secrets["s3_operator_secret"],
            "KOPROGO_S3_ARCHIVES": ARCHIVES,
            "KOPROGO_TLS_CERTIFICATE": f"{certificate}.crt",
            "KOPROGO_TLS_KEY": f"{certificate}.key",
            "KOPROGO_KAFKA_BOOTSTRAP": self.secured_kafka,
            "KOPROGO_KAFKA_TLS": "true",
            "KOPROGO_KUBERNETES_URL": self.cluster.address,
            "KOPROGO_KUBERNETES_CA": str(self.cluster.folder / "keys" / "ca.crt"),
            "KOPROGO_KUBERNETES_TOKEN": str(self.token),
            "KOPROGO_SERVICES": f"{{{addresses}}}",
            "KOPROGO_BACKUP_RECIPIENT": str(self.keys[0].to_public()),
            "KOPROGO_BACKUP_IDENTITY": str(self.identity),
            "KOPROGO_PUBLIC_HOST": PUBLIC_HOST,
            "KOPROGO_GATEWAY_PORT": str(self.https),
            "KOPROGO_HTTP_PORT": str(self.ports),
            "KOPROGO_PROBE_PORT": str(self.ports + 1),
            "KOPROGO_INTERVAL_SECONDS": str(INTERVAL),
            "KOPROGO_PATIENCE_SECONDS": "2",
            "KOPROGO_STOP_AFTER": stop_after,
        }

    def apply(self, *objects: Object) -> None:
        self.cluster.apply(objects)

    def change(self, name: str, **spec: Any) -> None:
        self.cluster.merge(f"{PATHS['tenant']}/{name}", {"spec": spec})

    def read(self, kind: str, name: str) -> Object:
        """Empty while there is none."""
        return self.cluster.one(f"{PATHS[kind]}/{name}")

    def status(self, kind: str, name: str) -> Mapping[str, Any]:
        return dict(self.read(kind, name).get("status", {}))

    def until(self, kind: str, name: str, phase: str, seconds: float = 60) -> Mapping[str, Any]:
        def there() -> Mapping[str, Any] | None:
            found = self.read(kind, name)
            status = found.get("status", {})
            if status.get("phase") != phase:
                return None
            wanted = found["metadata"]["generation"]
            return dict(status) if kind != "tenant" or status.get("observedGeneration") == wanted else None

        try:
            return dict(self.cluster.until(there, seconds, f"{name} is {phase}"))
        except AssertionError as late:
            said = yaml.safe_dump(dict(self.status(kind, name)))
            raise AssertionError(f"{late}\n{said}\n{self.running.last_words(30)}") from None

    def delete(self, name: str, kind: str = "tenant") -> None:
        self.cluster.http.delete(f"{PATHS[kind]}/{name}").raise_for_status()

    def until_gone(self, name: str, seconds: float = 90, kind: str = "tenant") -> None:
        try:
            self.cluster.until(lambda: not self.read(kind, name), seconds, f"{name} is gone")
        except AssertionError as late:
            said = yaml.safe_dump(dict(self.status(kind, name)))
            raise AssertionError(f"{late}\n{said}\n{self.running.last_words(30)}") from None

    def dies_after(self, step: str, deed: Callable[[], None]) -> None:
        """Another operator, which is to stop there; the one before is ended first."""
        self.running.stop(patience=5)
        doomed = forked.start(self.environment(step), self.running.log_file)
        try:
            deed()
            doomed.join(60)
            assert doomed.exitcode == DIED, f"it is to die after {step}\n{self.running.last_words(30)}"
        finally:
            doomed.kill()

    def forget_all(self) -> None:
        """Tenants of tests that are over, who would be seen to at each start: nothing is done to them."""
        self.running.stop(patience=5)
        for kind in ("tenant", "tenantbackup", "tenantrestore"):
            for one in self.cluster.items(PATHS[kind]):
                path = f"{PATHS[kind]}/{one['metadata']['name']}"
                self.cluster.merge(path, {"metadata": {"finalizers": None}})
                self.cluster.http.delete(path)
        self.start()

    def restore(self, name: str, archive: str, into: str, **spec: Any) -> None:
        kind = {"apiVersion": "platform.koprogo.io/v1alpha1", "kind": "TenantRestore"}
        self.apply({**kind, "metadata": {"name": name}, "spec": {"archive": archive, "tenant": into, **spec}})

    def back_up(self, name: str, tenant: str, **spec: Any) -> None:
        kind = {"apiVersion": "platform.koprogo.io/v1alpha1", "kind": "TenantBackup"}
        self.apply({**kind, "metadata": {"name": name}, "spec": {"tenant": tenant, **spec}})

    def brings_key(self, *keys: pyrage.x25519.Identity) -> None:
        """As the secret with the private keys would; none takes it away."""
        if keys:
            self.identity.write_text("".join(f"{key}\n" for key in keys))
        else:
            self.identity.unlink(missing_ok=True)

    def routed(self, kind: str) -> list[str]:
        return [one["metadata"]["name"] for one in self.cluster.items(PATHS[kind])]

    def corrected(self, component: str) -> float:
        return self.figure(f'tenant_drift_corrections_total{{component="{component}"}}')

    async def told(self, name: str) -> dict[str, int]:
        """How many requests a minute each service lets a tenant make."""
        tenant_id = self.read("tenant", name)["spec"]["tenantId"]
        found = {}
        for service in SERVICES:
            superuser = await asyncpg.connect(superuser_url(self.instance, service))
            found[service] = await superuser.fetchval(
                "select requests_per_minute from tenants where tenant_id = $1", uuid.UUID(tenant_id)
            )
            await superuser.close()
        return found

    async def ask_by_hand(self, service: str, method: str, request: object) -> None:
        """With the operator's certificate, past the operator."""
        folder = self.instance.folder / "certificates"
        channels = Channels(
            ca=folder / "ca.crt", certificate=folder / "operator.crt", key=folder / "operator.key"
        )  # fmt: skip
        stub = TenantLifecycleStub(channels.to(service, f"127.0.0.1:{self.instance.port(f'{service}_grpc')}"))
        await getattr(stub, method)(request)
        await channels.close()

    def figure(self, name: str) -> float:
        """Of a counter or a gauge with its labels, as Prometheus would read it."""
        text = httpx.get(f"http://127.0.0.1:{self.ports}/metrics").text
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def organisations(self, word: str) -> list[Object]:
        """Of Keycloak, those that say a word anywhere."""
        found = self._keycloak("GET", "?max=500&briefRepresentation=false").json()
        return [one for one in found if word in str(one)]

    def drop_organisation(self, word: str) -> None:
        for one in self.organisations(word):
            assert self._keycloak("DELETE", f"/{one['id']}").is_success

    def rename_organisation(self, word: str, name: str) -> None:
        (one,) = self.organisations(word)
        assert self._keycloak("PUT", f"/{one['id']}", json={**one, "name": name}).is_success

    def _keycloak(self, method: str, path: str, json: object = None) -> httpx.Response:
        base = f"http://127.0.0.1:{self.instance.port('keycloak')}/auth"
        bearer = {"authorization": f"Bearer {self._administrator(base, int(time.monotonic() // 40))}"}
        return httpx.request(
            method, f"{base}/admin/realms/koprogo/organizations{path}", json=json, headers=bearer, timeout=30
        )

    @cache  # noqa: B019
    def _administrator(self, base: str, _while: int) -> str:
        """A token, for less than the minute it is good for: checking a password is slow on purpose."""
        given = httpx.post(
            f"{base}/realms/master/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", "username": "admin",
                  "password": self.instance.secrets["keycloak_admin"]},
        )  # fmt: skip
        return str(given.json()["access_token"])

    def store(self) -> Minio:
        """As its administrator."""
        secrets = self.instance.secrets
        return Minio(f"127.0.0.1:{self.instance.port('s3')}", access_key=secrets["s3_access"],
                     secret_key=secrets["s3_secret"], secure=False)  # fmt: skip

    def files(self, prefix: str = "") -> list[str]:
        """In either bucket, with what only a version of is left."""
        found = (
            one.object_name
            for bucket in (DOCUMENTS, ARCHIVES)
            for one in self.store().list_objects(bucket, prefix, recursive=True, include_version=True)
        )
        return sorted(set(found))

    def unlock(self, prefix: str) -> None:
        """As if a lock had ended: its administrator shortens it, past what GOVERNANCE lets the operator do."""
        body = marshal(Retention(GOVERNANCE, datetime.now(UTC) + timedelta(seconds=1)))
        headers = {"Content-MD5": md5sum_hash(body), "x-amz-bypass-governance-retention": "true"}
        store = self.store()
        for one in store.list_objects(ARCHIVES, prefix, recursive=True):
            # The client's own method knows no bypass.
            store._execute("PUT", ARCHIVES, one.object_name, body, headers, {"retention": ""})

    async def bury(self, word: str) -> None:
        """A dead letter of each who reads property's lots, and finds none of the headers but whose it is."""
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            await producer.send_and_wait("property.lot", b"x", headers=[("koprogo_tenant", word.encode())])
        async with asyncio.timeout(30):
            while [topic for topic, _ in await self.said(word)].count("property.lot.dlq") < 2:
                await asyncio.sleep(0.2)

    async def said(self, word: str) -> list[tuple[str, bytes]]:
        """Topic and key of what compacted topics say last and that names a word: with a tombstone it is unsaid."""
        folder = repository() / "proto" / "topics"
        described = [yaml.safe_load(file.read_text()) for file in folder.glob("*.yaml")]
        topics = {f"{one['topic']}.dlq": 1 for one in described}
        topics |= {one["topic"]: one["partitions"] for one in described if one.get("compaction")}
        partitions = [TopicPartition(topic, number) for topic, many in topics.items() for number in range(many)]
        found: dict[tuple[str, bytes], bool] = {}
        async with AIOKafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest") as consumer:
            consumer.assign(partitions)
            while batch := await consumer.getmany(timeout_ms=1500):
                for one in (record for records in batch.values() for record in records):
                    told = [one.value or b"", *(value for _, value in one.headers)]
                    found[one.topic, one.key or b""] = any(word.encode() in part for part in told)
        return [key for key, is_named in found.items() if is_named]

    @property
    def kafka(self) -> str:
        return f"127.0.0.1:{self.instance.port('kafka')}"

    async def rows(self, *words: str) -> dict[str, int]:
        """How many rows of each table of each service's database say one of the words, as such or in a file."""
        return {
            f"{service}.{table}": count
            for service in SERVICES
            for table, count in (await self._rows(service, *words)).items()
        }

    async def rows_of_keycloak(self, *words: str) -> dict[str, int]:
        return await self._rows("keycloak", *words)

    async def _rows(self, database: str, *words: str) -> dict[str, int]:
        patterns = [f"%{form}%" for word in words for form in (word, word.encode().hex())]
        superuser = await asyncpg.connect(superuser_url(self.instance, database))
        try:
            tables = await superuser.fetch("select tablename from pg_tables where schemaname = 'public'")
            counts = {
                table: await superuser.fetchval(
                    f'select count(*) from "{table}" t where t::text ilike any($1)', patterns
                )
                for (table,) in tables
            }
            return {table: count for table, count in counts.items() if count}
        finally:
            await superuser.close()


def made(place: Place, name: str, **spec: Any) -> Object:
    one = tenant(name, **spec)
    place.apply(one)
    place.until("tenant", name, "Ready", 90)
    return one


def associations(one: Object) -> str:
    return f"property/v1/organisations/{one['spec']['tenantId']}/associations"


def new_association() -> dict[str, Any]:
    """With an enterprise number of its own."""
    first = 3_000_000 + next(NUMBERS)
    return {**ASSOCIATION, "enterprise_number": f"{first:08}{97 - first % 97:02}"}
