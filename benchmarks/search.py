"""Exact search, measured against reading features from SQLite row by row and against raw FAISS.

The data are made up: clustered, non-negative float32 vectors from a fixed seed, as many and as long as a fashion
catalogue's MobileNetV2 embedding. All three sides answer the same queries, warm and interleaved, and must agree.

    python benchmarks/search.py [--rows 44000] [--dim 1280] [--repeats 3] [--queries 15]

The last line printed is one JSON object; the exit status is 1 if a target is missed.
"""

import argparse
import contextlib
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lib.catalog import Catalog
from lib.catalog.table import SKIPPED_COLUMNS
from lib.embedding import Embedding
from lib.retrieval.index import GATHER_BELOW
from lib.retrieval.search import Gallery, Query, search
from lib.schema import Manifest

K = 10
SQLITE_TARGET = 500.0
FAISS_TARGET = 1.3
GENDERS = ("Women", "Men", "Unisex")


def made_up_vectors(n_rows: int, dim: int, n_queries: int) -> tuple[np.ndarray, np.ndarray]:
    """Return gallery and queries: pooled ReLU features in 143 clusters, queries near gallery rows."""
    rng = np.random.default_rng(0)
    centres = rng.gamma(1.0, 0.5, (143, dim)).astype(np.float32)
    gallery = np.empty((n_rows, dim), np.float32)
    for start in range(0, n_rows, 4_000):
        block = gallery[start : start + 4_000]
        block[:] = centres[rng.integers(0, 143, len(block))] + rng.normal(0, 0.35, block.shape)
    np.maximum(gallery, 0, out=gallery)
    queries = gallery[rng.integers(0, n_rows, n_queries)] + rng.normal(0, 0.2, (n_queries, dim)).astype(np.float32)
    return gallery, np.maximum(queries, 0).astype(np.float32)


def made_up_manifest(kind: str, n: int) -> Manifest:
    """Return a manifest of `n` made-up rows."""
    details = {"label": "articleType", "pictures_sha256": ""}
    parameters = {"pictures": {}}
    return Manifest(
        kind=kind,
        id="made-up",
        command="",
        inputs={"catalog": "made-up"},
        parameters=parameters,
        details=details,
        n_in=n,
        n=n,
        synthetic=True,
    )


def open_gallery(folder: Path, vectors: np.ndarray) -> Gallery:
    """Return a gallery over vectors mapped from disk, as a page opens it, with a table of attributes."""
    np.save(folder / "embeddings.npy", vectors)
    n = len(vectors)
    ids = np.array([f"{i:06d}" for i in range(n)])
    rng = np.random.default_rng(1)
    columns = {
        "product_id": ids,
        "group_id": ids,
        "image": ids,
        "title": [f"Product {i}" for i in range(n)],
        "split": "train",
        "gender": rng.choice(GENDERS, n, p=(0.45, 0.5, 0.05)),
        "articleType": [f"type {i}" for i in rng.integers(0, 143, n)],
        "baseColour": [f"colour {i}" for i in rng.integers(0, 46, n)],
        "year": pd.array(rng.integers(2007, 2020, n), dtype="Int64"),
        "season": rng.choice(("Summer", "Fall", "Winter", "Spring"), n),
    }
    pictures = pd.DataFrame({name: ids for name in ("product_id", "width", "height", "mode", "file_bytes")})
    pictures = pictures.assign(file_sha256="", pixels_sha256="", brightness=0.5, sharpness=0.5)
    catalog = Catalog(
        folder=folder,
        frame=pd.DataFrame(columns),
        pictures=pictures,
        skipped=pd.DataFrame(columns=list(SKIPPED_COLUMNS)),
        manifest=made_up_manifest("catalog", n),
    )
    mapped = np.load(folder / "embeddings.npy", mmap_mode="r")
    return Gallery(
        catalog=catalog, embedding=Embedding(ids=ids, embeddings=mapped, manifest=made_up_manifest("embedding", n))
    )


