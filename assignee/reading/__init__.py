"""Documents to text with sections, sentences and offsets."""
