"""How far off the plane the boundary lies, as a map and as lines on the plane."""
