from pathlib import Path

from tests.supply_chain.advisories import read_npm_audit, read_pip_audit
from tests.supply_chain.finding import Finding

LOCK = Path("requirements.txt")
CHECKS = "without known vulnerabilities"
ADVISORY = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": ["CVE-1"]}


def test_an_advisory_fails_the_check():
    """A known vulnerability is named with the version that mends it."""
    report = {"dependencies": [{"name": "kept", "version": "1.0", "vulns": [ADVISORY]}]}

    found = read_pip_audit(LOCK, report)

    assert found == Finding(LOCK, CHECKS, ["kept==1.0 has PYSEC-1, fixed in 1.1"], "")


def test_what_the_index_does_not_tell_is_said():
    """A package of which the index tells nothing is not taken for a safe one."""
    skipped = {"name": "other", "skip_reason": "Dependency not found"}
    report = {"dependencies": [{"name": "kept", "version": "1.0", "vulns": []}, skipped]}

    found = read_pip_audit(LOCK, report)

    assert str(found) == (
        "requirements.txt: without known vulnerabilities: NOT CHECKED,"
        " the index has no data on 1 of 2 packages"
    )


def test_npm_tells_a_severity_or_nothing():
    """What npm finds fails the check; a registry without advisories leaves it open in one line."""
    found = read_npm_audit(LOCK, {"vulnerabilities": {"kept": {"severity": "high"}}}, "")
    refused = read_npm_audit(LOCK, {"error": {}}, "npm warn audit 405 - POST https://r.test/audit")

    assert list(found.problems) == ["kept has a high vulnerability"]
    assert refused.unchecked == "npm warn audit 405 - POST the registry"
