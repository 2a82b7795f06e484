"""The tab of the threshold: ROC, precision and recall, calibration, with the threshold as a handle."""
