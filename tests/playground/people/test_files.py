"""People choose files in a modal; the app gets what Slack tells of them, and can fetch them."""

import base64
from typing import Any

from slack_playground import Playground

from tests.playground.wire import Api, Caller, modal, text_input, trigger

PICK = {"type": "file_input", "action_id": "pick", "filetypes": ["txt", "png"], "max_files": 2}


async def open_form(playground: Playground, api: Api, app: Caller) -> str:
    view = modal(text_input("proof", element=PICK))
    trigger_id = await trigger(playground, app)
    return str((await api("views.open", trigger_id=trigger_id, view=view))["view"]["id"])


async def test_the_app_gets_the_whole_file(playground: Playground, api: Api, app: Caller) -> None:
    """Named by id, it arrives with its name, type, size and an address that serves its bytes."""
    view = await open_form(playground, api, app)
    file = playground.upload("ada", "note.txt", b"hello")
    assert (await playground.submit("ada", view, {"proof": [file]})).ok
    (sent,) = app.payloads[-1]["view"]["state"]["values"]["proof"]["pick"]["files"]
    assert (sent["id"], sent["name"], sent["size"]) == (file, "note.txt", 5)
    assert (sent["mimetype"], sent["filetype"]) == ("text/plain", "txt")
    async with api.session.get(sent["url_private"]) as response:
        assert await response.read() == b"hello"
    assert (await api("files.info", file=file))["file"]["user"] == playground.user("ada").id


async def test_wrong_files_never_reach_the_app(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Too many, of another type, or none where one is needed: the client says so."""
    view = await open_form(playground, api, app)
    text = [playground.upload("ada", f"{n}.txt", b"x") for n in range(3)]
    table = playground.upload("ada", "t.csv", b"x")
    cases: list[tuple[list[str], str]] = [
        (text, "Choose at most 2 files."),
        ([table], "Choose files of these types: txt, png."),
        ([], "Please complete this required field."),
    ]
    for files, error in cases:
        outcome = await playground.submit("ada", view, {"proof": files})
        assert outcome.errors == {"proof": error}


async def test_a_test_in_any_language_uploads(playground: Playground, api: Api) -> None:
    """`POST files` takes base64; what is none, and a file of somebody else, are refused."""
    sent: dict[str, Any] = {"user": "ada", "name": "a.png"}
    answer = await api.page("files", **sent, content=base64.b64encode(b"x").decode())
    assert (answer["ok"], answer["file"]["mimetype"]) == (True, "image/png")
    assert (await api.page("files", **sent, content="?"))["error"] == "wrong_type"


async def test_only_own_files_are_chosen(playground: Playground, api: Api, app: Caller) -> None:
    """Ben's file is none of Ada's."""
    view = await open_form(playground, api, app)
    file = playground.upload("ben", "note.txt", b"x")
    sent = {"user": "ada", "view_id": view, "values": {"proof": [file]}}
    assert (await api.page("submit", **sent))["error"] == "file_not_found"
