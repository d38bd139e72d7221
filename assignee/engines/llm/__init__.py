"""The engine that asks a model behind an OpenAI-compatible endpoint."""
