"""Scenarios: the document every run, file and figure starts from."""
