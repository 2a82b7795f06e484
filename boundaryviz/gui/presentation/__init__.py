"""The plane for a lecture hall: large, alone, and led by a clicker."""
