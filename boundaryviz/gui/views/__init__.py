"""Widgets that show and ask: setters in, Qt signals out. They know neither the engine nor the document."""
