"""How long a command takes before it does anything, beside an empty Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 15


def median_seconds(*words: str) -> float:
    """The median of several runs of a Python process."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the medians and their ratio to `python -c pass`."""
    reference = median_seconds("-c", "pass")
    print(f"{'python -c pass':<28}{reference * 1000:>7.0f} ms")
    with tempfile.TemporaryDirectory() as folder:
        for words in (["--version"], ["--help"], ["--site", folder, "papers"]):
            seconds = median_seconds("-m", "digest", *words)
            shown = " ".join(["digest", *(word for word in words if word not in {"--site", folder})])
            print(f"{shown:<28}{seconds * 1000:>7.0f} ms  {seconds / reference:>5.1f}x")


if __name__ == "__main__":
    main()
