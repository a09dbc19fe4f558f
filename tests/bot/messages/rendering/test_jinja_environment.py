import pytest

from bot.errors import TemplateError
from bot.messages.rendering.renderer import Renderer


@pytest.fixture
def renderer(tmp_path):
    return Renderer(tmp_path)


def test_commas_of_loops_and_ifs_do_not_matter(renderer):
    """Trailing commas are dropped outside of strings and kept inside."""
    source = """{"text": "a, ]", "blocks": [{% for x in [1, 2] %}
        {"type": "section", "text": {"type": "mrkdwn", "text": "{{ x }} ,}",},},
        {% if false %}{"type": "divider"}{% endif %},{% endfor %}
    ],}"""

    message = renderer.render_source(source, {})

    assert message.text == "a, ]"
    assert [block["text"]["text"] for block in message.blocks] == ["1 ,}", "2 ,}"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('{"text": "a",\n "blocks": [}', "not JSON once rendered"),
        ('{"text": {{ x }}}', r"inside quotes, or with \|json"),
        ('{"text": "a"}\n{% if %}', "line 2: "),
        ('{"text": "a"}\n\n{{ 1 / 0 }}', "line 3: division by zero"),
        ("[1]", "every block is an object"),
        ('{"text": "a", "attachments": []}', "not attachments"),
        ('{"blocks": [NaN]}', "NaN is no number"),
        ('{"text": ""}', "neither text nor blocks"),
        ('"just words"', "object with text and blocks"),
        ("[" * 100_000, "too deep|not JSON"),
    ],
)
def test_a_wrong_template_is_explained(renderer, source, reason):
    """The author reads the line and the reason."""
    with pytest.raises(TemplateError, match=reason):
        renderer.render_source(source, {"x": "1, 2"})


def test_our_own_templates_come_from_the_folder(tmp_path):
    """`tasks/task` is folder/tasks/task.json; an error names the file and the line."""
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "task.json").write_text('{"text": "{{ a }}"\n, "blocks": [{{ 1 / b }}]}')
    renderer = Renderer(tmp_path)

    with pytest.raises(TemplateError, match=r"tasks/task.json: line 2: division by zero"):
        renderer.render("tasks/task", {"a": "x", "b": 0})
    with pytest.raises(TemplateError, match=r"tasks/none.json"):
        renderer.render("tasks/none", {})
