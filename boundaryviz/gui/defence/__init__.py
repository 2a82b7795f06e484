"""The defence: chosen and set, its verdict marked on the planes, and the scores behind it."""
