"""The environment: everything wrong is said at once, by name, and no secret is ever repeated."""

import base64

import pytest

from bot.errors import ConfigError
from bot.settings import read_settings
from bot.wiring.credentials import destinations_of

BOT = "xoxb-1-ada-secret"
APP = "xapp-1-ada-secret"
CALLBACK_SECRET = f"whsec_{base64.b64encode(b'private-' * 3).decode()}"
TOKENS = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Read settings in a folder without an opsbell.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(environ, **options):
    """Return what is wrong with these variables."""
    with pytest.raises(ConfigError) as caught:
        read_settings(environ, **options)
    return caught.value.problems


def test_two_tokens_are_all_it_takes():
    """With the tokens alone every other setting has its documented default."""
    settings = read_settings(TOKENS)

    assert settings.database_url == "sqlite:///opsbell.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.slack_notify_on_task_creation


def test_commands_without_slack_need_no_token():
    """`migrate` and `token` read the same variables, but ask for no token."""
    assert read_settings({}, need_slack=False).slack_bot_token is None


def test_every_problem_is_reported_together(tmp_path):
    """Eight mistakes make one error with eight sentences, each beginning with its variable."""
    config = tmp_path / "wrong.toml"
    config.write_text("[retention]\ndays = 0\n")

    found = problems(
        {
            "SLACK_APP_TOKEN": "xoxb-swapped",
            "SLACK_API_URL": "slack.com/api",
            "DATABASE_URL": "mysql://db/opsbell",
            "PORT": "many",
            "JWT_SECRET": "short",
            "LOG_FORMAT": "xml",
            "OPSBELL_CONFIG": str(config),
        }
    )

    named = sorted(problem.split(":")[0] for problem in found)
    expected = [
        *("DATABASE_URL", "JWT_SECRET", "LOG_FORMAT", "PORT", "SLACK_API_URL", "SLACK_APP_TOKEN"),
        *("SLACK_BOT_TOKEN", str(config)),
    ]
    assert sorted(expected) == named


def test_problems_come_in_the_same_order_every_time():
    """Unreadable files are listed in the order of the settings, not of a set."""
    names = ["SLACK_BOT_TOKEN", "DATABASE_URL", "JWT_SECRET", "CALLBACK_SECRET"]

    found = problems({f"{name}_FILE": "missing" for name in reversed(names)}, need_slack=False)

    assert [f"{name}_FILE" for name in names] == [problem.split(":")[0] for problem in found]


def test_a_secret_is_read_from_a_file(tmp_path):
    """`NAME_FILE` stands for `NAME`; the newline at the file's end is not part of the secret."""
    path = tmp_path / "token"
    path.write_text(f"{BOT}\n")

    settings = read_settings({"SLACK_BOT_TOKEN_FILE": str(path), "SLACK_APP_TOKEN": APP})

    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT


def test_a_value_and_a_file_together_are_refused(tmp_path):
    """Whoever sets both is asked to choose."""
    path = tmp_path / "token"
    path.write_text(BOT)

    found = problems({**TOKENS, "SLACK_BOT_TOKEN_FILE": str(path)})

    assert any("not both" in problem for problem in found)


def test_an_empty_variable_beside_a_file_is_none(tmp_path):
    """A compose file that leaves `JWT_SECRET=` empty does not get in the way of its file."""
    path = tmp_path / "secret"
    path.write_text("s" * 32)

    settings = read_settings({**TOKENS, "JWT_SECRET": "", "JWT_SECRET_FILE": str(path)})

    assert settings.jwt_secret is not None


@pytest.mark.parametrize("empty", ["", " ", "\t\n"])
def test_empty_variables_mean_none(empty):
    """An empty or blank variable leaves the default; above all, HOST does not open to everyone."""
    names = ["HOST", "PORT", "DATABASE_URL", "APP_URL", "JWT_SECRET", "OPSBELL_CONFIG", "LOG_LEVEL"]

    settings = read_settings({**TOKENS, **dict.fromkeys(names, empty)})

    assert read_settings(TOKENS) == settings


def test_an_empty_token_is_a_missing_token():
    """`SLACK_BOT_TOKEN=` is reported as missing, with the place to find one."""
    (problem,) = problems({**TOKENS, "SLACK_BOT_TOKEN": ""})

    assert problem.startswith("SLACK_BOT_TOKEN: is missing")


