"""Where to cut a ranking, and which model to take."""

from lib.definitions.definition import CHOOSING, Definition

FOUND = (
    Definition(
        key="threshold",
        name="Threshold",
        group=CHOOSING,
        short="The largest distance of a result: nothing farther away is one.",
        equation=r"A_t(q) = \{\, x : d(q, x) \le t \,\}, \qquad "
        r"\mathrm{precision}(t) = \frac{\text{relevant in all } A_t}{\text{all in } A_t}, \qquad "
        r"\mathrm{recall}(t) = \frac{\text{relevant in all } A_t}{\text{relevant}}",
        meaning="A ranking always has a first place, even if nothing similar exists. A threshold lets a search answer "
        "'nothing similar enough'. The larger it is, the more is found, and the more of it is wrong.",
        pitfall="A threshold belongs to one model, one metric and one label. Its precision must be measured on other "
        "queries than it was chosen on, else it is too high. It is a distance, never a score.",
        source="Davis, Goadrich: The relationship between precision-recall and ROC curves. ICML 2006.",
        higher_is_better=None,
        unit="distance",
    ),
    Definition(
        key="pareto",
        name="Pareto front",
        group=CHOOSING,
        short="The models that no other one beats in quality without costing more.",
        equation=r"m \text{ is on it} \iff \nexists\, m' : \qquad c(m') \le c(m) \wedge v(m') \ge v(m), \qquad "
        r"\text{one of the two strictly}",
        meaning="For each model off the front there is another that is no dearer and no worse: nobody needs it. Along "
        "the front every step up in quality costs something.",
        pitfall="Which of the front to take is a matter of the budget, not of mathematics. Points closer than their "
        "intervals may well change places.",
        source="Kung, Luccio, Preparata: On finding the maxima of a set of vectors. JACM 22(4), 1975.",
    ),
    Definition(
        key="overlap",
        name="Agreement (overlap@K)",
        group=CHOOSING,
        short="Share of the first K results of two models that both have there.",
        equation=r"O_K(q) = \frac{\lvert A_K(q) \cap B_K(q) \rvert}{K}",
        meaning="Two models with one score may find quite different things. Where they agree little, each sees "
        "something that the other misses, and showing both, or joining them, may help.",
        pitfall="It says nothing of who is right, and not of the order within the first K. Near-duplicates raise it: "
        "every model finds those.",
        source="Webber, Moffat, Zobel: A similarity measure for indefinite rankings. ACM TOIS 28(4), 2010.",
        higher_is_better=None,
        unit="share",
    ),
    Definition(
        key="cost",
        name="Cost",
        group=CHOOSING,
        short="Numbers and bytes an item, milliseconds a query, pictures embedded a second.",
        equation=r"\text{bytes} = n \times \text{numbers} \times \text{bytes a number}",
        meaning="Bytes an item decide how large a shop fits into memory; milliseconds a query how many customers one "
        "machine serves; pictures a second how long a new catalogue takes.",
        pitfall="Times are of one machine, on one day, with its load. Compare those that were measured side by side.",
        source="Canziani, Paszke, Culurciello: An analysis of deep neural network models for practical applications. "
        "arXiv:1605.07678, 2016.",
        higher_is_better=False,
        unit="bytes, ms, pictures/s",
    ),
)
