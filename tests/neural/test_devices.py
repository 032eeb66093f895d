"""Which number format is taken where, and who shares a batch."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch):
    from lib.neural import devices

    monkeypatch.setattr(devices, "accelerators", lambda: [])
    return devices


@pytest.mark.parametrize(
    ("flags", "expected"), [("fpu avx2 amx_bf16", "bf16"), ("fpu avx512_bf16", "f32"), ("", "f32")]
)
def test_a_processor_computes_in_bf16_where_it_has_amx(devices, monkeypatch, flags: str, expected: str) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_args, **_options: f"flags : {flags}")
    assert devices.best_precision() == expected


@pytest.mark.parametrize(("has", "expected"), [(True, "bf16"), (False, "f16")])
def test_an_accelerator_computes_in_bf16_where_it_can(devices, monkeypatch, has: bool, expected: str) -> None:
    monkeypatch.setattr(devices, "accelerators", lambda: ["gpu:0"])
    monkeypatch.setattr(devices, "_accelerator_has_bf16", lambda: has)
    assert devices.best_precision() == expected


def test_one_device_shares_with_nobody(devices) -> None:
    with devices.spread() as n:
        assert n == 1


@pytest.mark.parametrize(("n", "found"), [(0, []), (2, ["gpu:0", "gpu:1"])])
def test_under_pytorch_its_own_cards_are_counted(monkeypatch, n: int, found: list) -> None:
    from lib.neural import devices

    cuda = SimpleNamespace(device_count=lambda: n)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))  # Keras lists no devices for it
    monkeypatch.setattr(devices.keras.backend, "backend", lambda: "torch")
    assert devices.accelerators() == found
    with devices.spread() as n_sharing:
        assert n_sharing == 1