@pytest.mark.parametrize(
    ("name", "token", "prefix"),
    [
        ("SLACK_BOT_TOKEN", APP, "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxp-a-persons-secret", "xoxb-"),
        ("SLACK_APP_TOKEN", BOT, "xapp-"),
        ("SLACK_APP_TOKEN", "nothing-like-it", "xapp-"),
    ],
)
def test_a_token_of_the_wrong_kind_is_named(name, token, prefix):
    """Each token says which kind it must be, without repeating what was given."""
    (problem,) = problems({**TOKENS, name: token})

    assert problem.startswith(f"{name}: must start with {prefix}")
    assert token not in problem


def test_secrets_are_never_repeated_in_an_error(tmp_path):
    """Wrong secrets, and secrets put where the path of a file belongs, stay out of the message."""
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfeprivate")

    found = problems(
        {
            "SLACK_BOT_TOKEN_FILE": "xoxb-private",
            "SLACK_APP_TOKEN": "private-app",
            "JWT_SECRET": "private-short",
            "CALLBACK_SECRET_FILE": str(binary),
            "PORT": "private-port",
            "SLACK_NOTIFY_ON_TASK_CREATION": "private-word",
            "LOG_LEVEL": "private-level",
        }
    )

    assert len(found) == 8  # the unreadable bot token is also missing
    assert "private" not in "\n".join(found)


def test_secrets_are_not_printed():
    """Neither `repr` nor `str` of the settings shows a token, a secret or a database's password."""
    settings = read_settings(
        {
            **TOKENS,
            "JWT_SECRET": "j" * 32,
            "CALLBACK_SECRET": CALLBACK_SECRET,
            "ORCHESTRATOR_URL": "https://ada:hunter2@jobs.example",
            "DATABASE_URL": "postgresql://ada:hunter2@db/opsbell",
        }
    )

    shown = f"{settings!r} {settings}"

    for secret in (BOT, APP, "j" * 32, CALLBACK_SECRET, "hunter2"):
        assert secret not in shown


@pytest.mark.parametrize("port", ["-1", "65536", "8000.5", "eighty"])
def test_a_port_is_a_port(port):
    """A number that is no port is refused by name."""
    (problem,) = problems({**TOKENS, "PORT": port})

    assert problem.startswith("PORT: ")


def test_a_short_jwt_secret_is_counted_in_bytes():
    """Thirty-two bytes are enough; sixteen two-byte letters are thirty-two bytes."""
    assert read_settings({**TOKENS, "JWT_SECRET": "é" * 16}).jwt_secret

    assert "32 bytes" in problems({**TOKENS, "JWT_SECRET": "e" * 31})[0]


def test_words_are_read_in_any_case():
    """`LOG_LEVEL=INFO` and `LOG_FORMAT=Json` mean what they say."""
    settings = read_settings({**TOKENS, "LOG_LEVEL": "WARNING", "LOG_FORMAT": "Json"})

    assert (settings.log_level, settings.log_format) == ("warning", "json")


def test_addresses_are_put_straight():
    """Slack's address ends with a slash, ours does not."""
    settings = read_settings(
        {**TOKENS, "SLACK_API_URL": "http://127.0.0.1:9/api", "APP_URL": "https://ops.example//"}
    )

    assert settings.slack_api_url == "http://127.0.0.1:9/api/"
    assert settings.public_url == "https://ops.example"


def test_a_named_configuration_must_exist():
    """OPSBELL_CONFIG that leads nowhere is an error; no opsbell.toml at all is none."""
    (problem,) = problems({**TOKENS, "OPSBELL_CONFIG": "nowhere.toml"})

    assert problem.startswith("OPSBELL_CONFIG: cannot read nowhere.toml")


def test_the_configuration_beside_us_is_found(elsewhere):
    """Without OPSBELL_CONFIG, ./opsbell.toml is read."""
    (elsewhere / "opsbell.toml").write_text("[retention]\ndays = 7\n")

    assert read_settings(TOKENS).config.retention.days == 7


WEBHOOK = "https://hooks.slack.com/services/T/B/ada-secret"


@pytest.mark.parametrize("name", ["SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"])
def test_a_webhook_alone_is_enough(name):
    """Without any token the bot speaks through it, into the one channel it has."""
    settings = read_settings({name: WEBHOOK})

    assert settings.speaks_by_webhook
    assert settings.slack_default_channel == "webhook"
    assert "ada-secret" not in repr(settings)


def test_a_webhook_beside_the_tokens_is_a_destination():
    """The bot speaks as itself; senders may name the webhook."""
    settings = read_settings({**TOKENS, "SLACK_WEBHOOK": WEBHOOK})

    assert (
        settings.speaks_by_webhook,
        destinations_of(settings).names("default"),
    ) == (False, ["webhook"])


