"""How long a run will take, by what the epochs of earlier runs took."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lib.models.recipes import RECIPES
from lib.models.recipes.recipe import NT_XENT
from lib.training.runs import Run, epoch_seconds

#: Earlier runs that are looked at, the newest of those that did the same work a picture.
MOST = 5
#: Epochs after which the median one is a usual one.
ENOUGH = 3


class Estimate(NamedTuple):
    """How long a run will take.

    Parameters
    ----------
    seconds : float
        All its epochs, measuring after each included; measuring the finished model is not.
    n_runs : int
        Earlier runs that it was told from.
    """

    seconds: float
    n_runs: int


def estimate(runs: Iterable[Run], parameters: Mapping[str, Any], *, n: int) -> Estimate | None:
    """Return how long a run will take, from the speed of those that did the same work a picture.

    Parameters
    ----------
    runs : iterable of Run
        Newest first.
    parameters : dict
        Of the run that is asked for, as of ``Run.parameters``.
    n : int
        Pictures an epoch.

    Returns
    -------
    Estimate or None
        None where no run with this network, input size and number of trained layers has finished two epochs, or one.
    """
    alike = [run for run in runs if work(run.parameters) == work(parameters)]
    # A first epoch gets the network ready too, which tells little of a picture: longer runs go before short ones.
    alike.sort(key=lambda run: len(run.history) < ENOUGH)
    speeds = [speed for run in alike if (speed := seconds_per_picture(run))][:MOST]
    if not speeds:
        return None
    return Estimate(float(np.median(speeds)) * n * int(parameters["epochs"]), len(speeds))


def work(parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Return what decides how long a picture takes: network, size, trained layers, views, and the arithmetic.

    Parameters
    ----------
    parameters : dict
        As of ``Run.parameters``.

    Returns
    -------
    sequence
        Equal for runs that do the same work a picture.
    """
    recipe = RECIPES.get(str(parameters.get("recipe")))
    two_views = recipe is not None and NT_XENT in recipe.terms
    return [two_views, *(parameters.get(name) for name in ("backbone", "size", "trained_layers", "precision"))]


def seconds_per_picture(run: Run) -> float | None:
    """Return how long a run took a picture, measuring after each epoch included.

    Parameters
    ----------
    run : Run

    Returns
    -------
    float or None
        None where its history does not say.
    """
    history = run.history
    if not {"seconds", "images_per_second"} <= set(history):
        return None
    pictures = (history["seconds"] * history["images_per_second"]).median()
    wall = epoch_seconds(history)
    return wall / float(pictures) if wall > 0 and pictures > 0 else None
