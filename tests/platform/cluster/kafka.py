"""A real Kafka as Strimzi makes it of our chart: TLS, certificates of clients, and what each KafkaUser may do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from koprogo.kit.events import RenewedContext, secured
from koprogo.stack.instance import Instance, free_ports
from koprogo.stack.parts.kafka import Kafka
from koprogo.stack.parts.part import Say
from koprogo.stack.running import is_listening
from tests.platform.cluster.charts import Objects

# Of Kafka's protocol; what a chart says besides is a KeyError.
RESOURCES = {"topic": 2, "group": 3, "cluster": 4}
PATTERNS = {"literal": 3, "prefix": 4}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Alter": 7, "Describe": 8}
RULES = {"deny": 2, "allow": 3}


def rights(users: Objects) -> Iterator[CreateAclsRequest]:
    """One to one, as Strimzi's user operator asks the broker for them."""
    for user in users:
        assert user["spec"]["authentication"] == {"type": "tls-external"}
        assert user["spec"]["authorization"]["type"] == "simple"
        for rule in user["spec"]["authorization"]["acls"]:
            resource = rule["resource"]
            for operation in rule["operations"]:
                yield CreateAclsRequest(
                    RESOURCES[resource["type"]],
                    resource["name"],
                    PATTERNS[resource.get("patternType", "literal")],
                    f"User:CN={user['metadata']['name']}",
                    rule.get("host", "*"),
                    OPERATIONS[operation],
                    RULES[rule.get("type", "allow")],
                )


async def give_rights(admin: AIOKafkaAdminClient, users: Objects) -> None:
    for request in rights(users):
        # aiokafka has the question, and no method that asks it.
        answer = await admin._send_request(request)
        assert [code for code, _ in answer.creation_responses] == [0], answer


class SecuredKafka(Kafka):
    """Of the stack, with the certificate `kafka`, which may do everything."""

    def settings(self, instance: Instance, log: Path) -> str:
        broker, controller = instance.port("kafka"), instance.port("kafka_controller")
        return f"""{super().settings(instance, log)}
listeners=CLIENTS://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{broker}
listener.security.protocol.map=CLIENTS:SSL,CONTROLLER:SSL
inter.broker.listener.name=CLIENTS
{_with_certificates(instance)}
super.users=User:CN=kafka
"""

    def is_ready(self, instance: Instance) -> bool:
        return is_listening(instance.port("kafka"))

    def after(self, instance: Instance, say: Say) -> None:
        """Topics and rights are what a test gives it."""


class KafkaForBoth(Kafka):
    """Of the stack, where whoever is on this machine may do everything; with a door of its own for `users`."""

    def __init__(self, users: Objects) -> None:
        self.users, self.secured_port = users, free_ports(1)

    def settings(self, instance: Instance, log: Path) -> str:
        plain, controller = (f"127.0.0.1:{instance.port(name)}" for name in ("kafka", "kafka_controller"))
        doors = f"PLAINTEXT://{plain},CLIENTS://127.0.0.1:{self.secured_port}"
        return f"""{super().settings(instance, log)}
listeners={doors},CONTROLLER://{controller}
advertised.listeners={doors}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CLIENTS:SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
{_with_certificates(instance)}
super.users=User:ANONYMOUS
log.cleaner.backoff.ms=500
"""

    def after(self, instance: Instance, say: Say) -> None:
        super().after(instance, say)
        asyncio.run(self._give_rights(f"127.0.0.1:{instance.port('kafka')}"))

    async def _give_rights(self, bootstrap: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            await give_rights(admin, self.users)
        finally:
            await admin.close()


def _with_certificates(instance: Instance) -> str:
    files = f"mounted:{instance.folder / 'certificates'}"
    return f"""
config.providers=mounted
config.providers.mounted.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=${{{files}:kafka.crt}}
ssl.keystore.key=${{{files}:kafka.key}}
ssl.truststore.type=PEM
ssl.truststore.certificates=${{{files}:ca.crt}}
ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
"""


def certificate(instance: Instance, name: str) -> RenewedContext:
    folder = instance.folder / "certificates"
    return RenewedContext(ca=folder / "ca.crt", certificate=folder / f"{name}.crt", key=folder / f"{name}.key")


def administrator(instance: Instance) -> AIOKafkaAdminClient:
    return AIOKafkaAdminClient(
        bootstrap_servers=f"127.0.0.1:{instance.port('kafka')}", **secured(certificate(instance, "kafka"))
    )
