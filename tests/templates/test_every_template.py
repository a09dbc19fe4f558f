import copy
import json
import re
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import meta
from slack_playground.blocks import validate_message

from bot.ids import is_slack_channel_id, is_slack_user_id
from bot.messages.rendering.jinja_environment import own_environment
from bot.messages.rendering.renderer import Rendered, Renderer

FOLDER = Path(__file__).parents[2] / "templates"
SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.json"))
RENDERER = Renderer(FOLDER)

ATTACKS = [
    "<!channel>",
    "<!here|here> <!subteam^S0EVIL>",
    "<@U0EVIL> and <#C0EVIL>",
    "<https://evil.example|your bank>",
    "<!date^1^{time}^https://evil.example|now>",
    "https://evil.example/<@U0EVIL>",
    "javascript:alert(1)",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "\u202egnp.exe\u2066\u200f",
    "nul\x00 bell\x07 esc\x1b[31m",
    '"}], "blocks": [{"type": "section", "text": "<!everyone>"}], "x": [{"y": "',
    "\\",
    '\\"}]}',
    "{{7*7}} {% raw %} {# no #}",
    "\ufdd0<!channel>\ufdd1 \ufdd21\ufdd3time\ufdd1",
    "\ud800 lone \udfff",
    "line\r\nline\rline\u2028line",
    "👩‍👩‍👧‍👦🇩🇪e\u0301" * 900,
    "& < > " * 2_000,
    "x" * 10_000,
    " ",
    "",
]


def is_no_id(text: str) -> bool:
    """Tell whether a text is no id of Slack's: those are mentioned on purpose."""
    return not (is_slack_user_id(text) or is_slack_channel_id(text))


# Hypothesis builds texts from the constants of all loaded modules, too: once it drew `U00`.
TEXTS = st.one_of(st.sampled_from(ATTACKS), st.text(st.characters(), max_size=60).filter(is_no_id))
NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 50, 100, 101, 2**31, 10**30, -0.5, 1e300, 1_795_338_000]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
DEEP = st.recursive(TEXTS | NUMBERS | st.none(), lambda x: st.lists(x) | st.dictionaries(TEXTS, x))
TOKEN = re.compile(r"<([^<>]*)>")
OWN_TOKEN = re.compile(r"#C[A-Z0-9]{5,30}|!date\^\d+\^[a-z_{} ]+\|[0-9: UTC-]+|@U0(ADA|BEN|CLEO)")


def sample_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return found


@st.composite
def hostile(draw, name: str) -> dict[str, Any]:
    """The template's sample with any of its values exchanged for an attack."""
    return {key: draw(_attacked(value, key)) for key, value in sample_of(name).items()}


def _attacked(value: Any, key: str) -> st.SearchStrategy[Any]:
    kept = st.just(value)
    if key in ("revision", "task_id"):  # Ours, and checked where they come in.
        return kept
    if isinstance(value, dict):
        inner = st.fixed_dictionaries({name: _attacked(each, name) for name, each in value.items()})
        return kept | inner | st.dictionaries(TEXTS, DEEP, max_size=30) | st.none()
    if isinstance(value, list) and value:
        one = st.one_of([_attacked(each, "") for each in value])
        return kept | st.lists(one, max_size=70)
    if isinstance(value, int | float):
        return kept | NUMBERS | st.none()
    return kept | TEXTS | TEXTS | TEXTS


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [each for inner in node for each in objects(inner)]
    if not isinstance(node, dict):
        return []
    return [node, *objects(list(node.values()))]


def formatted_texts(message: Rendered) -> list[str]:
    found = [each["text"] for each in objects(message.blocks) if each.get("type") == "mrkdwn"]
    return [message.text, *found]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_a_sample_that_slack_takes(name):
    """Every template comes with a sample context and renders it without a complaint of Slack."""
    message = RENDERER.render(name, sample_of(name))

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
    assert message.overflow is None


@pytest.mark.parametrize("name", NAMES)
def test_a_template_reads_only_what_its_sample_names(name):
    """A misspelt variable would be an empty text for ever, so none may be unknown."""
    source = (FOLDER / f"{name}.json").read_text()
    environment = own_environment(FOLDER)

    used = meta.find_undeclared_variables(environment.parse(source))

    assert set() == used - sample_of(name).keys() - set(jinja2.defaults.DEFAULT_NAMESPACE)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_hostile_data_only_stands_there(name, data):
    """Whatever the data is, Slack takes the message and nothing in it mentions, links or acts."""
    message = RENDERER.render(name, data.draw(hostile(name)))

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
    assert len(message.text.encode("utf-16-le")) // 2 <= 3_900
    assert message.blocks == json.loads(json.dumps(message.blocks))
    tokens = [token for text in formatted_texts(message) for token in TOKEN.findall(text)]
    assert [token for token in tokens if not OWN_TOKEN.fullmatch(token)] == []
    for each in objects(message.blocks):
        assert each.get("type") not in {"user", "usergroup", "channel", "broadcast", "team"}
        assert each.get("type") != "mrkdwn" or "`" not in each["text"]
        assert re.match(r"(https?://|mailto:)[^\s<>]+$", each.get("url", "https://none.example"))


@pytest.mark.parametrize("name", NAMES)
def test_rendering_does_not_change_what_it_was_given(name):
    """The same context may be rendered again, for instance after a failed delivery."""
    context = sample_of(name)
    before = copy.deepcopy(context)

    first, second = RENDERER.render(name, context), RENDERER.render(name, context)

    assert before == context
    assert first == second
