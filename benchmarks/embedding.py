"""How fast a catalogue is embedded, against the loop that one would write by hand; decoding is counted on both sides.

The peer: Pillow decodes, ``ImageOps.pad`` fits, NumPy stacks, the backbone's ``preprocess_input`` scales, and Keras'
``predict`` computes batches of 32; no picture is handled twice. Ours is the pipeline that ``embed`` runs, from picture
files to finished parts. Both are warm, take turns on the same pictures, and the median of the repeats counts.
The last line printed is one JSON object; exit status 1 where a target is missed.

    python benchmarks/embedding.py [--pictures 512] [--path FOLDER_OR_ZIP] [--backbones mobilenet_v2,resnet50]
"""

import argparse
import hashlib
import importlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lib.catalog.pictures import FolderPictures, PictureStore, ZipPictures  # noqa: E402
from lib.embedding.compute import compute_parts  # noqa: E402
from lib.embedding.embedder import Embedder, open_catalog_embedder  # noqa: E402
from lib.embedding.engines import Pixels  # noqa: E402
from lib.embedding.parts import PART_ROWS  # noqa: E402
from lib.embedding.reading import Item, read_batches  # noqa: E402
from lib.embedding.request import EmbeddingRequest  # noqa: E402
from lib.errors import ModelError  # noqa: E402
from lib.models import BACKBONES  # noqa: E402
from lib.models.network import Network  # noqa: E402
from lib.models.weights import IMAGENET, NONE, imagenet_file  # noqa: E402

FASHION = "fashion-product-images-small.zip"
PEER_BATCH, PEER_CHUNK = 32, 256
#: Backbone -> precision -> how many times the peer's speed is asked for.
TARGETS = {"mobilenet_v2": {"f32": 2.0, "bf16": 3.0}, "resnet50": {"f32": 1.0, "bf16": 3.0}}


@dataclass(frozen=True)
class Pictures:
    """The picture files that both sides read; ours checks each against its digest, as ``embed`` does."""

    label: str
    store: PictureStore
    locators: list[str]

    @cached_property
    def items(self) -> list[Item]:
        digests = (hashlib.sha256(self.store.read(locator)).hexdigest() for locator in self.locators)
        return [Item(name, name, digest, "") for name, digest in zip(self.locators, digests, strict=True)]


def find_pictures(path: Path | None, n: int, scratch: Path) -> Pictures:
    """The fashion pictures where they can be found, else freshly drawn ones."""
    real = Path(os.environ.get("VITRINE_REAL_DATA") or ROOT.parent / "shared") / "data" / FASHION
    source = path or (real if real.exists() else None)
    if source is None:
        from lib.catalog.sample import draw_sample

        draw_sample(scratch / "sample")
        source = scratch / "sample"
    store: PictureStore = FolderPictures(source) if source.is_dir() else ZipPictures(source)
    names = [name for name in store.names() if name.lower().endswith((".jpg", ".jpeg", ".png"))]
    spread = np.unique(np.linspace(0, len(names) - 1, min(n, len(names))).astype(int))
    return Pictures(source.name, store, [names[place] for place in spread])


def request_for(backbone: str, precision: str) -> EmbeddingRequest:
    """The backbone at 224, ImageNet's weights where they are at hand (speed does not depend on them)."""
    weights = IMAGENET if imagenet_file(BACKBONES[backbone]).is_file() else NONE
    return EmbeddingRequest(backbone, size=224, fit="pad", weights=weights, precision=precision)


def peer(backbone: str, pictures: Pictures) -> Callable[[], np.ndarray]:
    """The usual loop."""
    request = request_for(backbone, "f32")
    row = BACKBONES[backbone]
    network = Network(row, request.size, request.find_weights()).model.layers[-1]
    preprocess = importlib.import_module(f"keras.applications.{row.module}").preprocess_input
    square = (request.size, request.size)

    def load(locator: str) -> np.ndarray:
        image = Image.open(io.BytesIO(pictures.store.read(locator))).convert("RGB")
        return np.asarray(ImageOps.pad(image, square, Image.Resampling.BILINEAR, color=0))

    def run() -> np.ndarray:
        vectors = []
        for start in range(0, len(pictures.locators), PEER_CHUNK):
            pixels = np.stack([load(locator) for locator in pictures.locators[start : start + PEER_CHUNK]])
            vectors.append(network.predict(preprocess(pixels.astype(np.float32)), batch_size=PEER_BATCH, verbose=0))
        return np.concatenate(vectors)

    return run


def ours(embedder: Embedder, pictures: Pictures) -> Callable[[], np.ndarray]:
    """The pipeline behind ``embed``."""
    items = pictures.items
    starts = range(0, len(items), PART_ROWS)
    parts = {number: range(start, min(start + PART_ROWS, len(items))) for number, start in enumerate(starts)}

    def run() -> np.ndarray:
        progress = compute_parts(pictures.store, items, embedder, parts)
        return np.concatenate([step.part.vectors for step in progress if step.part is not None])

    return run


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def decode_ceiling(embedder: Embedder, pictures: Pictures) -> float:
    """Pictures a second of reading, decoding and fitting alone."""
    length = embedder.batch
    rows = [
        range(start, min(start + length, len(pictures.locators))) for start in range(0, len(pictures.locators), length)
    ]
    items = pictures.items
    taken = seconds(lambda: sum(1 for _ in read_batches(pictures.store, items, embedder, rows)))
    return len(pictures.locators) / taken


