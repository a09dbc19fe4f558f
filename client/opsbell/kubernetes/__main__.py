"""`python -m opsbell.kubernetes`: watches the Jobs of a namespace, or of all."""

from __future__ import annotations

import argparse
import logging
import threading
from typing import Any

import httpx2
from lightkube import Client
from lightkube.core.exceptions import ApiError
from lightkube.resources.batch_v1 import Job

from opsbell.notices.client import Opsbell

from . import JobWatch

# Often enough that a Job that runs for hours never looks stuck.
RESYNC_SECONDS = 300.0
RETRY_SECONDS = 5.0

logger = logging.getLogger("opsbell")


def main(arguments: list[str] | None = None) -> None:
    """Report Jobs until the process is ended."""
    parser = argparse.ArgumentParser("python -m opsbell.kubernetes", description=__doc__)
    parser.add_argument("--namespace", default="*", help="only this one; default: all")
    parser.add_argument("--selector", default="", help="only Jobs with these labels: NAME=VALUE,…")
    parser.add_argument("--channel", help="where to show them; default: the server's choice")
    parser.add_argument("--resync-seconds", type=float, default=RESYNC_SECONDS)
    asked = parser.parse_args(arguments)
    labels = dict(pair.partition("=")[::2] for pair in asked.selector.split(",") if pair)
    logging.basicConfig(format="%(levelname)s %(message)s")
    opsbell = Opsbell()
    if not opsbell.is_live:
        parser.error("OPSBELL_URL and OPSBELL_TOKEN are missing")
    client, watch = Client(), JobWatch(opsbell, channel=asked.channel)
    # The first list says at once whether we may do this at all.
    watch.see_all(client.list(Job, namespace=asked.namespace, labels=labels or None))
    follower = threading.Thread(
        target=follow, args=(client, watch, asked.namespace, labels), daemon=True
    )
    follower.start()
    nap = threading.Event()
    while not nap.wait(asked.resync_seconds):
        try:
            watch.see_all(client.list(Job, namespace=asked.namespace, labels=labels or None))
        except httpx2.HTTPError as error:
            logger.warning("cannot list Jobs: %s", error)


def follow(client: Client, watch: JobWatch, namespace: str, labels: Any) -> None:
    """Report each change as it happens; whatever goes wrong, watch again."""
    nap = threading.Event()
    while True:
        try:
            for change, job in client.watch(Job, namespace=namespace, labels=labels or None):
                watch.see(job, is_deleted=change == "DELETED")
        except (ApiError, httpx2.HTTPError) as error:
            logger.warning("cannot watch Jobs: %s", error)
        nap.wait(RETRY_SECONDS)


if __name__ == "__main__":
    main()
