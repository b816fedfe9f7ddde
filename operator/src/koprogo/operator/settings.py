from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator needs. A field `http_port` is read from `KOPROGO_HTTP_PORT`."""

    kubernetes_url: str = "https://kubernetes.default.svc"
    kubernetes_ca: Path = ACCOUNT / "ca.crt"
    kubernetes_token: Path = ACCOUNT / "token"
    """Read anew for each call: it is renewed under way."""
    services: Mapping[str, str]
    """Service to its gRPC address, as JSON."""
    tls_ca: Path
    tls_certificate: Path
    tls_key: Path
    kafka_bootstrap: str
    kafka_tls: bool = False
    """With the same certificate as gRPC."""
    keycloak_url: str
    keycloak_realm: str
    keycloak_client_id: str
    keycloak_client_secret: str
    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str
    s3_bucket: str
    s3_archives: str = ""
    """Bucket of archives and backups, which no service reaches and which locks; without one they lie, unlocked, in that
    of the documents."""
    backup_recipient: str = ""
    """Public key of age that backups are sealed for; without one none is made."""
    backup_identity: Path = Path("/etc/koprogo/backups/identity")
    """Private keys, there only while somebody restores a backup."""
    public_host: str
    """Where a tenant's own domain leads to."""
    routes_namespace: str = "gateway"
    gateway_port: int = 8443
    """Where the gateway itself listens for HTTPS; its Service leads 443 there."""
    certificate_issuer: str = "letsencrypt"
    databases_namespace: str = "data"
    postgres_cluster: str = "postgres"
    """Of CloudNativePG, where the databases of the dedicated tier are made."""
    http_host: str = "127.0.0.1"
    http_port: int
    """Of the figures."""
    probe_port: int
    interval_seconds: float = 300.0
    """After this long at most, what somebody changed by hand is put right."""
    patience_seconds: float = 15.0
    """Between two attempts at what cannot be done yet, at most."""
    log_level: str = "INFO"
    stop_after: str = ""
    """`<tenant>/<step>` after which the process ends at once: to see that another goes on from there."""
