# %% [markdown]
# # Energy models: what data look like, with nobody to name them
#
# *Chapter 18 · Unit V: sequences, attention, generation, decisions*
#
# Most of the data in the world have no labels. This chapter learns from them all the same, in two
# ways that lead to each other:
#
# ```text
#   an energy for every state          a code, and the way back
#
#    E |  _         _                    x --> [ narrow ] --> y
#      | / \   _   / \                             |
#      |/   \_/ \_/   \__                     is y like x?
#      +----------------- states
#     low: likely    high: rare
# ```
#
# An energy model says of each state how *unlikely* it is. You count all states of a small
# restricted Boltzmann machine, learn a large one without counting, find out what a colleague's
# program does wrong, and stack machines into a deep net. Then codes: principal components,
# autoencoders, sparse ones; a memory that falls into its nearest valley; and the bound that a
# variational autoencoder climbs. At the end a deep net reads digits after it has seen many without
# their names.

# %%
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Rbm = tuple[Array, Array, Array]


# %% [markdown]
# Two helpers are given. `logistic` never overflows, and `binary_states(n)` lists all $2^n$ states
# of n units: row i is the number i in binary digits, the first unit the *highest* digit, so that
# the rows of `binary_states(2)` are 00, 01, 10, 11.


# %%
def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def binary_states(n: int) -> Array:
    """Return all states of n units: an array of shape (2**n, n), in the order of binary numbers."""
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


# %% [markdown]
# ## 1 The energy of a state
#
# A *restricted Boltzmann machine* has V visible units x and H hidden units h, each 0 or 1, and a
# weight between each visible and each hidden unit; none within a layer, that is the restriction.
# Every state of the whole machine has an energy,
#
# $$ E(x, h) = -x^\top W h - b^\top x - d^\top h $$
#
# W is *visible × hidden*; b belongs to the visible units, d to the hidden ones. Mind the signs: two
# units that are on together over a positive weight make the energy *lower*.
#
# **By hand.** Three visible units, one hidden, $w_1 = w_3 = 1$ and all else 0: $E(101, 1) = -2$,
# and $E(101, 0) = 0$. With the biases $b = (0.5, 0, -1)$ and $d = 2$ too, $E(101, 1) = -3.5$ and
# $E(101, 0) = 0.5$.


# %%
def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    """Return the energy of each state in a batch.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        Visible units. They may lie between 0 and 1 as well.
    h : ndarray of shape (N, H)
        Hidden units; row n goes with row n of `x`.
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)

    Returns
    -------
    ndarray of shape (N,)
        In the dtype of `x`.

    References
    ----------
    Hinton 2012, A practical guide to training restricted Boltzmann machines.
    """
    ### BEGIN SOLUTION
    return -np.sum((x @ w) * h, axis=1) - x @ b - h @ d
    ### END SOLUTION


# %% [markdown]
# ## 2 All states there are
#
# Energies become probabilities by $p(x, h) = e^{-E(x,h)} / Z$. The *partition function* Z is the
# sum of $e^{-E}$ over all states of **both** layers together: $2^{V+H}$ of them, so this can be
# done for small machines only. Energies of some hundreds are ordinary; $e^{700}$ is the end of all
# floats. So Z itself is never formed: return its logarithm.
#
# **By hand.** In the machine of section 1 without biases, each of the 8 states with the hidden unit
# off has $e^0 = 1$. With it on, $e^0, e^1, e^1, e^2$ for the four settings of $x_1, x_3$, each
# twice. So $Z = 8 + 2(1 + 2e + e^2) = 35.65$, $\log Z = 3.5738$, and $p(101, 1) = e^2/Z = 0.2073$.


# %%
def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    """Return the probability of every state of a small machine, and the logarithm of Z.

    Parameters
    ----------
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)

    Returns
    -------
    joint : ndarray of shape (2**V, 2**H)
        Entry (i, j) belongs to rows i and j of `binary_states`. In the dtype of `w`. Energies may
        reach a thousand in size, of either sign.
    log_z : float
        The natural logarithm of the partition function.
    """
    ### BEGIN SOLUTION
    x, h = binary_states(len(b)).astype(w.dtype), binary_states(len(d)).astype(w.dtype)
    minus = x @ w @ h.T + (x @ b)[:, None] + h @ d
    top = minus.max()
    weights = np.exp(minus - top)
    return weights / weights.sum(), float(top + np.log(weights.sum()))
    ### END SOLUTION


# %% [markdown]
# ## 3 The machine behind the probabilities
#
# Now backwards. Somebody counted, for ever so long, how often each state came up, and hands you the
# table of all joint probabilities. Which machine was it? Its weights can be read off: think of
# which few states differ in nothing but one unit, or two, and what happens to Z when you compare
# them.
#
# **By hand.** One visible, one hidden unit, with probabilities 0.1 and 0.2 for x = 0 (h = 0, 1) and
# 0.3 and 0.4 for x = 1: $b = 1.0986$, $d = 0.6931$, $w = -0.4055$. And the table that `rbm_joint`
# makes of the machine of section 1 with its biases gives back that machine.


# %%
def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    """Return the machine that has these joint probabilities.

    Parameters
    ----------
    joint : ndarray of shape (2**V, 2**H)
        The probabilities of all states of a machine, as `rbm_joint` orders them; none is zero. V
        and H are at least 1.

    Returns
    -------
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
        In the dtype of `joint`.
    """
    ### BEGIN SOLUTION
    logs = np.log(joint) - np.log(joint[0, 0])
    rows, columns = (2 ** np.arange(size.bit_length() - 1)[::-1] for size in joint.shape)
    b, d = logs[rows, 0], logs[0, columns]
    return logs[np.ix_(rows, columns)] - b[:, None] - d, b, d
    ### END SOLUTION


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already. Its first panel
# is your table of a machine with two hidden units, each of which likes one pattern of four pixels.
# Which of the visible states are the likeliest, and how many have hardly a chance?

# %% [markdown]
# ## 4 One layer, given the other
#
# What makes a *restricted* machine practical: given one layer, the units of the other do not
# influence each other. So each can be asked by itself: with everything else held, the odds of a
# unit being on are
#
# $$ \frac{p(\text{on})}{p(\text{off})} = e^{E(\text{off}) - E(\text{on})} $$
#
# Work out what that makes of $p(h_j = 1 \mid x)$ and of $p(x_i = 1 \mid h)$.
#
# **By hand.** In the machine of section 1 without biases $p(h = 1 \mid 101) = 0.8808$, and with the
# hidden unit on, the visible ones are on with probabilities 0.7311, 0.5, 0.7311. With
# $b = (0.5, 0, -1)$, $d = 2$ it is 0.9820, and 0.8176, 0.5, 0.5.


