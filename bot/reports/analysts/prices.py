"""What models cost: US dollars for a million tokens, as their makers publish it."""

from decimal import Decimal
from typing import NamedTuple

from bot.reports.analysts.base import Usage

_MILLION = 1_000_000


class _Price(NamedTuple):
    """Dollars for a million tokens of input and of output; thoughts count as output."""

    input: Decimal
    output: Decimal


def _price(of_input: str, of_output: str) -> _Price:
    return _Price(Decimal(of_input), Decimal(of_output))


#: By the beginning of a model's name; the longest that fits counts.
_MODEL_PRICES = {
    "gemini-flash-latest": _price("0.30", "2.50"),
    "gemini-flash-lite-latest": _price("0.10", "0.40"),
    "gemini-pro-latest": _price("2.00", "12.00"),
    "gemini-2.5-flash": _price("0.30", "2.50"),
    "gemini-2.5-flash-lite": _price("0.10", "0.40"),
    "gemini-2.5-pro": _price("1.25", "10.00"),
    "gemini-3-pro": _price("2.00", "12.00"),
    "gpt-4o": _price("2.50", "10.00"),
    "gpt-4o-mini": _price("0.15", "0.60"),
    "gpt-4.1": _price("2.00", "8.00"),
    "gpt-4.1-mini": _price("0.40", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.40"),
    "gpt-5": _price("1.25", "10.00"),
    "gpt-5-mini": _price("0.25", "2.00"),
    "gpt-5-nano": _price("0.05", "0.40"),
}
_HIGHEST_PRICE = _price("2.50", "12.00")


def cost_of(model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
    """Return what the tokens cost in US dollars; None if the price of the model is not known."""
    price = _find_price(model)
    return None if price is None else _cost(price, input_tokens, output_tokens)


def assumed_cost(usage: Usage) -> Decimal:
    """Return the cost, or what it is at most where the price is not known."""
    if usage.cost is not None:
        return usage.cost
    return _cost(_HIGHEST_PRICE, usage.input_tokens, usage.output_tokens)


def _find_price(model: str) -> _Price | None:
    name = model.removeprefix("models/")
    known = [one for one in _MODEL_PRICES if name == one or name.startswith(f"{one}-")]
    return _MODEL_PRICES[max(known, key=len)] if known else None


def _cost(price: _Price, input_tokens: int, output_tokens: int) -> Decimal:
    return (price.input * input_tokens + price.output * output_tokens) / _MILLION