def test_one_token_is_not_made_up_for_by_a_webhook():
    """Who set one token forgot the other: the webhook must not hide that."""
    (problem,) = problems({"SLACK_APP_TOKEN": APP, "SLACK_WEBHOOK": WEBHOOK})

    assert problem.startswith("SLACK_BOT_TOKEN: is missing")


def test_webhooks_that_contradict_each_other(elsewhere):
    """Two addresses under the two names, one that is no address, and one name for two things."""
    (elsewhere / "opsbell.toml").write_text('[destinations.webhook]\nurl = "json://127.0.0.1"\n')

    found = problems({"SLACK_WEBHOOK": "ada-secret", "SLACK_WEBHOOK_URL": WEBHOOK})

    assert len(found) == 3
    assert "ada-secret" not in str(found)


def test_the_address_of_a_destination_may_stand_in_a_file(elsewhere):
    """It is read once; a file that cannot be read is named by its key, not by its path."""
    (elsewhere / "address").write_text("json://127.0.0.1/ada-secret\n")
    config = elsewhere / "opsbell.toml"
    config.write_text('[destinations.pager]\nurl_file = "address"\n')
    (destination,) = destinations_of(read_settings(TOKENS))
    assert (destination.address, destination.id) == ("json://127.0.0.1/ada-secret", "to:pager")
    assert "ada-secret" not in repr(destination)

    config.write_text('[destinations.pager]\nurl_file = "ada-secret"\n')
    (problem,) = problems(TOKENS)
    assert "destinations.pager.url_file" in problem
    assert "ada-secret" not in problem


@pytest.mark.parametrize(
    "path", ["triggers/T0/1", "workflows/T0/A0/1", "commands/T0/1", "//Triggers/T0"]
)
@pytest.mark.parametrize("host", ["hooks.slack.com", "HOOKS.slack.com:443", "hooks.slack-gov.com"])
def test_what_is_no_incoming_webhook_is_refused(elsewhere, path, host):
    """In the environment and as a destination, with where to make one, and without the secret."""
    address = f"https://{host}/{path}/ada-secret"
    (elsewhere / "address").write_text(address)
    (elsewhere / "opsbell.toml").write_text(
        f'[destinations.a]\nurl = "{address}"\n[destinations.b]\nurl_file = "address"\n'
    )

    found = problems({**TOKENS, "SLACK_WEBHOOK": address})

    assert [problem.partition(": ")[0] for problem in found] == [
        *("opsbell.toml", "opsbell.toml", "SLACK_WEBHOOK")
    ]
    assert all("make an incoming webhook" in problem for problem in found)
    assert "ada-secret" not in str(found)


@pytest.mark.parametrize(
    "quoted",
    [
        *('"{}"', "'{}'", "`{}`", "\u201c{}\u201d", "\u201e{}\u201c", "\u2018{}\u2019"),
        *("\u00ab{}\u00bb", '"{}\u201d', "\uff02{}\uff02"),
    ],
)
def test_a_value_in_quotation_marks_is_refused_by_name(quoted):
    """No token of `--env-file` is taken for one that Slack or a caller would know."""
    values = {
        **TOKENS,
        "JWT_SECRET": "0123456789abcdef0123456789abcdef",
        "SLACK_DEFAULT_CHANNEL": "#ops",
        "LOG_LEVEL": "info",
        "PORT": "8000",
        "ENVIRONMENT": "production",
        "APP_URL": "https://opsbell.example",
        "ORCHESTRATOR_URL": "https://jobs.example/run",
        "GRAFANA_URL": "https://grafana.example/d?x={subject}",
        "DATABASE_URL": "postgresql://ada:hunter2@db/opsbell",
        "OPSBELL_CONFIG": "opsbell.toml",
    }

    found = problems({name: quoted.format(value) for name, value in values.items()})

    told = {problem.split(":")[0] for problem in found if "stands in quotation marks" in problem}
    assert told == values.keys()
    assert not [value for value in values.values() if value in "\n".join(found)]


def test_a_file_whose_content_is_quoted_is_refused(tmp_path):
    """The quotes may be in the file as well, or around its path."""
    secret, token = tmp_path / "secret", tmp_path / "token"
    secret.write_text('"0123456789abcdef0123456789abcdef"\n')
    token.write_text(f"\ufeff{BOT}\n")

    found = problems(
        {
            "SLACK_BOT_TOKEN_FILE": str(token),
            "SLACK_APP_TOKEN": APP,
            "JWT_SECRET_FILE": str(secret),
            "CALLBACK_SECRET_FILE": f"'{secret}'",
        }
    )

    assert [problem.split(" in quotation")[0] for problem in found] == [
        "JWT_SECRET_FILE: cannot use the file it names: what it holds stands",
        "CALLBACK_SECRET_FILE: stands",
    ]


