"""Programs that developers run: `python -m tools.golden`, for one."""
