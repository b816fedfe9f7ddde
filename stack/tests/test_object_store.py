"""Who reaches which bucket, with the real object store: the services' key opens nothing that the operator keeps."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from minio import Minio
from minio.commonconfig import GOVERNANCE, CopySource
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED, VersioningConfig

from koprogo.stack.client import eventually
from koprogo.stack.instance import Instance
from koprogo.stack.parts.others import ARCHIVES, DOCUMENTS
from koprogo.stack.testing import running

OWN = "t-dubois"
"""Bucket of a dedicated tenant."""
Deed = Callable[[Minio, str], object]


@pytest.fixture(scope="module")
def store() -> Iterator[Instance]:
    with running("seaweedfs") as started:
        administrator = client(started.instance, "")
        administrator.make_bucket(OWN)
        for bucket in (DOCUMENTS, ARCHIVES, OWN):
            put(administrator, bucket)
        yield started.instance


def client(instance: Instance, user: str) -> Minio:
    keys = {half: instance.secrets[f"s3{user}_{half}"] for half in ("access", "secret")}
    return Minio(
        f"127.0.0.1:{instance.port('s3')}", access_key=keys["access"], secret_key=keys["secret"], secure=False,
        region="us-east-1",
    )  # fmt: skip


def put(client: Minio, bucket: str) -> object:
    return client.put_object(bucket, "kept", io.BytesIO(b"x"), 1)


def take_along(client: Minio, bucket: str) -> object:
    return client.copy_object(DOCUMENTS, "stolen", CopySource(bucket, "kept"))


DEEDS: dict[str, Deed] = {
    "see": lambda client, bucket: client.bucket_exists(bucket),
    "list": lambda client, bucket: list(client.list_objects(bucket)),
    "list versions": lambda client, bucket: list(client.list_objects(bucket, include_version=True)),
    "read": lambda client, bucket: client.get_object(bucket, "kept").read(),
    "copy": take_along,
    "write": put,
    "delete": lambda client, bucket: client.remove_object(bucket, "none"),
}
LEADS: dict[str, Deed] = {
    "make": lambda client, bucket: client.make_bucket(bucket),
    "remove": lambda client, bucket: client.remove_bucket(bucket),
}


def refused(deed: Deed, client: Minio, bucket: str) -> bool:
    try:
        deed(client, bucket)
    except S3Error as answer:
        if answer.response.status == 403:
            return True
        raise
    return False


class TestTheKeyOfDocuments:
    @pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
    @pytest.mark.parametrize(("bucket", "is_refused"), [(DOCUMENTS, False), (OWN, False), (ARCHIVES, True)])
    def test_opens_its_own_buckets_and_not_the_archives(
        self, store: Instance, deed: Deed, bucket: str, is_refused: bool
    ) -> None:
        assert refused(deed, client(store, "_documents"), bucket) is is_refused

    @pytest.mark.parametrize(
        ("deed", "bucket"),
        [("make", "t-other"), ("make", "other"), ("remove", DOCUMENTS), ("remove", OWN), ("remove", ARCHIVES)],
    )
    def test_makes_and_removes_no_bucket(self, store: Instance, deed: str, bucket: str) -> None:
        assert refused(LEADS[deed], client(store, "_documents"), bucket)


class TestTheKeyOfTheOperator:
    @pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
    @pytest.mark.parametrize("bucket", [DOCUMENTS, OWN, ARCHIVES])
    def test_opens_all_that_it_leads(self, store: Instance, deed: Deed, bucket: str) -> None:
        assert not refused(deed, client(store, "_operator"), bucket)

    def test_makes_and_removes_the_buckets_of_tenants_alone(self, store: Instance) -> None:
        operator = client(store, "_operator")
        for deed in LEADS.values():
            assert not refused(deed, operator, "t-martens")
            assert all(refused(deed, operator, bucket) for bucket in (DOCUMENTS, ARCHIVES, "other"))

    def test_ends_no_lock_and_does_not_widen_itself(self, store: Instance) -> None:
        operator = client(store, "_operator")
        until = datetime.now(UTC) + timedelta(seconds=60)
        put(operator, ARCHIVES)
        operator.set_object_retention(ARCHIVES, "kept", Retention(GOVERNANCE, until))
        (locked, *_) = operator.list_objects(ARCHIVES, "kept", include_version=True)
        gone = [DeleteObject("kept", locked.version_id)]
        for forced in (False, True):
            (answer,) = operator.remove_objects(ARCHIVES, gone, bypass_governance_mode=forced)
            assert answer.code == "AccessDenied"
        with pytest.raises(S3Error, match="AccessDenied"):
            operator.set_object_retention(ARCHIVES, "kept", Retention(GOVERNANCE, until - timedelta(seconds=30)))
        for who in ("_operator", ""):
            with pytest.raises(S3Error, match="AccessDenied|InvalidBucketState"):
                client(store, who).set_bucket_versioning(ARCHIVES, VersioningConfig(SUSPENDED))


def test_an_installation_of_before_gets_the_keys_it_lacks() -> None:
    instance = Instance.temporary()
    try:
        file = instance.folder / "secrets.json"
        before = {
            name: key
            for name, key in instance.secrets.items()
            if "_documents_" not in name and "_operator_" not in name
        }
        file.write_text(json.dumps(before))
        now = Instance(instance.folder, instance.base).prepared().secrets
        assert now.items() >= before.items()
        assert now.keys() == instance.secrets.keys()
    finally:
        instance.forget()


class TestALinkThatTheKeyOfDocumentsSigned:
    """Of ours nobody signs one: who may read a file, the service documents says at each reading."""

    def test_opens_one_file_until_its_time_is_over(self, store: Instance) -> None:
        link = client(store, "_documents").presigned_get_object(DOCUMENTS, "kept", timedelta(seconds=2))
        assert httpx.get(link).content == b"x"
        assert httpx.get(link.replace("/kept?", "/other?")).status_code == 403
        assert httpx.get(link.split("?")[0]).status_code == 403
        eventually(lambda: httpx.get(link).status_code == 403, seconds=10)

    def test_opens_nothing_of_the_archives(self, store: Instance) -> None:
        link = client(store, "_documents").presigned_get_object(ARCHIVES, "kept", timedelta(minutes=1))
        assert httpx.get(link).status_code == 403
