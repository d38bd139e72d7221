"""The role model: what each sentence of an abstract or a section does there."""
