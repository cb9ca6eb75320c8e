"""What we promised, and whether we kept it; the ladder when not."""
