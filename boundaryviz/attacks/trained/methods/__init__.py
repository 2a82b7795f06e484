"""The attacks that train, a module each: its settings. A new one is found by itself."""
