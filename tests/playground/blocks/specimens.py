"""Small valid blocks with one thing changed: the material of the limit tables."""

from typing import Any

from tests.playground.blocks.element_gallery import element
from tests.playground.blocks.gallery import block, chart
from tests.playground.blocks.parts import Json, line, option, plain, raw, rich_option, words


def x(count: int) -> str:
    return "x" * count


def changed(name: str, /, **more: Any) -> Json:
    """The block of the gallery with other fields."""
    return {**block(name), **more}


def section(accessory: Json) -> Json:
    return {"type": "section", "text": plain("Choose"), "accessory": accessory}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return actions({"type": "button", "text": plain("Retry"), **more})


def buttons(count: int) -> list[Json]:
    return [{"type": "button", "text": plain("Retry"), "action_id": f"b{n}"} for n in range(count)]


def confirm(**more: Any) -> Json:
    return button(confirm={**element("button")["confirm"], **more})


def typed(type_: str, **more: Any) -> Json:
    """An input block around an element of a type."""
    needed = {"is_decimal_allowed": False} if type_ == "number_input" else {}
    inside = {"type": type_, **needed, **more}
    return {"type": "input", "label": plain("Reason"), "element": inside}


def menu(type_: str, **more: Any) -> Json:
    return actions({"type": type_, **more})


def options(count: int) -> list[Json]:
    return [option(f"Kind {number}", f"kind-{number}") for number in range(count)]


def rich_options(count: int) -> list[Json]:
    return [rich_option(f"Kind {number}", f"kind-{number}") for number in range(count)]


def first_option(**more: Any) -> Json:
    return menu("static_select", options=[{**option("Import", "import"), **more}])


def group(**more: Any) -> Json:
    made = {"label": plain("Imports"), "options": options(1), **more}
    return menu("static_select", option_groups=[made])


def rows(count: int, width: int = 1) -> list[list[Json]]:
    return [[raw("x")] * width for _ in range(count)]


def data_table(**more: Any) -> Json:
    return {"type": "data_table", "caption": "Leaderboard", "rows": rows(2), **more}


def bar(**more: Any) -> Json:
    made = chart("bar")
    made["chart"] = {**made["chart"], **more}
    return made


def series(count: int) -> Json:
    data = [{"label": "Mon", "value": 1}]
    made = [{"name": f"S{number}", "data": data} for number in range(count)]
    return bar(series=made, axis_config={"categories": ["Mon"]})


def categories(labels: list[str]) -> Json:
    data = [{"label": label, "value": 1} for label in labels]
    return bar(series=[{"name": "Done", "data": data}], axis_config={"categories": labels})


def pie(count: int = 1, **more: Any) -> Json:
    segments = [{"label": "Done", "value": 1, **more}] * count
    return {
        "type": "data_visualization",
        "title": "By state",
        "chart": {"type": "pie", "segments": segments},
    }


def feedback(**more: Any) -> Json:
    made = {"text": plain("Good"), "value": "good", **more}
    both = {"positive_button": made, "negative_button": {"text": plain("Bad"), "value": "bad"}}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **both}]}


def icon_buttons(count: int = 1, **more: Any) -> Json:
    made = {"type": "icon_button", "icon": "trash", "text": plain("Remove"), **more}
    elements = [{**made, "action_id": f"i{number}"} for number in range(count)]
    return {"type": "context_actions", "elements": elements}


def rich(type_: str, **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": type_, "elements": [words("x")], **more}]}


def rich_list(**more: Any) -> Json:
    made = {"type": "rich_text_list", "style": "bullet", "elements": [line(words("x"))], **more}
    return {"type": "rich_text", "elements": [made]}


def workflow(**more: Any) -> Json:
    return actions({**element("workflow_button"), **more})


def described(most: int) -> Json:
    """An image block whose address is that long."""
    return changed("image", image_url="https://" + x(most - 8))
