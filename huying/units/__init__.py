"""Who can be asked to act: units, officers, their rights, rosters, contact points, duty list."""
