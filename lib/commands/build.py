"""``build``: every stage of an experiment file."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, command_line, file_path, key_value
from lib.experiment import read_experiment
from lib.pipeline import build_experiment
from lib.progress import TerminalProgress


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "make every stage of an experiment, skipping what is current"
    parser = add_command(commands, "build", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("experiment", metavar="EXPERIMENT.toml", type=file_path, help="see experiments/")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set a key, such as catalog.limit=40; catalog=NAME takes a catalogue that is there",
    )


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Build the stages and say what became of each."""
    settings = dict(key_value(word) for word in args.set)
    experiment = read_experiment(args.experiment, settings=settings)
    words = [word for text in args.set for word in ("--set", text)]
    command = command_line("build", str(args.experiment), *words, seed=args.seed or None)
    results = list(build_experiment(store, experiment, command=command, reporter=TerminalProgress, seed=args.seed))
    return {
        "experiment": experiment.name,
        "catalog": experiment.catalog,
        "stages": [result.to_json() for result in results],
        "failed": sum(result.status == "failed" for result in results),
    }


def _show(values: Values) -> None:
    """Print a line a stage."""
    for stage in values["stages"]:
        name = f"  ({stage['name']})" if stage["name"] else ""
        print(f"{stage['status']:<12} {stage['kind']:<10} {stage['id']}{name}")
        if stage["reason"] and not stage["passed_on"]:
            print(f"{'':<12} {stage['reason']}")
    if any(stage["status"] == "unavailable" for stage in values["stages"]):
        print("What is unavailable is not needed by the rest: everything else works, and it joins when built again.")
