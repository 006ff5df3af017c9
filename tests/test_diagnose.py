"""A mistake is named by the wrong values it gives, or not at all."""

from tests.battery import live, replaced, topic


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
