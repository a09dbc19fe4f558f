"""The price list that the example imports, and how the bot is told to run it."""

import json
import sys
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

EXAMPLES = Path(__file__).parents[2] / "client" / "examples"


def importing(prices: Path) -> str:
    """Return an `opsbell.toml` whose runner imports a price list through the client."""
    program = [sys.executable, str(EXAMPLES / "import_prices.py"), str(prices)]
    argv = [sys.executable, "-m", "opsbell", "run", "--", *program]
    env = {"PYTHONPATH": str(EXAMPLES.parent), "OPSBELL_EXIT_SECONDS": str(PATIENCE_SECONDS)}
    named = ", ".join(f"{name} = {json.dumps(value)}" for name, value in env.items())
    return (
        '[tasks.import_prices]\nrunner = "import"\n'
        f'[runners.import]\ntype = "command"\nargv = {json.dumps(argv)}\n'
        f"env = {{ {named} }}\n"
    )


def write_prices(path: Path, count: int = 60) -> None:
    """Write a price list with one row that is no price."""
    rows = [f"part-{number},{number}.90" for number in range(count)]
    rows[count // 2] = "part-x,free"
    path.write_text("\n".join(["part,price", *rows, ""]))
