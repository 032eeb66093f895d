"""How fast a model is trained, against the loop that one would write by hand with Keras.

The peer: ``keras.utils.PyDataset`` decodes each batch's files with Pillow, Keras' own augmentation layers change them,
The peer: ``keras.utils.PyDataset`` decodes each batch with Pillow, Keras' own augmentation layers change the pictures,
is the loop that ``train`` runs, with the pictures in memory. Both train the same function from the same weights, with
the same batch, kinds of changes, optimiser, precision and backend; they take turns, a graph that is being traced is not
timed, and the median step of the repeats counts. The last line printed is one JSON object; exit status 1 where a target
is missed.

    python benchmarks/training.py [--pictures 512] [--batch 64] [--size 96] [--repeats 3] [--backbone mobilenet_v2]
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from lib.embedding.view import Fitted  # noqa: E402
from lib.models import BACKBONES  # noqa: E402
from lib.models.backbones import load_keras  # noqa: E402
from lib.models.encoder import build_encoder  # noqa: E402
from lib.models.recipes import find_recipe, settings_of  # noqa: E402
from lib.models.weights import IMAGENET, NONE, find_weights, imagenet_file, load_into  # noqa: E402

keras = load_keras()

from lib.neural import fitting  # noqa: E402
from lib.neural.feed import Feed  # noqa: E402
from lib.neural.trainee import Trainee  # noqa: E402

FASHION = "fashion-product-images-small.zip"
N_LABELS = 20
#: How many times the peer's speed is asked for.
TARGETS = {"cpu": 1.0, "gpu": 1.3}
CHANGES = {"flip": "true", "crop": "0.06", "rotation": "0.02", "zoom": "0.1", "brightness": "0.1", "contrast": "0.1"}


class Timer(keras.callbacks.Callback):
    """When each step ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.ends.append(time.perf_counter())


class ByHand(keras.utils.PyDataset):
    """Batches that are decoded as they are asked for."""

    def __init__(self, files: list[bytes], codes: np.ndarray, *, batch: int, size: int) -> None:
        super().__init__(workers=2, use_multiprocessing=False)
        self.files, self.codes, self.batch, self.size = files, codes, batch, size

    def __len__(self) -> int:
        return len(self.files) // self.batch

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(number * self.batch, (number + 1) * self.batch)
        decoded = (Image.open(io.BytesIO(data)).convert("RGB") for data in self.files[rows])
        side = (self.size, self.size)
        pixels = np.stack([np.asarray(image.resize(side, Image.Resampling.BILINEAR)) for image in decoded])
        return pixels.astype(np.float32), self.codes[rows]


def find_files(n: int) -> tuple[str, list[bytes]]:
    """Picture files of the fashion set where it can be found, else freshly drawn ones."""
    import zipfile

    real = Path(os.environ.get("VITRINE_REAL_DATA") or ROOT.parent / "shared") / "data" / FASHION
    if real.exists():
        with zipfile.ZipFile(real) as archive:
            names = [name for name in archive.namelist() if name.endswith(".jpg")][:n]
            return FASHION, [archive.read(name) for name in names]
    from lib.catalog.sample import draw_sample

    with tempfile.TemporaryDirectory() as scratch:
        draw_sample(Path(scratch) / "sample")
        paths = sorted(Path(scratch).rglob("*.jpg"))[:n] or sorted(Path(scratch).rglob("*.png"))[:n]
        return "sample", [path.read_bytes() for path in paths]


def weights_of(name: str) -> Any:
    """ImageNet's weights where they are at hand; speed does not depend on them."""
    backbone = BACKBONES[name]
    return find_weights(IMAGENET if imagenet_file(backbone).is_file() else NONE, backbone)


