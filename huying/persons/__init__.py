"""Who needs help: identity, contact points, consent. The room with the locked cupboard."""
