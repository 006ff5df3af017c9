"""How the chapter on attention is judged."""

import math
from itertools import pairwise

import numpy as np

from autograder.spec import Case, Exercise, Question
from solutions.attention import chapter


def normal(rng, *shape):
    return rng.normal(size=shape)


def problem(rng, n, h, t, s, d, e):
    """Return queries, keys and values whose weights are neither even nor all on one key."""
    return 1.3 * normal(rng, n, h, t, d), 1.3 * normal(rng, n, h, s, d), normal(rng, n, h, s, e)


def some_seen(rng, t, s):
    """Return a mask in which each query sees a part: itself where it can, another, and not all."""
    mask = rng.random((t, s)) < 0.5
    for i in range(t):
        mask[i, i % s] = True
        mask[i, (i + 1) % s] = i % 2 == 0
        mask[i, (i + 2) % s] = i % 2 == 1
    return mask


def one_blind(rng, t, s, blind=1):
    """Return such a mask in which one query sees nothing."""
    mask = some_seen(rng, t, s)
    mask[blind] = False
    return mask


def by_hand(output=None):
    """Return the chapter's example: a query, two keys, two values."""
    q, k = np.array([[[[1.0, 0.0]]]]), np.eye(2)[None, None]
    v = np.array([[[[10.0], [20.0]]]])
    return (q, k, v) if output is None else (q, k, v, output)


# --- what the wrong variants are made of ---------------------------------------------------------


def softmax(scores, axis=-1):
    """Return the softmax; zeros where every score is -inf."""
    top = scores.max(axis=axis, keepdims=True)
    weights = np.exp(scores - np.where(top == -np.inf, 0, top))
    total = weights.sum(axis=axis, keepdims=True)
    return weights / np.where(total == 0, 1, total)


def turned(x):
    return np.swapaxes(x, -1, -2)


def scaled(q, k, mask=None):
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    return scores if mask is None else np.where(mask, scores, -np.inf)


# --- scaled_dot_product_attention ----------------------------------------------------------------

attention = Exercise("scaled_dot_product_attention", points=4)


@attention.check()
def worked_example(rng):
    """Gives 13.30 in the worked example, and 10 where the second key is hidden."""
    yield by_hand()
    yield (*by_hand(), np.array([[True, False]]))


@attention.check(weight=2)
def everybody_sees_everything(rng):
    """Averages the values by the softmax over the keys, for each query of each head."""
    yield problem(rng, 2, 3, 3, 4, 2, 3)
    yield problem(rng, 1, 2, 4, 4, 4, 4)


@attention.check(weight=2)
def masked(rng):
    """Gives all weight to what may be seen, and none to the rest."""
    yield (*problem(rng, 2, 2, 3, 5, 3, 2), some_seen(rng, 3, 5))
    yield (*problem(rng, 1, 2, 4, 4, 2, 4), some_seen(rng, 4, 4))


@attention.check()
def nothing_to_see(rng):
    """Gives zeros to a query that may look at nothing."""
    yield (*problem(rng, 1, 2, 3, 3, 2, 2), one_blind(rng, 3, 3))
    yield (*problem(rng, 2, 1, 2, 4, 3, 2), np.zeros((2, 4), bool))


def matching_twins(q, k):
    """Return huge queries and keys: two keys near each other, and a query that fits both."""
    signs = np.sign(k)
    signs[:, :, 1] = signs[:, :, 0]
    firm = np.sign(q)
    firm[:, :, 0] = signs[:, :, 0]
    return 40 * firm, 40 * signs + 0.01 * k


@attention.check(notices=("mask-after-the-softmax",))
def huge_scores(rng):
    """Stays finite where scores reach a thousand and more, of either sign."""
    q, k, v = problem(rng, 1, 2, 3, 4, 2, 2)
    yield *matching_twins(q, k), v
    yield -60 * np.abs(q) - 20, 60 * np.abs(k) + 20, v, one_blind(rng, 3, 4)


@attention.check(hidden=True, weight=2)
def any_sizes(rng):
    """Is right for any sizes: one head, one query, one key, other widths."""
    yield problem(rng, 3, 1, 1, 6, 5, 1)
    yield problem(rng, 1, 4, 5, 1, 3, 2)
    yield (*problem(rng, 2, 2, 6, 3, 1, 5), one_blind(rng, 6, 3, blind=4))
    yield (*problem(rng, 1, 1, 7, 7, 8, 3), np.tri(7, dtype=bool))


attention.in_other_dress(masked)


def hidden_after_the_softmax(q, k, v, mask=None):
    weights = softmax(scaled(q, k))
    return (weights if mask is None else weights * mask) @ v


def hidden_as_zeros_but_blind_queries_get_none(q, k, v, mask=None):
    out = hidden_then_normalized_as_scores(q, k, v, mask)
    return out if mask is None else np.where(mask.any(axis=-1, keepdims=True), out, 0)


def hidden_then_normalized_as_scores(q, k, v, mask=None):
    scores = scaled(q, k)
    return softmax(scores if mask is None else np.where(mask, scores, 0)) @ v


def over_queries(q, k, v, mask=None):
    return softmax(scaled(q, k, mask), axis=-2) @ v


def over_heads(q, k, v, mask=None):
    return softmax(scaled(q, k, mask), axis=1) @ v


def over_queries_and_keys(q, k, v, mask=None):
    scores = scaled(q, k, mask)
    flat = softmax(scores.reshape(*scores.shape[:2], -1))
    return flat.reshape(scores.shape) @ v


def blind_queries_see_all(q, k, v, mask=None):
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + np.where(mask, 0, -1e9).astype(scores.dtype)
        scores = np.where(mask.any(axis=1)[:, None], scores, 0)
    return softmax(scores) @ v


def blind_queries_are_nan(q, k, v, mask=None):
    scores = scaled(q, k, mask)
    with np.errstate(all="ignore"):
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return weights / weights.sum(axis=-1, keepdims=True) @ v


def no_maximum_taken_off(q, k, v, mask=None):
    with np.errstate(all="ignore"):
        weights = np.exp(scaled(q, k, mask))
        total = weights.sum(axis=-1, keepdims=True)
        return weights / np.where(total == 0, 1, total) @ v


def one_maximum_for_all(q, k, v, mask=None):
    with np.errstate(all="ignore"):
        scores = scaled(q, k, mask)
        top = scores.max()
        weights = np.exp(scores - (top if np.isfinite(top) else 0))
        total = weights.sum(axis=-1, keepdims=True)
        return weights / np.where(total == 0, 1, total) @ v


def only_the_best_key(q, k, v, mask=None):
    scores = scaled(q, k, mask)
    best = np.eye(k.shape[2], dtype=q.dtype)[scores.argmax(axis=-1)]
    return best * (scores.max(axis=-1, keepdims=True) > -np.inf) @ v


def values_looked_up_by_rank(q, k, v, mask=None):
    weights = softmax(scaled(q, k, mask))
    return np.sort(weights, axis=-1)[..., ::-1] @ v


# --- causal_mask ---------------------------------------------------------------------------------

causal = Exercise("causal_mask", points=2)


@causal.check(exact=True)
def worked_mask(rng):
    """Gives the two masks of the worked example (by hand: two queries, four keys)."""
    yield 2, 4
    yield 2, 4, 2


@causal.check(exact=True, weight=2)
def as_many_queries_as_keys(rng):
    """Lets each position see itself and what came before."""
    yield 4, 4
    yield 1, 1
    yield 6, 6


@causal.check(exact=True, weight=2)
def the_last_queries(rng):
    """Puts the queries at the end of the positions."""
    yield 1, 5
    yield 3, 4
    yield 2, 7


@causal.check(exact=True, weight=2)
def windows(rng):
    """Lets each position see a window that ends with itself, and all where the window is wide."""
    yield 4, 4, 1
    yield 5, 5, 3
    yield 3, 6, 2
    yield 2, 7, 4
    yield Case(3, 3, window=8)


@causal.check(exact=True, hidden=True, weight=2)
def any_mask(rng):
    """Is right for any numbers."""
    yield 8, 8
    yield 5, 9
    yield 7, 7, 2
    yield Case(2, 9, window=4)
    yield 4, 11, 6


# --- attention_backward --------------------------------------------------------------------------

back = Exercise("attention_backward", points=5)


def with_slope(rng, n, h, t, s, d, e):
    return (*problem(rng, n, h, t, s, d, e), normal(rng, n, h, t, e))


@back.check()
def worked_example(rng):
    """Gives the gradients of the worked example."""
    yield by_hand(np.ones((1, 1, 1, 1)))


@back.check(weight=2)
def three_gradients(rng):
    """Carries the gradient back to queries, keys and values of each head."""
    yield with_slope(rng, 2, 2, 2, 3, 2, 3)
    yield with_slope(rng, 1, 2, 2, 2, 2, 2)


@back.check(weight=2)
def masked(rng):
    """Sends nothing to what was hidden."""
    yield (*with_slope(rng, 1, 2, 2, 3, 3, 2), some_seen(rng, 2, 3))
    yield (*with_slope(rng, 2, 1, 3, 3, 2, 2), np.tri(3, dtype=bool))


@back.check()
def nothing_to_see(rng):
    """Sends no gradient anywhere from a query that may look at nothing."""
    yield (*with_slope(rng, 1, 2, 3, 3, 2, 2), one_blind(rng, 3, 3))


@back.check()
def huge_scores(rng):
    """Stays finite where scores reach a thousand and more."""
    q, k, v, dout = with_slope(rng, 1, 2, 3, 4, 2, 2)
    yield *matching_twins(q, k), v, dout


