"""Measurements: benchmarks and, later, panels compared."""
