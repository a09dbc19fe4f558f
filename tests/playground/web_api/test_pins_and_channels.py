from slack_playground import Playground

from tests.playground.wire import ADA, CLEO, OPS, Api, Caller


async def test_pins(playground: Playground, api: Api) -> None:
    """Pinned once, listed, unpinned once; history shows it."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    target = {"channel": OPS, "timestamp": ts}
    assert (await api("pins.add", **target))["ok"] is True
    assert (await api("pins.add", **target))["error"] == "already_pinned"
    assert playground.message("ops", ts)["pinned_to"] == [OPS]
    (item,) = (await api("pins.list", channel=OPS))["items"]
    assert item["message"]["ts"] == ts
    assert (await api("pins.remove", **target))["ok"] is True
    assert (await api("pins.remove", **target))["error"] == "no_pin"
    for timestamp, error in (
        ("1.000000", "message_not_found"),
        ("1.0", "bad_timestamp"),
        ("", "no_item_specified"),
    ):
        for method in ("pins.add", "pins.remove"):
            answer = await api(method, channel=OPS, timestamp=timestamp)
            assert (method, answer["error"]) == (method, error)


async def test_a_deleted_message_is_pinned_no_more(api: Api) -> None:
    """What is gone leaves no pin behind."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    await api("pins.add", channel=OPS, timestamp=ts)
    await api("chat.delete", channel=OPS, ts=ts)
    assert (await api("pins.list", channel=OPS))["items"] == []


async def test_a_channel_is_made_and_filled(playground: Playground, api: Api, app: Caller) -> None:
    """Created with the bot in it; who is invited is told to the app."""
    channel = (await api("conversations.create", name="incident-7"))["channel"]
    assert (channel["is_member"], channel["name"]) == (True, "incident-7")
    taken = await api("conversations.create", name="incident-7")
    assert taken["error"] == "name_taken"
    shouted = await api("conversations.create", name="Incident 7!")
    assert shouted["error"] == "invalid_name_specials"
    invited = await api("conversations.invite", channel=channel["id"], users=f"{ADA},{CLEO}")
    assert invited["ok"] is True
    await playground.wait_for(lambda: len(app.events("member_joined_channel")) == 2)
    assert app.events("member_joined_channel")[0]["user"] == ADA
    assert (await api("conversations.kick", channel=channel["id"], user=CLEO))["ok"] is True
    assert (await api("conversations.members", channel=channel["id"]))["members"] == sorted(
        [ADA, playground.state.bot_user_id]
    )


