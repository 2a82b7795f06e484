"""Opening, saving, pasting, recent files, and what is offered at the start."""
