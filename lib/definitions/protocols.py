"""The protocols: names and first sentences are those of ``lib.retrieval.protocols.PROTOCOLS``."""

from lib.definitions.definition import PROTOCOL, Definition
from lib.retrieval.protocols import PROTOCOLS

_ALL = "Q = G, \\qquad G_q = G \\setminus \\{q\\}"
_SONG = "Oh Song, Xiang, Jegelka, Savarese: Deep metric learning via lifted structured feature embedding. CVPR 2016."
#: Protocol -> who asks (Q) and who is ranked for a query (G_q), meaning, pitfall, source.
_SAID: dict[str, tuple[str, str, str, str]] = {
    "all": (
        _ALL,
        "Each picture is a query once and is ranked against everything but itself. It has the most queries, hence the "
        "narrowest intervals, and is the choice for models that were not trained on this catalogue.",
        "A model that was trained on these pictures has seen the answers. Its train split must not ask.",
        _SONG,
    ),
    "test-vs-all": (
        r"Q = \mathrm{test}, \qquad G_q = G \setminus \{q\}",
        "What a customer does: a new picture, searched in the whole shop. The gallery is as large as it will be.",
        "The gallery holds pictures that a trained model has learnt by heart; that may help or harm it, and differs "
        "from one that was not trained.",
        "Liu, Luo, Qiu, Wang, Tang: DeepFashion. CVPR 2016 (in-shop retrieval: queries and gallery apart).",
    ),
    "test-vs-test": (
        r"Q = \mathrm{test}, \qquad G_q = \mathrm{test} \setminus \{q\}",
        "Only pictures that no model has learnt from, on either side: trained and untrained models are on a par.",
        "The gallery is a fraction of the shop, so there are fewer wrong answers to fall for: scores are higher or "
        "lower than in the shop, never the same. Never compare them with those of another protocol.",
        _SONG,
    ),
    "unseen-labels": (
        r"Q = G = \{\, x : y_x \notin L_{\mathrm{train}} \,\}, \qquad G_q = G \setminus \{q\}",
        "The test of metric learning: does what was learnt on some kinds of things hold for kinds never seen? "
        "Applies only to models that were trained on a part of the labels.",
        "Which labels are left out decides how hard it is; few unseen labels make a small, easy gallery.",
        _SONG,
    ),
    "as-s2": (
        r"|Q| = 1000 \text{ drawn at random}, \qquad G_q = G \ni q",
        "Kept as a warning. The query stays in its own gallery and finds itself at distance 0, so Recall@1, MRR and "
        "the first term of average precision are 1 by arithmetic.",
        "All its numbers are too high and none of them measures a model. Never compare them with other protocols'.",
        "An error of method met in practice; Musgrave, Belongie, Lim (ECCV 2020) on how such errors mislead.",
    ),
}

FOUND = tuple(
    Definition(
        key=name,
        name=PROTOCOLS[name].label,
        group=PROTOCOL,
        short=PROTOCOLS[name].explanation,
        equation=equation,
        meaning=meaning,
        pitfall=pitfall,
        source=source,
    )
    for name, (equation, meaning, pitfall, source) in _SAID.items()
)
