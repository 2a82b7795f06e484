"""Pinned moments side by side."""
