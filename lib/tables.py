"""The tables of an experiment: what each stands for, how lists multiply, what needs what, and in which order."""

import heapq
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lib.errors import AppError
from lib.stages import CATALOG, EMBED, STAGE_KINDS

#: Keys that every table but [catalog] may have beside its own.
_COMMON = ("name", "after")
#: Stages of one table, at most.
_MOST_STAGES = 1_000


@dataclass(frozen=True)
class Stage:
    """One thing to make.

    Parameters
    ----------
    kind : str
        A key of ``STAGE_KINDS``.
    catalog : str
        The catalogue's name.
    options : dict
        What the stage's table in the file says, one value for each list; names and references left out.
    key : str
        Tells the stages of an experiment apart, such as ``"evaluate 2.1"``: the first of the second table.
    name : str
        What the file calls its table; empty where it does not.
    needs : dict of str to str
        Role (``catalog``, ``model`` ...) -> key of the stage that makes it; without it there is nothing to do.
    after : tuple of str
        Keys of stages that come before, whatever becomes of them.
    model : str
        What the file calls the model that is needed; empty where none is.
    """

    kind: str
    catalog: str
    options: Mapping[str, Any]
    key: str
    name: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    model: str = ""

    @property
    def asked(self) -> str:
        """What is asked for, in the file's words."""
        options = {key: value for key, value in self.options.items() if key != "name" or self.kind != CATALOG}
        model = {"model": self.model} if self.model else {}
        return " ".join([self.catalog, *(f"{key}={value}" for key, value in {**model, **options}.items())])


def stages_of(content: Mapping[str, Any]) -> tuple[str, tuple[Stage, ...]]:
    """Check the tables of an experiment and list its stages in order.

    Parameters
    ----------
    content : dict
        As TOML gives it.

    Returns
    -------
    str, tuple of Stage
        The catalogue's name, and every stage after those that it needs.

    Raises
    ------
    AppError
        If a table asks for a stage that there is not, names what the file does not have, or stages wait for each other.
    """
    catalog = content.get(CATALOG)
    catalog = {"name": catalog} if isinstance(catalog, str) else catalog
    if not isinstance(catalog, dict) or "name" not in catalog:
        raise AppError("There is no [catalog] table with a name.", hint="Add a source to it, or name one that is here.")
    unknown = content.keys() - STAGE_KINDS.keys() - {"title"}
    if unknown:
        raise AppError(f"Unknown stages: {', '.join(sorted(unknown))}.", hint=f"There are: {', '.join(STAGE_KINDS)}.")
    name = str(catalog["name"])
    tables = list(_tables(content))
    first = Stage(CATALOG, name, catalog, key=CATALOG)
    expansion = _Expansion(tables, name)
    stages = [stage for table in tables for stage in expansion.stages_of(table)]
    return name, _ordered([first, *_resolved(stages, tables)])


@dataclass(frozen=True)
class _Table:
    """One table of the file, other than [catalog]."""

    kind: str
    number: int
    options: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def name(self) -> str:
        return str(self.options.get("name", ""))


def _tables(content: Mapping[str, Any]) -> Iterator[_Table]:
    """Yield the tables in the order of their kinds, each name once."""
    known: set[str] = set()
    for kind in (kind for kind in STAGE_KINDS if kind != CATALOG):
        tables = content.get(kind, [])
        for number, options in enumerate(tables if isinstance(tables, list) else [tables], start=1):
            if not isinstance(options, dict):
                raise AppError(f"{kind} must be a table.", hint=f"Write [[{kind}]] and its keys below.")
            name = options.get("name", "")
            if not isinstance(name, str) or name in known or (not name.strip() and "name" in options):
                raise AppError(f"Expected [[{kind}]] name to be text that no other table has. Received: name={name!r}")
            known |= {name} if name else set()
            yield _Table(kind, number, options)


class _Expansion:
    """The stages of tables: one each, or one for each combination of the values of a table's lists.

    Parameters
    ----------
    tables : list of _Table
    catalog : str
    """

    def __init__(self, tables: list[_Table], catalog: str) -> None:
        self._tables, self._catalog = tables, catalog
        self._known: dict[str, list[Stage]] = {}

    def stages_of(self, table: _Table, *, asked_by: tuple[str, ...] = ()) -> list[Stage]:
        """Return the stages of a table; `asked_by` are the keys of those that need it, the last one first."""
        if table.key in asked_by:
            names = " -> ".join(other.name for other in self._tables if other.key in asked_by)
            raise AppError(f"Tables need each other: {names}.", hint="Change what one of them starts from.")
        if table.key not in self._known:
            self._known[table.key] = list(self._expanded(table, (table.key, *asked_by)))
        return self._known[table.key]

    def _expanded(self, table: _Table, asked_by: tuple[str, ...]) -> Iterator[Stage]:
        kind = STAGE_KINDS[table.kind]
        options = {key: value for key, value in table.options.items() if key not in _COMMON}
        if "model" in kind.refers:
            options.setdefault("model", [other for other in self._tables if other.kind == EMBED])
        listed = [key for key in kind.lists if key in options]
        options = {key: options[key] for key in [*listed, *(key for key in options if key not in listed)]}
        axes = [self._axis(table, key, value, asked_by) for key, value in options.items()]
        every = _product(table, axes)
        combinations = [one for one in every if len(every) == 1 or kind.defined(dict(zip(options, one, strict=True)))]
        for number, values in enumerate(combinations, start=1):
            chosen = dict(zip(options, values, strict=True))
            needed = dict(_roles({role: chosen.pop(role) for role in kind.refers if role in chosen}))
            yield Stage(
                kind=table.kind,
                catalog=self._catalog,
                options=chosen,
                key=table.key if len(combinations) == 1 else f"{table.key}.{number}",
                name=table.name,
                needs={CATALOG: CATALOG, **{role: other.key for role, other in needed.items()}},
                model=self._called(needed["model"]) if "model" in needed else "",
            )

    def _axis(self, table: _Table, key: str, value: Any, asked_by: tuple[str, ...]) -> list[Any]:
        """Return the values that a key takes in turn; for one that names a table, that table's stages."""
        kind = STAGE_KINDS[table.kind]
        values = _values(table, key, value) if key in kind.lists else [value]
        if key in kind.refers:
            together = isinstance(value, list) and key in kind.joins
            others = [
                _other(table, key, name, self._tables)
                for name in (_each_once(table, key, value) if together else values)
            ]
            stages = [stage for other in others for stage in self.stages_of(other, asked_by=asked_by)]
            return [tuple(stages)] if together else stages
        if key in kind.grids and isinstance(value, dict):
            lists = [_values(table, name, inner) for name, inner in value.items()]
            return [dict(zip(value, chosen, strict=True)) for chosen in _product(table, lists)]
        return values

    def _called(self, stage: Stage) -> str:
        """Return what a person recognises a model by: its table's name or what it is made of, and which one it is."""
        table, _, number = stage.key.partition(".")
        called = next(_called(other) for other in self._tables if other.key == table)
        return f"{called} {number}" if number else called


