"""The shared file: the case, its life, its timeline."""
