import asyncio
import shutil
import subprocess
from pathlib import Path

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from koprogo.stack import downloads, paths
from koprogo.stack.instance import Instance
from koprogo.stack.parts.part import Say
from koprogo.stack.running import is_listening
from koprogo.stack.trouble import Trouble

JAVA = ["java", "-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
COMPACTED = {"cleanup.policy": "compact", "min.compaction.lag.ms": "60000", "max.compaction.lag.ms": "86400000"}
"""Keeps what is said last of each key without end; what is unsaid is gone a day later, once another message came."""


class Kafka:
    name = "kafka"
    needs: tuple[str, ...] = ()
    ports = ("kafka", "kafka_controller")
    options: tuple[str, ...] = ()
    """More for its Java."""

    def start(self, instance: Instance, say: Say) -> None:
        jars = downloads.kafka(say)
        folder = instance.folder / "kafka"
        folder.mkdir(exist_ok=True)
        config = folder / "server.properties"
        config.write_text(self.settings(instance, folder / "log"))
        if not (folder / "log" / "meta.properties").exists():
            shutil.rmtree(folder / "log", ignore_errors=True)
            done = subprocess.run(
                [*JAVA, "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format", "-t", "S29wcm9Hb0tvcHJvR29LQQ",
                 "-c", str(config)],
                capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode:
                raise Trouble(f"Kafka's folder could not be made:\n{(done.stdout + done.stderr)[-1500:]}")
        instance.running(self.name).start([*JAVA, *self.options, "-cp", f"{jars}/*", "kafka.Kafka", config], {})

    def settings(self, instance: Instance, log: Path) -> str:
        broker, controller = instance.port("kafka"), instance.port("kafka_controller")
        return f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
controller.listener.names=CONTROLLER
log.dirs={log}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
"""

    def is_ready(self, instance: Instance) -> bool:
        return is_listening(instance.port("kafka")) and asyncio.run(_make_topics(instance, []))

    def after(self, instance: Instance, say: Say) -> None:
        """Topics are what the reviewed files say."""
        if not asyncio.run(_make_topics(instance, topics(paths.repository() / "proto" / "topics"))):
            raise Trouble("Kafka does not make the topics.")


def topics(folder: Path) -> list[NewTopic]:
    wanted = []
    for file in sorted(folder.glob("*.yaml")):
        described = yaml.safe_load(file.read_text(encoding="utf-8"))
        configs = COMPACTED if described.get("compaction") else {"retention.ms": str(described["retention_ms"])}
        wanted.append(NewTopic(described["topic"], described["partitions"], 1, topic_configs=configs))
        wanted.append(NewTopic(f"{described['topic']}.dlq", 1, 1, topic_configs=COMPACTED))
    return wanted


async def _make_topics(instance: Instance, wanted: list[NewTopic]) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{instance.port('kafka')}", request_timeout_ms=5000)
    try:
        await admin.start()
        known = await admin.list_topics()
        for topic in wanted:
            if topic.name not in known:
                try:
                    await admin.create_topics([topic])
                except TopicAlreadyExistsError:
                    continue
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return True
