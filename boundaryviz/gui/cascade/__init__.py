"""Who gave whom a label, drawn over the plane."""
