"""Grouping products by their pictures: trees, where to cut them, and how well the groups agree with the labels."""
