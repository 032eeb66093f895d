"""How sure a mean over queries is."""

from lib.definitions.definition import CERTAINTY, Definition

FOUND = (
    Definition(
        key="interval",
        name="95 % interval",
        group=CERTAINTY,
        short="Computed so, about 95 of 100 intervals hold the mean that all queries of this kind would give.",
        equation=r"\bigl[\, q_{2.5\,\%},\; q_{97.5\,\%} \,\bigr] \text{ of } \bar{x}^*_1, \ldots, \bar{x}^*_{1000}, "
        r"\qquad \bar{x}^*_b = \text{mean of } n \text{ values, redrawn}",
        meaning="A percentile bootstrap: as many queries as there are get drawn with replacement, their mean is noted, "
        "and that a thousand times. The interval leaves out the lowest and the highest 2.5 % of those means.",
        pitfall="It knows this catalogue only and says nothing of another shop. Two overlapping intervals do not show "
        "that models are alike: compare them query by query. With a handful of queries it is too narrow.",
        source="Efron: Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1979.",
        unit="as its metric",
    ),
    Definition(
        key="jackknife",
        name="Interval of a whole gallery",
        group=CERTAINTY,
        short="How sure silhouette, distances and hubness are, by what they would be if one part after the other were "
        "left out.",
        equation=r"\mathrm{SE}^2 = \frac{g - 1}{g} \sum_{j=1}^{g} \bigl( v_{-j} - \bar{v} \bigr)^2, \qquad "
        r"v \pm t_{g-1} \cdot \mathrm{SE}",
        meaning="These numbers come from pairs of items. A bootstrap would draw an item twice, and it would be its own "
        "nearest neighbour. So each label (for hubness each hundredth of the queries) is left out once, and how far "
        "the number moves says how sure it is.",
        pitfall="It says what other labels like these would have given, not other pictures of the same labels. "
        "Fewer than three labels give no interval, and a few huge labels one that is somewhat too narrow.",
        source="Efron, Stein: The jackknife estimate of variance. Annals of Statistics 9(3), 1981.",
        unit="as its metric",
    ),
    Definition(
        key="difference",
        name="Paired difference",
        group=CERTAINTY,
        short="The mean difference of two models, query by query, with its interval: no difference is shown where that "
        "covers zero.",
        equation=r"\bar{d} = \frac{1}{n} \sum_{q} \bigl(a_q - b_q\bigr), \qquad "
        r"\text{shown if } 0 \notin \bigl[\, q_{2.5\,\%},\, q_{97.5\,\%} \,\bigr] \text{ of } \bar{d}^*",
        meaning="A hard query is hard for both models. Taking the difference first removes what they share, so far "
        "smaller differences show than by comparing two intervals.",
        pitfall="No difference shown is not the same as equal: there may be too few queries. With twenty models "
        "compared, one shows a difference by chance.",
        source="Sakai: Evaluating evaluation metrics based on the bootstrap. SIGIR 2006.",
        unit="as its metric",
    ),
    Definition(
        key="macro",
        name="Macro and micro",
        group=CERTAINTY,
        short="Macro is the mean over labels of each label's mean; micro is the mean over queries.",
        equation=r"\mathrm{micro} = \frac{1}{|Q|} \sum_{q} v_q, \qquad "
        r"\mathrm{macro} = \frac{1}{|L|} \sum_{\ell \in L} \frac{1}{|Q_\ell|} \sum_{q \in Q_\ell} v_q",
        meaning="Micro asks how the next picture will do, macro how the next kind of thing will do. "
        "A model that is good at T-shirts alone has a fine micro and a poor macro where most pictures are T-shirts.",
        pitfall="A label with two pictures weighs as much in macro as one with 7,000, and its mean is mostly luck. "
        "The two are never to be mixed in one column.",
        source="Manning, Raghavan, Schütze: Introduction to Information Retrieval, section 13.6. 2008.",
        unit="as its metric",
    ),
    Definition(
        key="near_duplicates",
        name="Near-duplicates",
        group=CERTAINTY,
        short="Pictures that show the same photograph: they find each other whatever the model.",
        equation=r"\mathrm{hash}(a) = \mathrm{hash}(b) \;\wedge\; \operatorname{corr}(a, b) \ge 0.98",
        meaning="Shops photograph a product twice, or sell one photograph under two numbers. Two pictures count as "
        "near-duplicates if their 64-bit perceptual hashes are equal and their 32 x 32 grey pixels correlate by at "
        "least .98. Every score is given again with them taken out of the rankings.",
        pitfall="A copy flatters every model, a poor one most. The hash alone joins different articles on "
        "white; a copy that was cropped or mirrored escapes.",
        source="Barz, Denzler: Do we train on test data? Purging CIFAR of near-duplicates. Journal of Imaging 6(6), "
        "2020.",
        unit="pictures",
    ),
)
