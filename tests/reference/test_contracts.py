"""Contracts of the core: every public function has one, as its chapter says, and holds it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

from reference import backprop, convolution, q_learning
from reference.contracts import _settled, contract, ready
from tests.conftest import CATALOGUE, ROOT
from tests.kit.battery import topic
from tests.kit.core_arguments import DRESSES, each_array, functions, valid
from tests.kit.forked import Forked

FUNCTIONS = functions()
ARRAYS = {
    name: function
    for name, function in FUNCTIONS.items()
    if any(kind.array or kind.parts for kind in function.__contract__.kinds.values())
}


def flat(value) -> list:
    """Return the leaves of nested outputs."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in flat(one)]
    return [np.asarray(value)]


def same_bits(one, other) -> bool:
    pairs = zip(flat(one), flat(other), strict=True)
    return all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
               for a, b in pairs)  # fmt: skip


@contract("x (N, D), w (F, D), b (F) -> x")
def dense(x, w, b):
    assert all(a.flags.carray and type(a) is np.ndarray for a in (x, w, b))
    return x @ w.T + b


@contract(
    "x (N, C, H, W), layers list(tuple((D', D), (D'))), labels int (N) >= 0 < 3, size int >= 1, "
    "border int >= 0 | 'same', step int? >= 1, rate real > 0, word 'a' | 'b', f call",
    "size <= H",
)
def everything(x, layers, labels, size, border=0, step=None, rate=1.0, word="a", f=abs):
    return x, layers, labels, size, border, step, rate, word


