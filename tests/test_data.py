"""The data loaders: real data from installed packages, MNIST's files where a user has them."""

from __future__ import annotations

import builtins
import gzip
import struct

import numpy as np
import pytest

from autograder import data


def write_idx(path, array, kind=8, zipped=False):
    """Write an IDX file by its published description: magic number, sizes, values."""
    head = struct.pack(">BBBB", 0, 0, kind, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    raw = head + array.tobytes()
    path.write_bytes(gzip.compress(raw) if zipped else raw)


def small_mnist(folder, rng, zipped=False, dotted=False):
    ending = ".gz" if zipped else ""
    for stem, n in (("train", 20), ("t10k", 5)):
        separator = "." if dotted else "-"
        images = rng.integers(0, 256, (n, 28, 28)).astype(">u1")
        labels = rng.integers(0, 10, n).astype(">u1")
        write_idx(folder / f"{stem}-images{separator}idx3-ubyte{ending}", images, zipped=zipped)
        write_idx(folder / f"{stem}-labels{separator}idx1-ubyte{ending}", labels, zipped=zipped)
        yield images, labels


@pytest.mark.parametrize(("zipped", "dotted"), [(False, False), (True, False), (False, True)])
def test_mnist_reads_the_four_files(tmp_path, zipped, dotted):
    (train, train_labels), (test, test_labels) = small_mnist(
        tmp_path, np.random.default_rng(0), zipped, dotted
    )
    read = data.mnist(tmp_path)
    np.testing.assert_array_equal(read["x_train"], train.reshape(20, 784) / 255.0)
    np.testing.assert_array_equal(read["y_train"], train_labels)
    np.testing.assert_array_equal(read["x_test"], test.reshape(5, 784) / 255.0)
    np.testing.assert_array_equal(read["y_test"], test_labels)
    assert read["y_train"].dtype == np.int64


@pytest.mark.parametrize(
    ("kind", "dtype"), [(8, ">u1"), (9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")]
)
def test_every_idx_type_is_read(tmp_path, kind, dtype):
    array = np.arange(-3, 9).reshape(3, 4).astype(dtype)
    write_idx(tmp_path / "x", array, kind)
    read = data.read_idx(tmp_path / "x")
    np.testing.assert_array_equal(read, array)
    assert read.dtype.isnative


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello world", "not an IDX file"),
        (b"", "not an IDX file"),
        (struct.pack(">BBBBI", 0, 0, 8, 1, 100) + b"abc", "cut short"),
        (struct.pack(">BBBB", 0, 0, 8, 3), "cut short"),
    ],
)
def test_what_is_no_idx_file_is_named(tmp_path, content, said):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match=said):
        data.read_idx(tmp_path / "x")


def test_missing_mnist_says_which_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        data.mnist(tmp_path)


def test_digits_are_in_the_unit_interval_and_split():
    flat, images = data.digits(), data.digits(images=True)
    assert flat["x_train"].shape == (1438, 64)
    assert images["x_test"].shape == (359, 1, 8, 8)
    assert flat["x_train"].min() == 0.0
    assert flat["x_train"].max() == 1.0
    np.testing.assert_array_equal(images["x_test"].reshape(359, 64), flat["x_test"])
    assert set(flat["y_train"]) == set(range(10))


def test_other_sets_have_their_published_sizes():
    sizes = {data.iris: (150, 4), data.breast_cancer: (569, 30), data.diabetes: (442, 10)}
    for load, (n, d) in sizes.items():
        parts = load()
        assert len(parts["x_train"]) + len(parts["x_test"]) == n
        assert parts["x_train"].shape[1] == d


def test_prose_is_english_text():
    text = data.prose(50_000)
    assert len(text) == 50_000
    assert text.count(" the ") > 200


def test_photo_is_in_the_unit_interval():
    image = data.photo()
    assert image.ndim == 3
    assert 0.0 <= image.min() < image.max() <= 1.0


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install .*scikit-learn"):
        data.digits()


def test_the_recorded_series_come_with_matplotlib():
    waves, prices = data.brain_waves(), data.share_price()
    assert waves.shape == (800, 4) and prices.shape == (1047,)
    np.testing.assert_allclose(waves.std(axis=0), 1, atol=0.01)
    assert prices[0] == 100.34 and prices.min() > 90


def test_without_matplotlib_the_series_say_what_brings_them(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        data.brain_waves()
