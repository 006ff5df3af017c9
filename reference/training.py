"""What all models share: parameters, training, prediction in batches, saving.

The names are those of Keras where there is one: `fit`, `predict`, `evaluate`, `compile`, `save`.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference import backprop, optimizers

__all__ = ["BATCH", "Model", "Parameters", "epochs_of", "load"]

Array = NDArray[Any]
Parameters = dict[str, Array]
Record = dict[str, float]
Schedule = Callable[[int], float]

BATCH = 256
"""Samples that are predicted together: the outputs of their layers stay in the cache."""


class Model:
    """Parameters by name, their gradients, and an optimizer's memory of them.

    >>> from reference.models import Mlp
    >>> x, labels = np.eye(4), np.arange(4)
    >>> net = Mlp(0, (4, 16, 4))  # a seed, or a generator
    >>> history = net.fit(x, labels, epochs=300, validation=(x, labels))
    >>> loss, accuracy = net.evaluate(x, labels)
    >>> bool(loss < 0.5), accuracy
    (True, 1.0)
    """

    axis: ClassVar[int] = 0
    """Of an input, along which the samples stand."""

    _kinds: ClassVar[dict[str, Callable[..., Model]]] = {}

    def __init_subclass__(cls) -> None:
        Model._kinds[cls.__name__] = cls

    def __init__(self, parameters: Parameters, lr: float = 1e-3, **given: Any) -> None:
        self.given = given
        self.optimizer = optimizers.Optimizer("adam", parameters, lr=lr)

    @property
    def parameters(self) -> Parameters:
        """The parameters by name; they change in place."""
        return self.optimizer.parameters

    @property
    def slopes(self) -> Parameters:
        """The gradients of the parameters, which `backward` writes."""
        return self.optimizer.slopes

    @property
    def lr(self) -> float:
        """The learning rate; it may be set."""
        return self.optimizer.numbers[self.optimizer.rate]

    @lr.setter
    def lr(self, value: float) -> None:
        self.optimizer.set(**{self.optimizer.rate: value})

    def compile(self, optimizer: str = "adam", **numbers: float) -> Self:
        """Choose an optimizer of `optimizers.RULES` and its numbers; it starts anew."""
        self.optimizer = optimizers.Optimizer(optimizer, self.parameters, **numbers)
        return self

    # --- what a model is

    def _shape(self) -> tuple[str, ...]:
        """Return the lengths of an input, with symbols for those that are free."""
        raise NotImplementedError

    def _scores(self, x: Array) -> Array:
        raise NotImplementedError

    def _backward(self, x: Array, labels: Array) -> float:
        raise NotImplementedError

    def _extra(self) -> Parameters:
        """Return further arrays that belong to the model's state."""
        return {}

    # --- inputs

    def _inputs(self, x: ArrayLike) -> Array:
        """Return samples as the layers want them, in the parameters' dtype."""
        array, due = np.asarray(x), self._shape()
        fits = array.ndim == len(due) and all(
            not dim.isdigit() or int(dim) == length for dim, length in zip(due, array.shape)
        )
        if array.dtype.kind not in "biuf" or not fits:
            shape = f"({', '.join(due)})"
            raise ValueError(f"expected samples of shape {shape}, got {array.dtype} {array.shape}")
        return np.ascontiguousarray(array, next(iter(self.parameters.values())).dtype)

    def _labels(self, labels: ArrayLike, count: int) -> Array:
        """Return one whole number per sample; a column of them will do."""
        array = np.asarray(labels)
        if array.shape == (count, 1):
            array = array[:, 0]
        if array.dtype.kind not in "biu" or array.shape != (count,):
            told = f"{array.dtype} {array.shape}"
            raise ValueError(
                f"expected {count} labels, whole numbers of shape ({count},), got {told}"
            )
        return np.ascontiguousarray(array, np.int64)

    def _both(self, x: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
        samples = self._inputs(x)
        return samples, self._labels(labels, len(samples))

    # --- one step, one batch

    def logits(self, x: ArrayLike) -> Array:
        """Return the scores of the classes."""
        return self._scores(self._inputs(x))

    def backward(self, x: ArrayLike, labels: ArrayLike) -> float:
        """Write the gradient of every parameter into `slopes`; return the loss."""
        return self._backward(*self._both(x, labels))

    def step(self, x: ArrayLike, labels: ArrayLike) -> float:
        """Learn from one batch; return its loss."""
        loss = self.backward(x, labels)
        self.optimizer.step()
        return loss

    # --- many batches

    def predict(self, x: ArrayLike, batch: int = BATCH) -> Array:
        """Return the class of the largest score of each sample, `batch` of them at a time."""
        found = [self.logits(part).argmax(axis=1) for part in self._parts(x, batch)]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def evaluate(self, x: ArrayLike, labels: ArrayLike, batch: int = BATCH) -> tuple[float, float]:
        """Return the mean loss and the share of right predictions."""
        samples, labels = self._both(x, labels)
        loss, right = 0.0, 0
        for first in range(0, len(samples), batch):
            scores = self._scores(samples[first : first + batch])
            some = labels[first : first + batch]
            loss += backprop.cross_entropy(scores, some)[0] * len(some)
            right += int(np.count_nonzero(scores.argmax(axis=1) == some))
        return loss / max(1, len(samples)), right / max(1, len(samples))

    def accuracy(self, x: ArrayLike, labels: ArrayLike) -> float:
        """Return the share of samples whose largest score is their label's."""
        return self.evaluate(x, labels)[1]

    def _parts(self, x: ArrayLike, batch: int) -> Iterator[Array]:
        samples = np.asarray(x)
        for first in range(0, samples.shape[self.axis], batch):
            yield samples.take(
                range(first, min(first + batch, samples.shape[self.axis])), self.axis
            )

    def fit(
        self,
        x: ArrayLike,
        labels: ArrayLike,
        epochs: int = 10,
        batch: int = 32,
        *,
        seed: int | np.random.Generator | None = 0,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        patience: int | None = None,
        schedule: Schedule | None = None,
        progress: Callable[[str], object] | None = None,
    ) -> dict[str, list[float]]:
        """Train on shuffled batches; return what was measured in each epoch.

        Parameters
        ----------
        x : array_like
            Samples, in any dtype of real numbers.
        labels : array_like of shape (N,) or (N, 1)
            Whole numbers.
        epochs : int
        batch : int
            Samples a step; the last step of an epoch may have fewer.
        seed : int or numpy.random.Generator
            Of the order of the samples.
        validation : tuple, optional
            Samples and labels to measure after each epoch. The parameters of the epoch with the
            least loss there are kept in the end.
        patience : int, optional
            Stop after so many epochs without a better validation loss.
        schedule : callable, optional
            ``schedule(t)`` returns the rate of step t, counted from 0.
        progress : callable, optional
            Called with a line of text after each epoch: `print` will do.

        Returns
        -------
        dict
            Lists ``loss``, ``lr``, ``seconds``, and with `validation` ``val_loss`` and
            ``val_accuracy``.

        Raises
        ------
        FloatingPointError
            Where the loss is no number any more; it says in which step, and what was no number.
        """
        history: dict[str, list[float]] = {}
        best, kept, waited = np.inf, None, 0
        for number, record in enumerate(
            epochs_of(self, x, labels, epochs, batch, np.random.default_rng(seed), schedule)
        ):
            if validation is not None:
                record["val_loss"], record["val_accuracy"] = self.evaluate(*validation)
                waited += 1
                if record["val_loss"] < best:
                    best, waited = record["val_loss"], 0
                    kept = {name: value.copy() for name, value in self.parameters.items()}
            for name, value in record.items():
                history.setdefault(name, []).append(value)
            if progress:
                told = ", ".join(f"{name} {value:.4g}" for name, value in record.items())
                progress(f"epoch {number + 1} of {epochs}: {told}")
            if patience is not None and waited >= patience:
                break
        for name, best_value in (kept or {}).items():
            self.parameters[name][...] = best_value
        return history

    # --- keeping

    def save(self, path: str | Path) -> None:
        """Write the parameters and the optimizer's memory into an npz file; nothing is pickled."""
        about = {"model": type(self).__name__, "given": self.given, "rule": self.optimizer.rule}
        state = {**self.optimizer.state(), "extra": self._extra()}
        arrays = {f"{part}/{name}": a for part, named in state.items() for name, a in named.items()}
        with open(path, "wb") as file:
            np.savez(file, about=np.array(json.dumps(about)), **cast(Any, arrays))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote, and return a model that goes on as the saved one would."""
        model = load(path)
        if not isinstance(model, cls):
            raise ValueError(f"{path} holds a {type(model).__name__}, not a {cls.__name__}")
        return model


def load(path: str | Path) -> Model:
    """Read a model that `Model.save` wrote.

    Raises
    ------
    ValueError
        If the file is none of these, or is damaged.
    """
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop("about")))
        model = Model._kinds[about["model"]](np.random.default_rng(0), **about["given"])
        model.compile(about["rule"])
        state: dict[str, Parameters] = {}
        for name, value in arrays.items():
            part, _, own = name.partition("/")
            state.setdefault(part, {})[own] = value
        model.optimizer.restore(state)
        for name, place in model._extra().items():
            place[...] = state["extra"][name]
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is no model that was saved here, or is damaged: {error}"
        ) from None
    return model


# --- training -------------------------------------------------------------------------------------


def epochs_of(
    model: Model,
    x: ArrayLike,
    labels: ArrayLike,
    epochs: int,
    batch: int,
    rng: np.random.Generator,
    schedule: Schedule | None = None,
) -> Iterator[Record]:
    """Train, and yield what was measured in each epoch."""
    samples, axis = np.asarray(x), model.axis
    count, targets = samples.shape[axis], np.asarray(labels)
    if count == 0 or batch < 1:
        raise ValueError(f"expected samples and a batch of at least 1, got {count} and {batch}")
    if targets.ndim <= axis or targets.shape[axis] != count:
        raise ValueError(f"expected {count} labels as there are samples, got {targets.shape}")
    steps = 0
    for epoch in range(epochs):
        start, loss, order = time.perf_counter(), 0.0, rng.permutation(count)
        for first in range(0, count, batch):
            rows = order[first : first + batch]
            if schedule:
                model.lr = schedule(steps)
            found = model.step(samples.take(rows, axis), targets.take(rows, axis))
            if not np.isfinite(found):
                raise FloatingPointError(_no_number(model, found, epoch, first // batch, steps))
            loss, steps = loss + found * len(rows), steps + 1
        yield {"loss": loss / count, "lr": model.lr, "seconds": time.perf_counter() - start}


def _no_number(model: Model, loss: float, epoch: int, number: int, steps: int) -> str:
    """Say where a training broke down."""
    place = f"the loss is {loss} in epoch {epoch + 1}, batch {number + 1} (step {steps + 1})"
    bad = [name for name, slope in model.slopes.items() if not np.isfinite(slope).all()]
    what = f"; no numbers in the gradients of {', '.join(bad)}" if bad else ""
    return f"{place}{what}: are the samples finite and scaled, is the rate {model.lr:g} too large?"
