"""A mistake is named by the wrong values it gives, or not at all."""

import numpy as np

from autograder.judging.diagnose import diagnose
from autograder.judging.observation import Observation
from autograder.spec import Case, Check, Exercise, Misconception
from autograder.topic.trials import Trial
from autograder.values.compare import Noise, Raised
from autograder.values.difference import Difference
from autograder.values.sketch import sketched
from autograder.values.tolerance import Tolerance
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
    assert {name: found.belief.name for name, found in named.items()} == {"values": "summed"}


def told(beliefs, *checks):
    """Name what is behind the failed checks, each (what each variant gives, what came).

    The truth is 2.0; a belief that is told as a part has ``" (part)"`` behind its name.
    """
    held = [Misconception(name, "Is it a mean?") for name in beliefs]
    exercise = Exercise("average", 1, misconceptions=held)
    seen = []
    for number, (variants, output) in enumerate(checks):
        trial = Trial(Case(1.0), 2.0, Tolerance(1e-9, 0.0, ""), lambda given=variants: given)
        check = Check(f"check {number}", "Averages.", None)
        wrong = None if output == 2.0 else Difference("value", "")
        seen.append(Observation(check, [trial], [output], wrong))
    return {
        name: found.belief.name + ("" if found.whole else " (part)")
        for name, found in diagnose(exercise, seen).items()
    }


def test_a_belief_is_named_where_nothing_contradicts_it():
    assert told(["sum"], ({"sum": 0.0}, 0.0)) == {"check 0": "sum"}
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({}, 2.0)) == {"check 0": "sum"}


def test_one_value_that_differs_drops_a_belief():
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({"sum": 3.5}, 4.5)) == {}
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({"sum": 3.5}, 2.0)) == {}  # a passed check
    first, second = ({"sum": 1.7, "max": 1.9}, 1.7), ({"sum": 3.5, "max": 4.5}, 4.5)
    assert told(["sum", "max"], first, second) == {}


def test_what_explains_a_part_is_told_as_a_part():
    alone = {"sum": 1.7}, 1.7
    assert told(["sum"], alone, ({}, 4.5)) == {"check 0": "sum (part)"}
    assert told(["sum"], ({"sum": 3.0}, 3.0), ({}, 4.5)) == {}  # a whole number: by chance
    both = told(["sum", "max"], alone, ({"max": 4.5}, 4.5))
    assert both == {"check 0": "sum (part)", "check 1": "max (part)"}


def test_of_two_that_explain_it_the_one_that_explains_all_is_named():
    checks = ({"sum": 1.7, "max": 1.7}, 1.7), ({"max": 4.5}, 4.5)
    assert told(["sum", "max"], *checks) == {"check 0": "max", "check 1": "max"}


def test_a_call_that_raised_tells_nothing_and_is_not_explained():
    raised = Raised("ValueError")
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({"sum": 3.5}, raised)) == {"check 0": "sum (part)"}
    assert told(["sum"], ({"sum": 1.7}, 1.7), ({"sum": raised}, raised)) == {
        "check 0": "sum",
        "check 1": "sum",
    }
    assert told(["sum"], ({"sum": raised}, raised)) == {}


def test_a_wrong_dtype_beside_a_belief_does_not_hide_it():
    tol = Tolerance(1e-6, 0.0, "", dtype=True)
    held = [Misconception("twice", "Twice?"), Misconception("float64", "Which dtype?")]
    exercise = Exercise("double", 1, misconceptions=held)
    truth, both = np.float32([1.5, 2.5]), np.float64([3.0, 5.0])
    variants = {"twice": np.float32([3.0, 5.0]), "float64": np.float64([1.5, 2.5])}
    check = Check("dress", "Keeps float32.", None)

    def named(output):
        trial = Trial(Case(truth), truth, tol, lambda: variants)
        seen = [Observation(check, [trial], [output], Difference("value", ""))]
        return [found.belief.name for found in diagnose(exercise, seen).values()]

    assert named(both) == ["twice"]
    assert named(np.float64([1.5, 2.5])) == ["float64"]
    assert named(truth) == []  # right: something else is wrong, such as an argument changed


def one_belief(*checks):
    """Name what is behind checks of (variant's value, settled, output); the truth is 2, 2."""
    return behind(*([check] for check in checks))


