"""The tab of bias and variance, and their maps on the plane."""
