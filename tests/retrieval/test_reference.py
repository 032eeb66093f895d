"""Others' figures, as printed."""

import pytest

from lib.retrieval.reference import S2_RETRIEVAL, S2_SEPARATION


def test_the_padded_model_has_the_distances_of_table_5_2_2() -> None:
    rows = S2_SEPARATION.frame().set_index("model")
    padded, tuned = rows.loc["ResNet50 (Pretrained + Padding)"], rows.loc["ResNet50 Fine-tuned"]
    assert (padded["intra_distance"], padded["inter_distance"]) == (0.168644, 0.359602)
    assert (tuned["intra_distance"], tuned["inter_distance"]) == (0.054785, 0.203822)
    assert "6.1.1" in S2_SEPARATION.differs[0]


def test_its_ratios_follow_from_its_distances() -> None:
    rows = S2_SEPARATION.frame()
    assert (rows["inter_distance"] / rows["intra_distance"]).tolist() == pytest.approx(
        rows["separation_ratio"].tolist(), abs=1e-4
    )


def test_both_tables_are_of_the_same_models() -> None:
    assert S2_RETRIEVAL.frame()["model"].tolist() == S2_SEPARATION.frame()["model"].tolist()
    assert set(S2_RETRIEVAL.frame()["recall@1"]) == {1.0}


def test_nobody_can_change_them() -> None:
    with pytest.raises(TypeError):
        S2_RETRIEVAL.rows[0].figures["map"] = 1.0  # type: ignore[index]
