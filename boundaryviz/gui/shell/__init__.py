"""The frame of the window and what stands in every part of it: actions, theme, icons, status, banner, log, writer."""
