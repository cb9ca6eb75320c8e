"""A message becomes a case, or part of one: read it, know the person, join repeats."""
