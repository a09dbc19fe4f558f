"""Events of other systems as reports: the shipped mappings, and mappings of one's own."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.config_file import WebhookMapping
from bot.errors import InvalidError
from bot.tasks.event_mapping import read_event

EVENTS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "prefect": (
        {
            "event": "prefect.flow-run.Failed",
            "resource": {
                "prefect.resource.id": "prefect.flow-run.8f2e",
                "prefect.resource.name": "brave-otter",
                "prefect.state-type": "FAILED",
                "prefect.state-message": "Boom",
                "prefect.run-count": "2",
            },
            "related": [
                {"prefect.resource.role": "tag", "prefect.resource.name": "nightly"},
                {"prefect.resource.role": "flow", "prefect.resource.name": "import"},
            ],
        },
        ("prefect-8f2e", "import", "brave-otter", "failed", "Boom", 2),
    ),
    "kestra": (
        {"executionId": "e1", "namespace": "shop", "flowId": "import", "state": "WARNING"},
        ("kestra-e1", "shop.import", "e1", "completed", None, None),
    ),
    "argo": (
        {"namespace": "etl", "workflow": "import-x7", "status": "Error", "failures": "pod gone"},
        ("argo-etl/import-x7", "import-x7", "import-x7", "failed", "pod gone", None),
    ),
    "trigger.dev": (
        {
            "type": "alert.run.failed",
            "object": {
                "task": {"id": "import"},
                "run": {
                    "id": "run_1",
                    "number": 3,
                    "status": "CRASHED",
                    "tags": ["dealer-7"],
                    "error": {"message": "Boom"},
                },
            },
        },
        ("trigger.dev-run_1", "import", "dealer-7", "failed", "Boom", None),
    ),
    "dbt": (
        {
            "eventType": "job.run.completed",
            "data": {
                "runId": "7",
                "jobName": "Nightly models",
                "environmentName": "Production",
                "runStatus": "Success",
            },
        },
        ("dbt-7", "Nightly models", "Production", "completed", None, None),
    ),
}


#: As the systems' own pages print them, shortened where nothing is read.
DOCUMENTED: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    (
        "prefect",  # https://docs.prefect.io/v3/api-ref/events/flow-run-events
        {
            "event": "prefect.flow-run.Cancelling",
            "resource": {
                "prefect.resource.id": "prefect.flow-run.3d1f",
                "prefect.resource.name": "crimson-fox",
                "prefect.run-count": "1",
                "prefect.state-message": "",
                "prefect.state-name": "Cancelling",
                "prefect.state-type": "CANCELLING",
            },
            "related": [{"prefect.resource.role": "flow", "prefect.resource.name": "etl"}],
        },
        ("prefect-3d1f", "etl", "crimson-fox", "running", None, 1, None),
    ),
    (
        "dbt",  # https://docs.getdbt.com/docs/deploy/webhooks
        {
            "accountId": 1,
            "eventId": "wev_2L6m5BggBw9uPNuSmtg4MUiW4Re",
            "timestamp": "2023-01-31T21:15:20.419714619Z",
            "eventType": "job.run.errored",
            "webhookName": "test",
            "data": {
                "jobId": "123",
                "jobName": "dbt Vault",
                "runId": "12345",
                "environmentName": "dbt Vault Demo",
                "runErroredAt": "2023-01-31T21:15:20Z",
                "runStatus": "Errored",
                "runStatusMessage": "None",
            },
        },
        ("dbt-12345", "dbt Vault", "dbt Vault Demo", "failed", None, None, None),
    ),
    (
        "argo",  # https://argo-workflows.readthedocs.io/en/latest/variables/#exit-handler
        {
            "namespace": "etl",
            "workflow": "exit-handlers-x7",
            "status": "Failed",
            "failures": '[{"displayName":"fail","message":"Error (exit code 1)","phase":"Failed"}]',
        },
        (
            *("argo-etl/exit-handlers-x7", "exit-handlers-x7", "exit-handlers-x7"),
            *("failed", "Error (exit code 1)", None, None),
        ),
    ),
    (
        "trigger.dev",  # the schema `AlertWebhookRunFailedObject` of its SDK
        {
            "type": "alert.run.failed",
            "object": {
                "task": {"id": "import", "exportName": "importPrices"},
                "run": {
                    "id": "run_1",
                    "number": 41,
                    "status": "CRASHED",
                    "tags": [],
                    "error": {"type": "INTERNAL_ERROR", "code": "TASK_PROCESS_OOM_KILLED"},
                    "dashboardUrl": "https://cloud.trigger.dev/runs/run_1",
                },
                "environment": {"id": "env_1", "type": "PRODUCTION", "slug": "prod"},
            },
        },
        (
            *("trigger.dev-run_1", "import", "prod", "failed", "TASK_PROCESS_OOM_KILLED"),
            *(None, "https://cloud.trigger.dev/runs/run_1"),
        ),
    ),
    (
        "kestra",  # the states of https://kestra.io/docs/workflow-components/states
        {"executionId": "e1", "namespace": "shop", "flowId": "import", "state": "KILLING"},
        ("kestra-e1", "shop.import", "e1", "running", None, None, None),
    ),
]


@pytest.mark.parametrize(("preset", "event", "expected"), DOCUMENTED, ids=lambda one: str(one)[:8])
def test_a_shipped_mapping_reads_what_its_systems_pages_print(preset, event, expected):
    """Also what they write where there is nothing, and what is not over yet."""
    found = read_event(preset, WebhookMapping.model_validate({"preset": preset}), event)
    facts = (found.task_id, found.task, found.subject, found.status, found.error)
    assert (*facts, found.attempt, found.log_url) == expected


@pytest.mark.parametrize("preset", sorted(EVENTS))
def test_a_shipped_mapping_reads_what_its_system_sends(preset):
    """Id, kind, subject, status, error and attempt."""
    event, expected = EVENTS[preset]

    found = read_event(preset, WebhookMapping.model_validate({"preset": preset}), event)

    facts = (found.task_id, found.task, found.subject, found.status, found.error, found.attempt)
    assert facts == expected


def test_a_mapping_of_ones_own_is_made_of_expressions():
    """Its keys go before the preset's; its words for a status before the usual ones."""
    mapping = WebhookMapping(
        id="job.key",
        task="job.type | lower",
        status="state",
        progress="done / total * 100",
        statuses={"Rolled back": "failed"},
        error="why",
    )
    event = {
        "job": {"key": "käse 1", "type": "IMPORT"},
        "state": "rolled back",
        "done": 1,
        "total": 3,
        "why": "x",
    }

    found = read_event("own", mapping, event)

    assert (found.task_id, found.task, found.status) == ("own-k-se-1", "import", "failed")
    assert (found.progress, found.error) == (33, "x")


