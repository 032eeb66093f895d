"""``share``: a trained model as a folder that can be taken elsewhere."""

import argparse

from lib.artifacts import Store
from lib.commands.shared import Commands, Values, add_command, file_path, text
from lib.training.sharing import share_model


def add(commands: Commands) -> None:
    """Add the command."""
    purpose = "write a trained model to a folder that embed --weights takes anywhere"
    parser = add_command(commands, "share", handler=_run, show=_show, purpose=purpose)
    parser.add_argument("name", metavar="NAME", help="the catalogue that it was trained on")
    parser.add_argument("--run", metavar="RUN", type=text, required=True, help="the training run")
    parser.add_argument("--as", dest="called", metavar="MODEL", type=text, required=True, help="what it is called")
    parser.add_argument("--title", metavar="TITLE", type=text, help="what people see (default: the run's)")
    parser.add_argument("--out", metavar="DIR", type=file_path, required=True, help="the folder to write")


def _run(args: argparse.Namespace, store: Store) -> Values:
    """Write the folder and say how large it is."""
    model = share_model(store, args.name, args.run, args.out, name=args.called, title=args.title or "")
    n_bytes = sum(path.stat().st_size for path in args.out.iterdir() if path.is_file())
    return {"model": model.name, "folder": str(args.out), "dim": model.dim, "size": model.size, "bytes": n_bytes}


def _show(values: Values) -> None:
    """Print where it is."""
    print(f"{values['model']}: {values['bytes'] / 1e6:.1f} MB in {values['folder']}")
