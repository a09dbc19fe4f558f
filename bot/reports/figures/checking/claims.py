"""Checks that a clause claims nothing of its figures but what was computed. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from bot.reports.figures.arithmetic import Number, change_between
from bot.reports.figures.checking.clauses import DIRECTIONS, Clause, is_name, is_of_each_period
from bot.reports.figures.lexicon import claim_made_by
from bot.reports.figures.values import Value, ValueKind

#: Claims that only the values with the tag of the same name bear out.
_PLAIN_CLAIMS = frozenset(
    {"mean", "median", "per", "total", "share", "outlier", "trend", "row", "run", "change"}
)
_STEPS = frozenset({"period", "run"})


def claim_problems(clause: Clause) -> Iterator[str]:
    """Yield what a clause says of its values that does not follow from them."""
    if clause.claims & DIRECTIONS:
        yield from _direction_problems(clause)
    yield from _extreme_problems(clause)
    yield from _order_problems(clause)
    yield from _tag_problems(clause)


def _direction_problems(clause: Clause) -> Iterator[str]:
    """Yield directions without a change of the same sign beside them."""
    claimed = clause.claims & DIRECTIONS
    moving = [one for one in clause.values if {"change", "trend", "extreme"} & one.tags]
    borne = frozenset[str]().union(*(one.tags & DIRECTIONS for one in moving))
    borne |= _from_to(clause) | clause.moves
    if len(claimed) > 1:
        yield "a clause tells two directions; make two sentences of it"
    elif borne != claimed:
        yield "a direction is told without a reference to a change of that sign in the same clause"
    steps = {step for one in moving for step in one.tags & _STEPS}
    for one in clause.figures:
        is_level = one.column is not None and not one.tags & {"change", "trend"}
        if is_level and len(steps) == 1 and not steps <= one.tags:
            yield f"{{{one.ref}}} is not the end of this change"
        elif is_level and not steps and not borne:
            yield f"{{{one.ref}}} is no change"
    if len(steps) > 1:
        yield "changes of periods and of runs are mixed"


def _from_to(clause: Clause) -> frozenset[str]:
    """Return the direction of `from {before_x} to {last_x}`."""
    ends: dict[str, Value] = {}
    for before, token in pairwise(clause.tokens):
        if token.value is not None and before.kind == "word" and before.small in ("from", "to"):
            ends[before.small] = token.value
    if "from" in ends and "to" not in ends:
        ends |= _end_before(ends["from"], clause)
    if len(ends) < 2:
        return frozenset()
    old, new = ends["from"], ends["to"]
    change = _change_of(old, new)
    fits = "previous" in old.tags and "previous" not in new.tags and old.column == new.column
    if not fits or not old.tags & new.tags & _STEPS or change is None:
        return frozenset({"none"})
    return frozenset({"up" if change > 0 else "down" if change < 0 else "same"})


def _end_before(old: Value, clause: Clause) -> dict[str, Value]:
    """Return what an earlier clause says of the column: `x was {last_x}, up from {before_x}`."""
    for figure in reversed(clause.earlier_figures):
        if figure.column == old.column:
            return {} if "change" in figure.tags else {"to": figure}
    return {}


def _change_of(old: Value, new: Value) -> Number | None:
    """Return the change between two numbers; None if one of them is no number."""
    numbers = [
        value.exact if isinstance(value.exact, int | Decimal) else None for value in (old, new)
    ]
    before, after = numbers
    return None if before is None or after is None else change_between(after, before)


def _extreme_problems(clause: Clause) -> Iterator[str]:
    """Yield superlatives whose values are not at the end of their order."""
    moves = bool(clause.claims & DIRECTIONS)
    if {"high", "low"} <= clause.claims:
        yield "a clause tells the highest and the lowest; make two sentences of it"
        return
    if moves and "low" in clause.claims:
        yield "the smallest change is not computed"
        return
    for claim in clause.claims & {"high", "low"}:
        tag = "extreme" if moves else claim
        ends = [one for one in clause.values if tag in one.tags]
        subjects = frozenset[str]().union(*(one.subjects for one in ends)) - {"all"}
        if not ends:
            yield "a superlative has no reference to the highest or lowest value in its clause"
        for one in clause.values:
            if tag not in one.tags and not one.subjects & subjects:
                yield f"{{{one.ref}}} is not the {claim}est"


def _order_problems(clause: Clause) -> Iterator[str]:
    """Yield comparisons of two names that their ranks do not bear out."""
    claimed = clause.claims & {"ahead", "behind"}
    if not claimed:
        return
    ranked = [one for one in clause.names if one.rank is not None]
    refs = [place for place, token in enumerate(clause.tokens) if is_name(token)]
    words = [
        place
        for place, token in enumerate(clause.tokens)
        if token.kind == "word" and claim_made_by(token.small) in claimed
    ]
    fits = (
        len(claimed) == len(words) == 1
        and len(ranked) == len(refs) == 2
        and refs[0] < words[0] < refs[1]
        and ranked[0].column == ranked[1].column
    )
    if not fits:
        yield "a comparison needs the names of two ranks, one on each side of it"
        return
    first, second = (one.rank or 0 for one in ranked)
    if (first < second) != (claimed == {"ahead"}) or first == second:
        yield "a comparison is the other way round"


def _tag_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that are called a mean, a total, a share and so on, and are none."""
    measured = [one for one in clause.figures if one.kind is not ValueKind.WORDS or one.tags]
    for claim in sorted(clause.claims & _PLAIN_CLAIMS):
        # How many rows there are says nothing of what is in them.
        told = [one for one in measured if claim == "row" or one.kind is not ValueKind.COUNT]
        if claim == "outlier":
            if not any(claim in one.tags for one in clause.values):
                yield "something is called unusual without a reference to it"
        elif not all(_bears(one, claim, clause) for one in told):
            yield f"a figure is called {_CALLED[claim]} and is not"
    yield from _each_problems(clause)
    yield from _time_problems(clause, measured)


