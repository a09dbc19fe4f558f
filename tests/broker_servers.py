"""Brokers of the tests' own, each on a private port: Redis, NATS, RabbitMQ, and one for Kafka."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.held_port import hold_port, number_of
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS
from tests.redis_server import wait_until_open

BROKER_PASSWORD = "bus-canary-78"
KINDS = ["redis", "nats", "rabbit"]
#: Beside a busy suite a client of the one for Kafka once waited without end: by hand only.
ALL_KINDS = [*KINDS, *(["kafka"] if os.environ.get("TEST_KAFKA") else [])]
#: Those that keep what they had and are back within a second.
RESTARTED_KINDS = ["redis", "nats"]
_RABBIT_HOME = "/usr/lib/rabbitmq/bin"
#: Without Erlang's own terms for it, RabbitMQ would take a second to read a configuration.
_RABBIT_CONFIG = '[{{rabbit, [{{default_user, <<"ops">>}}, {{default_pass, <<"{}">>}}]}}].'


class BrokerServer:
    """One server, which can be stopped and started again at the same address."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        self._held: list[socket.socket] = [hold_port() for _ in range(3)]
        self._port, *self._more_ports = map(number_of, self._held)
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Its address, with the password."""
        if self.kind == "kafka":
            return f"kafka://127.0.0.1:{self._port}"
        user = "" if self.kind == "redis" else "ops"
        scheme = "amqp" if self.kind == "rabbit" else self.kind
        return f"{scheme}://{user}:{BROKER_PASSWORD}@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it listens; skip the test where its program is missing."""
        match self.kind:
            case "redis":
                self._run(*self._redis())
            case "nats":
                self._run(*self._nats())
            case "rabbit":
                self._start_rabbit()
            case "kafka":
                self._start_kafka()
        wait_until_open(self._port)

    def stop(self) -> None:
        """End it, at once."""
        while self._processes:
            process = self._processes.pop()
            os.killpg(process.pid, 9)
            process.wait(PATIENCE_SECONDS)
            if process.stdin is not None:
                process.stdin.close()

    def close(self) -> None:
        """End it and give its ports back."""
        self.stop()
        for held in self._held:
            held.close()

    def _run(self, *command: str, **environment: str) -> None:
        with (self._folder / f"{self.kind}.log").open("ab") as log:
            started = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,  # It is killed together with its children.
            )
        self._processes.append(started)

    def _redis(self) -> list[str]:
        stored = ["--dir", str(self._folder), "--save", "", "--appendonly", "yes"]
        # Otherwise a busy disk lets it answer before it has written, and SIGKILL loses that.
        stored += ["--appendfsync", "always"]
        at = ["--bind", "127.0.0.1", "--port", str(self._port), "--requirepass", BROKER_PASSWORD]
        return [_program("redis-server"), *at, *stored]

    def _nats(self) -> list[str]:
        user = ["--user", "ops", "--pass", BROKER_PASSWORD]
        at = ["--addr", "127.0.0.1", "--port", str(self._port)]
        return [
            _program("nats-server"),
            *at,
            *user,
            "--jetstream",
            "--store_dir",
            str(self._folder),
        ]

    def _start_rabbit(self) -> None:
        program = _program("rabbitmq-server", _RABBIT_HOME)  # Debian's other one changes the user.
        registry, distribution = map(str, self._more_ports)
        config = self._folder / "advanced.config"
        config.write_text(_RABBIT_CONFIG.format(BROKER_PASSWORD))
        places = {
            name: str(self._folder / name.lower())
            for name in ("MNESIA_BASE", "LOG_BASE", "CONFIG_FILE", "ENABLED_PLUGINS_FILE")
        }
        settings = {
            **places,
            "ADVANCED_CONFIG_FILE": str(config),
            "NODENAME": f"ob{self._port}@localhost",
            "NODE_IP_ADDRESS": "127.0.0.1",
            "NODE_PORT": str(self._port),
            "DIST_PORT": distribution,
            "SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none -start_epmd false"
            " -kernel inet_dist_use_interface {127,0,0,1}",
        }
        environment = {f"RABBITMQ_{name}": value for name, value in settings.items()}
        environment |= {"HOME": str(self._folder), "ERL_EPMD_PORT": registry}
        self._run(_program("epmd"), "-port", registry, "-address", "127.0.0.1")
        wait_until_open(int(registry))
        self._run(program, **environment)

    def _start_kafka(self) -> None:
        if importlib.util.find_spec("confluent_kafka") is None:
            missing("No confluent-kafka was found; install it.")
        with (self._folder / "errors.log").open("ab") as errors:
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.kafka_server"],
                stdin=subprocess.PIPE,  # It ends when this process does.
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        assert server.stdout is not None
        self._processes.append(server)
        with server.stdout:  # It says which port it was given.
            self._port = int(server.stdout.readline())


def _program(name: str, folder: str = "/usr/sbin") -> str:
    """Return the path of a program; Debian keeps some where only root looks."""
    found = shutil.which(name, path=folder) or shutil.which(name)
    return found or missing(f"No {name} was found; install it.")
