"""The platform on the node: images, a real CloudNativePG, and every service from its own chart."""

from __future__ import annotations

import asyncio
import base64
import json
import string
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from minio import Minio

from images import build, parts
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.kafka import topics
from koprogo.stack.parts.keycloak import make_realm
from koprogo.stack.parts.others import DOCUMENTS, users
from koprogo.stack.paths import repository
from koprogo.stack.running import Running
from tests.node.machine import ADDRESS, Machine
from tests.platform.cluster import charts
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.kafka import give_rights
from tests.platform.cluster.programs import program, run

HERE = Path(__file__).parent
ENVIRONMENT = "vps"
HOST = "vps.koprogo.example"
MAIL = 8025
# A node of two cores: what is asked for is small, what is allowed is as the charts have it.
ROOM = ("postgres.cpu=50m", "postgres.memory=512Mi", "kafka.cpu=50m", "postgres.instances=2")


class InCluster(Instance):
    """Reached through the gateway of the cluster."""

    @property
    def public_url(self) -> str:
        return f"https://{HOST}"

    @property
    def mail_url(self) -> str:
        return f"http://{ADDRESS}:{MAIL}"


class Town:
    def __init__(self, cluster: ControlPlane, machine: Machine, folder: Path) -> None:
        self.cluster, self.machine, self.folder = cluster, machine, folder
        self.instance = InCluster(folder / "instance", 0).prepared()
        self.images: dict[str, str] = {}

    def begin(self) -> None:
        self._load_images()
        self.apply(charts.render("baseline", ENVIRONMENT))
        self.apply([_namespace("cnpg-system"), _namespace("cert-manager")])
        self._mail()
        self._secrets()
        self._postgres()
        images = {"kafka": self.images["kafka"], "traefik": self.images["traefik"], "machine": ADDRESS}
        self.apply(string.Template((HERE / "neighbours.yaml").read_text()).substitute(images))
        gateway = charts.render("gateway", ENVIRONMENT)
        self._certificates(gateway)
        self.apply(gateway)
        self.until_ready("statefulset", "data", ["kafka", "objectstore", "valkey"])
        self._topics()
        self._bucket()
        self.cluster.until(self.is_healthy, 180, "both instances of PostgreSQL are healthy")
        self.until_ready("statefulset", "data", ["keycloak"])
        base = f"http://{self.address('data', 'app.kubernetes.io/name=keycloak')}:8080/auth"
        make_realm(base, self.instance, smtp=(ADDRESS, 587))
        for service in SERVICES:
            self.deploy(service)
        for service in SERVICES:
            processes = [f"{service}-{process}" for process in ("serve", "relay", "consume")]
            self.until_ready("deployment", service, processes)

    def deploy(self, service: str, *words: str) -> None:
        """As Argo CD would: first the job that migrates, beside whatever runs, then the rest."""
        digest = self.images[service].partition("@")[2]
        own = ["--set", f"image.digest={digest}"]
        if service == "documents":
            # A mail provider asks for a password over TLS; the catcher asks for nothing.
            own += ["--set", "settings.SMTP_USERNAME="]
        objects = charts.render(service, ENVIRONMENT, *own, *words)
        self._certificates(objects)
        job = charts.of_kind(objects, "Job")[0]
        others = [one for one in objects if one is not job and one["kind"] != "ServiceAccount"]
        self.apply(charts.of_kind(objects, "ServiceAccount"))
        self.cluster.kubectl("-n", service, "delete", "job", job["metadata"]["name"], "--ignore-not-found")
        self.apply([job])
        self.cluster.kubectl(
            "-n", service, "wait", "--for=condition=Complete", f"job/{service}-migrate", "--timeout=120s"
        )
        self.apply(others)

    def apply(self, objects: Iterable[Mapping[str, Any]] | str) -> None:
        given = objects if isinstance(objects, str) else list(objects)
        self.cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", given=given)

    def until_ready(self, kind: str, namespace: str, names: Iterable[str]) -> None:
        for name in names:
            self.cluster.kubectl("-n", namespace, "rollout", "status", f"{kind}/{name}", "--timeout=240s")

    def address(self, namespace: str, label: str) -> str:
        """Of the first pod with the label."""
        pods = self.cluster.get("-n", namespace, "pods", "-l", label)["items"]
        return str(pods[0]["status"]["podIP"])

    def primary(self) -> str:
        return str(self.cluster.get("-n", "data", "cluster.postgresql.cnpg.io", "postgres")["status"]["currentPrimary"])

    def stop(self) -> None:
        for name in ("cnpg", "mail"):
            Running(self.folder, name).stop(patience=5)

    def _load_images(self) -> None:
        working = repository() / "build" / "images"
        for name in SERVICES:
            self._load(build.service(name, working).partition(" ")[0])
        for name in parts.PARTS:
            self._load(build.described(parts.part(name, working)).partition(" ")[0])
        manager = working / "cnpg"
        manager.mkdir(parents=True, exist_ok=True)
        (manager / "manager").write_bytes(program("cnpg-manager").read_bytes())
        (manager / "manager").chmod(0o755)
        tag = build.filled(manager, "cnpg", 'USER 65532:65532\nENTRYPOINT ["/manager"]')
        self._load(build.described(tag).partition(" ")[0])

    def _load(self, image: str) -> None:
        repository_ = image.partition("@")[0]
        name = repository_.rpartition("/")[2]
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "image.tar"
            run(["podman", "save", "-q", "--format", "oci-archive", "-o", str(archive), f"{repository_}:latest"], HERE)
            self.images[name] = self.machine.load(archive, repository_)

    def _mail(self) -> None:
        mail = Running(self.folder, "mail")
        command = [
            sys.executable,
            "-m",
            "koprogo.stack.mail_catcher",
            str(self.folder / "mail"),
            "587",
            str(MAIL),
            ADDRESS,
        ]
        mail.start(command, {})
        mail.wait_until(lambda: _answers(f"{self.instance.mail_url}/messages"), 20)

    def _secrets(self) -> None:
        """Each as its secrets.yaml says that it is made."""
        known = self.instance.secrets
        for service in SERVICES:
            run_, owner = known[f"{service}_run"], known[f"{service}_owner"]
            self.apply([_secret(service, f"{service}-database", run=run_, owner=owner)])
            self.apply([_login(f"{service}-run", service, run_), _login(f"{service}-owner", f"{service}_owner", owner)])
        keys = {"access-key": known["s3_documents_access"], "secret-key": known["s3_documents_secret"]}
        self.apply([
            _login("keycloak-run", "keycloak", known["keycloak_run"]),
            _login("keycloak-owner", "keycloak_owner", known["keycloak_owner"]),
            _secret("data", "objectstore-users", **{"users.json": json.dumps(users(known))}),
            _secret("data", "keycloak-admin", password=known["keycloak_admin"]),
            _secret("documents", "documents-objectstore", **keys),
            _secret("documents", "documents-mail", password="unused"),
            _secret("identity", "identity-keycloak", **{"client-secret": known["identity_client"]}),
        ])  # fmt: skip

    def _certificates(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """What cert-manager would do, from the same resources."""
        keys = self.cluster.folder / "keys"
        for one in objects:
            if one["kind"] != "Certificate" or one["spec"].get("isCA"):
                continue
            name, space = one["spec"]["secretName"], one["metadata"]["namespace"]
            names = ",".join(f"DNS:{host}" for host in one["spec"]["dnsNames"])
            self.cluster.certificate(name, f"/CN={one['spec'].get('commonName', HOST)}", f"subjectAltName={names}")
            files = {"tls.crt": keys / f"{name}.crt", "tls.key": keys / f"{name}.key", "ca.crt": keys / "ca.crt"}
            told = {key: file.read_text() for key, file in files.items()}
            self.apply([_secret(space, name, "kubernetes.io/tls", **told)])

    def _postgres(self) -> None:
        self._operator()
        images = {
            "postgres.image": _tagged(self.images["postgresql"], "18.6"), "objectstore.image": self.images["seaweedfs"],
            "keycloak.image": self.images["keycloak"], "valkey.image": self.images["valkey"],
        }  # fmt: skip
        words = [word for name, value in images.items() for word in ("--set", f"{name}={value}")]
        words += [word for setting in ROOM for word in ("--set", setting)]
        objects = charts.render("data", ENVIRONMENT, *words)
        self._certificates(objects)
        for one in charts.of_kind(objects, "Cluster"):
            # Backups need the barman plugin, which does not run here.
            del one["spec"]["plugins"]
        self._volumes({"objectstore": 10001, "postgres-1": 26, "postgres-2": 26, "postgres-3": 26})
        self.apply([one for one in objects if one["kind"] not in ("ScheduledBackup", "ObjectStore")])

    def _operator(self) -> None:
        """CloudNativePG's own program, beside the cluster; without its webhooks it applies defaults itself."""
        home = self.folder / "cnpg-home"
        (home / "operator").mkdir(parents=True)
        (home / "operator" / "manager_amd64").symlink_to(program("cnpg-manager"))
        self.cluster.certificate("apiserver", "/CN=cnpg-webhook", "subjectAltName=DNS:cnpg-webhook")
        for end in ("crt", "key"):
            (home / f"apiserver.{end}").write_bytes((self.cluster.folder / "keys" / f"apiserver.{end}").read_bytes())
        environment = {
            "OPERATOR_NAMESPACE": "cnpg-system", "WEBHOOK_CERT_DIR": str(home),
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "OPERATOR_IMAGE_NAME": _tagged(self.images["cnpg"], "1.30.0"),
            "POSTGRES_IMAGE_NAME": _tagged(self.images["postgresql"], "18.6"),
        }  # fmt: skip
        ports = self.machine.ports
        command = [program("cnpg-manager"), "controller", "--webhook-port", str(ports["dns"])]
        command += ["--metrics-bind-address", "0", "--log-level", "info"]
        # It looks for ./operator/manager_<architecture>.
        shell = ["sh", "-c", f'cd {home} && exec "$@"', "cnpg", *(str(word) for word in command)]
        operator = Running(self.folder, "cnpg")
        operator.start(shell, environment)
        operator.wait_until(lambda: _says(operator.log_file, '"Starting workers","controller":"cluster"'), 60)

    def _volumes(self, owners: Mapping[str, int]) -> None:
        made = []
        for name, owner in owners.items():
            where = self.folder / "volumes" / name
            where.mkdir(parents=True)
            where.chmod(0o700)
            run(["chown", f"{owner}:{owner}", str(where)], HERE)
            made.append({
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
                "spec": {
                    "capacity": {"storage": "500Gi"}, "accessModes": ["ReadWriteOnce"],
                    "hostPath": {"path": str(where)}, "claimRef": {"name": name, "namespace": "data"},
                },
            })  # fmt: skip
        self.apply(made)

    def is_healthy(self) -> bool:
        status = self.cluster.get("-n", "data", "cluster.postgresql.cnpg.io", "postgres").get("status", {})
        databases = self.cluster.get("-n", "data", "databases.postgresql.cnpg.io")["items"]
        applied = all(one.get("status", {}).get("applied") for one in databases)
        return (
            bool(databases)
            and status.get("phase") == "Cluster in healthy state"
            and status.get("readyInstances") == 2
            and applied
        )

    def _topics(self) -> None:
        async def make() -> None:
            admin = AIOKafkaAdminClient(
                bootstrap_servers=f"{self.address('data', 'app.kubernetes.io/name=kafka')}:9094"
            )
            await admin.start()
            try:
                await admin.create_topics(topics(repository() / "proto" / "topics"))
                await give_rights(admin, charts.of_kind(charts.render("data", ENVIRONMENT), "KafkaUser"))
            finally:
                await admin.close()

        asyncio.run(make())

    def _bucket(self) -> None:
        known = self.instance.secrets
        address = f"{self.address('data', 'app.kubernetes.io/name=objectstore')}:8333"
        client = Minio(address, access_key=known["s3_access"], secret_key=known["s3_secret"], secure=False)
        self.cluster.until(lambda: _made(client, DOCUMENTS), 60, "the bucket is there")


def _made(client: Minio, bucket: str) -> bool:
    if not client.bucket_exists(bucket):
        client.make_bucket(bucket)
    return True


def _says(log: Path, words: str) -> bool:
    return log.exists() and words in log.read_text(errors="replace")


def _tagged(image: str, tag: str) -> str:
    """CloudNativePG reads the version from a tag, beside the digest."""
    name, _, digest = image.partition("@")
    return f"{name}:{tag}@{digest}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _login(name: str, role: str, password: str) -> dict[str, Any]:
    return _secret("data", name, "kubernetes.io/basic-auth", username=role, password=password)


def _secret(namespace: str, name: str, kind: str = "Opaque", **values: str) -> dict[str, Any]:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    meta = {"name": name, "namespace": namespace, "labels": {"cnpg.io/reload": "true"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": kind, "data": data}
