"""Settings come from the environment, once, and every missing or malformed one is named at the same time."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

PREFIX = "KOPROGO_"


class SettingsError(Exception):
    """Lists every variable that is missing or cannot be read."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service needs. A field `http_port` is read from `KOPROGO_HTTP_PORT`."""

    service: str
    database_url: str
    migration_database_url: str = ""
    """Role that owns the schema; needed by `migrate`, and by the relay to open databases of one tenant."""
    http_host: str = "127.0.0.1"
    http_port: int
    grpc_host: str = "127.0.0.1"
    grpc_port: int
    kafka_bootstrap: str
    kafka_tls: bool = False
    """With the same certificate as gRPC."""
    oidc_issuer: str
    oidc_audience: str = "koprogo-api"
    oidc_jwks_url: str
    tls_ca: Path
    tls_certificate: Path
    tls_key: Path
    grpc_identity: str
    log_level: str = "INFO"
    database_pool: int = 7
    """At most; fewer where relay and jobs have connections of their own, so that a process has 10."""
    trace_sampling: float = 0.01
    otlp_endpoint: str = ""
    """Where spans of sampled traces go; empty: nowhere."""


S = TypeVar("S", bound=ServiceSettings)


def read(kind: type[S], environment: Mapping[str, str] = os.environ) -> S:
    """Read `kind` from `KOPROGO_*` variables, or raise SettingsError naming all that is wrong."""
    values: dict[str, object] = {}
    wrong: list[str] = []
    for field in msgspec.structs.fields(kind):
        variable = PREFIX + field.name.upper()
        text = environment.get(variable)
        if text is None or text == "":
            if field.required:
                wrong.append(f"{variable} is missing")
            continue
        try:
            values[field.name] = _convert(text, field.type)
        except (msgspec.ValidationError, ValueError) as refused:
            wrong.append(f"{variable} cannot be read: {refused}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return msgspec.convert(values, kind)


def _convert(text: str, wanted: object) -> object:
    if wanted is Path:
        return Path(text)
    if wanted is str:
        return text
    if wanted in (int, float, bool):
        return msgspec.convert(text, wanted, strict=False)
    return msgspec.json.decode(text.encode(), type=wanted)
