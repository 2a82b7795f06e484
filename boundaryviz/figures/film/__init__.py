"""Films: what is chosen and shown, how a frame is drawn, and how frames become a file."""