@back.check(hidden=True, weight=2, rtol=1e-10, atol=1e-11)
def any_sizes(rng):
    """Is right for any sizes: one head, one query, one key, other widths."""
    yield with_slope(rng, 3, 1, 1, 5, 4, 2)
    yield with_slope(rng, 1, 3, 4, 1, 2, 5)
    yield (*with_slope(rng, 2, 2, 5, 3, 1, 3), one_blind(rng, 5, 3, blind=2))


back.in_other_dress(masked)


def gradients(q, k, v, dout, mask=None, **ideas):
    """Return dq, dk, dv as asked save for the ideas given."""
    root = ideas.get("root", math.sqrt(q.shape[-1]))
    p = softmax(scaled(q, k, mask))
    dp = dout @ turned(v)
    taken = ideas.get("taken", lambda p, dp: np.sum(p * dp, axis=-1, keepdims=True))(p, dp)
    ds = ideas.get("outer", p) * (dp - taken)
    ds = ds if ideas.get("bare") else ds / root
    return ds @ k, turned(ds) @ q, turned(p) @ dout


def softmax_taken_as_elementwise(q, k, v, dout, mask=None):
    return gradients(q, k, v, dout, mask, taken=lambda p, dp: p * dp)


def mean_of_the_row_taken_off(q, k, v, dout, mask=None):
    return gradients(q, k, v, dout, mask, taken=lambda p, dp: dp.mean(axis=-1, keepdims=True))


def sum_without_the_weights(q, k, v, dout, mask=None):
    return gradients(q, k, v, dout, mask, taken=lambda p, dp: dp.sum(axis=-1, keepdims=True))


def along_the_queries(q, k, v, dout, mask=None):
    return gradients(
        q, k, v, dout, mask, taken=lambda p, dp: np.sum(p * dp, axis=-2, keepdims=True)
    )


def mask_forgotten_backwards(q, k, v, dout, mask=None):
    return gradients(q, k, v, dout)


def blind_queries_send(q, k, v, dout, mask=None):
    scores = scaled(q, k)
    p = softmax(scores if mask is None else np.where(mask, scores, scores.dtype.type(-1e9)))
    dp = dout @ turned(v)
    ds = p * (dp - np.sum(p * dp, axis=-1, keepdims=True)) / math.sqrt(q.shape[-1])
    return ds @ k, turned(ds) @ q, turned(p) @ dout


# --- which_attention -----------------------------------------------------------------------------

which = Exercise("which_attention", points=3)
NAMES = (
    "right",
    "no mask",
    "mask turned round",
    "mask hides itself",
    "mask after softmax",
    "softmax over queries",
    "softmax over heads",
)
FAINT = 1e-5


def off(sums):
    return np.abs(sums - 1).max() > 0.05


def made(rng, name, h, t):
    """Return the weights that somebody with this mistake gets; every sum is 1, or clearly not."""
    while True:
        scores, seen = 1.5 * normal(rng, h, t, t), np.tri(t, dtype=bool)
        if name == "no mask":
            return softmax(scores)
        if name == "mask turned round":
            return softmax(np.where(np.tri(t, dtype=bool).T, scores, -np.inf))
        if name == "mask hides itself":
            return softmax(np.where(np.tri(t, k=-1, dtype=bool), scores, -np.inf))
        inside = np.where(seen, scores, -np.inf)
        if name == "right":
            weights = softmax(inside)
        elif name == "mask after softmax":
            weights = np.where(seen, softmax(scores), 0)
        elif name == "softmax over queries":
            weights = softmax(inside, axis=1)
        else:
            weights = softmax(inside, axis=0)
        rows, columns, heads = weights.sum(2), weights.sum(1), weights.sum(0)[seen]
        wanted = {"right": rows, name: None, "softmax over queries": columns}
        wanted["softmax over heads"] = heads
        clear = all(off(sums) for other, sums in wanted.items() if other != name)
        if name == "mask after softmax":  # some row loses more than the one before it
            clear = clear and np.diff(rows).min() < -0.05 and off(heads[:1])
        if clear and weights[:, -1, -1].min() > 1e-4 and weights[:, -1, 0].min() > 1e-4:
            return weights


@which.check(exact=True)
def worked_examples(rng):
    """Tells apart the three of the worked example."""
    yield np.array([[[1.0, 0, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]]])
    yield np.array([[[0.6, 0, 0], [0.3, 0.5, 0], [0.1, 0.5, 1.0]]])
    yield np.array([[[0.2, 0, 0], [0.5, 0.3, 0], [0.2, 0.3, 0.5]]])


@which.check(exact=True, weight=2)
def who_sees_whom(rng):
    """Tells from the zeros what was hidden, and whether it should have been."""
    for name in NAMES[:4]:
        yield made(rng, name, 2, 4)
    for lean in (2.0, -2.0):
        yield softmax(normal(rng, 2, 4, 4) + lean * np.sign(np.arange(4) - np.arange(4)[:, None]))


@which.check(exact=True, weight=2)
def what_sums_to_one(rng):
    """Tells from the sums along which axis the softmax ran, and whether the mask came late."""
    for name in (NAMES[0], *NAMES[4:]):
        yield made(rng, name, 2, 5)
        yield made(rng, name, 4, 3)


@which.check(exact=True, hidden=True, weight=2, notices=("more-future-is-turned",))
def any_weights(rng):
    """Is right for any number of heads and positions."""
    for name in NAMES:
        yield made(rng, name, 4, 6)
        yield made(rng, name, 2, 3)
    for name in NAMES[:-1]:
        yield made(rng, name, 1, 4)


which.in_other_dress(what_sums_to_one, keeps=False)


def faintly(weights, where):
    """Return weights that are next to nothing there; the rest of each row makes up for it."""
    rest = np.where(where, 0, weights)
    faint = np.where(where, FAINT, 0) + np.zeros_like(weights)
    return faint + rest / rest.sum(axis=2, keepdims=True) * (1 - faint.sum(axis=2, keepdims=True))


def late_in(rng, head, row, left=0.7):
    """Return weights of which a late mask took something away in one row alone."""
    weights = made(rng, "right", 2, 4)
    weights[head, row] *= left
    return weights


def late_but(pairs):
    """Return weights behind a late mask; over the heads they sum to one at these pairs alone."""
    size = len(pairs)
    weights = np.where(np.tri(size, dtype=bool), 0.3 / size, 0)
    weights[pairs] = 0.5
    weights[-1, ~pairs[-1]] = 0.5 / (size - 1)
    return np.stack([weights, weights])


@which.check(exact=True)
def faint_weights(rng):
    """Takes for hidden only what is exactly 0, and for seen what is next to nothing."""
    past = np.tri(4, k=-1, dtype=bool)
    yield faintly(made(rng, "right", 2, 4), np.diag([False, True, True, True]))
    yield faintly(made(rng, "no mask", 2, 4), past.T)
    yield faintly(made(rng, "no mask", 2, 4), past)
    yield faintly(made(rng, "mask turned round", 2, 4), past.T)
    late = made(rng, "mask after softmax", 2, 4)
    late[:, 0, 0] = FAINT
    late[:, 1:3] *= np.array([0.9, 0.6])[:, None] / late[:, 1:3].sum(axis=2, keepdims=True)
    yield late
    weights = made(rng, "right", 2, 4)
    weights[0, -1, -1] = 2e-6
    weights[0, -1, :-1] *= (1 - 2e-6) / weights[0, -1, :-1].sum()
    yield weights


@which.check(exact=True)
def nearly_one(rng):
    """Takes a sum for 1 that is off by less than 0.0001, and no sum that is off by 0.01."""
    for name in ("right", "softmax over queries", "softmax over heads"):
        yield made(rng, name, 3, 4) * (1 + 9e-5)
        yield made(rng, name, 2, 5) * (1 - 9e-5)
    yield late_in(rng, 1, 2, 0.988)
    yield late_in(rng, 0, 0, 0.988)


@which.check(exact=True, weight=2)
def one_place_tells(rng):
    """Looks at every sum: all but one head, row or pair may be as they should be."""
    for head, row in ((1, 0), (0, 1), (1, 2)):
        yield late_in(rng, head, row)
    alone = faintly(np.eye(4)[None], np.tri(4, k=-1, dtype=bool))[0]
    for name in ("softmax over queries", "right"):
        weights = made(rng, name, 2, 4)
        weights[0] = alone
        yield weights
    weights = made(rng, "right", 2, 4)
    weights[0, 0, 0] = 1 - FAINT
    weights[1] = np.where(np.tri(4, dtype=bool), 1 - weights[0], 0)
    yield weights
    for pairs in (
        np.outer([1, 0, 0, 0], [1, 0, 0, 0]),
        np.eye(4),
        np.outer(np.ones(4), np.eye(4)[0]),
    ):
        yield late_but(pairs.astype(bool))
    even = np.where(np.tri(4, dtype=bool), 0.25, np.zeros((4, 1, 1)))
    even[1, 2, 1] = 0.3
    yield even


def facts(weights):
    """Return what can be seen: future, past and self of the first head's corners, and the sums."""
    seen = np.tri(weights.shape[1], dtype=bool)
    sums = weights.sum(2), weights.sum(1), weights.sum(0)[seen]
    ones = [bool(np.abs(part - 1).max() < 2e-3) for part in sums]
    corners = weights[0, 0, -1] > 0, weights[0, -1, 0] > 0, weights[0, -1, -1] > 0
    return corners, ones


def told(weights, **other):
    """Return the name, with some of the names exchanged."""
    found = chapter.which_attention(weights)
    return other.get(found.replace(" ", "_"), found)


def rows_and_columns_confused(weights):
    return told(
        weights,
        **{"softmax_over_queries": "right", "right": "softmax over queries"},
    )


def late_masks_are_the_wrong_axis(weights):
    return told(weights, mask_after_softmax="softmax over queries")


def wrong_axes_are_late_masks(weights):
    return told(weights, softmax_over_queries="mask after softmax")


def heads_not_looked_at(weights):
    return told(weights, softmax_over_heads="mask after softmax")


