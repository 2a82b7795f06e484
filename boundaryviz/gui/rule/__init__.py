"""A rule written by hand beside the model: writing it, labelling by it, and where both differ."""
