"""Assignee Research: literature syntheses that can be believed."""
