"""The decision tree as a drawing and as text, and its nodes' regions on the plane."""
