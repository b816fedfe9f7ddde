"""What is written down is what runs: permissions, OpenAPI, generated code, topics, distributions."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from google.protobuf.descriptor_pool import Default

from koprogo.stack import instance

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = [*ROOT.glob("libs/*"), *ROOT.glob("services/*"), ROOT / "stack", ROOT / "operator"]


def _write() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_write", ROOT / "docs" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestDocuments:
    async def test_say_what_the_routes_say(self) -> None:
        for file, wanted in (await _write().files()).items():
            assert file.read_text(encoding="utf-8") == wanted, f"{file.name} is not what runs: `make docs`"

    async def test_name_an_operation_once_in_a_service(self) -> None:
        write = _write()
        for service in write.SERVICES:
            schema = (await write.application(service)).openapi_schema.to_schema()
            ids = [
                op["operationId"] for path in schema["paths"].values() for op in path.values() if "operationId" in op
            ]
            assert ids
            assert len(ids) == len(set(ids))

    def test_lead_to_files_that_are_there(self) -> None:
        known = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
        links = [
            (file, target)
            for file in known.stdout.split()
            for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / file).read_text(encoding="utf-8"))
        ]
        assert len(links) > 60
        assert [link for link in links if not (ROOT / link[0]).parent.joinpath(link[1]).exists()] == []


class TestGeneratedCode:
    def test_is_what_the_protos_generate(self, tmp_path: Path) -> None:
        subprocess.run(["bash", ROOT / "proto" / "generate.sh", tmp_path], check=True, capture_output=True)
        fresh = {f.relative_to(tmp_path): f.read_text() for f in tmp_path.rglob("*_pb2*")}
        kept = ROOT / "libs" / "api" / "src"
        assert {f.relative_to(kept): f.read_text() for f in kept.rglob("*_pb2*") if f.suffix != ".pyc"} == fresh


TOPICS = sorted((ROOT / "proto" / "topics").glob("*.yaml"))
SERVICES = set(instance.SERVICES)


@pytest.mark.parametrize("file", TOPICS, ids=[f.stem for f in TOPICS])
class TestATopic:
    def test_is_described_whole(self, file: Path) -> None:
        topic = yaml.safe_load(file.read_text())
        assert topic["topic"] == file.stem
        assert {topic["owner"], *topic["producers"], *topic["consumers"]} <= SERVICES
        assert bool(topic.get("compaction")) != ("retention_ms" in topic)
        assert topic["key"]
        assert topic["partitions"] > 0

    def test_carries_messages_that_exist(self, file: Path) -> None:
        import_all()
        for name in yaml.safe_load(file.read_text())["messages"]:
            assert Default().FindMessageTypeByName(name)

    def test_is_written_and_read_by_those_it_names(self, file: Path) -> None:
        topic = yaml.safe_load(file.read_text())
        mentions = {
            service
            for service in SERVICES
            if any(f'"{file.stem}"' in f.read_text() for f in (ROOT / "services" / service / "src").rglob("*.py"))
        }
        # Grants are read by the kit, in every service.
        read_by_kit = set(topic["consumers"]) if file.stem == "identity.grant" else set()
        assert mentions | read_by_kit == {*topic["producers"], *topic["consumers"]}

    def test_that_is_compacted_can_be_unsaid_by_who_produces_it(self, file: Path) -> None:
        topic = yaml.safe_load(file.read_text())
        silent = {
            service
            for service in topic["producers"]
            if "told=" not in (ROOT / "services" / service / "src" / "koprogo" / service / "main.py").read_text()
        }
        assert not (topic.get("compaction") and silent), "Wiring.told says what a tenant's erasure has to unsay"


def import_all() -> None:
    for file in (ROOT / "libs" / "api" / "src").rglob("*_pb2.py"):
        importlib.import_module(".".join(file.relative_to(ROOT / "libs" / "api" / "src").with_suffix("").parts))


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=[f.name for f in DISTRIBUTIONS])
class TestADistribution:
    def test_has_its_licence(self, folder: Path) -> None:
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        assert project["license"] == "AGPL-3.0-or-later"

    def test_declares_what_it_imports(self, folder: Path) -> None:
        """What is imported at the top of any module comes with a declared dependency."""
        declared = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["dependencies"]
        names = {re.split(r"[\[=<>~ ]", one)[0].lower().replace("-", "_") for one in declared}
        brought = {module for name in names for module in BRINGS.get(name, {name})}
        own = {f"koprogo.{folder.name}", "koprogo_api" if folder.name == "api" else ""}
        missing = set()
        for file in (folder / "src").rglob("*.py"):
            if "_pb2" in file.name:
                continue
            for module in _imported(file):
                parts = module.split(".")
                top = ".".join(parts[:2]) if parts[0] == "koprogo" else parts[0]
                if top not in own and top not in brought and parts[0] not in sys.stdlib_module_names:
                    missing.add(top)
        assert not missing


BRINGS = {
    "koprogo_kernel": {"koprogo.kernel"},
    "koprogo_kit": {"koprogo.kit", "litestar", "msgspec", "asyncpg", "grpc", "google", "aiokafka"},
    "koprogo_api": {"koprogo_api", "google", "grpc"},
    "python_keycloak": {"keycloak"},
    "python_stdnum": {"stdnum"},
    "opentelemetry_sdk": {"opentelemetry"},
    "protobuf": {"google"},
    "googleapis_common_protos": {"google"},
    "grpcio": {"grpc"},
    "grpcio_status": {"grpc_status"},
    "prometheus_client": {"prometheus_client"},
    "pyjwt": {"jwt"},
    "pyyaml": {"yaml"},
    "minio": {"minio", "urllib3"},
    "jinja2": {"jinja2", "markupsafe"},
}


def _imported(file: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
