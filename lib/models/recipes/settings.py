"""What a training run may be told: every setting with its range, the same for all recipes."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.errors import ModelError
from lib.images.fit import FITS

SPLITS = ("train", "train+val")
PRECISIONS = ("auto", "f32", "bf16", "f16")


def _number(default: float, low: float, high: float, help_: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "help": help_})


def _choice(default: str, choices: tuple[str, ...], help_: str) -> Any:
    return field(default=default, metadata={"choices": choices, "help": help_})


def _switch(default: bool, help_: str) -> Any:
    return field(default=default, metadata={"help": help_})


def _columns(help_: str) -> Any:
    return field(default="", metadata={"help": help_})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that decides a run beside its catalogue, recipe and seed.

    Numbers lie in the ranges that ``SETTINGS`` gives; ``Settings.of`` reads them from text and refuses others.

    Parameters
    ----------
    start, size, fit, pixels, trained_layers
        What network is trained, and what it is fed.
    dim, hidden, dropout
        The embedding on top of it.
    epochs, batch, optimizer, learning_rate, weight_decay, schedule, warmup, average, patience, precision
        How it is trained.
    splits, limit, largest, even, per_label, validation
        On which pictures.
    temperature, margin, scale, smoothing, loss
        What its losses want.
    attributes, attribute_weight, contrast_weight, finer, finer_weight, blend, teachers, teachers_weight
        What is learnt beside the label, and what of it joins the embedding.
    flip, crop, rotation, zoom, squeeze, brightness, contrast, erase
        How pictures are changed.

    Raises
    ------
    ModelError
        If a value is out of its range.
    """

    # what is trained
    start: str = field(
        default="imagenet",
        metadata={"help": "weights to start from: imagenet, none, a file, or trained models (the mean of several)"},
    )
    size: int = _number(0, 0, 1024, "side of the input in pixels; 0 is the backbone's own")
    fit: str = _choice("resize", tuple(FITS), "how a picture is brought to the input's size")
    pixels: str = _choice("backbone", ("backbone", "unit"), "what the network is fed: its own preprocessing, or 0 to 1")
    trained_layers: int = _number(-1, -1, 10_000, "how many of the backbone's last layers are trained; -1 is all")
    dim: int = _number(128, 2, 2048, "length of the embedding")
    hidden: int = _number(0, 0, 4096, "units of a ReLU layer before the embedding; 0 is none")
    dropout: float = _number(0.0, 0.0, 0.95, "share of the embedding dropped before the classifying heads")
    # how
    epochs: int = _number(5, 1, 1000, "passes over the training pictures")
    batch: int = _number(32, 2, 4096, "pictures a step")
    optimizer: str = _choice("adam", ("adam", "adamw"), "what turns gradients into steps")
    learning_rate: float = _number(1e-3, 1e-7, 1.0, "the largest step size")
    weight_decay: float = _number(0.0, 0.0, 1.0, "shrinking of the weights (AdamW)")
    schedule: str = _choice("constant", ("constant", "cosine"), "how the step size goes on after the warm-up")
    warmup: float = _number(0.0, 0.0, 100.0, "epochs in which the step size rises from zero")
    average: float = _number(0.0, 0.0, 0.99999, "decay of the moving average of the weights; 0 is none")
    patience: int = _number(0, 0, 1000, "epochs without a better MAP@R before it stops; 0 never stops early")
    precision: str = _choice("auto", PRECISIONS, "number format of the computation")
    # on what
    splits: str = _choice("train", SPLITS, "what is learnt from; train+val is for a last run, chosen by others before")
    limit: int = _number(0, 0, 10**9, "use at most so many training pictures; 0 is all")
    largest: int = _number(0, 0, 10_000, "keep the largest labels and join the others as OTHER; 0 keeps all")
    even: bool = _switch(False, "take as many pictures of each label as the smallest has")
    per_label: int = _number(0, 0, 256, "pictures of a label that come together in a batch; 0 draws them as they come")
    validation: int = _number(2000, 10, 10**6, "validation pictures that are looked at after each epoch, at most")
    # what for
    temperature: float = _number(0.1, 0.005, 5.0, "of the contrastive losses: lower looks harder at near pictures")
    margin: float = _number(0.2, 0.0, 2.0, "of the triplet, proxy anchor and ArcFace losses")
    scale: float = _number(20.0, 1.0, 256.0, "what cosines are multiplied by in a classifying head")
    smoothing: float = _number(0.0, 0.0, 0.9, "label smoothing of the cross-entropy")
    attributes: str = _columns("more columns that a head is trained for, with commas between")
    attribute_weight: float = _number(0.4, 0.0, 10.0, "weight of those heads' losses")
    contrast_weight: float = _number(1.0, 0.0, 10.0, "weight of the contrastive loss beside cross-entropy")
    finer: str = _columns("finer positives, such as articleType+baseColour, with commas between")
    finer_weight: float = _number(0.3, 0.0, 10.0, "weight of each finer contrastive loss")
    blend: str = _columns(
        "heads whose probabilities join the embedding, with weights, such as articleType:1,baseColour:0.3"
    )
    teachers: str = _columns("trained models whose answers are learnt too (the mean of several), with commas between")
    teachers_weight: float = _number(1.0, 0.0, 100.0, "weight of learning the teachers' answers")
    loss: str = _choice("proxy_anchor", ("proxy_anchor", "arc_face"), "which loss of proxies")
    # augmentation
    flip: bool = _switch(True, "mirror every second picture")
    crop: float = _number(0.0, 0.0, 0.5, "shift by up to this share of a side")
    rotation: float = _number(0.0, 0.0, 0.5, "rotate by up to so many turns")
    zoom: float = _number(0.0, 0.0, 0.9, "zoom by up to this share")
    squeeze: float = _number(0.0, 0.0, 0.5, "change the aspect by up to this share")
    brightness: float = _number(0.0, 0.0, 0.9, "change the brightness by up to this share")
    contrast: float = _number(0.0, 0.0, 0.9, "change the contrast by up to this share")
    erase: float = _number(0.0, 0.0, 0.9, "blank a rectangle of up to this share of each side")

    def __post_init__(self) -> None:
        for setting in dataclasses.fields(self):
            _check(setting, getattr(self, setting.name))

    @classmethod
    def of(cls, texts: Mapping[str, str], *, defaults: Mapping[str, Any]) -> "Settings":
        """Return settings from what a person wrote.

        Parameters
        ----------
        texts : dict of str to str
            Setting -> its value as text.
        defaults : dict
            Setting -> value, for those that are not given.

        Returns
        -------
        Settings

        Raises
        ------
        ModelError
            If there is no such setting, or a value does not fit it.

        Examples
        --------
        >>> Settings.of({"epochs": "3", "flip": "false"}, defaults={"batch": 16}).batch
        16
        """
        unknown = sorted(texts.keys() - SETTINGS.keys())
        if unknown:
            raise ModelError(f"There is no setting {unknown[0]!r}.", hint=f"There are: {', '.join(SETTINGS)}.")
        return cls(**{**defaults, **{name: _parsed(SETTINGS[name], text) for name, text in texts.items()}})

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns that a setting lists.

        Parameters
        ----------
        name : {"attributes", "finer", "blend"}

        Returns
        -------
        tuple of str
        """
        return tuple(word.strip() for word in str(getattr(self, name)).split(",") if word.strip())


#: Name -> the setting's dataclass field; its metadata holds the range or choices, and a line of help.
SETTINGS = {setting.name: setting for setting in dataclasses.fields(Settings)}


def _parsed(setting: dataclasses.Field[Any], text: str) -> Any:
    """Return a value from text."""
    if setting.type is bool:
        if text.lower() not in ("true", "false"):
            raise _refused(setting, text, "true or false")
        return text.lower() == "true"
    if setting.type is str:
        return text
    try:
        return setting.type(text)  # type: ignore[operator]
    except ValueError as error:
        raise _refused(setting, text, _range(setting)) from error


def _check(setting: dataclasses.Field[Any], value: Any) -> None:
    """Refuse a value that is not of its setting's kind, range or choices."""
    if "choices" in setting.metadata:
        if value not in setting.metadata["choices"]:
            raise _refused(setting, value, f"one of {', '.join(setting.metadata['choices'])}")
    elif "low" in setting.metadata:
        numbers = (int,) if setting.type is int else (int, float)
        if type(value) not in numbers or not setting.metadata["low"] <= value <= setting.metadata["high"]:
            raise _refused(setting, value, _range(setting))
    elif type(value) is not setting.type:
        raise _refused(setting, value, "true or false" if setting.type is bool else "text")


def _range(setting: dataclasses.Field[Any]) -> str:
    kind = "a whole number" if setting.type is int else "a number"
    return f"{kind} from {setting.metadata['low']:g} to {setting.metadata['high']:g}"


def _refused(setting: dataclasses.Field[Any], value: Any, wanted: str) -> ModelError:
    return ModelError(
        f"Expected {setting.name} to be {wanted}. Received: {setting.name}={value!r:.60}",
        hint=f"It is: {setting.metadata['help']}.",
    )
