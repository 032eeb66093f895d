"""What can be done to vectors before they are compared: the steps of a variant, and how good an index is."""

from lib.definitions.definition import VECTORS, Definition
from lib.retrieval.variants import STEPS

_JEGOU_PQ = "Jégou, Douze, Schmid: Product quantization for nearest neighbor search. IEEE TPAMI 33(1), 2011."
_JOHNSON = "Johnson, Douze, Jégou: Billion-scale similarity search with GPUs. IEEE Transactions on Big Data 7(3), 2021."

FOUND = (
    Definition(
        key="l2",
        name="Length 1",
        group=VECTORS,
        short=STEPS["l2"].explanation,
        equation=r"x \longmapsto \frac{x}{\lVert x \rVert_2}",
        meaning="Only the direction is left. Euclidean distance then ranks as cosine does, and a mean or a principal "
        "component is no longer decided by a few long vectors.",
        pitfall="Length can carry meaning: a nearly empty picture often has a short vector, and becomes as loud as the "
        "rest.",
        source="Arandjelović, Zisserman: Three things everyone should know to improve object retrieval. CVPR 2012.",
    ),
    Definition(
        key="pca",
        name="Principal components (PCA)",
        group=VECTORS,
        short=STEPS["pca"].explanation,
        equation=r"x \longmapsto V_D^{\top} (x - \mu), \qquad C = \operatorname{Cov}(x) = V \Lambda V^{\top}, \;"
        r"\lambda_1 \ge \lambda_2 \ge \ldots",
        meaning="The axis along which the vectors vary most, then the one at right angles to it that takes most of "
        "the rest, and so on. The first D of them keep most of the variance in far fewer numbers.",
        pitfall="Much variance is not much meaning: the first axis is often the background. The axes are learnt from "
        "the train split only, as what is tested must not choose them. The mean is taken off, which changes cosine.",
        source="Pearson: On lines and planes of closest fit to systems of points in space. Philosophical Magazine 2, "
        "1901; Hotelling 1933.",
    ),
    Definition(
        key="whiten",
        name="Whitening",
        group=VECTORS,
        short=STEPS["whiten"].explanation,
        equation=r"x \longmapsto \Lambda_D^{-1/2} \, V_D^{\top} (x - \mu)",
        meaning="Patterns that occur together everywhere, such as a white background with a soft shadow, count many "
        "times over in a distance. Whitening lets each component count once.",
        pitfall="The last components are noise, and are blown up as loudly as the first: keep few of them.",
        source="Jégou, Chum: Negative evidences and co-occurences in image retrieval: the benefit of PCA and "
        "whitening. ECCV 2012.",
    ),
    Definition(
        key="float16",
        name="Half precision (float16)",
        group=VECTORS,
        short=STEPS["float16"].explanation,
        equation=r"x_i \longmapsto \operatorname{round}_{11 \text{ bits}}(x_i)",
        meaning="Half the memory of 32-bit numbers, with 3 significant decimals. Rankings hardly ever notice.",
        pitfall="Beyond 65,504 there is only infinity, and neighbours at nearly one distance may swap places.",
        source="IEEE Standard for Floating-Point Arithmetic, IEEE 754. 2008.",
    ),
    Definition(
        key="int8",
        name="Scalar quantisation (int8)",
        group=VECTORS,
        short=STEPS["int8"].explanation,
        equation=r"k_i = \Bigl\lfloor 255 \, \tfrac{x_i - a_i}{b_i - a_i} \Bigr\rfloor, \qquad "
        r"x_i \longmapsto a_i + \bigl( k_i + \tfrac{1}{2} \bigr) \tfrac{b_i - a_i}{255}",
        meaning="Each dimension is cut into 256 steps between its smallest and its largest value: a quarter of the "
        "memory.",
        pitfall="One extreme value makes all steps of its dimension coarse. A value outside the learnt range is moved "
        "to its end.",
        source=_JOHNSON,
    ),
    Definition(
        key="pq",
        name="Product quantisation (PQ)",
        group=VECTORS,
        short=STEPS["pq"].explanation,
        equation=r"x = (x^1, \ldots, x^M) \longmapsto \bigl( c^1(x^1), \ldots, c^M(x^M) \bigr), \qquad "
        r"c^m(x^m) = \operatorname*{arg\,min}_{c \,\in\, C^m} \lVert x^m - c \rVert",
        meaning="The vector is cut into M parts. Each part is replaced by the nearest of 256 typical parts, learnt by "
        "k-means, of which only the number is stored: one byte a part, so 1,280 numbers become 64 bytes.",
        pitfall="Items with the same codes tie, and their order is chance. The typical parts are learnt from this "
        "catalogue, and fit another one worse.",
        source=_JEGOU_PQ,
    ),
    Definition(
        key="augment",
        name="Database augmentation",
        group=VECTORS,
        short=STEPS["augment"].explanation,
        equation=r"x \longmapsto \frac{1}{N + 1} \Bigl( x + \sum_{j=1}^{N} x_{(j)} \Bigr)",
        meaning="Each item of the gallery moves to the middle of its own neighbourhood, once and beforehand. What is "
        "odd about a single photograph averages out.",
        pitfall="Rare things are drawn into the crowd beside them: macro scores can fall while micro scores rise.",
        source="Turcot, Lowe: Better matching with fewer features. ICCV workshops 2009.",
    ),
    Definition(
        key="expand",
        name="Query expansion",
        group=VECTORS,
        short=STEPS["expand"].explanation,
        equation=r"q \longmapsto \frac{1}{N + 1} \Bigl( q + \sum_{j=1}^{N} x_{(j)} \Bigr)",
        meaning="Search, take the first N results for right, and search again with the mean of the query and those. "
        "More of the same kind comes up from far down.",
        pitfall="If the first results are wrong, the second search looks for those. And each query costs two searches.",
        source="Chum, Philbin, Sivic, Isard, Zisserman: Total recall. ICCV 2007.",
    ),
    Definition(
        key="hnsw",
        name="HNSW",
        group=VECTORS,
        short=STEPS["hnsw"].explanation,
        equation=r"\text{cost} \sim \log n \quad \text{instead of} \quad n",
        meaning="Every item is linked to some near ones, with a few long links on upper levels. A search walks along "
        "the links towards the query, with N candidates at hand (efSearch).",
        pitfall="It is approximate: some of the nearest are missed, and nothing in the answer says which. "
        "Filters break it, because the links lead through items that the filter excludes.",
        source="Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using hierarchical "
        "navigable small world graphs. IEEE TPAMI 42(4), 2020.",
    ),
    Definition(
        key="ivf",
        name="IVF",
        group=VECTORS,
        short=STEPS["ivf"].explanation,
        equation=r"\text{compared} \approx n \cdot \frac{\mathrm{nprobe}}{\mathrm{nlist}}",
        meaning="The gallery is cut into clusters by k-means. A query is compared with the items of its N nearest "
        "clusters (nprobe) only.",
        pitfall="A neighbour just across a border is missed unless its cluster is looked into as well.",
        source="Sivic, Zisserman: Video Google. ICCV 2003; " + _JEGOU_PQ,
    ),
    Definition(
        key="index_recall",
        name="Recall of an index",
        group=VECTORS,
        short="Share of the true ten nearest that an approximate index finds.",
        equation=r"\mathrm{recall@10}(q) = \frac{\lvert A_{10}(q) \cap E_{10}(q) \rvert}{10}",
        meaning="The exact ranking E of the same vectors is the truth, A is what the index answered. 1 means that "
        "nothing is lost for the speed.",
        pitfall="A third thing called recall: it says nothing of labels. An index can lose a tenth of the neighbours "
        "while Recall@1 by label stays, as others with the label take their places.",
        source="Aumüller, Bernhardsson, Faithfull: ANN-Benchmarks. Information Systems 87, 2020.",
        higher_is_better=True,
        unit="share",
    ),
    Definition(
        key="asked-by",
        name="Queries of another model",
        group=VECTORS,
        short="The queries' vectors are those of another embedding than the gallery's.",
        equation=r"d\bigl( f_B(q),\, f_A(x) \bigr)",
        meaning="It shows why a search embeds its query with the model of its gallery: two networks that see the same "
        "things write them along different axes. Even the same network in another precision, or with another fit, "
        "moves a little.",
        pitfall="It needs vectors of one length, and that is all that is checked: the answer to a query from a foreign "
        "space looks like any other, and is noise.",
        source="Shen, Xiong, Xia, Soatto: Towards backward-compatible representation learning. CVPR 2020.",
    ),
    Definition(
        key="disturbed",
        name="Disturbed queries",
        group=VECTORS,
        short="The queries' pictures are rotated, mirrored, cropped, darkened, blurred or compressed before they ask.",
        equation=r"\Delta = \operatorname{mean}_q \bigl( v(q) - v(\tilde{q}) \bigr)",
        meaning="The gallery stays as it is; only the asking picture gets worse, as a customer's photograph is. The "
        "fall against undisturbed queries is how robust a model is.",
        pitfall="Each disturbance has one fixed strength, so it ranks models and does not say how far one may go.",
        source="Hendrycks, Dietterich: Benchmarking neural network robustness to common corruptions and perturbations. "
        "ICLR 2019.",
    ),
)
