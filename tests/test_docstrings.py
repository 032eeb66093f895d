"""Every public function, class and method of lib is documented, as numpydoc checks it, errors included."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from numpydoc.validate import validate

ROOT = Path(__file__).resolve().parent.parent
NAMES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "lib").rglob("*.py"))
    if path.stem != "__main__"
]
#: No docstring; parameters missing or unknown; no Returns or Yields section.
CODES = {"GL08", "PR01", "PR02", "RT01", "YD01"}
#: Where one line is enough: see `is_short`.
ONE_LINE = {"GL08"}
#: Errors that a caller should know of; a RuntimeError is a bug.
ERROR = re.compile(r"(?<!Runtime)Error$|Artifact$")


def public(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Dotted names and objects of what a module defines for others."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(thing):
            yield f"{module.__name__}.{name}", thing
            fields = getattr(thing, "__dataclass_fields__", {})
            for method, value in vars(thing).items():
                is_method = inspect.isroutine(getattr(value, "__func__", value)) and method not in fields
                if is_method and not method.startswith("_"):
                    yield f"{module.__name__}.{name}.{method}", value
        elif inspect.isfunction(thing):
            yield f"{module.__name__}.{name}", thing


def is_short(dotted: str, thing: object, shared: set[str]) -> bool:
    """Whether one line is enough: errors, protocols, what keeps to a protocol, and commands, which are all alike."""
    if inspect.isclass(thing):
        return issubclass(thing, Exception) or is_protocol(thing)
    return dotted.startswith("lib.commands.") or dotted.rsplit(".", 1)[1] in shared


def protocol_methods(module: ModuleType) -> set[str]:
    """Names of the methods of every protocol that a module defines or imports."""
    protocols = [thing for thing in vars(module).values() if inspect.isclass(thing) and is_protocol(thing)]
    return {method for protocol in protocols for method in vars(protocol) if not method.startswith("_")}


def is_protocol(thing: type) -> bool:
    return bool(getattr(thing, "_is_protocol", False))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_public_is_documented(name: str) -> None:
    module = importlib.import_module(name)
    shared = protocol_methods(module)
    problems = []
    for dotted, thing in public(module):
        codes = ONE_LINE if is_short(dotted, thing, shared) else CODES
        problems += [f"{dotted}: {code} {text}" for code, text in validate(dotted)["errors"] if code in codes]
    assert problems == []


def raised(function: ast.FunctionDef) -> set[str]:
    """Names of the errors that a function itself raises for its callers, those of its inner functions left out."""
    inner = [node for child in ast.walk(function) if child is not function for node in own(child)]
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Raise) and node.exc and node not in inner]
    calls = [node.exc.func for node in nodes if isinstance(node.exc, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    return {name for name in names if ERROR.search(name)}


def is_property(function: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in function.decorator_list)


def own(node: ast.AST) -> list[ast.Raise]:
    """The raise statements of an inner function."""
    return [n for n in ast.walk(node) if isinstance(n, ast.Raise)] if isinstance(node, ast.FunctionDef) else []


def public_functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions for others: those of the module and of its public classes, properties left out."""
    for node in module.body:
        public_class = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        for child in node.body if public_class else [node]:
            if isinstance(child, ast.FunctionDef) and not child.name.startswith("_") and not is_property(child):
                yield child


def test_what_a_public_function_raises_is_documented() -> None:
    silent = []
    for path in sorted((ROOT / "lib").rglob("*.py")):
        for function in public_functions(ast.parse(path.read_text(encoding="utf-8"))):
            section = (ast.get_docstring(function) or "").partition("Raises\n---")[2]
            missing = [error for error in sorted(raised(function)) if error not in section]
            silent += [f"{path.relative_to(ROOT)}:{function.name} raises {error}" for error in missing]
    assert silent == []