# %%
def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    """Return for each unit of either layer its probability of being on, given the other layer.

    Parameters
    ----------
    x : ndarray of shape (N, V)
    h : ndarray of shape (N, H)
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)

    Returns
    -------
    p_h : ndarray of shape (N, H)
        Of the hidden units, given `x`.
    p_x : ndarray of shape (N, V)
        Of the visible units, given `h`. Both in the dtype of `x`, without NaN for weights in the
        thousands.

    References
    ----------
    Hinton 2012, A practical guide to training restricted Boltzmann machines.
    """
    ### BEGIN SOLUTION
    return logistic(x @ w + d), logistic(h @ w.T + b)
    ### END SOLUTION


# %% [markdown]
# ## 5 Free energy
#
# Of an image x alone, whatever the hidden units do, the probability is $p(x) = e^{-F(x)}/Z$. So the
# *free energy* F must hold all hidden states at once:
#
# $$ e^{-F(x)} = \sum_h e^{-E(x, h)} $$
#
# That is a sum of $2^H$ terms, but it is also a *product* of H factors, one for each hidden unit.
# Find them; then the logarithm is a short sum. Take care of large numbers: with $|z|$ in the
# hundreds $\log(1 + e^z)$ is nearly z, or nearly 0, and neither infinite.
#
# **By hand.** $F(101) = -\log(e^0 + e^2) = -2.1269$ in the machine without biases, and
# $-\log(e^{-0.5} + e^{3.5}) = -3.5181$ with those of section 1.
#
# Differences of F need no Z. So a machine that memorises is caught without ever knowing one
# probability: the mean F of training images sinks below that of held-out ones.


# %%
def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    """Return the free energy of each visible state, without listing hidden ones.

    Parameters
    ----------
    x : ndarray of shape (N, V)
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
        Hidden units may be many: 2**H terms are too much to add.

    Returns
    -------
    ndarray of shape (N,)
        In the dtype of `x`; finite for energies in the thousands.
    """
    ### BEGIN SOLUTION
    return -(x @ b) - np.sum(np.logaddexp(0, x @ w + d), axis=1, dtype=x.dtype)
    ### END SOLUTION


# %% [markdown]
# ### Question `two_phases`
#
# The gradient of $\log p(x) = -F(x) - \log Z$ has two parts. Say in words what each of them does to
# the landscape of energies, what would happen if the second were left out, and why it is the second
# that is hard to compute. Then: a classmate watches the error between images and their one-step
# reconstructions fall during training, and concludes that the likelihood rises. Is that so?

# %% [markdown]
# ## 6 Contrastive divergence
#
# To make data likely, lower the energy where data are and raise it where the *model* would rather
# be. For the second, states of the model are needed, and a chain of samples would take ever so long
# to reach them. Contrastive divergence starts the chain at the data and takes *one* step. For each
# image x of a batch:
#
# 1. $\hat h = p(h = 1 \mid x)$, and sampled from it, a binary h;
# 2. given the *sampled* h, the probabilities of the visible units, and sampled from them a binary
#    reconstruction $\tilde x$;
# 3. $\tilde h = p(h = 1 \mid \tilde x)$, not sampled.
#
# Samples drive the chain, *probabilities* enter the products: with $\gamma$ the rate, and a mean
# over the batch everywhere,
#
# $$ W \mathrel{+}= \gamma (x \hat h^\top - \tilde x \tilde h^\top), \qquad
# b \mathrel{+}= \gamma (x - \tilde x), \qquad d \mathrel{+}= \gamma (\hat h - \tilde h) $$
#
# The draws are handed to you: a unit is on if and only if its uniform u is *smaller* than its
# probability p. (At p = 0 it is never on, at p = 1 always, for u from 0 up to but without 1.)
#
# **By hand.** The machine of section 1 without biases, x = 101, $\gamma = 0.1$, $u_h = 0.5$: $\hat
# h = 0.8808$, so h = 1. The visible units have the probabilities 0.7311, 0.5, 0.7311; $u_x = (0.9,
# 0.2, 0.72)$ makes $\tilde x = 011$, and $\tilde h = 0.7311$. W becomes $(1.0881, -0.0731,
# 1.0150)$, b $(0.1, -0.1, 0)$ and d 0.0150.


# %%
def cd1_update(
    x: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array]:
    """Take one step of contrastive divergence on a batch.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        Data: 0, 1, or between.
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
    u_h : ndarray of shape (N, H)
        Uniform draws for the hidden units.
    u_x : ndarray of shape (N, V)
        Uniform draws for the reconstruction.
    lr : float
        The rate, gamma in the text.

    Returns
    -------
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
        After the step, in the dtype of `w`. The given ones stay as they are.

    References
    ----------
    Hinton 2002, Training products of experts by minimizing contrastive divergence.
    """
    ### BEGIN SOLUTION
    p = logistic(x @ w + d)
    h = (u_h < p).astype(w.dtype)
    fantasy = (u_x < logistic(h @ w.T + b)).astype(w.dtype)
    q = logistic(fantasy @ w + d)
    step = lr / len(x)
    return (
        w + step * (x.T @ p - fantasy.T @ q),
        b + step * np.sum(x - fantasy, axis=0),
        d + step * np.sum(p - q, axis=0),
    )
    ### END SOLUTION


# %% [markdown]
# ## 7 More steps, and chains that persist
#
# One step from the data sees little: valleys far away, with no data in them, are never raised. Two
# remedies share one function. *CD-k* takes k steps instead of one. *Persistent* contrastive
# divergence keeps M chains of its own, which have nothing to do with the batch: each update moves
# them on from where the last one left them, and they wander through the model while it learns.
#
# One step of a chain: from its visible state $\tilde x$ the probabilities of the hidden units,
# sampled to a binary h; from h the probabilities of the visible units, sampled to the new $\tilde
# x$. After k steps, $\tilde h = p(h = 1 \mid \tilde x)$ is not sampled. The update is that of
# section 6, but each phase has a mean of its own: over the N images, and over the M chains. The
# chains run on the machine *before* the update. (With `chain = x` and k steps, this *is* CD-k.)
#
# **By hand.** As in section 6, but with a chain at 011 and one step: $p(h) = 0.7311$ and $u_h =
# 0.8$ turn h off, so each visible unit has 0.5; $u_x = (0.4, 0.3, 0.6)$ moves the chain to 110,
# with $\tilde h = 0.7311$. W becomes $(1.0150, -0.0731, 1.0881)$, b $(0, -0.1, 0.1)$ and d 0.0150.


