"""Widgets that know no feature: setters in, Qt signals out."""
