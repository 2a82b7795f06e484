"""The tab in which a scenario is held to its word."""
