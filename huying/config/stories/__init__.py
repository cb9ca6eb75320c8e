"""Recorded days, played again through the real doors: signed callbacks and officers' clicks."""
