"""Everything we tell anybody: the person, the units, the leaders."""
