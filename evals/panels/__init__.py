"""Reviewer panels, one YAML file each."""
