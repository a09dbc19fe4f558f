"""Values of any kind, made fit for JSON and for readers."""

import json
from decimal import Decimal

import numpy as np
from opsbell.values.plain import counts, plain, plain_name, plain_text


def test_metadata_stays_what_it_was():
    """Numbers are numbers, truth values truth values, and deep structures are kept."""
    value = {
        "lr": np.float32(0.1),
        "price": Decimal("9.90"),
        "ok": np.bool_(True),
        "deep": [(1, {2}), None],
        "array": np.array([1, 2]),
        "mask": np.array([True, False]),
        "flag": np.array(True),
        3: "three",
    }

    assert plain(value) == {
        "lr": 0.1,
        "price": "9.90",
        "ok": True,
        "deep": [[1, [2]], None],
        "array": "[1 2]",
        "mask": "[ True False]",
        "flag": True,
        "3": "three",
    }


def test_values_under_names_of_secrets_are_masked():
    """Texts at any depth; numbers only where the name is a password's."""
    value = {
        "password": "hunter2",
        "DB_PASS": 12345678,
        "api-key": {"current": "abc", "others": ["def", 5, None]},
        "authToken": b"abc",
        "tokens": 512,
        "key": "value",
        "secret": None,
        "note": "password=hunter2 works",
    }

    assert plain(value) == {
        "password": "***",
        "DB_PASS": "***",
        "api-key": {"current": "***", "others": ["***", 5, None]},
        "authToken": "***",
        "tokens": 512,
        "key": "value",
        "secret": None,
        "note": "password=*** works",
    }


def test_counts_are_the_numbers_of_a_result():
    """Numbers that cannot be sent as such are text; texts, lists and truth values are left out."""
    result = {
        "loss": np.float32(0.25),
        "rows": np.int64(5),
        "phase": 1 + 2j,
        "matrix": np.array([[1, 2], [3, 4]]),
        "ok": np.bool_(True),
        "name": "x",
        "list": [1],
        "none": None,
    }

    assert counts(result) == {"loss": 0.25, "rows": 5, "phase": "(1+2j)", "matrix": "[[1 2] [3 4]]"}
    assert counts([1, 2]) == {}


def test_texts_are_what_a_reader_sees():
    """Colours, nulls and half characters are gone, and the limit counts what is left."""
    assert plain_text("\x1b[31ma\x1b[0m\0\ud800b") == "a?b"
    assert plain_text("\x1b[31m" * 3 + "x" * 20, 10) == "xxxxxxxxx…"
    assert plain_name("\x1b[31m\x1b[0m") == "unnamed"


def test_what_is_cut_is_masked_first():
    """Half a secret at the end of a text is still one."""
    text = "x" * 90 + " password=hunter2-and-more"

    assert "hunt" not in plain_text(text, 107)


def test_everything_can_be_sent():
    """No value makes JSON fail."""
    odd = {
        "a": float("nan"),
        "b": {1: {2: {3: {4: {5: {6: {7: 8}}}}}}},
        "c": object(),
        "d": "\udc80",
    }

    assert json.loads(json.dumps(plain(odd), allow_nan=False))
