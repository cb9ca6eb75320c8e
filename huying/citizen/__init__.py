"""Door: what the person sees."""
