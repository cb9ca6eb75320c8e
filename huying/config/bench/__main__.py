"""`bin/bench NAME [--json]`: one benchmark. Each is a module here with `main(argv)`."""

import importlib
import pkgutil
import sys

from huying.config import bench


def main(argv: list[str]) -> int:
    """Runs the benchmark `argv[0]` with the rest of `argv`. 2 if there is none of that name."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if not module.name.startswith("_")
    )
    if not argv or argv[0] not in names:
        sys.stderr.write(f"Usage: bin/bench NAME [--json], NAME one of: {', '.join(names)}\n")
        return 2
    module = importlib.import_module(f"huying.config.bench.{argv[0]}")
    return int(module.main(argv[1:]) or 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
