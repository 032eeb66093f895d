"""The article types of the sample: where each belongs, how often it comes, what it may look like, how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.catalog.sample.bags import draw_backpack, draw_clutch, draw_handbag, draw_wallet
from lib.catalog.sample.bottoms import draw_jeans, draw_leggings, draw_shorts, draw_track_pants, draw_trousers
from lib.catalog.sample.canvas import Canvas
from lib.catalog.sample.dresses import draw_dress, draw_skirt
from lib.catalog.sample.frequencies import (
    ADULTS,
    ALL_YEAR,
    CASUAL,
    EVERYONE,
    FORMAL,
    JERSEY,
    KNITTED,
    MEN,
    MIXED,
    MOSTLY_PLAIN,
    PARTY,
    PLAIN,
    PRINTS,
    SHIRTING,
    SPORTS,
    SPORTY,
    SUMMER,
    UNISEX,
    WINTER,
    WOMEN,
    WOMEN_GIRLS,
    Weights,
)
from lib.catalog.sample.heels import draw_flat, draw_flip_flop, draw_heel, draw_sandal
from lib.catalog.sample.knitwear import draw_sweater, draw_sweatshirt
from lib.catalog.sample.look import Look
from lib.catalog.sample.outerwear import draw_jacket
from lib.catalog.sample.shoes import draw_casual_shoe, draw_formal_shoe, draw_sports_shoe
from lib.catalog.sample.small import draw_earrings, draw_lipstick, draw_nail_polish, draw_necklace, draw_perfume
from lib.catalog.sample.tops import draw_kurta, draw_shirt, draw_top, draw_tshirt
from lib.catalog.sample.worn import draw_belt, draw_cap, draw_scarf, draw_socks, draw_tie
from lib.catalog.sample.wristwear import draw_sunglasses, draw_watch

Draw = Callable[[Canvas, Look], None]


@dataclass(frozen=True)
class ArticleType:
    """What the products of a type have in common.

    Parameters
    ----------
    master, sub : str
        ``masterCategory`` and ``subCategory``.
    weight : float
        How often it comes, against the others.
    draw : callable
        Draws one product on a canvas.
    price : (low, high)
    nouns : tuple of str
        What titles call it.
    palette : str
        A key of ``frequencies.PALETTES``.
    patterns, genders, seasons, usages : dict of str to float
        How often each comes.
    grain : str
        The cloth, a key of ``paint.GRAINS``, or ``"none"``.
    standing : bool
        Whether it stands rather than lies flat.
    """

    master: str
    sub: str
    weight: float
    draw: Draw
    price: tuple[float, float]
    nouns: tuple[str, ...]
    palette: str = "cloth"
    patterns: Weights = field(default_factory=lambda: PLAIN)
    genders: Weights = field(default_factory=lambda: ADULTS)
    seasons: Weights = field(default_factory=lambda: ALL_YEAR)
    usages: Weights = field(default_factory=lambda: CASUAL)
    grain: str = "none"
    standing: bool = False


def _top(weight: float, draw: Draw, price: tuple[float, float], *nouns: str, **more: Any) -> ArticleType:
    """Return a type of Topwear."""
    return ArticleType("Apparel", "Topwear", weight, draw, price, nouns, **more)


def _bottom(weight: float, draw: Draw, price: tuple[float, float], *nouns: str, **more: Any) -> ArticleType:
    """Return a type of Bottomwear."""
    return ArticleType("Apparel", "Bottomwear", weight, draw, price, nouns, **more)


def _flat(
    master: str, sub: str, weight: float, draw: Draw, price: tuple[float, float], *nouns: str, **more: Any
) -> ArticleType:
    """Return a type that lies flat."""
    return ArticleType(master, sub, weight, draw, price, nouns, **more)


def _standing(
    master: str, sub: str, weight: float, draw: Draw, price: tuple[float, float], *nouns: str, **more: Any
) -> ArticleType:
    """Return a type that stands on the floor."""
    return ArticleType(master, sub, weight, draw, price, nouns, standing=True, **more)


ARTICLE_TYPES: Mapping[str, ArticleType] = {
    "Tshirts": _top(
        150, draw_tshirt, (9, 35), "T-shirt", "Tee", grain="heather", patterns=JERSEY, genders=EVERYONE, seasons=SUMMER,
    ),
    "Shirts": _top(
        110, draw_shirt, (19, 69), "Shirt", grain="weave", patterns=SHIRTING, genders=EVERYONE, usages=MIXED,
    ),
    "Tops": _top(
        60, draw_top, (14, 49), "Top", "Blouse", grain="weave", patterns=PRINTS, genders=WOMEN_GIRLS, seasons=SUMMER,
    ),
    "Kurtas": _top(
        42, draw_kurta, (22, 79), "Kurta", grain="weave", patterns=PRINTS, genders=WOMEN, usages={"Ethnic": 1},
    ),
    "Sweaters": _top(24, draw_sweater, (29, 99), "Sweater", "Jumper", grain="knit", patterns=KNITTED, seasons=WINTER),
    "Sweatshirts": _top(
        26, draw_sweatshirt, (25, 75), "Sweatshirt", grain="heather", patterns=SPORTY, genders=EVERYONE, seasons=WINTER,
    ),
    "Jackets": _top(
        26, draw_jacket, (49, 219), "Jacket", grain="weave", palette="muted", patterns=MOSTLY_PLAIN, seasons=WINTER,
    ),
    "Dresses": ArticleType(
        "Apparel", "Dress", 58, draw_dress, (29, 149), ("Dress",), grain="weave", patterns=PRINTS, genders=WOMEN_GIRLS,
        seasons=SUMMER, usages=PARTY,
    ),
    "Jeans": _bottom(48, draw_jeans, (29, 109), "Jeans", grain="denim", palette="denim", genders=EVERYONE),
    "Trousers": _bottom(
        34, draw_trousers, (25, 99), "Trousers", "Chinos", grain="weave", palette="muted", patterns=MOSTLY_PLAIN,
        usages=MIXED,
    ),
    "Track Pants": _bottom(
        20, draw_track_pants, (19, 59), "Track Pants", grain="weave", patterns=SPORTY, usages=SPORTS,
    ),
    "Leggings": _bottom(14, draw_leggings, (12, 39), "Leggings", grain="weave", patterns=PRINTS, genders=WOMEN_GIRLS),
    "Shorts": _bottom(
        30, draw_shorts, (15, 49), "Shorts", grain="weave", patterns=MOSTLY_PLAIN, genders=EVERYONE, seasons=SUMMER,
    ),
    "Skirts": _bottom(
        22, draw_skirt, (19, 69), "Skirt", grain="weave", patterns=PRINTS, genders=WOMEN_GIRLS, seasons=SUMMER,
    ),
    "Sports Shoes": _standing(
        "Footwear", "Shoes", 52, draw_sports_shoe, (39, 149), "Running Shoes", "Sports Shoes", grain="mesh",
        usages=SPORTS,
    ),
    "Casual Shoes": _standing(
        "Footwear", "Shoes", 56, draw_casual_shoe, (29, 99), "Casual Shoes", "Sneakers", grain="weave",
    ),
    "Formal Shoes": _standing(
        "Footwear", "Shoes", 20, draw_formal_shoe, (49, 169), "Formal Shoes", palette="leather", genders=MEN,
        usages=FORMAL,
    ),
    "Heels": _standing(
        "Footwear", "Shoes", 34, draw_heel, (29, 129), "Heels", palette="bag", genders=WOMEN, usages=PARTY,
    ),
    "Flats": _standing(
        "Footwear", "Shoes", 18, draw_flat, (19, 69), "Flats", "Ballerinas", palette="bag", genders=WOMEN_GIRLS,
    ),
    "Sandals": _flat("Footwear", "Sandal", 24, draw_sandal, (19, 79), "Sandals", palette="leather", seasons=SUMMER),
    "Flip Flops": _flat(
        "Footwear", "Flip Flops", 22, draw_flip_flop, (6, 25), "Flip Flops", genders=EVERYONE, seasons=SUMMER,
        patterns=PRINTS,
    ),
    "Handbags": _standing(
        "Accessories", "Bags", 46, draw_handbag, (35, 189), "Handbag", "Bag", palette="bag", grain="leather",
        genders=WOMEN,
    ),
    "Backpacks": _standing(
        "Accessories", "Bags", 22, draw_backpack, (25, 99), "Backpack", grain="weave", patterns=SPORTY, genders=UNISEX,
    ),
    "Clutches": _flat(
        "Accessories", "Bags", 10, draw_clutch, (19, 89), "Clutch", palette="bag", grain="leather", genders=WOMEN,
        usages=PARTY,
    ),
    "Wallets": _flat("Accessories", "Wallets", 18, draw_wallet, (15, 69), "Wallet", palette="leather", grain="leather"),
    "Watches": _flat("Accessories", "Watches", 50, draw_watch, (39, 299), "Watch", palette="metal", usages=MIXED),
    "Sunglasses": _flat(
        "Accessories", "Eyewear", 30, draw_sunglasses, (19, 139), "Sunglasses", palette="metal", seasons=SUMMER,
    ),
    "Belts": _flat(
        "Accessories", "Belts", 18, draw_belt, (15, 59), "Belt", palette="leather", grain="leather", usages=MIXED,
    ),
    "Caps": _flat(
        "Accessories", "Headwear", 14, draw_cap, (9, 35), "Cap", grain="weave", genders=UNISEX, seasons=SUMMER,
        usages=SPORTS,
    ),
    "Ties": _flat(
        "Accessories", "Ties", 10, draw_tie, (12, 49), "Tie", grain="weave", patterns=SHIRTING, genders=MEN,
        usages=FORMAL,
    ),
    "Scarves": _flat(
        "Accessories", "Scarves", 10, draw_scarf, (14, 59), "Scarf", grain="knit", patterns=KNITTED, seasons=WINTER,
    ),
    "Socks": _flat(
        "Accessories", "Socks", 14, draw_socks, (4, 15), "Socks", grain="knit", patterns=KNITTED, genders=EVERYONE,
    ),
    "Earrings": _flat(
        "Accessories", "Jewellery", 20, draw_earrings, (12, 119), "Earrings", palette="jewel", genders=WOMEN,
        usages=PARTY,
    ),
    "Necklace and Chains": _flat(
        "Accessories", "Jewellery", 12, draw_necklace, (15, 159), "Necklace", palette="jewel", genders=WOMEN,
        usages=PARTY,
    ),
    "Perfume and Body Mist": _standing(
        "Personal Care", "Fragrance", 22, draw_perfume, (19, 109), "Perfume", "Body Mist", palette="glass",
    ),
    "Nail Polish": _standing(
        "Personal Care", "Nails", 12, draw_nail_polish, (4, 15), "Nail Polish", palette="bright", genders=WOMEN,
    ),
    "Lipstick": _standing(
        "Personal Care", "Lips", 12, draw_lipstick, (7, 35), "Lipstick", palette="bright", genders=WOMEN,
    ),
}  # fmt: skip
