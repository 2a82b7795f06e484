"""What a run leaves behind: curves, snapshots, metrics. No torch."""
