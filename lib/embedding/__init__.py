"""Embeddings: pictures in, vectors out, the same way for a catalogue and for one uploaded query."""

from lib.embedding.artifact import Embedding, is_stale, load_current_embedding, load_embedding

__all__ = ["Embedding", "is_stale", "load_current_embedding", "load_embedding"]
