"""Where things are, and whose: areas, zones, and the way from an address to both."""
