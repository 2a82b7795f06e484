"""The tab of curves."""