def _each_problems(clause: Clause) -> Iterator[str]:
    """Yield totals that are told as those of each period: `monthly revenue was {total_revenue}`."""
    if any(is_of_each_period(word) for word in clause.words):
        for one in clause.figures:
            if "all" in one.subjects and not one.tags & {"mean", "median", "trend"}:
                yield f"{{{one.ref}}} is not that of a period"


def _bears(figure: Value, claim: str, clause: Clause) -> bool:
    """Tell whether a figure may stand beside a claim."""
    if claim == "share" and "total" in figure.tags:
        return any("share" in one.tags for one in clause.figures)
    if claim == "change":
        return claim in figure.tags or "trend" in figure.tags
    if claim == "total" and "share" in figure.tags:
        return True
    if claim == "total" and claim in figure.tags:
        # The total of one label is none of all, unless its name is said.
        return "all" in figure.subjects or bool(clause.names)
    return claim in figure.tags


_CALLED = {
    "mean": "an average",
    "median": "a median",
    "change": "a change",
    "per": "an average",
    "total": "a total",
    "share": "a share",
    "trend": "a trend",
    "row": "a number of rows",
    "run": "one of a run",
}


def _time_problems(clause: Clause, measured: Sequence[Value]) -> Iterator[str]:
    """Yield figures and dates of another time than the clause says."""
    dates = [one for one in clause.names if one.kind is ValueKind.DATE]
    if dates and not measured:
        told = {"last", "previous", "high", "low"} & clause.claims
        if not told or any(not told & one.tags for one in dates):
            yield "a date needs a figure of its own beside it"
    if not measured:
        return
    if "last" in clause.claims and any(not one.tags & {"last", "period"} for one in measured):
        yield "a figure is called the latest and is not"
    if "previous" in clause.claims and not any(
        one.tags & {"previous", "change"} for one in measured
    ):
        yield "a figure is called an earlier one and is not"
