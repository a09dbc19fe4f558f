"""The AsyncAPI document: valid, current, and true."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from typer.testing import CliRunner

from bot.cli import cli
from bot.config_sections.bus import BusSettings
from bot.event_bus.asyncapi import describe_bus
from tests.bot.event_bus.room import request
from tests.missing import missing

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "tests/node/node_modules/@asyncapi/specs/schemas/3.0.0.json"
WRITTEN = ROOT / "docs" / "asyncapi.json"
NAMES = {"url": "nats://localhost", "requests": "opsbell.requests", "events": "opsbell.events"}


@pytest.fixture
def document():
    return describe_bus(BusSettings.model_validate(NAMES))


def test_the_document_in_docs_is_current(document):
    """It is what `python -m bot bus asyncapi > docs/asyncapi.json` writes."""
    assert json.loads(WRITTEN.read_text()) == document


def test_it_is_valid_asyncapi(document):
    """By the schema of AsyncAPI itself."""
    if not SCHEMA.exists():
        missing("No schema of AsyncAPI was found: run `npm ci --prefix tests/node`.")

    problems = Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(document)
    assert [problem.message for problem in problems] == []


def test_a_request_is_as_it_says(document):
    """What the bus takes is valid, and what it refuses is not."""
    payload = document["components"]["messages"]["opsbell.message.request"]["payload"]
    described = Draft202012Validator({**payload, "components": document["components"]})

    assert described.is_valid(request())
    assert not described.is_valid(request(specversion="0.3"))
    assert not described.is_valid(request(data={"channel": "C0OPS"}))


def test_one_direction_is_described_alone():
    """Without requests there are no dead letters."""
    settings = BusSettings.model_validate({"url": "nats://localhost", "events": "shop.events"})
    document = describe_bus(settings)

    assert document["channels"].keys() == {"events"}
    assert document["channels"]["events"]["address"] == "shop.events"


def test_the_command_prints_it(tmp_path):
    """With the topics of the settings."""
    config = tmp_path / "opsbell.toml"
    config.write_text('[bus]\nurl = "nats://localhost"\nrequests = "shop.asks"\n')
    printed = CliRunner().invoke(
        cli, ["bus", "asyncapi"], env={"OPSBELL_CONFIG": str(config)}, catch_exceptions=False
    )

    document = json.loads(printed.stdout)
    addresses = [channel["address"] for channel in document["channels"].values()]
    assert addresses == ["shop.asks", "shop.asks.dead"]
