"""The stance model: what a window of text says of a claim; with the weights fitted to it."""
