"""How much poison each decision is proven to survive, as a map on the plane."""
