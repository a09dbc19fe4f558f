"""The Celery application of the tests: what its task does, its payload says."""

import os
import time
from pathlib import Path
from typing import Any

from celery import Celery

app = Celery(broker=os.environ["BROKER"], backend=os.environ.get("BACKEND"))


@app.task(bind=True, name="import")  # type: ignore[untyped-decorator]
def run(self: Any, payload: dict[str, Any], **_told: Any) -> Any:
    """Do what the payload asks for."""
    if "progress" in payload:
        self.send_event("task-progress", progress=payload["progress"], note="page 1")
    while "until" in payload and not Path(payload["until"]).exists():
        if "alive" in payload:
            Path(payload["alive"]).write_text(str(time.time_ns()), encoding="utf-8")
        time.sleep(0.02)
    if "fail" in payload:
        raise ValueError(payload["fail"])
    return payload.get("result", {"rows": 3, "name": "x"})
