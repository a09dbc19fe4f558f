"""`python -m opsbell.kubernetes`: watches the Jobs of a namespace, or of all."""

from __future__ import annotations

import argparse
import logging
import re
import sys
import threading
from typing import Any

import httpx2
from lightkube import Client
from lightkube.core.exceptions import ApiError, ConfigError
from lightkube.resources.batch_v1 import Job

from opsbell.notices.client import Opsbell

from . import JobWatch

# Often enough that a Job that runs for hours never looks stuck.
RESYNC_SECONDS = 300.0
RETRY_SECONDS = 5.0
# Less would be a load on the cluster, more would let a Job look lost.
LEAST_RESYNC_SECONDS, MAX_RESYNC_SECONDS = 0.1, 24 * 3600.0
LABEL = r"[\w./-]+=[\w.-]*"

logger = logging.getLogger("opsbell")


def main(arguments: list[str] | None = None) -> None:
    """Report Jobs until the process is ended."""
    parser = argparse.ArgumentParser("python -m opsbell.kubernetes", description=__doc__)
    parser.add_argument("--namespace", default="*", help="only this one; default: all")
    parser.add_argument(
        "--selector",
        type=read_labels,
        default={},
        help="only Jobs with these labels: NAME=VALUE,…",
    )
    parser.add_argument("--channel", help="where to show them; default: the server's choice")
    parser.add_argument("--resync-seconds", type=read_seconds, default=RESYNC_SECONDS)
    asked = parser.parse_args(arguments)
    labels = asked.selector
    logging.basicConfig(format="%(levelname)s %(message)s")
    opsbell = Opsbell()
    if not opsbell.is_live:
        parser.error("OPSBELL_URL and OPSBELL_TOKEN are missing")
    watch = JobWatch(opsbell, channel=asked.channel)
    try:
        client = Client()
        # The first list says at once whether we may do this at all.
        watch.see_all(client.list(Job, namespace=asked.namespace, labels=labels or None))
    except (ConfigError, ApiError, httpx2.HTTPError) as error:
        sys.exit(f"{parser.prog}: cannot list Jobs: {error}")
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


def read_labels(text: str) -> dict[str, str]:
    """Return the labels of a selector; raises ArgumentTypeError for any other kind of selector."""
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    wrong = next((pair for pair in pairs if re.fullmatch(LABEL, pair) is None), None)
    if wrong is not None:
        raise argparse.ArgumentTypeError(f"{wrong!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in pairs)


def read_seconds(text: str) -> float:
    """Return the seconds between two lists; raises ArgumentTypeError for what cannot be meant."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not LEAST_RESYNC_SECONDS <= seconds <= MAX_RESYNC_SECONDS:  # False for NaN as well.
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.1 to 86400")
    return seconds


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