# %%
def persistent_cd_update(
    x: Array,
    chain: Array,
    w: Array,
    b: Array,
    d: Array,
    u_h: Array,
    u_x: Array,
    lr: float,
) -> tuple[Array, Array, Array, Array]:
    """Move the chains on by k steps, then learn from the batch and from where they are.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        Data.
    chain : ndarray of shape (M, V)
        Visible states of the chains: as the update before left them, or `x` itself for CD-k.
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
    u_h : ndarray of shape (K, M, H)
        Uniform draws for the hidden units of the chains, in each of K steps, one at least.
    u_x : ndarray of shape (K, M, V)
        Uniform draws for the visible units.
    lr : float

    Returns
    -------
    w : ndarray of shape (V, H)
    b : ndarray of shape (V,)
    d : ndarray of shape (H,)
    chain : ndarray of shape (M, V)
        Where the chains are now, to be handed to the next update. All in the dtype of `w`.

    References
    ----------
    Tieleman 2008, Training restricted Boltzmann machines using approximations to the likelihood
    gradient.
    """
    ### BEGIN SOLUTION
    for to_hidden, to_visible in zip(u_h, u_x):
        h = (to_hidden < logistic(chain @ w + d)).astype(w.dtype)
        chain = (to_visible < logistic(h @ w.T + b)).astype(w.dtype)
    p, q = logistic(x @ w + d), logistic(chain @ w + d)
    return (
        w + lr * (x.T @ p / len(x) - chain.T @ q / len(chain)),
        b + lr * (x.mean(axis=0) - chain.mean(axis=0)),
        d + lr * (p.mean(axis=0) - q.mean(axis=0)),
        chain,
    )
    ### END SOLUTION


# %% [markdown]
# ## 8 What is wrong with this program?
#
# A colleague's machine learns badly. You have no code, but one recorded update: the batch, the
# draws, and the parameters before and after. Each known mistake would have left its trace. With
# $\hat h$, h, $\tilde x$ and $\tilde h$ as in section 6:
#
# | name | what the program does |
# |---|---|
# | `"right"` | the update of section 6 |
# | `"reversed"` | every change has the opposite sign |
# | `"frozen"` | W is right, both biases stay as they were |
# | `"summed"` | sums over the batch where means belong |
# | `"sampled"` | in the changes of W and d, the sampled h stands for $\hat h$; $\tilde h$ stays |
# | `"unsampled"` | $\hat h$, not h, drives the reconstruction (which is sampled all the same) |
#
# Name the first row of the table whose W, b and d *all* agree with what was recorded, every entry
# to within a tolerance; `"unknown"` if none does.
#
# **By hand.** In the example of section 6, W = $(0.9119, 0.0731, 0.9850)$, b = $(-0.1, 0.1, 0)$, d
# = $-0.0150$ were recorded: `"reversed"`. With W as it should be, $b = 0$ and $d = 0$: `"frozen"`.
# W = $(1.1, -0.0731, 1.0269)$, b = $(0.1, -0.1, 0)$, d = 0.0269: `"sampled"`. In a batch of one,
# `"summed"` can not be told from `"right"`, and `"right"` it is.


# %%
def diagnose_update(
    x: Array, before: Rbm, after: Rbm, u_h: Array, u_x: Array, lr: float, tol: float = 1e-4
) -> str:
    """Name the rule that leads from the parameters before to those after an update.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        The batch.
    before : tuple of ndarray
        W of shape (V, H), b of shape (V,) and d of shape (H,) before the update.
    after : tuple of ndarray
        The same after it.
    u_h : ndarray of shape (N, H)
        The uniform draws for the hidden units.
    u_x : ndarray of shape (N, V)
        Those for the reconstruction.
    lr : float
    tol : float
        By how much an entry may differ at most.

    Returns
    -------
    str
        Of the text's table the first name that agrees, or ``"unknown"``.
    """
    ### BEGIN SOLUTION
    w, b, d = before
    p = logistic(x @ w + d)
    h = (u_h < p).astype(w.dtype)

    def changes(drives, positive):
        fantasy = (u_x < logistic(drives @ w.T + b)).astype(w.dtype)
        q = logistic(fantasy @ w + d)
        products = x.T @ positive - fantasy.T @ q
        return [
            part * lr / len(x) for part in (products, (x - fantasy).sum(0), (positive - q).sum(0))
        ]

    right = changes(h, p)
    rules = {
        "right": right,
        "reversed": [-part for part in right],
        "frozen": [right[0], 0 * b, 0 * d],
        "summed": [part * len(x) for part in right],
        "sampled": changes(h, h),
        "unsampled": changes(p, p),
    }
    for name, rule in rules.items():
        gaps = [np.abs(old + part - new).max() for old, part, new in zip(before, rule, after)]
        if max(gaps) <= tol:
            return name
    return "unknown"
    ### END SOLUTION


# %% [markdown]
# ## 9 One layer after another
#
# A machine that has learned turns images into features: the probabilities $\hat h$ of its hidden
# units. They can be the data of a *second* machine, and so on: a *deep belief net*, learned
# greedily from below, each layer to its end before the next one begins. What goes up is the
# probabilities, not samples, and they come from the machine *after* its training.
#
# Each update sees a *minibatch*: some rows of the data, as listed, and draws of its own for them.
#
# **By hand.** Two machines of one visible and one hidden unit, all parameters 0; x = 1, rate 1, one
# update each. The first, with $u_h = 0.3$ and $u_x = 0.7$, reconstructs 0 and becomes w = 0.5, b =
# 1, d = 0; up goes 0.6225. The second, with $u_h = 0.6$, $u_x = 0.2$, reconstructs 1 and becomes $w
# = -0.1888$, $b = -0.3775$, $d = 0$. On top stands 0.4707.


# %%
def dbn_pretrain(
    x: Array,
    layers: list[Rbm],
    batches: NDArray[np.integer],
    uniforms: list[tuple[Array, Array]],
    lr: float,
) -> tuple[list[Rbm], Array]:
    """Train a stack of machines from below, each by `cd1_update` on one minibatch after another.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        Data, visible units of the first machine.
    layers : list of tuple
        The machines before training, from below: (w, b, d) each, of shapes (V, H), (V,), (H,). The
        hidden units of one are as many as the visible units of the next.
    batches : ndarray of shape (S, B)
        S minibatches: the numbers of the B rows that update s looks at. The same for all machines.
    uniforms : list of tuple
        For each machine its draws, (u_h, u_x), of shapes (S, B, H) and (S, B, V): entry s belongs
        to update s.
    lr : float

    Returns
    -------
    layers : list of tuple
        The machines after training.
    top : ndarray of shape (N, H)
        The probabilities of the last machine's hidden units, for all of the data.

    References
    ----------
    Hinton, Osindero and Teh 2006, A fast learning algorithm for deep belief nets.
    """
    ### BEGIN SOLUTION
    trained = []
    for (w, b, d), draws in zip(layers, uniforms):
        for rows, u_h, u_x in zip(batches, *draws):
            w, b, d = cd1_update(x[rows], w, b, d, u_h, u_x, lr)
        trained.append((w, b, d))
        x = logistic(x @ w + d)
    return trained, x
    ### END SOLUTION


