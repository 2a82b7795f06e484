"""Training: the session, its process, and the messages between it and the window."""
