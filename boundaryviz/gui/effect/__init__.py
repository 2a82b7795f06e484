"""The effect map: what one more point at each place would do, on the plane."""
