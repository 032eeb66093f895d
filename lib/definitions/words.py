"""The words that every page uses."""

from lib.definitions.definition import WORDS, Definition

_BABENKO = "Babenko, Slesarev, Chigorin, Lempitsky: Neural codes for image retrieval. ECCV 2014."
_RAZAVIAN = "Sharif Razavian, Azizpour, Sullivan, Carlsson: CNN features off-the-shelf. CVPR workshops 2014."
_LIU = "Liu, Luo, Qiu, Wang, Tang: DeepFashion (in-shop clothes retrieval). CVPR 2016."
_HASHEMI = (
    "Hashemi: Enlarging smaller images before inputting into convolutional neural network. Journal of Big Data 6, 2019."
)

FOUND = (
    Definition(
        key="embedding",
        name="Embedding",
        group=WORDS,
        short="The vectors of a catalogue's pictures, made by one model; also the making of them.",
        equation=r"f : \text{picture} \longmapsto x \in \mathbb{R}^{d}",
        meaning="A model turns each picture into a list of numbers, such that pictures which look alike lie near each "
        "other. Searching compares those numbers and never the pictures.",
        pitfall="Vectors of two models live in different spaces: a query must be embedded by the model of its gallery, "
        "with the same size, fit and arithmetic.",
        source=_BABENKO,
    ),
    Definition(
        key="backbone",
        name="Backbone",
        group=WORDS,
        short="A convolutional network without its classifier.",
        equation=r"x = \operatorname{mean}_{u,v} \; \phi(\text{picture})_{u,v}",
        meaning="It learnt to name ImageNet's thousand classes. Its last layer, which names, is taken off; what is "
        "left describes a picture. The mean over all places of the last map is the vector.",
        pitfall="It knows what ImageNet's photographs showed. Sleeve lengths were not among its classes.",
        source=_RAZAVIAN,
    ),
    Definition(
        key="gallery",
        name="Gallery",
        group=WORDS,
        short="What a query is compared with.",
        equation=r"G = \{\, x_1, \ldots, x_n \,\}",
        meaning="In a search it is every picture that the filters leave. In an evaluation the protocol chooses it.",
        pitfall="The larger the gallery, the more wrong answers there are to fall for: scores on different galleries "
        "cannot be compared.",
        source=_LIU,
        unit="pictures",
    ),
    Definition(
        key="query",
        name="Query",
        group=WORDS,
        short="What is looked for: a picture, several pictures of one thing, or a product of the catalogue.",
        equation=r"q \longmapsto \bigl( x_{(1)}, x_{(2)}, \ldots \bigr), \qquad "
        r"d(q, x_{(1)}) \le d(q, x_{(2)}) \le \ldots",
        meaning="It is embedded exactly as the gallery was, and everything is ranked by the distance to it. Several "
        "pictures of one thing are averaged.",
        pitfall="A customer's photograph is not a product shot on white. Scores of an evaluation are those of queries "
        "from the catalogue itself; the disturbed queries show how fast they fall.",
        source=_LIU,
    ),
    Definition(
        key="relevant",
        name="Relevant",
        group=WORDS,
        short="Has the same label as the query.",
        equation=r"\mathrm{rel}(q, x) = [\, y_x = y_q \wedge x \ne q \,], \qquad "
        r"R = \textstyle\sum_x \mathrm{rel}(q, x)",
        meaning="What counts as right, and R is how much of it there is. The query itself is never in its own ranking. "
        "A query whose label no other item has is left out, and `n_left_out` says how many were.",
        pitfall="A label stands in for a person's judgement. Two white sneakers under different article types count as "
        "wrong, and two shirts that look nothing alike as right.",
        source="Manning, Raghavan, Schütze: Introduction to Information Retrieval, chapter 8. 2008.",
    ),
    Definition(
        key="label",
        name="Label and cluster",
        group=WORDS,
        short="A label is given, such as the article type; a cluster is found.",
        equation="",
        meaning="Every evaluation is by one label column, and any column with repeated values can be it. The "
        "catalogue's default label counts unless another is named.",
        pitfall="The same model can be good by article type and poor by colour. A score without its label is no score.",
        source="Jain, Murty, Flynn: Data clustering: a review. ACM Computing Surveys 31(3), 1999.",
    ),
    Definition(
        key="pad",
        name="Fit: pad",
        group=WORDS,
        short="The whole picture, its shape kept, in the middle of a square of black (pad) or white (pad-white).",
        equation=r"(w, h) \longmapsto \tfrac{s}{\max(w, h)} (w, h), \text{ centred in } (s, s)",
        meaning="Nothing is cut off and nothing is distorted, so a tall dress stays tall. The rest of the square is "
        "filled.",
        pitfall="Black bars on a white product shot are two strong edges that the model sees too, and an upright "
        "picture of 3 to 4 leaves a quarter of the square unused.",
        source=_HASHEMI,
    ),
    Definition(
        key="resize",
        name="Fit: resize",
        group=WORDS,
        short="The picture is stretched to the square.",
        equation=r"(w, h) \longmapsto (s, s)",
        meaning="Every pixel of the model's input shows something of the picture, and no bars are added.",
        pitfall="An upright picture becomes wide: watches become ovals. As long as all pictures have one shape, all "
        "are distorted alike and it hardly matters; where shapes differ, it does.",
        source=_HASHEMI,
    ),
)
