"""The plane: canvas, field and points on it, what lies over them, and two planes side by side."""
