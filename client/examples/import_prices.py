"""Import a price list; rows that are no prices are set aside and end the run with an error."""

import csv
import sys
import time
from pathlib import Path

SECONDS_PER_ROW = 0.05


def main(path: Path) -> int:
    """Read *path*; move bad rows to `rejected.csv` beside it and fail, so that a retry succeeds."""
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    good: list[tuple[int, list[str]]] = []
    bad: list[tuple[int, list[str]]] = []
    for number, row in enumerate(rows, start=1):
        time.sleep(SECONDS_PER_ROW)  # What a database would take.
        (good if row[1].replace(".", "", 1).isdigit() else bad).append((number, row))
        sys.stdout.write(f"::progress {number * 100 // len(rows)}\n")
        sys.stdout.flush()
    if not bad:
        sys.stdout.write(f"Imported {len(good)} prices.\n")
        return 0
    write(path.with_name("rejected.csv"), header, [row for _, row in bad])
    write(path, header, [row for _, row in good])
    for number, row in bad:
        sys.stderr.write(f"Row {number}: {row[0]} costs {row[1]!r}, which is no price.\n")
    sys.stderr.write("Set aside in rejected.csv; retry to import the rest.\n")
    return 1


def write(path: Path, header: "list[str]", rows: "list[list[str]]") -> None:
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
