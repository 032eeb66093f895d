"""Worked examples of one ranking: which of the nearest are relevant, and what every metric makes of that."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.charts.lesson import ranking_strip
from lib.retrieval import metrics
from lib.retrieval.grades import Grades
from lib.retrieval.protocols import label_codes
from lib.retrieval.ranks import RelevantRanks
from pages import _shared as shared
from pages._learn_knobs import Knobs

N_SHOWN, N_GALLERY, N_NEAREST = 12, 1000, 10
RANKS = list(range(1, N_SHOWN + 1))
START = (1, 3, 4, 8)


def ranks(knobs: Knobs, topic: str) -> None:
    """Draw a row of results that are relevant or not, and every metric of it."""
    st.markdown(f"One query, and its {N_SHOWN} nearest of a gallery of {N_GALLERY:,}. Which of them are relevant?")
    chosen = sorted(knobs.several("at", "Relevant at ranks", RANKS, START))
    more = knobs.number("more", "Relevant items further down", 0, 20, 2, help="They stand at the very end.")
    k = knobs.steps("k", "K", RANKS[:10], 5) if topic in ("recall", "precision") else 5
    all_ranks = chosen + [N_GALLERY - more + 1 + i for i in range(more)]
    cut = {"recall": k, "precision": k, "map_at_r": len(all_ranks), "r_precision": len(all_ranks)}.get(topic)
    shared.chart(
        ranking_strip([int(rank in chosen) for rank in RANKS], title="", subtitle="", cut=cut),
        key="learn-ranks",
        alt=f"Ranks 1 to {N_SHOWN}; relevant: {', '.join(map(str, chosen)) or 'none'}",
    )
    st.caption(_caption(chosen, more, cut))
    if not all_ranks:
        st.info("Nothing is relevant: such a query is left out, because no ranking could be right.")
        return
    found = RelevantRanks.of([all_ranks])
    values = {
        "recall": (f"Recall@{k}", metrics.recall_at(found, k)),
        "precision": (f"Precision@{k}", metrics.precision_at(found, k)),
        "map": ("Average precision", metrics.average_precision(found)),
        "map_at_r": ("MAP@R", metrics.map_at_r(found)),
        "r_precision": ("R-precision", metrics.r_precision(found)),
        "mrr": ("Reciprocal rank", metrics.reciprocal_rank(found)),
        "hits_before_miss": ("Right before the first wrong", metrics.hits_before_miss(found)),
    }
    name, value = values.pop(topic)
    st.metric(name, f"{float(value[0]):.4g}")
    st.latex(written_out(topic, found, k))
    st.caption(
        "The same ranking by the others: " + " · ".join(f"{n} **{float(v[0]):.3f}**" for n, v in values.values())
    )


def _caption(chosen: list[int], more: int, cut: int | None) -> str:
    r = len(chosen) + more
    line = f" The line is behind rank {cut}." if cut else ""
    return f"R = {r} are relevant, {more} of them at the very end.{line}"


def written_out(topic: str, found: RelevantRanks, k: int) -> str:
    """Return the sum behind a metric of one query, as LaTeX; its terms are those of ``RelevantRanks``."""
    r, first = int(found.counts[0]), int(found.first[0])
    terms = [(int(i), int(rank)) for i, rank in zip(found.positions, found.ranks, strict=True)]
    fractions = " + ".join(rf"\tfrac{{{i}}}{{{rank}}}" for i, rank in terms)
    within = [(i, rank) for i, rank in terms if rank <= r]
    of_first = " + ".join(rf"\tfrac{{{i}}}{{{rank}}}" for i, rank in within) or "0"
    relation = r"\le" if first <= k else ">"
    listed = [*(str(rank) for _, rank in terms[:6]), *([r"\ldots"] if r > 6 else [])]
    return {
        "recall": rf"\min_i \mathrm{{rank}}_i = {first} {relation} {k}",
        "precision": rf"\frac{{{sum(rank <= k for _, rank in terms)}}}{{{k}}}",
        "map": rf"\frac{{1}}{{{r}}} \left( {fractions} \right)",
        "map_at_r": rf"\frac{{1}}{{{r}}} \left( {of_first} \right)",
        "r_precision": rf"\frac{{{len(within)}}}{{{r}}}",
        "mrr": rf"\frac{{1}}{{{first}}}",
        "hits_before_miss": rf"\#\{{\, i : \mathrm{{rank}}_i = i \,\}}, \quad "
        rf"\mathrm{{rank}} = {', '.join(listed)}",
    }[topic]


def graded(knobs: Knobs, _topic: str) -> None:
    """Draw ten graded results, and nDCG against the best ten there are."""
    st.markdown("A query, a red **T-shirt**. What are its ten nearest?")
    ten = RANKS[:N_NEAREST]
    levels = {3: "T-shirts (grade 3)", 2: "other topwear (2)", 1: "other apparel (1)"}
    start = {3: (1, 2, 5), 2: (3, 7), 1: (4, 9)}
    found = {grade: knobs.several(f"g{grade}", f"{name} at ranks", ten, start[grade]) for grade, name in levels.items()}
    grades = [max([grade for grade, places in found.items() if rank in places], default=0) for rank in ten]
    spare = {g: knobs.number(f"s{g}", f"{levels[g]} further down", 0, 30, 6 - g) for g in (3, 2)}
    everything = grades + [grade for grade, n in spare.items() for _ in range(n)]
    shared.chart(
        ranking_strip(grades, title="", subtitle="the grade of each result; ×: shares nothing"),
        key="learn-grades",
        alt=f"Grades of the ten nearest: {', '.join(map(str, grades))}",
    )
    gains, ideal = _gains(everything)
    value = float(metrics.ndcg(gains, ideal)[0])
    if np.isnan(value):
        st.info("Nothing in the gallery shares anything with the query: nDCG is not defined, and it is left out.")
        return
    st.metric("nDCG@10", f"{value:.4g}")
    st.markdown("Above the line of the fraction:")
    draw_sum(_discounted(gains[0]))
    st.markdown("Below it, the best ten of this gallery:")
    draw_sum(_discounted(ideal[0]))


def _gains(grades: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return what ``Grades`` makes of a gallery in which the query, row 0, shares so many levels with each item."""
    codes = np.array(
        [[0] + [0 if grade >= level else row for row, grade in enumerate(grades, 1)] for level in (1, 2, 3)]
    )
    made, query = Grades(("masterCategory", "subCategory", "articleType"), codes), np.zeros(1, np.int64)
    return made.gains(query, np.arange(1, N_NEAREST + 1)[None, :]), made.ideal(query, N_NEAREST)


