"""Sync a dealer's stock with a warehouse: real enough to be retried, quick enough to watch."""

import sys
import time

STEPS = 20
SECONDS_PER_STEP = 0.1  # What a warehouse would take.


def main(dealer: str) -> int:
    """Print the progress, then how it ended."""
    for step in range(1, STEPS + 1):
        time.sleep(SECONDS_PER_STEP)
        sys.stdout.write(f"::progress {step * 100 // STEPS}\n")
        sys.stdout.flush()
    sys.stdout.write(f"Synced the stock of {dealer}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
