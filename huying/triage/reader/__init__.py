"""Reads a message as a duty officer would: what it is, how urgent, what we know, what to ask."""
