"""Trees of groups, measured against scikit-learn's and fastcluster's, the distances of all pairs included.

The data are made up: clustered, non-negative float32 vectors from a fixed seed, as long as a MobileNetV2 embedding, or
an embedding's own file. All three make the same tree of the same vectors, turn about: scikit-learn from the vectors, as
its users do, fastcluster from SciPy's pdist, as its. Then all ten cells with every cut scored, and one large tree.

    python benchmarks/clustering.py [--rows 2000] [--large 10000] [--dim 1280] [--repeats 3] [--embeddings FILE.npy]

The last line printed is one JSON object; the exit status is 1 if a target is missed.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import fastcluster
import numpy as np
from scipy.spatial.distance import pdist
from sklearn.cluster import AgglomerativeClustering

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lib.clustering.calibration import calibrate
from lib.clustering.cuts import score_cuts
from lib.clustering.pairs import pair_distances
from lib.clustering.tree import LINKAGES, build_tree, tree_of

CELLS = [(metric, linkage) for linkage, how in LINKAGES.items() for metric in how.metrics]
SCIPY = {"cosine": "cosine", "euclidean": "euclidean", "manhattan": "cityblock"}
#: Our time over theirs, at most: never slower than scikit-learn, and hardly slower than fastcluster.
TIME_OVER_SKLEARN, TIME_OVER_FASTCLUSTER = 1.0, 1.1
TEN_CELLS_SECONDS, TEN_CELLS_GIGABYTES = 20.0, 1.5
LARGE_SECONDS = 60.0
N_LABELS = 143


def made_up(n_rows: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pooled ReLU features in clusters, and labels as unevenly spread as article types are."""
    rng = np.random.default_rng(0)
    weights = 1.0 / np.arange(1, N_LABELS + 1)
    codes = rng.choice(N_LABELS, n_rows, p=weights / weights.sum())
    centres = rng.gamma(1.0, 0.5, (N_LABELS, dim)).astype(np.float32)
    noise = rng.normal(0, 1.5, (n_rows, dim)).astype(np.float32)
    return np.maximum(centres[codes] + noise, 0), codes


def by_sklearn(vectors: np.ndarray, metric: str, linkage: str) -> np.ndarray:
    """Return the heights of scikit-learn's tree."""
    model = AgglomerativeClustering(n_clusters=None, distance_threshold=0.0, metric=metric, linkage=linkage)
    return model.fit(vectors).distances_


def by_fastcluster(vectors: np.ndarray, metric: str, linkage: str) -> np.ndarray:
    """Return the heights of fastcluster's tree."""
    return fastcluster.linkage(pdist(vectors, SCIPY[metric]), linkage)[:, 2]


def by_ours(vectors: np.ndarray, metric: str, linkage: str) -> np.ndarray:
    """Return the heights of our tree."""
    return tree_of(vectors, metric=metric, linkage=linkage).heights


def timed(call: Callable[[], object]) -> tuple[float, object]:
    """Return seconds and the result."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def compare(vectors: np.ndarray, metric: str, linkage: str, repeats: int) -> dict[str, object]:
    """Return the seconds of each side, interleaved, their ratios, and how far apart the heights are."""
    sides = {"ours": by_ours, "sklearn": by_sklearn, "fastcluster": by_fastcluster}
    took: dict[str, list[float]] = {name: [] for name in sides}
    heights = {}
    for _ in range(repeats):
        for name, side in sides.items():
            seconds, found = timed(lambda side=side: side(vectors, metric, linkage))
            took[name].append(seconds)
            heights[name] = np.sort(found)
    scale = heights["ours"].max()
    apart = max(float(np.abs(heights["ours"] - heights[name]).max() / scale) for name in ("sklearn", "fastcluster"))
    over = {
        name: float(np.median([ours / theirs for ours, theirs in zip(took["ours"], took[name], strict=True)]))
        for name in ("sklearn", "fastcluster")
    }
    return {
        **{f"{name}_s": [round(value, 3) for value in values] for name, values in took.items()},
        **{f"time_over_{name}": round(value, 3) for name, value in over.items()},
        "largest_difference_of_heights": apart,
    }


def ten_cells(vectors: np.ndarray, codes: np.ndarray) -> None:
    """Make every tree, score every cut of each, and choose where to cut it; one matrix a metric."""
    for metric in SCIPY:
        distances = pair_distances(vectors, metric)
        for linkage in (linkage for of, linkage in CELLS if of == metric):
            tree = build_tree(distances, linkage, metric=metric)
            score_cuts(tree, codes)
            calibrate(tree, "ami", labels=codes)


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=10_000)
    parser.add_argument("--dim", type=int, default=1_280)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--embeddings", type=Path, help="an embedding's .npy in place of made-up vectors")
    args = parser.parse_args()
    vectors, codes = made_up(args.large, args.dim)
    if args.embeddings:
        vectors = np.load(args.embeddings, allow_pickle=False)[: args.large].astype(np.float32)
        codes = np.resize(codes, len(vectors))
    seconds, _ = timed(lambda: ten_cells(vectors[: args.rows], codes[: args.rows]))
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"ten cells of {args.rows:,}, every cut scored: {seconds:.1f} s, {gigabytes:.2f} GB")
    results = {}
    for metric, linkage in CELLS:
        found = results[f"{metric} + {linkage}"] = compare(vectors[: args.rows], metric, linkage, args.repeats)
        print(f"{metric} + {linkage}: {min(found['ours_s']):.2f} s", end=", ")
        print(f"{found['time_over_sklearn']:.2f} of scikit-learn's time", end=", ")
        print(f"{found['time_over_fastcluster']:.2f} of fastcluster's")
    large = {metric: timed(lambda m=metric: by_ours(vectors, m, "average"))[0] for metric in SCIPY}
    return report(args, results, seconds, gigabytes, large)


def report(
    args: argparse.Namespace, results: dict[str, dict], seconds: float, gigabytes: float, large: dict[str, float]
) -> int:
    """Print the JSON object; return 1 if a target is missed."""
    for metric, took in large.items():
        print(f"{metric} + average of {args.large:,}: {took:.1f} s")
    slowest = {
        name: max(found[f"time_over_{name}"] for found in results.values()) for name in ("sklearn", "fastcluster")
    }
    agree = all(found["largest_difference_of_heights"] < 1e-4 for found in results.values())
    met = (
        slowest["sklearn"] <= TIME_OVER_SKLEARN
        and slowest["fastcluster"] <= TIME_OVER_FASTCLUSTER
        and seconds < TEN_CELLS_SECONDS
        and gigabytes < TEN_CELLS_GIGABYTES
        and max(large.values()) < LARGE_SECONDS
        and agree
    )
    values = {
        "n": args.rows,
        "dim": args.dim,
        "repeats": args.repeats,
        "cores": len(os.sched_getaffinity(0)),
        **results,
        "largest_time_over_sklearn": slowest["sklearn"],
        "largest_time_over_fastcluster": slowest["fastcluster"],
        "ten_cells_s": round(seconds, 1),
        "ten_cells_peak_gb": round(gigabytes, 2),
        "n_large": args.large,
        "large_s": {metric: round(took, 1) for metric, took in large.items()},
        "agree": agree,
        "targets_met": bool(met),
    }
    print(json.dumps(values))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
