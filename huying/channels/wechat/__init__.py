"""WeChat official accounts: their callbacks in, customer-service messages out."""
