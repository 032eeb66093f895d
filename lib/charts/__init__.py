"""Charts: arrays and frames in, plotly figures out."""
