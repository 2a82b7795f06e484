"""Tables of points in and out: what is in a file, what its columns mean, and the scene that they make."""
