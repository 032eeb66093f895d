"""Published results: small tables that are kept with the code, with their provenance and without any machine's paths.

A folder a catalogue: ``leaderboard.csv``, ``labels.csv`` (each label, for the best embeddings as they are) and
``manifest.json``.
"""

import functools
import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lib.anonymous import without_paths
from lib.artifacts import Store, read_manifest, sha256_of, verify
from lib.details import details_problem
from lib.errors import ArtifactError, InvalidArtifact, MissingArtifact
from lib.publish import publish, write_manifest
from lib.retrieval.evaluation import KIND, Evaluation, load_evaluation
from lib.retrieval.experiments import UNAVAILABLE_COLUMNS
from lib.retrieval.freshness import Present, read_present
from lib.retrieval.leaderboard import ASKED_COLUMNS, leaderboard, standing, unavailable
from lib.schema import PUBLISHED_KIND, Manifest
from lib.spreadsheet import original_cell, to_csv

logger = logging.getLogger(__name__)

LEADERBOARD, LABELS = "leaderboard.csv", "labels.csv"
#: By what the standing of published rows is told.
STANDING_METRIC = "map_at_r"
#: What is published of each label.
_LABEL_METRICS = ("recall@1", "map_at_r")
LABEL_COLUMNS = ("evaluation", "label", "n_queries", "n_gallery") + tuple(
    f"{metric}{end}" for metric in _LABEL_METRICS for end in ("", "_low", "_high")
)
_TEXT = {*ASKED_COLUMNS, "standing"} - {"stale", "self_counted", "seed"}
_SWITCHES, _COUNTS = ("stale", "self_counted"), ("n_queries", "n_sampled_from", "n_gallery", "n_left_out", "seed")
#: How a standing is written: an empty cell is one that could not be compared.
_WRITTEN = {"best": "best", "tied": "tied", "": "behind", None: ""}
_DIGITS = 6
_ELSEWHERE = "Choose another folder with --to DIR."
#: Of so many evaluations, the best, the labels are published.
_N_LABELLED = 4


@dataclass(frozen=True, eq=False)
class Published:
    """What is published of one catalogue.

    Parameters
    ----------
    catalog : str
        Its name.
    title : str
        Its title.
    manifest : Manifest
        ``details`` holds ``title``, ``label``, ``n_pictures``, ``credits``, ``standing_metric``, ``made_with`` and
        ``unavailable``; ``inputs`` the digest of each evaluation's manifest.
    leaderboard : DataFrame
        The columns of ``lib.retrieval.leaderboard.leaderboard``, and ``standing`` by `standing_metric`.
    labels : DataFrame
        ``LABEL_COLUMNS``: each label, for the best embeddings as they are.
    """

    catalog: str
    title: str
    manifest: Manifest
    leaderboard: pd.DataFrame
    labels: pd.DataFrame

    @property
    def unavailable(self) -> pd.DataFrame:
        """What the experiments asked for and did not get, as ``lib.retrieval.leaderboard.unavailable`` returns it."""
        return pd.DataFrame(
            self.manifest.details.get("unavailable", []), columns=list(UNAVAILABLE_COLUMNS), dtype=object
        )


def publish_results(store: Store, names: Sequence[str], folder: Path, *, command: str) -> list[Published]:
    """Write the results of catalogues as small tables.

    Parameters
    ----------
    store : Store
    names : sequence of str
        Catalogues, each published once and none if one cannot be; what was published of another one stays as it is.
    folder : Path
        Usually ``settings.published_dir()``.
    command : str
        The command that publishes them again.

    Returns
    -------
    list of Published

    Raises
    ------
    MissingArtifact
        If a catalogue is not there, or has no current evaluation.
    InvalidArtifact
        If an evaluation is damaged.
    ArtifactError
        If the disk is full or may not be written.
    """
    rows = {name: _rows(store, name) for name in names}
    return [_publish_one(store, name, found, folder, command) for name, found in rows.items()]


def _rows(store: Store, name: str) -> pd.DataFrame:
    """Return a catalogue's leaderboard, of which something has to be current."""
    read_present(store, name)
    rows = leaderboard(store, name)
    if rows["stale"].all():
        raise MissingArtifact(
            f"{name!r} has no evaluation that is current.", hint=f"Run: python -m lib evaluate {name} --model ID"
        )
    return rows


def _publish_one(store: Store, name: str, rows: pd.DataFrame, folder: Path, command: str) -> Published:
    """Publish one catalogue."""
    present = read_present(store, name)
    current = rows[~rows["stale"]].reset_index(drop=True)
    load = functools.lru_cache(maxsize=2)(functools.partial(load_evaluation, store, name))
    current["standing"] = _standings(current, load)
    labels = _label_rows(current, load, str(present.catalog.details["label"]))
    current["command"] = current["command"].map(without_paths)
    current["standing"] = current["standing"].map(_WRITTEN.__getitem__)
    with publish(folder / name, elsewhere=_ELSEWHERE) as draft:
        (draft / LEADERBOARD).write_bytes(to_csv(_rounded(current)))
        (draft / LABELS).write_bytes(to_csv(_rounded(labels)))
        write_manifest(draft, _manifest(store, present, current, len(rows) - len(current), without_paths(command)))
    return _read_one(folder / name)


def _standings(rows: pd.DataFrame, load: Callable[[str], Evaluation]) -> pd.Series:
    """Return each row's standing among those of its label and protocol."""
    found = [
        standing(group, load, metric=STANDING_METRIC) for _, group in rows.groupby(["label", "protocol"], sort=False)
    ]
    verdicts: pd.Series = pd.concat(found).reindex(rows.index)
    return verdicts


