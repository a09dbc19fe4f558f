import jinja2
import pytest

from bot.errors import TemplateError
from bot.messages.rendering.sandbox import render_stored, stored_environment

ENVIRONMENT = stored_environment()
DOUBLE = "{% set a = a ~ a %}" * 40


def render(source: str, **context: object) -> str:
    return render_stored(ENVIRONMENT.from_string(source), context)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% for k, v in p.items() %}{{ loop.index }}{{ v }}{% endfor %}", "1526"),
        ("{{ range(3)|sum + 2 * 4 ** 2 }}", "35"),
        ("{{ missing.field.deeper }}", ""),
        ("{{ p.a|default(1) }}{% if p.a > 4 %}!{% endif %}", "5!"),
        ("{{ 3.14159|round(2) }}", "3.14"),
    ],
)
def test_ordinary_expressions_work(source, expected):
    """Loops, sums, lookups and ifs are what a template is for."""
    assert expected == render(source, p={"a": 5, "b": 6})


def test_texts_are_joined_and_replaced():
    """The filters on text work on anything that can be printed."""
    assert render('{{ ["x", 2]|join("-")|replace("x", "a") ~ " b" }}') == "\ufdd0a-2 b\ufdd1"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ 10 ** 10 ** 10 }}", "power is too large"),
        ("{{ 'a' * 1000000000 }}", "numbers only"),
        ("{{ '%999999999d' % 1 }}", "numbers only"),
        ("{{ range(10 ** 9)|list }}", "1,000 steps"),
        ("{% set a = 'aaaaaaaa' %}" + DOUBLE, "100,000 characters"),
        ("{% set a = [1, 1] %}" + DOUBLE.replace("a ~ a", "a + a"), "10,000 items"),
        ("{% set a = [1] %}" + DOUBLE.replace("a ~ a", "[a, a]"), "10,000 items"),
        ("{% set a = {'k': 1} %}" + DOUBLE.replace("a ~ a", "{'k': [a, a]}"), "10,000 items"),
        ("{{ range(999)|join('x' * 0 ~ p) }}", "numbers only"),
        ("{{ range(999)|join(p) }}", "100,000 characters"),
        ("{{ p|replace('y', p) }}", "100,000 characters"),
        (
            "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
            "5,000 steps",
        ),
        ("{% for a in range(999) %}{{ p }}{% endfor %}", "1,000,000 characters"),
    ],
)
def test_nothing_grows_without_bound(source, reason):
    """Every way to use up time or memory ends in an error that names the bound."""
    with pytest.raises((TemplateError, jinja2.TemplateError), match=reason):
        render(source, p="y" * 5_000)


@pytest.mark.parametrize(
    "source",
    [
        "{% macro a() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% set a %}x{% endset %}",
        "{% filter upper %}x{% endfilter %}",
        "{% include 'tasks/task.json' %}",
        "{% import 'x' as x %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% for a in b recursive %}{% endfor %}",
        "{{ x|user }}",
        "{{ x|safe }}",
        "{{ x|center(1000000000) }}",
    ],
)
def test_what_could_grow_or_mention_is_refused_at_once(source):
    """A stored template with such a part cannot be compiled, so it is refused when saved."""
    with pytest.raises(jinja2.TemplateError):
        ENVIRONMENT.from_string(source)


@pytest.mark.parametrize(
    "source",
    ["{{ ''.__class__.__mro__ }}", "{{ p.__init__.__globals__ }}", "{{ range.__self__ }}"],
)
def test_nothing_behind_the_values_can_be_reached(source):
    """The insides of Python are not there for a stored template."""
    assert render(source, p={}) == ""


@pytest.mark.parametrize("source", ["{{ p.upper() }}", "{{ ''.join(p) }}", "{{ p.format(1) }}"])
def test_methods_of_texts_cannot_be_called(source):
    """Some of them build texts of any size; the filters do the same within bounds."""
    with pytest.raises(jinja2.TemplateError) as refused:
        render(source, p="x")
    assert "0x" not in str(refused.value)