def test_a_mapping_of_ones_own_reads_json_in_a_text():
    """As Argo sends it; what is no list of objects is nothing."""
    reading = "failures | from_json | map(attribute='message') | join('; ') or 'unknown'"
    said = {"id": "id", "task": "'etl'", "status": "'failed'", "error": reading}
    mapping = WebhookMapping.model_validate(said)
    for failures, error in (
        ('[{"message": "a"}, {"message": "b"}, 7]', "a; b"),
        ('{"message": "a"}', "unknown"),
        ("pod gone", "unknown"),
        (None, "unknown"),
    ):
        assert read_event("own", mapping, {"id": 1, "failures": failures}).error == error


def test_a_status_nobody_knows_is_none():
    """The event is not an error: systems send more than we follow."""
    mapping = WebhookMapping(id="'1'", task="'t'", status="state")

    assert read_event("own", mapping, {"state": "Paused"}).status is None


@pytest.mark.parametrize(
    ("event", "field"),
    [({}, "id"), ({"id": "1"}, "task"), ({"id": "1", "task": "t"}, "status")],
)
def test_an_expression_that_finds_nothing_is_named(event, field):
    """With its table, its key and itself."""
    mapping = WebhookMapping(id="id", task="task", status="deep.down.status")

    with pytest.raises(InvalidError, match=rf"\[webhooks.own\] {field}: ") as caught:
        read_event("own", mapping, event)

    assert caught.value.problems[0].field == field


@pytest.mark.parametrize("preset", sorted(EVENTS))
@pytest.mark.parametrize(
    "event", [{}, {"event": None}, {"resource": [], "related": {}}, {"data": "x", "object": 5}]
)
def test_no_event_breaks_a_shipped_mapping(preset, event):
    """Whatever is missing or of another shape, the event is refused by the name of a key."""
    with pytest.raises(InvalidError, match=r"\[webhooks.own\] (?:id|task|status|error): "):
        read_event("own", WebhookMapping.model_validate({"preset": preset}), event)


def test_an_expression_that_fails_is_named():
    """A division by nothing, a text that is no number."""
    mapping = WebhookMapping(id="1 / zero", task="'t'", status="'failed'")

    with pytest.raises(InvalidError, match=r"\[webhooks.own\] id: "):
        read_event("own", mapping, {"zero": 0})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "set preset, or id, task, status"),
        ({"id": "a +", "task": "b", "status": "c"}, "is no Jinja expression"),
        ({"preset": "dbt", "statuses": {"x": "gone"}}, "Input should be"),
    ],
)
def test_a_mapping_that_cannot_work_stops_the_start(said, reason):
    """With the reason."""
    with pytest.raises(ValidationError, match=reason):
        WebhookMapping.model_validate(said)
