"""Retrieval: distances, the index, filters and search."""
