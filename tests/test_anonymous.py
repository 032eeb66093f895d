"""Texts that tell nobody's folders."""

import pytest

from lib.anonymous import without_paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "python -m lib import folder --path /home/me/shop --limit 3",
            "python -m lib import folder --path shop --limit 3",
        ),
        ("python -m lib import x --path ../shared/data/x.zip", "python -m lib import x --path x.zip"),
        ("python -m lib import x --path '~/a b/x.zip'", "python -m lib import x --path x.zip"),
        ("python -m lib import x --path 'C:\\Users\\me\\x.zip'", "python -m lib import x --path x.zip"),
        ("python -m lib build experiments/sample.toml", "python -m lib build experiments/sample.toml"),
        (
            "python -m lib build x.toml --set catalog.path=/d/x.zip",
            "python -m lib build x.toml --set catalog.path=x.zip",
        ),
        ("python -m lib evaluate a --variant l2+pca=4", "python -m lib evaluate a --variant l2+pca=4"),
        ("python -m lib broken 'quote /home/me/x", "python -m lib broken 'quote x"),
        ("Put it into /opt or C:\\Users\\me\\models.", "Put it into opt or models."),
        ("See https://example.org/a/b and/or 3/4.", "See https://example.org/a/b and/or 3/4."),
        ("", ""),
    ],
)
def test_only_the_last_part_of_a_path_is_told(text: str, expected: str) -> None:
    assert without_paths(text) == expected