# %% [markdown]
# ## 10 The best flat code
#
# If a code may only be linear, k numbers $U^\top(x - \bar x)$, and the way back as well, the best
# subspace in the mean squared error is known since 1901: it is spanned by the k *principal
# components*, the directions in which the data vary most. The data are *centred* first: directions
# are counted from their mean, not from the origin.
#
# A subspace has many bases, and a single direction two signs. What does not depend on that is the
# *projector* $P = U U^\top$: the reconstruction of x is $\bar x + P(x - \bar x)$. A linear
# autoencoder with k hidden units, trained to its end, finds this *subspace*, this P, but in general
# not these axes.
#
# **By hand.** The points (0, 1), (4, 1), (2, 0), (2, 2) have the mean (2, 1); they vary by 2 along
# the first axis and by 0.5 along the second (means of squares). With k = 1, $P =
# \operatorname{diag}(1, 0)$ and the variances are (2). (Not centred, P would have no zero at all.)


# %%
def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    """Return the mean, the projector onto the first k principal components, and their variances.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Data. N may be smaller than D.
    k : int
        How many components, at least 1; the data vary in so many directions at least, and the k-th
        variance is larger than the next.

    Returns
    -------
    mean : ndarray of shape (D,)
    projector : ndarray of shape (D, D)
        Symmetric, of rank k. It acts on centred data.
    variances : ndarray of shape (k,)
        Of the data along the components, from the largest: means of squares, divided by N. All in
        the dtype of `x`.

    References
    ----------
    Pearson 1901, On lines and planes of closest fit to systems of points in space.
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    _, sizes, axes = np.linalg.svd(x - mean, full_matrices=False)
    return mean, axes[:k].T @ axes[:k], sizes[:k] ** 2 / len(x)
    ### END SOLUTION


# %% [markdown]
# ## 11 An autoencoder, and its way back
#
# The code need not be linear. An autoencoder has weights W (hidden × visible, as in dense layers)
# and W′ back:
#
# $$ h = \sigma(W x + b), \qquad y = \sigma(W' h + d), \qquad
# L = \frac12 \cdot \frac1N \sum_n \sum_i (y_{ni} - t_{ni})^2 $$
#
# With *tied* weights, $W' = W^\top$: then W stands in the net twice, and what it is to be changed
# by comes on two paths. The target t is usually x itself. A *denoising* autoencoder is shown an x
# with noise, pixels set to zero, say, and asked for the clean image: then t is not what went in.
#
# **By hand.** $W = (1, -1)$, tied, no biases, $x = t = (1, 0)$. The code is 0.7311, the output
# $(0.6750, 0.3250)$, $L = 0.1056$. For W, the way through the decoder gives $(-0.0521, 0.0521)$,
# that through the encoder $(-0.0280, 0)$: together $(-0.0801, 0.0521)$. For b $-0.0280$, for d
# $(-0.0713, 0.0713)$.


# %%
def autoencoder_backward(
    x: Array, target: Array, w: Array, b: Array, d: Array, w2: Array | None = None
) -> tuple[float, Array, Array, Array, Array | None]:
    """Return the loss of an autoencoder, and its gradients.

    Parameters
    ----------
    x : ndarray of shape (N, V)
        What goes in.
    target : ndarray of shape (N, V)
        What should come out.
    w : ndarray of shape (H, V)
        Weights of the encoder.
    b : ndarray of shape (H,)
    d : ndarray of shape (V,)
    w2 : ndarray of shape (V, H) or None
        Weights of the decoder. None: tied, the transpose of `w`.

    Returns
    -------
    loss : float
        Half the squared error, summed over units, averaged over samples.
    dw : ndarray of shape (H, V)
        Its gradient for `w`.
    db : ndarray of shape (H,)
    dd : ndarray of shape (V,)
    dw2 : ndarray of shape (V, H)
        Instead of it, None where the weights are tied. Gradients are in the dtype of `x`.

    References
    ----------
    Vincent, Larochelle, Lajoie, Bengio and Manzagol 2010, Stacked denoising autoencoders.
    """
    ### BEGIN SOLUTION
    back = w.T if w2 is None else w2
    h = logistic(x @ w.T + b)
    y = logistic(h @ back.T + d)
    gap = (y - target) / len(x)
    dz2 = gap * y * (1 - y)
    dz1 = dz2 @ back * h * (1 - h)
    dw, dw2 = dz1.T @ x, dz2.T @ h
    loss = float(np.sum((y - target) ** 2) / (2 * len(x)))
    if w2 is None:
        return loss, dw + dw2.T, dz1.sum(axis=0), dz2.sum(axis=0), None
    return loss, dw, dz1.sum(axis=0), dz2.sum(axis=0), dw2
    ### END SOLUTION


# %% [markdown]
# Here is the tool that checks a gradient. It is given, not graded; the next sections need it, too.
#
# ```python
# rng = np.random.default_rng(0)
# x, w, b, d = rng.random((4, 3)), rng.normal(size=(2, 3)), rng.normal(size=2), np.zeros(3)
# loss = lambda w: autoencoder_backward(x, x, w, b, d)[0]
# gradient_error(loss, w, autoencoder_backward(x, x, w, b, d)[1])
# ```


# %%
def gradient_error(
    f: Callable[[Array], float], x: Array, gradient: Array, h: float = 1e-5
) -> float:
    """Return the largest gap between a gradient of f at x and central differences.

    Relative to the largest entry of the two: about 1e-9 for a right gradient, 1e-2 for a wrong one.
    """
    found = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x, float), np.array(x, float)
        up[index] += h
        down[index] -= h
        found[index] = (f(up) - f(down)) / (2 * h)
    size = max(float(np.abs(found).max()), float(np.abs(gradient).max()), 1e-12)
    return float(np.abs(found - gradient).max()) / size


# %% [markdown]
# ## 12 Few at a time
#
# A code with more units than the data need can still be forced to say something: let each unit be
# *rarely* on. Its activity is the mean over the batch, $\hat\rho_j = \frac1N \sum_n h_{nj}$, and
# the penalty is how badly it is described by the wanted activity $\rho$,
#
# $$ \sum_j \mathrm{KL}(\rho \,\|\, \hat\rho_j) =
# \sum_j \rho \log\frac{\rho}{\hat\rho_j} + (1-\rho) \log\frac{1-\rho}{1-\hat\rho_j} $$
#
# Note which of the two stands first. Each entry of h moves its unit's mean a little: that is the
# gradient you need, to be added to what comes back through the decoder.
#
# **By hand.** One unit, $h = (0.1, 0.3)$, $\rho = 0.05$: $\hat\rho = 0.2$ and the penalty is
# 0.0939. Its gradient is 0.4688 for each of the two entries. (The other KL would be 0.1398.)


# %%
def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    """Return the penalty on activities that are not `rho`, and its gradient.

    Parameters
    ----------
    h : ndarray of shape (N, H)
        Codes, between 0 and 1, both excluded.
    rho : float
        The wanted activity of each unit, between 0 and 1.

    Returns
    -------
    penalty : float
        Summed over units; natural logarithms.
    dh : ndarray of shape (N, H)
        Its gradient for the codes, in the dtype of `h`.
    """
    ### BEGIN SOLUTION
    mean = h.mean(axis=0)
    penalty = np.sum(rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean)))
    slope = ((1 - rho) / (1 - mean) - rho / mean) / len(h)
    return float(penalty), np.broadcast_to(slope, h.shape).copy()
    ### END SOLUTION


# %% [markdown]
# ### Question `subspace_or_axes`
#
# A linear autoencoder with two hidden units was trained to its end on centred data, without any
# penalty. Its two columns of decoder weights are neither orthogonal nor ordered, and a second run
# gives two other columns. Did training fail? What of the result is the same in both runs and in
# PCA, and why can the loss not tell the solutions apart? What changes if the hidden units are
# sigmoid units?

# %% [markdown]
# ## 13 A memory with valleys
#
# The oldest energy model stores patterns instead of learning a distribution. Hopfield's units are
# $\pm 1$, all of them visible. P patterns of D units are stored by Hebb's rule, $W = \frac1D \sum_p
# s^{(p)} s^{(p)\top}$, but no unit is connected with itself: the diagonal is zero. The energy is
# $E(s) = -\frac12 s^\top W s$.
#
# To recall, start from a damaged pattern and visit the units one by one in a given order: each
# takes the sign of its field $\sum_j W_{ij} s_j$, computed from the state *as it is by now*; where
# the field is exactly zero, it stays as it was. E never rises.
#
# **By hand.** One pattern $(1, -1, 1, 1)$. Start at $(-1, -1, 1, 1)$, where $E = 0$. Visit unit 0:
# its field is 0.75, it turns to 1, and $E = -1.5$. (With the diagonal it would be $-2$; and a half
# forgotten makes it $-3$.) From $(-1, 1, 1, 1)$, visits of units 0 and 2 give the energies 0.5, 0,
# 0: unit 2 would have turned, had unit 0 not turned before it. And a field of zero: stored is
# $(1, 1, 1, 1, 1)$, and from $(-1, 1, 1, -1, -1)$ unit 0 stays $-1$, from $(1, 1, 1, -1, -1)$ it
# stays 1.


# %%
def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    """Let a state fall into a valley, one unit at a time, and note the energy on the way.

    Parameters
    ----------
    patterns : ndarray of shape (P, D)
        The stored patterns, of -1 and 1.
    start : ndarray of shape (D,)
        Where recall begins, of -1 and 1. It is not changed.
    order : ndarray of shape (S,)
        The numbers of the units to visit, from 0; one may come up several times, or never.

    Returns
    -------
    state : ndarray of shape (D,)
        After all visits. In the dtype of `start`.
    energies : ndarray of shape (S + 1,)
        Of the start, and after each visit.

    References
    ----------
    Hopfield 1982, Neural networks and physical systems with emergent collective computational
    abilities.
    """
    ### BEGIN SOLUTION
    w = patterns.T @ patterns  # D times the weights: whole numbers, so that a field can be zero
    np.fill_diagonal(w, 0)
    state, energies = start.copy(), [start @ w @ start]
    for unit in order:
        field = w[unit] @ state
        if field != 0:
            state[unit] = np.sign(field)
        energies.append(state @ w @ state)
    return state, np.array(energies, start.dtype) / (-2 * len(start))
    ### END SOLUTION


# %% [markdown]
# ## 14 The bound that a variational autoencoder climbs
#
# A *variational* autoencoder is an energy model and an autoencoder at once. Codes z come from a
# standard normal distribution of K numbers, and from a code comes an image: here, normal with mean
# $Wz + b$ and variance 1 in each of D pixels. What p(x) is, all codes considered, cannot be
# computed as soon as W is a deep net. But an encoder that answers x with a normal distribution q
# over codes, mean $\mu$ and variance $\sigma^2 = e^{\ell}$ in each entry, gives a lower *bound*,
# for any encoder:
#
# $$ \log p(x) \ge \underbrace{\mathbb E_{q}\, \log p(x \mid z)}_{\text{reconstruction}}
# - \underbrace{\mathrm{KL}(q \,\|\, \mathcal N(0, 1))}_{\text{cost of the code}}, \qquad
# \mathrm{KL} = \frac12 \sum_k \left(\mu_k^2 + \sigma_k^2 - \ell_k - 1\right) $$
#
# The expectation is estimated from draws. For its *gradient* the draws must not hide the
# parameters: write $z = \mu + \sigma \varepsilon$ with $\varepsilon$ standard normal and given, and
# z can be differentiated (the *reparametrisation*). The logarithm of the density has its constant
# too, $-\frac D2 \log 2\pi$.
#
# **By hand.** One pixel x = 1, one code, $W = 2$, $b = 0$, $\mu = 0.5$, $\sigma = 0.5$ (so $\ell =
# -1.3863$), one draw $\varepsilon = -0.4$: z = 0.3, the mean is 0.6, the reconstruction term
# $-0.9189 - 0.08 = -0.9989$, the KL 0.4431: the bound is estimated at $-1.4421$. Its gradient is
# 0.3 for $\mu$ and 0.295 for $\ell$. (Over all draws the bound is $-1.8621$; $\log p(x) =
# -1.8237$.)


# %%
def vae_elbo(
    x: Array, mu: Array, log_var: Array, w: Array, b: Array, eps: Array
) -> tuple[float, float, Array, Array]:
    """Return the two parts of the bound, and the bound's gradients for the encoder's answer.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Images.
    mu : ndarray of shape (N, K)
        The encoder's mean for each image.
    log_var : ndarray of shape (N, K)
        The logarithm of its *variance*.
    w : ndarray of shape (D, K)
        The decoder's weights: the mean of x given z is W z + b, the variance 1.
    b : ndarray of shape (D,)
    eps : ndarray of shape (L, N, K)
        Standard normal draws: L codes for each image, one at least.

    Returns
    -------
    reconstruction : float
        The mean of log p(x | z) over images and draws.
    kl : float
        The mean of the KL over images, summed over the code. The bound is reconstruction - kl.
    dmu : ndarray of shape (N, K)
        The bound's gradient for `mu`: uphill.
    dlog_var : ndarray of shape (N, K)
        The bound's gradient for `log_var`. Both in the dtype of `x`.

    References
    ----------
    Kingma and Welling 2014, Auto-encoding variational Bayes.
    """
    ### BEGIN SOLUTION
    sigma = np.exp(log_var / 2)
    gap = x - ((mu + sigma * eps) @ w.T + b)
    reconstruction = -np.sum(gap**2, axis=2).mean() / 2 - x.shape[1] * np.log(2 * np.pi) / 2
    kl = np.sum(mu**2 + sigma**2 - log_var - 1, axis=1).mean() / 2
    dz = gap @ w
    dmu = (dz.mean(axis=0) - mu) / len(x)
    dlog_var = ((dz * eps).mean(axis=0) * sigma - sigma**2 + 1) / (2 * len(x))
    return float(reconstruction), float(kl), dmu, dlog_var
    ### END SOLUTION


# %% [markdown]
# ## Figure
#
# Above: the table of a machine with two hidden units; how likely bars and stripes become, exactly,
# by one step, by ten, and by chains that persist; what single hidden units of a machine of digits
# look for; digits that such a machine dreams up. Below: a linear autoencoder on its way to PCA's
# subspace; the codes of two autoencoders, without and with a price on activity; how energies fall
# in a Hopfield net; the bound for different encoders.


# %%
def figure():
    """Draw probabilities, likelihoods, filters, dreams, a subspace, recalls and the bound."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["joint", "likelihood", "filters", "dreams"], ["subspace", "sparse", "recall", "bound"]],
        figsize=(19, 9),
        layout="constrained",
    )
    panels = {
        "joint": draw_joint,
        "likelihood": draw_likelihood,
        "filters": draw_filters,
        "dreams": draw_dreams,
        "subspace": draw_subspace,
        "sparse": draw_sparse,
        "recall": draw_recall,
        "bound": draw_bound,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def mosaic(rows, across):
    """Return square images as one picture, with lines of NaN between them."""
    side = round(rows.shape[1] ** 0.5)
    images = np.pad(rows.reshape(-1, side, side), ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    down = len(rows) // across
    tiles = images[: down * across].reshape(down, across, side + 1, side + 1)
    return tiles.transpose(0, 2, 1, 3).reshape(down * (side + 1), across * (side + 1))[:-1, :-1]


def show_tiles(ax, rows, across, title, cmap="gray_r", reach=None):
    """Show rows as images; `reach` makes the colours symmetric about zero."""
    limits = {"vmin": -reach, "vmax": reach} if reach else {"vmin": 0, "vmax": 1}
    ax.imshow(mosaic(rows, across), cmap=cmap, **limits)
    ax.set(title=title, xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def draw_joint(ax):
    """Draw p(x) of 16 states. To see: two of them take two thirds; the others are all as rare."""
    w = 3.0 * np.array([[1, -1], [1, -1], [-1, 1], [-1, 1]])
    joint, _ = rbm_joint(w, np.zeros(4), -3.0 * np.ones(2))
    names = ["".join(str(int(bit)) for bit in row) for row in binary_states(4)]
    bottom = np.zeros(16)
    colours = ("#cccccc", "#1f77b4", "#d62728", "#9467bd")
    for column, (hidden, colour) in enumerate(zip(("00", "01", "10", "11"), colours)):
        ax.bar(names, joint[:, column], bottom=bottom, color=colour, label=f"h = {hidden}")
        bottom = bottom + joint[:, column]
    ax.tick_params(axis="x", rotation=90)
    ax.set(
        title="A machine that likes 1100 or 0011", xlabel="state x", ylabel="p(x), parts: p(x, h)"
    )
    ax.legend(frameon=False)


def bars_and_stripes():
    """Return the 14 images of 3 x 3 pixels that have full rows only, or full columns only."""
    on = binary_states(3)
    rows, columns = np.repeat(on, 3, axis=1), np.tile(on, 3)
    return np.unique(np.concatenate([rows, columns]), axis=0)


def draw_likelihood(ax):
    """Draw exact likelihoods. To see: chains that persist reach in one step what else takes ten."""
    x, updates, size = bars_and_stripes(), 2000, 10
    ways = (("CD-1", 1, False, "#9ecae1"), ("CD-10", 10, False, "#2171b5"))
    for name, steps, persists, colour in (*ways, ("persistent, 1 step", 1, True, "#d62728")):
        for seed in range(2):
            rng = np.random.default_rng(seed)
            w, b, d = 0.1 * rng.normal(size=(9, size)), np.zeros(9), np.zeros(size)
            chain, curve = (rng.random((50, 9)) < 0.5) * 1.0, []
            for update in range(updates + 1):
                if update % 100 == 0:
                    _, log_z = rbm_joint(w, b, d)
                    curve.append(np.mean(-rbm_free_energy(x, w, b, d)) - log_z)
                start = chain if persists else x
                u_h, u_x = (rng.random((steps, len(start), n)) for n in (size, 9))
                rate = 0.2 * (1 - update / (updates + 1))
                w, b, d, chain = persistent_cd_update(x, start, w, b, d, u_h, u_x, rate)
            label = None if seed else name
            ax.plot(np.arange(0, updates + 1, 100), curve, color=colour, lw=1.2, label=label)
    ax.axhline(-np.log(14), color="k", ls=":", lw=1)
    ax.set(title="Bars and stripes: exact likelihood", xlabel="update")
    ax.set(ylabel="mean log p(x) (dotted: all there is)", ylim=(-6.4, -2.4))
    ax.legend(frameon=False, loc="lower right")


def digit_machine(updates=2000, size=64, batch=20):
    """Return a machine of digits, trained by one step of contrastive divergence."""
    from autograder.data import digits

    rng, x = np.random.default_rng(1), digits(test=0.0)["x_train"]
    w, b, d = 0.05 * rng.normal(size=(64, size)), log_odds(x), np.zeros(size)
    for update in range(updates):
        rows = rng.integers(0, len(x), batch)
        rate = 0.3 * (1 - update / updates)
        draws = rng.random((batch, size)), rng.random((batch, 64))
        w, b, d = cd1_update(x[rows], w, b, d, *draws, rate)
    return x, (w, b, d)


def log_odds(x):
    """Return biases that give each visible unit its mean."""
    mean = (x.mean(axis=0) + 0.01) / 1.02
    return np.log(mean / (1 - mean))


def draw_filters(ax):
    """Draw weights of hidden units. To see: strokes and their ends, not whole digits."""
    _, (w, *_) = digit_machine()
    strongest = np.argsort(-np.abs(w).max(axis=0))[:36]
    title = "A column of W for each of 36 hidden units (red: on)"
    show_tiles(ax, w.T[strongest], 6, title, "RdBu_r", 3.0)


def draw_dreams(ax):
    """Draw pixels along chains. To see: digits, and digits that turn into others."""
    x, (w, b, d) = digit_machine()
    rng = np.random.default_rng(4)
    state, shown = x[:6], []
    for step in range(251):
        if step % 50 == 0:
            shown.append(state)
        p_h, _ = rbm_conditionals(state, np.zeros((6, len(d))), w, b, d)
        h = (rng.random(p_h.shape) < p_h) * 1.0
        _, state = rbm_conditionals(state, h, w, b, d)
    show_tiles(ax, np.concatenate(shown), 6, "Six chains from digits (top), every 50 steps")


def draw_subspace(ax):
    """Draw a linear autoencoder's distances. To see: the plane is found, its axes are not."""
    from autograder.data import digits

    x = digits(test=0.0)["x_train"]
    mean, projector, _ = pca(x, 2)
    _, first, _ = pca(x, 1)
    x, rng = x - mean, np.random.default_rng(2)
    code, back, planes, axes = *(0.1 * rng.normal(size=(2, 2, 64))), [], []
    for step in range(4001):
        if step % 40 == 0:
            basis = np.linalg.qr(back.T)[0]
            planes.append(np.linalg.norm(basis @ basis.T - projector))
            axis = back[:1].T @ back[:1] / np.sum(back[0] ** 2)
            axes.append(np.linalg.norm(axis - first))
        z = x @ code.T
        gap = (z @ back - x) / len(x)
        code, back = code - 0.1 * (gap @ back.T).T @ x, back - 0.1 * z.T @ gap
    steps = np.arange(0, 4001, 40)
    ax.plot(steps, planes, color="#1f77b4", label="its plane to PCA's plane")
    ax.plot(steps, axes, color="#d62728", label="its first axis to PCA's first axis")
    ax.set(title="A linear autoencoder learns", xlabel="step of gradient descent")
    ax.set(ylabel="distance of projectors (Frobenius)", yscale="log", ylim=(1e-5, 5))
    ax.legend(frameon=False, loc="lower left")


def draw_sparse(ax):
    """Draw two autoencoders' codes. To see: with a price, few units answer a digit."""
    from autograder.data import digits

    x = digits(test=0.0)["x_train"][:600]
    for price, colour in ((0.0, "#888888"), (0.3, "#d62728")):
        rng = np.random.default_rng(3)
        w, b, d = 0.1 * rng.normal(size=(64, 64)), np.zeros(64), log_odds(x)
        speed = [0.0, 0.0, 0.0]
        for _ in range(400):
            _, *moves, _ = autoencoder_backward(x, x, w, b, d)
            h = logistic(x @ w.T + b)
            dz = price * sparse_penalty(h, 0.05)[1] * h * (1 - h)
            moves = [moves[0] + dz.T @ x, moves[1] + dz.sum(axis=0), moves[2]]
            speed = [0.9 * v - 0.1 * move for v, move in zip(speed, moves)]
            w, b, d = (part + v for part, v in zip((w, b, d), speed))
        loss, *_ = autoencoder_backward(x, x, w, b, d)
        ranked = -np.sort(-logistic(x @ w.T + b), axis=1)
        label = f"price {price:g}: loss {loss:.2f}"
        ax.plot(np.arange(1, 65), ranked.mean(axis=0), color=colour, label=label)
        ax.fill_between(
            np.arange(1, 65), *np.quantile(ranked, (0.1, 0.9), axis=0), color=colour, alpha=0.2
        )
    ax.set(title="Codes of 64 units, for digits", xlabel="units of one code, most active first")
    ax.set(ylabel="activity (mean, and middle 80% of digits)", ylim=(0, 1))
    ax.legend(frameon=False)


def draw_recall(ax):
    """Draw energies in recall. To see: three memories come back, twelve spoil each other."""
    from autograder.data import digits

    data = digits(test=0.0)
    rng = np.random.default_rng(0)
    firsts = [np.flatnonzero(data["y_train"] == k)[:2] for k in range(10)]
    stored = np.where(data["x_train"][np.transpose(firsts).ravel()] > 0.5, 1.0, -1.0)
    for count, colour in ((3, "#1f77b4"), (12, "#d62728")):
        back = []
        for k in range(3):
            start = np.where(rng.random(64) < 0.2, -stored[k], stored[k])
            order = np.concatenate([rng.permutation(64) for _ in range(3)])
            state, energies = hopfield_recall(stored[:count], start, order)
            back.append(np.mean(state == stored[k]))
            ax.plot(energies, color=colour, lw=1.2)
        label = f"{count} stored: {100 * np.mean(back):.0f}% of pixels come back"
        ax.plot([], [], color=colour, label=label)
    ax.set(title="Recall of digits with a fifth of their pixels turned", xlabel="visit of a unit")
    ax.set(ylabel="energy")
    ax.legend(frameon=False)


def draw_bound(ax):
    """Draw the bound. To see: below log p(x) for all encoders, touching it for the true one."""
    one, w, b = np.ones((1, 1)), np.full((1, 1), 2.0), np.zeros(1)
    eps = np.random.default_rng(0).normal(size=(20_000, 1, 1))
    variances = np.geomspace(0.02, 2, 40)
    for mu, colour in ((0.4, "#1f77b4"), (0.7, "#2ca02c"), (0.0, "#ff7f0e")):
        bounds = []
        for variance in variances:
            log_var = np.full((1, 1), np.log(variance))
            parts = vae_elbo(one, np.full((1, 1), mu), log_var, w, b, eps)
            bounds.append(parts[0] - parts[1])
        ax.plot(variances, bounds, color=colour, label=rf"$\mu$ = {mu:g}")
    ax.axhline(-0.5 * np.log(2 * np.pi * 5) - 0.1, color="k", ls=":", lw=1)
    ax.axvline(0.2, color="#888888", ls=":", lw=1)
    ax.set(title="The bound for x = 1, from 20,000 draws", xscale="log", ylim=(-6, -1.5))
    ax.set(xlabel=r"the encoder's variance $\sigma^2$ (grey: the posterior's)")
    ax.set(ylabel="reconstruction - KL (dotted: log p(x))")
    ax.legend(frameon=False, loc="lower left")


# %% [markdown]
# ## Capstone: many digits, few names
#
# A deep net of four layers of 100 sigmoid units has 1,200 digits to look at, and knows the names of
# only 20, 50 or 200 of them. With `dbn_pretrain` it learns four machines from below, of all the
# digits and no name. Probabilities go up; but as the units are binary, each epoch shows a machine a
# fresh sample of them. Then a softmax layer is put on top and the *whole* net is trained on the
# named digits: W and d of each machine become a layer (b has done its work). That is called
# *fine-tuning*. Beside it: the same net from random weights, and no hidden layers at all. Rates,
# and for random weights their scale too, are chosen from a small grid on 200 other digits over two
# starts; then six new starts, each with names of its own, measured on the remaining 397.
#
# The target: with 50 names, the pretrained net beats the same net from random weights by more than
# twice the standard error of the paired differences. Before you run it: with how many names will
# pretraining no longer pay?

# %%
NAMED = (20, 50, 200)
RATES = (0.05, 0.15, 0.5)
GRID = {
    "pretrained": [(rate, 1.0) for rate in RATES],
    "random": [(rate, scale) for rate in RATES for scale in (1.0, 4.0)],
    "shallow": [(rate, 1.0) for rate in RATES],
}


def capstone():
    """Compare a deep net that has seen unnamed digits with one that has not, by fair rules."""
    from autograder.rewards import track

    (x, y), validation, test = digit_parts()
    tries = [(seed, unnamed_layers(x, seed)) for seed in (100, 101)]
    chosen = {}
    for count in NAMED:
        for way, grid in GRID.items():
            scores = [
                np.mean([tried(way, count, x, y, validation, point, *t) for t in tries])
                for point in grid
            ]
            chosen[way, count] = grid[int(np.argmax(scores))]
    runs = {key: [] for key in chosen}
    for seed, say in track(range(6), "six starts"):
        layers = unnamed_layers(x, seed)
        for (way, count), point in chosen.items():
            runs[way, count].append(tried(way, count, x, y, test, point, seed, layers))
        say(pretrained=runs["pretrained", 50][-1], random=runs["random", 50][-1])
    gains = {}
    for count in NAMED:
        gap = np.subtract(runs["pretrained", count], runs["random", count])
        gains[count] = float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(len(gap)))
    return {
        **{f"accuracy_{way}_{count}": float(np.mean(v)) for (way, count), v in runs.items()},
        **{
            f"gain_with_{n}": f"{gain:.3f}, error {error:.3f}" for n, (gain, error) in gains.items()
        },
        "target_reached": gains[50][0] > 2 * gains[50][1],
        "figure": draw_results(runs),
    }


def digit_parts():
    """Return digits to learn from, to choose rates by, and to measure on."""
    from autograder.data import digits

    data = digits(test=0.0)
    order = np.random.default_rng(7).permutation(len(data["x_train"]))
    x, y = data["x_train"][order], data["y_train"][order]
    return (x[:1200], y[:1200]), (x[1200:1400], y[1200:1400]), (x[1400:], y[1400:])


def unnamed_layers(x, seed, sizes=(100, 100, 100, 100), epochs=30, batch=20):
    """Return four machines, learned from below; the rate falls to zero over the epochs."""
    rng, layers = np.random.default_rng(seed), []
    for size in sizes:
        w = 0.05 * rng.normal(size=(x.shape[1], size))
        layer = [(w, log_odds(x), np.zeros(size))]
        for epoch in range(epochs):
            batches = rng.permutation(len(x)).reshape(-1, batch)
            draws = [tuple(rng.random((*batches.shape, n)) for n in (size, x.shape[1]))]
            sample = (rng.random(x.shape) < x) * 1.0
            layer, _ = dbn_pretrain(sample, layer, batches, draws, 0.5 * (1 - epoch / epochs))
        layers = layers + layer
        x = logistic(x @ layer[0][0] + layer[0][2])
    return layers


def random_layers(rng, scale, sizes=(64, 100, 100, 100, 100)):
    """Return random weights: uniform, Glorot's range times a scale (4 is his for sigmoid units)."""
    layers = []
    for n, m in pairwise(sizes):
        reach = scale * np.sqrt(6 / (n + m))
        layers.append((rng.uniform(-reach, reach, (n, m)), np.zeros(n), np.zeros(m)))
    return layers


def tried(way, count, x, y, test, point, seed, layers):
    """Return the accuracy on test digits after fine-tuning on some named ones."""
    rng = np.random.default_rng(1000 + seed)
    named = rng.permutation(len(x))[:count]
    rate, scale = point
    start = {"pretrained": layers, "random": random_layers(rng, scale), "shallow": []}[way]
    net = [part for w, _, d in start for part in (w, d)]
    width = net[-1].size if net else x.shape[1]
    net += [0.01 * rng.normal(size=(width, 10)), np.zeros(10)]
    net = fine_tune(net, x[named], np.eye(10)[y[named]], rate)
    return float(np.mean(forward(net, test[0])[-1].argmax(axis=1) == test[1]))


def forward(net, x):
    """Return the activities of all layers, x first and scores last."""
    layers = [x]
    for w, d in zip(net[:-2:2], net[1:-2:2]):
        layers.append(logistic(layers[-1] @ w + d))
    return [*layers, layers[-1] @ net[-2] + net[-1]]


def fine_tune(net, x, targets, rate, steps=150, momentum=0.9):
    """Train the whole net by gradient descent with momentum on the mean cross-entropy."""
    speed = [np.zeros_like(part) for part in net]
    for _ in range(steps):
        *layers, scores = forward(net, x)
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        back = (e / e.sum(axis=1, keepdims=True) - targets) / len(x)
        moves = []
        for level in range(len(layers) - 1, -1, -1):
            moves = [layers[level].T @ back, back.sum(axis=0), *moves]
            back = back @ net[2 * level].T * layers[level] * (1 - layers[level])
        speed = [momentum * v - rate * move for v, move in zip(speed, moves)]
        net = [part + v for part, v in zip(net, speed)]
    return net


def draw_results(runs):
    """Draw accuracy by names known. To see: what the unnamed digits are worth, and until when."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
    for way, colour in (("pretrained", "#1f77b4"), ("random", "#d62728"), ("shallow", "#888888")):
        values = 100 * np.array([runs[way, count] for count in NAMED])
        ax.plot(NAMED, values, "o", ms=4, alpha=0.4, color=colour)
        ax.plot(NAMED, values.mean(axis=1), "-", color=colour, label=way)
    ax.set(xscale="log", xlabel="digits with a name", ylabel="unseen digits right (%)")
    ax.set_xticks(NAMED, [str(count) for count in NAMED])
    ax.minorticks_off()
    ax.set(title="Four layers: a dot for each of six starts, lines: means")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="lower right")
    return fig


# %% [markdown]
# ### Question `what_the_unnamed_digits_gave`
#
# Read the table and the picture of your own capstone. How much do the digits without names give,
# with how many names, and how do you know that it is not luck? Why does the net without hidden
# layers stand in the table? A colleague compares with random weights at a single rate, of a single
# scale, and reports twice your gain: what do you answer? And why do larger collections of named
# data, and better random weights, leave less for pretraining to do?


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
