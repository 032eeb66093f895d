"""``search``: the products that look like a picture."""

import argparse
import stat
import time
from pathlib import Path

from lib.artifacts import Store
from lib.catalog import load_catalog
from lib.commands.shared import Commands, Values, add_command, file_path, text
from lib.embedding import load_embedding
from lib.embedding.embedder import open_embedder
from lib.errors import ImageError
from lib.images.decode import UPLOAD_LIMITS
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.filters import parse_where
from lib.retrieval.search import RESULT_UNITS, Gallery, Query, SearchResult, search


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "find the products that look like a picture, or like another product"
    parser = add_command(commands, "search", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    query = parser.add_mutually_exclusive_group(required=True)
    query.add_argument("images", metavar="IMAGE", type=file_path, nargs="*", default=[], help="pictures of one thing")
    query.add_argument("--product", metavar="ID", type=text, help="a product of the catalogue")
    parser.add_argument("--model", metavar="ID", type=text, required=True, help="an embedding's id, or its beginning")
    parser.add_argument("--k", type=int, default=10, help="how many results (default: %(default)s)")
    parser.add_argument("--metric", choices=sorted(DISTANCE_METRICS), default="cosine", help="default: %(default)s")
    parser.add_argument(
        "--where", action="append", type=text, default=[], metavar="COLUMN=VALUE", help="only such products"
    )
    parser.add_argument(
        "--same", action="append", type=text, default=[], metavar="COLUMN", help="only products like the query in this"
    )
    parser.add_argument("--threshold", type=float, metavar="DISTANCE", help="nothing farther away than this")
    parser.add_argument(
        "--per", choices=RESULT_UNITS, default="product", help="one result a ... (default: %(default)s)"
    )


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Embed the query where it is a picture, search, and say how long each step took."""
    catalog = load_catalog(store, args.name)
    embedding = load_embedding(store, args.name, args.model)
    gallery = Gallery(catalog=catalog, embedding=embedding)
    start = time.perf_counter()
    if args.product is not None:
        query = Query(product_id=args.product)
    else:
        pictures = [_read(path) for path in args.images]
        query = Query(vectors=open_embedder(store, embedding.manifest).embed(pictures), model=embedding.id)
    embed_ms = (time.perf_counter() - start) * 1000
    result = search(
        gallery,
        query,
        metric=args.metric,
        k=args.k,
        where=parse_where(args.where),
        same_as_query=tuple(args.same),
        threshold=args.threshold,
        per=args.per,
    )
    return _values(result, embed_ms)


def _values(result: SearchResult, embed_ms: float) -> Values:
    """Return what ``--json`` prints."""
    timings = {"embed": embed_ms, **{name: ms for name, ms in result.took_ms.items() if name != "total"}}
    return {
        "model": result.model,
        "metric": result.metric,
        "took_ms": round(sum(timings.values()), 3),
        "timings_ms": {name: round(ms, 3) for name, ms in timings.items()},
        "n_gallery": result.n_gallery,
        "n_allowed": result.n_allowed,
        "results": result.to_json_rows(),
    }


def _read(path: Path) -> bytes:
    """Read a query's file, refusing before reading what is too large, or has no end."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"{path} cannot be read (it is not a plain file).", hint="Give the path of a picture.")
        if status.st_size > UPLOAD_LIMITS.max_bytes:
            raise ImageError(
                f"{path} is larger than {UPLOAD_LIMITS.max_bytes // 1_000_000} MB.", hint="Make it smaller."
            )
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"{path} cannot be read ({error.strerror}).", hint="Give the path of a picture.") from error


def _show(values: Values) -> None:
    """Print a line a result."""
    if not values["results"]:
        print("nothing similar enough")
    else:
        print(f"{'rank':>4}  {'product':<14} {'score':>9} {'distance':>9}  title")
    for row in values["results"]:
        numbers = f"{row['score']:>9.4f} {row['distance']:>9.4f}"
        print(f"{row['rank']:>4}  {row['product_id']:<14} {numbers}  {row.get('title') or ''}")
    print(f"{values['n_allowed']:,} of {values['n_gallery']:,} pictures searched in {values['took_ms']:.0f} ms")