def zeros_alone_decide(weights):
    corners, _ = facts(weights)
    if corners[0]:
        return "no mask" if corners[1] else "mask turned round"
    return "right" if corners[2] else "mask hides itself"


def sums_alone_decide(weights):
    _, (rows, columns, _) = facts(weights)
    if rows:
        return "right"
    return "softmax over queries" if columns else "mask after softmax"


def zero_row_is_a_late_mask(weights):
    return told(weights, mask_hides_itself="mask after softmax")


def future_is_the_past(weights):
    return told(weights, mask_turned_round="right", right="mask turned round")


def any_future_is_no_mask(weights):
    return told(weights, mask_turned_round="no mask")


def seen_future_is_turned(weights):
    return told(weights, no_mask="mask turned round")


def last_row_decides(weights):
    corners, _ = facts(weights)
    if corners[0] or not corners[2]:
        return chapter.which_attention(weights)
    if np.abs(weights[:, -1].sum(axis=-1) - 1).max() < 2e-3:
        return "right"
    return chapter.which_attention(weights)


def whole_sum_decides(weights):
    corners, _ = facts(weights)
    if corners[0] or not corners[2]:
        return chapter.which_attention(weights)
    if abs(weights[0].sum() - weights.shape[1]) < 2e-3:
        return "right"
    return chapter.which_attention(weights)


def whole_sums_decide(weights):
    """Ask the whole sum of every head."""
    corners, _ = facts(weights)
    whole = np.abs(weights.sum(axis=(1, 2)) - weights.shape[1]).max() < 2e-3
    if corners[0] or not corners[2] or not whole:
        return chapter.which_attention(weights)
    return "right"


def self_hidden_is_right(weights):
    return told(weights, mask_hides_itself="right")


def more_future_is_turned(weights):
    seen = np.tri(weights.shape[1], dtype=bool)
    future, past = weights[:, ~seen].sum(), weights[:, np.tri(len(seen), k=-1, dtype=bool)].sum()
    if future > 0:
        return "mask turned round" if future > past else "no mask"
    return chapter.which_attention(weights)


def short_rows_are_late_masks(weights):
    late = "mask after softmax"
    return told(weights, softmax_over_queries=late, softmax_over_heads=late)


def named(weights, *, rows, columns, pairs):
    """Return the name, where only some of the sums are looked at."""
    corners, _ = facts(weights)
    if corners[0] or not corners[2]:
        return chapter.which_attention(weights)
    sums = {"right": rows, "softmax over queries": columns, "softmax over heads": pairs}
    found = (name for name, each in sums.items() if np.abs(each - 1).max() < 2e-3)
    return next(found, "mask after softmax")


def all_sums(weights, **some):
    """Return `named` with all sums but `some`."""
    seen = np.tri(weights.shape[1], dtype=bool)
    sums = {"rows": weights.sum(2), "columns": weights.sum(1), "pairs": weights.sum(0)[seen]}
    return named(weights, **sums | some)


def first_head_decides(weights):
    return all_sums(weights, rows=weights[0].sum(1), columns=weights[0].sum(0))


def first_row_decides(weights):
    return all_sums(weights, rows=weights[:, 0].sum(axis=1))


def first_row_decides_last(weights):
    """Ask the first row only when the columns and the heads have said no."""
    found = chapter.which_attention(weights)
    nothing_lost = np.abs(weights[:, 0].sum(axis=1) - 1).max() < 2e-3
    return "right" if found == "mask after softmax" and nothing_lost else found


def first_pair_decides(weights):
    return all_sums(weights, pairs=weights[:, 0, 0].sum())


def pairs_with_itself_decide(weights):
    return all_sums(weights, pairs=np.einsum("hii->i", weights))


def late_rows_grow(weights, slack=1e-4):
    found = chapter.which_attention(weights)
    grow = (np.diff(weights.sum(axis=2), axis=1) >= -slack).all()
    if found in ("mask after softmax", "softmax over heads"):
        last = np.abs(weights[:, -1].sum(axis=1) - 1).max() < 2e-3
        return "mask after softmax" if grow and last else "softmax over heads"
    return found


def late_rows_grow_to_the_bit(weights):
    return late_rows_grow(weights, slack=0.0)


def faint_is_hidden(weights):
    return chapter.which_attention(np.where(weights < 1e-4, 0, weights))


def faint_zeros(weights):
    """Take what is faint for zero, but leave it in the sums; row 0 tells whether it sees itself."""
    past = np.tri(weights.shape[1], k=-1, dtype=bool)
    clear = weights >= 1e-4
    if clear[:, past.T].any():
        return "no mask" if clear[:, past].any() else "mask turned round"
    if not clear[:, 0].any():
        return "mask hides itself"
    return all_sums(np.where(past.T, 0, weights), rows=weights.sum(axis=2))


def faint_self_is_hidden(weights):
    found = chapter.which_attention(weights)
    if found in ("no mask", "mask turned round"):
        return found
    return "mask hides itself" if np.einsum("hii->hi", weights).min() < 1e-4 else found


# --- online_softmax ------------------------------------------------------------------------------

online = Exercise("online_softmax", points=4)


def under_way(rng, t, b, e):
    """Return a state and a block: some queries meet a larger score, others do not."""
    top = normal(rng, t)
    scores = top[:, None] - rng.uniform(0.3, 2.0, (t, b))
    for i in range(0, t, 2):
        scores[i, i % b] = top[i] + rng.uniform(0.5, 1.5)
    return top, rng.uniform(1.0, 3.0, t), normal(rng, t, e), scores, normal(rng, b, e)


def at_the_start(rng, t, b, e):
    nothing = np.full(t, -np.inf), np.zeros(t), np.zeros((t, e))
    scores = normal(rng, t, b)
    scores[0] = -0.5 - np.abs(scores[0])  # below a maximum of zero that nobody has reached
    return (*nothing, scores, normal(rng, b, e))


@online.check()
def worked_example(rng):
    """Gives the two blocks of the worked example."""
    one = np.array([[10.0]]), np.array([[20.0]])
    yield np.array([-np.inf]), np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), one[0]
    yield np.zeros(1), np.ones(1), one[0], np.array([[math.log(4.0)]]), one[1]


@online.check(weight=2)
def a_block_on_the_way(rng):
    """Rescales what was summed where a larger score comes, and only there."""
    yield under_way(rng, 4, 3, 2)
    yield under_way(rng, 3, 3, 3)


@online.check()
def the_first_block(rng):
    """Starts from minus infinity and zeros."""
    yield at_the_start(rng, 3, 4, 2)


@online.check()
def a_block_that_is_hidden(rng):
    """Changes nothing for a query that sees nothing of the block, not even at the start."""
    top, total, out, scores, v = under_way(rng, 4, 3, 2)
    scores[1] = -np.inf
    scores[2, 1:] = -np.inf
    yield top, total, out, scores, v
    top, total, out, scores, v = at_the_start(rng, 3, 2, 2)
    scores[[0, 2]] = -np.inf
    yield top, total, out, scores, v


@online.check()
def huge_scores(rng):
    """Stays finite for scores of a thousand, of either sign."""
    top, total, out, scores, v = under_way(rng, 4, 2, 2)
    signs = np.array([1000.0, -1000.0, 1000.0, -1000.0])
    yield top + signs, total, out, scores + signs[:, None], v


@online.check(hidden=True, weight=2)
def any_block(rng):
    """Is right for any block: one key, many keys, one query, hidden in part."""
    yield under_way(rng, 5, 1, 3)
    yield under_way(rng, 2, 9, 1)
    yield at_the_start(rng, 1, 5, 4)
    top, total, out, scores, v = under_way(rng, 6, 4, 2)
    scores[3:5] = -np.inf
    yield top, total, out, scores, v
    top, total, out, scores, v = at_the_start(rng, 4, 3, 2)
    scores[1] = -np.inf
    yield top, total, out, 900.0 + scores, v


online.in_other_dress(a_block_on_the_way)


def pieces(top, scores):
    new = np.maximum(top, scores.max(axis=1))
    anchor = np.where(new == -np.inf, 0, new).astype(scores.dtype)
    return new, np.exp(top - anchor), np.exp(scores - anchor[:, None])


def divided_after_each_block(top, total, out, scores, v):
    new, factor, p = pieces(top, scores)
    both = total * factor + p.sum(axis=1)
    held = np.where(both == 0, 1, both)[:, None]
    return new, both, (out * factor[:, None] + p @ v) / held


def flash_attention_1(top, total, out, scores, v):
    new, factor, p = pieces(top, scores)
    both = total * factor + p.sum(axis=1)
    held = np.where(both == 0, 1, both)[:, None]
    return new, both, (out * (total * factor)[:, None] + p @ v) / held


def maxima_of_the_block_alone(top, total, out, scores, v):
    new, _, p = pieces(np.full_like(top, -np.inf), scores)
    anchor = np.where(new == -np.inf, 0, new).astype(scores.dtype)
    with np.errstate(all="ignore"):
        factor = np.exp(np.where(top == -np.inf, -np.inf, top - anchor))
    return new, total * factor + p.sum(axis=1), out * factor[:, None] + p @ v


def old_maximum_kept(top, total, out, scores, v):
    first = top == -np.inf
    held = np.where(first, scores.max(axis=1), top)
    anchor = np.where(held == -np.inf, 0, held).astype(scores.dtype)
    p = np.exp(scores - anchor[:, None])
    return held, total + p.sum(axis=1), out + p @ v


def starts_with_nan(top, total, out, scores, v):
    with np.errstate(all="ignore"):
        new = np.maximum(top, scores.max(axis=1))
        factor, p = np.exp(top - new), np.exp(scores - new[:, None])
        return new, total * factor + p.sum(axis=1), out * factor[:, None] + p @ v


