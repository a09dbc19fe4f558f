"""Check the lock files; what was found in order is not asked about again that day."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from tests.supply_chain.advisories import npm_advisories, python_advisories
from tests.supply_chain.ages import npm_ages, python_ages, youngest_age
from tests.supply_chain.finding import Finding

_PYTHON = (Path("requirements.txt"), Path("requirements-dev.txt"), Path("requirements-audit.txt"))
_NPM = (
    Path("benchmarks/bullmq/package-lock.json"),
    Path("tests/node/package-lock.json"),
    Path("tests/playground/javascript/package-lock.json"),
)
_CACHE = Path(".supply_chain_cache")


def main() -> int:
    """Return 1 if something locked is too young or vulnerable."""
    now = datetime.now(UTC)
    locked = sha256(
        b"\0".join(path.read_bytes() for path in (Path("pyproject.toml"), *_PYTHON, *_NPM))
    )
    stamp = f"{now:%Y-%m-%d} {locked.hexdigest()}"
    if _CACHE.exists() and _CACHE.read_text(encoding="utf-8").startswith(stamp):
        sys.stdout.write(_CACHE.read_text(encoding="utf-8").partition("\n")[2])
        return 0
    findings = _check(now)
    words = "".join(f"{finding}\n" for finding in findings)
    sys.stdout.write(words)
    if any(finding.problems for finding in findings):
        sys.stdout.write("What to do: see CONTRIBUTING.md, `Change what is locked`.\n")
        return 1
    _CACHE.write_text(f"{stamp}\n{words}", encoding="utf-8")
    return 0


def _check(now: datetime) -> list[Finding]:
    age = youngest_age(Path("pyproject.toml").read_text(encoding="utf-8"))
    checks = [
        # What the bot needs is among what its developers need.
        *(partial(python_advisories, lock) for lock in _PYTHON[1:]),
        partial(npm_ages, list(_NPM), age, now),
        *(partial(python_ages, lock) for lock in _PYTHON),
        *(partial(npm_advisories, lock) for lock in _NPM),
    ]
    # Mostly waiting for registries.
    with ThreadPoolExecutor(len(checks)) as pool:
        return [asked.result() for asked in [pool.submit(check) for check in checks]]


if __name__ == "__main__":
    sys.exit(main())
