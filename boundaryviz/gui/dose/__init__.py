"""The tab of the dose-response."""
