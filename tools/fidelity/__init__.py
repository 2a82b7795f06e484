"""What the program computes, held against references that were written without it; see `__main__`."""
