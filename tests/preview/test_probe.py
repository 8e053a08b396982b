from __future__ import annotations

import pytest

from xmscenes.errors import RenderError
from xmscenes.preview import context
from xmscenes.preview import probe as probing
from xmscenes.preview.probe import probe


@pytest.mark.gl
def test_a_machine_with_mesa_passes() -> None:
    found = probe()
    assert found.ok
    assert found.message.startswith("headless OpenGL works (EGL 1.")


@pytest.mark.parametrize(
    ("hidden", "package"), [("libEGL.so.1", "libegl1"), ("libGL.so.1", "libgl1"), ("0x31DD", "libgl1-mesa-dri")]
)
def test_the_missing_package_is_named(hidden: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    instead = "0x0001" if hidden.startswith("0x") else "libabsent.so.9"
    steps = probing._STEPS.replace(f"({hidden}", f"({instead}").replace(f'("{hidden}', f'("{instead}')
    monkeypatch.setattr(probing, "_STEPS", steps)
    found = probe()
    assert not found.ok
    assert found.message.endswith(package)
    assert "apt-get install -y" in found.message


def test_a_driver_that_crashes_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_STEPS", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    found = probe()
    assert not found.ok
    assert "code -11" in found.detail


def test_a_start_that_fails_says_which_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise AttributeError("'NoneType' object has no attribute 'eglGetCurrentContext'")

    monkeypatch.setattr(context, "_platform_module", broken)
    monkeypatch.setattr(probing, "_STEPS", probing._STEPS.replace("libEGL.so.1", "libabsent.so.9"))
    with pytest.raises(RenderError, match="apt-get install -y libegl1"), context.gl_context():
        pass
