"""The files for containers, systemd and Kubernetes agree with the code."""

import json
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings
from tests.missing import missing

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/docker/Dockerfile"
UNIT = ROOT / "deploy/systemd/opsbell.service"
VARIABLES = {name.upper() for name in Settings.model_fields}


def test_the_image_has_all_that_the_bot_needs(tmp_path):
    """What the Dockerfile copies is enough to start from, and the ignore file lets it through."""
    text = DOCKERFILE.read_text()
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE)]
    let_through = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text()
    for name in [one for words in copied for one in words]:
        assert f"!{name}\n" in let_through
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    environ = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/here.db",
        "JWT_SECRET": "0123456789abcdef" * 2,
    }
    for words in (["migrate"], ["token", "--scope", "tasks:read"]):
        ran = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr

    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert "/healthz" in text


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_the_bot_past_any_proxy(status, exit_code):
    """Docker hands its proxy to every container, and none answers for the bot."""
    (command,) = re.findall(r"^    CMD (\[.*\])$", DOCKERFILE.read_text(), re.MULTILINE)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_said):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environ = {"PORT": str(server.server_port), "http_proxy": "http://127.0.0.1:9"}
        checked = subprocess.run(
            [sys.executable, *json.loads(command)[1:]], env=environ, capture_output=True
        )
        server.shutdown()

    assert checked.returncode == exit_code


def test_containers_are_given_variables_that_are_read():
    """Compose and Kubernetes set what the bot knows, and every secret comes from a file."""
    compose = yaml.safe_load((ROOT / "deploy/docker/compose.yml").read_text())
    bot, secrets = compose["services"]["bot"], set(compose["secrets"])
    named = {name.removesuffix("_FILE") for name in bot["environment"]}
    documents = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/opsbell.yaml").read_text()))
    (config,) = [one for one in documents if one["kind"] == "ConfigMap"]
    (deployment,) = [one for one in documents if one["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]

    assert named - VARIABLES == set()
    assert {
        Path(one).name for one in bot["environment"].values() if one.startswith("/run/")
    } <= secrets
    assert set(config["data"]) - VARIABLES == set()
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["runAsNonRoot"]


def test_systemd_takes_the_unit(tmp_path):
    """As its own tool sees it, with the Python of this machine in place of the installed one."""
    tool = shutil.which("systemd-analyze") or missing("systemd-analyze")
    unit = tmp_path / "opsbell.service"
    unit.write_text(UNIT.read_text().replace("/opt/opsbell/.venv/bin/python", sys.executable))
    found = subprocess.run([tool, "verify", unit], capture_output=True, text=True)

    assert (found.returncode, found.stderr) == (0, "")
