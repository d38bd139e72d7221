"""The session in a terminal, and in a pipe: `assignee chat` and `assignee sessions`."""
