"""Asking for a run on the Training page: recipe, label, settings; how long it will take; the command; Start."""

import shlex

import streamlit as st

from lib import jobs, settings
from lib.catalog import Catalog
from lib.catalog.statistics import countable
from lib.models import BACKBONES
from lib.models.recipes import PRESETS_ABOUT, RECIPES, Recipe
from lib.models.weights import IMAGENET, NONE, available_weights
from lib.training.live import RUNNING
from lib.training.offer import defaults_of, starts
from lib.training.request import TrainingRequest
from lib.training.runs import parameters_of
from pages import _loaders as loaders
from pages import _run_list as runs
from pages import _shared as shared
from pages._mend import start_job
from pages._training_settings import first_settings, forget_settings, given, more_settings
from pages._training_summary import done, fits, summary

OWN = "own"


def form(catalog: Catalog) -> None:
    """Draw how a run is asked for."""
    st.header("Start a run", anchor=False, help="A run makes a model from this catalogue's training pictures.")
    with st.container(border=True):
        recipe, preset = choose_recipe()
        st.markdown(f"{recipe.about} {PRESETS_ABOUT.get(preset, '')}".strip())
        left, right = st.columns(2)
        with left:
            label = choose_label(catalog, recipe)
        with right:
            backbone = choose_backbone(recipe, preset)
        defaults = defaults_of(recipe, preset=preset)
        values, seed = first_settings(defaults)
        offered = starts(loaders.store(), catalog.name, backbone, names=loaders.run_names())
        values |= more_settings(recipe, defaults, starts=offered)
        with shared.guard():
            request = TrainingRequest(
                recipe.name,
                preset=preset,
                backbone="" if backbone == own_backbone(recipe, preset) else backbone,
                label="" if label == catalog.label else label,
                given=given(values, defaults),
                seed=seed,
            )
            check_start(request)
            summary(catalog, request)
            start(catalog, request)


def choose_recipe() -> tuple[Recipe, str]:
    """Draw the choice of a recipe and one of its presets."""
    left, right = st.columns(2)
    with left:
        name = shared.linked_choice(
            "Recipe", list(RECIPES), key="recipe", shown=lambda key: RECIPES[key].title, then=_forget_all,
            help="How the model learns. The first ones learn distances, the last ones learn to name the label.",
        )  # fmt: skip
    recipe = RECIPES[name]
    with right:
        preset = shared.linked_choice(
            "Preset", [OWN, *recipe.presets], key="preset", then=_forget_backbone,
            shown=lambda key: "The recipe's own settings" if key == OWN else key,
            help="The settings of a published system, or of a model of ours. Everything below can still be changed.",
        )  # fmt: skip
    return recipe, "" if preset == OWN else preset


def _forget_all() -> None:
    """Choose a recipe's own settings; widgets keep what a browser shows unless they are told a value."""
    st.session_state["preset"] = st.query_params["preset"] = OWN
    _forget_backbone()


def _forget_backbone() -> None:
    """Choose the backbone and settings of the recipe and preset that were chosen."""
    recipe, preset = RECIPES[st.session_state["recipe"]], st.session_state["preset"]
    preset = "" if preset == OWN else preset
    st.session_state["backbone"] = st.query_params["backbone"] = own_backbone(recipe, preset)
    forget_settings(defaults_of(recipe, preset=preset))


def choose_label(catalog: Catalog, recipe: Recipe) -> str:
    """Draw the choice of the column that is learnt."""
    labels = list(dict.fromkeys([catalog.label, *countable(catalog.frame, catalog.attributes)]))
    learnt = "Pictures with one value of this column are to lie near each other."
    measured = "The recipe does not look at labels; this column only measures it."
    return shared.linked_choice(
        "Label", labels, key="by", first=catalog.label, help=learnt if recipe.needs_label else measured
    )


def own_backbone(recipe: Recipe, preset: str) -> str:
    """Return the backbone of a recipe or of its preset."""
    return recipe.preset_backbones.get(preset, recipe.backbone)


def choose_backbone(recipe: Recipe, preset: str) -> str:
    """Draw the choice of the network that is trained, those first whose weights are at hand."""
    at_hand = set(available_weights())
    names = sorted(BACKBONES, key=lambda name: (name not in at_hand, list(BACKBONES).index(name)))

    def shown(name: str) -> str:
        return BACKBONES[name].title if name in at_hand else f"{BACKBONES[name].title} (weights are fetched first)"

    return shared.linked_choice(
        "Backbone", names, key="backbone", first=own_backbone(recipe, preset), shown=shown,
        help=shared.what_is("backbone", "The network that is trained further."),
    )  # fmt: skip


def check_start(request: TrainingRequest) -> None:
    """Refuse a trained model to start from that has another shape; ImageNet's weights may have to be fetched first."""
    if request.settings.start not in (IMAGENET, NONE):
        request.start(loaders.store())


def start(catalog: Catalog, request: TrainingRequest) -> None:
    """Draw the command that the choices stand for, and start it."""
    words = request.words(catalog.name)
    st.caption("The same from a terminal:")
    st.code(shlex.join(["python", "-m", "lib", *words]), language="bash", wrap_lines=True)
    asked = parameters_of(request, label=catalog.label)
    done(catalog, asked)
    can_be = fits(catalog, request)
    if not settings.training_allowed():
        return
    title = runs.name_of_new(catalog, asked)
    row = st.container(horizontal=True, vertical_alignment="center")
    going = any(job.is_active and list(job.words) == words for job in jobs.jobs(loaders.store()))
    going = going or any(run.state == RUNNING and dict(run.parameters) == asked for run in runs.unfinished(catalog))
    row.button(
        "Start", type="primary", icon=":material/play_arrow:", key="start", disabled=going or not can_be,
        on_click=start_job, args=(words, f"Train {title}", catalog.name),
    )  # fmt: skip
    row.caption(
        "This very run is under way: change something, such as the seed, for another."
        if going
        else "It runs on when this page is closed. One runs at a time; others wait in a queue."
    )