def behind(*checks):
    """Name what is behind checks of several such trials."""
    held = [Misconception("sum", "Is it a mean?")]
    exercise = Exercise("average", 1, misconceptions=held)
    truth = np.array([2.0, 2.0])
    seen = []
    for number, trials in enumerate(checks):
        tried = [
            Trial(
                Case(1.0),
                truth,
                Tolerance(1e-9, 0.0, ""),
                lambda given=given: {"sum": given},
                settled=lambda name, settled=settled: settled,
            )
            for given, settled, _ in trials
        ]
        check, outputs = Check(f"check {number}", "Averages.", None), [last for *_, last in trials]
        seen.append(Observation(check, tried, outputs, Difference("value", "")))
    return {
        name: (found.belief.name, found.whole) for name, found in diagnose(exercise, seen).items()
    }


def test_a_value_that_the_variant_does_not_give_again_tells_nothing():
    agrees = np.array([1.7, 1.3]), True, np.array([1.7, 1.3])
    other = np.array([0.4, 0.9])
    assert one_belief(agrees, (np.array([5.0, 7.0]), True, other)) == {}
    assert one_belief(agrees, (np.array([5.0, 7.0]), False, other)) == {"check 0": ("sum", True)}
    assert one_belief((np.array([5.0, 7.0]), False, other)) == {}


def test_a_value_that_diverges_a_step_earlier_tells_nothing():
    agrees = np.array([1.7, 1.3]), True, np.array([1.7, 1.3])
    late, early, other = (np.array(v) for v in ([0.5, np.inf], [0.5, np.nan], [0.6, np.nan]))
    assert one_belief(agrees, (late, True, early)) == {"check 0": ("sum", True)}
    assert one_belief(agrees, (late, True, other)) == {}
    assert one_belief(agrees, (late, True, np.array([0.5, 3.0]))) == {}


def test_a_value_that_tells_nothing_leaves_the_rest_of_its_check_explained():
    """A record holds no value of a variant where it is rounding; live cases would have agreed."""
    agrees = np.array([1.7, 1.3]), True, np.array([1.7, 1.3])
    rounding = Noise(), True, np.array([0.4, 0.9])
    wrong_too = np.array([2.0, 2.0]), True, np.array([0.4, 0.9])  # where the variant is right
    assert behind([agrees, rounding]) == {"check 0": ("sum", True)}
    assert behind([agrees, rounding, agrees], [agrees]) == {
        "check 0": ("sum", True),
        "check 1": ("sum", True),
    }
    assert behind([agrees, wrong_too, rounding], [agrees]) != {
        "check 0": ("sum", True),
        "check 1": ("sum", True),
    }


def test_two_that_raise_agree_whatever_the_type():
    """A callback's exception reaches the judge as another one."""
    agrees = np.array([1.7, 1.3]), True, np.array([1.7, 1.3])
    raised = Raised("IndexError"), True, Raised("ValueError")
    named = {"check 0": ("sum", True), "check 1": ("sum", True)}
    assert one_belief(agrees, raised) == named


def test_a_dict_with_its_keys_in_another_order_is_the_same():
    """What is recorded of a variant is a sketch, which goes by the order of the keys."""
    asked = {"ring": np.arange(7.0), "position": 3, "size": 4}
    wrong = {**asked, "position": 0}
    exercise = Exercise("push", 1, misconceptions=[Misconception("wraps", "Which is next?")])
    kept = {"wraps": sketched(wrong)}
    trial = Trial(Case(1.0), asked, Tolerance(1e-9, 0.0, ""), lambda: kept)
    output = {name: wrong[name] for name in ("ring", "size", "position")}
    seen = Observation(Check("pushes", "Pushes.", None), [trial], [output], Difference("value", ""))
    assert list(diagnose(exercise, [seen])) == ["pushes"]


def test_a_variant_that_turns_the_keys_round_is_met_by_its_own_output():
    """Its sketch was made of its own order, which is not that of the one asked."""
    asked = {"ring": np.arange(7.0), "position": 3, "size": 4}
    wrong = {name: {**asked, "position": 0}[name] for name in sorted(asked)}
    exercise = Exercise("push", 1, misconceptions=[Misconception("sorts", "In which order?")])
    kept = {"sorts": sketched(wrong)}
    trial = Trial(Case(1.0), asked, Tolerance(1e-9, 0.0, ""), lambda: kept)
    seen = Observation(Check("pushes", "Pushes.", None), [trial], [wrong], Difference("value", ""))
    assert list(diagnose(exercise, [seen])) == ["pushes"]