def write_feature_database(path: Path, ids: np.ndarray, vectors: np.ndarray) -> None:
    """Write the thesis' table: an image's name and its features as comma-separated text."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE image_features (image_name TEXT PRIMARY KEY, features TEXT)")
        template = ",".join(["%.7g"] * vectors.shape[1])
        rows = ((name, template % tuple(vector.tolist())) for name, vector in zip(ids.tolist(), vectors, strict=True))
        database.executemany("INSERT INTO image_features VALUES (?, ?)", rows)
        database.commit()


def sqlite_search(path: Path, query: np.ndarray) -> list[str]:
    """Answer as the thesis does: fetch each row, parse its text, compare it, sort all at the end.

    Parsing by NumPy and comparing by NumPy, a row at a time, with the query's length computed once.
    """
    length = float(np.linalg.norm(query))
    scored = []
    with contextlib.closing(sqlite3.connect(path)) as database:
        for name, text in database.execute("SELECT image_name, features FROM image_features"):
            features = np.fromstring(text, dtype=np.float32, sep=",")
            scored.append((-float(features @ query) / (float(np.linalg.norm(features)) * length), name))
    return [name for _, name in sorted(scored)[:K]]


@contextlib.contextmanager
def threads(n: int) -> Iterator[None]:
    """Give our search, BLAS and FAISS `n` threads; ours starts as many as there are cores it may use."""
    threads_before, cores_before = faiss.omp_get_max_threads(), os.sched_getaffinity(0)
    faiss.omp_set_num_threads(n)
    os.sched_setaffinity(0, sorted(cores_before)[:n])
    try:
        with threadpool_limits(n):
            yield
    finally:
        os.sched_setaffinity(0, cores_before)
        faiss.omp_set_num_threads(threads_before)


def measure(
    sides: dict[str, Callable[[np.ndarray], object]], queries: np.ndarray, repeats: int
) -> dict[str, list[float]]:
    """Return milliseconds of each side's calls: warmed up, then in turn, every query of one side before the next.

    A side's turn begins with an untimed call: FAISS' threads keep spinning for a moment after its last answer.
    """
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, side in sides.items():
            side(queries[0])
            for query in queries:
                start = time.perf_counter()
                side(query)
                took[name].append((time.perf_counter() - start) * 1000)
    return took


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Return p50 and p95, in milliseconds."""
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return {"p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3)}


def our_sides(gallery: Gallery) -> dict[str, Callable[[np.ndarray], object]]:
    """Return our searches: the whole path with its table, the index alone, other metrics, and filters."""
    index = gallery.index("cosine")

    def ask(query: np.ndarray, **options: object) -> object:
        return search(gallery, Query(vectors=query, model="made-up"), k=K, **options)

    few = {"articleType": ("type 7", "type 8", "type 9"), "gender": ("Women",)}
    return {
        "search": ask,
        "index": lambda query: index.search(query, k=K),
        "euclidean": lambda query: ask(query, metric="euclidean"),
        "manhattan": lambda query: ask(query, metric="manhattan"),
        "filter keeps 45 %": lambda query: ask(query, where={"gender": ("Women",)}),
        "filter keeps 8 %": lambda query: ask(query, where={"year": ("2012",)}),
        "filter keeps 1 %": lambda query: ask(query, where=few),
    }


def compare(gallery: Gallery, queries: np.ndarray, repeats: int) -> dict[str, dict[str, dict[str, float]]]:
    """Return p50 and p95 of every in-memory side at each number of threads."""
    vectors = gallery.embedding.embeddings
    normalised = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(normalised)
    sides = {**our_sides(gallery), "faiss": lambda query: flat.search((query / np.linalg.norm(query))[None], K)}
    for query in queries:
        _, rows = sides["faiss"](query)
        check_agreement(gallery, query, [str(name) for name in gallery.embedding.ids[rows[0]]], "FAISS")
    results = {}
    for n in range(1, len(os.sched_getaffinity(0)) + 1):
        with threads(n):
            took = measure(sides, queries, repeats)
        results[str(n)] = {name: summary(times) for name, times in took.items()}
        for name, numbers in results[str(n)].items():
            print(f"{n} threads  {name:<20} p50 {numbers['p50_ms']:8.2f} ms   p95 {numbers['p95_ms']:8.2f} ms")
    return results


def check_agreement(gallery: Gallery, query: np.ndarray, names: list[str], side: str) -> None:
    """Stop if a side's ten nearest are not ours: what is fast must also be the same."""
    ours = search(gallery, Query(vectors=query, model="made-up"), k=K).ids
    if set(ours) != set(names):
        raise SystemExit(f"{side} found {names}, our search {ours}")


def best(results: dict[str, dict[str, dict[str, float]]], name: str) -> tuple[int, dict[str, float]]:
    """Return the thread count at which a side has its lowest p50, and the numbers there."""
    n = min(results, key=lambda count: results[count][name]["p50_ms"])
    return int(n), results[n][name]


def time_sqlite(
    gallery: Gallery, folder: Path, queries: np.ndarray, repeats: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return p50 and p95 of the thesis' way over all rows, once a repeat, and of our searches in between."""
    path, ours = folder / "features.db", our_sides(gallery)["search"]
    write_feature_database(path, gallery.embedding.ids, gallery.embedding.embeddings)
    theirs_took, ours_took = [], []
    for query in queries[:repeats]:
        start = time.perf_counter()
        names = sqlite_search(path, query)
        theirs_took.append((time.perf_counter() - start) * 1000)
        check_agreement(gallery, query, names, "SQLite")
        ours_took += measure({"search": ours}, queries, 1)["search"]
    return summary(theirs_took), summary(ours_took)


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=44_000)
    parser.add_argument("--dim", type=int, default=1_280)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--queries", type=int, default=15)
    args = parser.parse_args()
    vectors, queries = made_up_vectors(args.rows, args.dim, args.queries)
    with tempfile.TemporaryDirectory() as name:
        gallery = open_gallery(Path(name), vectors)
        del vectors
        results = compare(gallery, queries, args.repeats)
        beside = time_sqlite(gallery, Path(name), queries, args.repeats)
    return report(args, results, *beside)


def report(
    args: argparse.Namespace,
    results: dict[str, dict[str, dict[str, float]]],
    sqlite: dict[str, float],
    beside_sqlite: dict[str, float],
) -> int:
    """Print the JSON object; return 1 if a target is missed."""
    (our_threads, ours), (faiss_threads, peer) = best(results, "search"), best(results, "faiss")
    _, index_alone = best(results, "index")
    times_sqlite, times_faiss = sqlite["p50_ms"] / beside_sqlite["p50_ms"], ours["p50_ms"] / peer["p50_ms"]
    met = times_sqlite >= SQLITE_TARGET and times_faiss <= FAISS_TARGET
    values = {
        "n": args.rows,
        "dim": args.dim,
        "k": K,
        "repeats": args.repeats,
        "n_queries": args.queries,
        "cores": len(os.sched_getaffinity(0)),
        "search": {**ours, "threads": our_threads},
        "index_alone": index_alone,
        "faiss_flat_ip": {**peer, "threads": faiss_threads},
        "sqlite_rows": sqlite,
        "search_beside_sqlite": beside_sqlite,
        "times_faster_than_sqlite": round(times_sqlite, 1),
        "target_times_faster": SQLITE_TARGET,
        "time_over_faiss": round(times_faiss, 3),
        "target_time_over_faiss": FAISS_TARGET,
        "gather_below": GATHER_BELOW,
        "threads": results,
        "targets_met": met,
    }
    print(f"{times_sqlite:,.0f} times as fast as SQLite rows; {times_faiss:.2f} times the time of FAISS flat")
    print(json.dumps(values))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
