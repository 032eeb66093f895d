"""Maps: embeddings laid out in two or three dimensions, each with how far it can be trusted."""
