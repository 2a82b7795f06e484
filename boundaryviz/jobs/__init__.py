"""Long work in a process of its own, which tells how far it is, can be cancelled, and ends with who asked for it."""
