"""The roles: one agent a file."""
