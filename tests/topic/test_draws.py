"""Draws that submissions share: chosen by the secret, kept within bounds, and changed by nobody."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import observe
from autograder.grading.run import grade_all
from autograder.judging.official import Judge
from autograder.report.writers import results_json
from autograder.spec import Case, Exercise, Misconception
from autograder.submission.item import Item
from autograder.topic import seeds
from autograder.topic.draws import COMPILED, Draws, frozen, keepable, thawed
from autograder.topic.live import LiveSource
from autograder.topic.seeds import DRAWS, case_keys, chooser
from autograder.values.nested import leaves
from tests.conftest import CATALOGUE
from tests.kit.battery import topic

TOPIC, SECRET = "tuning", bytes(range(64))


def seeds_of(students, code="code", secret=SECRET, check="check"):
    return [
        chooser(case_keys(secret, name, TOPIC), name, TOPIC, code)("exercise", check)
        for name in students
    ]


def test_every_draw_is_met_and_there_are_no_others():
    many = [f"student {k}" for k in range(60 * DRAWS)]
    found = seeds_of(many)
    assert len(set(found)) == DRAWS
    assert seeds_of(many[:50]) == found[:50]
    resubmitted = seeds_of(many, "other code")
    alike = sum(one == other for one, other in zip(found, resubmitted, strict=True))
    assert 0.5 < alike * DRAWS / len(many) < 1.5  # by chance alone
    assert not set(found) & set(seeds_of(many, secret=bytes(64)))
    assert not set(found) & set(seeds_of(many, check="another check"))


def test_each_check_is_chosen_for_by_itself():
    students = [f"student {k}" for k in range(20 * DRAWS)]
    pairs = set(zip(seeds_of(students), seeds_of(students, check="another"), strict=True))
    assert len(pairs) > 5 * DRAWS  # which draw one check met tells nothing of the next one's


def test_keys_are_not_shown():
    own = case_keys(SECRET, "ada", TOPIC)
    assert repr(own) == "CaseKeys()"
    assert SECRET not in own.student + own.draws


def test_no_more_is_kept_than_there_is_room_for():
    draws = Draws(1000)
    for number in range(100):
        draws.keep(("t", "e", "c", number), [number], 90)
        assert draws.size <= 1000
    assert len(draws) == 11
    assert draws.get(("t", "e", "c", 0)) is None
    assert draws.get(("t", "e", "c", 89)) == [89]  # and now asked for last
    draws.grow(("t", "e", "c", 99), 200)  # what a belief gives is kept with it
    draws.grow(("t", "e", "c", 0), 10_000)  # forgotten: counts nothing
    draws.keep(("t", "e", "c", 100), [100], 90)
    assert draws.size <= 1000
    assert draws.get(("t", "e", "c", 89)) == [89]
    draws.keep(("t", "e", "c", 101), [101], 2000)
    assert draws.size == len(draws) == 0
    for number in range(2 * COMPILED):
        draws.variant(("t", "e", str(number)), dict)
    assert len(draws._compiled) == COMPILED


def test_a_long_run_stays_within_the_room():
    authored = topic(TOPIC)
    draws = Draws(256 << 10)
    for number in range(6):
        source = LiveSource(
            authored, chooser(case_keys(SECRET, "", TOPIC), str(number)), draws=draws
        )
        for exercise in authored.exercises[:6]:
            for check in exercise:
                for trial in source.trials(exercise, check):
                    len(trial.variants())
        assert len(draws) > 0 and draws.size < 2 * draws.room  # values of beliefs come later


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0).reshape(3, 4)[:, ::2],
        np.arange(12.0).reshape(3, 4)[:, ::-1],
        np.arange(12, dtype=np.float32)[::-3],
        np.broadcast_to(np.arange(3.0), (2, 3)),
        np.zeros((0, 3)),
        np.array(2.5),
    ],
    ids=str,
)
def test_a_copy_lies_in_memory_as_what_it_was_made_of(array):
    held = {"a": [array.view(), observe.function("quadratic", array.view())]}
    kept = frozen(held)
    copy = thawed(kept)
    (first, function), (was, closed) = copy["a"], kept["a"]
    for made, old in ((first, was), (function.arrays[0], closed.arrays[0])):
        np.testing.assert_array_equal(made, old)
        assert made.dtype == old.dtype
        assert made.strides == old.strides or not made.size
        assert made.flags.writeable and not old.flags.writeable
        made[...] = 7
    np.testing.assert_array_equal(was, array)


def test_what_is_used_up_by_being_used_is_not_kept():
    assert keepable((np.ones(3), [1, 2.0, "x", None, True], {"seed": observe.Seed(1)}))
    assert keepable(observe.function("sine", np.ones(2)))
    assert not keepable((np.ones(3), np.random.default_rng(0)))
    assert not keepable([lambda x: x])
    assert not keepable(np.array([None]))


def test_a_belief_that_changes_its_inputs_spoils_nobody_s_case(monkeypatch):
    def in_place(x):
        x += 1.0
        return x

    exercise = Exercise("f", points=1)
    exercise.misconceptions = [Misconception("in-place", "Whose array is it?", function=in_place)]

    @exercise.check(exact=True)
    def adds(rng):
        """Adds one."""
        yield Case(rng.normal(size=3))

    class Authored:
        name, solution = "toy", type("Module", (), {})
        exercises = (exercise,)

        def truth(self, name):
            return {"f": lambda x: x + 2.0}

        def variant(self, name, belief):
            return {"f": belief.function}

    monkeypatch.setattr("autograder.topic.live.widened", lambda truth, worked: truth)
    source = LiveSource(Authored(), lambda exercise, check: 1, draws=Draws())
    (trial,) = source.trials(exercise, adds)
    before = trial.case.args[0].copy()
    np.testing.assert_array_equal(trial.variants()["in-place"], before + 1.0)
    (again,) = source.trials(exercise, adds)
    assert again is trial
    np.testing.assert_array_equal(again.case.args[0], before)
    assert not any(leaf.flags.writeable for leaf in leaves((trial.case.args, trial.expected)))
    with pytest.raises(ValueError, match="read-only"):
        in_place(again.case.args[0])


# --- through a judge ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """Right work, and work that holds beliefs: their variants are computed, and kept."""
    folder, authored = tmp_path_factory.mktemp("class"), topic(TOPIC)
    texts = {"right": authored.chapter.text}
    edited = [(e, b) for e in authored.exercises for b in e.misconceptions[:1] if b.replace]
    for number, (exercise, belief) in enumerate(edited[:4]):
        wrong = authored.whole.variant(exercise.name, belief.replace, belief.by)
        source = authored.chapter.parts[exercise.name].cell.source
        texts[f"wrong{number}"] = authored.chapter.text.replace(source, wrong)
    texts["right again"] = authored.chapter.text + "\n# handed in again\n"
    made = []
    for student, text in texts.items():
        path = folder / f"{student}_{TOPIC}.py"
        path.write_text(text, encoding="utf-8")
        made.append(Item(student, TOPIC, path))
    return made


def test_a_verdict_does_not_depend_on_what_was_judged_before(items, monkeypatch):
    monkeypatch.setattr(seeds, "DRAWS", 2)  # all share

    def judged(order, room):
        reports = {}
        with Judge(CATALOGUE, SECRET) as judge:
            judge._draws.room = room
            for item in order:
                reports[item.student] = judge.grade_file(item.path, TOPIC, item.student)
        return results_json([reports[item.student] for item in items]), judge

    forth, judge = judged(items, 48 << 20)
    checks = sum(len(exercise.checks) for exercise in topic(TOPIC).exercises)
    assert checks < len(judge._draws) <= 2 * checks
    assert judged([*items[::-1], *items], 48 << 20)[0] == forth
    nothing, judge = judged(items, 0)
    assert len(judge._draws) == 0
    assert nothing == forth


def test_two_judges_say_what_one_says(items, tmp_path):
    one = grade_all(items, CATALOGUE, SECRET, tmp_path / "one", jobs=1)
    two = grade_all(items[::-1], CATALOGUE, SECRET, tmp_path / "two", jobs=2)
    assert results_json(one) == results_json(list(two)[::-1])
    lost = {report.student for report in one if report.earned < report.points}
    assert lost == {item.student for item in items if item.student.startswith("wrong")}
