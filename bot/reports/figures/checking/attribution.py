"""Checks that a figure is called by its own column, and stands beside its own names. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.reports.figures.checking.clauses import DIRECTIONS, Clause, is_name, stem
from bot.reports.figures.lexicon import claim_made_by, may_follow_figure, word_list
from bot.reports.figures.sentences import Token
from bot.reports.figures.values import Value, ValueKind

#: What has to be said beside a value in any case.
_ALWAYS_SAID = frozenset({"direction", "run", "share", "mean", "median", "row", "trend", "change"})
#: What a direction says.
_MOVED = frozenset({"direction", "change"})
#: Claims that make clear that a figure is about every row.
_OF_ALL = frozenset({"total", "mean", "median", "row", "run", "trend"})
#: Claims of nouns, which would be counted by a figure before them.
_COUNTED_CLAIMS = frozenset({"row", "run", "share", "trend", "outlier"})
_RANGES = frozenset({"ranged", "ranges", "ranging"})
_PRONOUNS = frozenset({"it", "its", "they", "their", "which", "who"})
#: `There are` points at nothing.
_BEINGS = frozenset({"is", "are", "was", "were", "have", "has"})
#: Before the singular of a label these mean one of them.
_ARTICLES = frozenset({"a", "an", "the", "this", "that", "its", "their"})
#: After these stands what something is compared with.
_COMPARED_WITH = frozenset({"from", "than", "against", "versus"})


def attribution_problems(clause: Clause, sentence_mentions: frozenset[int]) -> Iterator[str]:
    """Yield figures that a reader would take for those of something else."""
    yield from _neighbour_problems(clause)
    yield from _part_problems(clause)
    yield from _measure_problems(clause, sentence_mentions)
    yield from _subject_problems(clause)
    yield from _need_problems(clause)
    yield from _single_problems(clause)


def pronoun_problems(sentence: Clause, antecedents: Sequence[Value]) -> Iterator[str]:
    """Yield figures that `it` or `there` makes those of a name in an earlier sentence."""
    if not antecedents or sentence.names or not _has_pronoun(sentence.words):
        return
    meant = frozenset[str]().union(*(name.subjects for name in antecedents))
    for figure in sentence.figures:
        if not figure.subjects & meant:
            yield f"{{{figure.ref}}} would be taken for that of {{{antecedents[-1].ref}}}"


def _has_pronoun(words: Sequence[str]) -> bool:
    if words[:1] in (["this"], ["these"], ["that"], ["here"]) or _PRONOUNS & set(words):
        return True
    around = zip(["", *words], words, [*words[1:], ""], strict=False)
    return any(
        word == "there" and not (after in _BEINGS and before in ("", "and", "but", "while"))
        for before, word, after in around
    )


def _neighbour_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that run into each other or into a word that changes them."""
    before: Token | None = None
    for place, token in enumerate(clause.tokens):
        if token.value is not None and token.value.is_figure and before is not None:
            if before.value is not None and before.value.is_figure:
                yield "two references stand side by side; put words between them"
            elif before.kind == "word" and not _is_compared(clause, place):
                yield from _preposition_problems(before.small, token.value, clause)
        if (
            before is not None
            and before.value is not None
            and before.value.is_figure
            and token.kind == "word"
            and not _may_follow(token, before.value, clause)
        ):
            yield f"{{{before.text}}} has its unit already; leave out the word after it"
        before = token


def _preposition_problems(word: str, figure: Value, clause: Clause) -> Iterator[str]:
    """Yield words before a figure that change it, or that say it is the end of what it is not."""
    tags = figure.tags
    if word in word_list("not_before"):
        yield f"`{word}` before {{{figure.ref}}} changes the figure"
    elif word in ("from", "to") and _RANGES & set(clause.words):
        if ("low" if word == "from" else "high") not in tags:
            yield f"{{{figure.ref}}} is no end of this range"
    elif word == "to" and tags & {"change", "previous"}:
        yield f"{{{figure.ref}}} is not what something came to"
    elif word == "from" and "previous" not in tags:
        yield f"{{{figure.ref}}} is not what something came from"
    elif word == "by" and "down" in clause.claims and _is_signed(figure):
        yield f"{{{figure.ref}}} has a sign already; use its size"


def _is_compared(clause: Clause, place: int) -> bool:
    """Tell whether `compared to` or `relative to` stands before a token."""
    words = [token.small for token in clause.tokens[max(0, place - 2) : place]]
    return words in (["compared", "to"], ["relative", "to"])


def _is_signed(figure: Value) -> bool:
    return "change" in figure.tags and "direction" not in figure.needs


def _part_problems(clause: Clause) -> Iterator[str]:
    """Yield figures that are called a part of another one and are no share of it."""
    for place, token in enumerate(clause.tokens[2:], 2):
        of, part = clause.tokens[place - 1], clause.tokens[place - 2].value
        if of.small != "of" or token.value is None or part is None:
            continue
        is_share = "share" in part.tags and "total" in token.value.tags
        if part.is_figure and token.value.is_figure and not is_share:
            yield f"{{{part.ref}}} is no share of {{{token.text}}}"


