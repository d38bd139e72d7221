"""Panels compared: every panel reviews every sample, and metrics are taken of what they said."""