def _discounted(gains: np.ndarray) -> list[str]:
    """Return the terms of a discounted sum as LaTeX; gains of 0 are left out."""
    return [rf"\tfrac{{{gain:.0f}}}{{\log_2 {rank + 1}}}" for rank, gain in enumerate(gains, 1) if gain]


def draw_sum(terms: list[str], *, per_line: int = 5, sign: str = "+") -> None:
    """Draw a sum, so many terms a line that a phone shows them all."""
    rows = [f" {sign} ".join(terms[start : start + per_line]) for start in range(0, len(terms), per_line)]
    st.latex(r"\begin{aligned} &" + rf" \\ {sign} &\,".join(rows or ["0"]) + r" \end{aligned}")


def same_value(knobs: Knobs, _topic: str) -> None:
    """Draw ten results that have the query's colour or not."""
    ten = RANKS[:N_NEAREST]
    same = knobs.several("same", "Has the query's colour, at ranks", ten, (1, 2, 4, 5, 8))
    lacking = knobs.several("none", "Has no colour at all, at ranks", ten, (10,))
    colours = ["blue", *(None if i in lacking else "blue" if i in same else "red" for i in ten)]
    codes, _ = label_codes(pd.Series(colours))
    value = float(metrics.share_with_value(codes[None, 1:], codes[:1])[0])
    boxes = [int(colour == "blue") for colour in colours[1:]]
    shared.chart(
        ranking_strip(boxes, title="", subtitle="✓: the query's colour; ×: another one, or none"),
        key="learn-same",
        alt=f"The query's colour at {sum(boxes)} of ten ranks",
    )
    st.metric("Same colour@10", f"{value:.4g}")
    st.latex(rf"\frac{{{sum(boxes)}}}{{{N_NEAREST}}}")