def test_a_quoted_address_of_a_destination_is_refused(elsewhere):
    """`url_file` is read like every other file with a secret."""
    (elsewhere / "url").write_text('"https://hooks.slack.com/services/T0/B0/private"')
    (elsewhere / "opsbell.toml").write_text('[destinations.team]\nurl_file = "url"\n')

    (problem,) = problems(TOKENS)

    assert "destinations.team.url_file: cannot use the file it names" in problem
    assert "stands in quotation marks" in problem
    assert "private" not in problem


def test_quotation_marks_within_a_value_are_part_of_it():
    """Only a pair around the whole value looks like a mistake."""
    settings = read_settings({**TOKENS, "JWT_SECRET": '"0123"456789abcdef0123456789abcdef\''})

    assert settings.jwt_secret is not None
    assert settings.jwt_secret.get_secret_value().startswith('"0123"')


@pytest.mark.parametrize(
    "address",
    [
        WEBHOOK,
        "https://hooks.slack-gov.com/services/T/B/x",
        "http://127.0.0.1:3900/services/T/B/x",
        "https://ops.example.com/triggers/x",
    ],
)
def test_an_incoming_webhook_is_taken(address):
    """Also at the playground, and at a server of somebody else's."""
    webhook = read_settings({"SLACK_WEBHOOK": address}).webhook

    assert webhook is not None
    assert webhook.get_secret_value() == address


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy_is_read_in_either_spelling(name):
    """Calls to Slack go through it, but for the hosts that NO_PROXY names."""
    settings = read_settings(
        {**TOKENS, name: "http://ada:ada-secret@proxy:3128", "no_proxy": "::1"}
    )

    assert settings.proxies.for_url("https://slack.com/api/") == "http://ada:ada-secret@proxy:3128"
    assert settings.proxies.for_url("https://[::1]/api/") is None
    assert "ada-secret" not in repr(settings)


def test_what_is_no_proxy_is_refused_without_its_password():
    """The bot would wait for ever for a Slack that it cannot reach."""
    (problem,) = problems({**TOKENS, "HTTPS_PROXY": "socks5://ada:ada-secret@proxy:1080"})

    assert problem.startswith("HTTPS_PROXY: must be the address of an HTTP proxy")
    assert "ada-secret" not in problem


@pytest.mark.parametrize(
    "address",
    [
        *("user:hunter2@host/jobs", "hunter2", "ftp://hunter2", "https://", "https:///hunter2"),
        *("http://[hunter2", "http://host:hunter2/", "http://host:99999/hunter2", "http://host:0/"),
        *("https://hunter2 .example", "https://host/\nhunter2", "//host/hunter2"),
    ],
)
@pytest.mark.parametrize(
    "name", ["SLACK_API_URL", "APP_URL", "ORCHESTRATOR_URL", "GRAFANA_URL", "SLACK_WEBHOOK"]
)
def test_a_wrong_address_is_refused_by_name_and_not_repeated(name, address):
    """What http cannot call stops the start; a password in it does not reach the log."""
    (problem,) = problems({**TOKENS, name: address})

    assert problem == f"{name}: must be an http:// or https:// address"


def test_placeholders_may_stand_in_the_dashboards_address():
    """They are filled in later; the rest must be an address."""
    address = "https://grafana.example/d/x?dealer={subject}&from={started_ms}"

    assert read_settings({**TOKENS, "GRAFANA_URL": address}).grafana_url == address


@pytest.mark.parametrize(
    "address", ["sqlite:/hunter2", "postgresql://ada:hunter2@db:port/opsbell", "postgresql://"]
)
def test_a_wrong_database_is_refused_and_not_repeated(address):
    """The password in it does not reach the log, not in a traceback either."""
    (problem,) = problems({**TOKENS, "DATABASE_URL": address})

    assert problem == "DATABASE_URL: must be sqlite:///FILE or postgresql://…"


def test_slacks_address_holds_no_password():
    """Calls are authorised by the token; aiohttp refuses both at once, in words about itself."""
    (problem,) = problems({**TOKENS, "SLACK_API_URL": "https://ada:hunter2@slack.example/api/"})

    assert problem == "SLACK_API_URL: must not contain a user name or a password"
