"""The same POST through Celery. `python -m celery -A celery_jobs worker`; `… fill` stores tasks."""

import http.client
import json
import os
import sys
import threading
from urllib.parse import urlsplit

from celery import Celery

app = Celery("jobs", broker=os.environ.get("BROKER_URL", ""))
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 4
app.conf.broker_connection_retry_on_startup = True
#: A dead worker's tasks come back after this long; an hour unless set.
app.conf.broker_transport_options = {"visibility_timeout": int(os.environ.get("STALLED", "3600"))}
kept = threading.local()


@app.task(name="post", autoretry_for=(Exception,), max_retries=3, retry_backoff=2)  # type: ignore[untyped-decorator]
def post(channel: str, text: str) -> None:
    """Send one message over this thread's own connection."""
    where = urlsplit(os.environ["SLACK_URL"])
    if not hasattr(kept, "connection"):
        kept.connection = http.client.HTTPConnection(where.hostname or "", where.port)
    block = {"type": "section", "text": {"type": "plain_text", "text": text}}
    body = json.dumps({"channel": channel, "text": text, "blocks": [block]})
    headers = {"Content-Type": "application/json; charset=utf-8"}
    kept.connection.request("POST", f"{where.path}chat.postMessage", body, headers)
    if not json.load(kept.connection.getresponse())["ok"]:
        raise RuntimeError("not ok")


if __name__ == "__main__" and sys.argv[1] == "fill":
    for number in range(int(os.environ["COUNT"])):
        post.delay("C0BENCH", f"message {number}")
