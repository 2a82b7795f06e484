"""The tab of the confusion matrix."""
