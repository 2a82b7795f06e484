"""Models on the replica axis. Specs are light; whatever trains imports torch at its top."""
