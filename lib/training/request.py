"""What is asked for when a model is trained, and the id that follows from it."""

import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lib.artifacts import Store
from lib.catalog import Catalog
from lib.errors import ModelError
from lib.models.backbones import BACKBONES, Backbone
from lib.models.recipes import Recipe, Settings, find_recipe, settings_of
from lib.models.start import AND, Start, find_start
from lib.schema import artifact_id, canonical_json

#: What random generators take as a seed lies below.
_SEEDS = 2**32


@dataclass(frozen=True)
class TrainingRequest:
    """A recipe and all that it is told.

    Parameters
    ----------
    recipe : str
        Key of ``lib.models.recipes.RECIPES``.
    preset : str, default=""
        Key of the recipe's presets.
    backbone : str, default=""
        Key of ``lib.models.BACKBONES``; by default the preset's or the recipe's own.
    label : str, default=""
        Column of the catalogue; by default its own label.
    given : dict of str to str, optional
        Setting -> value as text.
    seed : int, default=0

    Raises
    ------
    ModelError
        If one of them does not exist or does not fit.
    """

    recipe: str
    preset: str = ""
    backbone: str = ""
    label: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        settings_of(self.method, preset=self.preset, given=self.given)
        if self.network_name not in BACKBONES:
            raise ModelError(
                f"Expected backbone to be one of {tuple(BACKBONES)}. Received: backbone={self.network_name!r}"
            )
        self.network.check_size(self.size)
        if type(self.seed) is not int or not 0 <= self.seed < _SEEDS:
            raise ModelError(f"Expected seed to be a whole number from 0 to {_SEEDS - 1}. Received: {self.seed!r:.60}")
        names = [name.strip() for name in self.settings.start.split(AND)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ModelError(f"The mean of {twice!r:.200} and itself is {twice!r:.200}.", hint="Name each model once.")

    @property
    def method(self) -> Recipe:
        """The recipe."""
        return find_recipe(self.recipe)

    @property
    def settings(self) -> Settings:
        """All settings, the given ones among them."""
        return settings_of(self.method, preset=self.preset, given=self.given)

    @property
    def network_name(self) -> str:
        """Name of the backbone."""
        return self.backbone or self.method.preset_backbones.get(self.preset, self.method.backbone)

    @property
    def network(self) -> Backbone:
        """The backbone."""
        return BACKBONES[self.network_name]

    @property
    def size(self) -> int:
        """Side of the input, in pixels."""
        return self.settings.size or self.network.size

    def start(self, store: Store) -> Start:
        """Find the weights to start from.

        Parameters
        ----------
        store : Store
            In which runs are looked for.

        Returns
        -------
        Start

        Raises
        ------
        WeightsError
            If they cannot be had, or belong to another network.
        """
        asked = self.settings
        start = find_start(store, asked.start, self.network, seed=self.seed, teachers=asked.teachers)
        start.check(
            {
                "backbone": self.network_name,
                "pixels": self.settings.pixels,
                "layers": self.method.embedder(self.settings),
                "unit": self.method.unit,
            }
        )
        return start

    def inputs(self, catalog: Catalog, start: Start) -> dict[str, Any]:
        """Return what the run is made from, as it stands in the manifest.

        Parameters
        ----------
        catalog : Catalog
        start : Start

        Returns
        -------
        dict
            With a digest of the columns that it learns from, so that a corrected label is another run.
        """
        columns = [name for name in catalog.frame if name not in ("title", "image")]
        table = catalog.frame[columns].astype(str).to_csv(index=False)
        return {
            "catalog": catalog.name,
            "pictures_sha256": catalog.pictures_sha256,
            "labels_sha256": hashlib.sha256(table.encode()).hexdigest(),
            "weights_sha256": start.sha256,
        }

    def parameters(self, catalog: Catalog, start: Start) -> dict[str, Any]:
        """Return what was asked for, as it stands in the manifest; a setting that is new changes no run's id.

        Parameters
        ----------
        catalog : Catalog
        start : Start

        Returns
        -------
        dict
            Of the settings, those that are not what ``Settings`` begins with.
        """
        plain = asdict(Settings())
        told = {key: value for key, value in asdict(self.settings).items() if value != plain[key]}
        settings = {**told, "start": start.label, "size": self.size}
        return {
            "recipe": self.recipe,
            "preset": self.preset,
            "backbone": self.network_name,
            "label": self.label or catalog.label,
            "size": self.size,
            "fit": self.settings.fit,
            "settings": settings,
            "seed": self.seed,
        }

    def id_with(self, catalog: Catalog, start: Start) -> str:
        """Return the id that the run has or will have.

        Parameters
        ----------
        catalog : Catalog
        start : Start

        Returns
        -------
        str
            Such as ``supcon-mobilenet_v2-96-3f9c2a``.
        """
        name = self.preset or self.recipe
        prefix = f"{name}-{self.network_name}-{self.size}"
        return artifact_id(prefix, self.inputs(catalog, start), self.parameters(catalog, start))

    def words(self, name: str) -> list[str]:
        """Return the words after ``python -m lib`` that ask for this run.

        Parameters
        ----------
        name : str
            The catalogue's.

        Returns
        -------
        list of str
        """
        words = ["train", name, "--recipe", self.recipe]
        for flag in ("preset", "backbone", "label"):
            words += [f"--{flag}", getattr(self, flag)] if getattr(self, flag) else []
        for key, value in self.given.items():
            words += ["--set", f"{key}={value}"]
        return words + (["--seed", str(self.seed)] if self.seed else [])

    def command(self, name: str) -> str:
        """Return the command line that asks for this run.

        Parameters
        ----------
        name : str
            The catalogue's.

        Returns
        -------
        str
        """
        return shlex.join(["python", "-m", "lib", *self.words(name)])

    def to_json(self) -> str:
        """Return the request as text that ``request_from`` reads.

        Returns
        -------
        str
        """
        return canonical_json(asdict(self))