def one_maximum_of_all_queries(top, total, out, scores, v):
    new = np.full_like(top, max(top.max(), scores.max()))
    anchor = np.where(new == -np.inf, 0, new).astype(scores.dtype)
    factor, p = np.exp(top - anchor), np.exp(scores - anchor[:, None])
    return new, total * factor + p.sum(axis=1), out * factor[:, None] + p @ v


def no_maximum_at_all(top, total, out, scores, v):
    with np.errstate(all="ignore"):
        p = np.exp(scores)
        return np.maximum(top, scores.max(axis=1)), total + p.sum(axis=1), out + p @ v


def each_block_by_itself(top, total, out, scores, v):
    p = softmax(scores)
    return np.maximum(top, scores.max(axis=1)), total + p.sum(axis=1), out + p @ v


# --- multi_head_attention ------------------------------------------------------------------------

heads_exercise = Exercise("multi_head_attention", points=4, needs=("scaled_dot_product_attention",))


def projections(rng, d, c, h, g, k, o):
    """Return wq, wk, wv and wo for H heads and G groups of width K."""
    shapes = (h * k, d), (g * k, c), (g * k, c), (o, h * k)
    return tuple(normal(rng, *shape) * 1.2 / math.sqrt(shape[1]) for shape in shapes)


def looking(rng, n, t, s, d, c, h, g, k, o):
    """Return x, context, the four projections and the number of heads."""
    return (normal(rng, n, t, d), normal(rng, n, s, c), *projections(rng, d, c, h, g, k, o), h)


def looking_at_itself(rng, n, t, d, h, g, k, o):
    x = normal(rng, n, t, d)
    return (x, x.copy(), *projections(rng, d, d, h, g, k, o), h)


def heads_by_hand(groups=2):
    eye = np.eye(4)
    x = np.array([[[1.0, 0.0, 0.0, 2.0]]])
    context = np.array([[[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]]])
    return x, context, eye, eye[: 2 * groups], eye[: 2 * groups], eye, 2


@heads_exercise.check()
def worked_example(rng):
    """Gives both outputs of the worked example: two groups, and one."""
    yield heads_by_hand()
    yield heads_by_hand(1)


@heads_exercise.check(weight=2)
def a_text_looks_at_itself(rng):
    """Runs self-attention in several heads."""
    yield looking_at_itself(rng, 2, 3, 4, 2, 2, 2, 4)
    yield looking_at_itself(rng, 2, 3, 3, 3, 3, 1, 2)


@heads_exercise.check()
def another_text(rng):
    """Takes queries from x, keys and values from the context, of another length and width."""
    yield looking(rng, 2, 3, 4, 3, 5, 2, 2, 3, 4)


@heads_exercise.check()
def masked(rng):
    """Hides in every head what the mask hides."""
    yield (*looking_at_itself(rng, 2, 4, 4, 2, 2, 2, 4), np.tri(4, dtype=bool))
    yield (*looking(rng, 1, 3, 4, 2, 3, 2, 2, 2, 2), one_blind(rng, 3, 4))
    yield (*looking(rng, 2, 1, 4, 2, 3, 2, 2, 2, 2), some_seen(rng, 1, 4))


@heads_exercise.check(weight=2)
def shared_keys(rng):
    """Lets neighbouring heads share keys and values, in two groups or one."""
    yield looking(rng, 2, 2, 3, 4, 4, 4, 2, 2, 3)
    yield (*looking(rng, 1, 3, 3, 4, 4, 4, 1, 2, 4), np.tri(3, dtype=bool))


@heads_exercise.check(hidden=True, weight=2)
def any_heads(rng):
    """Is right for any sizes: one head, one position, six heads in two or three groups."""
    yield looking(rng, 2, 3, 4, 3, 2, 1, 1, 4, 3)
    yield looking(rng, 1, 1, 5, 4, 4, 2, 2, 3, 5)
    yield looking(rng, 2, 3, 2, 4, 3, 6, 2, 1, 4)
    yield (*looking(rng, 1, 4, 4, 4, 4, 6, 3, 2, 2), one_blind(rng, 4, 4))


heads_exercise.in_other_dress(shared_keys)


def heads_of(y, count, width):
    return y.reshape(len(y), -1, count, width).transpose(0, 2, 1, 3)


def together(y):
    return y.transpose(0, 2, 1, 3).reshape(len(y), y.shape[2], -1)


def in_heads(x, context, wq, wk, wv, wo, heads, mask=None, **ideas):
    """Attend in heads as asked, save for the ideas given."""
    width = len(wq) // heads
    groups = len(wk) // width
    split = ideas.get("split", heads_of)
    q, k, v = (
        split(part, count, width)
        for part, count in ((x @ wq.T, heads), (context @ wk.T, groups), (context @ wv.T, groups))
    )
    share = ideas.get("share", lambda y, times: np.repeat(y, times, axis=1))
    k, v = share(k, heads // groups), share(v, heads // groups)
    if "attend" in ideas:
        found = ideas["attend"](q, k, v, mask)
    else:
        found = softmax(scaled(q, k, mask)) @ v
    return ideas.get("join", together)(found) @ wo.T


def interleaved(y, count, width):
    return y.reshape(len(y), -1, width, count).transpose(0, 3, 1, 2)


def interleaved_heads(x, context, wq, wk, wv, wo, heads, mask=None):
    def join(y):
        return y.transpose(0, 2, 3, 1).reshape(len(y), y.shape[2], -1)

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, split=interleaved, join=join)


def interleaved_split_only(x, context, wq, wk, wv, wo, heads, mask=None):
    return in_heads(x, context, wq, wk, wv, wo, heads, mask, split=interleaved)


def cut_along_time(x, context, wq, wk, wv, wo, heads, mask=None):
    def split(y, count, width):
        return y.reshape(len(y), count, -1, width)

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, split=split)


def cut_along_time_throughout(x, context, wq, wk, wv, wo, heads, mask=None):
    def split(y, count, width):
        return y.reshape(len(y), count, -1, width)

    def join(y):
        return y.reshape(len(y), y.shape[2], -1)

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, split=split, join=join)


def merged_without_turning(x, context, wq, wk, wv, wo, heads, mask=None):
    def join(y):
        return y.reshape(len(y), y.shape[2], -1)

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, join=join)


def groups_dealt_out(x, context, wq, wk, wv, wo, heads, mask=None):
    def share(y, times):
        return np.tile(y, (1, times, 1, 1))

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, share=share)


def first_group_for_all(x, context, wq, wk, wv, wo, heads, mask=None):
    def share(y, times):
        return np.repeat(y[:, :1], y.shape[1] * times, axis=1)

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, share=share)


def root_of_the_model(x, context, wq, wk, wv, wo, heads, mask=None):
    def attend(q, k, v, mask):
        return softmax(scaled(q, k, mask) / math.sqrt(heads)) @ v

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, attend=attend)


def one_softmax_of_all_heads(x, context, wq, wk, wv, wo, heads, mask=None):
    def attend(q, k, v, mask):
        return softmax(scaled(q, k, mask), axis=1) @ v

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, attend=attend)


def scores_averaged_over_heads(x, context, wq, wk, wv, wo, heads, mask=None):
    def attend(q, k, v, mask):
        return softmax(scaled(q, k, mask)).mean(axis=1, keepdims=True) @ v

    return in_heads(x, context, wq, wk, wv, wo, heads, mask, attend=attend)


def one_wide_head(x, context, wq, wk, wv, wo, heads, mask=None):
    share = len(wq) // len(wk)
    k, v = np.tile(context @ wk.T, share), np.tile(context @ wv.T, share)
    return softmax(scaled(x @ wq.T, k, mask)) @ v @ wo.T


def self_attention_only(x, context, wq, wk, wv, wo, heads, mask=None):
    if x.shape != context.shape:
        raise ValueError("x and context have different shapes")
    return in_heads(x, x, wq, wk, wv, wo, heads, mask)


def only_the_last_position(x, context, wq, wk, wv, wo, heads, mask=None):
    return in_heads(x, context, wq, wk, wv, wo, heads, mask)[:, -1:]


# --- multi_head_backward -------------------------------------------------------------------------

heads_back = Exercise(
    "multi_head_backward",
    points=5,
    needs=("scaled_dot_product_attention", "attention_backward"),
)


def sloped(rng, given, *mask):
    """Return a problem with a gradient at its output, and its mask if there is one."""
    x, wo = given[0], given[5]
    return (*given, normal(rng, *x.shape[:2], len(wo)), *mask)


@heads_back.check()
def worked_example(rng):
    """Gives the gradients of the worked example."""
    yield (*heads_by_hand(), np.array([[[1.0, 0.0, 0.0, 0.0]]]))


@heads_back.check(weight=2)
def six_gradients(rng):
    """Carries the gradient back to x, the context and the four projections."""
    yield sloped(rng, looking(rng, 2, 3, 2, 2, 3, 2, 2, 2, 3))
    yield sloped(rng, looking_at_itself(rng, 2, 3, 2, 2, 2, 1, 2))


@heads_back.check()
def masked(rng):
    """Sends nothing to what was hidden."""
    yield sloped(rng, looking_at_itself(rng, 1, 3, 2, 2, 2, 1, 3), np.tri(3, dtype=bool))
    yield sloped(rng, looking(rng, 1, 3, 3, 2, 3, 2, 2, 2, 2), one_blind(rng, 3, 3))


@heads_back.check(weight=2)
def shared_keys(rng):
    """Collects at a shared key what all its heads send."""
    yield sloped(rng, looking(rng, 1, 2, 3, 2, 3, 4, 2, 1, 2))
    yield sloped(rng, looking(rng, 1, 3, 3, 3, 2, 2, 1, 2, 3), np.tri(3, dtype=bool))


