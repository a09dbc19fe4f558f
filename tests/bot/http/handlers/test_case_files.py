"""The endpoint that returns a case file."""

import io
import zipfile

import pytest

from tests.bot.http.calling import JWT_SECRET, ONE_DATABASE, token_for

SCOPES = ("tasks:read", "alerts:read", "messages:read")
PATH = "/api/case-files"


def names_of(content):
    """Return the names of the files in a zip."""
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


async def failed_task(client, tenant="default", **fields):
    """Let a tenant announce a task that failed."""
    token = token_for(tenant, "tasks:write")
    body = {"task": "import", "taskId": "t:1", "channel": "C0OPS", "status": "failed", **fields}
    reply = await client.post("/api/tasks", body, token=token)
    assert reply.status == 201, reply.text


@ONE_DATABASE
async def test_a_case_file_is_a_zip_to_keep(client):
    """It is named after what it is about, and has the settings of the bot without secrets."""
    await failed_task(client, subject="dealer-7")
    reply = await client.get(f"{PATH}/t:1", token=token_for("default", *SCOPES))

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/zip"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="case-t-1.zip"'
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert names_of(reply.content)[0] == "summary.md"
    assert "settings.json" in names_of(reply.content)
    assert "dealer-7" in reply.text
    assert JWT_SECRET not in reply.text


@ONE_DATABASE
async def test_another_tenants_case_has_no_settings(client):
    """They are those of the tenant `default`, and so is its task of the same id."""
    await failed_task(client, subject="dealer-7")
    await failed_task(client, "cleo", subject="branch-9")
    reply = await client.get(f"{PATH}/t:1", token=token_for("cleo", *SCOPES))

    assert reply.status == 200
    assert "settings.json" not in names_of(reply.content)
    assert ("branch-9" in reply.text, "dealer-7" in reply.text) == (True, False)


@ONE_DATABASE
@pytest.mark.parametrize("lacking", SCOPES)
async def test_the_token_may_read_all_that_is_in_it(client, lacking):
    """A task's case has its alerts and messages in it."""
    await failed_task(client)
    token = token_for("default", *(scope for scope in SCOPES if scope != lacking))
    reply = await client.get(f"{PATH}/t:1", token=token)

    assert reply.status == 403
    assert lacking in reply.body["message"]


@ONE_DATABASE
async def test_there_is_no_case_of_nothing(client):
    """Whatever the id looks like."""
    token = token_for("default", *SCOPES)
    for one in ("t_2", "..%2Fsettings", "%00", "%F0%9F%94%94"):
        assert (await client.get(f"{PATH}/{one}", token=token)).status == 404
