"""The leaderboard as one HTML file that needs nothing else: no script, no network, nothing from beside it."""

import datetime
import math
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd

from lib.anonymous import without_paths
from lib.definitions import definition, topic_of
from lib.errors import SearchError
from lib.report.intervals import Scale, axis_svg, interval_svg
from lib.report.provenance import Provenance
from lib.report.wording import Row, distance_title, interval, metric_title, moment, number, variant_words
from lib.retrieval.leaderboard import metric_names
from lib.retrieval.protocols import PROTOCOLS

#: Metrics that stand beside the chosen one, where they are not it.
_BESIDE = ("recall@1", "map", "map_at_r")
#: Column -> heading and number format of what a row costs.
_COSTS = {
    "dim": ("Numbers an item", ",.0f"),
    "bytes_per_item": ("Bytes an item", ",.0f"),
    "ms_per_query": ("ms a query", ".2f"),
    "images_per_second": ("Images a second", ",.0f"),
}
_MARKS = {"best": "best", "tied": "not told from the best"}


def leaderboard_report(
    rows: pd.DataFrame,
    *,
    metric: str,
    provenance: Provenance,
    unavailable: pd.DataFrame | None = None,
    n_left_out: int = 0,
    command: str = "",
) -> str:
    """Return a leaderboard as one self-contained HTML file.

    Parameters
    ----------
    rows : DataFrame
        Rows of ``lib.retrieval.leaderboard.leaderboard``, with a column ``standing`` where it is known. Those of
        several labels or protocols are put into tables of their own.
    metric : str
        By which the rows are sorted, and whose intervals are drawn.
    provenance : Provenance
    unavailable : DataFrame, optional
        What experiments asked for and did not get, as of ``lib.retrieval.leaderboard.unavailable``.
    n_left_out : int, default=0
        Variants and samples of queries that `rows` does not hold, to be told.
    command : str, default=""
        The command that writes the report again.

    Returns
    -------
    str

    Raises
    ------
    SearchError
        If there are no rows, or they lack the metric.
    """
    if rows.empty or metric not in metric_names(rows):
        raise SearchError(
            f"There is nothing to report by {metric!r}: {len(rows)} evaluations have it.",
            hint=f"There are: {', '.join(metric_names(rows)) or 'none yet'}.",
        )
    order = {protocol: place for place, protocol in enumerate(PROTOCOLS)}
    asked = {(str(row.label), str(row.protocol)) for row in rows.itertuples()}
    groups = [
        rows[(rows["label"] == label) & (rows["protocol"] == protocol)]
        for label, protocol in sorted(asked, key=lambda pair: (pair[0], order.get(pair[1], len(order)), pair[1]))
    ]
    title = f"Which model finds the right products? {provenance.title}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="quiet">{escape(_holds(len(rows), n_left_out, provenance.name))}</p>',
        _made_up(provenance),
        _how_to_read(metric),
        *(_section(group, metric) for group in groups),
        _lacking(unavailable),
        _provenance(rows, provenance, command),
    ]
    return _document(title, parts)


def _holds(n: int, n_left_out: int, name: str) -> str:
    """Return which evaluations the report holds, and which it does not."""
    held = f"{n:,} evaluation{'s' * (n != 1)} of the catalogue {name}"
    if not n_left_out:
        return f"{held}."
    return (
        f"{held}: models as they were embedded, asked with as many queries as there are. Variants and samples are left "
        f"out: {n_left_out:,} of {n + n_left_out:,} evaluations."
    )


def _document(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_style()}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def _made_up(provenance: Provenance) -> str:
    if not provenance.synthetic:
        return ""
    return (
        '<p class="made-up"><strong>Made-up sample data.</strong> These pictures were drawn by a program: the numbers '
        "show how the comparison works, not how good a model is on real products.</p>"
    )


