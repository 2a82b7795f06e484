"""Which plane of points with many inputs is shown."""
