"""Compress a folder into a zip file and say how far it is: real work that takes a while."""

import sys
import zipfile
from pathlib import Path


def main(folder: Path, archive: Path) -> int:
    """Write *archive* from all files under *folder*; print the percentage of bytes done."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != archive]
    total = sum(path.stat().st_size for path in files) or 1
    done, shown = 0, -1
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for path in files:
            target.write(path, path.relative_to(folder))
            done += path.stat().st_size
            percent = done * 100 // total
            if percent > shown:
                shown = percent
                sys.stdout.write(f"{percent}% of {total / 1e6:.0f} MB\n")
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