def _may_follow(token: Token, figure: Value, clause: Clause) -> bool:
    claim = claim_made_by(token.small)
    if may_follow_figure(token.small) or (claim is not None and claim not in _COUNTED_CLAIMS):
        return True
    if claim in ("share", "trend"):
        return claim in figure.tags
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
    if clause.is_advice and not clause.figures and max(clause.mentioned, default=-1) < 0:
        return  # `What is behind the growth in {gain_name_revenue}` speaks of no other column.
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
    names = [place for place, token in enumerate(clause.tokens) if is_name(token)]
    if not names:
        yield from _carried_problems(clause)
    used = set()
    for place, token in enumerate(clause.tokens) if names else ():
        figure = token.value
        if figure is None or not figure.is_figure:
            continue
        nearest = _nearest_name(clause, place, names)
        if _subjects(clause, nearest) & figure.subjects:
            used |= {one for one in names if _subjects(clause, one) & figure.subjects}
        elif not _is_exempt(clause, place, figure):
            yield f"{{{token.text}}} is not about {{{clause.tokens[nearest].text}}}"
    for place in names if clause.figures else ():
        if place not in used:
            yield f"{{{clause.tokens[place].text}}} stands beside figures that are not its own"


def _nearest_name(clause: Clause, place: int, names: Sequence[int]) -> int:
    """Return where the name stands that a reader takes a figure for: `{figure} in {name}`."""
    after = clause.tokens[place + 1 : place + 3]
    if len(after) == 2 and after[0].small in ("in", "for", "by") and is_name(after[1]):
        return place + 2
    return max((one for one in names if one < place), default=names[0])


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


def _is_exempt(clause: Clause, place: int, figure: Value) -> bool:
    """Tell whether a figure is what another one is a part of, or compared with."""
    before = clause.tokens[place - 1].small if place else ""
    if before == "of" and figure.tags >= {"total", "run"} and "change" not in figure.tags:
        return any("share" in one.tags for one in clause.figures)
    is_compared = before in _COMPARED_WITH or _is_compared(clause, place)
    return is_compared and "previous" in figure.tags


def _is_identified(figure: Value, clause: Clause) -> bool:
    """Tell whether the names in a clause leave no doubt about the row of a cell."""
    told = frozenset[str]().union(*(name.subjects for name in _names_for(clause)))
    return not figure.identities or any(names <= told for names in figure.identities)


def _names_for(clause: Clause) -> Sequence[Value]:
    """Return the names in a clause, or if it has none the latest of each kind before it."""
    if clause.names:
        return clause.names
    latest = {_kinds(name): name for name in clause.earlier}
    return list(latest.values())


def _need_problems(clause: Clause) -> Iterator[str]:
    """Yield figures beside which it is not said what they are."""
    for place, token in enumerate(clause.tokens):
        figure = token.value
        if figure is None or not figure.is_figure:
            continue
        said = _said_of(clause, place, figure)
        missing = (figure.needs & _ALWAYS_SAID) - said
        others = figure.needs - _ALWAYS_SAID - {"labels"}
        if not _is_identified(figure, clause):
            yield f"{{{token.text}}} needs the names that tell its row from the others"
        is_named = any(
            name.subjects & figure.subjects for name in (*clause.names, *clause.earlier[-1:])
        )
        if missing or (others and not is_named and not others & said):
            yield f"{{{token.text}}} is not said to be what it is: {figure.description}"


def _said_of(clause: Clause, place: int, figure: Value) -> frozenset[str]:
    """Return what the words of a clause, and the one before a figure, say of it."""
    before = clause.tokens[place - 1].small if place else ""
    said = clause.claims | (_MOVED if clause.claims & DIRECTIONS else frozenset())
    if _RANGES & set(clause.words):
        said |= {"high", "low"}
    if figure.kind is ValueKind.WORDS and "change" in figure.tags:
        said |= {"change"}  # Its words say so.
    if before == "from" or _is_compared(clause, place):
        said |= {"previous"}
    elif before == "to" or (before == "at" and "same" in clause.claims):
        said |= {"last"}
    return said


def _single_problems(clause: Clause) -> Iterator[str]:
    """Yield figures of every row that are told of one label, or of how many there are."""
    labels = clause.column_words.get(-1, frozenset())
    single = labels.union(*(clause.column_words.get(key, labels) for key in (-2, -3)))
    told = [one for one in clause.figures if "all" in one.subjects]
    if not single or not told:
        return
    words = clause.words
    if words[:2] == ["number", "of"] or words[:3] == ["the", "number", "of"]:
        counted = words[words.index("of") + 1 : words.index("of") + 2]
        if set(map(stem, counted)) <= labels and not all("labels" in one.tags for one in told):
            yield "the number of labels has a reference of its own"
    of_all = {"mean", "median", "labels", "row", "trend"}
    if clause.names or all(one.tags & of_all for one in told):
        return
    for before, word in pairwise(words):
        if before in _ARTICLES and word in single:
            yield f"`{before} {word}` has no figure of its own here; name it"
