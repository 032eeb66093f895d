"""Taking a trained model elsewhere: a folder of its description, its weights in half precision, and its card."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.artifacts import MANIFEST, Store, read_result, verify
from lib.errors import ArtifactError, ModelError
from lib.models import MODELS
from lib.models.arrays import read_arrays
from lib.models.seen import read_seen, write_seen
from lib.models.trained import ARRAYS, SPEC, TrainedModel, read_trained
from lib.models.weights import IMAGENET, NONE
from lib.publish import disk_errors, whole_folder
from lib.training.job import CARD, KIND
from lib.training.known import check_finished

_ELSEWHERE = "Choose another folder with --out."
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def share_model(store: Store, catalog: str, run_id: str, out: Path, *, name: str, title: str = "") -> TrainedModel:
    """Write a run's model to a folder of its own, which ``--weights`` takes anywhere.

    Weights are rounded to float16, half the bytes, but for those too large for it.

    Parameters
    ----------
    store : Store
    catalog, run_id : str
    out : Path
        The folder; it must not be there yet, or hold an earlier version of the same model.
    name : str
        What the model is called from now on: small letters, digits and underscores.
    title : str, default=""
        As shown to people; by default the run's.

    Returns
    -------
    TrainedModel

    Raises
    ------
    ModelError
        If the name is not one.
    ArtifactError
        If there is no such run, or the folder holds something else or cannot be written.
    """
    taken = name in (*MODELS, IMAGENET, NONE) and not (out / SPEC).exists()  # which a newer version of it replaces
    if not _NAME.fullmatch(name) or taken:
        raise ModelError(
            f"Expected name to be small letters, digits and underscores, and no other model's. Received: {name!r:.60}",
            hint="Choose another one with --as.",
        )
    check_finished(store, catalog, run_id)
    folder = store.result_folder(catalog, KIND, run_id)
    verify(folder, read_result(folder, KIND, mend=f"python -m lib train {catalog}"))
    _check_place(out, name)
    model = dataclasses.replace(read_trained(folder), name=name, folder=out)
    model = dataclasses.replace(model, title=title or model.title)
    arrays = {key: _rounded(value) for key, value in read_arrays(folder / ARRAYS).items()}
    marks = read_seen(folder)
    card = (folder / CARD).read_text(encoding="utf-8", errors="replace")
    with whole_folder(out, elsewhere=_ELSEWHERE) as draft:
        np.savez_compressed(draft / ARRAYS, **arrays)  # type: ignore[arg-type]
        (draft / CARD).write_text(_card_of(card, model, run_id), encoding="utf-8")
        (draft / SPEC).write_text(model.to_json(), encoding="utf-8")
        if marks is not None:
            write_seen(draft, marks)
    return model


def _rounded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return weights in half precision, or as they are where that has no numbers so large."""
    return values.astype(np.float16) if np.abs(values).max(initial=0.0) <= np.finfo(np.float16).max else values


def _check_place(out: Path, name: str) -> None:
    """Refuse a place that holds anything but nothing, or an earlier version of the same model."""
    with disk_errors(out, elsewhere=_ELSEWHERE):
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return
    if (out / MANIFEST).exists() or not (out / SPEC).is_file() or read_trained(out).name != name:
        raise ArtifactError(
            f"{out} holds something else.",
            hint="Choose an empty folder, one that is not there, or an earlier version of the same model.",
        )


def _card_of(card: str, model: TrainedModel, run_id: str) -> str:
    """Return a run's card under the name that the model has from now on, with how it is used."""
    use = (
        f"# {model.title}\n\nThe run {run_id}, its weights rounded to half precision. To use it:\n\n"
        "```sh\npython -m lib embed NAME --weights FOLDER\n```"
    )
    return card.replace(f"# {run_id}", use, 1)
