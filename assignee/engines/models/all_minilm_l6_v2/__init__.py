"""all-MiniLM-L6-v2 as int8 ONNX: the sentence embedder."""
