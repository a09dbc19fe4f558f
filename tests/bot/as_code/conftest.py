import pytest

from tests.bot.as_code.shelf import Shelf


@pytest.fixture
def shelf(database, tmp_path):
    """An empty folder and an empty database, of both kinds."""
    return Shelf(database, tmp_path / "code")