def _label_rows(rows: pd.DataFrame, load: Callable[[str], Evaluation], label: str) -> pd.DataFrame:
    """Return each label's numbers by the catalogue's own label, for the best embeddings as they are, by cosine."""
    plain = rows[(rows["variant"] == "") & (rows["label"] == label) & (rows["metric"] == "cosine")]
    protocol = "all" if "all" in set(plain["protocol"]) else plain["protocol"].min() if len(plain) else ""
    best = plain[plain["protocol"] == protocol].nlargest(_N_LABELLED, STANDING_METRIC)
    tables = [load(evaluation).labels.assign(evaluation=evaluation) for evaluation in best["evaluation"]]
    return pd.concat(tables)[list(LABEL_COLUMNS)] if tables else pd.DataFrame(columns=list(LABEL_COLUMNS))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with six significant digits, which is more than any interval here allows."""
    numbers = [str(name) for name, type_ in table.dtypes.items() if pd.api.types.is_float_dtype(type_)]
    return table.assign(**{name: table[name].map(lambda x: float(f"{x:.{_DIGITS}g}")) for name in numbers})


def _manifest(store: Store, present: Present, rows: pd.DataFrame, n_stale: int, command: str) -> Manifest:
    """Return the provenance."""
    catalog = present.catalog
    digests = {
        evaluation: sha256_of(store.result_folder(catalog.id, KIND, evaluation) / "manifest.json")
        for evaluation in rows["evaluation"]
    }
    evaluations = [manifest for manifest in store.manifests(catalog.id, KIND) if manifest.id in digests]
    lacking = unavailable(store, catalog.id).to_dict("records")
    return Manifest(
        kind=PUBLISHED_KIND,
        id=catalog.id,
        command=command,
        inputs={
            "catalog": catalog.id,
            "pictures_sha256": catalog.details.get("pictures_sha256"),
            "catalog_sha256": catalog.files.get("catalog.parquet"),
            "evaluations": digests,
        },
        parameters={"standing_metric": STANDING_METRIC, "digits": _DIGITS},
        n_in=len(rows) + n_stale,
        n=len(rows),
        skipped={"stale": n_stale} if n_stale else {},
        synthetic=catalog.synthetic,
        details={
            **{key: catalog.details.get(key) for key in ("title", "label", "source", "credits")},
            "n_pictures": catalog.n,
            "catalog_command": without_paths(catalog.command),
            "standing_metric": STANDING_METRIC,
            "made_with": library_versions_of(evaluations),
            "unavailable": [{str(key): without_paths(str(value)) for key, value in row.items()} for row in lacking],
        },
    )


def library_versions_of(evaluations: Sequence[Manifest]) -> dict[str, str]:
    """Return the versions of the libraries that made evaluations, several of one where they differ.

    Parameters
    ----------
    evaluations : sequence of Manifest

    Returns
    -------
    dict of str to str
    """
    versions: dict[str, set[str]] = {}
    for manifest in evaluations:
        for name, version in manifest.versions.items():
            versions.setdefault(name, set()).add(version)
    return {name: ", ".join(sorted(found)) for name, found in sorted(versions.items())}


def read_published(folder: Path) -> list[Published]:
    """Read what is published, by the catalogues' names; what is damaged is left out, and said so in the log.

    Parameters
    ----------
    folder : Path
        Usually ``settings.published_dir()``.

    Returns
    -------
    list of Published
    """
    found = []
    for path in sorted(folder.glob("[!.]*/manifest.json")):
        try:
            found.append(_read_one(path.parent))
        except ArtifactError as error:
            logger.warning("%s", error)
    return found


def _read_one(folder: Path) -> Published:
    """Read what is published of one catalogue, checked by its digests."""
    manifest = read_manifest(folder)
    if manifest.kind != PUBLISHED_KIND or manifest.id != folder.name:
        raise InvalidArtifact(f"{folder} holds no published results of {folder.name!r}.", hint=f"Delete {folder}.")
    if problem := details_problem(manifest):
        raise InvalidArtifact(f"{folder}: {problem}.", hint=f"Delete {folder} and run: {manifest.command}")
    verify(folder, manifest)
    try:
        rows, labels = (_read_table(folder / name) for name in (LEADERBOARD, LABELS))
    except (OSError, ValueError, KeyError) as error:
        raise InvalidArtifact(f"{folder} cannot be read ({error}).", hint=f"Run: {manifest.command}") from error
    title = str(manifest.details.get("title") or manifest.id)
    return Published(manifest.id, title, manifest, rows, labels)


def _read_table(path: Path) -> pd.DataFrame:
    """Read one table with the types that it was written from."""
    text = pd.read_csv(io.BytesIO(path.read_bytes()), dtype=str, keep_default_na=False)
    table = pd.DataFrame({name: _typed(text[name]) for name in text})
    if "standing" in table:
        unwritten = {written: verdict for verdict, written in _WRITTEN.items()}
        table["standing"] = pd.Series([unwritten[cell] for cell in text["standing"]], dtype=object)
    return table


def _typed(column: pd.Series) -> pd.Series:
    """Return a column of text as what its name says it holds."""
    if column.name in _SWITCHES:
        return column.map(lambda cell: {"True": True, "False": False}[cell]).astype(bool)
    if column.name in _COUNTS:
        return column.astype("int64")
    if column.name in _TEXT:
        return column.map(original_cell)
    return column.map(lambda cell: float(cell or "nan")).astype("float64")
