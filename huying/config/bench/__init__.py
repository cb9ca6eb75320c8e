"""Measures, each with its yardstick beside it. `bin/bench NAME [--json]`."""
