"""A model card: what a trained model is, what it was trained on, what it measures, and what it is not good for."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lib.models.recipes import find_recipe
from lib.models.trained import TrainedModel
from lib.schema import Manifest
from lib.training.history import BEST_BY, OTHERWISE

_HOW = "Each picture of a split asks the others of the same split; a picture is relevant if it has the same label."
_CHOSEN = {
    BEST_BY: "The epoch was chosen on the validation split.",
    OTHERWISE: "The epoch is the one with the lowest training loss: no validation picture was held back.",
}
_LIMITS = "It was measured on pictures of the same catalogue. How it does on other shops' pictures was not."
#: Column of a history -> as people call it.
_BY = {
    "loss": "training loss",
    "val_map_at_r": "validation MAP@R",
    "val_recall@1": "validation Recall@1",
    "val_accuracy": "validation accuracy",
}
_ABOUT = {
    "map_at_r": "MAP@R",
    "map": "mAP",
    "recall@1": "Recall@1",
}


def card(model: TrainedModel, manifest: Manifest, history: pd.DataFrame) -> str:
    """Return a model card as Markdown with a YAML head, which JSON is too.

    Parameters
    ----------
    model : TrainedModel
    manifest : Manifest
        The run's.
    history : DataFrame
        A row an epoch.

    Returns
    -------
    str
    """
    head = {
        "library_name": "keras",
        "pipeline_tag": "image-feature-extraction",
        "base_model": f"keras/{model.backbone}",
        "datasets": [str(manifest.inputs["catalog"])],
        "tags": ["product-search", "metric-learning", model.recipe],
    }
    sections = {
        "Model": _listing(_model(model)),
        "Training": _listing(_training(model, manifest)),
        "Measured": f"{_metrics(manifest.details['metrics'])}\n\n{_HOW} {_sentences(manifest.details)}".rstrip(),
        "Limits": _LIMITS,
        "History": _history(history),
    }
    yaml = "\n".join(["---", *(f"{key}: {json.dumps(value)}" for key, value in head.items()), "---"])
    body = [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n\n".join([yaml, f"# {manifest.id}", find_recipe(model.recipe).about, *body]) + "\n"


def _model(model: TrainedModel) -> dict[str, Any]:
    return {
        "Input": f"{model.size} x {model.size} pixels, RGB, fitted by `{model.fit}`",
        "Embedding": f"{model.dim} numbers{', of unit length' if model.unit else ''}",
        "Backbone": model.network.title,
        "Names": ", ".join(f"{head.column} ({len(head.classes)} labels)" for head in model.heads) or "nothing",
    }


def _training(model: TrainedModel, manifest: Manifest) -> dict[str, Any]:
    details = manifest.details
    best = f"the best by {_BY.get(details['best_by'], details['best_by'])} was {details['best_epoch']}"
    return {
        "Recipe": f"{model.recipe}{f', preset {model.preset}' if model.preset else ''}, seed {manifest.seed}",
        "Catalogue": f"{manifest.inputs['catalog']}{', made up' if manifest.synthetic else ''}",
        "Pictures": f"{manifest.n:,} ({manifest.parameters['settings'].get('splits', 'train')})",
        "Label": details["label"],
        "Began from": manifest.parameters["settings"]["start"],
        "Epochs": f"{details['epochs']}, {best}",
        "Command": f"`{manifest.command}`",
    }


def _listing(values: dict[str, Any]) -> str:
    return "\n".join(f"- {key}: {value}" for key, value in values.items())


def _metrics(measured: dict[str, Any]) -> str:
    """Return a table of what was measured, a column a split."""
    splits = [split for split in ("val", "test") if measured.get(split)]
    names = list(dict.fromkeys(name for split in splits for name in measured[split] if not name.endswith("_n")))
    lines = [f"| | {' | '.join(splits)} |", f"|---|{'---|' * len(splits)}"]
    for name in names:
        cells = [_number(measured[split].get(name)) for split in splits]
        lines.append(f"| {_ABOUT.get(name, name.replace('_', ' '))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _sentences(details: Mapping[str, Any]) -> str:
    """Return by what the epoch was chosen, and what could not be measured."""
    left_out = {split: sum(reasons.values()) for split, reasons in details.get("left_out", {}).items()}
    gaps = ", ".join(f"{n:,} of {split}" for split, n in left_out.items() if n)
    unread = f" Pictures that could not be read are not in it: {gaps}." if gaps else ""
    before = ", ".join(f"{n:,} of {split}" for split, n in details.get("seen_before", {}).items())
    flatters = (
        f" What it began or learnt from had learnt some of these pictures, which flatters: {before}." if before else ""
    )
    return _CHOSEN.get(details["best_by"], "") + flatters + unread


def _number(value: Any) -> str:
    if isinstance(value, dict):
        bounds = f" [{value['low']:.3f}, {value['high']:.3f}]" if value["low"] is not None else ""
        return f"{value['value']:.3f}{bounds}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _history(history: pd.DataFrame) -> str:
    """Return the epochs as a table."""
    columns = [name for name in ("epoch", "loss", "val_map_at_r", "val_recall@1", "val_accuracy") if name in history]
    lines = [f"| {' | '.join(_BY.get(name, name) for name in columns)} |", f"|{'---|' * len(columns)}"]
    for _, row in history.iterrows():
        lines.append(
            f"| {' | '.join(f'{row[name]:.0f}' if name == 'epoch' else f'{row[name]:.4f}' for name in columns)} |"
        )
    return "\n".join(lines)
