"""The plane: points, edits, data sets. numpy and pydantic only."""
