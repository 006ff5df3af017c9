# %% [markdown]
# # Attention: the transformer's core
#
# *Chapter 20 · Unit V: sequences, attention, generation, decisions*
#
# A recurrent net carries all it knows of a text through one state, from word to word. Whatever the
# hundredth word wants from the first has to survive ninety-nine steps. **Attention** does away with
# the carrying: every position looks at every other one *directly*, decides by itself how much each
# of them matters, and takes the average of what they have to say. Nothing in it is sequential, so a
# whole text is a handful of matrix products; and the path from any word to any other has length
# one.
#
# The price is that all pairs are compared: T positions make $T^2$ weights. Half of what has been
# invented since 2017 is about paying less for them, and you will build two of these inventions: the
# softmax that never sees a whole row, and the cache that never computes a key twice.
#
# ```
#     x ──┬─ LN ── attention ──(+)──┬─ LN ── MLP ──(+)── y         a pre-LN block
#         └─────────────────────────┘└──────────────┘
#                    │
#      q = Wq x   k = Wk x   v = Wv x
#      every query q meets every key k:   softmax(q·k / √D)  weighs the values v
# ```
#
# What you build: attention and its gradient, the masks that keep the future hidden, several heads,
# positions that rotate, a key-value cache, a whole transformer block with a backward pass written
# by hand, a tokenizer, and the loss of a language model. At the end your block learns to write
# English, and generates it with your cache.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## 1 Conventions of this chapter
#
# | what | here | elsewhere |
# |---|---|---|
# | axes | batch first: $x$ is $(N, T, D)$; heads $(N, H, T, K)$ | time first; heads last |
# | a mask | **True = may look** (PyTorch's SDPA) | True = hidden (its `MultiheadAttention`) |
# | a dense map | $y = xW^\top$, $W$ of shape (out, in) | $y = xW$ (the paper, JAX) |
# | positions | counted from 0 | from 1 |
# | a block | pre-LN: $x + f(\mathrm{LN}(x))$ | post-LN: $\mathrm{LN}(x + f(x))$ (the paper) |
#
# T counts the positions that ask (queries), S the positions that are looked at (keys and values).
# In *self*-attention the two are the same text; in *cross*-attention, say in a translator, the
# queries come from the sentence that is being written and the keys from the one that is read.
#
# Everything works in the dtype of its inputs: float32 in, float32 out. (Mind that
# `np.sqrt(5)` is a float64 of its own and turns float32 arrays into float64; `math.sqrt(5)` is a
# plain number and does not.)
#
# Three things of earlier chapters are ready-made: layer normalization with its gradients, the GELU
# as GPT-2 writes it, with a tanh, and its derivative.


# %%
def layer_norm(x: Array, gamma: Array, beta: Array) -> Array:
    """Normalize each position of x, of shape (N, T, D), over its features; epsilon is 1e-5."""
    axis = {"axis": 2, "keepdims": True}
    away = x - np.mean(x, **axis)
    spread = np.sqrt(np.square(away).mean(**axis) + x.dtype.type(1e-5))
    return gamma * (away / spread) + beta


