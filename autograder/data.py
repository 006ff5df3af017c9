"""Real data for the capstones, from packages that ship it; nothing is downloaded by surprise.

The scikit-learn loaders need the extra ``[capstones]``. MNIST is read from the IDX files a user
has.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np

from autograder.values.nested import Array

__all__ = [
    "CAPSTONES",
    "brain_waves",
    "breast_cancer",
    "diabetes",
    "digits",
    "iris",
    "mnist",
    "photo",
    "prose",
    "read_idx",
    "share_price",
]


CAPSTONES = 'pip install "gymnasium>=1.3" "scikit-learn>=1.4"'
"""What brings the packages of the extra ``[capstones]``, wherever the wheel lies."""


def _sklearn(name: str) -> Any:
    try:
        from sklearn import datasets
    except ImportError:
        told = f"this needs scikit-learn's data: {CAPSTONES}"
        raise ModuleNotFoundError(told, name="sklearn") from None
    return getattr(datasets, name)


def _split(x: Array, y: Array, test: float, seed: int) -> dict[str, Array]:
    order = np.random.default_rng(seed).permutation(len(x))
    held = round(test * len(x))
    train, out = order[held:], order[:held]
    return {"x_train": x[train], "y_train": y[train], "x_test": x[out], "y_test": y[out]}


def digits(*, images: bool = False, test: float = 0.2, seed: int = 0) -> dict[str, Array]:
    """Handwritten digits, 8×8, 1,797 of them (UCI, shipped with scikit-learn).

    Parameters
    ----------
    images : bool
        True: shape (n, 1, 8, 8); else flat, (n, 64).
    test : float
        Share held out.
    seed : int
        Of the split.

    Returns
    -------
    dict
        ``x_train``, ``x_test`` float64 in [0, 1]; ``y_train``, ``y_test`` int64 of shape (n,).
    """
    x, y = _sklearn("load_digits")(return_X_y=True)
    x = x / 16.0
    return _split(x.reshape(-1, 1, 8, 8) if images else x, y.astype(np.int64), test, seed)


def breast_cancer(*, test: float = 0.2, seed: int = 0) -> dict[str, Array]:
    """Breast cancer Wisconsin: 569 samples, 30 features, two classes (malignant 0, benign 1)."""
    x, y = _sklearn("load_breast_cancer")(return_X_y=True)
    return _split(x, y, test, seed)


def diabetes(*, test: float = 0.2, seed: int = 0) -> dict[str, Array]:
    """Diabetes progression: 442 samples, 10 standardised features, a real target."""
    x, y = _sklearn("load_diabetes")(return_X_y=True)
    return _split(x, y, test, seed)


def iris(*, test: float = 0.2, seed: int = 0) -> dict[str, Array]:
    """Fisher's iris: 150 samples, 4 lengths in cm, three species."""
    x, y = _sklearn("load_iris")(return_X_y=True)
    return _split(x, y, test, seed)


def photo(name: str = "china") -> Array:
    """Return a photograph as floats in [0, 1], shape (H, W, 3): ``"china"`` or ``"flower"``."""
    return np.asarray(_sklearn("load_sample_image")(f"{name}.jpg"), dtype=np.float64) / 255.0


def prose(characters: int = 200_000) -> str:
    """Return real English prose that ships with Python: its reference manual, as plain text."""
    from pydoc_data.topics import topics

    text = "\n\n".join(topics[name] for name in sorted(topics))
    return text[:characters]


def _sample_data(name: str) -> Path:
    try:
        from matplotlib import cbook
    except ImportError:
        told = 'this needs the sample data of Matplotlib: pip install "matplotlib>=3.8"'
        raise ModuleNotFoundError(told, name="matplotlib") from None
    return Path(cbook.get_sample_data(name, asfileobj=False))


def brain_waves() -> Array:
    """Return a recorded EEG that ships with Matplotlib: (800, 4), a column for each channel.

    The channels have a mean of about 0 and a standard deviation of about 1.
    """
    return np.fromfile(_sample_data("eeg.dat"), "<f8").reshape(-1, 4)


def share_price() -> Array:
    """Return the closing prices of Google's share in USD, 1,047 days, shipped with Matplotlib."""
    with np.load(_sample_data("goog.npz")) as found:
        return np.asarray(found["price_data"]["close"], np.float64)


def read_idx(path: str | Path) -> Array:
    """Read an IDX file (MNIST's format), gzipped or not.

    Raises
    ------
    ValueError
        If the file is not IDX or is cut short.
    """
    raw = Path(path).read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    kinds = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in kinds:
        raise ValueError(
            f"{Path(path).name} is not an IDX file: expected two zero bytes and a type"
        )
    dims = raw[3]
    if len(raw) < 4 + 4 * dims:
        raise ValueError(f"{Path(path).name} is cut short: its header promises {dims} sizes")
    shape = struct.unpack_from(f">{dims}I", raw, 4)
    kind = np.dtype(kinds[raw[2]])
    start, count = 4 + 4 * dims, int(np.prod(shape, dtype=np.int64))
    if len(raw) < start + count * kind.itemsize:
        raise ValueError(f"{Path(path).name} is cut short: its header promises {count} values")
    return np.frombuffer(raw, kind, count, start).reshape(shape).astype(kind.newbyteorder("="))


def mnist(folder: str | Path) -> dict[str, Array]:
    """Read MNIST's four IDX files (gzipped or not) from `folder`.

    Returns
    -------
    dict
        As `digits`: flat images, (n, 784), in [0, 1].

    Raises
    ------
    FileNotFoundError
        If one of the four files is missing.
    """
    parts = {}
    for part, stem in (("train", "train"), ("test", "t10k")):
        for letter, kind in (("x", "images-idx3-ubyte"), ("y", "labels-idx1-ubyte")):
            found = [
                path
                for name in (f"{stem}-{kind}", f"{stem}-{kind.replace('-idx', '.idx')}")
                for path in (Path(folder) / name, Path(folder) / f"{name}.gz")
                if path.exists()
            ]
            if not found:
                raise FileNotFoundError(
                    f"no {stem}-{kind}[.gz] in {folder}: put MNIST's files there"
                )
            parts[f"{letter}_{part}"] = read_idx(found[0])
    for part in ("train", "test"):
        x = parts[f"x_{part}"]
        parts[f"x_{part}"] = x.reshape(len(x), -1) / 255.0
        parts[f"y_{part}"] = parts[f"y_{part}"].astype(np.int64)
    return parts
