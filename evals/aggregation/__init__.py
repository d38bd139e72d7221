"""How several reviewers' scores or verdicts become one, and which way does it best."""
