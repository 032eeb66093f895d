"""Which products and pictures the sample has, decided before any is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from lib.catalog.sample.frequencies import PALETTES
from lib.catalog.sample.naming import title_of
from lib.catalog.sample.types import ARTICLE_TYPES

#: Every how many products each kind of defect is planted once, up to MOST times, and at least once.
_EVERY, MOST = 120, 10
DEFECTS = ("exact duplicate", "re-encoded copy", "wrong label", "blurred", "broken file")
_MORE_VIEWS = ("turned", "close-up", "styled", "other side")
_N_VIEWS = (0.42, 0.25, 0.19, 0.14)
_YEARS: Mapping[str, float] = {"2015": 1, "2016": 2, "2017": 4, "2018": 5, "2019": 3, "2020": 1}


@dataclass(frozen=True)
class Product:
    """A product of the sample, as it is drawn and as it is listed.

    Parameters
    ----------
    seed, number : int
        What its looks follow from; a copy has those of its original.
    group_id, title, gender, article_type, base_colour, usage, pattern : str
    season : str or None
    year : int
    price : float
    views : tuple of str
    defect : str
        What is wrong with its picture number `defect_view`; empty where nothing is.
    defect_of : str
        The id of the original, or the true label.
    defect_view : int
    label : str
        The article type it is listed under: another one where the label is wrong.
    """

    seed: int
    number: int
    group_id: str
    title: str
    gender: str
    article_type: str
    base_colour: str
    season: str | None
    year: int
    usage: str
    pattern: str
    price: float
    views: tuple[str, ...]
    defect: str = ""
    defect_of: str = ""
    defect_view: int = 0
    label: str = ""

    @property
    def first_view(self) -> int:
        """The number of its first picture among those of its looks: a copy shows one of several."""
        return self.defect_view if self.defect in DEFECTS[:2] else 0


def plan_products(*, seed: int = 0, n_products: int = 1250) -> list[Product]:
    """Decide on every product, with the defects planted in some.

    Parameters
    ----------
    seed : int, default=0
    n_products : int, default=1250
        Copies among them.

    Returns
    -------
    list of Product

    Raises
    ------
    ValueError
        If there are too few for every article type and every defect, or the seed is negative.
    """
    least = len(ARTICLE_TYPES) + 7
    if n_products < least:
        raise ValueError(f"Expected n_products >= {least}. Received: n_products={n_products}")
    if seed < 0:
        raise ValueError(f"Expected seed >= 0. Received: seed={seed}")
    n_each = min(MOST, max(1, n_products // _EVERY))
    n_originals = n_products - 2 * n_each
    return _with_defects([_product(seed, number) for number in range(1, n_originals + 1)], seed, n_each)


def plan_sample(*, seed: int = 0, n_products: int = 1250) -> pd.DataFrame:
    """Return the sample's table without drawing a picture.

    Parameters
    ----------
    seed : int, default=0
    n_products : int, default=1250

    Returns
    -------
    DataFrame
        One row a picture; the columns are those of ``draw_sample``.
    """
    rows = [row for product in plan_products(seed=seed, n_products=n_products) for row in rows_of(product)]
    return pd.DataFrame(rows).astype({"year": "Int64", "price": "float64", "season": "str"})


def rows_of(product: Product) -> list[dict[str, object]]:
    """Return the rows of a product's pictures.

    Parameters
    ----------
    product : Product

    Returns
    -------
    list of dict
    """
    listed = ARTICLE_TYPES[product.label]
    rows: list[dict[str, object]] = []
    for i, view in enumerate(product.views):
        flawed = bool(product.defect) and (
            product.defect == "wrong label" or product.first_view + i == product.defect_view
        )
        rows.append(
            {
                "product_id": f"{product.group_id}-{i + 1}",
                "group_id": product.group_id,
                "image": image_name(product, i),
                "title": product.title,
                "gender": product.gender,
                "masterCategory": listed.master,
                "subCategory": listed.sub,
                "articleType": product.label,
                "baseColour": product.base_colour,
                "season": product.season,
                "year": product.year,
                "usage": product.usage,
                "pattern": product.pattern,
                "price": product.price,
                "view": view,
                "defect": product.defect if flawed else "",
                "defect_of": product.defect_of if flawed else "",
            }
        )
    return rows


def image_name(product: Product, view: int) -> str:
    """Return the file name of a product's picture; every twentieth product is kept as PNG.

    Parameters
    ----------
    product : Product
    view : int
        From 0.

    Returns
    -------
    str
    """
    lossless = product.number % 20 == 7 and product.defect not in ("re-encoded copy", "broken file")
    return f"{product.group_id}-{view + 1}.{'png' if lossless else 'jpg'}"


def _product(seed: int, number: int) -> Product:
    """Decide on one product, from the seed and its number alone; the first ones show every type once."""
    rng = np.random.default_rng([seed, number, 0])
    names = list(ARTICLE_TYPES)
    # 7 and the number of types have no common divisor, so that neighbours in the table do not stand side by side
    first = names[number * 7 % len(names)] if number <= len(names) else None
    name = first or _draw({kind: ARTICLE_TYPES[kind].weight for kind in names}, rng)
    kind = ARTICLE_TYPES[name]
    gender, colour, pattern = _draw(kind.genders, rng), _draw(PALETTES[kind.palette], rng), _draw(kind.patterns, rng)
    n_more = int(rng.choice(len(_N_VIEWS), p=_N_VIEWS))
    return Product(
        seed=seed,
        number=number,
        group_id=f"S{number:05d}",
        title=title_of(kind.nouns[int(rng.integers(len(kind.nouns)))], gender, colour, pattern, rng=rng),
        gender=gender,
        article_type=name,
        base_colour=colour,
        season=None if rng.random() < 0.03 else _draw(kind.seasons, rng),
        year=int(_draw(_YEARS, rng)),
        usage=_draw(kind.usages, rng),
        pattern=pattern,
        price=_price(kind.price, rng),
        views=("front", *rng.permutation(_MORE_VIEWS)[:n_more].tolist()),
        label=name,
    )


def _draw(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    """Draw a key, as often as its weight says."""
    names, shares = list(weights), np.asarray(list(weights.values()), np.float64)
    return names[int(rng.choice(len(names), p=shares / shares.sum()))]


def _price(limits: tuple[float, float], rng: np.random.Generator) -> float:
    """Draw a price, cheap ones more often, ending as shops let them end."""
    low, high = limits
    euros = low + (high - low) * float(rng.beta(1.6, 3.0))
    return round(int(euros) + float(rng.choice([0.99, 0.95, 0.50, 0.0], p=[0.5, 0.2, 0.15, 0.15])), 2)


@cache
def _wrong_labels() -> Mapping[str, tuple[str, ...]]:
    """Article type -> those of the same master category, which it may be mistaken for."""
    return {
        name: tuple(other for other, it in ARTICLE_TYPES.items() if it.master == kind.master and other != name)
        or tuple(other for other in ARTICLE_TYPES if other != name)
        for name, kind in ARTICLE_TYPES.items()
    }


def _with_defects(products: list[Product], seed: int, n_each: int) -> list[Product]:
    """Plant the defects: some products are spoilt, and copies are added at the end."""
    rng = np.random.default_rng([seed, 0, 1])
    free = [i for i in rng.permutation(len(products)).tolist() if i >= len(ARTICLE_TYPES) or len(products) < 200]
    n_broken = 2 if n_each > 4 else 1
    for defect, n in (("wrong label", n_each), ("blurred", n_each), ("broken file", n_broken)):
        for _ in range(n):
            at = free.pop()
            products[at] = _spoilt(products[at], defect, rng)
    for defect in DEFECTS[:2]:
        for _ in range(n_each):
            products.append(_copied(products[free.pop()], len(products) + 1, defect, rng))
    return products


def _spoilt(product: Product, defect: str, rng: np.random.Generator) -> Product:
    """Plant a defect that needs no second product."""
    if defect == "wrong label":
        wrong = _wrong_labels()[product.article_type]
        label = wrong[int(rng.integers(len(wrong)))]
        return replace(product, defect=defect, defect_of=product.article_type, label=label)
    return replace(product, defect=defect, defect_view=int(rng.integers(len(product.views))))


def _copied(original: Product, number: int, defect: str, rng: np.random.Generator) -> Product:
    """List one picture of a product again, as a product of its own."""
    view = int(rng.integers(len(original.views)))
    return replace(
        original,
        group_id=f"S{number:05d}",
        views=(original.views[view],),
        defect=defect,
        defect_of=f"{original.group_id}-{view + 1}",
        defect_view=view,
    )
