"""Tables and arrays in, plotly figures out: nothing here knows of Streamlit or of where numbers come from."""
