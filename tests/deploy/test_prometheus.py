"""The files for Prometheus and Grafana name figures that exist, and Prometheus' tool takes them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.telemetry.backlog import Backlog
from bot.telemetry.bus_figures import BusFigures
from bot.telemetry.live_gauges import LiveFigures
from bot.telemetry.meters import Meters
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.messages.world import HandClock, World
from tests.missing import missing

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus/opsbell.rules.yml"
DASHBOARD = DEPLOY / "grafana/opsbell.json"
#: Histograms and summaries are several series.
SUFFIX = re.compile(r"_(?:bucket|sum|count|total)$")


def names_in(text):
    """Return the families that expressions name."""
    return {SUFFIX.sub("", name) for name in re.findall(r"\b(?:opsbell|process)_\w+", text)}


@pytest.fixture
async def shown(database, tmp_path):
    """The names of all families that a process shows."""
    meters, clock = Meters(), SystemClock()
    socket = {"connected": True, "silent_seconds": 1, "age_seconds": 1}
    backlog = Backlog(database, clock)
    lanes = World(database, tmp_path, HandClock()).start()
    meters.add(LiveFigures(lanes, lambda: socket, backlog))
    meters.add(BusFigures(clock))
    await backlog.measure()
    families = text_string_to_metric_families(meters.exposition())
    return {SUFFIX.sub("", family.name) for family in families}


@ONE_DATABASE
async def test_rules_and_dashboard_name_figures_that_exist(shown):
    """A figure that was renamed would leave an alert silent and a panel empty."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    rules = "\n".join(rule["expr"] for group in groups for rule in group["rules"])
    panels = json.loads(DASHBOARD.read_text())["panels"]
    targets = "\n".join(one["expr"] for panel in panels for one in panel["targets"])

    assert names_in(rules) - shown == set()
    assert names_in(targets) - shown == set()
    assert len(names_in(targets)) > len(names_in(rules)) > 5


def test_the_rules_do_what_their_tests_say():
    """As Prometheus' own tool sees it."""
    tool = shutil.which("promtool") or missing("promtool (of Debian's package prometheus)")
    tests = RULES.with_name("opsbell.rules.test.yml")
    found = subprocess.run([tool, "test", "rules", tests], capture_output=True, text=True)

    assert (found.returncode, found.stderr) == (0, "")
