"""A Bolt app: whoever says hello is greeted. Only `base_url` says where Slack is."""

import os

from slack_bolt import App, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

slack = os.environ.get("SLACK_API_URL", "https://slack.com/api/")
app = App(client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=slack))


@app.message("hello")
def greet(event: dict[str, str], say: Say) -> None:
    say(f"Hi <@{event['user']}>", thread_ts=event["ts"])


if __name__ == "__main__":
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
