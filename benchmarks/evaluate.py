"""The full ranking of a gallery, measured against scikit-learn's distances and NumPy's argsort over the same queries.

The data are made up: clustered, non-negative float32 vectors from a fixed seed, as many and as long as a fashion
catalogue's MobileNetV2 embedding, or an embedding's own file. Both sides answer the same blocks of queries against the
whole gallery, turn about; ours computes every metric of ranks as well, and their average precision must agree.

    python benchmarks/evaluate.py [--rows 39869] [--dim 1280] [--queries 2048] [--repeats 3] [--embeddings FILE.npy]

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

import numpy as np
from sklearn.metrics import pairwise_distances

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lib.retrieval.index import prepare_vectors
from lib.retrieval.metrics import RANK_METRICS, average_precision
from lib.retrieval.ranking import BLOCK_QUERIES, Ranker, rank_all
from lib.retrieval.ranks import RelevantRanks
from lib.retrieval.spaces import Space, make_space

TIMES_FASTER = 1.8
SECONDS = 100.0
GIGABYTES = 4.0
N_LABELS = 143
#: Manhattan distances are measured on fewer queries: nothing there is a matrix product.
MANHATTAN_QUERIES = 64


def made_up(n_rows: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pooled ReLU features in clusters, and labels as unevenly spread as article types are."""
    rng = np.random.default_rng(0)
    weights = 1.0 / np.arange(1, N_LABELS + 1)
    codes = np.concatenate([np.repeat(np.arange(N_LABELS), 2), rng.choice(N_LABELS, n_rows, p=weights / weights.sum())])
    codes = rng.permutation(codes[:n_rows])
    centres = rng.gamma(1.0, 0.5, (N_LABELS, dim)).astype(np.float32)
    vectors = np.empty((n_rows, dim), np.float32)
    for start in range(0, n_rows, 4_000):
        block = vectors[start : start + 4_000]
        block[:] = centres[codes[start : start + len(block)]] + rng.normal(0, 1.5, block.shape)
    return np.maximum(vectors, 0, out=vectors), codes


def theirs(vectors: np.ndarray, codes: np.ndarray, queries: np.ndarray, metric: str) -> np.ndarray:
    """Return average precisions by scikit-learn's distances and an argsort, block by block."""
    found = []
    for start in range(0, len(queries), BLOCK_QUERIES):
        block = queries[start : start + BLOCK_QUERIES]
        distances = pairwise_distances(vectors[block], vectors, metric=metric)
        distances[np.arange(len(block)), block] = np.inf
        order = np.argsort(distances, axis=1)[:, :-1]
        ranks = [np.flatnonzero(codes[row] == codes[query]) + 1 for row, query in zip(order, block, strict=True)]
        counts = np.array([len(row) for row in ranks])
        found.append(average_precision(RelevantRanks(np.concatenate(ranks), counts)))
    return np.concatenate(found)


def product_alone(space: Space, queries: np.ndarray) -> None:
    """Run the matrix products of an evaluation and nothing else."""
    out = np.empty((BLOCK_QUERIES, space.n), np.float32)
    for start in range(0, len(queries), BLOCK_QUERIES):
        block = queries[start : start + BLOCK_QUERIES]
        space.products(block, out[: len(block)])


