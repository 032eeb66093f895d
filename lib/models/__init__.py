"""Models: the backbone table, where weights come from, and the classical descriptors that need none."""
