"""The Celery application of the tests: what a task does, its arguments say."""

import os
import time
from typing import Any

from celery import Celery
from celery.exceptions import Ignore
from opsbell.celery import current, install

app = Celery("mill", broker=os.environ["BROKER"])
install(app)


@app.task(bind=True, name="import_prices", max_retries=1)  # type: ignore[untyped-decorator]
def import_prices(self: Any, do: str = "", **_told: Any) -> Any:
    """Complete, fail, retry, hang or leave, as asked."""
    current().progress(40)
    if do == "fail":
        raise ValueError("no disk, token=abcdefgh1")
    if do == "retry" and self.request.retries == 0:
        raise self.retry(exc=ValueError("try again"), countdown=0)
    if do == "ignore":
        raise Ignore
    if do == "hang":
        time.sleep(60)
    if do == "die":
        os.kill(os.getpid(), 9)
    return {"rows": 3, "name": "x"}
