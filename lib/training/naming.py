"""What a trained model calls the pictures of a split, beside the labels that they have."""

import numpy as np
import pandas as pd

from lib.catalog import Catalog
from lib.embedding import Embedding
from lib.models.trained import TrainedModel
from lib.training.classes import OTHER, as_learnt


def named_pictures(
    catalog: Catalog, embedding: Embedding, model: TrainedModel, column: str, *, split: str = "test", joined: bool
) -> pd.DataFrame:
    """Return the pictures of a split that have a label, with what a model calls them and how sure it is.

    Parameters
    ----------
    catalog : Catalog
    embedding : Embedding
        Of the catalogue, made with this very model.
    model : TrainedModel
    column : str
        Of one of its heads.
    split : {"train", "val", "test"}, default="test"
    joined : bool
        Whether the head's ``OTHER`` stands for all labels that are not among its own.

    Returns
    -------
    DataFrame
        ``product_id, given, named, probability``; `given` is as the head calls it, and missing where it cannot name it.
    """
    labels = next(head.classes for head in model.heads if head.column == column)
    frame = catalog.frame[(catalog.frame["split"] == split) & catalog.frame[column].notna()]
    frame = frame[frame["product_id"].isin(embedding.row_of)]
    rows = [embedding.row_of[product_id] for product_id in frame["product_id"]]
    shares = model.probabilities(np.asarray(embedding.embeddings[rows]))[column]
    best = shares.argmax(axis=1) if len(rows) else np.zeros(0, int)
    return pd.DataFrame(
        {
            "product_id": frame["product_id"].astype(str).to_numpy(),
            "given": as_learnt(frame[column].astype(str), labels, joined=joined and OTHER in labels).to_numpy(),
            "named": np.array(labels, dtype=object)[best],
            "probability": shares[np.arange(len(best)), best].astype(float) if len(best) else np.zeros(0),
        }
    )
