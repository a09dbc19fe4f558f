"""`python -m bot migrate`."""

import sys

from bot.db import Database
from bot.logs import set_up_logs
from bot.settings import environment, read_settings


def migrate_command() -> None:
    """Bring the database's schema to the newest revision; safe to repeat."""
    settings = read_settings(environment(), need_slack=False)
    set_up_logs(settings.log_level, settings.log_format)
    database = Database(settings.database_url)
    try:
        database.migrate()
    finally:
        database.close()
    sys.stdout.write("The schema is current.\n")
