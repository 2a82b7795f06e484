"""One thing of each kind that another package can add to boundaryviz, each in a file of its own."""
