"""The clean twin beside the poisoned run, and what the poison changes."""
