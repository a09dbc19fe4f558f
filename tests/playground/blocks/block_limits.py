"""The lengths and counts of blocks: the second half of the table in `limits.py`."""

from tests.playground.blocks import specimens as a
from tests.playground.blocks.gallery import CARD, surface_of, task
from tests.playground.blocks.limits import Limit
from tests.playground.blocks.parts import IMAGE, Json, mrkdwn, plain, raw
from tests.playground.blocks.specimens import x


def _text(spot: str, most: int, name: str, field: str) -> Limit:
    """A text object in a block of the gallery."""
    return Limit(
        spot,
        most,
        lambda n: a.changed(name, **{field: plain(x(n))}),
        f"/{field}/text",
        surface_of(name),
    )


def _string(spot: str, most: int, name: str, field: str) -> Limit:
    return Limit(spot, most, lambda n: a.changed(name, **{field: x(n)}), f"/{field}")


def _url(spot: str, most: int, name: str, field: str) -> Limit:
    return Limit(
        spot, most, lambda n: a.changed(name, **{field: "https://" + x(n - 8)}), f"/{field}"
    )


def _card(spot: str, most: int, field: str) -> Limit:
    return _text(f"CARD_{spot}", most, "card", field)


def _image(**more: str) -> Json:
    return {"type": "context", "elements": [{**IMAGE, **more}]}


