"""The tab of hidden units."""
