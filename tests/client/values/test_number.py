"""Numbers of other libraries are numbers, whatever they are made of."""

from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import numpy as np
import pytest
from opsbell.values.number import as_float, as_number, is_numeric


class Tensor:
    """A number as torch and its like have it: `shape` is `()`, and its text says more."""

    def __init__(self, value, dtype="torch.float32", shape=()):
        self.value, self.dtype, self.shape = value, dtype, shape

    def __float__(self):
        return float(self.value)

    def __index__(self):
        if isinstance(self.value, int):
            return self.value
        raise TypeError("only integer tensors can be an index")

    def __str__(self):
        return f"tensor({float(self.value):.4f})"


class Trap:
    """A number whose every face raises."""

    def __float__(self):
        raise RuntimeError("no")

    @property
    def shape(self):
        raise RuntimeError("no")

    def __str__(self):
        raise RuntimeError("no")


class Level(IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (-0.5, -0.5),
        (Level.HIGH, 3),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (Decimal("0.1"), 0.1),
        (Decimal(5), 5),
        (Decimal("9.90"), "9.90"),
        (Decimal("1E+3"), 1000.0),
        (Decimal("0.10000000000000000001"), "0.10000000000000000001"),
        (Decimal("123456789012345678901234"), "123456789012345678901234"),
        (Decimal("1E+999"), "1E+999"),
        (Decimal("NaN"), "NaN"),
        (Decimal("sNaN"), "sNaN"),
        (Decimal("-Infinity"), "-Infinity"),
        (Fraction(9, 10), 0.9),
        (Fraction(6, 3), 2),
        (Fraction(10**30), str(10**30)),
        (Fraction(10**400, 3), None),
        (np.float16(0.1), 0.1),
        (np.float32(0.25), 0.25),
        (np.float32(0.1), 0.1),
        (np.float64(0.1), 0.1),
        (np.longdouble("0.1"), 0.1),
        (np.float32("nan"), "nan"),
        (np.float64("inf"), "inf"),
        (np.int64(5), 5),
        (np.uint8(255), 255),
        (np.uint64(2**63), str(2**63)),
        (np.array(5), 5),
        (np.array(0.5, dtype="float32"), 0.5),
        (np.array([1]), None),
        (np.array([1.0, 2.0]), None),
        (np.complex64(1), None),
        (np.timedelta64(5, "s"), None),
        (np.datetime64("2026-11-28"), None),
        (Tensor(0.1), 0.1),
        (Tensor(0.1, "torch.float64"), 0.1),
        (Tensor(5, "torch.int64"), 5),
        (Tensor(0.5, shape=(1,)), None),
        (1 + 2j, None),
        (Trap(), None),
    ],
)
def test_numbers(value, number):
    """As an int or a float, or as text where neither can hold it; None cannot be a number."""
    found = as_number(value)

    assert (found, type(found)) == (number, type(number))
    assert is_numeric(value)


@pytest.mark.parametrize(
    "value",
    [True, np.bool_(False), "5", b"5", np.str_("5"), None, [1], {"a": 1}, Tensor(1, "torch.bool")],
)
def test_what_is_no_number(value):
    """A truth value is none, nor is a text that looks like one."""
    assert as_number(value) is None
    assert not is_numeric(value)


def test_numbers_to_calculate_with():
    """Texts that stand for a number count; what is none is an error."""
    assert as_float(Decimal("9.90")) == 9.9
    assert as_float(np.int64(5)) == 5.0
    with pytest.raises(TypeError, match="not a number: str"):
        as_float("5")
