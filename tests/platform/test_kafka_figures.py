"""What Prometheus is told of Kafka: by a real broker, with the exporter that Strimzi uses and our rules."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import promql_parser
import pytest
from aiokafka import AIOKafkaProducer

from koprogo.stack import paths
from koprogo.stack.client import eventually
from koprogo.stack.instance import free_ports
from koprogo.stack.parts.kafka import Kafka
from koprogo.stack.parts.part import launch
from koprogo.stack.testing import running
from tests.platform.cluster.charts import of_kind, render
from tests.platform.cluster.programs import SOURCES, run
from tests.platform.test_observability import asked, metrics_of

EXPORTER = "io.prometheus.jmx:jmx_prometheus_javaagent:1.0.1"
TOPIC = "property.lot"


def exporter() -> Path:
    """Its JAR, kept in the cache."""
    folder = paths.cache() / "platform" / "jmx-exporter"
    name = "{1}-{2}.jar".format(*EXPORTER.split(":"))
    if not (folder / name).exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as working:
            goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
            run(["mvn", "-q", "-B", goal, f"-Dartifact={EXPORTER}", f"-DoutputDirectory={working}"], SOURCES)
            folder.mkdir(exist_ok=True)
            (Path(working) / name).rename(folder / name)
    return folder / name


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address where they are read."""
    objects = render("data", "vps")
    wanted = of_kind(objects, "Kafka")[0]["spec"]["kafka"]["metricsConfig"]["valueFrom"]["configMapKeyRef"]
    (told,) = [one for one in of_kind(objects, "ConfigMap") if one["metadata"]["name"] == wanted["name"]]
    rules, port = tmp_path_factory.mktemp("rules") / "rules.yaml", free_ports(1)
    rules.write_text(told["data"][wanted["key"]])
    with running() as alone:
        kafka = Kafka()
        kafka.options = (f"-javaagent:{exporter()}=127.0.0.1:{port}:{rules}",)
        launch(kafka, alone.instance, lambda _: None)
        asyncio.run(write(f"127.0.0.1:{alone.instance.port('kafka')}"))
        yield f"http://127.0.0.1:{port}/metrics"


async def write(bootstrap: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(TOPIC, b"a fact of some length")


class TestABroker:
    def test_writes_every_figure_that_is_asked_of_it(self, figures: str) -> None:
        asks = {name for expression in asked().values() for name in metrics_of(promql_parser.parse(expression))}
        # How far readers are behind, says another program.
        wanted = {name for name in asks if name.startswith("kafka_")} - {"kafka_consumergroup_lag"}
        assert len(wanted) == 3
        written = set(re.findall(r"^(kafka_\w+)", httpx.get(figures).text, re.MULTILINE))
        assert written == wanted

    def test_counts_what_is_written_to_each_topic(self, figures: str) -> None:
        count = rf'^kafka_server_brokertopicmetrics_bytesin_total{{topic="{re.escape(TOPIC)}"}} (\S+)$'
        found = eventually(lambda: re.search(count, httpx.get(figures).text, re.MULTILINE))
        assert float(found[1]) > 20

    def test_says_of_partitions_that_none_is_missing(self, figures: str) -> None:
        text = httpx.get(figures).text
        for name in ("kafka_server_replicamanager_underreplicatedpartitions",
                     "kafka_controller_kafkacontroller_offlinepartitionscount"):  # fmt: skip
            assert f"\n{name} 0.0\n" in text
