"""One request, the whole way: HTTP, database, lane, Slack, and back as a status."""

from tests.patience import until
from tests.scenarios.killing import TEMPLATE, Victim, order


async def test_a_request_becomes_a_message_with_a_story(bot, playground):
    """202, then the text in the channel, then SENT with its place and every step that led there."""
    client = Victim(bot, playground)
    await client.start()
    assert await client.call("PUT", "/api/templates/note", TEMPLATE)
    asked = {
        **order("Order 4711 has <shipped>"),
        "tenant": "default",
        "channel": "#ops",
        "correlationId": "order-4711",
    }

    accepted = await client.call("POST", "/api/messages/request", asked)
    await playground.wait_for(lambda: playground.messages("ops"))

    async def look():
        found = await client.call("GET", "/api/messages/order-4711", None)
        return found if found["status"] == "SENT" else None

    shown = await until(look)
    [message] = playground.messages("ops")
    assert (accepted["correlationId"], accepted["status"]) == ("order-4711", "accepted")
    assert message["text"] == "Order 4711 has &lt;shipped&gt;"
    assert (shown["status"], shown["delivery"], shown["attempts"]) == ("SENT", "confirmed", 1)
    assert (playground.channel("ops").id, message["ts"]) == (shown["channel"], shown["ts"])
    assert message["ts"].replace(".", "") in shown["permalink"]
    told = [(one["event"], one["revision"]) for one in shown["events"]]
    assert told == [("SlackMessageRequested", 1), ("SlackMessageSent", 1)]
    assert sorted(one["at"] for one in shown["events"]) == [one["at"] for one in shown["events"]]
    assert shown["events"][0]["detail"]["context"] == {"word": "Order 4711 has <shipped>"}
    assert message["ts"] == shown["events"][1]["detail"]["ts"]
