"""What a job hands over arrives as what it is: numbers as numbers, secrets not at all."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from opsbell import run_with_slack, track

from .server import wait_for


def test_numbers_of_any_library_are_counted(told):
    """A result of numpy numbers, decimals and fractions is one of numbers."""
    result = {
        "loss": np.float32(0.25),
        "rows": np.int64(5),
        "price": Decimal("9.90"),
        "acc": Fraction(9, 10),
    }

    run_with_slack("train", lambda: result)

    assert told.the_end()["stats"] == {"loss": 0.25, "rows": 5, "price": "9.90", "acc": 0.9}


@pytest.mark.parametrize(
    ("done", "of", "percent"),
    [
        (np.float32(37.9), 100, 37),
        (Decimal(1), 8.0, 12),
        (Fraction(1, 3), 1, 33),
        (0.29, 1, 29),
        (2**60, 2**61, 50),
        (np.array(5), np.int64(8), 62),
        (True, 1, None),
        ("37", 100, None),
    ],
)
def test_progress_takes_numbers_of_any_library(told, done, of, percent):
    """They may even be mixed; what is no number is no progress."""
    with track("train") as task:
        task.progress(done, of=of)

    assert told.the_end().get("progress") == percent


def test_no_secret_leaves_the_machine(told):
    """Neither in the name, the metadata, a line, a count nor the error, words around them do."""
    metadata = {"url": "postgres://ada:hunter2@db/shop", "password": "hunter2", "rows": 5}

    def job():
        with track("load", metadata=metadata) as task:
            task.log("token=hunter2 is fine")
            task.stats(note="secret=hunter2", token="hunter2", rows=5)
            wait_for(lambda: told.lines)
            raise ValueError("login failed: password=hunter2 \x1b[31mno\x1b[0m")

    with pytest.raises(ValueError, match="hunter2"):
        job()

    end = told.the_end()
    assert "hunter2" not in json.dumps([call.body for call in told.calls])
    assert told.created[0]["metadata"] == {
        "url": "postgres://ada:***@db/shop",
        "password": "***",
        "rows": 5,
    }
    assert [line["text"] for line in told.lines] == ["token=*** is fine"]
    assert end["stats"] == {"note": "secret=***", "token": "***", "rows": 5}
    assert end["error"].splitlines()[0] == "ValueError: login failed: password=*** no"
