"""Huying: every call for help gets an answer."""
