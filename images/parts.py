"""The images of `charts/data` that nobody publishes as we need them: PostgreSQL, Keycloak, object store, cache.

And, for `make test-node`, Kafka and Traefik, which Strimzi and Traefik's own chart bring elsewhere.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

from images.build import filled, run, unpacked
from koprogo.stack import downloads
from koprogo.stack.parts.others import program, valkey_server

JAVA = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java"
KEYCLOAK = [
    JAVA, "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-Dkc.home.dir=/opt/keycloak",
    "-Djboss.server.config.dir=/opt/keycloak/conf", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Dquarkus-log-max-startup-records=10000", "-Dfile.encoding=UTF-8", "-Djava.awt.headless=true",
    "--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED", "-cp", "/opt/keycloak/lib/quarkus-run.jar",
    "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
]  # fmt: skip


def _entry(*words: str) -> str:
    return "ENTRYPOINT [" + ", ".join(f'"{word}"' for word in words) + "]"


def postgresql(root: Path, working: Path) -> list[str]:
    unpacked(["postgresql"], working, root)
    # The next Debian has everything below /usr, and leaves these links to its installer.
    for folder in ("bin", "sbin", "lib", "lib64"):
        (root / folder).symlink_to(f"usr/{folder}")
    for program_ in ("sh", "cat", "ls", "mkdir", "rm", "sleep", "env", "id"):
        (root / "usr" / "bin" / program_).unlink(missing_ok=True)
        (root / "usr" / "bin" / program_).symlink_to("busybox")
    # CloudNativePG's user.
    (root / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\npostgres:x:26:26::/var/lib/postgresql:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:\npostgres:x:26:\n")
    return ["USER 26", "ENV PATH=/usr/lib/postgresql/18/bin:/usr/bin LANG=C.UTF-8"]


def keycloak(root: Path, working: Path) -> list[str]:
    unpacked(["base", "java"], working, root)
    _trust(root)
    shutil.copytree(downloads.keycloak(print), root / "opt" / "keycloak", symlinks=True)
    return ["USER 10001:10001", "WORKDIR /opt/keycloak", _entry(*KEYCLOAK)]


def _trust(root: Path) -> None:
    """Debian makes Java's list of authorities when it installs; here nothing is installed."""
    known = sorted((root / "usr" / "share" / "ca-certificates").rglob("*.crt"))
    store = root / "etc" / "ssl" / "certs" / "java" / "cacerts"
    store.parent.mkdir(parents=True, exist_ok=True)
    # Java's own format, which is read with its well-known password as well as without one.
    password = "changeit"  # noqa: S105
    with warnings.catch_warnings(action="ignore", category=CryptographyDeprecationWarning):
        read = [(file.stem.encode(), x509.load_pem_x509_certificate(file.read_bytes())) for file in known]
    certificates = [pkcs12.PKCS12Certificate(one, name) for name, one in read]
    given = store.with_name("given.p12")
    given.write_bytes(pkcs12.serialize_java_truststore(certificates, BestAvailableEncryption(password.encode())))
    run(["keytool", "-importkeystore", "-noprompt", "-srckeystore", str(given), "-srcstorepass", password,
         "-destkeystore", str(store), "-deststoretype", "JKS", "-deststorepass", password])  # fmt: skip
    given.unlink()


def kafka(root: Path, working: Path) -> list[str]:
    unpacked(["base", "java"], working, root)
    shutil.copytree(downloads.kafka(print), root / "opt" / "kafka")
    return ["USER 10001:10001", _entry(JAVA, "-Xmx384m", "-XX:+UseSerialGC", "-cp", "/opt/kafka/*")]


def seaweedfs(root: Path, working: Path) -> list[str]:
    return _single(root, working, program("weed"), "weed")


def valkey(root: Path, working: Path) -> list[str]:
    return _single(root, working, valkey_server(), "valkey-server")


def traefik(root: Path, working: Path) -> list[str]:
    return _single(root, working, program("traefik"), "traefik")


def _single(root: Path, working: Path, file: Path, name: str) -> list[str]:
    unpacked(["base"], working, root)
    shutil.copy2(file, root / "usr" / "bin" / name)
    return ["USER 10001:10001", _entry(f"/usr/bin/{name}")]


PARTS: Mapping[str, Callable[[Path, Path], list[str]]] = {
    "postgresql": postgresql, "keycloak": keycloak, "seaweedfs": seaweedfs, "valkey": valkey,
    "kafka": kafka, "traefik": traefik,
}  # fmt: skip


def part(name: str, working: Path) -> str:
    """Its tag."""
    root = working / name
    return filled(root, name, *PARTS[name](root, working))
