"""Where judgement comes from: an OpenAI-compatible endpoint, or small models and rules."""
