"""The quick benchmarks, one after the other: `python -m benchmarks`."""

import subprocess
import sys
from pathlib import Path

QUICK = ("judge_speed.py", "corrected.py", "sampling.py", "intervals.py", "demo.py", "conditions.py")


def main() -> None:
    for script in QUICK:
        print(f"\n== {script}", flush=True)
        subprocess.run([sys.executable, str(Path(__file__).parent / script)], check=True)


if __name__ == "__main__":
    main()
