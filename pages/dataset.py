from pages import _shared as shared

shared.show("Dataset", "What the catalogue holds, counted.", lambda catalog: None)