def compute_ceiling(embedder: Embedder, n: int) -> float:
    """Pictures a second of the engine alone."""
    size = embedder.request.size
    pixels = np.random.default_rng(0).integers(0, 256, (embedder.batch, size, size, 3), dtype=np.uint8)
    n_batches = max(2, n // embedder.batch)

    def batches() -> Iterator[Pixels]:
        for _ in range(n_batches):
            yield pixels

    return n_batches * embedder.batch / seconds(lambda: sum(1 for _ in embedder.stream(batches())))


def mean_cosine(first: np.ndarray, second: np.ndarray) -> float:
    """Mean cosine between the vectors of the same pictures."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float(((first * second).sum(axis=1) / lengths).mean())


def compare(backbone: str, pictures: Pictures, root: Path, repeats: int) -> dict[str, object]:
    """Both sides in turns, for one backbone."""
    embedders = {}
    for precision in ("f32", "bf16"):
        request = request_for(backbone, precision)
        try:
            embedders[precision] = open_catalog_embedder(root, request, request.find_weights())
        except ModelError as error:
            print(f"  {backbone} {precision}: not measured. {error}", flush=True)
    runs = {"peer": peer(backbone, pictures)}
    runs |= {precision: ours(embedder, pictures) for precision, embedder in embedders.items()}
    vectors = {name: run() for name, run in runs.items()}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            taken[name].append(seconds(run))
    n = len(pictures.locators)
    result: dict[str, object] = {"peer": round(n / statistics.median(taken["peer"]), 1)}
    print(f"  {backbone} usual loop with Keras: {result['peer']} images/s", flush=True)
    for precision, embedder in embedders.items():
        row = {
            "engine": embedder.engine.name,
            "images_per_second": round(n / statistics.median(taken[precision]), 1),
            "ratio": round(statistics.median(taken["peer"]) / statistics.median(taken[precision]), 2),
            "target": TARGETS.get(backbone, {}).get(precision),
            "decode_ceiling": round(decode_ceiling(embedder, pictures), 1),
            "compute_ceiling": round(compute_ceiling(embedder, n), 1),
            "mean_cosine_to_peer": round(mean_cosine(vectors["peer"], vectors[precision]), 6),
            "peak_memory_mb": peak_memory(backbone, precision, pictures, root),
        }
        result[precision] = row
        print(f"  {backbone} {precision}: " + ", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    return result


def peak_memory(backbone: str, precision: str, pictures: Pictures, root: Path) -> float:
    """The largest resident size, in MB, of a fresh process that runs our pipeline alone."""
    where = pictures.store.describe()["path"]
    command = [sys.executable, __file__, "--memory-of", backbone, precision, str(root), "--path", where]
    command += ["--pictures", str(len(pictures.locators))]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(printed.strip().splitlines()[-1])


def run_alone(backbone: str, precision: str, root: str, pictures: Pictures) -> None:
    """Run our pipeline in this process and print its largest resident size in MB."""
    request = request_for(backbone, precision)
    ours(open_catalog_embedder(Path(root), request, request.find_weights()), pictures)()
    print(round(largest_resident_kb() / 1024, 1))


def largest_resident_kb() -> float:
    """This process's largest resident size; Linux's ``ru_maxrss`` would count the parent's too."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return next(float(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def missed(results: dict[str, dict[str, object]]) -> list[str]:
    """The targets that were not reached."""
    rows = [(name, precision, row) for name, result in results.items() for precision, row in result.items()]
    return [
        f"{name} {precision}: {row['ratio']} of {row['target']}"
        for name, precision, row in rows
        if isinstance(row, dict) and row["target"] is not None and row["ratio"] < row["target"]
    ]


def main() -> int:
    """Measure, print, and say by the exit status whether the targets were met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=512, help="how many (default: 512)")
    parser.add_argument("--path", type=Path, help="a folder or zip of pictures (default: the fashion zip, or drawn)")
    parser.add_argument("--backbones", default=",".join(TARGETS), help="comma-separated (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="at least 3 (default: 3)")
    parser.add_argument("--memory-of", nargs=3, metavar=("BACKBONE", "PRECISION", "ROOT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pictures = find_pictures(args.path, args.pictures, Path(scratch))
        if args.memory_of:
            run_alone(*args.memory_of, pictures)
            return 0
        n, n_cores = len(pictures.locators), os.cpu_count()
        print(f"{n} pictures of {pictures.label}, {n_cores} cores, {args.repeats} repeats", flush=True)
        results = {
            name: compare(name, pictures, Path(scratch), max(3, args.repeats)) for name in args.backbones.split(",")
        }
    failures = missed(results)
    for failure in failures:
        print(f"missed: {failure}")
    print(json.dumps({"pictures": n, "source": pictures.label, "results": results, "missed": failures}))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
