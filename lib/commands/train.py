"""``train``: a recipe makes a model from a catalogue."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, key_value, text
from lib.errors import AppError
from lib.models import BACKBONES
from lib.models.recipes import RECIPES
from lib.progress import TerminalProgress
from lib.training.request import TrainingRequest
from lib.training.train import request_of_run, train


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "train", handler=_run, show=_show, purpose="train a model on a catalogue")
    parser.add_argument("name", metavar="NAME", help="the catalogue")
    parser.add_argument("--recipe", choices=RECIPES, help="; ".join(f"{r.name}: {r.title}" for r in RECIPES.values()))
    parser.add_argument("--resume", metavar="RUN", type=text, help="go on with a run that was stopped")
    parser.add_argument("--preset", metavar="PRESET", type=text, help="a published system's settings")
    parser.add_argument("--backbone", metavar="B", choices=sorted(BACKBONES), help=", ".join(sorted(BACKBONES)))
    parser.add_argument("--label", metavar="COLUMN", type=text, help="what makes pictures relevant to each other")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting, such as epochs=3",
    )


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Train and say what was measured."""
    request = _request(args, store)
    command = request.command(args.name)
    result = train(store, args.name, request, command=command, report=TerminalProgress(f"training {args.name}, steps"))
    details = result.manifest.details
    return {
        "run": result.manifest.id,
        "resumed_from_epoch": result.resumed_from_epoch,
        "was_current": result.was_current,
        "epochs": details["epochs"],
        "best_epoch": details["best_epoch"],
        "metrics": details["metrics"],
    }


def _request(args: argparse.Namespace, store: Store) -> TrainingRequest:
    """Return what was asked for: a recipe, or a run to go on with."""
    if (args.recipe is None) == (args.resume is None):
        raise AppError(
            "Name a recipe with --recipe, or a stopped run with --resume.", hint=f"Recipes: {', '.join(RECIPES)}."
        )
    if args.resume is not None:
        if args.preset or args.backbone or args.label or args.set:
            raise AppError("--resume goes on with what the run was asked for.", hint="Leave the other options out.")
        return request_of_run(store, args.name, args.resume)
    return TrainingRequest(
        recipe=args.recipe,
        preset=args.preset or "",
        backbone=args.backbone or "",
        label=args.label or "",
        given=dict(key_value(word) for word in args.set),
        seed=args.seed,
    )


def _show(values: Values) -> None:
    """Print what was measured and the id, which embed takes."""
    for split, measured in values["metrics"].items():
        shown = [
            f"{name} {value['value'] if isinstance(value, dict) else value:.3f}"
            for name, value in measured.items()
            if isinstance(value, dict | float)
        ]
        print(f"{split:<5} {', '.join(shown)}")
    print(f"run: {values['run']} (best of {values['epochs']} epochs: {values['best_epoch']})")
