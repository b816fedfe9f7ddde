from __future__ import annotations

from pathlib import Path

import pytest

from koprogo.kit.settings import ServiceSettings, SettingsError, read


class Settings(ServiceSettings, frozen=True, kw_only=True):
    s3_bucket: str
    retries: int = 3
    languages: list[str] = []


WHOLE = {
    "KOPROGO_SERVICE": "notes", "KOPROGO_DATABASE_URL": "postgresql://x", "KOPROGO_HTTP_PORT": "8001",
    "KOPROGO_GRPC_PORT": "9001", "KOPROGO_KAFKA_BOOTSTRAP": "k:9092", "KOPROGO_OIDC_ISSUER": "https://i",
    "KOPROGO_OIDC_JWKS_URL": "https://i/certs", "KOPROGO_TLS_CA": "/ca", "KOPROGO_TLS_CERTIFICATE": "/crt",
    "KOPROGO_TLS_KEY": "/key", "KOPROGO_GRPC_IDENTITY": "identity:9001", "KOPROGO_S3_BUCKET": "files",
}  # fmt: skip


class TestReadingSettings:
    def test_converts_each_to_what_the_field_says(self) -> None:
        settings = read(Settings, {**WHOLE, "KOPROGO_LANGUAGES": '["fr", "nl"]', "KOPROGO_TRACE_SAMPLING": "0.5"})
        assert (settings.http_port, settings.tls_ca, settings.trace_sampling) == (8001, Path("/ca"), 0.5)
        assert (settings.languages, settings.retries) == (["fr", "nl"], 3)

    def test_names_all_that_is_missing_or_malformed_at_once(self) -> None:
        environment = {**WHOLE, "KOPROGO_HTTP_PORT": "eighty", "KOPROGO_RETRIES": "often", "KOPROGO_S3_BUCKET": ""}
        del environment["KOPROGO_DATABASE_URL"], environment["KOPROGO_TLS_CA"]
        with pytest.raises(SettingsError) as refused:
            read(Settings, environment)
        said = str(refused.value).split("; ")
        assert [line.split()[0] for line in said] == [
            "KOPROGO_DATABASE_URL", "KOPROGO_HTTP_PORT", "KOPROGO_TLS_CA", "KOPROGO_S3_BUCKET", "KOPROGO_RETRIES",
        ]  # fmt: skip
        assert [line for line in said if line.endswith("is missing")] == [said[0], said[2], said[3]]

    def test_names_every_variable_of_an_empty_environment(self) -> None:
        with pytest.raises(SettingsError) as refused:
            read(Settings, {})
        assert set(str(refused.value).replace(" is missing", "").split("; ")) == set(WHOLE)
