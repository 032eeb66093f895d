"""Pictures: safe decoding, fitting to a model's input, what can be measured on them, thumbnails."""
