"""How fast messages are read on one core, how long the slowest take, what it weighs in memory."""

import argparse
import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

# Read before numpy is imported: one core is what is measured.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from huying.triage.reader.labelled import OWN, OWN_SOURCE, load_labelled
from huying.triage.reader.read import Reader

GOALS = {"messages_per_s": 1000, "p99_ms_300_characters": 5.0, "memory_mb": 200, "load_s": 1.0}
AT = datetime(2022, 4, 2, 3, tzinfo=UTC)
LENGTH = 300  # characters; the goal for the slowest is set for messages of this length


def main(argv: list[str]) -> int:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="bin/bench triage")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    parser.add_argument("--messages", type=Path, help="labelled messages to read instead of ours")
    options = parser.parse_args(argv)
    began = time.perf_counter()
    reader = Reader.shipped()
    reader.read("第一条", at=AT)
    load_s = time.perf_counter() - began
    texts = [message.text for message in load_labelled(options.messages or OWN, OWN_SOURCE)]
    measured = {
        "load_s": round(load_s, 2),
        "messages": len(texts),
        "characters_mean": round(sum(map(len, texts)) / len(texts)),
        "messages_per_s": round(_rate(reader, texts)),
        "p99_ms_300_characters": round(_slow(reader, _long(texts)), 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if not options.json:
        for name, value in measured.items():
            goal = f"   goal {GOALS[name]}" if name in GOALS else ""
            sys.stdout.write(f"{name:24} {value}{goal}\n")
    sys.stdout.write(json.dumps({"bench": "triage", **measured, "goals": GOALS}) + "\n")
    return 0


def _rate(reader: Reader, texts: list[str]) -> float:
    # The best of three: what else runs on this machine can only make us slower.
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        for text in texts:
            reader.read(text, at=AT)
        best = max(best, len(texts) / (time.process_time() - began))
    return best


def _long(texts: list[str]) -> list[str]:
    whole = "。".join(texts)
    return [whole[at : at + LENGTH] for at in range(0, len(whole) - LENGTH, LENGTH)]


def _slow(reader: Reader, texts: list[str]) -> float:
    took = []
    for text in texts * 5:
        began = time.process_time()
        reader.read(text, at=AT)
        took.append((time.process_time() - began) * 1000)
    return sorted(took)[int(len(took) * 0.99)]
