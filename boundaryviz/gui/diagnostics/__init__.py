"""What is missing before Qt starts, and reports of what went wrong."""
