"""The filters, a module each: settings, and which points they leave out. A new one is found by itself."""