def layer_norm_gradients(dy: Array, x: Array, gamma: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of `layer_norm` with respect to x, gamma and beta."""
    hat = layer_norm(x, np.ones_like(gamma), np.zeros_like(gamma))
    down, axis = dy * gamma, {"axis": 2, "keepdims": True}
    spread = np.sqrt(np.square(x - np.mean(x, **axis)).mean(**axis) + x.dtype.type(1e-5))
    dx = (down - np.mean(down, **axis) - np.mean(down * hat, **axis) * hat) / spread
    return dx, np.einsum("ntd,ntd->d", dy, hat), np.einsum("ntd->d", dy)


def gelu(z: Array) -> Array:
    """Return z/2 (1 + tanh(c (z + 0.044715 z**3))) with c = sqrt(2/pi)."""
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


def gelu_derivative(z: Array) -> Array:
    """Return the derivative of `gelu`."""
    t = np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * inner


# %% [markdown]
# ## 2 Scaled dot-product attention
#
# A dictionary is asked with a key and answers with a value. Attention is a dictionary that is asked
# *softly*: the query $q$ is compared with all keys, the comparison becomes weights that sum to one,
# and the answer is the weighted mean of all values:
#
# $$ \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\Big(\frac{QK^\top}{\sqrt D}\Big) V. $$
#
# The softmax runs, for each query, over the keys. Why the root? If the numbers in $q$ and $k$ are
# independent with mean 0 and variance 1, their product has variance D: at D = 64 scores of ±8 are
# common, the softmax puts all weight on one key, and its gradient vanishes. Divided by $\sqrt D$
# they have variance 1 at any width.
#
# A **mask** says who may look where. What is hidden gets *no* weight, and the rest share all of it;
# so the mask has to be at work *before* the softmax, where "no weight" is a score of $-\infty$. A
# query that may look at nothing at all (padding often may not) has nothing to average: its answer
# is zeros here. The formula itself would say 0/0.
#
# **By hand.** $q = (1, 0)$, keys $(1, 0)$ and $(0, 1)$, values 10 and 20. The scores are 1 and 0,
# divided by $\sqrt2$: 0.7071 and 0; the weights 0.6698 and 0.3302; the output 13.30. (Without the
# root: 12.69. If the second key is hidden: 10; if the mask is read the other way round: 20.)


# %%
def scaled_dot_product_attention(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> Array:
    """Let each query average the values of the keys it matches, in each head of each sample.

    A query that may look at no key gets zeros. Scores of any size must do, ±1000 as well.

    Parameters
    ----------
    q : ndarray of shape (N, H, T, D)
        Queries.
    k : ndarray of shape (N, H, S, D)
        Keys; S is at least 1.
    v : ndarray of shape (N, H, S, E)
        Values, one for each key.
    mask : ndarray of shape (T, S) or None
        True where a query may look at a key; the same for all samples and heads. None: everywhere.

    Returns
    -------
    ndarray of shape (N, H, T, E)
        In the dtype of `q`.

    References
    ----------
    Vaswani et al. 2017, Attention is all you need, eq. 1.
    """
    raise NotImplementedError("scaled_dot_product_attention")


# %% [markdown]
# ## 3 Who may look where
#
# A model that predicts the next word must not see it. In training all T predictions are made at
# once, so it is the mask that hides the future: position $i$ looks at $j \le i$, **itself
# included**. Two more things come up as soon as text is generated:
#
# * There are fewer queries than keys: the last T positions of a text of S positions ask, the
#   earlier ones were dealt with before. Then query 0 is not position 0: it is position $S - T$.
#   (PyTorch's `is_causal=True` aligns both at the *start* instead, which is right for T = S only.)
# * With a **window** w each position looks at the last w positions only, itself among them: Mistral
#   7B uses 4,096. What lies further back can still be heard through several layers.
#
# **By hand.** Two queries, four keys: $(1,1,1,0)$ and $(1,1,1,1)$. With a window of 2: $(0,1,1,0)$
# and $(0,0,1,1)$. (Aligned at the start it would be $(1,0,0,0)$ and $(1,1,0,0)$.)


# %%
def causal_mask(queries: int, keys: int, window: int | None = None) -> NDArray[np.bool_]:
    """Return which of the keys each query may look at: itself and what came before.

    Parameters
    ----------
    queries : int
        T, the queries: they are the last T of the S positions.
    keys : int
        S, the positions there are; at least T.
    window : int or None
        How many positions a query looks at, itself included, at least 1; None: all there are.

    Returns
    -------
    ndarray of shape (T, S)
        Booleans, True where a query may look.

    References
    ----------
    Beltagy, Peters and Cohan 2020, Longformer (sliding windows).
    """
    raise NotImplementedError("causal_mask")


# %% [markdown]
# **A picture of it already.** If the values are the unit vectors, the output *is* the matrix of
# weights. So your two functions can draw what they do: run the cell, and look for the sum of every
# row, for the triangle, and for what happens to the weights without the root at a width of 64.


# %%
def attention_weights(q: Array, k: Array, mask: NDArray[np.bool_] | None = None) -> Array:
    """Return the weights of shape (N, H, T, S), asked of `scaled_dot_product_attention`."""
    unit = np.broadcast_to(np.eye(k.shape[2], dtype=k.dtype), (*k.shape[:3], k.shape[2]))
    return scaled_dot_product_attention(q, k, unit, mask)


# %% [markdown]
# ## 4 Back through attention
#
# Write $P$ for the weights and $O = PV$ for the output. The gradient $dO$ first meets a product,
#
# $$ dV = P^\top dO, \qquad dP = dO\, V^\top, $$
#
# then the softmax. Its Jacobian for one row is $\partial p_i / \partial s_j = p_i(\delta_{ij} -
# p_j)$; work out $dS$ from it, row by row, without ever building the Jacobian. Two sanity checks
# for your result: each row of $dS$ sums to 0 (adding a number to all scores changes nothing), and
# what is hidden has no gradient. The scores are a product again, with the root in it.
#
# **By hand.** The example of section 2 with $dO = 1$: $dV = (0.6698, 0.3302)$, $dP = (10, 20)$,
# $dS = (-2.212, 2.212)$, and with the root $dq = (-1.564, 1.564)$; $dk$ is $(-1.564, 0)$ for the
# first key and $(1.564, 0)$ for the second.


# %%
def attention_backward(
    q: Array, k: Array, v: Array, dout: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Array, Array]:
    """Carry a gradient back through `scaled_dot_product_attention`.

    A query that may look at nothing sends no gradient anywhere.

    Parameters
    ----------
    q : ndarray of shape (N, H, T, D)
        Queries.
    k : ndarray of shape (N, H, S, D)
        Keys.
    v : ndarray of shape (N, H, S, E)
        Values.
    dout : ndarray of shape (N, H, T, E)
        Gradient of the loss with respect to the output.
    mask : ndarray of shape (T, S) or None
        True where a query may look at a key. None: everywhere.

    Returns
    -------
    dq : ndarray of shape (N, H, T, D)
        Gradient with respect to the queries.
    dk : ndarray of shape (N, H, S, D)
        Gradient with respect to the keys.
    dv : ndarray of shape (N, H, S, E)
        Gradient with respect to the values. All in the dtype of `q`.
    """
    raise NotImplementedError("attention_backward")


# %% [markdown]
# **The gradient check.** Never trust a backward pass that was not compared with differences. This
# cell is yours for the rest of the chapter: it nudges one array at a time, and prints the largest
# gap relative to the largest gradient. 1e-8 is fine, 1e-3 is a bug.


# %%
def gradient_gap(f, arrays: list[Array], gradients, dout: Array) -> float:
    """Compare gradients of ``sum(dout * f(*arrays))`` with central differences; float64 only."""
    worst = 0.0
    for number, (array, gradient) in enumerate(zip(arrays, gradients, strict=True)):
        found = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            ends = []
            for nudge in (1e-5, -1e-5):
                moved = [part.copy() for part in arrays]
                moved[number][place] += nudge
                ends.append(np.sum(dout * f(*moved)))
            found[place] = (ends[0] - ends[1]) / 2e-5
        worst = max(worst, float(np.abs(found - gradient).max() / (np.abs(found).max() + 1e-12)))
    return worst


def check_attention_gradient() -> float:
    """Return the gap of `attention_backward` on a small causal problem."""
    rng = np.random.default_rng(0)
    q, k, v, dout = rng.normal(size=(4, 1, 2, 3, 2))
    seen = causal_mask(3, 3)
    gradients = attention_backward(q, k, v, dout, seen)
    return gradient_gap(
        lambda *given: scaled_dot_product_attention(*given, seen), [q, k, v], gradients, dout
    )


# %% [markdown]
# ## 5 Diagnose: what did they build?
#
# Seven colleagues have each built causal self-attention, and each sends you the weights of one
# text, $(H, T, T)$: `weights[h, i, j]` is what position $i$ gives to position $j$ in head $h$. One
# is right. The others made one mistake each, and no error was raised. You cannot see their code,
# but sums and zeros tell:
#
# | name | what happened |
# |---|---|
# | `"right"` | nothing |
# | `"no mask"` | the future was not hidden |
# | `"mask turned round"` | the past was hidden instead: a position sees itself and the future |
# | `"mask hides itself"` | a position sees the past only; the first one gets zeros |
# | `"mask after softmax"` | the softmax ran over all keys, then the hidden ones were set to 0 |
# | `"softmax over queries"` | hidden scores were $-\infty$, but the softmax ran the wrong way |
# | `"softmax over heads"` | hidden weights are 0, but the softmax ran over the heads |
#
# Before you write it: for each name, say what the rows, the columns and the heads sum to, and where
# the zeros are.
#
# **By hand.** One head, three positions. Rows $(1,0,0)$, $(.5,.5,0)$, $(.2,.3,.5)$: right. Rows
# $(.6,0,0)$, $(.3,.5,0)$, $(.1,.5,1)$: the columns sum to one, the softmax ran over the queries.
# Rows $(.2,0,0)$, $(.5,.3,0)$, $(.2,.3,.5)$: only the last row sums to one, as only it lost
# nothing: the mask came after the softmax.


# %%
def which_attention(weights: Array) -> str:
    """Tell from the weights of a causal self-attention what is wrong with it, if anything.

    The names stand in the text. A sum that ought to be 1 is so within 1e-4; where it is not meant
    to be, it is off by more than 0.01 somewhere, if only at one place of one head. What is hidden
    is exactly 0, what is seen is above 1e-6.

    Parameters
    ----------
    weights : ndarray of shape (H, T, T)
        What each position (second axis) gives to each other (third axis), in each head; T is at
        least 3, H at least 2 where the softmax ran over the heads.

    Returns
    -------
    str
        One of the names in the text's table.
    """
    raise NotImplementedError("which_attention")


# %% [markdown]
# ## 6 The softmax that never sees a whole row
#
# A text of 100,000 positions has $10^{10}$ weights: 40 GB for each head, in float32. They are used
# once and thrown away. **FlashAttention** never stores them: it goes over the keys block by block,
# and keeps three things of each query:
#
# * `top`: the largest score so far, $m$,
# * `total`: the sum so far of $e^{s - m}$, $\ell$,
# * `out`: the sum so far of $e^{s-m} v$, **not yet divided** by $\ell$.
#
# When a block brings a larger score, what was summed relative to the old maximum has to be
# expressed relative to the new one. Find the factor. After the last block, `out / total` is the
# answer, as exact as the softmax of the whole row: no approximation is involved.
#
# Before the first block `top` is $-\infty$, `total` and `out` are 0. A block may be hidden
# altogether: its scores are $-\infty$, and then nothing changes, even if nothing has come before
# (mind $-\infty - (-\infty)$, which is NaN).
#
# **By hand.** First block: score 0, value 10: $m = 0$, $\ell = 1$, out 10. Second block: score $\ln
# 4$, value 20: $m = 1.386$, $\ell = \tfrac14 + 1 = 1.25$, out $\tfrac{10}4 + 20 = 22.5$. Divided:
# 18, as it must be with weights of 1 : 4. (FlashAttention's first version kept the *divided* output
# after each block: 18 instead of 22.5.)


# %%
def online_softmax(
    top: Array, total: Array, out: Array, scores: Array, v: Array
) -> tuple[Array, Array, Array]:
    """Take one more block of keys into a softmax-weighted sum that is on its way.

    Parameters
    ----------
    top : ndarray of shape (T,)
        The largest score of each query so far; ``-inf`` before the first.
    total : ndarray of shape (T,)
        The sum of ``exp(score - top)`` so far.
    out : ndarray of shape (T, E)
        The sum of ``exp(score - top) * value`` so far; not divided by `total`.
    scores : ndarray of shape (T, B)
        Scores of the B keys of this block, B at least 1; ``-inf`` where a query may not look.
    v : ndarray of shape (B, E)
        Their values.

    Returns
    -------
    top : ndarray of shape (T,)
        The largest score, this block included.
    total : ndarray of shape (T,)
        The sum, this block included.
    out : ndarray of shape (T, E)
        The weighted sum, this block included. All in the dtype of `scores`.

    References
    ----------
    Milakov and Gimelshein 2018, Online normalizer calculation for softmax, algorithm 3.
    Dao 2023, FlashAttention-2, section 3.1.
    """
    raise NotImplementedError("online_softmax")


# %% [markdown]
# ## 7 Several heads, cross-attention, shared keys
#
# One softmax can look at one thing at a time. So attention is done several times side by side, in
# **heads** of a smaller width K, each with projections of its own. For all heads together these are
# single matrices: `wq` has $HK$ rows, and the first K of them belong to head 0, the next K to head
# 1, and so on. The outputs of the heads are set side by side in the same order, and `wo` mixes
# them:
#
# $$ \mathrm{head}_h = \mathrm{Attention}(x W_{q,h}^\top,\, c\, W_{k,h}^\top,\, c\, W_{v,h}^\top),
# \qquad y = [\mathrm{head}_0, \dots, \mathrm{head}_{H-1}]\, W_o^\top. $$
#
# The queries come from $x$, keys and values from the *context* $c$. In self-attention $c = x$.
#
# **Grouped queries.** Keys and values are what a generating model has to remember. So Llama and
# others have fewer of them: G groups of keys and values for H heads of queries, and $H/G$
# *neighbouring* heads share one: with H = 4, G = 2, heads 0 and 1 read group 0. G = 1 is called
# multi-query attention. Here G is nowhere stated: `wk` has $GK$ rows, and K follows from `wq` and
# the number of heads.
#
# **By hand.** Four features, two heads of width 2, all four matrices the identity; $x$ is one
# position, $(1, 0, 0, 2)$, and the context two: $(1, 0, 0, 1)$ and $(0, 1, 1, 1)$. Head 0 asks with
# $(1, 0)$ and gives the weights 0.6698, 0.3302; head 1 asks with $(0, 2)$, finds two equal scores,
# and gives one half to each. The output is $(0.6698, 0.3302, 0.5, 1)$. With a single group, keys
# and values being the first two features, both heads look at $(1, 0)$ and $(0, 1)$: $(0.6698,
# 0.3302, 0.1956, 0.8044)$. (One head of width 4 gives the weights 0.6225, 0.3775; heads of every
# second feature $(0.6698, 0.5, 0.3302, 1)$.)


# %%
def multi_head_attention(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    mask: NDArray[np.bool_] | None = None,
) -> Array:
    """Attend from x to the context in several heads, and mix what they found.

    Head h owns the features from ``h * K`` on, K of them, with ``K = P / heads``. Where there are
    fewer groups of keys than heads, neighbouring heads share a group.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        Where the queries come from.
    context : ndarray of shape (N, S, C)
        Where keys and values come from; `x` itself in self-attention.
    wq : ndarray of shape (P, D)
        Projection to the queries of all heads.
    wk, wv : ndarray of shape (R, C)
        Projections to the keys and values of all groups; R is a multiple of K, and the number of
        groups R / K divides the number of heads.
    wo : ndarray of shape (O, P)
        Projection of the heads, side by side, to the output.
    heads : int
        The number of heads; it divides P.
    mask : ndarray of shape (T, S) or None
        True where a query may look at a key. None: everywhere.

    Returns
    -------
    ndarray of shape (N, T, O)
        In the dtype of `x`.

    References
    ----------
    Vaswani et al. 2017, Attention is all you need, section 3.2.2.
    Ainslie et al. 2023, GQA: training generalized multi-query transformer models.
    """
    raise NotImplementedError("multi_head_attention")


# %% [markdown]
# ## 8 Back through the heads
#
# Nothing new happens here, but everything has to be undone in the right order: the mixing, the
# setting side by side, the attention (you have that), the sharing, the splitting, the projections.
# Two things to think about before you write: what is the gradient of a key that several heads have
# read? And in self-attention $x$ is used in three places, so its gradient has three parts; here you
# return the gradient of $x$ as the source of queries, and that of the context, apart. Whoever calls
# with $c = x$ adds them.
#
# **By hand.** The example of section 7 with a gradient of $(1, 0, 0, 0)$ at the output: only head 0
# hears of it, and only the first feature of its values. The values of head 0 get the weights, so
# the context's first feature gets 0.6698 and 0.3302 by way of the values; the scores get $\pm
# 0.6698 \cdot 0.3302 = \pm 0.2212$, with the root 0.1564: $dx = (0.1564, -0.1564, 0, 0)$, and by
# way of the keys the context's first feature gets $+0.1564$ and $-0.1564$: together 0.8262 and
# 0.1738.


# %%
def multi_head_backward(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    dout: Array,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Carry a gradient back through `multi_head_attention`.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        Where the queries come from.
    context : ndarray of shape (N, S, C)
        Where keys and values come from.
    wq : ndarray of shape (P, D)
        Projection to the queries of all heads.
    wk, wv : ndarray of shape (R, C)
        Projections to the keys and values of all groups.
    wo : ndarray of shape (O, P)
        Projection of the heads, side by side, to the output.
    heads : int
        The number of heads.
    dout : ndarray of shape (N, T, O)
        Gradient of the loss with respect to the output.
    mask : ndarray of shape (T, S) or None
        True where a query may look at a key. None: everywhere.

    Returns
    -------
    dx : ndarray of shape (N, T, D)
        Gradient with respect to `x`, by way of the queries alone.
    dcontext : ndarray of shape (N, S, C)
        Gradient with respect to the context, by way of keys and values.
    dwq : ndarray of shape (P, D)
        Gradient with respect to `wq`.
    dwk : ndarray of shape (R, C)
        Gradient with respect to `wk`.
    dwv : ndarray of shape (R, C)
        Gradient with respect to `wv`.
    dwo : ndarray of shape (O, P)
        Gradient with respect to `wo`. All in the dtype of `x`.
    """
    raise NotImplementedError("multi_head_backward")


# %% [markdown]
# ## 9 Where am I?
#
# Shuffle the keys together with their values, and attention gives the same answer: it reads a
# *set*. Order has to be told. The paper of 2017 added a vector to each word, made of sines and
# cosines of many wavelengths, sine and cosine side by side (here it is, ready-made). Its
# wavelengths grow from $2\pi$ to $10000 \cdot 2\pi$, like the hands of a clock: fast ones tell
# neighbours apart, slow ones paragraphs.


# %%
def sinusoidal_positions(length: int, width: int) -> Array:
    """Return positions of shape (length, width): feature 2i a sine, feature 2i + 1 its cosine."""
    angle = np.outer(np.arange(length), 10000.0 ** (-np.arange(0, width, 2) / width))
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(length, width)


# %% [markdown]
# Most models since 2022 do it otherwise: **rotary positions** turn the queries and the keys.
# Features $2i$ and $2i + 1$ are taken as a point in the plane and turned by the angle
# $p\,\theta_i$, where $p$ is the position and
#
# $$ \theta_i = \mathrm{base}^{-2i/D}, \qquad
# \begin{pmatrix} y_{2i} \\ y_{2i+1} \end{pmatrix} =
# \begin{pmatrix} \cos p\theta_i & -\sin p\theta_i \\ \sin p\theta_i & \cos p\theta_i \end{pmatrix}
# \begin{pmatrix} x_{2i} \\ x_{2i+1} \end{pmatrix}, \qquad i = 0, \dots, D/2 - 1. $$
#
# The dot product of two turned vectors depends on the *difference* of their angles only: the score
# of a query at 107 and a key at 100 is that of a query at 7 and a key at 0. Values are not turned.
#
# Which features form a pair is a convention: neighbours here, as in the paper; feature $i$ with
# feature $i + D/2$ in GPT-NeoX and in the Llama of Hugging Face. Both are right, and weights
# trained with one are noise for the other.
#
# **By hand.** $x = (1, 0, 0, 1)$ at position 1 with base 100: the angles are 1 and 0.1, and
# $y = (0.5403, 0.8415, -0.0998, 0.9950)$. (Paired by halves: $(0.5403, -0.0998, 0.8415, 0.9950)$.)


# %%
def rotary_positions(x: Array, positions: NDArray[np.integer], base: float = 10000.0) -> Array:
    """Turn queries or keys by angles that grow with their positions.

    Parameters
    ----------
    x : ndarray of shape (N, H, T, D)
        Queries or keys of each head; D is even, features 2i and 2i + 1 are a pair.
    positions : ndarray of shape (T,)
        The position of each of them, whole numbers from 0 on; they need not be in order.
    base : float
        Pair i turns by ``base ** (-2 * i / D)`` from one position to the next.

    Returns
    -------
    ndarray of shape (N, H, T, D)
        In the dtype of `x`.

    References
    ----------
    Su et al. 2021, RoFormer, eq. 34.
    """
    raise NotImplementedError("rotary_positions")


# %% [markdown]
# ## 10 The cache
#
# A model writes one token at a time. To write token 1000 it needs the keys and values of the 999
# before, and those have not changed: nobody before them can see the new one. So they are kept. A
# step with the cache projects *one* position, appends its key and value, and asks with one query:
# no mask is needed, since the future does not exist yet.
#
# The new position is not 0: it is the number of positions already in the cache. Query and key are
# turned by it; the keys in the cache were turned when they came, and stay as they are.
#
# **By hand.** One head of width 2, all matrices the identity. In the cache: the key $(1, 0)$ with
# the value $(0, 2)$. The new $x = (1, 0)$ stands at position 1, so query and key are both $(0.5403,
# 0.8415)$; the scores are $0.5403/\sqrt2$ and $1/\sqrt2$, the weights 0.4194 and 0.5806, and $y =
# (0.5806, 0.8389)$. (If the position started at 0 again, the weights were one half each: $(0.5,
# 1)$.)


# %%
def kv_cache_step(
    x: Array,
    keys: Array,
    values: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    base: float = 10000.0,
) -> tuple[Array, Array, Array]:
    """Attend from one new position to itself and to all before it, with rotary positions.

    The result is the last row of causal self-attention over the whole text, in which queries and
    keys are turned by their positions (see `rotary_positions`) in each head.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        The new position of each sample.
    keys, values : ndarray of shape (N, G, S, K)
        Keys, already turned, and values of the S positions before it, in each group; S may be 0.
    wq : ndarray of shape (P, D)
        Projection to the queries of all heads, as in `multi_head_attention`; K is P / heads.
    wk, wv : ndarray of shape (R, D)
        Projections to the keys and values of all groups; R is G * K, and G divides `heads`.
    wo : ndarray of shape (O, P)
        Projection of the heads, side by side, to the output.
    heads : int
        The number of heads; neighbouring heads share a group.
    base : float
        As in `rotary_positions`.

    Returns
    -------
    y : ndarray of shape (N, O)
        What the new position found.
    keys : ndarray of shape (N, G, S+1, K)
        The keys, the new one at the end.
    values : ndarray of shape (N, G, S+1, K)
        The values, the new one at the end. All in the dtype of `x`.
    """
    raise NotImplementedError("kv_cache_step")


# %% [markdown]
# ## 11 The block
#
# A transformer is a stack of equal blocks. Each does two things to a **residual stream** that runs
# through all of them: attention *moves* information between positions, and a small MLP *works* on
# each position by itself. Both read a normalized copy of the stream, and *add* what they found:
#
# $$ h = x + \mathrm{MHA}(\mathrm{LN}_1(x), \mathrm{LN}_1(x)), \qquad
# y = h + W_2\, \mathrm{gelu}(W_1\, \mathrm{LN}_2(h) + b_1) + b_2. $$
#
# This is **pre-LN**. The paper of 2017 normalized *after* each addition, $h = \mathrm{LN}_1(x +
# \mathrm{MHA}(x, x))$: then the stream is no longer a straight road for the gradient, and deep
# stacks need a warm-up to train at all. Llama uses RMS norm in the same places.
#
# The twelve parameters come as one tuple, in the order
#
# $$(\gamma_1, \beta_1, W_q, W_k, W_v, W_o, \gamma_2, \beta_2, W_1, b_1, W_2, b_2).$$
#
# **By hand.** One position, $x = (1, 3)$, one head; scales 1, shifts 0, the four matrices of the
# attention the identity. $\mathrm{LN}_1$ gives $(-1, 1)$, and a position alone gets its own value:
# $h = (0, 4)$. $\mathrm{LN}_2$ gives $(-1, 1)$ again; with $W_1 = (0, 1)$, one hidden unit, and
# $b_1 = 0$: $\mathrm{gelu}(1) = 0.8412$; $W_2 = (2, 0)^\top$, $b_2 = (0, 0.5)$: $y = (1.6824,
# 4.5)$.


# %%
def transformer_block(
    x: Array, weights: tuple[Array, ...], heads: int, mask: NDArray[np.bool_] | None = None
) -> Array:
    """Run one pre-LN transformer block: self-attention, then an MLP with GELU, each added to x.

    The normalization is `layer_norm`, the activation `gelu`, both given in section 1.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        The residual stream.
    weights : tuple of ndarray
        gamma1 (D), beta1 (D), wq (P, D), wk (R, D), wv (R, D), wo (D, P), gamma2 (D), beta2 (D),
        w1 (F, D), b1 (F), w2 (D, F), b2 (D), in this order.
    heads : int
        The number of heads, as in `multi_head_attention`.
    mask : ndarray of shape (T, T) or None
        True where a position may look at another. None: everywhere.

    Returns
    -------
    ndarray of shape (N, T, D)
        In the dtype of `x`.

    References
    ----------
    Xiong et al. 2020, On layer normalization in the transformer architecture.
    """
    raise NotImplementedError("transformer_block")


# %% [markdown]
# ## 12 Back through the block
#
# Walk the picture of the beginning from right to left. At each $(+)$ the gradient goes *both* ways:
# along the stream, unchanged, and through the branch. What comes out of the branch is added to what
# went along. It is this "unchanged" that lets a hundred blocks be trained.
#
# `layer_norm_gradients` and `gelu_derivative` are given; the attention you have. You return the
# gradients in the shape of the parameters: a tuple of twelve, in the same order.
#
# **By hand.** The example of section 11 with $dy = (1, 0)$: $db_2 = (1, 0)$, $dW_2 = (0.8412,
# 0)^\top$, and through the hidden unit, where $\mathrm{gelu}'(1) = 1.083$, $db_1 = 2.166$ and $dW_1
# = 2.166 \cdot (-1, 1)$. A layer norm of two features gives $\pm 1$ whatever comes in, so hardly
# anything gets through it: $dx = (1, 0)$ to four digits, all of it along the stream.


# %%
def block_backward(
    x: Array,
    weights: tuple[Array, ...],
    heads: int,
    dy: Array,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, tuple[Array, ...]]:
    """Carry a gradient back through `transformer_block`.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        The residual stream that went in.
    weights : tuple of ndarray
        The twelve parameters, in the order of `transformer_block`.
    heads : int
        The number of heads.
    dy : ndarray of shape (N, T, D)
        Gradient of the loss with respect to the output.
    mask : ndarray of shape (T, T) or None
        True where a position may look at another. None: everywhere.

    Returns
    -------
    dx : ndarray of shape (N, T, D)
        Gradient with respect to `x`.
    gradients : tuple of ndarray
        The gradients of the twelve parameters, in their order and shapes. All in the dtype of `x`.
    """
    raise NotImplementedError("block_backward")


# %% [markdown]
# ## 13 Byte pairs
#
# What is a token? Words are too many and never complete; bytes are few, but then a page is 3,000
# positions long. **Byte pair encoding** finds what lies between, in two parts.
#
# *Learning.* Start from bytes, 0 … 255. Count all pairs of neighbours, take the most frequent pair,
# and replace it everywhere, from left to right, by a new token: 256 for the first merge, 257 for
# the next. Repeat. Three rules decide the doubtful cases:
#
# * occurrences that overlap count once: `aaa` holds the pair (a, a) once, `aaaa` twice;
# * among equally frequent pairs the one whose first occurrence comes first in the text is taken;
# * a pair that occurs only once is not worth a token: then learning stops, with fewer merges.
#
# *Encoding* another text: apply the merges **in the order in which they were learned**, each
# everywhere, from left to right.
#
# **By hand.** Learn from `aaabdaaabac`. (a, a) occurs twice, as does (a, b); (a, a) comes first:
# 256 = aa. Now `256 a b d 256 a b a c`: (256, a) and (a, b) occur twice: 257 = aaa. Then `257 b d
# 257 b a c`: 258 = aaab. Then `258 d 258 a c`: no pair twice, the end. Encoding `aaaab`: first `256
# 256 b`: no 257 any more. So it is (256, 256, 98). (A greedy search for the longest token would
# find (257, 97, 98).)


# %%
def byte_pair_encode(
    train: NDArray[np.integer], count: int, text: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Learn byte pairs from one text, and encode another by them.

    The rules for overlaps, ties and the end stand in the text.

    Parameters
    ----------
    train : ndarray of shape (L,)
        The bytes to learn from, 0 to 255; L may be 0.
    count : int
        How many merges to learn at most; 0 or more.
    text : ndarray of shape (J,)
        The bytes to encode.

    Returns
    -------
    merges : ndarray of shape (M, 2)
        The pairs in the order in which they were merged, whole numbers; pair m became token
        256 + m.
    tokens : ndarray of shape (I,)
        The encoded text. Whole numbers.

    References
    ----------
    Gage 1994, A new algorithm for data compression. Sennrich, Haddow and Birch 2016, Neural machine
    translation of rare words with subword units.
    """

    raise NotImplementedError("byte_pair_encode")


# %% [markdown]
# ## 14 The loss of a language model
#
# The logits at position $t$ are a forecast of token $t + 1$. So the labels are the text itself,
# shifted by one; the last position has no label, and its logits count for nothing. Texts of
# different lengths are filled up with $-1$; a label of $-1$ is no label. The loss is the **mean
# over all labels there are** (not over samples first, not over all positions) of
#
# $$ -\ln \mathrm{softmax}(\text{logits}_{n,t})_{\text{token}_{n,t+1}}. $$
#
# You return its gradient with the loss. Without any label both are zero.
#
# **By hand.** Two words, one text of three positions, the tokens $(0, 1, -1)$: a single label,
# token 1 at position 0. The logits there are $(0, \ln 3)$, so it has probability ¾: the loss is
# 0.2877, the gradient $(0.25, -0.25)$ at position 0 and zero elsewhere. (Without the shift,
# position 0 were scored against token 0.)


# %%
def next_token_loss(logits: Array, tokens: NDArray[np.integer]) -> tuple[float, Array]:
    """Return the mean cross-entropy of the next tokens, in nats, and its gradient.

    Logits of any size must do, ±1000 as well.

    Parameters
    ----------
    logits : ndarray of shape (N, T, V)
        Scores of each token at each position.
    tokens : ndarray of shape (N, T)
        The texts, numbers from 0 to V - 1; -1 is padding, at the end of a text.

    Returns
    -------
    loss : float
        The mean over all labels; 0.0 if there are none.
    dlogits : ndarray of shape (N, T, V)
        Gradient of the loss with respect to the logits, in their dtype.
    """
    raise NotImplementedError("next_token_loss")


# %% [markdown]
# ## 15 Derive: what a transformer costs
#
# Before anybody trains a model, somebody does this sum on paper. The model is GPT-2's: a token
# embedding (V × D), a *learned* embedding of C positions, L pre-LN blocks with GELU, a last layer
# norm, and logits by the **same** matrix as the embedding, without a bias. Unlike our block, all
# six dense maps of a block have a bias; queries and output are D wide, keys and values $D \cdot
# G/H$ with G groups for H heads, the MLP has F hidden units. Layer norms have a scale and a shift.
#
# Three numbers are asked:
#
# * all **parameters**;
# * the **bytes of the cache** of one text that fills the whole context C: keys and values of all
#   blocks, two bytes a number;
# * the **flops for the last token** of such a text, with the cache: a multiplication and an
#   addition count as two, and *only matrix products* count: the dense maps, the logits, the scores
#   of one query with C keys, and the weighted sum of C values. Biases, softmax, norms and GELU are
#   left out.
#
# **By hand.** GPT-2 small: V = 50257, C = 1024, D = 768, L = 12, H = G = 12, F = 3072: 124,439,808
# parameters, as released. The cache takes 37,748,736 bytes, 36 MiB; the last token costs
# 284,812,800 flops, about twice the number of parameters it passes. With G = 4: 114,990,336
# parameters and a cache of 12,582,912 bytes.


# %%
def transformer_costs(
    vocabulary: int, context: int, width: int, layers: int, heads: int, groups: int, hidden: int
) -> tuple[int, int, int]:
    """Count what a GPT-2 with grouped queries costs; what counts stands in the text.

    Parameters
    ----------
    vocabulary : int
        V, the tokens there are.
    context : int
        C, the longest text.
    width : int
        D, the width of the residual stream.
    layers : int
        L, the blocks.
    heads : int
        H, heads of queries in each block; divides the width.
    groups : int
        G, groups of keys and values in each block; divides the heads.
    hidden : int
        F, hidden units of each MLP.

    Returns
    -------
    parameters : int
        All of them.
    cache : int
        Bytes of keys and values of a whole context, two bytes a number.
    flops : int
        Of the matrix products for the last token of a whole context.
    """
    raise NotImplementedError("transformer_costs")


# %% [markdown]
# ## Your picture
#
# What your functions do, drawn as far as they are written: who looks where, what the root is for,
# how positions are told apart, a softmax in blocks, what byte pairs find, and what a cache costs.


# %%
def figure():
    """Draw weights, entropy, positions, blocks, byte pairs, and the cache."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["weights", "entropy", "positions"], ["blocks", "pairs", "cache"]],
        figsize=(15, 8.5),
        layout="constrained",
    )
    panels = {
        "weights": draw_weights,
        "entropy": draw_entropy,
        "positions": draw_positions,
        "blocks": draw_blocks,
        "pairs": draw_pairs,
        "cache": draw_cache,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def draw_weights(ax):
    """Draw who looks where. To see: rows sum to one, triangle and band, and themselves are seen."""
    rng = np.random.default_rng(3)
    q, k = rng.normal(size=(2, 1, 1, 12, 8))
    wide = np.full((12, 38), np.nan)
    masks = {"no mask": None, "causal": causal_mask(12, 12), "window 4": causal_mask(12, 12, 4)}
    for number, (name, seen) in enumerate(masks.items()):
        left = 13 * number
        tile = attention_weights(q, k, seen)[0, 0]
        wide[:, left : left + 12] = tile if seen is None else np.where(seen, tile, np.nan)
        ax.text(left + 5.5, -0.9, name, ha="center", va="bottom", size=10)
    shown = ax.imshow(wide, cmap="viridis", vmin=0, vmax=1)
    ax.figure.colorbar(shown, ax=ax, shrink=0.6, label="weight")
    ax.set(title="Who looks where: queries down, keys across", xticks=[], yticks=[])
    ax.set(ylim=(11.5, -2.2))
    ax.spines[:].set_visible(False)


def draw_entropy(ax):
    """Draw how spread the weights are. To see: without the root wide heads look at one key."""
    rng, keys = np.random.default_rng(0), 64
    widths = 2 ** np.arange(1, 10)
    for factor, name, colour in (
        (lambda d: 1.0, "divided by $\\sqrt{D}$", "#1f77b4"),
        (lambda d: math.sqrt(d), "not divided", "#d62728"),
    ):
        spread = []
        for d in widths:
            q, k = rng.normal(size=(1, 1, 200, d)), rng.normal(size=(1, 1, keys, d))
            p = attention_weights(factor(int(d)) * q, k)[0, 0]
            spread.append(np.mean(np.exp(-np.sum(p * np.log(p + 1e-300), axis=1))))
        ax.semilogx(widths, spread, "o-", color=colour, label=name, base=2)
    ax.set(title="How many of 64 keys a query looks at", xlabel="width D of a head")
    ax.set(ylabel="exp of the weights' entropy", ylim=(0, 64))
    ax.legend(frameon=False)


def draw_positions(ax):
    """Draw how alike positions are, by distance. To see: near ones are alike, wherever they stand.

    All three lie upon each other: turning equal vectors makes them as alike as the sines are.
    """
    width, distance = 64, np.arange(48)
    table = sinusoidal_positions(48, width)
    score = table @ table[0] / (width / 2)
    ax.plot(distance, score, color="#bbbbbb", lw=6, label="sines, position 0")
    one = np.ones((1, 1, 256, width))
    turned = rotary_positions(one, np.arange(256))[0, 0]
    for first, style in ((0, "-"), (200, "--")):
        score = turned[first : first + 48] @ turned[first] / width
        colour = "#1f77b4" if first == 0 else "#d62728"
        ax.plot(distance, score, style, lw=2, color=colour, label=f"rotary, query at {first}")
    ax.set(title="How well a position matches another", xlabel="distance (positions)")
    ax.set(ylabel="dot product, relative to distance 0")
    ax.legend(frameon=False)


def draw_blocks(ax):
    """Draw a softmax in blocks. To see: what is known after each block, and the exact end."""
    rng = np.random.default_rng(1)
    scores, v = 2.5 * rng.normal(size=(3, 96)), np.cumsum(rng.normal(size=(96, 1)), axis=0)
    top, total, out = np.full(3, -np.inf), np.zeros(3), np.zeros((3, 1))
    found, tops = [], []
    for start in range(0, 96, 8):
        part = slice(start, start + 8)
        top, total, out = online_softmax(top, total, out, scores[:, part], v[part])
        found.append(out[:, 0] / total)
        tops.append(top)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    exact = (p @ v)[:, 0] / p.sum(axis=1)
    blocks, tops = np.arange(1, 13), np.array(tops)
    for i, colour in enumerate(("#1f77b4", "#d62728", "#2ca02c")):
        line = np.array(found)[:, i]
        ax.plot(blocks, line, "o-", ms=4, color=colour)
        ax.plot(13, exact[i], "*", ms=13, color=colour)
        rises = np.flatnonzero(np.diff(tops[:, i]) > 0) + 1
        ax.plot(blocks[rises], line[rises], "o", ms=10, mfc="none", color=colour)
    ax.set(title="Three queries, eight keys at a time", xlabel="blocks read")
    ax.set(ylabel="out / total (rings: a larger score came)", xticks=[1, 4, 8, 13])
    ax.set_xticklabels(["1", "4", "8", "whole row"])


def draw_pairs(ax):
    """Draw how a text shrinks. To see: the first merges save most, and they are words' pieces."""
    from autograder.data import prose

    page = np.frombuffer(prose(3000).lower().encode("ascii", "replace"), np.uint8)
    merges, tokens = byte_pair_encode(page, 64, page)
    spelled = {byte: chr(byte) for byte in range(256)}
    for m, (first, second) in enumerate(merges.tolist()):
        spelled[256 + m] = spelled[first] + spelled[second]
    steps = np.array([0, 4, 16, 36, len(merges)])
    lengths = [len(byte_pair_encode(page, int(count), page)[1]) for count in steps]
    gain = len(page) / np.array(lengths)
    ax.plot(steps, gain, "o-", ms=4)
    for m in (0, 1, 3, 7, 15, 31, len(merges) - 1):
        word = spelled[256 + m].replace(" ", "\u00b7").replace("\n", "\u00b6")
        style = {"textcoords": "offset points", "family": "monospace", "size": 9}
        ax.annotate(word, (m, np.interp(m, steps, gain)), xytext=(5, -12), **style)
    ax.set(title=f"{len(page):,} bytes of prose become {len(tokens):,} tokens", xlabel="merges")
    ax.set(ylabel="bytes per token", xlim=(-2, 72))


def draw_cache(ax):
    """Draw a cache's size. To see: grouped queries save a factor, and it grows with the context."""
    contexts = 2 ** np.arange(10, 18)
    for groups, colour in ((32, "#d62728"), (8, "#1f77b4"), (1, "#2ca02c")):
        size = [transformer_costs(32000, int(c), 4096, 32, 32, groups, 11008)[1] for c in contexts]
        name = f"{groups} groups" if groups > 1 else "1 group"
        ax.loglog(contexts, np.array(size) / 2**30, "o-", color=colour, label=name, base=2)
    weights = 2 * transformer_costs(32000, 4096, 4096, 32, 32, 32, 11008)[0] / 2**30
    ax.axhline(weights, color="#888888", ls=":")
    ax.text(contexts[0], 1.15 * weights, "all weights of the model", color="#666666", size=9)
    ax.set(title="The cache of one text: 32 blocks of 32 heads")
    ax.set(xlabel="context (positions)", ylabel="GiB, two bytes a number")
    ax.legend(frameon=False)


# %% [markdown]
# ## Capstone: one block learns to write
#
# Real prose, the reference manual that ships with Python, character by character. A model of one
# block reads 48 characters and forecasts each next one. Three ways to tell it where they stand:
#
# * `no positions`: your `transformer_block` alone; the causal mask is all the order it sees;
# * `sines added`: the same, with `sinusoidal_positions` added to the characters;
# * `rotary`: queries and keys are turned by `rotary_positions` in each head.
#
# Beside them stand a plain recurrent net with about as many parameters, that carries its state from
# piece to piece, and n-grams of every order up to 6, with discounts tuned on the very text they are
# tested on: the yardstick gets every advantage. Each net chooses its rate from the same three by a
# short training, and is then trained from three new starts for the same number of characters.
# Measured is the mean number of *bits* for a character in paragraphs that nobody has read.
#
# The target: the rotary block needs fewer bits than both other blocks and than the trigram; and it
# writes **with your cache**, whose logits are those of the full pass, to 1e-4, also at positions
# far beyond the 48 that it was trained at. Before you run it: will it beat the recurrent net, which
# has seen everything from the start, and reads as many characters, but one after the other? And the
# n-gram of order 6, which knows by heart what it has read? What does one block lack that several
# have? At the end it writes three short texts, and one of 200 characters: where does it begin to
# babble, and why there?


# %%
LETTERS = "\n abcdefghijklmnopqrstuvwxyz.,;:'-()"


def characters_of_prose(size: int = 240_000) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Return training and held-out characters as numbers; whole paragraphs are held out."""
    import re

    from autograder.data import prose

    paragraphs = []
    for paragraph in dict.fromkeys(re.split(r"\n\s*\n", prose(2_000_000))):
        words = " ".join(paragraph.split())
        plain = sum(letter in LETTERS for letter in words.lower()) > 0.97 * len(words)
        if len(words) > 80 and plain and words.endswith((".", ":")):
            paragraphs.append("".join(c for c in words.lower() if c in LETTERS) + "\n")
    order = np.random.default_rng(0).permutation(len(paragraphs))
    number, held = {letter: i for i, letter in enumerate(LETTERS)}, len(order) // 10
    parts = ["".join(paragraphs[k] for k in some) for some in (order[held:], order[:held])]
    train, test = (np.array([number[c] for c in part]) for part in parts)
    return train[:size], test


def ngram_bits(train, test, most: int = 6) -> list[float]:
    """Return the bits a character of n-grams of order 1 to `most`, each with its best discount.

    Each order gives what it has not seen to the order below it, by absolute discounting.
    """
    size = len(LETTERS)

    def contexts(text, order):
        number = np.zeros(len(text) - most, int)
        for back in range(order - 1, 0, -1):
            number = number * size + text[most - back : len(text) - back]
        return number

    below = np.full(len(test) - most, 1 / size)
    bits = []
    for order in range(1, most + 1):
        seen, asked = contexts(train, order), contexts(test, order)
        pairs, often = np.unique(seen * size + train[most:], return_counts=True)
        places, total = np.unique(seen, return_counts=True)
        kinds = np.bincount(np.searchsorted(places, pairs // size), minlength=len(places))
        at = np.minimum(np.searchsorted(places, asked), len(places) - 1)
        known = places[at] == asked
        wanted = asked * size + test[most:]
        found = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        count = np.where(pairs[found] == wanted, often[found], 0)
        best = None
        for discount in np.arange(0.1, 1.0, 0.1):
            share = np.maximum(count - discount, 0) / total[at]
            mixed = np.where(known, share + discount * kinds[at] / total[at] * below, below)
            loss = -np.mean(np.log2(mixed))
            if best is None or loss < best[0]:
                best = float(loss), mixed
        bits.append(best[0])
        below = best[1]
    return bits


# %% [markdown]
# The models. A net is a dict of arrays; each returns the mean loss of a batch and its gradients.


# %%
WIDTH, HEADS, HIDDEN, PIECE, BATCH = 48, 4, 144, 48, 12


def start_block(rng) -> dict[str, Array]:
    """Return the parameters of a one-block model, in float32."""
    size, d, f = len(LETTERS), WIDTH, HIDDEN
    maps = {"wq": (d, d), "wk": (d, d), "wv": (d, d), "wo": (d, d), "w1": (f, d), "w2": (d, f)}
    net = {name: rng.normal(size=shape) / math.sqrt(shape[1]) for name, shape in maps.items()}
    net |= {f"gamma{i}": np.ones(d) for i in (1, 2, 3)} | {
        f"beta{i}": np.zeros(d) for i in (1, 2, 3)
    }
    net |= {"b1": np.zeros(f), "b2": np.zeros(d)}
    net |= {"embedding": 0.3 * rng.normal(size=(size, d)), "out": 0.1 * rng.normal(size=(size, d))}
    return {name: part.astype(np.float32) for name, part in net.items()}


ORDER = ("gamma1", "beta1", "wq", "wk", "wv", "wo", "gamma2", "beta2", "w1", "b1", "w2", "b2")


def cut(y: Array) -> Array:
    """Return features of shape (N, T, D) as heads of shape (N, H, T, K)."""
    return y.reshape(*y.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)


def glue(y: Array) -> Array:
    """Undo `cut`."""
    return y.transpose(0, 2, 1, 3).reshape(y.shape[0], y.shape[2], -1)


def turn_back(dy: Array, places) -> Array:
    """Carry a gradient back through `rotary_positions`: turn it the other way.

    That is to mirror the pairs, turn, and mirror again.
    """
    mirror = np.resize(np.array([1, -1], dy.dtype), dy.shape[-1])
    return mirror * rotary_positions(mirror * dy, places)


def rotary_half(x: Array, net, dh=None):
    """Return x + attention with rotary positions; with a gradient dh, its gradients instead."""
    places, seen = np.arange(x.shape[1]), causal_mask(x.shape[1], x.shape[1])
    normal = layer_norm(x, net["gamma1"], net["beta1"])
    q, k, v = (cut(normal @ net[name].T) for name in ("wq", "wk", "wv"))
    q, k = rotary_positions(q, places), rotary_positions(k, places)
    found = glue(scaled_dot_product_attention(q, k, v, seen))
    if dh is None:
        return x + found @ net["wo"].T
    dq, dk, dv = attention_backward(q, k, v, cut(dh @ net["wo"]), seen)
    slopes = [glue(part) for part in (turn_back(dq, places), turn_back(dk, places), dv)]
    names = ("wq", "wk", "wv")
    found_by = {n: np.tensordot(s, normal, ([0, 1], [0, 1])) for n, s in zip(names, slopes)}
    found_by["wo"] = np.tensordot(dh, found, ([0, 1], [0, 1]))
    inner = sum(s @ net[n] for n, s in zip(names, slopes))
    dx, found_by["gamma1"], found_by["beta1"] = layer_norm_gradients(inner, x, net["gamma1"])
    return dh + dx, found_by


def mlp_half(h: Array, net, dy=None):
    """Return h + MLP; with a gradient dy, the gradients instead."""
    into = layer_norm(h, net["gamma2"], net["beta2"])
    z = into @ net["w1"].T + net["b1"]
    if dy is None:
        return h + gelu(z) @ net["w2"].T + net["b2"]
    dz = dy @ net["w2"] * gelu_derivative(z)
    dh, dgamma, dbeta = layer_norm_gradients(dz @ net["w1"], h, net["gamma2"])
    found = {"w1": np.tensordot(dz, into, ([0, 1], [0, 1])), "b1": dz.sum((0, 1))}
    found |= {"w2": np.tensordot(dy, gelu(z), ([0, 1], [0, 1])), "b2": dy.sum((0, 1))}
    return dy + dh, {**found, "gamma2": dgamma, "beta2": dbeta}


def through(net, tokens, kind: str, training: bool = True):
    """Return the logits of a one-block model; when training, its loss and gradients instead."""
    x, mask = net["embedding"][tokens], causal_mask(tokens.shape[1], tokens.shape[1])
    if kind == "sines added":
        x = x + 0.3 * sinusoidal_positions(tokens.shape[1], WIDTH).astype(x.dtype)
    weights = tuple(net[name] for name in ORDER)
    if kind == "rotary":
        h = rotary_half(x, net)
        y = mlp_half(h, net)
    else:
        y = transformer_block(x, weights, HEADS, mask)
    last = layer_norm(y, net["gamma3"], net["beta3"])
    logits = last @ net["out"].T
    if not training:
        return logits
    loss, slope = next_token_loss(logits, tokens)
    found = {"out": np.tensordot(slope, last, ([0, 1], [0, 1]))}
    dy, found["gamma3"], found["beta3"] = layer_norm_gradients(slope @ net["out"], y, net["gamma3"])
    if kind == "rotary":
        dh, more = mlp_half(h, net, dy)
        dx, others = rotary_half(x, net, dh)
        found |= more | others
    else:
        dx, parts = block_backward(x, weights, HEADS, dy, mask)
        found |= dict(zip(ORDER, parts))
    found["embedding"] = np.zeros_like(net["embedding"])
    np.add.at(found["embedding"], tokens, dx)
    return loss, found


def start_recurrent(rng, hidden: int = 128) -> dict[str, Array]:
    """Return the parameters of a plain recurrent net, in float32."""
    size = len(LETTERS)
    net = {
        "w": np.linalg.qr(rng.normal(size=(hidden, hidden)))[0],
        "u": 0.3 * rng.normal(size=(size, hidden)),
        "b": np.zeros(hidden),
        "v": rng.normal(size=(size, hidden)) / math.sqrt(hidden),
        "c": np.zeros(size),
    }
    return {name: part.astype(np.float32) for name, part in net.items()}


def recurrent_pass(net, tokens, h, training: bool = True):
    """Return logits and the last state; when training, loss, gradients and the last state."""
    states = [h]
    for t in range(tokens.shape[1]):
        states.append(np.tanh(states[-1] @ net["w"].T + net["u"][tokens[:, t]] + net["b"]))
    hs = np.stack(states[1:], axis=1)
    logits = hs @ net["v"].T + net["c"]
    if not training:
        return logits, states[-1]
    loss, slope = next_token_loss(logits, tokens)
    found = {name: np.zeros_like(part) for name, part in net.items()}
    found["v"], found["c"] = np.tensordot(slope, hs, ([0, 1], [0, 1])), slope.sum((0, 1))
    up, dh = slope @ net["v"], np.zeros_like(h)
    for t in reversed(range(tokens.shape[1])):
        da = (up[:, t] + dh) * (1 - hs[:, t] ** 2)
        found["w"] += da.T @ states[t]
        np.add.at(found["u"], tokens[:, t], da)
        found["b"] += da.sum(axis=0)
        dh = da @ net["w"]
    return loss, found, states[-1]


def step_down(net, found, past, rate: float) -> None:
    """Make a step of Adam in place, on gradients clipped to a global norm of 1."""
    length = math.sqrt(sum(float(np.sum(g * g)) for g in found.values()))
    past["t"] = past.get("t", 0) + 1
    far = math.sqrt(1 - 0.99 ** past["t"]) / (1 - 0.9 ** past["t"])
    for name, g in found.items():
        g = g * np.float32(min(1.0, 1.0 / (length + 1e-9)))
        m, s = past.get(name, (np.zeros_like(g), np.zeros_like(g)))
        m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g * g
        past[name] = m, s
        net[name] = net[name] - np.float32(rate * far) * m / (np.sqrt(s) + np.float32(1e-8))


def train_on(text, kind: str, rate: float, seed: int, updates: int):
    """Train a net on pieces of the text and return it; the rate falls to a tenth at the end."""
    rng = np.random.default_rng(seed)
    recurrent = kind == "recurrent net"
    net = start_recurrent(rng) if recurrent else start_block(rng)
    rows = (len(text) - 1) // BATCH
    columns = text[: rows * BATCH].reshape(BATCH, rows)
    past: dict = {}
    h = np.zeros((BATCH, 128), np.float32)
    for update in range(updates):
        if recurrent:
            first = update * (PIECE - 1) % (rows - PIECE)
            _, found, h = recurrent_pass(net, columns[:, first : first + PIECE], h)
        else:
            starts = rng.integers(0, len(text) - PIECE, BATCH)
            _, found = through(net, text[starts[:, None] + np.arange(PIECE)], kind)
        step_down(net, found, past, rate * (1 - 0.9 * update / updates))
    return net


def bits_of(net, kind: str, text) -> float:
    """Return the mean bits for a character; of a piece the blocks score the second half alone.

    So each forecast has seen 24 characters at least; the recurrent net has seen all before.
    """
    half = PIECE // 2
    count = (len(text) - PIECE) // half
    pieces = text[half * np.arange(count)[:, None] + np.arange(PIECE + 1)[None]]
    if kind == "recurrent net":
        h = np.zeros((1, 128), np.float32)
        logits, _ = recurrent_pass(net, text[None], h, training=False)
        at = half * np.arange(count)[:, None] + np.arange(half, PIECE)
        logits = logits[0][at]
    else:
        logits = through(net, pieces[:, :-1], kind, training=False)[:, half:]
    right = pieces[:, half + 1 :]
    z = logits - logits.max(axis=2, keepdims=True)
    z = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    return float(-np.mean(np.take_along_axis(z, right[:, :, None], axis=2)) / math.log(2))


def write_with_cache(net, start, count: int, seed: int):
    """Write with `kv_cache_step`; return the tokens and the logits that each was drawn from."""
    rng = np.random.default_rng(seed)
    keys = values = np.zeros((1, HEADS, 0, WIDTH // HEADS), np.float32)
    tokens, seen = list(start), []
    for place in range(len(start) + count - 1):
        x = net["embedding"][[tokens[place]]]
        normal = layer_norm(x[:, None], net["gamma1"], net["beta1"])[:, 0]
        maps = (net[name] for name in ("wq", "wk", "wv", "wo"))
        found, keys, values = kv_cache_step(normal, keys, values, *maps, HEADS)
        y = mlp_half((x + found)[:, None], net)
        logits = (layer_norm(y, net["gamma3"], net["beta3"]) @ net["out"].T)[0, 0]
        seen.append(logits)
        if place + 1 >= len(start):
            chance = np.exp((logits - logits.max()) / 0.7).astype(float)
            tokens.append(int(rng.choice(len(LETTERS), p=chance / chance.sum())))
    return np.array(tokens), np.array(seen)


# %%
KINDS = ("no positions", "sines added", "rotary", "recurrent net")
RATES = (0.002, 0.005, 0.012)


def capstone():
    """Train blocks and a recurrent net on prose, against n-grams; write with the cache."""
    from autograder.rewards import track

    train, test = characters_of_prose()
    tuning, test = test[:8000], test[8000:]
    grams = ngram_bits(train, test)
    tables, results, best = {}, {}, None
    for kind, say in track(KINDS, "reading"):
        short = [train_on(train, kind, rate, 100, 80) for rate in RATES]
        tables[kind] = [bits_of(net, kind, tuning) for net in short]
        rate = RATES[int(np.argmin(tables[kind]))]
        nets = [train_on(train, kind, rate, seed, 500) for seed in range(3)]
        results[kind] = [bits_of(net, kind, test) for net in nets]
        if kind == "rotary":
            best = nets[int(np.argmin(results[kind]))]
        say(**{kind.replace(" ", "_"): float(np.mean(results[kind]))})
    gap = 0.0
    for number, more in enumerate((36, 36, 36, 188)):
        start = test[1000 * number : 1000 * number + 12]
        tokens, seen = write_with_cache(best, start, more, number)
        full = through(best, tokens[None, :-1], "rotary", training=False)[0]
        gap = max(gap, float(np.abs(full - seen).max()))
        print("It writes:", "".join(LETTERS[t] for t in tokens).replace("\n", " / "))
    mean = {kind: float(np.mean(runs)) for kind, runs in results.items()}
    others = mean["no positions"], mean["sines added"], grams[2]
    return {
        **{f"bits, {kind}": value for kind, value in mean.items()},
        **{f"bits, {n}-gram": value for n, value in enumerate(grams, 1)},
        "largest gap of the cache": gap,
        "target_reached": bool(mean["rotary"] < min(others) and gap < 1e-4),
        "figure": draw_capstone(results, grams, best, tokens),
    }


def draw_capstone(results, grams, net, tokens):
    """Draw the contest and a map of the best block. To see: who needs which bits."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(14, 5.6), layout="constrained")
    names = [*results, *(f"{n}-gram" for n in range(1, len(grams) + 1))]
    for row, name in enumerate(names):
        runs = results.get(name) or [grams[int(name[0]) - 1]]
        left.plot(runs, [row] * len(runs), "o", ms=6, alpha=0.6)
        left.plot(np.mean(runs), row, "|", ms=20, mew=2.5, color="k")
    left.set_yticks(range(len(names)), names)
    left.invert_yaxis()
    left.set(xlabel="bits for a character (fewer is better)", title="Paragraphs nobody has read")
    left.spines[["top", "right"]].set_visible(False)
    some = tokens[:40]
    x = net["embedding"][some[None]]
    normal, places = layer_norm(x, net["gamma1"], net["beta1"]), np.arange(40)
    q, k = (rotary_positions(cut(normal @ net[n].T), places) for n in ("wq", "wk"))
    weights = attention_weights(q, k, causal_mask(40, 40))[0]
    shown = right.imshow(weights.max(axis=0), cmap="magma", vmin=0, vmax=1)
    letters = [LETTERS[t].replace(" ", "\u00b7").replace("\n", "\u00b6") for t in some]
    right.set_xticks(range(40), letters, fontsize=8)
    right.set_yticks(range(40), letters, fontsize=8)
    right.set(title="Who looks where: the largest weight of the four heads")
    right.set(xlabel="keys", ylabel="queries")
    fig.colorbar(shown, ax=right, label="weight")
    return fig


# %% [markdown]
# ### Question `why_the_root`
#
# Why are the scores divided by $\sqrt D$, and what would happen without it at a width of 64? Which
# assumption about queries and keys stands behind the root, and what would you divide by if both
# were normalized to length 1 first?

# %% [markdown]
# YOUR ANSWER HERE


# %% [markdown]
# ### Question `what_the_cache_buys`
#
# A text of T tokens is generated. How often is each key computed with the cache, and how often
# without? What does the cache *not* save? And why is a model that writes a single text, with the
# cache, far from using the flops its processor could do?

# %% [markdown]
# YOUR ANSWER HERE


# %% [markdown]
# ### Question `is_attention_an_explanation`
#
# "The map shows that the model decided by the word *not*." What does a large weight say, and what
# does it not say? Describe an experiment that could refute the sentence.

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
