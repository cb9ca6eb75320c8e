"""Who acts: tasks, hand-overs, returns, the arbiter."""
