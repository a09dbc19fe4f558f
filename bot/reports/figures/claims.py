"""Checks that a clause claims nothing of its figures but what was computed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.reports.figures.arithmetic import Number, change_between
from bot.reports.figures.lexicon import claim_made_by, may_follow_figure, word_list
from bot.reports.figures.sentences import Token
from bot.reports.figures.values import Value, ValueKind

DIRECTIONS = frozenset({"up", "down", "same"})
#: Claims that only the values with the tag of the same name bear out.
_PLAIN_CLAIMS = ("mean", "median", "total", "share", "outlier", "trend", "row", "run")
#: What has to be said beside a value in any case.
_ALWAYS_SAID = frozenset({"direction", "run", "share", "mean", "median", "row"})
#: Claims that make clear that a figure is about every row.
_OF_ALL = frozenset({"total", "mean", "median", "row", "run", "trend"})
#: Claims of nouns, which would be counted by a figure before them.
_COUNTED_CLAIMS = frozenset({"row", "run", "share", "trend", "outlier"})
_STEPS = frozenset({"period", "run"})
#: After these stands what something is compared with.
_COMPARED_WITH = frozenset({"from", "than", "against", "versus"})


@dataclass(frozen=True)
class Clause:
    """A part of a sentence, with the words of each measure and those of the labels."""

    tokens: Sequence[Token]
    column_words: Mapping[int, frozenset[str]]
    earlier: Sequence[Value] = ()  # names in the clauses before it
    carried: frozenset[str] = frozenset()  # claims that hold for the whole sentence

    @cached_property
    def values(self) -> list[Value]:
        return [token.value for token in self.tokens if token.value is not None]

    @cached_property
    def figures(self) -> list[Value]:
        return [value for value in self.values if value.is_figure]

    @cached_property
    def names(self) -> list[Value]:
        return [value for value in self.values if not value.is_figure]

    @cached_property
    def words(self) -> list[str]:
        return [token.small for token in self.tokens if token.kind == "word"]

    @cached_property
    def claims(self) -> frozenset[str]:
        """What its words claim; the names of columns claim nothing."""
        own = self._claim_free
        found = set()
        for place, word in enumerate(self.words):
            claim = claim_made_by(word) if word not in own else None
            if claim == "high" and self.words[place + 1 : place + 2] == ["recent"]:
                claim = None  # `most recent`
            if claim == "last" and self.words[place + 1 : place + 2] == ["run"]:
                claim = "previous"
            if claim:
                found.add(claim)
        return frozenset(found) | self.carried

    @cached_property
    def mentioned(self) -> frozenset[int]:
        """The measures whose names stand in it; -1 is the label's."""
        return mentioned_columns(self.words, self.column_words)

    @property
    def _claim_free(self) -> frozenset[str]:
        return frozenset(
            word
            for word in self.words
            if any(stem(word) in words for words in self.column_words.values())
        )


def mentioned_columns(
    words: Sequence[str], column_words: Mapping[int, frozenset[str]]
) -> frozenset[int]:
    """Return the columns that are named; of `revenue` and `net revenue` only the longer one."""
    said = {stem(word) for word in words}
    found = {column: names for column, names in column_words.items() if names and names <= said}
    return frozenset(
        column
        for column, names in found.items()
        if not any(names < others for others in found.values())
    )


def stem(word: str) -> str:
    """Return a word without the ending of a plural."""
    small = word.lower()
    if len(small) > 4 and small.endswith("ies"):
        return f"{small[:-3]}y"
    return small[:-1] if len(small) > 3 and small.endswith("s") and small[-2] != "s" else small


def claim_problems(clause: Clause, sentence_mentions: frozenset[int]) -> Iterator[str]:
    """Yield what a clause says of its values that does not follow from them."""
    yield from _neighbour_problems(clause)
    yield from _measure_problems(clause, sentence_mentions)
    yield from _subject_problems(clause)
    yield from _need_problems(clause)
    if clause.claims & DIRECTIONS:
        yield from _direction_problems(clause)
    yield from _extreme_problems(clause)
    yield from _order_problems(clause)
    yield from _tag_problems(clause)


def _neighbour_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that run into each other or into a word that changes them."""
    before: Token | None = None
    for token in clause.tokens:
        if token.value is not None and token.value.is_figure and before is not None:
            if before.value is not None and before.value.is_figure:
                yield "two references stand side by side; put words between them"
            elif before.kind == "word" and before.small in word_list("not_before"):
                yield f"`{before.small}` before {{{token.text}}} changes the figure"
        if (
            before is not None
            and before.value is not None
            and before.value.is_figure
            and token.kind == "word"
            and not _may_follow(token, before.value, clause)
        ):
            yield f"{{{before.text}}} has its unit already; leave out the word after it"
        before = token


def _may_follow(token: Token, figure: Value, clause: Clause) -> bool:
    claim = claim_made_by(token.small)
    if may_follow_figure(token.small) or (claim is not None and claim not in _COUNTED_CLAIMS):
        return True
    if claim == "row":
        return figure.kind is ValueKind.COUNT and claim in figure.tags
    words = clause.column_words
    own = words.get(figure.column, frozenset()) if figure.column is not None else frozenset()
    labels = words.get(-1, frozenset()) if "labels" in figure.tags else frozenset()
    return stem(token.small) in own | labels


def _measure_problems(clause: Clause, sentence_mentions: frozenset[int]) -> Iterator[str]:
    """Yield figures that are called by the name of another column, or by none."""
    judged = clause.claims & (DIRECTIONS | {"high", "low", "ahead", "behind", "outlier"})
    values = clause.values if judged else clause.figures
    told = {value.column for value in values if value.column is not None}
    mentioned = frozenset(one for one in clause.mentioned if one >= 0)
    named = mentioned or frozenset(one for one in sentence_mentions if one >= 0)
    for column in sorted(told - named):
        if clause.column_words.get(column):
            yield "a figure needs the name of its own column in the same sentence"
    if told and mentioned - told:
        yield "a column is named of which the clause has no figure"
    if any("labels" in value.tags for value in clause.figures) and -1 not in clause.mentioned:
        yield "{labels} needs the name of the column that it counts"


def _subject_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that stand beside the name of something that they are not about."""
    names = [place for place, token in enumerate(clause.tokens) if _is_name(token)]
    if not names:
        yield from _carried_problems(clause)
    used = set()
    for place, token in enumerate(clause.tokens) if names else ():
        figure = token.value
        if figure is None or not figure.is_figure:
            continue
        nearest = max((one for one in names if one < place), default=names[0])
        if _subjects(clause, nearest) & figure.subjects:
            used |= {one for one in names if _subjects(clause, one) & figure.subjects}
        elif not _is_exempt(clause, place, figure):
            yield f"{{{token.text}}} is not about {{{clause.tokens[nearest].text}}}"
    for place in names if clause.figures else ():
        if place not in used:
            yield f"{{{clause.tokens[place].text}}} stands beside figures that are not its own"


