"""The engine that needs no key and no network: small ONNX models and written rules."""
