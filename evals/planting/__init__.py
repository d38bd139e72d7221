"""Flaws planted in dossiers, and edits that must not matter."""