def _product(table: _Table, axes: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Return every combination of the values of lists."""
    n = math.prod(map(len, axes))
    if n > _MOST_STAGES:
        raise AppError(f"[[{table.kind}]] asks for {n:,} stages; at most {_MOST_STAGES:,}.", hint="Shorten its lists.")
    return list(itertools.product(*axes))


def _values(table: _Table, key: str, value: Any) -> list[Any]:
    """Return the values of a key that may hold a list."""
    values = value if isinstance(value, list) else [value]
    if not values:
        no_model = key == "model" and "model" not in table.options
        wanted = "a model to ask: there is no [[embed]] table" if no_model else "at least one value"
        raise AppError(f"[[{table.kind}]] {key} needs {wanted}.")
    return values


def _other(table: _Table, role: str, name: Any, tables: list[_Table]) -> _Table:
    """Return the table of a name, of the kind that a role refers to."""
    if isinstance(name, _Table):
        return name
    kind = STAGE_KINDS[table.kind].refers[role]
    there = {other.name: other for other in tables if other.kind == kind and other.name}
    if not isinstance(name, str) or name not in there:
        there_are = ", ".join(there) or "none that have a name"
        raise AppError(f"[[{table.kind}]] {role} names no [[{kind}]] table: {name!r}.", hint=f"There are: {there_are}.")
    return there[name]


def _each_once(table: _Table, key: str, names: list[Any]) -> list[Any]:
    """Return the names of tables that are needed together, each of which has to be another one."""
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None or not names:
        what = f"names {twice!r:.80} twice" if names else "names no table"
        raise AppError(f"[[{table.kind}]] {key} {what}.", hint="Name each once.")
    return names


def _roles(needed: Mapping[str, Stage | tuple[Stage, ...]]) -> Iterator[tuple[str, Stage]]:
    """Yield the stages that are needed with their roles; of several for one, each has its number in it."""
    for role, found in needed.items():
        if isinstance(found, tuple):
            yield from ((f"{role} {number}", stage) for number, stage in enumerate(found, start=1))
        else:
            yield role, found


def _called(table: _Table) -> str:
    """Return what a person recognises a model by: its name, or what it is made of."""
    asked = (table.options.get(key) for key in ("run", "recipe", "backbone", "size", "fit"))
    return table.name or "-".join(str(value) for value in asked if value is not None)


def _resolved(stages: list[Stage], tables: list[_Table]) -> Iterator[Stage]:
    """Yield the stages with the keys of those that they come after."""
    of_table = {table.name: [s.key for s in stages if s.name == table.name] for table in tables if table.name}
    asked = {table.key: table.options.get("after", []) for table in tables}
    for stage in stages:
        names = asked[stage.key.partition(".")[0]]
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) and name in of_table for name in names):
            raise AppError(
                f"[[{stage.kind}]] after names no table: {names!r}.",
                hint=f"There are: {', '.join(of_table) or 'none that have a name'}.",
            )
        after = tuple(key for name in names for key in of_table[name])
        yield Stage(**{**vars(stage), "after": after})


def _ordered(stages: list[Stage]) -> tuple[Stage, ...]:
    """Return the stages so that each comes after what it needs, and otherwise as they stand."""
    place = {stage.key: number for number, stage in enumerate(stages)}
    graph = TopologicalSorter({stage.key: {*stage.needs.values(), *stage.after} for stage in stages})
    try:
        graph.prepare()
    except CycleError as error:
        names = " -> ".join(stages[place[key]].name or key for key in reversed(error.args[1]))
        raise AppError(
            f"Stages wait for each other: {names} (each comes after the next).", hint="Change an after."
        ) from error
    ready, found = [place[key] for key in graph.get_ready()], []
    heapq.heapify(ready)
    while ready:
        stage = stages[heapq.heappop(ready)]
        found.append(stage)
        graph.done(stage.key)
        for key in graph.get_ready():
            heapq.heappush(ready, place[key])
    return tuple(found)
