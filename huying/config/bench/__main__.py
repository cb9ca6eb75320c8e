"""`bin/bench NAME [--json]`: one benchmark. Each is a module here with `main(argv)`."""

import importlib
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    """Runs the benchmark `argv[0]` with the rest of `argv`. 2 if there is none of that name."""
    files = Path(__file__).parent.glob("[a-z]*.py")
    # What has no `main` is something that several of them share.
    names = sorted(file.stem for file in files if "\ndef main(" in file.read_text("utf-8"))
    if not argv or argv[0] not in names:
        sys.stderr.write(f"Usage: bin/bench NAME [--json], NAME one of: {', '.join(names)}\n")
        return 2
    module = importlib.import_module(f"huying.config.bench.{argv[0]}")
    return int(module.main(argv[1:]) or 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
