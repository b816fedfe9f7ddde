"""An installation on this machine: its folder, its ports, its secrets."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from koprogo.stack import paths
from koprogo.stack.running import Running
from koprogo.stack.trouble import Trouble

SERVICES: tuple[str, ...] = tuple(yaml.safe_load(Path(__file__).with_name("services.yaml").read_text())["services"])
PORTS = (
    "gateway", "postgres", "kafka", "kafka_controller", "keycloak", "keycloak_management", "s3", "s3_grpc",
    "weed_master", "weed_master_grpc", "weed_volume", "weed_volume_grpc", "weed_filer", "weed_filer_grpc",
    "valkey", "gateway_internal", "smtp", "mail",
    *(f"{service}_{door}" for service in SERVICES for door in ("http", "grpc")),
)  # fmt: skip
DEFAULT_BASE = 8080
SECRETS = (
    "postgres", "keycloak_admin", "super_admin", "identity_client", "web_client",
    *(f"s3{user}_{half}" for user in ("", "_documents", "_operator") for half in ("access", "secret")),
    *(f"{service}_{role}" for service in (*SERVICES, "keycloak") for role in ("owner", "run")),
)  # fmt: skip


@dataclass
class Instance:
    folder: Path
    base: int
    durable: bool = True
    """False: PostgreSQL does not wait for the disk. For tests that kill nothing."""
    secrets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def default(cls) -> Instance:
        """Its ports are those it was made with: Keycloak's realm names them."""
        folder = paths.data() / "default"
        file = folder / "port-base"
        kept = int(file.read_text()) if file.exists() else None
        asked = os.environ.get("KOPROGO_PORT_BASE")
        if kept is not None and asked is not None and int(asked) != kept:
            raise Trouble(f"This installation was made at ports from {kept}; `make reset` before you move it.")
        return cls(folder, kept if kept is not None else int(asked or DEFAULT_BASE)).prepared()

    def keep_ports(self) -> None:
        """From the making of the realm on."""
        (self.folder / "port-base").write_text(str(self.base))

    @classmethod
    def temporary(cls, *, durable: bool = False) -> Instance:
        """With a folder and ports of its own, beside whatever runs."""
        parent = paths.data() / "temporary"
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
        folder.chmod(0o755)
        return cls(folder, free_ports(len(PORTS)), durable).prepared()

    def prepared(self) -> Instance:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "secrets.json"
        if file.exists():
            self.secrets = json.loads(file.read_text())
        for name in SECRETS:
            if name not in self.secrets:
                self.keep_secret(name, secrets.token_urlsafe(18))
        return self

    def keep_secret(self, name: str, value: str) -> None:
        """Written beside and renamed: a crash leaves the old ones or the new."""
        self.secrets[name] = value
        working = self.folder / "secrets.json.new"
        working.touch(mode=0o600)
        working.write_text(json.dumps(self.secrets, indent=1))
        working.rename(self.folder / "secrets.json")

    def port(self, name: str) -> int:
        return self.base + PORTS.index(name)

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.port('gateway')}"

    @property
    def issuer(self) -> str:
        return f"{self.public_url}/auth/realms/koprogo"

    @property
    def mail_url(self) -> str:
        return f"http://127.0.0.1:{self.port('mail')}"

    def running(self, name: str) -> Running:
        return Running(self.folder, name)

    def database_url(self, database: str, role: str = "run") -> str:
        user = database if role == "run" else f"{database}_owner"
        return f"postgresql://{user}:{self.secrets[f'{database}_{role}']}@127.0.0.1:{self.port('postgres')}/{database}"

    def environment(self, service: str) -> dict[str, str]:
        """All a service needs to know, as its settings read it."""
        certificates = self.folder / "certificates"
        return {
            "KOPROGO_SERVICE": service,
            "KOPROGO_DATABASE_URL": self.database_url(service),
            "KOPROGO_MIGRATION_DATABASE_URL": self.database_url(service, "owner"),
            "KOPROGO_HTTP_HOST": "127.0.0.1",
            "KOPROGO_HTTP_PORT": str(self.port(f"{service}_http")),
            "KOPROGO_GRPC_HOST": "127.0.0.1",
            "KOPROGO_GRPC_PORT": str(self.port(f"{service}_grpc")),
            "KOPROGO_KAFKA_BOOTSTRAP": f"127.0.0.1:{self.port('kafka')}",
            "KOPROGO_OIDC_ISSUER": self.issuer,
            "KOPROGO_OIDC_AUDIENCE": "koprogo-api",
            "KOPROGO_OIDC_JWKS_URL": (
                f"http://127.0.0.1:{self.port('keycloak')}/auth/realms/koprogo/protocol/openid-connect/certs"
            ),
            "KOPROGO_TLS_CA": str(certificates / "ca.crt"),
            "KOPROGO_TLS_CERTIFICATE": str(certificates / f"{service}.crt"),
            "KOPROGO_TLS_KEY": str(certificates / f"{service}.key"),
            **{f"KOPROGO_GRPC_{name.upper()}": f"127.0.0.1:{self.port(f'{name}_grpc')}" for name in SERVICES},
            "KOPROGO_VALKEY_URL": f"valkey://127.0.0.1:{self.port('valkey')}/0",
            "KOPROGO_PUBLIC_URL": self.public_url,
            "KOPROGO_S3_ENDPOINT": f"127.0.0.1:{self.port('s3')}",
            "KOPROGO_S3_ACCESS_KEY": self.secrets["s3_documents_access"],
            "KOPROGO_S3_SECRET_KEY": self.secrets["s3_documents_secret"],
            "KOPROGO_S3_BUCKET": "koprogo-documents",
            "KOPROGO_SMTP_HOST": "127.0.0.1",
            "KOPROGO_SMTP_PORT": str(self.port("smtp")),
            "KOPROGO_MAIL_FROM": "no-reply@koprogo.localhost",
            "KOPROGO_KEYCLOAK_URL": f"http://127.0.0.1:{self.port('keycloak')}/auth",
            "KOPROGO_KEYCLOAK_REALM": "koprogo",
            "KOPROGO_KEYCLOAK_CLIENT_ID": "koprogo-identity",
            "KOPROGO_KEYCLOAK_CLIENT_SECRET": self.secrets["identity_client"],
            "KOPROGO_LOG_LEVEL": os.environ.get("KOPROGO_LOG_LEVEL", "INFO"),
        }

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(count: int) -> int:
    """The first of ports in a row that nothing listens on, away from those the kernel hands out for connections."""
    for _ in range(200):
        base = 10_000 + secrets.randbelow(20_000)
        if all(_is_free(base + offset) for offset in range(count)):
            return base
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0
