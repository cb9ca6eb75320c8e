"""What is it, how urgent, what do we know, what must we ask."""