X, LAYERS = np.ones((2, 3, 4, 5)), [(np.ones((4, 3)), np.ones(4)), (np.ones((2, 4)), np.ones(2))]
GOOD = {"x": X, "layers": LAYERS, "labels": np.array([0, 2]), "size": 2}
WRONG = {
    "x: expected x of shape (N, C, H, W), got (2, 3, 4)": {"x": X[..., 0]},
    "expected x of shape (N, C, H, W), got None": {"x": None},
    "expected x of shape (N, C, H, W), got str": {"x": "abc"},
    "complex128 instead of real numbers": {"x": X + 0j},
    "object instead of real numbers": {"x": X.astype(object)},
    "got MaskedArray": {"x": np.ma.masked_array(X)},
    "got rows of different lengths": {"x": [[1.0], [1.0, 2.0]]},
    "expected layers[1][0] of shape (D', D) with D = 4 as in layers[0], got (2, 3)": {
        "layers": [LAYERS[0], (np.ones((2, 3)), np.ones(2))]
    },
    "expected layers[0] as a tuple of 2, got tuple of 1": {"layers": [(np.ones((4, 3)),)]},
    "expected layers as a list, got NoneType": {"layers": None},
    "expected labels of shape (N,) with N = 2 as in x, got (3,)": {"labels": [0, 1, 2]},
    "expected whole numbers in labels < 3, got 3 at [1]": {"labels": [0, 3]},
    "expected whole numbers in labels >= 0, got -100 at [0]": {"labels": [-100, 1]},
    "labels of shape (N,) in whole numbers, got float64": {"labels": [0.0, 1.0]},
    "expected size as a whole number >= 1, got 0": {"size": 0},
    "expected size as a whole number >= 1, got 1.5": {"size": 1.5},
    "expected size as a whole number >= 1, got None": {"size": None},
    "expected size <= H, got size = 5, H = 4": {"size": 5},
    "expected border as a whole number >= 0 or 'same', got -1": {"border": -1},
    "expected border as a whole number >= 0 or 'same', got 'valid'": {"border": "valid"},
    "expected step as a whole number >= 1, got 0": {"step": 0},
    "expected rate as a number > 0, got 'x'": {"rate": "x"},
    "expected rate as a number > 0, got nan": {"rate": np.nan},
    "expected word as 'a' or 'b', got 'c'": {"word": "c"},
    "expected f as something to call, got 3": {"f": 3},
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_told_by_symbol_in_one_line(told):
    with pytest.raises((ValueError, TypeError)) as caught:
        everything(**GOOD | WRONG[told])
    assert told.removeprefix("x: ") in str(caught.value)
    assert "\n" not in str(caught.value)
    one = next(iter(WRONG[told].values()))
    if one is None or (isinstance(one, str) and told.split()[1] in ("x", "size", "rate")):
        assert caught.type is TypeError


def test_what_is_right_passes_and_numbers_of_numpy_become_pythons():
    out = everything(**GOOD, border="same", step=np.int8(3), rate=np.float32(0.5), word="b")
    assert out[0] is X
    assert out[4:] == ("same", 3, 0.5, "b")
    assert type(out[5]) is int
    assert type(out[6]) is float


def test_an_array_of_a_kernel_needs_no_settling(monkeypatch):
    x, w, b = (np.ones(shape, np.float32) for shape in ((2, 3), (4, 3), 4))
    x.dtype, w.dtype = (np.dtype("f4", copy=True) for _ in range(2))  # as kept code makes them
    assert x.dtype is not b.dtype
    monkeypatch.setattr("reference.contracts.Settling", None)
    assert dense(x, w, b).tolist() == [[4.0] * 4] * 2


def test_whole_numbers_and_truth_values_are_float64_and_float32_stays_only_if_all_are():
    single, double = np.float32, np.float64
    given = np.ones((2, 3)), np.ones((4, 3)), np.ones(4)

    def kind(*letters):
        return dense(*(a.astype(k) for a, k in zip(given, letters))).dtype

    assert kind(single, single, single) == single
    assert kind(double, single, single) == kind(int, single, single) == double
    assert kind(bool, bool, bool) == kind(np.uint8, np.int64, single) == double
    assert kind(single, double, single) == single  # computed in float64, given back as x is
    assert dense([[1, 2, 3]], *given[1:]).tolist() == [[7.0] * 4]
    assert [a.dtype for a in ready([1, 2], single(1))] == [double, double]
    assert q_learning.discounted_returns([1, 1, 1], 0.5).tolist() == [1.75, 1.5, 1.0]


@contract(
    "x (N, *S), w (F, N)?, more (*S)?, mask bool? (N), y (N, F) -> x", "w is not None or N < 5"
)
def with_gaps(x, w, more, mask, y):
    return x, w, more, mask, y


FULL = {"x": np.ones((2, 3, 4)), "w": np.ones((5, 2)), "more": np.ones((3, 4)),
        "mask": np.array([True, False]), "y": np.ones((2, 5))}  # fmt: skip
GAPS = {
    "expected w of shape (F, N) or None with N = 2 as in x, got (5, 3)": {"w": np.ones((5, 3))},
    "expected y of shape (N, F) with N = 2 as in x, F = 5 as in w, got (2, 6)": {
        "y": np.ones((2, 6))
    },
    "expected more of shape (*S) or None with S = (3, 4) as in x, got (3, 5)": {
        "more": np.ones((3, 5))
    },
    "expected x of shape (N, *S), got ()": {"x": np.ones(())},
    "expected mask of shape (N,) or None in whole numbers, got float64": {"mask": np.ones(2)},
    "expected w is not None or N < 5, got w = None, N = 6": {
        "x": np.ones((6, 1)), "w": None, "more": None, "mask": None, "y": np.ones((6, 2))
    },
}  # fmt: skip


@pytest.mark.parametrize("told", GAPS)
def test_an_array_that_may_be_missing_is_held_where_it_is_there(told):
    with pytest.raises((ValueError, TypeError)) as caught:
        with_gaps(**FULL | GAPS[told])
    assert told in str(caught.value)


@pytest.mark.parametrize("missing", [(), ("w",), ("w", "more", "mask"), ("mask",)])
def test_what_may_be_missing_may_be_missing(missing):
    given = FULL | dict.fromkeys(missing)
    for dress in (lambda a: a, lambda a: None if a is None else a[..., ::-1][..., ::-1]):
        found = with_gaps(*map(dress, given.values()))
        for one, two in zip(found, given.values()):
            assert one is None if two is None else np.array_equal(one, two)
    mixed = with_gaps(**given | {"x": FULL["x"].astype(np.float32)})
    assert mixed[0].dtype == np.float32
    assert mixed[-1].dtype == np.float32  # given back as x is; the kernel saw float64


def test_a_contract_names_every_parameter_in_order():
    for text in ("x (N)", "y (N), x (N)", "x (N), y (N), z (N)"):
        with pytest.raises(ValueError, match="contract of f names"):

            @contract(text)
            def f(x, y):
                return x

    for text in ("x nothing", "x (N", "x int (N) and 3"):
        with pytest.raises(ValueError, match="contract: "):
            contract(text)


# --- all functions --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_a_contract(name):
    assert list(FUNCTIONS[name].__contract__.kinds) == list(
        inspect.signature(FUNCTIONS[name]).parameters
    )


def _stated(docstring: str) -> dict[str, list[str]]:
    """Return the dimensions of each parameter whose docstring states one shape."""
    section = re.search(r"Parameters\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", docstring, re.M | re.S)
    found = {}
    for entry in re.finditer(r"^([\w, ]+) : (ndarray.*)$", section[1] if section else "", re.M):
        shape = re.search(r"of shape \(([^)]*)\)", entry[2])
        if shape:
            dims = [part.strip() for part in shape[1].split(",") if part.strip()]
            found |= dict.fromkeys(entry[1].split(", "), dims)
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_contract_says_what_the_chapter_says(name):
    """The same number of axes, the same numbers, and what is one length there is one here."""
    module, function = name.split(".")
    if module not in CATALOGUE.names() or not hasattr(topic(module).solution, function):
        pytest.skip("a kernel of our own")
    kinds, symbols = FUNCTIONS[name].__contract__.kinds, {}
    stated = _stated(inspect.getdoc(getattr(topic(module).solution, function)) or "")
    for parameter, dims in stated.items():
        ours = kinds[parameter].dims
        if ours is None or (ours and ours[-1][0] in "*."):
            continue  # looser: any shape, or what the function looks at itself
        assert len(ours) == len(dims), f"{parameter}: {ours}, in the chapter {dims}"
        for one, theirs in zip(ours, dims):
            if theirs.isdigit() or one.isdigit():
                assert one == theirs, parameter
            elif one.isidentifier() and theirs.isidentifier():
                assert symbols.setdefault(theirs, one) == one, parameter


@pytest.mark.parametrize("name", ARRAYS)
def test_any_dress_gives_the_same_bits_without_a_new_compilation(name):
    from numba.core.registry import CPUDispatcher

    module = sys.modules[f"reference.{name.split('.')[0]}"]
    kernels = [k for k in vars(module).values() if isinstance(k, CPUDispatcher)]
    function = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        expected = function(**_drawn(name))
    compiled = [len(kernel.signatures) for kernel in kernels]
    for dress, change in DRESSES.items():
        given = {key: each_array(value, change) for key, value in _drawn(name).items()}
        with np.errstate(all="ignore"):
            assert same_bits(function(**given), expected), dress
    assert compiled == [len(kernel.signatures) for kernel in kernels]


def _drawn(name):
    """Draw arguments once more: a function may use some of them up."""
    return valid(name, FUNCTIONS[name], np.random.default_rng(5))


@pytest.mark.parametrize("name", ARRAYS)
def test_mixed_floats_are_mended_the_short_way_as_step_by_step(name):
    function = FUNCTIONS[name]
    line = function.__contract__
    first = next(iter(key for key, kind in line.kinds.items() if kind.array or kind.parts))

    def given():  # one argument in float32, beside float64: a function may use some of them up
        return _drawn(name) | {first: each_array(_drawn(name)[first], _in_single)}

    with np.errstate(all="ignore"):
        found = function(**given())
        defaults = inspect.signature(function).bind(**given())
        defaults.apply_defaults()
        settled = _settled(function.__wrapped__, line, *defaults.arguments.values())
    assert same_bits(found, settled)


def _in_single(array):
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def _kept(kind):
    return kind.name == "kept" or any(map(_kept, kind.parts))


@pytest.mark.parametrize("name", ARRAYS)
def test_whole_numbers_give_what_their_floats_give(name):
    function = FUNCTIONS[name]

    def rounded(kind):
        def change(array):
            return (np.rint(2 * array) + 0.0).astype(kind) if array.dtype.kind == "f" else array

        return change

    as_floats = {k: each_array(v, rounded(float)) for k, v in _drawn(name).items()}
    as_whole = {k: each_array(v, rounded(int)) for k, v in _drawn(name).items()}
    if any(_kept(kind) for kind in function.__contract__.kinds.values()):
        pytest.skip("leaves its input's dtype as it is")
    try:
        with np.errstate(all="ignore"):
            expected = function(**as_floats)
    except ValueError:
        with pytest.raises(ValueError, match="expected"):  # rounding left the bounds
            function(**as_whole)
        return
    with np.errstate(all="ignore"):
        assert same_bits(function(**as_whole), expected)


# --- nothing is read or written beyond an array ---------------------------------------------------


forked = Forked("from tests.kit import fuzz_core; fuzz_core.functions()", OPENBLAS_NUM_THREADS="1")


def _fuzz(names, seed, rounds):
    done = forked(
        "import sys; from tests.kit import fuzz_core\n"
        f"sys.argv[1:] = {[str(seed), str(rounds), *names]}; sys.exit(fuzz_core.main())"
    )
    last = (done.stdout.strip().splitlines() or [""])[-1]
    assert done.returncode == 0, f"{last}\n{done.stderr[-2000:]}"


@pytest.mark.skipif(sys.platform != "linux", reason="pages are guarded with Linux's mprotect")
@pytest.mark.parametrize("module", sorted({name.split(".")[0] for name in FUNCTIONS}))
def test_wrong_arguments_are_refused_and_nothing_outside_is_touched(module):
    _fuzz([name for name in FUNCTIONS if name.split(".")[0] == module], seed=1, rounds=1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="pages are guarded with Linux's mprotect")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_many_wrong_arguments_are_refused_and_nothing_outside_is_touched(name):
    _fuzz([name], seed=2, rounds=25)


def test_the_fuzz_sees_a_read_beyond_an_array(tmp_path):
    """Without its contract, `cross_entropy` with a label that is no class reads beyond a row."""
    code = (
        "import numpy as np, reference.backprop as b; from tests.kit.fuzz_core import guarded\n"
        "b.cross_entropy.__wrapped__(guarded((2, 3)), np.array([10**9, 0]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode < 0
    with pytest.raises(ValueError, match=r"expected x of shape \(N, D\) with N = 4000 as in dy"):
        backprop.dense_backward(np.ones((4000, 5)), np.ones((2, 3)), np.ones((5, 3)))


def test_no_samples_work_or_are_refused_by_name():
    for name, function in ARRAYS.items():
        kinds = function.__contract__.kinds
        if not any("N" in (kind.dims or ()) for kind in kinds.values() if kind.array):
            continue
        given = {}
        for key, value in _drawn(name).items():
            dims = kinds[key].dims or ()
            given[key] = value
            for axis in (k for k, dim in enumerate(dims) if kinds[key].array and dim == "N"):
                given[key] = given[key].take([], axis)
        if {"order", "folds", "batches", "pairs"} & given.keys() or any(
            kind.name in ("ints", "tuple") for kind in kinds.values()
        ):
            continue  # the number of samples is in these, too
        where = function.__contract__.where
        asked = [text for text in where if re.fullmatch(r"N >= \d+|[Kk] <= N", text)]
        if asked:
            told = f"expected ({'|'.join(asked)}), got (.*, )?N = 0"
            with pytest.raises(ValueError, match=told):
                function(**given)
        else:
            refused = ""
            try:
                function(**given)
            except ValueError as error:  # a mean over nothing
                refused = str(error)
            assert not refused or refused.endswith("got none"), name


def test_published_shapes_of_the_first_report():
    """The calls that were seen to end the process or to write outside."""
    x = np.ones((2, 3, 8, 8))
    refused = [
        lambda: convolution.max_pool_backward(np.ones((2, 3, 9, 9)), x, 2),
        lambda: convolution.conv2d_forward(x, np.ones((6, 1, 5, 5)), np.ones(6)),
        lambda: q_learning.value_iteration(*[np.ones((3, 2, 1))] * 2, np.ones((3, 2, 1)), [[[0]]]),
        lambda: convolution.conv2d_slopes(np.ones((2, 6, 6, 6)), x, (6, 2, 3, 3)),
        lambda: backprop.cross_entropy(np.ones((2, 3)), np.array([0, -100])),
        lambda: backprop.cross_entropy(np.ones((2, 3)), np.array([0, 3])),
    ]
    for call in refused:
        with pytest.raises((ValueError, TypeError), match="expected"):
            call()
    assert np.array_equal(convolution.max_pool_forward(x, 2), np.ones((2, 3, 4, 4)))


def test_numbers_out_of_arrays_are_taken_at_once(monkeypatch):
    """A loop over an array's entries pays no more for each call than one over Python's numbers."""

    @contract("x (N), share real >= 0, place int < N, last flag", "N >= 1")
    def entry(x, share, place, last):
        return type(share), type(place), type(last)

    monkeypatch.setitem(entry.__globals__, "_settle", None)
    found = entry(np.ones(3), np.float64(0.5), np.int64(1), np.bool_(True))
    assert found == (float, int, bool)


def test_a_word_in_place_of_a_number_is_taken_at_once(monkeypatch):
    """A border of `same` costs what a number of zeros costs; what fits nowhere is refused."""

    @contract("x (N), border int >= 0 | 'same'", "fit(N, 3, 1, border) >= 1")
    def edge(x, border):
        return border

    with pytest.raises(ValueError, match="expected fit"):
        edge(np.ones(1), 0)
    monkeypatch.setitem(edge.__globals__, "_settle", None)
    assert [edge(np.ones(1), border) for border in (1, "same")] == [1, "same"]
