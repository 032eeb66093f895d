"""What is counted and measured on a catalogue. The equations are those of ``lib.catalog``."""

from lib.catalog.balance import RARE
from lib.definitions.definition import CATALOGUE, Definition

FOUND = (
    Definition(
        key="effective_labels",
        name="Worth … equal labels",
        group=CATALOGUE,
        short="exp of the entropy of the labels: as diverse as so many equally large labels.",
        equation=r"D = \exp\Bigl( -\sum_{\ell} p_\ell \ln p_\ell \Bigr), \qquad p_\ell = n_\ell / n",
        meaning="142 article types of which a few hold nearly everything are not as diverse as 142 equal ones. This is "
        "the number of equal labels that would be just as hard to guess.",
        pitfall="It counts how even the labels are, not how different they look.",
        source="Hill: Diversity and evenness: a unifying notation and its consequences. Ecology 54(2), 1973.",
        unit="labels",
    ),
    Definition(
        key="long_tail",
        name="Long tail",
        group=CATALOGUE,
        short=f"Few labels hold most of the pictures; those on fewer than {RARE} pictures are called rare.",
        equation=r"n_{(1)} \ge n_{(2)} \ge \ldots, \qquad "
        r"\text{hold half} = \min \Bigl\{ r : \sum_{i \le r} n_{(i)} \ge n / 2 \Bigr\}",
        meaning="The commonest labels decide every mean over queries. How many of them hold half of all pictures says "
        "how much so; the macro mean is the answer to it.",
        pitfall="A score measured on a label with three pictures is an anecdote. A label with a single picture can be "
        "found by nobody, and as a query it is left out.",
        source="Van Horn, Perona: The devil is in the tails. arXiv:1709.01450, 2017.",
        unit="labels",
    ),
    Definition(
        key="split",
        name="Split: train, val, test",
        group=CATALOGUE,
        short="What models learn from, what decides between them, and what measures them.",
        equation=r"\mathrm{train} \cap \mathrm{val} = \mathrm{train} \cap \mathrm{test} = "
        r"\mathrm{val} \cap \mathrm{test} = \varnothing",
        meaning="All pictures of one product, and identical pictures, stay in one split, so nothing that was learnt by "
        "heart is tested.",
        pitfall="Whoever looks at the test split to choose has nothing left to measure with.",
        source="Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, chapter 7. 2009.",
        unit="pictures",
    ),
    Definition(
        key="brightness",
        name="Brightness",
        group=CATALOGUE,
        short="Mean luma of a picture's pixels, from 0, black, to 1, white.",
        equation=r"Y = \overline{0.299\,R + 0.587\,G + 0.114\,B} \,/\, 255",
        meaning="Green weighs most because eyes see it brightest. Product shots on white lie near 1.",
        pitfall="It is mostly about the background: a black shoe on white is a bright picture.",
        source="Recommendation ITU-R BT.601. 1982, last revised 2011.",
        unit="0 to 1",
    ),
    Definition(
        key="sharpness",
        name="Sharpness",
        group=CATALOGUE,
        short="Variance of the Laplacian of the grey picture: how much fine detail there is.",
        equation=r"S = \operatorname{Var}\bigl( \nabla^2 g \bigr), \qquad "
        r"\nabla^2 g = g_{\text{left}} + g_{\text{right}} + g_{\text{up}} + g_{\text{down}} - 4\,g",
        meaning="Each pixel is compared with its four neighbours. A flat colour has 0, a blur little, fine print much.",
        pitfall="A plain shirt in perfect focus has little too, and the number depends on the picture's size: compare "
        "pictures of one kind and one size.",
        source="Pech-Pacheco, Cristóbal, Chamorro-Martínez, Fernández-Valdivia: Diatom autofocusing in brightfield "
        "microscopy. ICPR 2000.",
        unit="squared grey levels",
    ),
)
