"""The tab of margins: how clearly the points of each class are decided."""
