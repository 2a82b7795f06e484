"""Where tensors live: CUDA, then MPS, then the CPU; and the settings that make runs repeat."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import torch

DEVICES = ("auto", "cuda", "mps", "cpu")


class DeviceError(ValueError):
    """A device that is unknown or not there; the message says which there are."""


def available() -> list[str]:
    """The devices of this machine, the fastest first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def resolve(name: str) -> torch.device:
    """The device called `name`, the first available one for `auto`. Raises DeviceError."""
    there = available()
    if name not in DEVICES:
        raise DeviceError(f"unknown device {name!r}; choose one of: {', '.join(DEVICES)}")
    if name == "auto":
        return torch.device(there[0])
    if name not in there:
        raise DeviceError(f"this machine has no {name} device that torch can use; it has: {', '.join(there)}")
    return torch.device(name)


def describe(device: torch.device) -> str:
    """The device in words, for the status bar and for reports."""
    if device.type == "cuda":
        return f"CUDA: {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "MPS: Apple GPU"
    return f"CPU: {processor()}"


def processor() -> str:
    """The name of the CPU."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return os.uname().machine if hasattr(os, "uname") else "unknown"


def one_thread() -> None:
    """One torch thread: OpenMP's spin barriers cost milliseconds an operation as soon as another process is busy."""
    torch.set_num_threads(1)


def keep_memory() -> None:
    """Let glibc keep what is freed: given back, every step would have to fault it in again, at twice the time."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # another C library, which has its own ways
    mallopt(-1, 1 << 28)  # M_TRIM_THRESHOLD: up to so many bytes stay
    mallopt(-3, 1 << 25)  # M_MMAP_THRESHOLD: below this nothing gets a mapping of its own
