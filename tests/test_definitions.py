"""Everything that is measured has a definition, the definitions are whole, and the documentation names them alike."""

import ast
import re
from pathlib import Path

import pytest

from lib.artifacts import Store
from lib.definitions import ALSO, DEFINITIONS, GROUPS, definition, help_text, topic_link, topic_of
from lib.definitions.definition import LABELS, RANKING
from lib.images.disturb import DISTURBANCES
from lib.images.fit import FITS
from lib.retrieval.distances import DISTANCE_METRICS
from lib.retrieval.evaluate import evaluate
from lib.retrieval.protocols import PROTOCOLS
from lib.retrieval.variants import STEPS
from tests.factories import make_catalog, make_embedding

ROOT = Path(__file__).resolve().parent.parent
EVERY = pytest.mark.parametrize("found", DEFINITIONS.values(), ids=list(DEFINITIONS))


def test_every_number_of_an_evaluation_is_explained(store: Store) -> None:
    model = make_embedding(store, make_catalog(store)).id
    details = evaluate(
        store, "tiny", model, command="python -m lib evaluate tiny --model toy"
    ).evaluation.manifest.details
    printed = set(details["metrics"]) | {
        name for name in details["cost"] if not name.startswith(("n_", "bytes_shared"))
    }
    assert {"map_at_r", "same_gender@10", "ms_per_query"} <= printed
    assert {name for name in printed if topic_of(name) is None} == set()


def test_every_choice_is_explained() -> None:
    choices = {*DISTANCE_METRICS, *PROTOCOLS, *STEPS, *DISTURBANCES, "asked-by", *(set(FITS) - {"pad-white"})}
    assert {name for name in choices if topic_of(name) is None} == set()


def test_what_has_a_table_of_its_own_is_not_said_twice() -> None:
    for name, protocol in PROTOCOLS.items():
        assert (definition(name).name, definition(name).short) == (protocol.label, protocol.explanation)
    for name, metric in DISTANCE_METRICS.items():
        assert definition(name).short == metric.explanation


@EVERY
def test_a_definition_is_whole(found) -> None:
    assert found.group in GROUPS
    for text in (found.short, found.meaning, found.pitfall, found.source):
        assert re.search(r"[.?)`]$", text), text
    assert re.search(r"\b(18|19|20)\d\d\b", found.source), "a source has a year"
    assert len(found.short) < 170
    assert found.key == topic_of(found.key)


@EVERY
def test_an_equation_can_be_shown_part_by_part(found) -> None:
    for part in found.equation.split(r"\qquad"):
        bare = part.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}"), part
        assert part.count(r"\begin") == part.count(r"\end"), part
        assert part.count(r"\bigl") == part.count(r"\bigr"), part
        assert part.count(r"\Bigl") == part.count(r"\Bigr"), part


def test_names_and_keys_are_unique_and_other_names_lead_somewhere() -> None:
    assert len({found.name.lower() for found in DEFINITIONS.values()}) == len(DEFINITIONS)
    assert set(ALSO) & set(DEFINITIONS) == set()
    assert set(ALSO.values()) <= set(DEFINITIONS)


def test_a_tooltip_is_a_sentence_and_a_link() -> None:
    assert help_text("recall@5").endswith(" [What is this?](/learn?topic=recall)")
    assert help_text("recall@5").startswith(DEFINITIONS["recall"].short)
    assert help_text("map", said="Mine.") == "Mine. [What is this?](/learn?topic=map)"
    assert help_text("map", catalog="a b").endswith("(/learn?topic=map&catalog=a+b)")
    assert topic_link("interval", text="sure") == "[sure](/learn?topic=interval)"
    with pytest.raises(ValueError, match="Received: 'luck'"):
        help_text("luck")


def test_pages_ask_for_definitions_that_there_are() -> None:
    asked = set()
    for path in (ROOT / "pages").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in ("help_text", "shared.what_is", "explained"):
                given = node.args if name == "explained" else node.args[:1]
                asked |= {argument.value for argument in given if isinstance(argument, ast.Constant)}
    assert {"threshold", "interval", "score", "pareto"} <= asked
    assert {name for name in asked if topic_of(name) is None} == set()


def tabled(page: str) -> set[str]:
    """What stands between backquotes in the first cells of a page's tables."""
    cells = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.split("[=@]", name)[0] for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def glossary() -> dict[str, str]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", text, re.MULTILINE))


def test_every_metric_is_in_the_table_of_metrics_and_the_other_way_round() -> None:
    here = tabled("metrics.md")
    keys = {key for key, found in DEFINITIONS.items() if found.group in (RANKING, LABELS)}
    assert keys - here == {"same_attribute"}
    assert {name for name in here - {""} if topic_of(name) is None} == set()


def test_whatever_has_no_table_is_in_the_glossary_in_the_same_words() -> None:
    tables = tabled("metrics.md") | tabled("search.md") | tabled("variants.md")
    words = {name.lower(): meaning.lower() for name, meaning in glossary().items()}
    left = {found.name.lower(): found.short for key, found in DEFINITIONS.items() if key not in tables}
    assert len(left) > 20
    assert {name: words.get(name) for name in left} == {name: text.lower().rstrip(".") for name, text in left.items()}


def test_the_glossary_is_sorted_and_says_nothing_twice() -> None:
    names = [name.lower() for name in glossary()]
    assert names == sorted(set(names))
