"""Find out, without risk to this process, whether pictures can be made here, and which package is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

_TIMEOUT_S = 60

# Run in a process of its own: a broken driver ends it with a signal, not with an exception.
_STEPS = """
import ctypes, json, sys

def say(**answer):
    print(json.dumps(answer)); sys.exit(0)

try:
    egl = ctypes.CDLL("libEGL.so.1")
except OSError as error:
    say(missing="libEGL.so.1", package="libegl1", detail=str(error))
egl.eglGetProcAddress.restype = ctypes.c_void_p
egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
address = egl.eglGetProcAddress(b"eglGetPlatformDisplayEXT")
display = None
if address:
    get = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(address)
    display = get(0x31DD, None, None)
major, minor = ctypes.c_int(), ctypes.c_int()
egl.eglInitialize.argtypes = [ctypes.c_void_p] * 3
if not display or not egl.eglInitialize(display, ctypes.byref(major), ctypes.byref(minor)):
    say(missing="an EGL driver", package="libegl-mesa0 libgl1-mesa-dri", detail="eglInitialize failed")
egl.eglQueryString.restype = ctypes.c_char_p
egl.eglQueryString.argtypes = [ctypes.c_void_p, ctypes.c_int]
vendor = (egl.eglQueryString(display, 0x3053) or b"").decode()
egl.eglTerminate.argtypes = [ctypes.c_void_p]
egl.eglTerminate(display)
try:
    ctypes.CDLL("libGL.so.1")
except OSError as error:
    say(missing="libGL.so.1", package="libgl1", detail=str(error))
say(missing="", package="", detail="EGL %d.%d, %s" % (major.value, minor.value, vendor))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the probe found. ``missing`` is empty when pictures can be made."""

    missing: str
    package: str
    detail: str

    @property
    def ok(self) -> bool:
        """Whether a renderer can start here."""
        return not self.missing

    @property
    def message(self) -> str:
        """One line for ``doctor`` and for error messages."""
        if self.ok:
            return f"headless OpenGL works ({self.detail})"
        return f"headless OpenGL: {self.missing} is missing; apt-get install -y {self.package}"


def probe() -> Probe:
    """Try the steps of a headless start, in a subprocess, and name the first library that is missing."""
    try:
        run = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _STEPS], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Probe(missing="a driver that answers", package="libgl1-mesa-dri", detail=f"no answer in {_TIMEOUT_S} s")
    lines = run.stdout.strip().splitlines()
    if run.returncode or not lines:
        detail = f"the driver ended the process with code {run.returncode}"
        return Probe(missing="a working EGL driver", package="libegl-mesa0 libgl1-mesa-dri", detail=detail)
    return Probe(**json.loads(lines[-1]))
