"""A mistake is named by the wrong values it gives, or not at all."""

from autograder.judging.diagnose import diagnose
from autograder.judging.observation import Observation
from autograder.spec import Case, Check, Exercise, Misconception
from autograder.topic.trials import Trial
from autograder.values.compare import Difference, Tolerance
from tests.kit.battery import live, replaced, topic


def beliefs(name, exercise, cell):
    result = live(name, replaced(name, exercise, cell), only=[exercise]).exercises[0]
    assert result.earned < result.points
    return {check.misconception for check in result.checks if not check.passed}


def test_the_same_wrong_value_names_the_belief():
    cell = "def sgd_step(param, grad, lr=0.01):\n    return param + grad * lr\n"
    assert beliefs("optimizers", "sgd_step", cell) == {"uphill"}


def test_an_exception_of_the_same_name_alone_names_nothing():
    """A function that multiplies shapes that do not fit, as the variant `w-not-transposed` does."""
    spec = topic("backprop").exercise("sigmoid_mlp_update")
    assert "w-not-transposed" in {wrong.name for wrong in spec.misconceptions}
    cell = (
        "def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):\n"
        "    if v.shape == (1, 1) or v.shape == (3, 3):\n"
        "        return v, gamma, w, theta\n"
        "    return v @ v @ v, gamma, w, theta\n"
    )
    assert beliefs("backprop", "sigmoid_mlp_update", cell) == {None}


def test_another_form_of_a_belief_names_the_belief():
    texts = "summed", "Is it a mean?"
    forms = [Misconception(*texts, key=f"summed ({number})") for number in (2, 3)]
    exercise = Exercise("average", 1, misconceptions=[Misconception(*texts, forms=forms)])
    assert [wrong.key for wrong in exercise.variants] == ["summed", "summed (2)", "summed (3)"]
    check = Check("values", "Averages.", None)
    trial = Trial(Case(1.0), 2.0, Tolerance(1e-9, 0.0, ""), lambda: {"summed (3)": 5.0})
    named = diagnose(exercise, [Observation(check, [trial], [5.0], Difference("value", ""))])
    assert {name: wrong.name for name, wrong in named.items()} == {"values": "summed"}


def told(beliefs, *checks):
    """Name what is behind the failed checks, each (what each variant gives, what came)."""
    held = [Misconception(name, "Is it a mean?") for name in beliefs]
    exercise = Exercise("average", 1, misconceptions=held)
    seen = []
    for number, (variants, output) in enumerate(checks):
        trial = Trial(Case(1.0), 2.0, Tolerance(1e-9, 0.0, ""), lambda given=variants: given)
        check = Check(f"check {number}", "Averages.", None)
        seen.append(Observation(check, [trial], [output], Difference("value", "")))
    return {name: wrong.name for name, wrong in diagnose(exercise, seen).items()}


def test_agreement_in_whole_numbers_is_chance_where_another_check_contradicts():
    alone = {"sum": 0.0}, 0.0
    assert told(["sum"], alone) == {"check 0": "sum"}
    assert told(["sum"], alone, ({"sum": 3.5}, 4.5)) == {}
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({"sum": 3.5}, 4.5)) == {"check 0": "sum"}


def test_two_beliefs_that_contradict_each_other_are_both_dropped():
    first, second = ({"sum": 1.7, "max": 1.9}, 1.7), ({"sum": 3.5, "max": 4.5}, 4.5)
    assert told(["sum", "max"], first, second) == {}
    only_there = {"max": 4.5}, 4.5
    assert told(["sum", "max"], first, only_there) == {"check 0": "sum", "check 1": "max"}
