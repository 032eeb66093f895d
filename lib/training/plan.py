"""What a run will train on, found out and checked before anything is written or read."""

from dataclasses import dataclass

import pandas as pd

from lib.catalog import Catalog
from lib.models.blend import Part
from lib.models.recipes.recipe import LABEL
from lib.training.batches import epoch_batches
from lib.training.blending import parts_of
from lib.training.classes import Classes, find_classes
from lib.training.request import TrainingRequest
from lib.training.rows import training_rows


@dataclass(frozen=True, eq=False)
class Plan:
    """What a run will train on.

    Parameters
    ----------
    rows : DataFrame
        Of the catalogue: the training pictures.
    classes : Classes
    parts : tuple of Part
        Heads whose probabilities will join the embedding.
    """

    rows: pd.DataFrame
    classes: Classes
    parts: tuple[Part, ...]


def plan_of(catalog: Catalog, request: TrainingRequest) -> Plan:
    """Return what a run will train on.

    Parameters
    ----------
    catalog : Catalog
    request : TrainingRequest

    Returns
    -------
    Plan

    Raises
    ------
    CatalogError
        If the catalogue does not suit the recipe.
    ModelError
        If a setting does not suit the pictures or the heads.
    """
    settings, label = request.settings, request.label or catalog.label
    rows = training_rows(catalog, settings, label=label, seed=request.seed)
    classes = find_classes(catalog, rows, request.method, settings, label=label)
    codes = classes.codes(rows)[LABEL].to_numpy()
    epoch_batches(codes, batch=settings.batch, per_label=settings.per_label, seed=(request.seed, 0))
    return Plan(rows, classes, parts_of(request, classes))
