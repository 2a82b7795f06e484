"""Where poison goes, and what is done against it."""