def timed(call: Callable[[], object]) -> tuple[float, object]:
    """Return seconds and the result."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def compare(
    vectors: np.ndarray, codes: np.ndarray, queries: np.ndarray, metric: str, repeats: int
) -> dict[str, object]:
    """Return the best seconds of each side, interleaved, and whether they agree."""
    norms = prepare_vectors(vectors, np.arange(len(vectors)).astype(str)).norms
    prepare, space = timed(lambda: make_space(vectors, rows=np.arange(len(vectors)), norms=norms, metric=metric))
    ranker, took = Ranker(space, codes), {"ours": [], "sklearn": [], "product": []}
    rank_all(ranker, queries[:BLOCK_QUERIES])
    for _ in range(repeats):
        seconds, _ = timed(lambda: product_alone(space, queries))
        took["product"].append(seconds)
        seconds, ours = timed(lambda: rank_all(ranker, queries))
        took["ours"].append(seconds)
        seconds, precisions = timed(lambda: theirs(vectors, codes, queries, metric))
        took["sklearn"].append(seconds)
    mine = ours.values[:, list(RANK_METRICS).index("map")]
    apart = float(np.abs(mine - precisions).max())
    ratios = [peer / our for our, peer in zip(took["ours"], took["sklearn"], strict=True)]
    return {
        "n_queries": len(queries),
        "prepare_s": round(prepare, 3),
        **{f"{name}_s": [round(value, 3) for value in values] for name, values in took.items()},
        "times_faster": round(float(np.median(ratios)), 3),
        "time_over_product": round(float(np.median(took["ours"]) / np.median(took["product"])), 3),
        "largest_difference_in_ap": apart,
    }


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=39_869)
    parser.add_argument("--dim", type=int, default=1_280)
    parser.add_argument("--queries", type=int, default=2_048)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--embeddings", type=Path, help="an embedding's .npy in place of made-up vectors")
    args = parser.parse_args()
    vectors, codes = made_up(args.rows, args.dim)
    if args.embeddings:
        vectors = np.load(args.embeddings, allow_pickle=False)
        codes = np.resize(codes, len(vectors))
    queries = np.random.default_rng(1).choice(len(vectors), min(args.queries, len(vectors)), replace=False)
    results = {name: compare(vectors, codes, queries, name, args.repeats) for name in ("cosine", "euclidean")}
    results["manhattan"] = compare(vectors, codes, queries[:MANHATTAN_QUERIES], "manhattan", 1)
    for name, found in results.items():
        print(f"{name:<10} {found['n_queries']:,} queries: {min(found['ours_s']):.2f} s", end=", ")
        print(f"{found['times_faster']:.2f} times as fast as scikit-learn + argsort", end=", ")
        print(f"{found['time_over_product']:.2f} times the time of the distances alone")
    seconds, _ = timed(lambda: full_ranking(vectors, codes))
    return report(args, vectors, results, seconds)


def full_ranking(vectors: np.ndarray, codes: np.ndarray) -> None:
    """Rank everything for everybody, from the vectors on."""
    norms = prepare_vectors(vectors, np.arange(len(vectors)).astype(str)).norms
    space = make_space(vectors, rows=np.arange(len(vectors)), norms=norms, metric="cosine")
    queries = np.flatnonzero(np.bincount(codes)[codes] > 1)
    for _ in Ranker(space, codes).blocks(queries):
        pass


def report(args: argparse.Namespace, vectors: np.ndarray, results: dict[str, dict], seconds: float) -> int:
    """Print the JSON object; return 1 if a target is missed."""
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    product = float(np.median(results["cosine"]["product_s"])) * len(vectors) / results["cosine"]["n_queries"]
    agree = all(found["largest_difference_in_ap"] < 1e-3 for found in results.values())
    met = results["cosine"]["times_faster"] >= TIMES_FASTER and seconds < SECONDS and gigabytes < GIGABYTES and agree
    print(f"cosine, every query: {seconds:.1f} s; the matrix product alone would be {product:.1f} s")
    values = {
        "n": len(vectors),
        "dim": vectors.shape[1],
        "repeats": args.repeats,
        "cores": len(os.sched_getaffinity(0)),
        **results,
        "target_times_faster": TIMES_FASTER,
        "full_ranking_s": round(seconds, 1),
        "target_full_ranking_s": SECONDS,
        "product_alone_s": round(product, 1),
        "peak_gb": round(gigabytes, 2),
        "target_peak_gb": GIGABYTES,
        "agree": agree,
        "targets_met": bool(met),
    }
    print(json.dumps(values))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
