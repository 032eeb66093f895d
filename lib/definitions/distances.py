"""Distances between two vectors."""

from lib.definitions.definition import DISTANCES, Definition
from lib.retrieval.distances import DISTANCE_METRICS

FOUND = (
    Definition(
        key="cosine",
        name="Cosine distance",
        group=DISTANCES,
        short=DISTANCE_METRICS["cosine"].explanation,
        equation=r"d(x, y) = 1 - \frac{x \cdot y}{\lVert x \rVert \, \lVert y \rVert}",
        meaning="Only directions count: a vector and its double are at distance 0. 1 is a right angle, 2 the opposite. "
        "Many networks end in an activation that is never negative; between their vectors nothing is beyond 1.",
        pitfall="It is no percentage: how small is near depends on the model, so distances of two models cannot be "
        "compared. An all-zero vector has no direction; here it is at 1 from everything, and ranked last.",
        source="Salton, Wong, Yang: A vector space model for automatic indexing. CACM 18(11), 1975.",
        higher_is_better=False,
        unit="0 to 2",
    ),
    Definition(
        key="euclidean",
        name="Euclidean distance",
        group=DISTANCES,
        short=DISTANCE_METRICS["euclidean"].explanation,
        equation=r"d(x, y) = \sqrt{\textstyle\sum_i (x_i - y_i)^2}",
        meaning="The way as the crow flies. On vectors of length 1 it ranks exactly as cosine does, because "
        r"$\lVert x - y \rVert^2 = 2 - 2\cos(x, y)$ there.",
        pitfall="Long vectors are far from everything, and squaring lets one large component decide. In many "
        "dimensions the nearest and the farthest are almost equally far.",
        source="Beyer, Goldstein, Ramakrishnan, Shaft: When is 'nearest neighbor' meaningful? ICDT 1999.",
        higher_is_better=False,
        unit="as the vectors",
    ),
    Definition(
        key="manhattan",
        name="Manhattan distance",
        group=DISTANCES,
        short=DISTANCE_METRICS["manhattan"].explanation,
        equation=r"d(x, y) = \textstyle\sum_i |x_i - y_i|",
        meaning="The way along the streets of a grid. Nothing is squared, so many small differences weigh as much as a "
        "large one of the same sum.",
        pitfall="It changes when the axes are rotated, so a principal component analysis changes its ranking even if "
        "it keeps every dimension. No matrix product computes it: it is the slow one.",
        source="Aggarwal, Hinneburg, Keim: On the surprising behavior of distance metrics in high dimensional space. "
        "ICDT 2001.",
        higher_is_better=False,
        unit="as the vectors",
    ),
    Definition(
        key="hamming",
        name="Hamming distance",
        group=DISTANCES,
        short="How many bits of two codes differ.",
        equation=r"d(x, y) = \#\{\, i : x_i \ne y_i \,\}, \qquad x, y \in \{0, 1\}^n",
        meaning="For codes of zeros and ones, such as a perceptual hash. On those, Manhattan distance is the same "
        "number and Euclidean distance its root, so both rank as Hamming distance does.",
        pitfall="A code of 64 bits has only 65 distances: ties are the rule. Cosine ranks otherwise, because "
        "codes with many ones are long.",
        source="Hamming: Error detecting and error correcting codes. Bell System Technical Journal 29(2), 1950.",
        higher_is_better=False,
        unit="bits",
    ),
    Definition(
        key="score",
        name="Score",
        group=DISTANCES,
        short="The cosine similarity, or minus the distance: higher is better.",
        equation=r"s = \cos(x, y) = 1 - d \quad \text{(cosine)}, \qquad s = -d \quad \text{(others)}",
        meaning="The same as the distance, turned round so that the best is the largest. A table shows both.",
        pitfall="A score of .8 does not say 80 % alike, and scores of two models or two metrics cannot be compared.",
        source="Salton, Wong, Yang: A vector space model for automatic indexing. CACM 18(11), 1975.",
        higher_is_better=True,
        unit="-1 to 1, or minus a distance",
    ),
)
