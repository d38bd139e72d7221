"""Papers, passages, records and vectors on disk."""
