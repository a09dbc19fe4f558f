"""`[sources.*]`, `[metrics.*]`, `[reports]`: mistakes are named with the fix, and no password."""

import pytest

from bot.config_file import read_config_file
from bot.errors import ConfigError
from bot.settings import read_settings
from bot.wiring.credentials import secrets_of

SHOP = '[sources.shop]\nurl = "sqlite:///shop.db"\n'
REVENUE = '[metrics.revenue]\ntable = "sales"\nsql = "sum(price)"\n'


def write(tmp_path, content):
    """Return the path of a file with this content."""
    path = tmp_path / "opsbell.toml"
    path.write_text(content)
    return path


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///shop.db",
        "sqlite:////var/lib/shop.db",
        "postgresql://ada:pw-77@db.example.com:5432/shop?sslmode=require",
        "postgres://db/shop",
        "duckdb:///shop.duckdb",
        "bigquery://project/dataset",
    ],
)
def test_addresses_of_four_databases_are_taken(tmp_path, url):
    """Each is kept as a secret: it does not show when the settings are printed."""
    config = read_config_file(write(tmp_path, f'[sources.shop]\nurl = "{url}"'))

    assert config.sources["shop"].address() == url
    assert "pw-77" not in repr(config)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[sources.shop]", "sources.shop: set either url or url_file"),
        ('[sources.shop]\nurl = "mysql://pw-77@h/x"', "sources.shop.url: must be sqlite:///FILE"),
        ('[sources.shop]\nurl = "pw-77"', "sources.shop.url: must be sqlite:///FILE"),
        ('[sources.shop]\nurl = "sqlite://"', "sources.shop.url: must be sqlite:///FILE"),
        ('[sources.shop]\nurl = "sqlite://pw-77/x"', "sources.shop.url: must be sqlite:///FILE"),
        (
            '[sources.shop]\nurl = "sqlite:///x?mode=rwc"',
            "sources.shop.url: must be sqlite:///FILE",
        ),
        ('[sources.shop]\nurl = "sqlite:///:memory:"', "a database in memory is always empty"),
        ('[sources.shop]\nurl = "postgresql://h:pw-77/x"', "sources.shop.url: must be"),
        (f"{SHOP}row_limit = 0", "sources.shop.row_limit: "),
        (f"{SHOP}timeout_seconds = inf", "sources.shop.timeout_seconds: "),
        (f"{SHOP}tables = []", "sources.shop.tables: "),
        (f"{SHOP}table = ['a']", "unknown key; did you mean `tables`?"),
        ('[sources.Shop]\nurl = "sqlite:///a"', "sources.Shop"),
        ('[sources.opsbell]\nurl = "sqlite:///a"', "is the bot's own source"),
        (f'{REVENUE}source = "shp"\n{SHOP}', "there is no [sources.shp]; did you mean `shop`?"),
        (
            f'{REVENUE}{SHOP}[sources.archive]\nurl = "duckdb:///a"',
            "metrics.revenue.source: name one of archive, shop",
        ),
        (f'{REVENUE}{SHOP}tables = ["sale"]', "sources.shop.tables has no `sales`; did you mean"),
        (f'{REVENUE}dimensions = ["a", "A"]', "each dimension is named once"),
        (f'{REVENUE}dimensions = ["a b"]', "metrics.revenue.dimensions.0"),
        (f'{REVENUE}loaded = "at"', "loaded needs time"),
        (f'{REVENUE}better = "more"', "metrics.revenue.better"),
        (f"{REVENUE}dimension = ['a']", "unknown key; did you mean `dimensions`?"),
        (
            f'{REVENUE}{REVENUE.replace("revenue", "income")}synonyms = ["Revenue"]',
            "metrics.income.synonyms: `revenue` already names `revenue`",
        ),
        ("[reports]\nconcurrent_runs = 0", "reports.concurrent_runs"),
        ("[reports]\ncache_minute = 1", "unknown key; did you mean `cache_minutes`?"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, content, said):
    """One sentence for one mistake, which repeats no address."""
    with pytest.raises(ConfigError) as caught:
        read_config_file(write(tmp_path, content))

    (problem,) = caught.value.problems
    assert said in problem
    assert "pw-77" not in problem


def settings_of(tmp_path, content):
    """Return the settings with this configuration file."""
    path = write(tmp_path, content)
    return read_settings({"OPSBELL_CONFIG": str(path)}, need_slack=False)


def test_an_address_may_stand_in_a_file(tmp_path):
    """A file that is missing or holds no address stops the start, and its content is not told."""
    secret = tmp_path / "secret"
    content = f'[sources.shop]\nurl_file = "{secret}"'
    with pytest.raises(ConfigError, match=r"sources\.shop\.url_file: cannot use the file"):
        settings_of(tmp_path, content)
    secret.write_text("mysql://ada:pw-77@h/x")
    with pytest.raises(ConfigError, match=r"sources\.shop\.url_file: must be sqlite") as caught:
        settings_of(tmp_path, content)
    assert "pw-77" not in str(caught.value)

    secret.write_text("postgresql://h/x\n")
    assert settings_of(tmp_path, content).config.sources["shop"].address() == "postgresql://h/x"


def test_passwords_of_sources_are_secrets(tmp_path):
    """Passwords, also those that stand in a file, are masked wherever the bot writes."""
    secret = tmp_path / "secret"
    secret.write_text("bigquery://project/x?api_key=key-88")
    settings = settings_of(
        tmp_path,
        '[sources.shop]\nurl = "postgresql://ada:pw-77%21@h/x"\n'
        f'[sources.big]\nurl_file = "{secret}"',
    )

    assert {"pw-77%21", "pw-77!", "key-88"} <= set(secrets_of(settings))
