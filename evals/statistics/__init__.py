"""Statistics of scores, for all replicates of a bootstrap at once; nothing here knows of papers."""
