"""Tiny catalogues and embeddings, written straight into a store: nothing but their own few files is needed."""

import dataclasses
import functools
import hashlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from lib.artifacts import Store
from lib.catalog import Catalog, load_catalog
from lib.catalog.thumbnails import write_thumbnails
from lib.embedding import Embedding, artifact, load_embedding
from lib.publish import publish, write_atomically, write_manifest
from lib.retrieval.evaluate import evaluate
from lib.retrieval.evaluation import Evaluation
from lib.schema import Manifest, artifact_id

COLOURS = {"Red": (200, 30, 40), "Blue": (30, 60, 200), "Green": (30, 160, 60), "Black": (20, 20, 20)}
TYPES = {"Shirts": ("Apparel", "Topwear"), "Jeans": ("Apparel", "Bottomwear"), "Heels": ("Footwear", "Shoes")}


def picture(
    seed: int, *, size: tuple[int, int] = (60, 80), colour: tuple[int, int, int] = (200, 30, 40)
) -> Image.Image:
    """A coloured rectangle at a seeded place on white."""
    rng = np.random.default_rng(seed)
    pixels = np.full((size[1], size[0], 3), 255, np.uint8)
    top, left = rng.integers(2, size[1] // 2), rng.integers(2, size[0] // 2)
    pixels[top : top + size[1] // 3, left : left + size[0] // 3] = colour
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def catalog_rows(n: int) -> pd.DataFrame:
    """Rows with the attribute columns of the fashion catalogue; every third product has a second picture."""
    types, colours = list(TYPES), list(COLOURS)
    rows = []
    for i in range(n):
        kind, colour = types[i % 3], colours[i % 4]
        rows.append(
            {
                "product_id": f"p{i:03d}",
                "group_id": f"g{i if i % 3 else max(i - 1, 0):03d}",
                "image": f"p{i:03d}.png",
                "title": f"{colour} {kind} {i}",
                "split": ("train", "train", "train", "val", "test")[i % 5],
                "gender": ("Women", "Men")[i % 2],
                "masterCategory": TYPES[kind][0],
                "subCategory": TYPES[kind][1],
                "articleType": kind,
                "baseColour": colour,
                "season": ("Summer", "Fall", None)[i % 3],
                "year": 2011 + i % 3,
                "usage": "Casual",
            }
        )
    return pd.DataFrame(rows).astype({"year": "Int64"})


def make_catalog(store: Store, name: str = "tiny", n: int = 24, *, synthetic: bool = True) -> Catalog:
    """Write a catalogue of `n` pictures and read it back."""
    folder = store.catalog_folder(name)
    pictures_folder = folder / "images"
    pictures_folder.mkdir(parents=True)
    frame = catalog_rows(n)
    measured, thumbnails, digest = [], [], hashlib.sha256()
    for i, row in frame.iterrows():
        image = picture(int(i), colour=COLOURS[row["baseColour"]])
        data = encoded(image)
        (pictures_folder / row["image"]).write_bytes(data)
        thumbnails.append((row["product_id"], encoded(image, "WEBP")))
        sha = hashlib.sha256(data).hexdigest()
        digest.update(f"{row['product_id']}\0{sha}\n".encode())
        measured.append(
            {
                "product_id": row["product_id"],
                "width": 60,
                "height": 80,
                "mode": "RGB",
                "file_bytes": len(data),
                "file_sha256": sha,
                "pixels_sha256": hashlib.sha256(image.tobytes()).hexdigest(),
                "brightness": float(np.asarray(image).mean() / 255),
                "sharpness": 0.1 + 0.01 * int(i),
            }
        )
    frame.to_parquet(folder / "catalog.parquet", index=False)
    pd.DataFrame(measured).to_parquet(folder / "pictures.parquet", index=False)
    skipped = [{"row": 99, "product_id": "p099", "image": "p099.png", "reason": "picture missing", "detail": ""}]
    pd.DataFrame(skipped).to_parquet(folder / "skipped.parquet", index=False)
    write_thumbnails(folder / "thumbnails", thumbnails)
    write_manifest(
        folder,
        Manifest(
            kind="catalog",
            id=name,
            command=f"python -m lib import folder --name {name} --path images",
            inputs={"source": "test"},
            parameters={"pictures": {"kind": "inside", "path": "images"}},
            n_in=n + 1,
            n=n,
            skipped={"picture missing": 1},
            synthetic=synthetic,
            details={
                "label": "articleType",
                "hierarchy": ["masterCategory", "subCategory", "articleType"],
                "title": "A tiny catalogue",
                "source": "folder",
                "credits": "",
                "pictures_sha256": digest.hexdigest(),
            },
        ),
    )
    return load_catalog(store, name)


def replace_pictures(store: Store, catalog: Catalog, files: Mapping[int, bytes]) -> Catalog:
    """Put other files in the place of some pictures, as if they had been imported, and read the catalogue back."""
    pictures = catalog.pictures.copy()
    for row, data in files.items():
        write_atomically(catalog.folder / "images" / catalog.frame["image"].iloc[row], data)
        pictures.loc[row, "file_sha256"] = hashlib.sha256(data).hexdigest()
    pictures.to_parquet(catalog.folder / "pictures.parquet", index=False)
    digest = hashlib.sha256()
    for product_id, sha in sorted(zip(pictures["product_id"], pictures["file_sha256"], strict=True)):
        digest.update(f"{product_id}\0{sha}\n".encode())
    details = {**catalog.manifest.details, "pictures_sha256": digest.hexdigest()}
    write_manifest(catalog.folder, dataclasses.replace(catalog.manifest, details=details))
    return load_catalog(store, catalog.name)


def toy_id(catalog: Catalog, *, variant: str = "000000") -> str:
    """The id of the embedding that ``make_embedding`` makes of a catalogue."""
    return artifact_id("toy-8-pad-none", _toy_inputs(catalog), {"variant": variant})


@functools.cache
def tiny_model(n: int = 24) -> str:
    """The id of the embedding that ``make_embedding(store, make_catalog(store, n=n))`` makes, in any store."""
    with tempfile.TemporaryDirectory() as folder:
        return toy_id(make_catalog(Store(Path(folder)), n=n))


def _toy_inputs(catalog: Catalog) -> dict[str, str]:
    return {"catalog": catalog.name, "pictures_sha256": catalog.pictures_sha256}


def make_embedding(
    store: Store, catalog: Catalog, *, embeddings: np.ndarray | None = None, embedding_id: str = "toy-8-pad-none-000000"
) -> Embedding:
    """Write an embedding of a catalogue (random vectors unless given) and read it back.

    Its id begins like `embedding_id`; the last part, which tells embeddings of a catalogue apart, becomes a hash.
    """
    prefix, _, variant = embedding_id.rpartition("-")
    inputs, parameters = _toy_inputs(catalog), {"variant": variant}
    embedding_id = artifact_id(prefix, inputs, parameters)
    vectors = embeddings
    if vectors is None:
        vectors = np.random.default_rng(0).normal(size=(len(catalog.frame), 8))
    with publish(artifact.embedding_folder(store, catalog.name, embedding_id)) as draft:
        np.save(draft / artifact.VECTORS, np.ascontiguousarray(vectors, dtype=np.float32))
        pd.DataFrame({"product_id": catalog.ids[: len(vectors)]}).to_parquet(draft / artifact.IDS, index=False)
        pd.DataFrame({"product_id": [], "reason": []}, dtype=str).to_parquet(draft / artifact.SKIPPED, index=False)
        write_manifest(
            draft,
            Manifest(
                kind="embedding",
                id=embedding_id,
                command=f"python -m lib embed {catalog.name} --backbone toy",
                inputs=inputs,
                parameters=parameters,
                n_in=len(vectors),
                n=len(vectors),
                synthetic=catalog.synthetic,
                details={
                    "dim": int(vectors.shape[1]),
                    "backbone": "toy",
                    "size": 8,
                    "fit": "pad",
                    "weights": "none",
                    "precision": "f32",
                    "engine": "keras",
                },
            ),
        )
    return load_embedding(store, catalog.name, embedding_id)


def make_evaluation(store: Store, embedding: Embedding, **asked: object) -> Evaluation:
    """Really evaluate an embedding; `asked` is what ``evaluate`` is told, such as ``metric="euclidean"``."""
    name = str(embedding.manifest.inputs["catalog"])
    flags = " ".join(f"--{option} {value}" for option, value in asked.items())
    command = f"python -m lib evaluate {name} --model {embedding.id} {flags}".rstrip()
    return evaluate(store, name, embedding.id, command=command, **asked).evaluation
