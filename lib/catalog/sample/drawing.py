"""Drawing the sample's pictures into a folder, on as many cores as there are."""

import io
import itertools
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageFilter

from lib.catalog.sample.canvas import Canvas
from lib.catalog.sample.colours import RGB, partner, shade_of
from lib.catalog.sample.look import Look
from lib.catalog.sample.paint import Paint
from lib.catalog.sample.patterns import texture_of, third_colour
from lib.catalog.sample.plan import Product, image_name, plan_products, plan_sample
from lib.catalog.sample.scene import photograph, shot_of
from lib.catalog.sample.types import ARTICLE_TYPES
from lib.progress import Report, silent

_QUALITY, _COPY_QUALITY = 88, 62
#: Below this many products, starting other processes takes longer than drawing.
_WORTH_A_POOL = 150


def draw_sample(
    folder: Path,
    *,
    seed: int = 0,
    n_products: int = 1250,
    limit: int | None = None,
    n_workers: int | None = None,
    report: Report = silent,
) -> pd.DataFrame:
    """Draw the made-up catalogue; the same seed gives the same bytes.

    Parameters
    ----------
    folder : Path
        Where the pictures go; made where absent.
    seed : int, default=0
    n_products : int, default=1250
    limit : int, optional
        Draw only the products of the first rows, so many of them; the table that is returned stays whole.
    n_workers : int, optional
        Processes; one a core (at most 8) unless given. 1 draws in this process.
    report : callable
        Told how many pictures are drawn.

    Returns
    -------
    DataFrame
        One row a picture: ``product_id, group_id, image, title, gender, masterCategory, subCategory, articleType,
        baseColour, season, year, usage, pattern, price, view, defect, defect_of``. ``defect`` is empty or one of
        ``plan.DEFECTS``; ``defect_of`` names the original of a copy, or the true label of a wrongly labelled one.

    Raises
    ------
    ValueError
        If there are fewer products than it takes to show every type and every defect.
    """
    products = _of_first_rows(plan_products(seed=seed, n_products=n_products), limit)
    folder.mkdir(parents=True, exist_ok=True)
    total, done = sum(len(product.views) for product in products), 0
    for n_drawn in _drawn(products, folder, _workers(n_workers, len(products))):
        done += n_drawn
        report(done, total, 0)
    return plan_sample(seed=seed, n_products=n_products)


def _of_first_rows(products: list[Product], limit: int | None) -> list[Product]:
    """Return the products that the first rows of the table show."""
    starts = itertools.accumulate((len(product.views) for product in products), initial=0)
    return [product for product, start in zip(products, starts, strict=False) if limit is None or start < limit]


def _workers(wanted: int | None, n_products: int) -> int:
    """Return how many processes to use."""
    if wanted is not None:
        return max(1, wanted)
    return 1 if n_products < _WORTH_A_POOL else min(8, os.cpu_count() or 1)


def _drawn(products: list[Product], folder: Path, n_workers: int) -> Iterator[int]:
    """Draw every product and yield the number of pictures as they are finished."""
    draw = partial(write_product, folder=folder)
    if n_workers == 1:
        yield from map(draw, products)
        return
    # spawned, not forked: the caller may hold threads
    with ProcessPoolExecutor(n_workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(draw, products, chunksize=8)


def write_product(product: Product, *, folder: Path) -> int:
    """Draw a product and write its pictures.

    Parameters
    ----------
    product : Product
    folder : Path

    Returns
    -------
    int
        The number of pictures.
    """
    cutout, colour = cut_out(product)
    for i in range(len(product.views)):
        data = picture_bytes(product, i, cutout=cutout, colour=colour)
        (folder / image_name(product, i)).write_bytes(data)
    return len(product.views)


def cut_out(product: Product) -> tuple[Image.Image, RGB]:
    """Draw a product on nothing.

    Parameters
    ----------
    product : Product

    Returns
    -------
    (Image, (red, green, blue))
        The product, of mode RGBA, and its colour.
    """
    rng = np.random.default_rng([product.seed, product.number, 1])
    kind = ARTICLE_TYPES[product.article_type]
    colour = shade_of(product.base_colour, rng)
    accent = partner(colour, rng)
    third = third_colour(colour, accent)
    paint = Paint(colour, texture_of(product.pattern, (colour, accent, third), rng), kind.grain)
    canvas = Canvas()
    kind.draw(canvas, Look(rng, product.gender, product.pattern, colour, accent, third, paint))
    return canvas.image, colour


def picture_bytes(product: Product, view: int, *, cutout: Image.Image, colour: RGB) -> bytes:
    """Return the file of one of a product's pictures, with its defect.

    Parameters
    ----------
    product : Product
    view : int
        From 0.
    cutout : Image
    colour : (red, green, blue)
        What ``cut_out`` returned.

    Returns
    -------
    bytes
    """
    number = product.first_view + view
    rng = np.random.default_rng([product.seed, product.number, 2, number])
    standing = ARTICLE_TYPES[product.article_type].standing
    shot = shot_of(product.views[view], colour, standing=standing, rng=rng)
    image = photograph(cutout, shot, standing=standing)
    defect = product.defect if number == product.defect_view else ""
    if defect == "blurred":
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(2.4, 3.6))))
    data = _encoded(image, lossless=image_name(product, view).endswith("png"))
    if defect == "re-encoded copy":
        with Image.open(io.BytesIO(data)) as decoded:
            return _encoded(decoded.convert("RGB"), lossless=False, quality=_COPY_QUALITY)
    return data[: len(data) * 2 // 5] if defect == "broken file" else data


def _encoded(image: Image.Image, *, lossless: bool, quality: int = _QUALITY) -> bytes:
    """Return an image as PNG or JPEG."""
    buffer = io.BytesIO()
    if lossless:
        image.save(buffer, "PNG", compress_level=4)
    else:
        image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
