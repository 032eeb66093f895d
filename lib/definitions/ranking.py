"""Metrics of one ranking: where the relevant items stand. The equations are those of ``lib.retrieval.metrics``."""

from lib.definitions.definition import RANKING, Definition

_MANNING = "Manning, Raghavan, Schütze: Introduction to Information Retrieval, chapter 8. 2008."
_MUSGRAVE = "Musgrave, Belongie, Lim: A metric learning reality check. ECCV 2020."

FOUND = (
    Definition(
        key="recall",
        name="Recall@K",
        group=RANKING,
        short="Whether one of the K nearest is relevant; over all queries, the share for which one is.",
        equation=r"\mathrm{R@K}(q) = \begin{cases} 1 & \min_i \mathrm{rank}_i \le K \\ "
        r"0 & \text{otherwise} \end{cases}",
        meaning="Does a person who looks at the first K results see anything that is right? For one query it is yes or "
        "no. It never falls when K grows.",
        pitfall="Two things are called recall. Classic information retrieval means the share of all relevant items "
        "that were found; metric learning, and every table here, means any hit (elsewhere CMC@K). At K = 20 almost "
        "every model looks good.",
        source="Jégou, Douze, Schmid: Product quantization for nearest neighbor search. IEEE TPAMI 33(1), 2011.",
        higher_is_better=True,
        unit="0 or 1; share of queries",
    ),
    Definition(
        key="precision",
        name="Precision@K",
        group=RANKING,
        short="Share of the K nearest that is relevant.",
        equation=r"\mathrm{P@K}(q) = \frac{\#\{\, i : \mathrm{rank}_i \le K \,\}}{K}",
        meaning="Of a page of K results, how many are right. Where on the page they stand does not matter.",
        pitfall="Where fewer than K items are relevant it cannot reach 1, however good the model: a rare label pulls "
        "it down. R-precision does not have that flaw. (A network's arithmetic, f32 or bf16, is called precision too.)",
        source=_MANNING,
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="map",
        name="mAP",
        group=RANKING,
        short="Mean over queries of average precision: the precision at each relevant item, over the full ranking.",
        equation=r"\mathrm{AP}(q) = \frac{1}{R} \sum_{i=1}^{R} \frac{i}{\mathrm{rank}_i}, \qquad "
        r"\mathrm{mAP} = \frac{1}{|Q|} \sum_{q} \mathrm{AP}(q)",
        meaning="Go down the whole ranking; at each relevant item note the share of relevant ones so far; average "
        "those. 1 means that every relevant item stands before every other.",
        pitfall="An item at rank 30,000 still counts, though nobody scrolls there. Libraries that cut the ranking at K "
        "call that mAP@K, and divide by R, by K or by the hits: three different numbers.",
        source=_MANNING,
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="map_at_r",
        name="MAP@R",
        group=RANKING,
        short="Average precision over the first R ranks, R relevant items being there.",
        equation=r"\mathrm{MAP@R}(q) = \frac{1}{R} \sum_{i \,:\, \mathrm{rank}_i \le R} \frac{i}{\mathrm{rank}_i}",
        meaning="Average precision that looks only as far as a perfect ranking would need to. It rewards both finding "
        "the relevant items and having them first, and tells models apart that Recall@1 calls equal.",
        pitfall="It is harsh where labels are few or broad: an item at rank R + 1 counts nothing. "
        "It is never above mAP, so the two are not to be mixed in one column.",
        source=_MUSGRAVE,
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="r_precision",
        name="R-precision",
        group=RANKING,
        short="Share of relevant items among the first R, R being their number.",
        equation=r"\mathrm{RP}(q) = \frac{\#\{\, i : \mathrm{rank}_i \le R \,\}}{R}",
        meaning="Precision at the one cut where precision and classic recall are the same, so 1 can always be reached.",
        pitfall="The order within the first R does not matter, and R differs between queries: a label with 7,000 "
        "pictures is looked at far deeper than one with 2.",
        source=_MUSGRAVE,
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="mrr",
        name="MRR",
        group=RANKING,
        short="1 over the rank of the nearest relevant item.",
        equation=r"\mathrm{RR}(q) = \frac{1}{\min_i \mathrm{rank}_i}, \qquad "
        r"\mathrm{MRR} = \frac{1}{|Q|} \sum_{q} \mathrm{RR}(q)",
        meaning="How soon the first right result comes: 1, a half, a third, and so on. Everything after it is ignored.",
        pitfall="The step from rank 1 to rank 2 costs a half, from 10 to 11 next to nothing. Ranks are "
        "no lengths, so the mean has no meaning as 1 over a mean rank.",
        source="Voorhees: The TREC-8 question answering track report. 1999.",
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="hits_before_miss",
        name="Right before the first wrong",
        group=RANKING,
        short="Relevant items that stand before the first other one.",
        equation=r"H(q) = \#\{\, i : \mathrm{rank}_i = i \,\}",
        meaning="How far one can scroll before something wrong turns up.",
        pitfall="It is a count of items, not a share: frequent labels can reach more, so catalogues cannot be compared "
        "by it, and a few very long runs make its mean.",
        source="Counted here; the first term of the precision-recall curve, " + _MANNING,
        higher_is_better=True,
        unit="items",
    ),
    Definition(
        key="ndcg",
        name="nDCG@10",
        group=RANKING,
        short="How near the ten nearest come to the best ten there are, the finer the shared label and the earlier, "
        "the more.",
        equation=r"\mathrm{nDCG@10}(q) = \frac{\sum_{j=1}^{10} g_j / \log_2(j + 1)}"
        r"{\sum_{j=1}^{10} g^*_j / \log_2(j + 1)}",
        meaning="Results have grades: in the fashion set 3 for the same article type, 2 for the same sub-category, 1 "
        "for the same master category. Each gain is discounted by its rank, and the sum divided by that of the best "
        "ten which the gallery has for this query.",
        pitfall="Gains count as they are here; many libraries use 2 to the power of the grade, minus 1, which is "
        "another number. Without a hierarchy the grades are 1 or 0, and `ndcg_binary` says so.",
        source="Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques. ACM TOIS 20(4), 2002.",
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="same_attribute",
        name="Same gender, same colour@10",
        group=RANKING,
        short="Share of the ten nearest that have the query's value of another attribute.",
        equation=r"S(q) = \frac{\#\{\, j \le 10 : v_j = v_q \,\}}{10}",
        meaning="A model ranked by article type may still see colour, or mix men's and women's wear. "
        "This says how much of it there is among the nearest, though nothing asked for it.",
        pitfall="Compare it with the attribute's share of the whole catalogue: if half of all pictures are of men's "
        "wear, .5 is what chance gives. A query without a value is left out of the mean.",
        source="Precision@K of another label, " + _MANNING,
        higher_is_better=None,
        unit="share",
    ),
)
