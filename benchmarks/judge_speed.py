"""Rules verdicts per second on published transcripts: `TURNCOAT_TRANSCRIPTS=... python benchmarks/judge_speed.py`.

Target: 1,000 verdicts in under 10 seconds on one core, reading of the answers included.
"""

import os
import sys
import time
from pathlib import Path

from turncoat.judging import judge_transcript, read_facts, read_transcripts

VERDICTS = 1_000


def main() -> int:
    folder = os.environ.get("TURNCOAT_TRANSCRIPTS", "")
    if not folder:
        print("skipped: TURNCOAT_TRANSCRIPTS does not name the folder of published transcripts")
        return 0
    worlds = read_facts(Path(folder) / "worlds.json")
    transcripts = read_transcripts(Path(folder) / "dev.jsonl")
    began = time.perf_counter()
    for number in range(VERDICTS):
        judge_transcript(transcripts[number % len(transcripts)], worlds)
    seconds = time.perf_counter() - began
    print(f"{VERDICTS} verdicts in {seconds:.2f} s (target: 10 s)")
    return int(seconds >= 10)


if __name__ == "__main__":
    sys.exit(main())
