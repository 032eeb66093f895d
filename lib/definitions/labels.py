"""How labels lie among the vectors. The equations are those of ``lib.retrieval.geometry``."""

from lib.definitions.definition import LABELS, Definition

_RADOVANOVIC = "Radovanović, Nanopoulos, Ivanović: Hubs in space. JMLR 11, 2010."
_SHARE_PAIRS = "Tan, Steinbach, Kumar: Introduction to Data Mining, chapter 8 (cohesion and separation). 2005."

FOUND = (
    Definition(
        key="intra_distance",
        name="Distance within labels",
        group=LABELS,
        short="Mean cosine distance over all pairs of items with one label.",
        equation=r"\mathrm{intra} = \operatorname*{mean}_{i \ne j,\; y_i = y_j} \bigl(1 - \cos(x_i, x_j)\bigr)",
        meaning="How tightly a model packs what belongs together. Small is good, next to the distance between labels.",
        pitfall="Alone it says nothing: a model that gives every picture the same vector has 0. A common label has "
        "most of the pairs, so it decides the mean.",
        source=_SHARE_PAIRS,
        higher_is_better=False,
        unit="cosine distance, 0 to 2",
    ),
    Definition(
        key="inter_distance",
        name="Distance between labels",
        group=LABELS,
        short="Mean cosine distance over all pairs of items with different labels.",
        equation=r"\mathrm{inter} = \operatorname*{mean}_{y_i \ne y_j} \bigl(1 - \cos(x_i, x_j)\bigr)",
        meaning="How far apart a model keeps what does not belong together.",
        pitfall="It says nothing of the borders: labels can be far apart on average and still touch, and a ranking "
        "goes wrong where they touch.",
        source=_SHARE_PAIRS,
        higher_is_better=True,
        unit="cosine distance, 0 to 2",
    ),
    Definition(
        key="separation_ratio",
        name="Separation ratio",
        group=LABELS,
        short="Mean distance between labels over mean distance within: above 1 where labels hold together.",
        equation=r"\mathrm{ratio} = \frac{\mathrm{inter}}{\mathrm{intra}}",
        meaning="Both means in one number that does not change when all distances are doubled, so models with "
        "differently wide vectors can be compared.",
        pitfall="A ratio of 1.3 can go with a Recall@1 of .9: neighbours decide a ranking, means of all pairs do not. "
        "It has no upper end.",
        source=_SHARE_PAIRS,
        higher_is_better=True,
        unit="times",
    ),
    Definition(
        key="silhouette",
        name="Silhouette",
        group=LABELS,
        short="How much nearer an item is to its own label than to the nearest other: -1 to 1.",
        equation=r"s_i = \frac{b_i - a_i}{\max(a_i, b_i)}, \qquad a_i = \text{mean distance to own label}, \qquad "
        r"b_i = \text{mean distance to the nearest other}",
        meaning="1: packed tightly and far from all others. 0: on the border. Below 0: nearer to another label. "
        "The mean over items is shown; distances are cosine. An item alone in its label has 0.",
        pitfall="It expects each label to be one round cloud. A label with two looks, such as watches from the front "
        "and from the side, scores low although every search succeeds.",
        source="Rousseeuw: Silhouettes. Journal of Computational and Applied Mathematics 20, 1987.",
        higher_is_better=True,
        unit="-1 to 1",
    ),
    Definition(
        key="calinski_harabasz",
        name="Calinski-Harabasz index",
        group=LABELS,
        short="Variance between labels over variance within, each by its degrees of freedom.",
        equation=r"\mathrm{CH} = \frac{B / (k - 1)}{W / (n - k)}, \qquad "
        r"B = \sum_{\ell} n_\ell \lVert m_\ell - m \rVert^2, \qquad W = \sum_i \lVert x_i - m_{y_i} \rVert^2",
        meaning="The F ratio of an analysis of variance, with vectors for numbers: are the labels' means further apart "
        "than their items scatter? Under cosine, vectors are brought to length 1 first.",
        pitfall="It grows with the number of items and has no upper end: compare models on the same items only.",
        source="Calinski, Harabasz: A dendrite method for cluster analysis. Communications in Statistics 3(1), 1974.",
        higher_is_better=True,
        unit="ratio, from 0",
    ),
    Definition(
        key="hubness_skewness",
        name="Hubness (skewness)",
        group=LABELS,
        short="Skewness of how often an item is among the ten nearest of a query: 0 without hubs.",
        equation=r"S = \frac{\operatorname{E}\bigl[(N_{10} - \mu)^3\bigr]}{\sigma^3}, \qquad "
        r"N_{10}(x) = \#\{\, q : x \in \mathrm{nearest}_{10}(q) \,\}",
        meaning="In many dimensions a few items near the middle become everybody's neighbour: hubs. They turn up in "
        "result after result, and others never do. The more, the further this is above 0.",
        pitfall="It depends on how many queries there are, and on near-duplicates. A hub with the right label harms "
        "no metric, so a good Recall@1 does not exclude hubs.",
        source=_RADOVANOVIC,
        higher_is_better=False,
        unit="skewness",
    ),
    Definition(
        key="hubness_top1_share",
        name="Hubness (share of the top 1 %)",
        group=LABELS,
        short="Share of all places among the ten nearest that the most frequent 1 % of items hold.",
        equation=r"T = \frac{\sum_{x \in \text{top } 1\,\%} N_{10}(x)}{\sum_{x} N_{10}(x)}",
        meaning="Hubness in words that a shop understands: .01 if every item is shown equally often, .1 if a hundredth "
        "of the items fills a tenth of all places.",
        pitfall="In a gallery of fewer than 150 items, 1 % is one item.",
        source=_RADOVANOVIC,
        higher_is_better=False,
        unit="share of places",
    ),
)
