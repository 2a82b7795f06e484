"""The attacks, a module each: settings, and where its points go. A new one is found by itself."""
