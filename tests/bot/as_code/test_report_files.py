"""Reports that are renamed, and files of them that move."""

import pytest

from bot.as_code.change import Action
from bot.errors import InvalidError
from tests.bot.as_code.shelf import ORDER, SALES, short


async def test_a_report_that_gets_another_name_stays_the_same_report(shelf):
    """It is found by its file, with its history; by its name where the file was renamed."""
    shelf.put(reports__sales=SALES)
    await shelf.apply()
    report = shelf.office.report()
    shelf.put(reports__sales=SALES.replace('"Sales"', '"Sales of shops"'))
    (renamed,) = await shelf.apply()
    shelf.put(reports__sales=None, reports__shops=SALES.replace('"Sales"', '"Sales of shops"'))
    moved = await shelf.apply(prune=True)

    assert renamed.lines[0] == "name: Sales → Sales of shops"
    assert short(moved) == [("same", "shops"), ("keep", "sales")]
    assert moved[1].lines == ["is shops now"]
    assert short(await shelf.apply(prune=True)) == [("same", "shops")]
    assert (shelf.office.report().id, shelf.office.report().name) == (report.id, "Sales of shops")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"sales": '"Shops"', "a_new_one": '"Sales"'},
            [("reports/a_new_one.toml, name", "reports/sales.toml is stored as this report")],
        ),
        (
            {"sales": '"Orders"', "orders": '"Sales"'},
            [(f"reports/{code}.toml, name", "you have a report") for code in ("orders", "sales")],
        ),
        (
            {"sales": '"Orders"', "orders": None},
            [("reports/sales.toml, name", "you have a report")],
        ),
    ],
)
async def test_a_name_that_another_report_still_has_is_told_before_applying(shelf, files, told):
    """A dry run does not promise what the transaction would refuse, each time anew."""
    shelf.put(reports__sales=SALES, reports__orders=SALES.replace('"Sales"', '"Orders"'))
    await shelf.apply()
    for code, name in files.items():
        shelf.put(**{f"reports__{code}": name and SALES.replace('"Sales"', name)})
    with pytest.raises(InvalidError) as refused:
        await shelf.plan()

    found = [(one.field, one.message) for one in refused.value.problems]
    assert [field for field, _ in found] == [field for field, _ in told]
    assert all(
        message.startswith(start) for (_, message), (_, start) in zip(found, told, strict=True)
    )


async def test_a_report_that_another_folder_has_is_not_pruned(shelf):
    """It was moved there under another file name: deleting it would delete its history."""
    shelf.put(reports__sales=SALES)
    await shelf.apply()
    shelf.put(reports__sales=None, reports__shops=SALES)
    await shelf.apply(name="other")
    shelf.put(reports__shops=None, templates__order=ORDER)
    _, kept = await shelf.apply(prune=True)

    assert (kept.action, kept.lines) == (Action.KEEP, ["is shops of the folder `other` now"])
    assert shelf.office.report().name == "Sales"
    assert short(await shelf.apply(prune=True)) == [("same", "order")]
