"""Whether a locked package has a known vulnerability, as far as the registries tell."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.supply_chain.finding import Finding, first_words, run

_CHECKS = "without known vulnerabilities"
PIP_AUDIT = Path(".venv-audit/bin/pip-audit")
#: Advisories that do not concern us, with the reason.
ACCEPTED: dict[str, str] = {}


def python_advisories(lock: Path) -> Finding:
    """Ask the index of Python packages about each locked one."""
    flags = ["--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off"]
    answer = run([PIP_AUDIT, *flags, "--requirement", lock])
    try:
        report = json.loads(answer.stdout)
    except ValueError:
        return Finding(lock, _CHECKS, unchecked=first_words(answer.stderr))
    return read_pip_audit(lock, report)


def read_pip_audit(lock: Path, report: dict[str, Any]) -> Finding:
    """Return what pip-audit found; what it had to skip is not checked, said in one line."""
    packages = report["dependencies"]
    problems = [
        f"{package['name']}=={package['version']} has {advisory['id']},"
        f" fixed in {', '.join(advisory['fix_versions']) or 'no version yet'}"
        for package in packages
        for advisory in package.get("vulns", ())
        if not {advisory["id"], *advisory.get("aliases", ())} & ACCEPTED.keys()
    ]
    skipped = sum("skip_reason" in package for package in packages)
    told = f"the index has no data on {skipped} of {len(packages)} packages" if skipped else ""
    return Finding(lock, _CHECKS, problems, told)


def npm_advisories(lock: Path) -> Finding:
    """Ask npm's registry about a package-lock.json."""
    npm = shutil.which("npm") or "npm"
    answer = run([npm, "audit", "--package-lock-only", "--json", "--prefix", lock.parent])
    try:
        report = json.loads(answer.stdout)
    except ValueError:
        report = {"error": {}}
    return read_npm_audit(lock, report, answer.stderr)


def read_npm_audit(lock: Path, report: dict[str, Any], said: str) -> Finding:
    """Return what npm found."""
    if "vulnerabilities" not in report:
        return Finding(lock, _CHECKS, unchecked=first_words(said, "npm"))
    problems = [
        f"{name} has a {found['severity']} vulnerability"
        for name, found in sorted(report["vulnerabilities"].items())
        if name not in ACCEPTED
    ]
    return Finding(lock, _CHECKS, problems)