def _how_to_read(metric: str) -> str:
    known = topic_of(metric)
    meaning = f" {escape(definition(metric).short)}" if known else ""
    return (
        f"<h2>How to read it</h2><p><strong>{escape(metric_title(metric))}.</strong>{meaning} Each line runs over the "
        "95 % interval of the mean over queries: another draw of as many queries would most likely give a mean within "
        "it. A model is marked as not told from the best where the interval of the difference, query by query, "
        "covers zero. Numbers by different labels or protocols are answers to different questions and are never "
        "put into one table.</p>"
    )


def _section(rows: pd.DataFrame, metric: str) -> str:
    """Return the table of one label and protocol, and who was asked what."""
    rows = rows.sort_values(metric, ascending=False, kind="stable", na_position="last")
    scale = Scale.of([*rows[metric], *rows[f"{metric}_low"], *rows[f"{metric}_high"]])
    beside = [name for name in _BESIDE if name != metric and name in rows and rows[name].notna().any()]
    costs = [name for name in _COSTS if rows[name].notna().any()]
    label, name = str(rows["label"].iloc[0]), metric_title(metric)
    head = [_cell("Model"), _cell(name, "number"), f"<th>{axis_svg(scale)}</th>", _cell("Standing")]
    head += [_cell(metric_title(other), "number") for other in beside]
    head += [_cell(_COSTS[cost][0], "number") for cost in costs] + [_cell("Queries", "number")]
    body = "".join(_row(row, metric, scale, beside, costs) for row in rows.to_dict("records"))
    protocol = str(rows["protocol"].iloc[0])
    shown = PROTOCOLS[protocol].label if protocol in PROTOCOLS else protocol
    return (
        f"<h2>{escape(shown)}, by {escape(label)}</h2>{_asked(rows, label, protocol)}{_finding(rows, metric)}"
        f'<div class="wide"><table><caption>Best first by {escape(name)}; the scale need not begin at 0.</caption>'
        f"<thead><tr>{''.join(head)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _asked(rows: pd.DataFrame, label: str, protocol: str) -> str:
    """Return what was asked, in a few sentences."""
    sentences = [
        PROTOCOLS[protocol].explanation if protocol in PROTOCOLS else "",
        f"A picture is right if it has the same {label} as the query.",
        f"{_range(rows['n_queries'])} queries against {_range(rows['n_gallery'])} pictures.",
    ]
    left_out = int(rows["n_left_out"].max())
    if left_out:
        of_them = "1 query is left out: no other picture has its"
        many = f"{left_out:,} queries are left out: no other picture has their"
        sentences.append(f"{of_them if left_out == 1 else many} {label}.")
    n_sampled = int((rows["n_queries"] < rows["n_sampled_from"]).sum())
    if 0 < n_sampled < len(rows):
        sentences.append("Rows with fewer queries asked a sample of them.")
    return f"<p>{escape(' '.join(sentences).strip())}</p>"


def _range(counts: pd.Series) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _finding(rows: pd.DataFrame, metric: str) -> str:
    """Return which row is best, and which cannot be told from it."""
    if "standing" not in rows or not (rows["standing"] == "best").any():
        return ""
    best = rows[rows["standing"] == "best"].to_dict("records")[0]
    tied = [_name(row) for row in rows[rows["standing"] == "tied"].to_dict("records")]
    also = f" Not told from it: {'; '.join(tied)}." if tied else " Every row that could be compared is behind it."
    found = f"Best: {_name(best)}, with {metric_title(metric)} {_spoken(best, metric)}.{also}"
    return f"<p><strong>{escape(found)}</strong></p>" if len(rows) > 1 else ""


def _name(row: Row) -> str:
    """Return what a row is called in a sentence."""
    variant = f", {variant_words(row['variant'])}" if row["variant"] else ""
    return f"{row['title']}, {distance_title(row['metric'])}{variant}"


def _row(row: Row, metric: str, scale: Scale, beside: list[str], costs: list[str]) -> str:
    """Return one row of the table."""
    standing, stale = row.get("standing"), bool(row["stale"])
    marks = [_mark(standing, _MARKS[standing])] if standing in _MARKS else []
    marks += [_mark("stale", "stale: its inputs have changed")] if stale else []
    classes = " ".join([standing if standing in _MARKS else "", "stale" if stale else ""]).strip()
    what = ", ".join([distance_title(row["metric"]), *([variant_words(row["variant"])] if row["variant"] else [])])
    variant = f'<span class="variant">{escape(what)}</span>'
    recall = row.get("index_recall", math.nan)
    if math.isfinite(recall):
        variant += f'<span class="variant">finds {recall:.3f} of the ten that an exact search finds</span>'
    cells = [
        f'<th scope="row">{escape(str(row["title"]))}{variant}</th>',
        f'<td class="number">{_with_interval(row, metric)}</td>',
        f"<td>{interval_svg(scale, *(row[column] for column in (metric, f'{metric}_low', f'{metric}_high')))}</td>",
        f"<td>{' '.join(marks)}</td>",
        *(f'<td class="number">{_with_interval(row, other)}</td>' for other in beside),
        *(f'<td class="number">{number(row[cost], _COSTS[cost][1])}</td>' for cost in costs),
        f'<td class="number">{row["n_queries"]:,}</td>',
    ]
    return f'<tr class="{classes}">{"".join(cells)}</tr>\n'


def _cell(text: str, kind: str = "") -> str:
    return f'<th scope="col" class="{kind}">{escape(text)}</th>'


def _mark(kind: str, text: str) -> str:
    return f'<span class="mark {kind}">{escape(text)}</span>'


def _with_interval(row: Row, metric: str) -> str:
    """Return a value and its interval as the content of a cell."""
    shown = interval(row, metric)
    return number(row[metric], ".3f") + (f'<span class="interval">{shown}</span>' if shown else "")


def _spoken(row: Row, metric: str) -> str:
    """Return a value with its interval, in a sentence."""
    shown = interval(row, metric)
    return number(row[metric], ".3f") + (f" (95 % interval {shown})" if shown else "")


def _lacking(unavailable: pd.DataFrame | None) -> str:
    """Return what was asked for and is not there."""
    if unavailable is None or unavailable.empty:
        return ""
    columns = {"experiment": "Experiment", "asked": "Asked for", "status": "Status", "reason": "Reason"}
    head = "".join(_cell(title) for title in columns.values())
    rows = unavailable.drop_duplicates(subset=["asked", "reason"]).to_dict("records")
    cells = ["".join(f"<td>{escape(without_paths(str(row[name])))}</td>" for name in columns) for row in rows]
    body = "".join(f"<tr>{row}</tr>\n" for row in cells)
    return (
        "<h2>Asked for, and not measured</h2><p>No number above stands in for these.</p>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _provenance(rows: pd.DataFrame, provenance: Provenance, command: str) -> str:
    """Return where the numbers come from, and the command that makes each again."""
    written = moment(datetime.datetime.now(datetime.UTC).isoformat())
    facts = [("Catalogue", f"{provenance.title} ({provenance.name})"), *provenance.facts]
    facts += [("Made-up data", "yes" if provenance.synthetic else "no"), ("This report", written)]
    facts += [("Written with", without_paths(command))] if command else []
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    head = "".join(_cell(title) for title in ("Evaluation", "Made", "Seed", "Command"))
    body = "".join(
        f"<tr><td><code>{escape(str(row['evaluation']))}</code></td><td>{escape(moment(str(row['created_at'])))}</td>"
        f'<td class="number">{row["seed"]}</td><td><code>{escape(without_paths(str(row["command"])))}</code></td></tr>'
        for row in rows.to_dict("records")
    )
    return (
        f"<h2>Where the numbers come from</h2><dl>{listed}</dl>"
        f'<div class="wide"><table><caption>Each row can be made again.</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