def peer(name: str, size: int, learning_rate: float) -> Any:
    """The model that one would write."""
    backbone = BACKBONES[name]
    network = backbone.build(size)
    load_into(network, backbone, weights_of(name))
    layers = keras.layers
    changes = [
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.06, 0.06, fill_mode="nearest"),
        layers.RandomRotation(0.02, fill_mode="nearest"),
        layers.RandomZoom(0.1, fill_mode="nearest"),
        layers.RandomBrightness(0.1, value_range=(0, 255)),
        layers.RandomContrast(0.1, value_range=(0, 255)),
    ]
    given = found = keras.Input((size, size, 3))
    for change in changes:
        found = change(found)
    found = network(backbone.preprocess(found), training=False)
    found = layers.Dense(512, activation="relu")(found)
    found = layers.Dense(N_LABELS, activation="softmax", dtype="float32")(layers.Dropout(0.3)(found))
    model = keras.Model(given, found)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def ours(name: str, size: int, batch: int) -> Any:
    """The model of the recipe ``classify``."""
    recipe = find_recipe("classify")
    settings = settings_of(recipe, given={**CHANGES, "size": str(size), "batch": str(batch)})
    encoder = build_encoder(
        BACKBONES[name], size=size, layers=recipe.embedder(settings), unit=False, weights=weights_of(name)
    )
    trainee = Trainee(encoder, recipe, settings, classes={"label": N_LABELS}, seed=0)
    trainee(np.zeros((2, size, size, 3), np.uint8), training=True)
    fitting.compile_trainee(trainee, settings, steps=100)
    return trainee


def waiting(data: Any) -> float:
    """Seconds that making one batch takes, without the network."""
    start = time.perf_counter()
    for number in range(len(data)):
        data[number]
    return (time.perf_counter() - start) / len(data)


def step_seconds(model: Any, data: Any) -> list[float]:
    """Seconds of each step but the first, in which a graph is traced or threads start."""
    timer = Timer()
    model.fit(data, epochs=1, verbose=0, shuffle=False, callbacks=[timer])
    return np.diff(timer.ends).tolist()


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=512)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--backbone", choices=sorted(BACKBONES), default="mobilenet_v2")
    args = parser.parse_args()
    label, files = find_files(args.pictures)
    codes = np.random.default_rng(0).integers(0, N_LABELS, len(files)).astype(np.int32)
    viewer = Fitted(args.size, "resize")
    pixels = np.stack([viewer.view(data) for data in files])
    order = np.arange(len(files) // args.batch * args.batch).reshape(-1, args.batch)
    device = "gpu" if any("cpu" not in name.lower() for name in keras.distribution.list_devices()) else "cpu"
    with fitting.precision_of("auto") as precision:
        models = {"ours": ours(args.backbone, args.size, args.batch), "peer": peer(args.backbone, args.size, 1e-4)}
        data = {
            "ours": Feed(pixels, {"label": codes}, batches=lambda _epoch: order, epoch=0),
            "peer": ByHand(files, codes, batch=args.batch, size=args.size),
        }
        for side, model in models.items():
            step_seconds(model, data[side])
        steps: dict[str, list[list[float]]] = {"ours": [], "peer": []}
        for _ in range(args.repeats):
            for side, model in models.items():
                steps[side].append(step_seconds(model, data[side]))
    medians = {side: [statistics.median(run) for run in runs] for side, runs in steps.items()}
    speeds = {side: round(args.batch / statistics.median(found), 1) for side, found in medians.items()}
    shares = {side: round(min(1.0, waiting(data[side]) / statistics.median(medians[side])), 4) for side in models}
    ratio = statistics.median(a / b for a, b in zip(medians["peer"], medians["ours"], strict=True))
    print(
        f"{label}, {args.backbone} at {args.size} px, batches of {args.batch}, {precision}, {keras.backend.backend()}"
    )
    for side in ("ours", "peer"):
        print(f"{side:<5} {speeds[side]:7.1f} images a second; making a batch is {shares[side]:.1%} of a step")
    print(f"{ratio:.2f} times the peer's speed; asked for on a {device}: {TARGETS[device]}")
    values = {
        **{"images_per_second": speeds, "share_of_making_batches": shares, "times_faster": round(ratio, 3)},
        **{"step_s": {side: [round(s, 4) for s in found] for side, found in medians.items()}},
        **{"device": device, "precision": precision, "backend": keras.backend.backend(), "target": TARGETS[device]},
        **{"pictures": len(files), "batch": args.batch, "size": args.size, "target_met": ratio >= TARGETS[device]},
    }
    print(json.dumps(values))
    return 0 if ratio >= TARGETS[device] else 1


if __name__ == "__main__":
    raise SystemExit(main())
