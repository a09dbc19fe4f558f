"""
Decides whether a narrative may be published.

It may not hold any figure, date or name but through references, and what it says of a reference
has to follow from its value. Only words of closed lists may stand in it, because any other could
be a name, or say what no row says; advice, which claims nothing, has the longer list.
The language is English.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.reports.analysts.base import Brief, Narrative
from bot.reports.figures.checking.advice import (
    is_advice,
    is_advised,
    is_not_of_rows,
    is_wish,
    tells_that,
    without_goals,
)
from bot.reports.figures.checking.attribution import attribution_problems, pronoun_problems
from bot.reports.figures.checking.claims import claim_problems
from bot.reports.figures.checking.clauses import DIRECTIONS, Clause, stem
from bot.reports.figures.checking.column_names import (
    is_column_name,
    partly_numbers,
    places_of_full_names,
    stems_of,
    stems_of_column,
)
from bot.reports.figures.checking.numerals import is_span, numeral_problem
from bot.reports.figures.columns import Columns, Measure, read_columns, words_of
from bot.reports.figures.lexicon import claim_made_by, is_ordinary, word_list
from bot.reports.figures.period_lengths import read_steps
from bot.reports.figures.sentences import Sentence, Token, clauses_of, sentences_of, tokens_in
from bot.reports.figures.values import Value, ValueKind, Values

MAX_TEXT_CHARACTERS = 1_500
MAX_PROBLEMS = 20
_MARKS = frozenset(".,;:!?()'\"-\u2019\u201c\u201d\u2013\u2014")
_SPAN_OF_FREQUENCY = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "hourly": "hour",
    "quarterly": "quarter",
    "yearly": "year",
}
#: These claims need a reference even where no figure is told.
_ALWAYS_BORNE = DIRECTIONS | {"high", "low", "ahead", "behind", "outlier"}


_DASH_MARKS = frozenset("-\u2013\u2014")
#: What may touch a reference, before and after it.
_OPENING, _CLOSING = frozenset("('\"\u2018\u201c"), frozenset(".,;:!?)'\"\u2019\u201d")
_STOPS = frozenset(".,;:!?")
_WORDS_IN_CELL = 4
_CELLS_READ = 50_000


@dataclass(frozen=True)
class Knowledge:
    """The words that a narrative of one report may use beside ordinary ones."""

    values: Values
    column_words: Mapping[int, frozenset[str]]  # stems, as `Clause` has them
    repeated: frozenset[str]  # stems of the label and the time where several rows share one
    columns: frozenset[str]  # stems of the words of all columns and units
    units: Mapping[str, frozenset[int]]  # stems of units that are words -> the measures in them
    moves: Mapping[int, frozenset[str]]  # in which directions a measure as a whole has moved
    full_names: frozenset[tuple[str, ...]]  # of columns such as `first_orders`: part is a number
    report: frozenset[str]  # stems of what the owner and the schema say
    cells: frozenset[str]  # texts of cells in small letters: they are said by references only


def read_knowledge(brief: Brief) -> Knowledge:
    """Return what the checker knows of a report."""
    columns = read_columns(brief.table)
    named = {
        measure.index: stems_of_column(brief.table.columns[measure.index].name)
        for measure in columns.measures
    }
    if columns.label is not None:
        named[-1] = stems_of_column(brief.table.columns[columns.label].name)
    grain = stems_of(read_steps(brief.table, columns.time, None).grain)
    if columns.time is not None:
        named |= {-2: stems_of_column(brief.table.columns[columns.time].name), -3: grain}
    every = frozenset[str]().union(
        *(stems_of(f"{column.name} {column.unit or ''}") for column in brief.table.columns),
        grain,
    )
    units = {
        unit: frozenset(one.index for one in columns.measures if unit in stems_of(one.unit or ""))
        for unit in frozenset[str]().union(*(stems_of(one.unit or "") for one in columns.measures))
    }
    named_words = frozenset[str]().union(*(stems_of(one.name) for one in brief.table.columns))
    said = f"{brief.name} {brief.description} {brief.question} {brief.table.source}"
    spans = [_SPAN_OF_FREQUENCY.get(word, "") for word in words_of(brief.frequency)]
    return Knowledge(
        brief.values,
        named,
        frozenset(_repeated_words(brief, columns)),
        every,
        {unit: indices for unit, indices in units.items() if unit not in named_words},
        {measure.index: _moves_of(brief.values, measure) for measure in columns.measures},
        frozenset(partly_numbers(brief.table)),
        every | stems_of(f"{said} {brief.frequency} {' '.join(spans)}"),
        frozenset(_cell_texts(brief)),
    )


def _moves_of(values: Values, measure: Measure) -> frozenset[str]:
    """Return the directions of the changes of all rows: of the last period, and since the run."""
    refs = (f"change_{measure.slug}", f"run_change_{measure.slug}")
    return frozenset[str]().union(*(values[one].tags & DIRECTIONS for one in refs if one in values))


def _repeated_words(brief: Brief, columns: Columns) -> Iterator[str]:
    """Yield the words of the label and the time of which an average of the rows is none."""
    for column in (columns.label, columns.time):
        if column is not None:
            cells = [row[column] for row in brief.table.rows]
            if len(set(cells)) < len(cells):
                yield from stems_of(brief.table.columns[column].name)


def check_narrative(narrative: Narrative, brief: Brief) -> list[str]:
    """Return what is wrong with a narrative, at most 20 sentences; none: it may be published."""
    knowledge = read_knowledge(brief)
    problems: dict[str, None] = {}
    texts = [("summary", narrative.summary)]
    texts += [("insights", text) for text in narrative.insights]
    texts += [("recommendations", text) for text in narrative.recommendations]
    for place, text in texts:
        for problem in check_text(text, knowledge):
            problems[f"{place}: {problem}"] = None
    for ref in narrative.key_metrics:
        if ref not in brief.values:
            problems["key_metrics: there is no such reference"] = None
        elif not brief.values[ref].is_figure:
            problems["key_metrics: a name is no figure"] = None
    return list(problems)[:MAX_PROBLEMS]


def keep_publishable(narrative: Narrative, brief: Brief) -> Narrative | None:
    """Return a narrative without what may not be published of it; None if its summary may not."""
    knowledge = read_knowledge(brief)

    def is_fit(text: str) -> bool:
        return next(check_text(text, knowledge), None) is None

    if not is_fit(narrative.summary):
        return None
    values = brief.values
    return replace(
        narrative,
        key_metrics=tuple(
            one for one in narrative.key_metrics if one in values and values[one].is_figure
        ),
        insights=tuple(filter(is_fit, narrative.insights)),
        recommendations=tuple(filter(is_fit, narrative.recommendations)),
    )


def check_text(text: str, knowledge: Knowledge) -> Iterator[str]:
    """Yield what is wrong with one text."""
    if len(text) > MAX_TEXT_CHARACTERS:
        yield f"it is longer than {MAX_TEXT_CHARACTERS:,} characters"
        return
    tokens = tokens_in(text, knowledge.values)
    yield from _token_problems(tokens)
    antecedents: list[Value] = []
    for sentence in sentences_of(tokens):
        yield from _sentence_problems(sentence, knowledge)
        whole = Clause(sentence, knowledge.column_words)
        yield from pronoun_problems(whole, antecedents)
        antecedents = whole.names or antecedents


def _cell_texts(brief: Brief) -> Iterator[str]:
    """Yield the texts of cells that a narrative could repeat, up to four words each."""
    for row in brief.table.rows[:_CELLS_READ]:
        for cell in row:
            if isinstance(cell, str) and len(cell) <= 80:
                words = cell.lower().split()
                if 0 < len(words) <= _WORDS_IN_CELL:
                    yield " ".join(words)


def _token_problems(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield characters that text has no need of, unknown references, and what touches one."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.kind == "word" and before is not None and before.text in _STOPS:
            yield "a mark between letters makes an address or a name; put a space behind it"
        if token.kind == "doubled" or (token.kind == "other" and token.text in "{}"):
            yield "a brace that is no reference"
        elif token.kind == "other" and token.text not in _MARKS:
            yield "a figure, or a character that text has no need of"
        elif token.kind == "ref" and token.value is None:
            yield "there is no such reference"
        elif before is not None and _touches(before, token):
            yield "a reference touches its neighbour; put a space between them"


def _touches(before: Token, token: Token) -> bool:
    """Tell whether a figure gets longer, or a sign, from what stands beside it."""
    if "ref" not in (before.kind, token.kind):
        return False
    other = before if token.kind == "ref" else token
    if other.kind in ("space", "genitive"):
        return False
    if other.kind != "other":
        return True
    return other.text not in (_OPENING if token.kind == "ref" else _CLOSING)


def _sentence_problems(sentence: Sentence, knowledge: Knowledge) -> Iterator[str]:
    words = [token for token in sentence if token.kind == "word"]
    smalls = [token.small for token in words]
    is_advising = is_advice(smalls, has_values=any(one.value is not None for one in sentence))
    yield from _dash_problems(sentence)
    of_names = places_of_full_names(smalls, knowledge.full_names)
    for place, token in enumerate(words):
        if place not in of_names and not (is_advising and is_wish(smalls, place)):
            after = smalls[place + 1] if place + 1 < len(words) else ""
            yield from _word_problems(token, after, knowledge)
    yield from _repeated_cells(words, knowledge)
    claiming = without_goals(sentence, knowledge.columns) if is_advising else sentence
    whole = Clause(claiming, knowledge.column_words)
    if is_advising and not whole.figures:
        yield from _advice_problems(sentence, knowledge)
    else:
        yield from _strict_problems(sentence, whole, knowledge)
    if not is_advising or _tells_something(whole):
        yield from _claim_problems(whole, knowledge, is_advising=is_advising)


def _tells_something(advice: Clause) -> bool:
    """Tell whether advice holds a figure, a date or a claim, and not only names."""
    is_told = any(value.kind is not ValueKind.NAME for value in advice.values)
    return is_told or bool(advice.claims & _ALWAYS_BORNE)


def _claim_problems(whole: Clause, knowledge: Knowledge, *, is_advising: bool) -> Iterator[str]:
    """Yield what a sentence says of its values, or of what is measured, that is not so."""
    yield from _rank_problems(whole)
    if {"mean", "median"} & whole.claims and knowledge.repeated & set(map(stem, whole.words)):
        yield "an average of the rows is none by label or period; say `per row`"
    moves = frozenset[str]()
    if is_advising and not whole.values:
        moves = moves.union(*(knowledge.moves.get(one, moves) for one in whole.mentioned))
    earlier: list[Value] = []
    figures: list[Value] = []
    for tokens in clauses_of(whole.tokens):
        clause = Clause(
            tokens,
            knowledge.column_words,
            tuple(earlier),
            tuple(figures),
            whole.claims & {"run"},
            moves,
            is_advising,
        )
        yield from attribution_problems(clause, whole.mentioned)
        yield from claim_problems(clause)
        earlier += clause.names
        figures += clause.figures


def _rank_problems(sentence: Clause) -> Iterator[str]:
    """Yield that names after `followed` are not in the order of their ranks."""
    if "followed" not in sentence.words:
        return
    ranks = [value.rank for value in sentence.names]
    known = [rank for rank in ranks if rank is not None]
    columns = {value.column for value in sentence.names}
    in_order = known == list(range(known[0], known[0] + len(known))) if known else False
    if len(known) < 2 or len(known) < len(ranks) or len(columns) > 1 or not in_order:
        yield "`followed` needs the names of ranks in their order"


def _dash_problems(sentence: Sentence) -> Iterator[str]:
    for before, token in pairwise(sentence):
        if token.kind == "ref" and before.kind == "other" and before.text in _DASH_MARKS:
            yield "a dash before a reference looks like a sign"


def _word_problems(token: Token, after: str, knowledge: Knowledge) -> Iterator[str]:
    """Yield figures in words, dates, and words that say what no row says."""
    small = token.small
    is_known = stem(small) in knowledge.report
    if is_column_name(small) and stem(small) in knowledge.columns:
        return
    if kind := numeral_problem(token.text):
        yield f"{_in_backquotes(token)} is {kind}; use a reference"
    elif small in ("quarter", "quarters") and after == "of":
        yield f"{_in_backquotes(token)} is a number; use a reference"
    elif is_span(small) and not is_known:
        yield f"{_in_backquotes(token)} is a date; use a reference, or say `period`"
    elif small in word_list("untraceable") and not is_known:
        yield f"{_in_backquotes(token)} says what the rows do not say"


def _strict_problems(sentence: Sentence, whole: Clause, knowledge: Knowledge) -> Iterator[str]:
    """Yield the words that may not stand in a sentence that is no advice."""
    words = [token for token in sentence if token.kind == "word"]
    of_names = places_of_full_names([token.small for token in words], knowledge.full_names)
    for place, token in enumerate(words):
        small = token.small
        unit = knowledge.units.get(stem(small))
        if unit is not None and not all(one.column in unit for one in whole.figures):
            yield f"{_in_backquotes(token)} is not the unit of this figure"
        is_plain = (
            small in word_list("plain")
            or claim_made_by(small) is not None
            or stem(small) in knowledge.columns
            or place in of_names
        )
        if not is_plain:
            yield f"{_in_backquotes(token)} may not stand beside a figure; say it more plainly"
        elif (
            not token.text.islower()
            and token is not sentence[0]
            and not _is_column(token, knowledge)
        ):
            yield f"{_in_backquotes(token)} is written like a name; use small letters"


def _is_column(token: Token, knowledge: Knowledge) -> bool:
    return stem(token.small) in knowledge.columns


def _advice_problems(sentence: Sentence, knowledge: Knowledge) -> Iterator[str]:
    """Yield names, and whatever else advice has no need of."""
    words = [token for token in sentence if token.kind == "word"]
    smalls = [token.small for token in words]
    if tells_that(smalls):
        yield "`that` begins a claim; say what to check"
    for place, token in enumerate(words):
        is_known = (
            stem(token.small) in knowledge.report
            or is_advised(token.small)
            or claim_made_by(token.small) is not None
            or is_not_of_rows(smalls, place)
        )
        if not is_known:
            yield f"{_in_backquotes(token)} is a name, or no word for advice; say it more plainly"
        elif _is_written_like_name(token, sentence) and stem(token.small) not in knowledge.report:
            yield f"{_in_backquotes(token)} is written like a name; use small letters"


def _is_written_like_name(token: Token, sentence: Sentence) -> bool:
    """Tell whether a word has a capital letter that is not that of the sentence's beginning."""
    is_first = token is sentence[0] and token.text[1:] == token.text[1:].lower()
    return not is_first and not token.text.islower()


def _repeated_cells(words: Sequence[Token], knowledge: Knowledge) -> Iterator[str]:
    """Yield names of the result that are written out, where they may be the wrong ones."""
    smalls = [token.small for token in words]
    for place, token in enumerate(words):
        for length in range(1, _WORDS_IN_CELL + 1):
            phrase = " ".join(smalls[place : place + length])
            if phrase not in knowledge.cells:
                continue
            is_common = length == 1 and token.text.islower() and _is_common(phrase, knowledge)
            if not is_common:
                yield f"{_in_backquotes(token)} is a name of the result; use its reference"
                break


def _is_common(word: str, knowledge: Knowledge) -> bool:
    return is_ordinary(word) or claim_made_by(word) is not None or stem(word) in knowledge.columns


def _in_backquotes(token: Token) -> str:
    """Return a word as problems show it; nothing else of a broken answer is repeated."""
    return f"`{token.text[:30]}`"
