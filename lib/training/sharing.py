"""Taking a trained model elsewhere: a folder of its description, its weights in half precision, and its card."""

import dataclasses
import re
from pathlib import Path

import numpy as np

from lib.artifacts import Store, read_result
from lib.errors import ArtifactError, ModelError
from lib.models.trained import ARRAYS, SPEC, TrainedModel, read_arrays, read_trained
from lib.publish import disk_errors, make_folder, write_atomically
from lib.training.job import CARD, KIND

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def share_model(store: Store, catalog: str, run_id: str, out: Path, *, name: str, title: str = "") -> TrainedModel:
    """Write a run's model to a folder of its own, which ``--weights`` takes anywhere.

    Weights are rounded to float16, half the bytes.

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
    if not _NAME.fullmatch(name):
        raise ModelError(f"Expected name to be small letters, digits and underscores. Received: name={name!r:.60}")
    folder = store.result_folder(catalog, KIND, run_id)
    read_result(folder, KIND, mend=f"python -m lib train {catalog}")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / SPEC).is_file())):
        raise ArtifactError(f"{out} holds something else.", hint="Choose an empty folder, or one that is not there.")
    model = dataclasses.replace(read_trained(folder), name=name, folder=out)
    model = dataclasses.replace(model, title=title or model.title)
    make_folder(out, elsewhere="Choose another folder with --out.")
    arrays = {key: np.asarray(value, np.float16) for key, value in read_arrays(folder / ARRAYS).items()}
    with disk_errors(out, elsewhere="Choose another folder with --out."):
        with (out / ARRAYS).open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        card = (folder / CARD).read_text(encoding="utf-8", errors="replace")
        write_atomically(out / CARD, _card_of(card, model, run_id).encode())
        write_atomically(out / SPEC, model.to_json().encode())
    return model


def _card_of(card: str, model: TrainedModel, run_id: str) -> str:
    """Return a run's card under the name that the model has from now on, with how it is used."""
    use = (
        f"# {model.title}\n\nThe run {run_id}, its weights rounded to half precision. To use it:\n\n"
        "```sh\npython -m lib embed NAME --weights FOLDER\n```"
    )
    return card.replace(f"# {run_id}", use, 1)