async def test_a_channel_is_renamed_archived_and_brought_back(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Its old name is free, and the app is told each time."""
    assert (await api("conversations.rename", channel=OPS, name="general"))["error"] == "name_taken"
    renamed = await api("conversations.rename", channel=OPS, name="ops-2025")
    assert renamed["channel"]["name"] == "ops-2025"
    assert (await api("conversations.create", name="ops"))["ok"] is True
    assert (await api("conversations.archive", channel=OPS))["ok"] is True
    assert (await api("conversations.unarchive", channel=OPS))["ok"] is True
    assert (await api("conversations.unarchive", channel=OPS))["error"] == "not_archived"

    await playground.wait_for(lambda: app.events("channel_unarchive"))
    (rename,), (archive,) = app.events("channel_rename"), app.events("channel_archive")
    assert (rename["channel"]["id"], rename["channel"]["name"]) == (OPS, "ops-2025")
    assert archive["channel"] == OPS


async def test_guests_and_strangers_are_told_apart(playground: Playground, api: Api) -> None:
    """users.info says who is a guest, who is of another team, and of which organisation."""
    playground.state.users[ADA].is_ultra_restricted = True
    playground.state.users[CLEO].team_id = "T9PARTNER"

    ada = (await api("users.info", user=ADA))["user"]
    cleo = (await api("users.info", user=CLEO))["user"]

    assert (ada["is_restricted"], ada["is_ultra_restricted"], ada["is_stranger"]) == (
        *(True, True),
        False,
    )
    assert (cleo["team_id"], cleo["is_stranger"]) == ("T9PARTNER", True)


async def test_topic_purpose_archive_and_leave(playground: Playground, api: Api) -> None:
    """Each shows in conversations.info; an archived or left channel changes no more."""
    answer = await api("conversations.setTopic", channel=OPS, topic="Quiet")
    assert answer["channel"]["topic"]["value"] == "Quiet"
    answer = await api("conversations.setPurpose", channel=OPS, purpose="Work")
    assert answer["channel"]["purpose"]["value"] == "Work"
    long = await api("conversations.setTopic", channel=OPS, topic="x" * 251)
    assert long["error"] == "too_long"
    assert (await api("conversations.archive", channel=OPS))["ok"] is True
    assert (await api("conversations.archive", channel=OPS))["error"] == "already_archived"
    assert (await api("conversations.setTopic", channel=OPS, topic="x"))["error"] == "is_archived"
    ai_ops = playground.channel("ai-ops").id
    assert (await api("conversations.leave", channel=ai_ops))["ok"] is True
    assert (await api("conversations.leave", channel=ai_ops))["not_in_channel"] is True


async def test_files_are_listed_and_deleted(api: Api) -> None:
    """Private until shared; gone for good after files.delete."""
    begun = await api("files.getUploadURLExternal", filename="t.txt", length=1)
    async with api.session.post(begun["upload_url"], data=b"x") as response:
        assert response.status == 200
    files = [{"id": begun["file_id"]}]
    (done,) = (await api("files.completeUploadExternal", files=files))["files"]
    assert (done["is_public"], done["channels"]) == (False, [])
    assert [one["id"] for one in (await api("files.list"))["files"]] == [begun["file_id"]]
    assert (await api("files.list", channel=OPS))["files"] == []
    assert (await api("files.delete", file=begun["file_id"]))["ok"] is True
    for method in ("files.info", "files.delete"):
        assert (await api(method, file=begun["file_id"]))["error"] == "file_deleted"


async def test_files_of_others_are_theirs(playground: Playground, api: Api) -> None:
    """One that is shared in sight can be seen and not deleted; any other is not there."""
    hidden = playground.upload("ada", "secret.txt", b"x")
    playground.share_file("ben", "ops", "menu.txt", b"Soup")
    shared = playground.messages("ops")[-1]["files"][0]["id"]
    for method, file, error in (
        ("files.info", hidden, "file_not_found"),
        ("files.delete", hidden, "file_not_found"),
        ("files.info", shared, None),
        ("files.delete", shared, "cant_delete_file"),
    ):
        assert (await api(method, file=file)).get("error") == error


async def test_a_manifest_is_checked(playground: Playground, api: Api) -> None:
    """With the app configuration token; each fault has its place."""
    manifest = {
        "display_information": {"name": "x" * 36},
        "features": {"slash_commands": [{"command": "ops", "description": "x"}]},
    }
    for sent, places in (
        (manifest, ["/display_information/name", "/features/slash_commands/0/command"]),
        (
            {
                "display_information": {"name": "x"},
                "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
            },
            ["/settings/event_subscriptions/bot_events/0"],
        ),
        (
            {
                "display_information": {"name": "x"},
                "functions": {
                    "cook": 5,
                    "eat": {"input_parameters": {"dish": "soup"}},
                    "pay": {"input_parameters": {"sum": {"type": "number"}}},
                },
            },
            ["/functions/cook", "/functions/eat/input_parameters/dish"],
        ),
    ):
        _, answer = await api.raw(
            "apps.manifest.validate", token=playground.config_token, json={"manifest": sent}
        )
        assert answer["error"] == "invalid_manifest"
        assert [one["pointer"] for one in answer["errors"]] == places
