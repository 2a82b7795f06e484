"""Figures for print and projector, drawn by matplotlib without pyplot."""
