"""Literature sources, one a file."""
