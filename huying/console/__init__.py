"""Door: what officers see and press."""
