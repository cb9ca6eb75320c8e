"""What the pages of this door show, as plain values."""