def _subjects(clause: Clause, place: int) -> frozenset[str]:
    value = clause.tokens[place].value
    return value.subjects if value else frozenset()


def _carried_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that a reader would take for those of a name in an earlier clause."""
    if not clause.earlier:
        return
    for place, token in enumerate(clause.tokens):
        figure = token.value
        if figure is None or _is_exempt(clause, place, figure):
            continue
        kinds = _kinds(figure)
        name = next((one for one in reversed(clause.earlier) if kinds & _kinds(one)), None)
        if kinds <= {"all"}:
            if not clause.claims & _OF_ALL:
                yield f"{{{figure.ref}}} follows a name and is not about it; say `total`"
        elif name is not None and not name.subjects & figure.subjects:
            yield f"{{{figure.ref}}} is not about {{{name.ref}}}"


def _kinds(value: Value) -> frozenset[str]:
    """Return of what kind the subjects of a value are: `all`, `label`, `time`, `row`."""
    return frozenset(subject.partition(":")[0] for subject in value.subjects)


def _is_name(token: Token) -> bool:
    return token.value is not None and not token.value.is_figure


def _is_exempt(clause: Clause, place: int, figure: Value) -> bool:
    """Tell whether a figure is what another one is a part of, or compared with."""
    before = clause.tokens[place - 1].small if place else ""
    if before == "of" and figure.tags >= {"total", "run"} and "change" not in figure.tags:
        return any("share" in one.tags for one in clause.figures)
    return before in _COMPARED_WITH and "previous" in figure.tags


def _need_problems(clause: Clause) -> Iterator[str]:
    """Yield figures beside which it is not said what they are."""
    for place, token in enumerate(clause.tokens):
        figure = token.value
        if figure is None or not figure.is_figure:
            continue
        before = clause.tokens[place - 1].small if place else ""
        said = clause.claims | ({"direction"} if clause.claims & DIRECTIONS else frozenset())
        if before == "from":
            said |= {"previous"}
        elif before == "to":
            said |= {"last"}
        missing = (figure.needs & _ALWAYS_SAID) - said
        others = figure.needs - _ALWAYS_SAID - {"labels"}
        is_named = any(
            name.subjects & figure.subjects for name in (*clause.names, *clause.earlier[-1:])
        )
        if missing or (others and not is_named and not others & said):
            yield f"{{{token.text}}} is not said to be what it is: {figure.description}"


def _direction_problems(clause: Clause) -> Iterator[str]:
    """Yield directions without a change of the same sign beside them."""
    claimed = clause.claims & DIRECTIONS
    moving = [one for one in clause.values if {"change", "trend", "extreme"} & one.tags]
    borne = frozenset[str]().union(*(one.tags & DIRECTIONS for one in moving))
    borne |= _from_to(clause)
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
    for before, token in zip(clause.tokens, clause.tokens[1:], strict=False):
        if token.value is not None and before.kind == "word" and before.small in ("from", "to"):
            ends[before.small] = token.value
    if len(ends) < 2:
        return frozenset()
    old, new = ends["from"], ends["to"]
    change = _change_of(old, new)
    fits = "previous" in old.tags and "previous" not in new.tags and old.column == new.column
    if not fits or not old.tags & new.tags & _STEPS or change is None:
        return frozenset({"none"})
    return frozenset({"up" if change > 0 else "down" if change < 0 else "same"})


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
    refs = [place for place, token in enumerate(clause.tokens) if _is_name(token)]
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
    for claim in sorted(clause.claims & frozenset(_PLAIN_CLAIMS)):
        fitting = [one for one in clause.values if claim in one.tags]
        strangers = [
            one
            for one in measured
            if claim not in one.tags and not (claim == "share" and fitting and "total" in one.tags)
        ]
        if measured and (not fitting or (claim != "outlier" and strangers)):
            yield f"a figure is called {_CALLED[claim]} and is not"
        elif not measured and not fitting and claim == "outlier":
            yield "something is called unusual without a reference to it"
    yield from _time_problems(clause, measured)


_CALLED = {
    "mean": "an average",
    "median": "a median",
    "total": "a total",
    "share": "a share",
    "outlier": "unusual",
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
