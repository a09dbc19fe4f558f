"""Who is on top, who is at the end, with what share, and who does not fit the others."""

from collections.abc import Sequence

from bot.reports.figures.arithmetic import (
    Number,
    change_between,
    exact_median,
    exact_number,
    exact_sum,
    magnitude,
    percentage_of,
)
from bot.reports.figures.cell_text import show_percent
from bot.reports.figures.columns import Measure
from bot.reports.figures.grouped_numbers import Group
from bot.reports.figures.value_book import (
    NAMED,
    ValueBook,
    label_subject,
    time_subject,
)
from bot.reports.figures.values import Value, ValueKind

TOLD_RANKS = 5
#: With fewer values, each of them is unusual.
MIN_FOR_OUTLIERS = 8
TOLD_OUTLIERS = 3
#: More are told by their rows only.
MAX_GROUPS = 400
#: Iglewicz and Hoaglin's limit for 0.6745 * |x - median| / MAD, both sides times 10,000.
_SCORE, _LIMIT = 6_745, 35_000


def add_rankings(book: ValueBook, measure: Measure) -> None:
    """Add the first five labels, the last one, and what part of the whole each is."""
    groups = [one for one in book.labels(measure) if one.number is not None]
    if len(groups) < 2 or book.columns.label is None:
        return
    ranked = sorted(groups, key=lambda one: -_known_number(one))
    whole = exact_sum([_known_number(one) for one in ranked])
    has_shares = measure.is_additive and whole > 0 and _known_number(ranked[-1]) >= 0
    for place, group in enumerate(ranked[:TOLD_RANKS] if "high" in measure.ends else (), 1):
        _add_rank(book, measure, f"top_{place}", group, ranked)
        if has_shares:
            _add_share(book, measure, f"share_of_top_{place}", group, whole)
    if "low" in measure.ends:
        _add_rank(book, measure, "bottom", ranked[-1], ranked)
    if has_shares:
        _add_share(book, measure, "share_of_bottom", ranked[-1], whole)


def add_groups(book: ValueBook, measure: Measure) -> None:
    """Add what the rows of one label, and those of one period, come to together."""
    for ref in ("label", "period"):
        groups = book.labels(measure) if ref == "label" else book.times(measure)
        if len(groups) > MAX_GROUPS or len(groups) == len(book.table.rows):
            continue
        for number, group in enumerate(groups, 1):
            _add_named(
                book,
                measure,
                f"{ref}_{number}",
                group,
                frozenset({"total"} if measure.is_additive else ()),
                is_time=ref == "period",
                origin=f"{ref} {number}",
            )


def add_peaks(book: ValueBook, measure: Measure) -> None:
    """Add the highest and the lowest period."""
    periods = [one for one in book.periods(measure) if one.number is not None]
    if len(periods) < 2 or book.columns.time is None:
        return
    ranked = sorted(periods, key=lambda one: -_known_number(one))
    for name, end, group in (("peak", "high", ranked[0]), ("low", "low", ranked[-1])):
        if end not in measure.ends or (end == "low" and _is_cut(book, group, periods)):
            continue
        _add_rank(book, measure, name, group, ranked, is_time=True)


def _is_cut(book: ValueBook, group: Group, periods: Sequence[Group]) -> bool:
    """Tell whether a period is the first or the last and not whole: then it is low by itself."""
    steps = book.steps
    ends = [
        *([] if steps.is_last_whole else [periods[-1].name]),
        *([] if steps.is_first_whole else [periods[0].name]),
    ]
    return group.name in ends


def add_outliers(book: ValueBook, measure: Measure) -> None:
    """Add up to three values that lie far from all others, by the median of the distances."""
    is_time = book.columns.time is not None
    groups = book.periods(measure) if is_time else book.labels(measure)
    groups = [
        one
        for one in groups
        if one.number is not None and not (is_time and _is_cut(book, one, groups))
    ]
    if len(groups) < MIN_FOR_OUTLIERS or measure.is_partial:
        return
    middle = exact_median([_known_number(one) for one in groups])
    spread = exact_median([_distance(one, middle) for one in groups])
    far = [one for one in groups if spread and _distance(one, middle) * _SCORE > spread * _LIMIT]
    far.sort(key=lambda one: -_distance(one, middle))
    for place, group in enumerate(far[:TOLD_OUTLIERS], 1):
        _add_named(
            book,
            measure,
            f"outlier_{place}",
            group,
            frozenset({"outlier"}),
            is_time=is_time,
            origin="far from the median",
        )


def _add_rank(
    book: ValueBook,
    measure: Measure,
    ref: str,
    group: Group,
    ranked: Sequence[Group],
    *,
    is_time: bool = False,
) -> None:
    number = _known_number(group)
    above = sum(_known_number(one) > number for one in ranked)
    equal = sum(_known_number(one) == number for one in ranked)
    tags = set()
    if equal == 1:
        tags |= {"high"} if above == 0 else {"low"} if above == len(ranked) - 1 else set()
    else:
        tags.add("tied")
    tags &= measure.ends | {"tied"}
    if measure.is_additive:
        tags.add("total")
    _add_named(
        book,
        measure,
        ref,
        group,
        frozenset(tags),
        is_time=is_time,
        origin=f"rank {above + 1} of {len(ranked)}",
        rank=above + 1,
    )


def _add_named(
    book: ValueBook,
    measure: Measure,
    ref: str,
    group: Group,
    tags: frozenset[str],
    *,
    is_time: bool,
    origin: str,
    rank: int | None = None,
) -> None:
    """Add a number and the name that it belongs to."""
    column = book.columns.time if is_time else book.columns.label
    if column is None:
        return
    subject = time_subject(group.name) if is_time else label_subject(group.name)
    name = book.table.columns[column].name
    end = {"high": "highest", "low": "lowest"}.get(next(iter(tags & {"high", "low"}), ""))
    made = f"sum({measure.name})" if group.rows > 1 else measure.name
    book.add_name(
        f"{ref}_name_{measure.slug}",
        group.name,
        column,
        f"{name}, {origin} by {measure.name}",
        subject=subject,
        tags=tags,
        rank=rank,
        measure=measure.index,
    )
    book.add_number(
        f"{ref}_{measure.slug}",
        group.number,
        measure,
        f"{made}, {origin} by {name}",
        subjects=frozenset({subject}),
        tags=tags,
        needs=NAMED | (tags & {"high", "low", "outlier"}),
        rank=rank,
        description=f"{end} {measure.name}" if end else "",
    )


def _add_share(book: ValueBook, measure: Measure, ref: str, group: Group, whole: Number) -> None:
    share = percentage_of(_known_number(group), whole)
    book.add(
        Value(
            f"{ref}_{measure.slug}",
            ValueKind.PERCENT,
            share,
            show_percent(share),
            f"{measure.name} of this row in percent of sum({measure.name})",
            f"{ref} {measure.name}".replace("_", " "),
            measure.index,
            frozenset({label_subject(group.name)}),
            frozenset({"share"}),
            NAMED | {"share"},
        )
    )


def _known_number(group: Group) -> Number:
    """Return the number of a group that has one."""
    number = exact_number(group.number)
    if number is None:
        raise TypeError(f"no number: {group!r}")
    return number


def _distance(group: Group, middle: Number) -> Number:
    return magnitude(change_between(_known_number(group), middle))
