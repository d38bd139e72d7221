"""Weights of the local engine, one folder a model, each with its card and licence."""
