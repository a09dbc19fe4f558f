"""
Complete the list of locked packages that cyclonedx-py wrote: who needs whom. Then validate it.

    .venv-audit/bin/python -m tests.supply_chain.sbom sbom.json requirements.txt
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==")
#: `# via parent`, or the lines of parents that follow a `# via`.
_COMMENT = re.compile(r" +# +(?:via )?(?!via$)(\S.*)")
_ROOT = "root-component"


def main(written: Path, lock: Path) -> None:
    """Raise `ValueError` if a locked package is missing or the list is not CycloneDX."""
    # Installed beside cyclonedx-py, not where the tests run.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    bom = complete(
        json.loads(written.read_text(encoding="utf-8")), lock.read_text(encoding="utf-8")
    )
    text = json.dumps(bom, indent=2)
    if problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"{written} is not valid: {problem}")
    written.write_text(f"{text}\n", encoding="utf-8")


def complete(bom: dict[str, Any], lock: str) -> dict[str, Any]:
    """Return the list with the edges that the comments of the lock file tell."""
    refs = {part["name"]: part["bom-ref"] for part in bom["components"]}
    needs: dict[str, set[str]] = {_ROOT: set()}
    for name, parent in edges(lock):
        if name not in refs:
            raise ValueError(f"{name} is locked and not listed")
        needs.setdefault(refs[name], set())
        needs.setdefault(refs.get(parent, _ROOT), set()).add(refs[name])
    tree = [{"ref": ref, "dependsOn": sorted(needed)} for ref, needed in sorted(needs.items())]
    return {**bom, "dependencies": tree}


def edges(lock: str) -> Iterator[tuple[str, str]]:
    """Yield each locked package with each that needs it: a package, or a `-r` file."""
    name = ""
    for line in lock.splitlines():
        if found := _PIN.match(line):
            name = found.group(1)
        elif needed_by := _COMMENT.match(line):
            yield name, needed_by.group(1)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
