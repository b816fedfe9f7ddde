"""Composition root: settings in, running process out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys

import kopf
from prometheus_client import start_http_server

from koprogo.kit import logs
from koprogo.kit.events import RenewedContext
from koprogo.kit.grpc import Channels
from koprogo.kit.settings import SettingsError, read
from koprogo.operator.adapters.buckets import Buckets
from koprogo.operator.adapters.cluster import Cluster
from koprogo.operator.adapters.databases import Databases
from koprogo.operator.adapters.dead_letters import DeadLetters
from koprogo.operator.adapters.keycloak import KeycloakOrganisations
from koprogo.operator.adapters.objects import S3Objects
from koprogo.operator.adapters.routes import Routes
from koprogo.operator.adapters.services import Services
from koprogo.operator.backing_up import BackingUp
from koprogo.operator.deeds import Outside
from koprogo.operator.handlers import register
from koprogo.operator.lead import Lead
from koprogo.operator.restoring import Restoring
from koprogo.operator.sealed import Sealed
from koprogo.operator.settings import Settings
from koprogo.operator.tenant import GROUP


def main() -> None:
    try:
        # The kit reads what every service needs; this is none, and keeps no database.
        settings = read(Settings, os.environ)  # type: ignore[type-var]
    except SettingsError as wrong:
        sys.exit(f"koprogo.operator: {wrong}")
    logs.configure("operator", settings.log_level)
    # A line for each event of each object, as kopf writes them, says nothing that a status does not.
    logging.getLogger("kopf").setLevel(logging.WARNING)
    asyncio.run(run(settings))


async def run(settings: Settings) -> None:
    cluster = Cluster(settings.kubernetes_url, settings.kubernetes_ca, settings.kubernetes_token)
    certificate = {"ca": settings.tls_ca, "certificate": settings.tls_certificate, "key": settings.tls_key}
    channels = Channels(**certificate)
    services = Services(channels, settings.services)
    organisations = KeycloakOrganisations(
        url=settings.keycloak_url,
        realm=settings.keycloak_realm,
        client_id=settings.keycloak_client_id,
        client_secret=settings.keycloak_client_secret,
    )
    objects = S3Objects(
        settings.s3_endpoint,
        settings.s3_bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )
    archives = objects.in_bucket(settings.s3_archives or settings.s3_bucket)
    routes = Routes(
        cluster,
        namespace=settings.routes_namespace,
        issuer=settings.certificate_issuer,
        public_host=settings.public_host,
        port=settings.gateway_port,
    )
    databases = Databases(cluster, namespace=settings.databases_namespace, postgres=settings.postgres_cluster)
    buckets = Buckets(objects)
    tls = RenewedContext(**certificate) if settings.kafka_tls else None
    dead_letters = DeadLetters(settings.kafka_bootstrap, tls=tls)
    outside = Outside(organisations, services, buckets, archives, databases, routes, dead_letters)
    lead = Lead(outside, cluster, settings.stop_after)
    registry = kopf.OperatorRegistry()
    sealed = Sealed(archives, settings.backup_recipient, settings.backup_identity)
    restoring = Restoring(services, buckets, archives, sealed, cluster)
    backing_up = BackingUp(services, buckets, archives, sealed, cluster, locks=bool(settings.s3_archives))
    register(registry, settings, lead, restoring, backing_up)
    start_http_server(settings.http_port, settings.http_host)
    try:
        # It ends by itself at SIGTERM and SIGINT.
        await kopf.operator(
            registry=registry,
            settings=_kopf(),
            standalone=True,
            clusterwide=True,
            liveness_endpoint=f"http://{settings.http_host}:{settings.probe_port}/healthz",
        )
    finally:
        for client in (cluster, organisations, channels):
            with contextlib.suppress(Exception):
                await client.close()


def _kopf() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    # Its roles let it neither list definitions nor namespaces: both are here before it.
    settings.scanning.disabled = True
    settings.persistence.finalizer = f"{GROUP}/tenant"
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=f"operator.{GROUP}")
    settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=f"operator.{GROUP}")
    # A watch that went silent is begun again.
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 60
    # No limit of workers: those that wait until every object is indexed would keep the others from being indexed,
    # and all would wait for ever. What is done at once is limited where it is done.
    settings.background.cancellation_polling = 5
    return settings