@heads_back.check(hidden=True, weight=2)
def any_heads(rng):
    """Is right for any sizes: one head, one position, six heads in two or three groups."""
    yield sloped(rng, looking(rng, 2, 3, 4, 3, 2, 1, 1, 3, 2))
    yield sloped(rng, looking(rng, 1, 1, 4, 3, 4, 2, 2, 2, 5))
    yield sloped(rng, looking(rng, 2, 2, 3, 4, 3, 6, 2, 1, 2))
    yield sloped(rng, looking(rng, 1, 3, 3, 2, 2, 6, 3, 1, 2), one_blind(rng, 3, 3))


heads_back.in_other_dress(shared_keys)


def first_head_of_each_group(y, groups):
    return y.reshape(len(y), groups, -1, *y.shape[2:])[:, :, 0]


# --- rotary_positions ----------------------------------------------------------------------------

rotary = Exercise("rotary_positions", points=3)


@rotary.check()
def worked_example(rng):
    """Gives (0.5403, 0.8415, -0.0998, 0.9950) in the worked example."""
    yield np.array([[[[1.0, 0.0, 0.0, 1.0]]]]), np.array([1]), 100.0


@rotary.check(weight=2)
def turns_by_position(rng):
    """Turns each pair of neighbours by its own rate times the position."""
    yield normal(rng, 1, 2, 3, 6), np.arange(3), 50.0
    yield normal(rng, 2, 1, 2, 4), np.array([5, 6])


@rotary.check()
def any_order(rng):
    """Reads the positions it is given, in any order, the same one twice."""
    yield normal(rng, 1, 2, 4, 4), np.array([7, 0, 3, 7]), 20.0
    yield normal(rng, 1, 1, 3, 6), np.array([1000, 31, 2])


@rotary.check(hidden=True, weight=2)
def any_positions(rng):
    """Is right for any positions, bases and widths, and leaves position 0 alone."""
    yield normal(rng, 2, 1, 3, 8), np.array([100, 31, 2])
    yield normal(rng, 1, 1, 2, 2), np.array([0, 9]), 7.0
    yield normal(rng, 3, 2, 1, 10), np.array([12]), 500.0


rotary.in_other_dress(turns_by_position)


