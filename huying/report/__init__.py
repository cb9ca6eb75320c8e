"""Door: what happened, counted."""
