"""The recorded public checks of a release: one small file a topic, read with NumPy alone.

``public_checks.npz`` holds a JSON text (sentences, weights, tolerances, hints) and, for each
exercise, the bytes of its trials as `sandbox.wire` writes them. No hidden check is in it. Of what
the wrong variants give there are sketches: they are compared with, and never shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograder import observe
from autograder.sandbox import wire
from autograder.spec import Case, Check, Exercise, Misconception, Question
from autograder.topic.live import LiveSource
from autograder.topic.trials import Trial
from autograder.values.compare import Noise, Raised
from autograder.values.nested import changed, each_item
from autograder.values.sketch import Sketch, sketched
from autograder.values.table import Table
from autograder.values.tolerance import Tolerance

__all__ = ["RecordError", "RecordedSource", "edit_record", "record_topic", "write_record"]

_CAPS = wire.Caps(size=64 << 20, nodes=2_000_000, special=True)
_MARK = "\x00"  # a tuple that begins with this text stands for something that is not plain data


class RecordError(Exception):
    """A record that cannot be read; the message says what to do."""


def _pack(value: object) -> object:
    """Turn functions, environments and exceptions into plain data."""
    return changed(value, _packed)


def _packed(value: object) -> object:
    if isinstance(value, Raised):
        return (_MARK, "raised", value.type_name)
    if isinstance(value, Noise):
        return (_MARK, "noise")
    if isinstance(value, Sketch):
        return (_MARK, "sketch", value.packed())
    if isinstance(value, observe.Seed):
        return (_MARK, "seed", value.value)
    if isinstance(value, observe.Function):
        return (_MARK, "function", value.name, tuple(_pack(item) for item in value.arrays))
    if isinstance(value, observe.Env):
        return (_MARK, "env", value.name, value.kwargs, value.max_steps, value.arrays)
    return value


def _unpack(value: object) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], str) and value[0] == _MARK:
        kind, *rest = value[1:]
        if kind == "raised":
            return Raised(rest[0])
        if kind == "noise":
            return Noise()
        if kind == "sketch":
            return Sketch.unpacked(rest[0])
        if kind == "seed":
            return observe.Seed(rest[0])
        if kind == "function":
            return observe.Function(rest[0], tuple(_unpack(item) for item in rest[1]))
        return observe.Env(*rest)
    return each_item(value, _unpack)


def record_topic(source: LiveSource) -> dict[str, object]:
    """Return the content of a record: texts and packed trials of the public checks."""
    exercises: list[dict[str, object]] = []
    trials: dict[str, object] = {}
    for exercise in source.exercises:
        public = [check for check in exercise if not check.hidden]
        hidden = sum(check.weight for check in exercise if check.hidden)
        exercises.append(
            {
                "name": exercise.name,
                "points": exercise.points,
                "needs": list(exercise.needs),
                "forbid": list(exercise.forbid),
                "symbols": source.symbols(exercise),
                "returns": source.returns(exercise),
                "signature": source.signature(exercise),
                "hidden_weight": hidden,
                "checks": [_check_text(check) for check in public],
                "misconceptions": [_belief_text(wrong) for wrong in exercise.misconceptions],
            }
        )
        trials[exercise.name] = {
            check.name: [_trial_data(trial) for trial in source.trials(exercise, check)]
            for check in public
        }
    asked = [{"name": q.name, "points": q.points} for q in source.authored.questions]
    texts = {
        "format": 2,
        "topic": source.topic,
        "title": source.authored.title,
        "exercises": exercises,
        "questions": asked,
    }
    return {"texts": texts, "trials": trials}


def _check_text(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "sentence": check.sentence,
        "weight": check.weight,
        "needs": list(check.needs),
        "observe": check.observe,
        **({"fresh": True} if check.fresh else {}),
    }


def _belief_text(wrong: Misconception) -> Table:
    text = {"name": wrong.name, "hint": wrong.hint, "convention": wrong.convention}
    return {**text, "forms": [form.key for form in wrong.forms]} if wrong.forms else text


def _trial_data(trial: Trial) -> dict[str, object]:
    tol = trial.tol
    kept = sketched if tol.derived else _as_it_is
    variants = {
        name: _pack(Noise() if trial.noisy(name) else kept(value))
        for name, value in trial.variants().items()
    }
    return {
        "args": _pack(trial.case.args),
        "kwargs": _pack(trial.case.kwargs),
        "expected": _pack(trial.expected),
        "tol": (tol.rtol, tol.atol, tol.reason, tol.dtype),
        "variants": np.frombuffer(wire.encode(variants, _CAPS), np.uint8),
    }


def _as_it_is(value: object) -> object:
    return value


def write_record(path: Path, content: Table) -> None:
    """Write a record; equal contents give equal bytes."""
    text = json.dumps(content["texts"], ensure_ascii=False, indent=1, sort_keys=True)
    members = {"texts": np.frombuffer(text.encode(), np.uint8)}
    for name, trials in content["trials"].items():
        raw = trials if isinstance(trials, np.ndarray) else wire.encode(trials, _CAPS)
        members[f"trials_{name}"] = np.frombuffer(raw, np.uint8)
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **members)


def edit_record(
    source: Path, target: Path, change: Callable[[dict[str, object]], None], *, exam: str = ""
) -> None:
    """Write a record with other texts: points, say; what is tried stays.

    For an exam (``"public"``, ``"none"``) no wrong variant is told, or no check at all.
    """
    held = RecordedSource(source)
    texts = held.texts
    change(texts)
    trials: dict[str, object] = {}
    for entry in texts["exercises"]:
        raw = held._members[f"trials_{entry['name']}"]
        if not exam:
            trials[entry["name"]] = raw
            continue
        entry["misconceptions"] = []
        entry["checks"] = [] if exam == "none" else entry["checks"]
        decoded = {} if exam == "none" else wire.decode(raw, _CAPS)
        nothing = np.frombuffer(wire.encode({}, _CAPS), np.uint8)
        for trial in (trial for tried in decoded.values() for trial in tried):
            trial["variants"] = nothing
        trials[entry["name"]] = decoded
    if exam:
        texts["exam"] = exam
    write_record(target, {"texts": texts, "trials": trials})


@dataclass
class RecordedSource:
    """The public checks of a release."""

    path: Path

    @cached_property
    def _members(self) -> Any:
        try:
            return np.load(self.path, allow_pickle=False)
        except (OSError, ValueError):
            raise RecordError(
                f"{self.path.name} cannot be read: copy the topic from the release again"
            ) from None

    @cached_property
    def texts(self) -> Table:
        """Sentences, weights and hints."""
        texts: dict[str, object] = json.loads(self._members["texts"].tobytes().decode())
        if texts.get("format") != 2:
            raise RecordError(
                f"{self.path.parent.name}: this record needs a newer gradus-dl: install the wheel "
                "that came with it"
            )
        return texts

    @property
    def topic(self) -> str:
        """The topic's name."""
        return str(self.texts["topic"])

    @property
    def title(self) -> str:
        """The topic's title."""
        return str(self.texts["title"])

    @property
    def exam(self) -> str:
        """Whether this is an exam, without hints (``"public"``), or any check (``"none"``)."""
        return str(self.texts.get("exam", ""))

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The exercises with their public checks."""
        return [_exercise(entry) for entry in self.texts["exercises"]]

    @property
    def questions(self) -> list[Question]:
        """The questions that a person grades: their names and points."""
        return [Question(entry["name"], entry["points"]) for entry in self.texts["questions"]]

    def _entry(self, exercise: Exercise) -> Table:
        for entry in self.texts["exercises"]:
            if entry["name"] == exercise.name:
                return dict(entry)
        raise KeyError(exercise.name)

    def symbols(self, exercise: Exercise) -> list[str]:
        """Return the shapes its docstring promises for what it returns."""
        return list(self._entry(exercise)["symbols"])

    def returns(self, exercise: Exercise) -> list[str]:
        """Return the names its docstring gives to the values returned."""
        return list(self._entry(exercise)["returns"])

    def signature(self, exercise: Exercise) -> str:
        """Return its signature."""
        return str(self._entry(exercise)["signature"])

    def trials(self, exercise: Exercise, check: Check) -> list[Trial]:
        """Return the recorded trials of one check."""
        if exercise.name not in self._decoded:
            raw = self._members[f"trials_{exercise.name}"]
            self._decoded[exercise.name] = wire.decode(raw, _CAPS)
        return [_trial(data) for data in self._decoded[exercise.name][check.name]]

    @cached_property
    def _decoded(self) -> Table:
        return {}


def _exercise(entry: Table) -> Exercise:
    exercise = Exercise(
        entry["name"], entry["points"], tuple(entry["needs"]), tuple(entry["forbid"])
    )
    for given in entry["checks"]:
        exercise.checks.append(
            Check(
                name=given["name"],
                sentence=given["sentence"],
                generate=None,
                weight=given["weight"],
                needs=tuple(given["needs"]),
                observe=given["observe"],
                fresh=given.get("fresh", False),
            )
        )
    for wrong in entry["misconceptions"]:
        texts = wrong["name"], wrong["hint"], wrong["convention"]
        forms = [Misconception(*texts, key=key) for key in wrong.get("forms", ())]
        exercise.misconceptions.append(Misconception(*texts, forms=forms))
    return exercise


def _trial(data: Table) -> Trial:
    rtol, atol, reason, dtype = data["tol"]
    case = Case(*_unpack(data["args"]), **_unpack(data["kwargs"]))

    def variants() -> Table:
        """Decode what the wrong variants give: only a failed check asks for it."""
        values = wire.decode(data["variants"], _CAPS)
        return {name: _unpack(value) for name, value in values.items()}

    return Trial(case, _unpack(data["expected"]), Tolerance(rtol, atol, reason, dtype), variants)
