"""What is being edited, with undo, and how it outlives a crash."""
