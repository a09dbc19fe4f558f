"""Rankings in words: `top 5`, `the 3 countries with the most orders`, `worst day`. Pure."""

from bot.config_sections.reports import MetricSettings
from bot.metrics.plan import Grain
from bot.metrics.question_periods import AskedPeriod
from bot.metrics.question_words import PERIOD_WORD, NotUnderstoodError, Reading

_MAX_LIMIT = 1_000
_COUNT_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten".split(),  # noqa: SIM905
        start=1,
    )
}
_HIGH_WORDS = frozenset({"top", "highest", "largest", "biggest", "most", "greatest"})
_LOW_WORDS = frozenset({"bottom", "lowest", "smallest", "least", "fewest"})
_GOOD, _BAD = frozenset({"best"}), frozenset({"worst"})
_RANKINGS = _HIGH_WORDS | _LOW_WORDS | _GOOD | _BAD


def take_count_before_dimension(reading: Reading) -> int | None:
    """Return the number of `the 3 countries with the most orders`."""
    for index in sorted(reading.dimensions):
        if count := _count_at(reading, index - 1):
            return count
    return None


def _count_at(reading: Reading, index: int) -> int | None:
    """Take a number in digits or in a word, if one stands there."""
    if not 0 <= index < len(reading.low) or reading.taken[index]:
        return None
    word = reading.low[index]
    count = int(word) if word.isascii() and word.isdecimal() else _COUNT_WORDS.get(word)
    if count is None:
        return None
    if not 1 <= count <= _MAX_LIMIT:
        raise NotUnderstoodError(f"Ask for 1 to {_MAX_LIMIT:,} of them.")
    reading.take(index)
    return count


def take_ranking(reading: Reading, asked: AskedPeriod) -> tuple[int | None, str]:
    """Return how many are asked for, and the word that ranks them."""
    for index, word in enumerate(reading.low):
        if word in _RANKINGS:
            if asked.text[:1].isdecimal() and reading.low[index + 1 : index + 2] == [PERIOD_WORD]:
                raise NotUnderstoodError(
                    f"`{word} {asked.text}` is not clear: name the period at the end, with `in`."
                )
            reading.take(index)
            return _count_at(reading, index + 1) or _count_at(reading, index - 1), word
    return None, ""


def is_descending(ranking: str, metric: MetricSettings) -> bool:
    if ranking in _GOOD | _BAD:
        return (metric.better == "high") == (ranking in _GOOD)
    return ranking not in _LOW_WORDS


def only_one(reading: Reading, grain: Grain) -> int:
    """Return 1 for `the worst day`; refuse `the worst days`."""
    if f"{grain}s" in reading.low:
        raise NotUnderstoodError(f"How many {grain}s? Write `top 5 {grain}s`.")
    return 1
