"""The tab of studies: many runs over values of a setting, and what their errors come to."""