BLOCK_LIMITS = [
    _string("BLOCK_ID", 255, "divider", "block_id"),
    _text("SECTION_TEXT", 3000, "section", "text"),
    Limit(
        "SECTION_FIELDS",
        10,
        lambda n: a.changed("section", fields=[mrkdwn("x")] * n),
        "/fields",
    ),
    Limit(
        "SECTION_FIELDS_ITEM",
        2000,
        lambda n: a.changed("section", fields=[mrkdwn(x(n))]),
        "/fields/0/text",
    ),
    _text("HEADER_TEXT", 150, "header", "text"),
    Limit("header.level", 4, lambda n: a.changed("header", level=n), "/level"),
    Limit(
        "CONTEXT_ELEMENTS",
        10,
        lambda n: {"type": "context", "elements": [plain("x")] * n},
        "/elements",
    ),
    Limit("ACTIONS_ELEMENTS", 25, lambda n: a.actions(*a.buttons(n)), "/elements"),
    _text("INPUT_LABEL", 2000, "input", "label"),
    _text("INPUT_HINT", 2000, "input", "hint"),
    _url("IMAGE_IMAGE_URL", 3000, "image", "image_url"),
    _string("IMAGE_ALT_TEXT", 2000, "image", "alt_text"),
    _text("IMAGE_TITLE", 2000, "image", "title"),
    Limit(
        "IMAGE_ELEMENT_IMAGE_URL",
        3000,
        lambda n: _image(image_url="https://" + x(n - 8)),
        "/elements/0/image_url",
    ),
    Limit("IMAGE_ELEMENT_ALT_TEXT", 2000, lambda n: _image(alt_text=x(n)), "/elements/0/alt_text"),
    _text("ALERT_TEXT", 200, "alert", "text"),
    _string("MARKDOWN_TEXT", 12_000, "markdown", "text"),
    _card("TITLE", 150, "title"),
    _card("SUBTITLE", 150, "subtitle"),
    _card("BODY", 200, "body"),
    _card("SUBTEXT", 200, "subtext"),
    Limit("CARD_ACTIONS", 3, lambda n: a.changed("card", actions=a.buttons(n)), "/actions"),
    Limit(
        "CAROUSEL_ELEMENTS",
        10,
        lambda n: a.changed("carousel", elements=[{**CARD, "block_id": f"c{i}"} for i in range(n)]),
        "/elements",
    ),
    _text("CONTAINER_TITLE", 150, "container", "title"),
    _text("CONTAINER_SUBTITLE", 150, "container", "subtitle"),
    Limit(
        "CONTAINER_CHILD_BLOCKS",
        10,
        lambda n: a.changed("container", child_blocks=[{"type": "divider"}] * n),
        "/child_blocks",
    ),
    Limit("CONTEXT_ACTIONS_ELEMENTS", 5, a.icon_buttons, "/elements"),
    Limit("TABLE_ROWS", 100, lambda n: {"type": "table", "rows": a.rows(n)}, "/rows"),
    Limit("TABLE_COLUMNS", 20, lambda n: {"type": "table", "rows": a.rows(1, n)}, "/rows/0"),
    Limit(
        "TABLE_COLUMN_SETTINGS",
        20,
        lambda n: {"type": "table", "rows": a.rows(1), "column_settings": [None] * n},
        "/column_settings",
    ),
    Limit("table.content", 10_000, lambda n: {"type": "table", "rows": [[raw(x(n))]]}, ""),
    Limit("DATA_TABLE_ROWS", 201, lambda n: a.data_table(rows=a.rows(n)), "/rows"),
    Limit("DATA_TABLE_COLUMNS", 20, lambda n: a.data_table(rows=a.rows(2, n)), "/rows/0"),
    Limit("DATA_TABLE_PAGE_SIZE", 100, lambda n: a.data_table(page_size=n), "/page_size"),
    Limit(
        "DATA_TABLE_CONTENT",
        20_000,
        lambda n: a.data_table(rows=[[raw("x")], [raw(x(n - 1))]]),
        "",
    ),
    _string("DATA_VISUALIZATION_TITLE", 50, "bar", "title"),
    Limit("DATA_VISUALIZATION_SEGMENTS", 12, a.pie, "/chart/segments"),
    Limit(
        "DATA_VISUALIZATION_SEGMENT_LABEL",
        20,
        lambda n: a.pie(label=x(n)),
        "/chart/segments/0/label",
    ),
    Limit("DATA_VISUALIZATION_SERIES", 12, a.series, "/chart/series"),
    Limit(
        "DATA_VISUALIZATION_SERIES_NAME",
        20,
        lambda n: a.bar(
            series=[{"name": x(n), "data": [{"label": "Mon", "value": 1}]}],
            axis_config={"categories": ["Mon"]},
        ),
        "/chart/series/0/name",
    ),
    Limit(
        "DATA_VISUALIZATION_DATA",
        20,
        lambda n: a.categories([str(i) for i in range(n)]),
        "/chart/series/0/data",
    ),
    Limit(
        "DATA_VISUALIZATION_CATEGORIES",
        20,
        lambda n: a.categories([str(i) for i in range(n)]),
        "/chart/axis_config/categories",
    ),
    Limit(
        "DATA_VISUALIZATION_POINT_LABEL",
        20,
        lambda n: a.categories([x(n)]),
        "/chart/series/0/data/0/label",
    ),
    Limit(
        "DATA_VISUALIZATION_CATEGORY_LABEL",
        20,
        lambda n: a.categories([x(n)]),
        "/chart/axis_config/categories/0",
    ),
    Limit(
        "DATA_VISUALIZATION_AXIS_LABEL",
        50,
        lambda n: a.bar(axis_config={"categories": ["Mon", "Tue"], "x_label": x(n)}),
        "/chart/axis_config/x_label",
    ),
    Limit(
        "PLAN_TASKS",
        50,
        lambda n: a.changed("plan", tasks=[task(i, "complete") for i in range(n)]),
        "/tasks",
    ),
    Limit("RICH_TEXT_LIST_INDENT", 8, lambda n: a.rich_list(indent=n), "/elements/0/indent"),
    Limit("RICH_TEXT_LIST_BORDER", 1, lambda n: a.rich_list(border=n), "/elements/0/border"),
    Limit(
        "RICH_TEXT_QUOTE_BORDER",
        1,
        lambda n: a.rich("rich_text_quote", border=n),
        "/elements/0/border",
    ),
    Limit(
        "RICH_TEXT_PREFORMATTED_BORDER",
        1,
        lambda n: a.rich("rich_text_preformatted", border=n),
        "/elements/0/border",
    ),
    _text("VIDEO_TITLE", 199, "video", "title"),
    _string("VIDEO_AUTHOR_NAME", 49, "video", "author_name"),
    _string("VIDEO_PROVIDER_NAME", 50, "video", "provider_name"),
    _text("VIDEO_DESCRIPTION", 200, "video", "description"),
    _string("VIDEO_ALT_TEXT", 2000, "video", "alt_text"),
    _url("VIDEO_VIDEO_URL", 3000, "video", "video_url"),
    _url("VIDEO_THUMBNAIL_URL", 3000, "video", "thumbnail_url"),
    _url("VIDEO_TITLE_URL", 2000, "video", "title_url"),
    _url("VIDEO_PROVIDER_ICON_URL", 2000, "video", "provider_icon_url"),
    _string("auth_provider.value", 150, "auth_provider", "value"),
    _text("auth_provider.name", 75, "auth_provider", "name"),
    _text("auth_provider.description", 150, "auth_provider", "description"),
    _text("auth_provider.connected_identity", 75, "auth_provider", "connected_identity"),
    _text("auth_provider.connected_context", 75, "auth_provider", "connected_context"),
]