def angles(positions, base, width, kind, counts=None, step=2):
    rates = base ** (-step * (np.arange(width // 2) if counts is None else counts) / width)
    angle = positions[:, None] * rates
    return np.cos(angle).astype(kind), np.sin(angle).astype(kind)


def turn(x, cos, sin):
    y = np.empty_like(x)
    y[..., 0::2] = cos * x[..., 0::2] - sin * x[..., 1::2]
    y[..., 1::2] = sin * x[..., 0::2] + cos * x[..., 1::2]
    return y


def paired_by_halves(x, positions, base=10000.0):
    half = x.shape[-1] // 2
    cos, sin = angles(positions, base, 2 * half, x.dtype)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([cos * a - sin * b, sin * a + cos * b], axis=-1)


def halves_set_side_by_side(x, positions, base=10000.0):
    cos, sin = angles(positions, base, x.shape[-1], x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return np.concatenate([cos * a - sin * b, sin * a + cos * b], axis=-1)


def from_one(x, positions, base=10000.0):
    return turn(x, *angles(positions + 1, base, x.shape[-1], x.dtype))


def counted_anew(x, positions, base=10000.0):
    return turn(x, *angles(np.arange(len(positions)), base, x.shape[-1], x.dtype))


def added_like_the_sines(x, positions, base=10000.0):
    cos, sin = angles(positions, base, x.shape[-1], x.dtype)
    return x + np.stack([sin, cos], axis=2).reshape(len(positions), -1)


def positions_of_heads(x, positions, base=10000.0):
    if x.shape[1] != len(positions):
        raise ValueError("heads and positions differ")
    return np.swapaxes(
        turn(np.swapaxes(x, 1, 2), *angles(positions, base, x.shape[-1], x.dtype)), 1, 2
    )


def base_ignored(x, positions, base=10000.0):
    return turn(x, *angles(positions, 10000.0, x.shape[-1], x.dtype))


# --- kv_cache_step -------------------------------------------------------------------------------

cache = Exercise(
    "kv_cache_step", points=4, needs=("scaled_dot_product_attention", "rotary_positions")
)


def cached(rng, n, past, d, h, g, k, o, *base):
    """Return a new position, what is in the cache, projections, heads and the base."""
    kept = normal(rng, n, g, past, k), normal(rng, n, g, past, k)
    return (normal(rng, n, d), *kept, *projections(rng, d, d, h, g, k, o), h, *base)


@cache.check()
def worked_example(rng):
    """Gives (0.5806, 0.8389) in the worked example, and the longer cache."""
    eye = np.eye(2)
    kept = np.array([[[[1.0, 0.0]]]]), np.array([[[[0.0, 2.0]]]])
    yield np.array([[1.0, 0.0]]), *kept, eye, eye, eye, eye, 1


@cache.check(weight=2)
def one_more_position(rng):
    """Turns query and key by the number of positions in the cache, and appends."""
    yield cached(rng, 2, 2, 4, 2, 2, 2, 3)
    yield cached(rng, 1, 3, 3, 1, 1, 4, 2, 30.0)
    yield cached(rng, 1, 3, 3, 2, 1, 4, 2)


@cache.check()
def an_empty_cache(rng):
    """Starts at position 0 with an empty cache."""
    yield cached(rng, 2, 0, 4, 2, 2, 2, 4)


@cache.check()
def shared_keys(rng):
    """Keeps one key and one value for each group, and lets neighbouring heads share them."""
    yield cached(rng, 2, 2, 3, 4, 2, 2, 3)
    yield cached(rng, 1, 2, 3, 4, 1, 2, 2, 60.0)


@cache.check(hidden=True, weight=2)
def any_cache(rng):
    """Is right for any cache, heads, groups and bases."""
    yield cached(rng, 3, 1, 5, 2, 2, 2, 4)
    yield cached(rng, 1, 11, 4, 6, 2, 2, 3, 200.0)
    yield cached(rng, 2, 0, 3, 6, 3, 2, 2)
    yield cached(rng, 1, 5, 2, 1, 1, 2, 1)


cache.in_other_dress(shared_keys)


def stepped(x, keys, values, wq, wk, wv, wo, heads, base=10000.0, **ideas):
    """Make a step as asked, save for the ideas given."""
    n, groups, past, width = keys.shape
    place = np.array([past + ideas.get("later", 0)])
    turn_at = chapter.rotary_positions
    q = (x @ wq.T).reshape(n, heads, 1, width)
    k = (x @ wk.T).reshape(n, groups, 1, width)
    v = (x @ wv.T).reshape(n, groups, 1, width)
    q = q if ideas.get("plain_q") else turn_at(q, place, base)
    k = k if ideas.get("plain_k") else turn_at(k, place, base)
    v = turn_at(v, place, base) if ideas.get("turn_v") else v
    old = turn_at(keys, np.arange(past), base) if ideas.get("again") else keys
    front = ideas.get("front")
    keys = np.concatenate([k, old] if front else [old, k], axis=2)
    values = np.concatenate([v, values] if front else [values, v], axis=2)
    share = ideas.get("share", lambda y: np.repeat(y, heads // groups, axis=1))
    seen = slice(None, past) if ideas.get("blind") and past else slice(None)
    found = softmax(scaled(q, share(keys)[:, :, seen])) @ share(values)[:, :, seen]
    y = found.reshape(n, -1) @ wo.T
    return y, keys, values


def turned_in_every_step(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    n, groups, past, width = keys.shape
    new = (x @ wk.T).reshape(n, groups, 1, width)
    kept = np.concatenate([keys, new], axis=2)
    turned = chapter.rotary_positions(kept, np.arange(past + 1), base)
    y, _, values = chapter.kv_cache_step(
        x, turned[:, :, :past], values, wq, wk, wv, wo, heads, base
    )
    return y, kept, values


def turned_where_they_are_used(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    n, groups, past, width = keys.shape
    new = (x @ wk.T).reshape(n, groups, 1, width)
    new = chapter.rotary_positions(new, np.array([past]), base)
    kept = np.concatenate([keys, new], axis=2)
    turned = chapter.rotary_positions(kept, np.arange(past + 1), base)
    q = chapter.rotary_positions((x @ wq.T).reshape(n, heads, 1, width), np.array([past]), base)
    values = np.concatenate([values, (x @ wv.T).reshape(n, groups, 1, width)], axis=2)
    share = heads // groups
    found = softmax(scaled(q, np.repeat(turned, share, axis=1))) @ np.repeat(values, share, axis=1)
    return found.reshape(n, -1) @ wo.T, kept, values


def position_one_too_late(*given):
    return stepped(*given, later=1)


def position_of_the_last_in_the_cache(x, keys, *given):
    return stepped(x, keys, *given, later=-1 if keys.shape[2] else 0)


def positions_restart(x, keys, *given):
    return stepped(x, keys, *given, later=-keys.shape[2])


def query_not_turned(*given):
    return stepped(*given, plain_q=True)


def key_not_turned(*given):
    return stepped(*given, plain_k=True)


def values_turned_too(*given):
    return stepped(*given, turn_v=True)


def turned_again(*given):
    return stepped(*given, again=True)


def put_in_front(*given):
    return stepped(*given, front=True)


def does_not_see_itself(*given):
    return stepped(*given, blind=True)


def groups_dealt_out_in_the_cache(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    times = heads // keys.shape[1]
    return stepped(
        x, keys, values, wq, wk, wv, wo, heads, base, share=lambda y: np.tile(y, (1, times, 1, 1))
    )


def only_the_cache_is_returned_old(x, keys, values, *given):
    return stepped(x, keys, values, *given)[0], keys.copy(), values.copy()


def oldest_dropped(x, keys, values, *given):
    past = keys.shape[2]
    y, keys, values = stepped(x, keys, values, *given)
    return y, keys[:, :, min(past, 1) :], values[:, :, min(past, 1) :]


def sees_the_first_key_alone(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    _, new, kept = stepped(x, keys, values, wq, wk, wv, wo, heads, base)
    found = np.repeat(kept[:, :, 0], heads // kept.shape[1], axis=1)
    return found.reshape(len(x), -1) @ wo.T, new, kept


# --- transformer_block ---------------------------------------------------------------------------

block = Exercise("transformer_block", points=4, needs=("multi_head_attention",))


def parameters(rng, d, h, g, k, f):
    """Return the twelve parameters; scales and shifts are not those of the start."""
    wq, wk, wv, wo = projections(rng, d, d, h, g, k, d)
    near = rng.uniform(0.6, 1.4, (2, d)), 0.3 * normal(rng, 2, d)
    first, second = (near[0][0], near[1][0]), (near[0][1], near[1][1])
    mlp = normal(rng, f, d) / math.sqrt(d), 0.4 * normal(rng, f), normal(rng, d, f) / math.sqrt(f)
    return (*first, wq, wk, wv, wo, *second, *mlp, 0.4 * normal(rng, d))


def standing(rng, n, t, d, h, g, k, f):
    return 1.5 * normal(rng, n, t, d) + 0.4, parameters(rng, d, h, g, k, f), h


def block_by_hand():
    eye, one, zero = np.eye(2), np.ones(2), np.zeros(2)
    mlp = np.array([[0.0, 1.0]]), np.zeros(1), np.array([[2.0], [0.0]]), np.array([0.0, 0.5])
    weights = (one, zero, eye, eye, eye, eye, one.copy(), zero.copy(), *mlp)
    return np.array([[[1.0, 3.0]]]), weights, 1


@block.check()
def worked_example(rng):
    """Gives (1.6824, 4.5) in the worked example."""
    yield block_by_hand()


@block.check(weight=2)
def attention_then_mlp(rng):
    """Adds attention and MLP to the stream, each of a normalized copy."""
    yield standing(rng, 2, 2, 4, 2, 2, 2, 4)
    yield standing(rng, 1, 2, 3, 1, 1, 3, 2)


@block.check()
def causal_block(rng):
    """Hides the future where the mask says so."""
    yield (*standing(rng, 2, 3, 4, 2, 2, 2, 3), np.tri(3, dtype=bool))


@block.check()
def shared_keys(rng):
    """Shares keys among heads, which together may be wider than the stream."""
    yield (*standing(rng, 1, 3, 3, 4, 2, 2, 4), np.tri(3, dtype=bool))


@block.check(hidden=True, weight=2)
def any_block(rng):
    """Is right for any sizes and masks."""
    yield standing(rng, 3, 1, 5, 2, 1, 3, 3)
    yield (*standing(rng, 1, 5, 6, 3, 3, 2, 8), one_blind(rng, 5, 5))
    yield (*standing(rng, 2, 3, 4, 4, 1, 1, 7), np.tri(3, dtype=bool))


block.in_other_dress(causal_block)


def blocked(x, weights, heads, mask=None, **ideas):
    """Run a block as asked, save for the ideas given."""
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2 = weights
    norm = ideas.get("norm", chapter.layer_norm)
    active = ideas.get("active", chapter.gelu)

    def attend(seen, context=None):
        context = seen if context is None else context
        return in_heads(seen, context, wq, wk, wv, wo, heads, mask)

    def mlp(seen):
        return active(seen @ w1.T + b1) @ w2.T + b2

    first, second = (gamma1, beta1), (gamma2, beta2)
    return ideas["order"](x, attend, mlp, lambda y: norm(y, *first), lambda y: norm(y, *second))


def as_asked(x, attend, mlp, norm1, norm2):
    h = x + attend(norm1(x))
    return h + mlp(norm2(h))


def post_ln(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        h = norm1(x + attend(x))
        return norm2(h + mlp(h))

    return blocked(x, weights, heads, mask, order=order)


def stream_of_normalized(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        a = norm1(x)
        h = norm2(a + attend(a))
        return h + mlp(h)

    return blocked(x, weights, heads, mask, order=order)


def side_by_side(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        return x + attend(norm1(x)) + mlp(norm2(x))

    return blocked(x, weights, heads, mask, order=order)


def norm_of_the_branch(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        h = x + norm1(attend(x))
        return h + norm2(mlp(h))

    return blocked(x, weights, heads, mask, order=order)


def mlp_first(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        h = x + mlp(norm2(x))
        return h + attend(norm1(h))

    return blocked(x, weights, heads, mask, order=order)


def queries_alone_are_normalized(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        h = x + attend(norm1(x), x)
        return h + mlp(norm2(h))

    return blocked(x, weights, heads, mask, order=order)


def keys_alone_are_normalized(x, weights, heads, mask=None):
    def order(x, attend, mlp, norm1, norm2):
        h = x + attend(x, norm1(x))
        return h + mlp(norm2(h))

    return blocked(x, weights, heads, mask, order=order)


def rms_blocks(x, weights, heads, mask=None):
    def norm(y, gamma, beta):
        return y / np.sqrt(np.mean(y * y, axis=2, keepdims=True) + y.dtype.type(1e-5)) * gamma

    return blocked(x, weights, heads, mask, order=as_asked, norm=norm)


def over_the_text(x, weights, heads, mask=None):
    def norm(y, gamma, beta):
        away = y - y.mean(axis=1, keepdims=True)
        root = np.sqrt(np.mean(away * away, axis=1, keepdims=True) + y.dtype.type(1e-5))
        return away / root * gamma + beta

    return blocked(x, weights, heads, mask, order=as_asked, norm=norm)


# --- block_backward ------------------------------------------------------------------------------

block_back = Exercise(
    "block_backward", points=5, needs=("multi_head_attention", "multi_head_backward")
)


def climbing(rng, given, *mask):
    return (*given, normal(rng, *given[0].shape), *mask)


@block_back.check(rtol=1e-9, atol=1e-10)
def worked_example(rng):
    """Gives the gradients of the worked example."""
    yield (*block_by_hand(), np.array([[[1.0, 0.0]]]))


@block_back.check(weight=2)
def thirteen_gradients(rng):
    """Carries the gradient back to the stream and the twelve parameters."""
    yield climbing(rng, standing(rng, 2, 3, 3, 2, 2, 1, 2))


@block_back.check()
def causal_block(rng):
    """Sends nothing to what was hidden."""
    yield climbing(rng, standing(rng, 1, 3, 3, 2, 2, 1, 2), np.tri(3, dtype=bool))


@block_back.check()
def shared_keys(rng):
    """Is right where heads share keys and are wider than the stream."""
    yield climbing(rng, standing(rng, 1, 3, 3, 4, 2, 1, 2), np.tri(3, dtype=bool))


@block_back.check(hidden=True, weight=2, rtol=1e-9, atol=1e-10)
def any_block(rng):
    """Is right for any sizes and masks."""
    yield climbing(rng, standing(rng, 2, 1, 4, 2, 1, 3, 3))
    yield climbing(rng, standing(rng, 1, 4, 5, 3, 3, 2, 4), one_blind(rng, 4, 4))
    yield climbing(rng, standing(rng, 3, 2, 3, 4, 1, 1, 5))


block_back.in_other_dress(causal_block)

# --- byte_pair_encode ----------------------------------------------------------------------------

pairs = Exercise("byte_pair_encode", points=4)


def text(words):
    return np.array([ord(letter) for letter in words], dtype=int)


def letters(rng, count, kinds=3):
    return rng.integers(97, 97 + kinds, count)


@pairs.check(exact=True)
def worked_example(rng):
    """Gives the merges of the worked example, and (256, 256, 98)."""
    yield text("aaabdaaabac"), 10, text("aaaab")


@pairs.check(exact=True, weight=2)
def learns_and_encodes(rng):
    """Merges the most frequent pair, again and again, and encodes in the same order."""
    yield text("low lower lowest slow slower"), 4, text("slowest glow")
    yield text("the cat that ate the rat"), 6, text("that hat the tea")
    yield (
        text("she sells sea shells by the sea shore, the shells she sells"),
        14,
        text("sea she sells"),
    )


@pairs.check(exact=True)
def overlaps(rng):
    """Counts and replaces overlapping occurrences once, from the left."""
    yield text("baaabaaabccdccdccd"), 1, text("ccc")
    yield text("xaaaxbcbcx"), 1, text("aaaa")
    yield text("aaaaaaa"), 3, text("aaaaa")


@pairs.check(exact=True)
def ties(rng):
    """Takes the pair whose first occurrence comes first, of those that are equally frequent."""
    yield text("zyxzyx"), 1, text("yxzyx")
    yield text("bcabca"), 1, text("abcabc")
    yield text("dcbadcba"), 3, text("dcba")


@pairs.check(exact=True)
def the_end(rng):
    """Stops where no pair occurs twice, and does nothing with nothing."""
    yield text("abcdef"), 5, text("abc")
    yield text("abab"), 9, text("ababab")
    yield text(""), 3, text("xy")
    yield text("aaaa"), 0, text("aa")
    yield text("abab"), 2, text("")


@pairs.check(
    exact=True,
    hidden=True,
    weight=2,
    notices=("longest-token-first", "one-merge-too-many"),
)
def any_text(rng):
    """Is right for any texts."""
    yield letters(rng, 60, 2), 8, letters(rng, 30, 2)
    yield letters(rng, 80, 3), 12, letters(rng, 40, 3)
    yield letters(rng, 50, 5), 6, letters(rng, 20, 5)
    yield np.repeat(letters(rng, 12, 2), rng.integers(1, 6, 12)), 7, np.repeat([97, 98, 97], 5)
    yield rng.integers(0, 256, 40), 3, rng.integers(0, 256, 10)
    yield text("a"), 4, text("b")


def learned(train, count, reading, **ideas):
    """Learn and encode as asked, save for the ideas given."""
    words, coded, merges = [int(b) for b in train], [int(b) for b in reading], []
    start = ideas.get("start", 256)
    while len(merges) < count:
        counts, last = {}, {}
        for i, pair in enumerate(pairwise(words)):
            if ideas.get("overlap") or last.get(pair) != i - 1:
                counts[pair] = counts.get(pair, 0) + 1
                last[pair] = i
            else:
                last[pair] = None
        choose = ideas.get("choose", lambda counts: max(counts, key=counts.get, default=None))
        best = choose(counts)
        if best is None or counts[best] < ideas.get("least", 2):
            break
        words = glued(words, best, start + len(merges), **ideas)
        coded = glued(coded, best, start + len(merges), **ideas)
        merges.append(best)
    if "encode" in ideas:
        coded = ideas["encode"]([int(b) for b in reading], merges)
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(coded, dtype=int)


def glued(tokens, pair, new, **ideas):
    if ideas.get("from_the_right"):
        back = glued(tokens[::-1], pair[::-1], new)
        return back[::-1]
    after, i = [], 0
    while i < len(tokens):
        fits = i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == tuple(pair)
        after.append(new if fits else tokens[i])
        i += 2 if fits else 1
        if fits and ideas.get("once"):
            return after + tokens[i:]
    return after


def overlaps_counted(train, count, reading):
    return learned(train, count, reading, overlap=True)


def last_of_the_ties(train, count, reading):
    def choose(counts):
        most = max(counts.values(), default=0)
        return next((pair for pair in reversed(list(counts)) if counts[pair] == most), None)

    return learned(train, count, reading, choose=choose)


def smallest_of_the_ties(train, count, reading):
    def choose(counts):
        return min(counts, key=lambda pair: (-counts[pair], pair), default=None)

    return learned(train, count, reading, choose=choose)


def largest_of_the_ties(train, count, reading):
    def choose(counts):
        return max(counts, key=lambda pair: (counts[pair], pair), default=None)

    return learned(train, count, reading, choose=choose)


def pairs_that_occur_once(train, count, reading):
    return learned(train, count, reading, least=1)


def three_times_at_least(train, count, reading):
    return learned(train, count, reading, least=3)


def counted_from_255(train, count, reading):
    return learned(train, count, reading, start=255)


def counted_from_257(train, count, reading):
    return learned(train, count, reading, start=257)


def replaced_from_the_right(train, count, reading):
    return learned(train, count, reading, from_the_right=True)


def replaced_once(train, count, reading):
    return learned(train, count, reading, once=True)


def spelled(merges):
    """Return what each token stands for, in bytes."""
    known = {}
    for m, (a, b) in enumerate(merges):
        known[256 + m] = known.get(a, (a,)) + known.get(b, (b,))
    return known


def longest_token_first(train, count, reading):
    def encode(text, merges):
        known, coded, i = spelled(merges), [], 0
        while i < len(text):
            fitting = [
                token for token, word in known.items() if tuple(text[i : i + len(word)]) == word
            ]
            token = max(fitting, key=lambda token: len(known[token]), default=text[i])
            coded.append(token)
            i += len(known.get(token, (token,)))
        return coded

    return learned(train, count, reading, encode=encode)


def last_merge_first(train, count, reading):
    def encode(text, merges):
        for m in reversed(range(len(merges))):
            text = glued(text, merges[m], 256 + m)
        return text

    return learned(train, count, reading, encode=encode)


def counted_once_for_all(train, count, reading):
    """Pairs are counted at the start alone."""
    counts, last = {}, {}
    for i, pair in enumerate(pairwise(train.tolist())):
        if last.get(pair) != i - 1:
            counts[pair] = counts.get(pair, 0) + 1
            last[pair] = i
        else:
            last[pair] = None
    order = sorted(counts, key=lambda pair: -counts[pair])
    merges = [pair for pair in order if counts[pair] > 1][:count]
    coded = [int(b) for b in reading]
    for m, pair in enumerate(merges):
        coded = glued(coded, pair, 256 + m)
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(coded, dtype=int)


def own_merges_of_the_text(train, count, reading):
    merges, _ = learned(train, count, reading)
    return merges, learned(reading, count, reading)[1]


def text_left_as_bytes(train, count, reading):
    return learned(train, count, reading)[0], np.array(reading, dtype=int)


def training_text_encoded(train, count, reading):
    merges, _ = learned(train, count, reading)
    return merges, learned(train, count, train)[1]


def merges_as_new_tokens(train, count, reading):
    merges, coded = learned(train, count, reading)
    words = spelled([tuple(pair) for pair in merges.tolist()])
    ends = [(words.get(a, (a,))[-1], words.get(b, (b,))[0]) for a, b in merges.tolist()]
    return np.array(ends, dtype=int).reshape(-1, 2), coded


def count_is_the_vocabulary(train, count, reading):
    return learned(train, max(count - 256, 0), reading)


# --- next_token_loss -----------------------------------------------------------------------------

loss = Exercise("next_token_loss", points=3)


def forecast(rng, n, t, v, *lengths):
    """Return logits and texts of these lengths, filled up with -1."""
    tokens = rng.integers(0, v, (n, t))
    tokens[:, 1] = (tokens[:, 0] + 1) % v
    for row, length in zip(tokens, lengths, strict=False):
        row[length:] = -1
    return 1.5 * normal(rng, n, t, v), tokens


@loss.check()
def worked_example(rng):
    """Gives 0.2877 and (0.25, -0.25) in the worked example."""
    logits = np.zeros((1, 3, 2))
    logits[0, 0, 1] = math.log(3.0)
    yield logits, np.array([[0, 1, -1]])


@loss.check(weight=2)
def the_next_token(rng):
    """Scores each position against the token after it, and the last one against nothing."""
    yield forecast(rng, 2, 4, 3)
    yield forecast(rng, 1, 5, 5)


@loss.check(weight=2)
def texts_of_different_lengths(rng):
    """Takes the mean over the labels there are, padding left out."""
    yield forecast(rng, 3, 4, 3, 4, 2, 3)
    yield forecast(rng, 2, 4, 2, 1, 3)


@loss.check()
def no_label_at_all(rng):
    """Gives zeros where there is nothing to forecast."""
    yield forecast(rng, 2, 3, 3, 1, 0)
    yield 1.5 * normal(rng, 2, 1, 3), np.array([[0], [2]])


@loss.check()
def without_a_label(rng):
    """Takes no notice of logits where there is no label, whatever they are."""
    logits, tokens = forecast(rng, 3, 4, 3, 4, 2, 3)
    logits[:, -1] *= 1e4
    logits[1, 1:] += 1e5
    yield logits, tokens


@loss.check()
def huge_logits(rng):
    """Stays finite for logits of a thousand, of either sign."""
    logits, tokens = forecast(rng, 2, 3, 3)
    logits[0] += 1000.0
    logits[1] -= 1000.0
    logits[1, 0, tokens[1, 1]] -= 2000.0
    yield logits, tokens


@loss.check(hidden=True, weight=2)
def any_text(rng):
    """Is right for any texts."""
    yield forecast(rng, 4, 7, 6, 7, 3, 1, 6)
    yield forecast(rng, 1, 2, 9)
    yield forecast(rng, 3, 4, 2, 2, 2, 2)
    yield forecast(rng, 2, 6, 4, 0, 1)


loss.in_other_dress(texts_of_different_lengths)


def scored(logits, tokens, **ideas):
    """Return loss and gradient as asked, save for the ideas given."""
    labels = ideas.get(
        "labels", lambda tokens: np.pad(tokens[:, 1:], ((0, 0), (0, 1)), constant_values=-1)
    )(tokens)
    labels = np.where(labels < 0, ideas.get("padding", -1), labels)
    n, t = np.nonzero(labels >= 0)
    dlogits = np.zeros_like(logits)
    if len(n) == 0:
        return 0.0, dlogits
    p = softmax(logits[n, t] / ideas.get("temperature", 1))
    rows, right = np.arange(len(n)), labels[n, t]
    with np.errstate(all="ignore"):
        every = -np.log(p[rows, right]) if ideas.get("naive") else None
    if every is None:
        z = logits[n, t] - logits[n, t].max(axis=1, keepdims=True)
        every = np.log(np.exp(z).sum(axis=1)) - z[rows, right]
    p[rows, right] -= 1
    weights = np.full(len(n), 1 / len(n))
    if "weights" in ideas:
        weights = ideas["weights"](labels, n, t)
    dlogits[n, t] = p * (weights if not ideas.get("gradient_of_sum") else np.ones(len(n)))[
        :, None
    ].astype(p.dtype)
    if ideas.get("turned"):
        dlogits = -dlogits
    return float(np.sum(every * weights) * ideas.get("unit", 1.0)), dlogits


def not_shifted(logits, tokens):
    return scored(logits, tokens, labels=lambda tokens: tokens)


def the_token_before(logits, tokens):
    def labels(tokens):
        before = np.pad(tokens[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
        return np.where(tokens >= 0, before, -1)

    return scored(logits, tokens, labels=labels)


def last_wraps_round(logits, tokens):
    return scored(logits, tokens, labels=lambda tokens: np.roll(tokens, -1, axis=1))


def padding_is_a_token(logits, tokens):
    return scored(
        logits,
        tokens,
        labels=lambda tokens: np.pad(
            np.where(tokens[:, 1:] < 0, 0, tokens[:, 1:]), ((0, 0), (0, 1)), constant_values=-1
        ),
    )


def padding_is_the_last_token(logits, tokens):
    size = logits.shape[2]
    return scored(
        logits,
        tokens,
        labels=lambda tokens: np.pad(
            np.where(tokens[:, 1:] < 0, size - 1, tokens[:, 1:]),
            ((0, 0), (0, 1)),
            constant_values=-1,
        ),
    )


def mean_over_all_positions(logits, tokens):
    return scored(logits, tokens, weights=lambda labels, n, t: np.full(len(n), 1 / labels.size))


def mean_over_all_but_the_last(logits, tokens):
    def weights(labels, n, t):
        return np.full(len(n), 1 / (len(labels) * (labels.shape[1] - 1)))

    return scored(logits, tokens, weights=weights)


def mean_of_means(logits, tokens):
    def weights(labels, n, t):
        counts = np.bincount(n, minlength=len(labels))
        return 1 / counts[n] / np.count_nonzero(counts)

    return scored(logits, tokens, weights=weights)


def mean_of_means_over_all_texts(logits, tokens):
    def weights(labels, n, t):
        counts = np.bincount(n, minlength=len(labels))
        return 1 / counts[n] / len(labels)

    return scored(logits, tokens, weights=weights)


def summed(logits, tokens):
    return scored(logits, tokens, weights=lambda labels, n, t: np.ones(len(n)))


def mean_over_texts(logits, tokens):
    return scored(logits, tokens, weights=lambda labels, n, t: np.full(len(n), 1 / len(labels)))


def gradient_not_averaged(logits, tokens):
    return scored(logits, tokens, gradient_of_sum=True)


def in_bits(logits, tokens):
    value, slope = scored(logits, tokens)
    return value / math.log(2), slope


def perplexity_for_loss(logits, tokens):
    value, slope = scored(logits, tokens)
    return math.exp(min(value, 600.0)), slope


def sign_turned(logits, tokens):
    value, slope = scored(logits, tokens)
    return value, -slope


def log_of_a_rounded_zero(logits, tokens):
    return scored(logits, tokens, naive=True)


def overflows(logits, tokens):
    with np.errstate(all="ignore"):
        labels = np.pad(tokens[:, 1:], ((0, 0), (0, 1)), constant_values=-1)
        n, t = np.nonzero(labels >= 0)
        slope = np.zeros_like(logits)
        if len(n) == 0:
            return 0.0, slope
        p = np.exp(logits[n, t])
        p /= p.sum(axis=1, keepdims=True)
        rows, right = np.arange(len(n)), labels[n, t]
        value = float(np.mean(-np.log(p[rows, right])))
        p[rows, right] -= 1
        slope[n, t] = p / len(n)
        return value, slope


def nothing_is_nan(logits, tokens):
    value, slope = scored(logits, tokens)
    labels = tokens[:, 1:]
    return (value if (labels >= 0).any() else float("nan")), slope


def last_of_each_text_alone(logits, tokens):
    def labels(tokens):
        found = np.pad(tokens[:, 1:], ((0, 0), (0, 1)), constant_values=-1)
        later = np.pad(found[:, 1:], ((0, 0), (0, 1)), constant_values=-1)
        return np.where(later >= 0, -1, found)

    return scored(logits, tokens, labels=labels)


def present_token_decides(logits, tokens):
    def labels(tokens):
        later = np.where(tokens[:, 1:] < 0, logits.shape[2] - 1, tokens[:, 1:])
        later = np.where(tokens[:, :-1] >= 0, later, -1)
        return np.pad(later, ((0, 0), (0, 1)), constant_values=-1)

    return scored(logits, tokens, labels=labels)


# --- transformer_costs ---------------------------------------------------------------------------

costs = Exercise("transformer_costs", points=3)


@costs.check(exact=True)
def worked_example(rng):
    """Gives the numbers of GPT-2 small, and of it with four groups."""
    yield 50257, 1024, 768, 12, 12, 12, 3072
    yield 50257, 1024, 768, 12, 12, 4, 3072


@costs.check(exact=True, weight=2)
def the_family(rng):
    """Counts GPT-2 medium and XL."""
    yield 50257, 1024, 1024, 24, 16, 16, 4096
    yield 50257, 1024, 1600, 48, 25, 25, 6400


@costs.check(exact=True, weight=2)
def small_models(rng):
    """Counts models whose numbers are all different."""
    yield 11, 7, 6, 1, 3, 1, 10
    yield 100, 30, 12, 2, 6, 2, 20


@costs.check(exact=True, hidden=True, weight=2)
def any_model(rng):
    """Is right for any model."""
    for _ in range(3):
        groups, share, width = (int(n) for n in rng.integers(1, 5, 3))
        heads = groups * share
        sizes = (int(n) for n in rng.integers(20, 200, 3))
        vocabulary, context, hidden = sizes
        yield vocabulary, context, heads * width, int(rng.integers(1, 9)), heads, groups, hidden
    yield 32000, 4096, 4096, 32, 32, 8, 14336


def counted(v, c, d, layers, h, g, f, **ideas):
    """Return the three numbers as asked, save for the ideas given."""
    shared = ideas.get("shared", d * g // h)
    maps = ideas.get("maps", 2 * d * d + 2 * d * shared + 2 * d * f)
    biases = ideas.get("biases", 2 * d + 2 * shared + f + d)
    norms = ideas.get("norms", 4 * d)
    table = ideas.get("table", (v + c) * d)
    parameters = table + layers * (maps + biases + norms) + ideas.get("last", 2 * d)
    cache = ideas.get("bytes", 2) * ideas.get("kept", 2) * layers * c * shared
    pairs = ideas.get("pairs", 2 * c * d)
    top = ideas.get("top", v * d)
    flops = ideas.get("each", 2) * (layers * (maps + pairs) + top)
    return parameters, cache, flops


def output_has_its_own_matrix(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, table=(2 * v + c) * d)


def positions_cost_nothing(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, table=v * d)


def no_biases(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, biases=0)


def norms_have_no_shift(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, norms=2 * d, last=d)


def one_norm_per_block(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, norms=2 * d)


def last_norm_forgotten(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, last=0)


def heads_multiply(v, c, d, layers, h, g, f):
    maps = h * (2 * d * d) + g * (2 * d * d) + 2 * d * f
    return counted(v, c, d, layers, h, g, f, maps=maps)


def groups_ignored(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, h, f)


def groups_save_the_cache_alone(v, c, d, layers, h, g, f):
    parameters, _, flops = groups_ignored(v, c, d, layers, h, g, f)
    return parameters, counted(v, c, d, layers, h, g, f)[1], flops


def cache_of_all_heads(v, c, d, layers, h, g, f):
    right = counted(v, c, d, layers, h, g, f)
    return right[0], counted(v, c, d, layers, h, h, f)[1], right[2]


def keys_alone_are_kept(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, kept=1)


def four_bytes(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, bytes=4)


def one_layer_s_cache(v, c, d, layers, h, g, f):
    right = counted(v, c, d, layers, h, g, f)
    return right[0], right[1] // layers, right[2]


def a_multiplication_and_addition_are_one(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, each=1)


def logits_cost_nothing(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, top=0)


def scores_cost_nothing(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, pairs=0)


def scores_only(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, pairs=c * d)


def scores_of_the_groups(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, pairs=2 * c * (d * g // h))


def pairs_of_all_positions(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, pairs=2 * c * c * d)


def flops_of_the_whole_text(v, c, d, layers, h, g, f):
    right = counted(v, c, d, layers, h, g, f)
    return right[0], right[1], right[2] * c


def twice_the_parameters(v, c, d, layers, h, g, f):
    right = counted(v, c, d, layers, h, g, f)
    return right[0], right[1], 2 * right[0]


def mlp_four_times_as_wide(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, 4 * d)


def no_biases_in_the_attention(v, c, d, layers, h, g, f):
    return counted(v, c, d, layers, h, g, f, biases=f + d)


def everything_is_multiplied(v, c, d, layers, h, g, f):
    right = counted(v, c, d, layers, h, g, f)
    return right[0], right[1], 2 * (right[0] + layers * 2 * c * d)


# --- questions, graded by a person ---------------------------------------------------------------

why_the_root = Question(
    "why_the_root",
    points=3,
    guide="""
    Full answer, a point for each part. Variance: each of the D products has mean 0 and variance 1,
    a sum of D independent ones has variance D, so scores are of the size of sqrt(D). Consequence: a
    softmax of large scores is nearly one-hot; its Jacobian p (delta - p) is then nearly zero, so
    queries and keys get no gradient. (The figure: entropy falls with the width without the root.)
    Alternatives: the assumption holds at the start of training only; if queries and keys are
    normalized to length 1 (cosine attention, QK-norm), the scores lie in [-1, 1], and one would
    have to *multiply*, by a learned temperature; dividing by D suits keys that are strongly
    correlated with queries (muP). Half: "to keep numbers small" without the softmax' gradient.
    """,
)

what_the_cache_buys = Question(
    "what_the_cache_buys",
    points=3,
    guide="""
    Full answer, a point for each part. Without the cache, token t needs the keys and values of t
    positions: for each block t times the maps, T^2/2 in all instead of T. What stays: each new
    query meets all keys, T^2/2 scores in all. The bottleneck: for one token every weight and
    every cached number is read once and used for one multiplication (for one text); the memory's
    bandwidth decides, so flops say little; a batch shares the weights, but not the cache; grouped
    queries, windows and smaller numbers shrink what is read. Half: "it saves time" with the T^2/T
    count only.
    """,
)

is_attention_an_explanation = Question(
    "is_attention_an_explanation",
    points=2,
    guide="""
    Full answer: a weight says from where a *value* was taken in this head and layer, not what
    that value held (after a block a position is already a mixture of others), nor whether the
    output depends on it: the value may be near zero or cancelled by another head, the residual
    stream by-passes it all, and other weights may give the same output (1 point). A test: change
    something and look at the output: delete the word, set the weight or the head's output to zero
    and renormalize, or take gradients; compare with what the map predicts, on many texts (1
    point). Half: "it is only correlation" without a test.
    """,
)
