"""The panel of attacks and of groups of poison."""
