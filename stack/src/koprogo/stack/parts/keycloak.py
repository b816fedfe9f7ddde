import json
import os
import string
from importlib import resources
from pathlib import Path

import httpx

from koprogo.stack import downloads
from koprogo.stack.instance import Instance
from koprogo.stack.parts.part import Say, answers
from koprogo.stack.trouble import Trouble

# JAVA_OPTS replaces the defaults, so what they open must be kept.
JAVA_OPTS = (
    "-Xms64m -Xmx384m -XX:MetaspaceSize=96M -XX:MaxMetaspaceSize=256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
    " -Dfile.encoding=UTF-8 -Djava.awt.headless=true --add-opens=java.base/java.util=ALL-UNNAMED"
    " --add-opens=java.base/java.util.concurrent=ALL-UNNAMED --add-opens=java.base/java.security=ALL-UNNAMED"
)


class Keycloak:
    name = "keycloak"
    needs = ("postgres",)
    ports = ("keycloak", "keycloak_management")

    def start(self, instance: Instance, say: Say) -> None:
        home = downloads.keycloak(say)
        say("starting Keycloak (about 25 s the first time, then 10 s)")
        command: list[str | Path] = [
            home / "bin" / "kc.sh",
            "start",
            "--optimized",
            "--http-enabled=true",
            "--http-host=127.0.0.1",
            f"--http-port={instance.port('keycloak')}",
            f"--http-management-port={instance.port('keycloak_management')}",
            f"--hostname={instance.public_url}/auth",
            "--hostname-backchannel-dynamic=true",
            "--proxy-headers=xforwarded",
            "--cache=local",
            f"--db-url=jdbc:postgresql://127.0.0.1:{instance.port('postgres')}/keycloak",
            "--db-username=keycloak_owner",
            "--db-pool-max-size=10",
        ]
        environment = {
            "KC_DB_PASSWORD": instance.secrets["keycloak_owner"],
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": instance.secrets["keycloak_admin"],
            "JAVA_OPTS": JAVA_OPTS,
        }
        if java_home := os.environ.get("JAVA_HOME"):
            environment["JAVA_HOME"] = java_home
        instance.running(self.name).start(command, environment)

    def is_ready(self, instance: Instance) -> bool:
        return answers(f"http://127.0.0.1:{instance.port('keycloak_management')}/auth/health/ready")

    def after(self, instance: Instance, say: Say) -> None:
        """The realm, once: afterwards it belongs to whoever administers it."""
        base = f"http://127.0.0.1:{instance.port('keycloak')}/auth"
        if answers(f"{base}/realms/koprogo"):
            return
        say("making the realm")
        instance.keep_ports()
        make_realm(base, instance, smtp=("127.0.0.1", instance.port("smtp")))


def make_realm(base: str, instance: Instance, *, smtp: tuple[str, int]) -> None:
    """At the Keycloak whose own address is `base`, with this installation's secrets."""
    realm = string.Template((resources.files("koprogo.stack") / "realm.json").read_text(encoding="utf-8"))
    filled = realm.substitute(
        public_url=instance.public_url,
        smtp_host=smtp[0],
        smtp_port=smtp[1],
        identity_client=instance.secrets["identity_client"],
        web_client=instance.secrets["web_client"],
        super_admin=instance.secrets["super_admin"],
    )
    with httpx.Client(base_url=base, timeout=60) as client:
        token = client.post(
            "/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": "admin",
                "password": instance.secrets["keycloak_admin"],
            },
        )
        made = client.post(
            "/admin/realms",
            json=json.loads(filled),
            headers={"authorization": f"Bearer {token.json().get('access_token', '')}"},
        )
    if made.status_code != 201:
        raise Trouble(f"Keycloak refuses the realm: {made.status_code} {made.text[:500]}")
