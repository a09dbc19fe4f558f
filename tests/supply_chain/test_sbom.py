from typing import Any

import pytest

from tests.supply_chain.sbom import complete

LOCK = """\
aiohttp==3.1 \\
    --hash=sha256:aa
    # via
    #   -r requirements.in
    #   slack-bolt
slack-bolt[async]==1.3
    # via -r requirements.in
"""


def listed(*names: str) -> dict[str, Any]:
    return {"components": [{"name": name, "bom-ref": f"ref-{name}"} for name in names]}


def test_the_list_of_packages_says_who_needs_whom():
    """The bill of materials has an edge from each package to what it needs, and from us."""
    bom = complete(listed("aiohttp", "slack-bolt"), LOCK)

    assert bom["dependencies"] == [
        {"ref": "ref-aiohttp", "dependsOn": []},
        {"ref": "ref-slack-bolt", "dependsOn": ["ref-aiohttp"]},
        {"ref": "root-component", "dependsOn": ["ref-aiohttp", "ref-slack-bolt"]},
    ]


def test_a_locked_package_that_is_not_listed_is_refused():
    """A bill of materials that leaves out a locked package is not written."""
    with pytest.raises(ValueError, match="slack-bolt is locked and not listed"):
        complete(listed("aiohttp"), LOCK)
