# %% [markdown]
# # Regularization: learning what generalizes
#
# *Chapter 11 · Unit III: training deep networks*
#
# A net with a hundred thousand weights can learn a thousand digits by heart, and it does: the
# training error goes to zero and keeps quiet about the rest. What you want to know is how it does
# on digits that it has *not* seen. Everything in this chapter gives up something in training to
# gain something there:
#
# ```text
#   make weights pay            L1, L2, elastic net, decoupled decay, max-norm
#   take parts away             pruning, dropout, stochastic depth
#   stop in time                early stopping
#   show more than there is     mixup, smoothed labels, augmentation
#
#   validation error   \            _/    <- stop here: at the bottom, not at the end
#                        \____.__--
#   training error     \__
#                          ----____________
# ```
#
# You write each of them, find out from their traces which one is at work, and at the end train one
# small net on 150 digits, some of
# them mislabelled, with each, by the same rules for all.

# %%
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]

# %% [markdown]
# ## 1 Bias and variance
#
# Draw R training sets from the same source and fit the same model to each. At a point $x_n$ the
# fits answer $f_1(x_n), \dots, f_R(x_n)$, with the mean $\bar f(x_n)$; the truth there is $t_n$,
# and what one can measure is the truth plus noise of variance $\sigma^2$. Then the expected squared
# error on new measurements is a sum of three terms that have nothing to do with each other:
#
# $$ \underbrace{\frac1N\sum_n (\bar f(x_n) - t_n)^2}_{\text{bias}^2} +
#    \underbrace{\frac1{NR}\sum_{n,r} (f_r(x_n) - \bar f(x_n))^2}_{\text{variance}} +
#    \underbrace{\sigma^2}_{\text{noise}} $$
#
# The bias is what all fits get wrong together; the variance is what they get wrong each in its own
# way; the noise nobody can help. A regularizer buys less variance with some bias.
#
# **By hand.** Two fits at two points, $f_1 = (1, 3)$ and $f_2 = (3, 3)$, truth $(0, 2)$, noise 0.5:
# the mean is $(2, 3)$, bias² $(2^2 + 1^2)/2 = 2.5$, variance $(1 + 0)/2 = 0.5$, total 3.5.
# (Dividing by R − 1 gives a variance of 1; then the terms no longer add up.)


# %%
def bias_variance(
    predictions: Array, truth: Array, noise: float = 0.0
) -> tuple[float, float, float]:
    """Split the expected squared error of a model into bias and variance.

    All averages are plain means over points and fits (divided by N and by R, never by R - 1), so
    that bias, variance and noise add up to the total exactly. With one fit, the variance is 0.

    Parameters
    ----------
    predictions : ndarray of shape (R, N)
        Answers of R fits, each from a training set of its own, at the same N points.
    truth : ndarray of shape (N,)
        The true values there, without noise.
    noise : float
        Variance of the noise in new measurements.

    Returns
    -------
    bias : float
        The mean *squared* bias.
    variance : float
    total : float
        The expected squared error on new, noisy measurements.

    References
    ----------
    Geman, Bienenstock and Doursat 1992, Neural networks and the bias/variance dilemma.
    """
    ### BEGIN SOLUTION
    mean = predictions.mean(axis=0)
    bias = float(np.mean((mean - truth) ** 2))
    variance = float(np.mean((predictions - mean) ** 2))
    return bias, variance, bias + variance + noise
    ### END SOLUTION


# %% [markdown]
# ## 2 Weights that cost something
#
# Add to the loss of m samples a price for weights, and training will use none that do not pay:
#
# $$ R(w) = \frac{\lambda_1}{2m} \sum_i |w_i| + \frac{\lambda_2}{2m} \sum_i w_i^2 $$
#
# With $\lambda_2 = 0$ it is the L1 penalty (*lasso*), with $\lambda_1 = 0$ the L2 penalty
# (*ridge*), with both the *elastic net*. The two pull differently: L2 in proportion to the weight,
# so that it never quite arrives at zero; L1 with the same force however small the weight is, so
# that it does. The corner of $|w|$ at 0 has no derivative; take 0 there.
#
# Biases go free. They do not multiply the input, so a large one makes no function wilder.
#
# The same penalty is written as $\lambda\|w\|^2$, as $\frac12\lambda\|w\|^2$ or with the number of
# samples, as here; compare a $\lambda$ from elsewhere only after you know which.
#
# **By hand.** $w = (3, -1, 0)$, bias 5, $\lambda_1 = 4$, $\lambda_2 = 2$, $m = 2$: the penalty is
# $1 \cdot 4 + 0.5 \cdot 10 = 9$ and its gradient $(4, -2, 0)$ for the weights, 0 for the bias.


# %%
def elastic_penalty(layers: Layers, l1: float, l2: float, m: int) -> tuple[float, Layers]:
    """Return the elastic-net penalty of a whole net, and its gradient.

    The penalty is that of the text, ``l1 / (2 m)`` times the sum of all ``|w|`` plus ``l2 / (2 m)``
    times the sum of all ``w ** 2``, over the weights of all layers. Biases are not penalised: their
    gradient is zero. The derivative of ``|w|`` at 0 is taken as 0.

    Parameters
    ----------
    layers : list of (ndarray of shape (out, in), ndarray of shape (out,))
        Weights and biases of each layer.
    l1, l2 : float
        Strengths of the two penalties.
    m : int
        Samples in the training set.

    Returns
    -------
    penalty : float
    gradients : list of (ndarray of shape (out, in), ndarray of shape (out,))
        Gradients by the weights and the biases of each layer, in their dtype.

    References
    ----------
    Zou and Hastie 2005, Regularization and variable selection via the elastic net.
    """
    ### BEGIN SOLUTION
    penalty, gradients = 0.0, []
    for w, b in layers:
        penalty += float(l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2)) / (2 * m)
        gradients.append(((l1 * np.sign(w) / 2 + l2 * w) / m, np.zeros_like(b)))
    return penalty, gradients
    ### END SOLUTION


# %% [markdown]
# Here is your first gradient, so here is the tool that checks one: it nudges every entry by $\pm h$
# and compares. Keep it at hand for the rest of the chapter; it is given, not graded.
#
# ```python
# w, b = np.random.default_rng(0).normal(size=(2, 3)), np.zeros(2)
# gradient_error(lambda w: elastic_penalty([(w, b)], 1.0, 2.0, 10)[0], w,
#                elastic_penalty([(w, b)], 1.0, 2.0, 10)[1][0][0])        # about 1e-10
# ```
#
# (At a corner, such as $|w|$ at 0, it must disagree: there is no derivative to agree with.)


# %%
def gradient_error(f, x: Array, gradient: Array, h: float = 1e-5) -> float:
    """Return the largest gap between a gradient of f at x and central differences.

    Relative to the largest entry of the two: about 1e-9 for a right gradient, 1e-2 for a wrong one.
    """
    slopes = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x, float), np.array(x, float)
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    size = max(float(np.abs(slopes).max()), float(np.abs(gradient).max()), 1e-12)
    return float(np.abs(slopes - gradient).max()) / size


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already: after these two
# exercises, the bias and the variance of a net whose width passes the number of its training
# samples, and the ways that two weights take under L1 and under L2. The first holds a surprise.

# %% [markdown]
# ## 3 Whose footprints are these?
#
# A colleague trained with the data switched off, so that nothing moved the weights but the
# regularizer, and noted them after each step of gradient descent with the rate $\eta$. Four
# candidates:
#
# | name | what one step does to $w$ | strength |
# |---|---|---|
# | `"none"` | nothing | 0 |
# | `"l1"` | each weight comes nearer to 0 by $\eta\lambda$; at 0 it stays | $\lambda$ |
# | `"l2"` | $w \leftarrow w - \eta\lambda w$ | $\lambda$ |
# | `"max-norm"` | if $\lVert w \rVert > r$: $w \leftarrow w\, r / \lVert w \rVert$ | $r$ |
#
# **By hand.** With $\eta = 0.1$, $(4, -1, 0.05) \to (3.8, -0.8, 0) \to (3.6, -0.6, 0)$ is L1 with
# $\lambda = 2$. Mind the third weight: what it lost in the first step is less than $\eta\lambda$.
# $(4, -1) \to (3.2, -0.8) \to (2.56, -0.64)$ is L2 with $\lambda = 2$;
# $(4, -3) \to (3.2, -2.4) \to (3.2, -2.4)$ begins in the same way.


# %%
def which_penalty(path: Array, lr: float) -> tuple[str, float]:
    """Tell from the weights after each step which regularizer moved them, and how strong it is.

    Exactly one of the four rules of the text made all the steps, up to rounding. The path has at
    least two steps and at least two weights of different size, none of them 0 at the start; if the
    rule is L1, at least one weight is still away from 0 after the first step; if it is max-norm,
    the first step shortens the weights. No step of L2 takes a weight to 0 or beyond.

    Parameters
    ----------
    path : ndarray of shape (T, D)
        The D weights at the start and after each of T - 1 steps.
    lr : float
        The learning rate.

    Returns
    -------
    name : str
        ``"none"``, ``"l1"``, ``"l2"`` or ``"max-norm"``.
    strength : float
        lambda of the two penalties, r of max-norm, 0 of none.
    """
    ### BEGIN SOLUTION
    size = np.abs(path)
    lost = size[0] - size[1]
    if np.allclose(lost, 0):
        return "none", 0.0
    if np.allclose(size[1], size[2]):
        return "max-norm", float(np.linalg.norm(path[1]))
    share = lost / size[0]
    if np.allclose(share, share[0], rtol=1e-3):
        return "l2", float(share[0] / lr)
    return "l1", float(lost.max() / lr)
    ### END SOLUTION


# %% [markdown]
# ## 4 What else happens in a step
#
# In plain gradient descent it makes no difference whether L2 stands in the loss or the weights are
# made smaller by hand after each step. In Adam it does: there the penalty's gradient is divided by
# the root of its own average like any other, and weights with large gradients hardly decay.
# *Decoupled* decay (AdamW) therefore leaves the gradient alone and takes a share of the old weights
# off beside the optimizer's own step $\Delta$ (whatever the optimizer subtracts; the rate is in it
# already):
#
# $$ w \leftarrow w - \Delta - \eta\lambda\, w $$
#
# Two more things are done to the weights themselves, after it and in this order. A **mask** holds
# pruned weights at zero: what came back is set to zero again. **Max-norm** keeps each neuron's
# weight vector, a *row* of w, within a ball: a row longer than r is shortened to the length r, any
# other stays as it is.
#
# **By hand.** $w = (4, -2)$, $\Delta = (1, 0)$, $\eta = 0.5$, $\lambda = 0.2$: the decay is a tenth
# of the *old* weights, $(4, -2) - (1, 0) - (0.4, -0.2) = (2.6, -1.8)$. With the mask (1, 0):
# $(2.6, 0)$. With $r = 2$ as well: $(2, 0)$. (Max-norm before the mask would give 1.644.)


# %%
def constrained_step(
    w: Array,
    update: Array,
    lr: float,
    decay: float = 0.0,
    mask: NDArray[np.bool_] | None = None,
    r: float = np.inf,
) -> Array:
    """Make an optimizer's step with decoupled decay, hold pruned weights, and bound each neuron.

    Parameters
    ----------
    w : ndarray of shape (out, in)
        The old weights, a neuron in each row.
    update : ndarray of shape (out, in)
        What the optimizer subtracts; its learning rate is in it already.
    lr : float
        The learning rate, for the decay.
    decay : float
        The share of the old weights that is taken off at a rate of 1.
    mask : ndarray of bool of shape (out, in), or None
        True where a weight is kept; the others are zero after the step. None: all are kept.
    r : float
        The greatest Euclidean length of a row after the step; rows that are not longer are not
        changed by it, rows of zeros included.

    Returns
    -------
    ndarray of shape (out, in)
        The new weights, in the dtype of `w`.

    References
    ----------
    Loshchilov and Hutter 2019, Decoupled weight decay regularization; Srivastava, Hinton,
    Krizhevsky, Sutskever and Salakhutdinov 2014, Dropout (max-norm).
    """
    ### BEGIN SOLUTION
    new = w - update - lr * decay * w
    if mask is not None:
        new = np.where(mask, new, 0).astype(w.dtype)
    length = np.linalg.norm(new, axis=1, keepdims=True)
    return new * np.where(length > r, r / np.maximum(length, 1e-30), 1).astype(w.dtype)
    ### END SOLUTION


# %% [markdown]
# ## 5 Pruning
#
# Train a net, throw the smallest weights away, and train on: nine out of ten weights can often go
# without a trace. How small is small? *Global* magnitude pruning looks at all layers together: of
# all n weights of the net, the $\lfloor s n \rceil$ (rounded) with the smallest magnitude go. A
# layer that does not need its weights then loses more of them than another.
#
# **By hand.** Layers $(0.5, -0.1)$ and $(2, 0.1, -3, 0.2)$, $s = 0.5$: three of the six go, the two
# 0.1 and the 0.2. At $s = 1/6$ one goes, and two are the smallest: the one that comes first, the
# $-0.1$ of the first layer.


# %%
def magnitude_prune(weights: list[Array], sparsity: float) -> list[NDArray[np.bool_]]:
    """Return masks that prune the given share of all weights, those of smallest magnitude.

    Of the n weights of all layers together, ``sparsity`` times n, rounded to the nearest integer
    (never asked of a half), are pruned. Of equal magnitudes the first is pruned first: those of an
    earlier layer, and within a layer those that come earlier row by row.

    Parameters
    ----------
    weights : list of ndarray of shape (...)
        The weights of each layer, of any shapes.
    sparsity : float
        The share that is to be zero, from 0 to 1.

    Returns
    -------
    list of ndarray of bool of shape (...)
        In the shapes of the weights: True where a weight is kept.

    References
    ----------
    Han, Pool, Tran and Dally 2015, Learning both weights and connections for efficient neural
    networks.
    """
    ### BEGIN SOLUTION
    sizes = np.concatenate([np.abs(w).ravel() for w in weights])
    kept = np.ones(sizes.size, dtype=bool)
    kept[np.argsort(sizes, kind="stable")[: round(sparsity * sizes.size)]] = False
    ends = np.cumsum([w.size for w in weights])[:-1]
    return [part.reshape(w.shape) for part, w in zip(np.split(kept, ends), weights)]
    ### END SOLUTION


# %% [markdown]
# ## 6 Dropout
#
# In each training step, each unit is switched off with probability p. No unit can count on another
# one to correct it, so none gets away with a detail that helps only together with three others. The
# units that stay are made larger by $1/(1-p)$ right away (*inverted* dropout), so that the mean of
# what the next layer receives does not change, and nothing is left to do at test time:
#
# $$ y = \frac{k \odot x}{1-p}, \qquad
#    k_i = \begin{cases} 1 & u_i \ge p \\ 0 & u_i < p \end{cases} $$
#
# with $u_i$ uniform on $[0, 1)$, one for each entry, and drawn for you here. What goes forward
# through a mask comes back through the same mask: with $k$ fixed, dropout is linear in x.
#
# Here p is the probability of *dropping* (PyTorch, Keras). The paper's p is that of keeping, and
# the paper scales at test time.
#
# **By hand.** $p = 0.75$, $x = (1, 2, 3)$, $u = (0.8, 0.2, 0.75)$: kept are the first and the last,
# $y = (4, 0, 12)$. For the incoming gradient $(1, 1, 1)$: $(4, 0, 4)$.


# %%
def dropout(x: Array, dy: Array, u: Array, p: float, training: bool = True) -> tuple[Array, Array]:
    """Apply inverted dropout, and carry a gradient back through it.

    An entry is kept if its draw is at least p. Kept entries are divided by the probability of being
    kept. With p = 1 everything is dropped, and the results are zeros. At test time, input and
    gradient pass unchanged, as new arrays.

    Parameters
    ----------
    x : ndarray of shape (...)
        Activations, of any shape.
    dy : ndarray of shape (...)
        Gradient of the loss with respect to the output, in the shape of `x`.
    u : ndarray of shape (...)
        Uniform draws from [0, 1), one for each entry of `x`.
    p : float
        Probability of dropping, from 0 to 1.
    training : bool
        False: at test time.

    Returns
    -------
    y : ndarray of shape (...)
        The output.
    dx : ndarray of shape (...)
        Gradient of the loss with respect to `x`. Both in the dtype of `x`.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, Dropout: a simple way to
    prevent neural networks from overfitting.
    """
    ### BEGIN SOLUTION
    if not training or p == 0:
        return x.copy(), dy.copy()
    scale = 0.0 if p == 1 else 1 / (1 - p)
    factor = np.where(u >= p, scale, 0).astype(x.dtype)
    return x * factor, dy * factor
    ### END SOLUTION


# %% [markdown]
# ### Question `where_does_dropout_stand`
#
# A student puts dropout with p = 0.5 on the *outputs* of a classifier, right before the softmax,
# "since that is where it decides". Another one puts it on the input pixels with p = 0.5, a third
# one behind each of the hidden layers but leaves it on when measuring the training error after each
# epoch. What happens in each case, and how would one notice it in the curves of training and
# validation loss?

# %% [markdown]
# ## 7 A layer under suspicion
#
# Six ways to write a dropout layer are in use, and not all of them are right. You cannot see the
# code, but you may try it: here is a batch x, what the layer made of it in training, and what it
# makes of the same batch at test time.
#
# | name | in training | at test time | right? |
# |---|---|---|---|
# | `"inverted"` | $k \odot x / (1-p)$ | $x$ | yes |
# | `"original"` | $k \odot x$ | $(1-p)\,x$ | yes: the paper's |
# | `"never-scaled"` | $k \odot x$ | $x$ | no |
# | `"scaled-twice"` | $k \odot x / (1-p)$ | $(1-p)\,x$ | no |
# | `"left-on"` | $k \odot x / (1-p)$ | $k' \odot x / (1-p)$ | no: still dropping |
# | `"one-mask"` | $k \odot x / (1-p)$, one $k$ for all samples | $x$ | no |
#
# **By hand.** One row of each: $x = (1, 2, 4, 8)$, training $(2, 0, 8, 0)$, test $(1, 2, 4, 8)$ is
# inverted dropout with $p = 0.5$, unless all rows have the same holes; test $(0.5, 1, 2, 4)$
# is scaled twice.


# %%
def dropout_fault(x: Array, train: Array, test: Array) -> tuple[str, float]:
    """Tell from what a dropout layer does which of the six ways of the text it is, and its p.

    No entry of `x` is 0. In training exactly the share p of all entries is dropped (and at test
    time, if dropping goes on), with 0 < p < 1. Two samples at least have different holes, unless
    one mask serves all samples.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs, at least two.
    train : ndarray of shape (N, D)
        What the layer gives in training.
    test : ndarray of shape (N, D)
        What it gives for the same inputs at test time.

    Returns
    -------
    name : str
        One of the names of the text's table.
    p : float
        The probability of dropping.
    """
    ### BEGIN SOLUTION
    p = float(np.mean(train == 0))
    kept = train != 0
    scaled = not np.allclose(train[kept], x[kept])
    if np.any(test == 0):
        return "left-on", p
    if np.all(kept == kept[0]):
        return "one-mask", p
    shrunk = not np.allclose(test, x)
    if scaled:
        return "scaled-twice" if shrunk else "inverted", p
    return "original" if shrunk else "never-scaled", p
    ### END SOLUTION


# %% [markdown]
# ## 8 Asking a net how sure it is
#
# Leave dropout on at test time *on purpose*, ask T times, and look at how far the answers are
# apart: where the net has seen data they agree, elsewhere they do not (Gal and Ghahramani read it
# as an approximation of Bayesian inference). The mean of the passes is the prediction, their
# variance a measure of what the net does not know.
#
# For a net with one hidden layer, $h = \max(0, x W_1^\top + b_1)$, dropout on h by the draws of
# pass t, and $y_t = \tilde h_t W_2^\top + b_2$.
#
# **By hand.** One sample whose hidden activations are (1, 2), $W_2 = (3, 1)$, no bias, p = 0.5, two
# passes: the first keeps only the first unit, the second only the second. $y = 6$ and $4$: mean 5,
# variance 1.


# %%
def mc_dropout(x: Array, layers: Layers, u: Array, p: float) -> tuple[Array, Array]:
    """Return mean and variance of a net's answers over passes with dropout left on.

    The net has one hidden layer with ReLU, inverted dropout (`dropout`) on its activations, and a
    linear output layer. Pass t uses the draws ``u[t]``. The variance divides by the number of
    passes.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    layers : list of (ndarray of shape (out, in), ndarray of shape (out,))
        Weights and biases of the two layers.
    u : ndarray of shape (T, N, H)
        Uniform draws, for each pass, sample and hidden unit.
    p : float
        Probability of dropping, less than 1.

    Returns
    -------
    mean : ndarray of shape (N, K)
        Mean of the outputs over the passes.
    variance : ndarray of shape (N, K)
        Variance of the outputs over the passes. Both in the dtype of `x`.

    References
    ----------
    Gal and Ghahramani 2016, Dropout as a Bayesian approximation.
    """
    ### BEGIN SOLUTION
    (w1, b1), (w2, b2) = layers
    h = np.maximum(x @ w1.T + b1, 0)
    passes = [dropout(h, h, draws, p)[0] @ w2.T + b2 for draws in u]
    return np.mean(passes, axis=0), np.var(passes, axis=0)
    ### END SOLUTION


# %% [markdown]
# ## 9 Stochastic depth
#
# What dropout does to units, stochastic depth does to whole blocks of a residual net. Of L blocks
# $h \leftarrow h + f_l(h)$, block l survives with the probability
#
# $$ p_l = 1 - \frac{l}{L}\,(1 - p_L), \qquad l = 1, \dots, L $$
#
# so the first blocks, on which all others stand, are rarely skipped, the last one most often. A
# skipped block leaves h as it is: the identity path always stays. In training a surviving block is
# *not* scaled; at test time all blocks are there, each weighted with its probability,
# $h \leftarrow h + p_l f_l(h)$. (Note that the letter p now means staying.)
#
# **By hand.** L = 2 blocks, $p_L = 0.5$: $p_1 = 0.75$, $p_2 = 0.5$. One unit, both weights 1, $x =
# 4$: at test time $4 + 0.75 \cdot 4 = 7$, then $7 + 0.5 \cdot 7 = 10.5$. In training with $u =
# (0.7, 0.7)$ the first block survives and the second does not: 8.


# %%
def stochastic_depth(
    x: Array, weights: list[Array], u: Array, p_last: float, training: bool = True
) -> Array:
    """Send a batch through a residual net whose blocks are skipped at random in training.

    Block l is ``f_l(h) = max(0, h W_l^T)``, element by element. For sample n it survives if
    ``u[l - 1, n]`` is less than ``p_l = 1 - l / L * (1 - p_last)``, l counted from 1: every sample
    has draws of its own. Survivors are not scaled in training; at test time every block is
    multiplied by its ``p_l``.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    weights : list of ndarray of shape (D, D)
        The weights of the L blocks, from the first to the last.
    u : ndarray of shape (L, N)
        Uniform draws from [0, 1), for each block and sample.
    p_last : float
        Probability that the last block survives, from 0 to 1.
    training : bool
        False: at test time.

    Returns
    -------
    ndarray of shape (N, D)
        The output, in the dtype of `x`.

    References
    ----------
    Huang, Sun, Liu, Sedra and Weinberger 2016, Deep networks with stochastic depth.
    """
    ### BEGIN SOLUTION
    h = x.copy()
    for number, (w, draws) in enumerate(zip(weights, u), 1):
        p = 1 - number / len(weights) * (1 - p_last)
        share = draws[:, np.newaxis] < p if training else p
        h = h + (share * np.maximum(h @ w.T, 0)).astype(x.dtype)
    return h
    ### END SOLUTION


# %% [markdown]
# ## 10 Stop in time
#
# The cheapest regularizer: watch the loss on data that are not trained on, keep a copy of the
# weights whenever it is smaller than ever before, and stop when that has not happened for
# `patience` epochs in a row. Then go back to the copy, not to the last weights.
#
# **By hand.** Losses 5, 4, 4, 6, 3, 9, 9, 9 with patience 2: epoch 1 is the best so far; epochs 2
# (an *equal* loss is no progress) and 3 do not improve on it: stop at epoch 3, best epoch 1. The 3
# at epoch 4 is never seen. With patience 3 it is, and training stops at epoch 7, best epoch 4.


# %%
def early_stopping(val_losses: Array, patience: int) -> tuple[int, int]:
    """Return the epoch at which training stops, and the epoch whose weights are kept.

    Epochs count from 0. An epoch makes progress if its loss is strictly smaller than all before it.
    Training stops at the first epoch that is the `patience`-th in a row without progress, or else
    at the last one.

    Parameters
    ----------
    val_losses : ndarray of shape (T,)
        Validation loss after each epoch, as if training never stopped; at least one, all finite.
    patience : int
        At least 1.

    Returns
    -------
    stop : int
        The last epoch that is trained.
    best : int
        The epoch of the smallest loss up to then, the first of equal ones.

    References
    ----------
    Prechelt 1998, Early stopping - but when?
    """
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(val_losses) - 1, best
    ### END SOLUTION


# %% [markdown]
# ## 11 Answers that are not quite sure
#
# A net that is asked for a 1 and a hard 0 can only answer with infinite scores, and never stops
# growing. **Label smoothing** asks for a little less: of the K classes every one gets
# $\varepsilon/K$, and the right one $1-\varepsilon$ on top.
#
# **Mixup** goes further and asks for what lies between samples. Sample n is mixed with another one,
# number $o_n$, and so are their targets:
#
# $$ \tilde x_n = \lambda_n x_n + (1-\lambda_n)\, x_{o_n}, \qquad
#    \tilde t_n = \lambda_n t_n + (1-\lambda_n)\, t_{o_n} $$
#
# with $\lambda_n$ from a Beta distribution (drawn for you). An image of 70 % seven and 30 % one is
# nonsense to the eye; as a demand to be linear between the samples it works remarkably well.
#
# **By hand.** $\varepsilon = 0.1$, $K = 4$: 0.925 for the right class, 0.025 for each other. Mixing
# such targets of the classes 0 and 2 with $\lambda = 0.7$: $(0.655, 0.025, 0.295, 0.025)$.


# %%
def mixup(
    x: Array,
    labels: NDArray[np.integer],
    classes: int,
    lam: Array,
    order: NDArray[np.integer],
    eps: float = 0.0,
) -> tuple[Array, Array]:
    """Mix every sample with another one, and their smoothed targets with the same weights.

    Parameters
    ----------
    x : ndarray of shape (N, ...)
        Inputs of any shape, such as (N, D) or (N, C, H, W).
    labels : ndarray of int of shape (N,)
        Right classes, from 0.
    classes : int
        The number K of classes.
    lam : ndarray of shape (N,)
        For each sample, the weight of itself; the rest is the weight of its partner.
    order : ndarray of int of shape (N,)
        For each sample, the number of its partner.
    eps : float
        Label smoothing: the weight of the uniform distribution over all K classes.

    Returns
    -------
    mixed : ndarray of shape (N, ...)
        The mixed inputs.
    targets : ndarray of shape (N, K)
        The mixed targets; every row sums to 1. Both in the dtype of `x`.

    References
    ----------
    Zhang, Cisse, Dauphin and Lopez-Paz 2018, mixup: beyond empirical risk minimization; Szegedy,
    Vanhoucke, Ioffe, Shlens and Wojna 2016, Rethinking the Inception architecture for computer
    vision (label smoothing).
    """
    ### BEGIN SOLUTION
    targets = np.full((len(x), classes), eps / classes, dtype=x.dtype)
    targets[np.arange(len(x)), labels] += 1 - eps
    lam = lam.astype(x.dtype)
    own = lam.reshape(-1, *[1] * (x.ndim - 1))
    mixed = own * x + (1 - own) * x[order]
    return mixed, lam[:, np.newaxis] * targets + (1 - lam[:, np.newaxis]) * targets[order]
    ### END SOLUTION


# %% [markdown]
# ## 12 The same thing from elsewhere
#
# A digit that is shifted, turned or nearer is the same digit, and nobody has to label it again.
# Each image is mirrored (or not), then enlarged by $z$, then turned by $\varphi$, then shifted by
# $(dx, dy)$, all about its centre. To fill the output, go backwards: ask for each *output* pixel,
# at column j and row i of an image of H' × W' pixels, where in the input it comes from:
#
# $$ \begin{aligned}
#  a &= j - \tfrac{W'-1}{2} - dx, & b &= i - \tfrac{H'-1}{2} - dy \\
#  a' &= (a\cos\varphi + b\sin\varphi) / z, & b' &= (-a\sin\varphi + b\cos\varphi) / z \\
#  x &= \tfrac{W-1}{2} \pm a', & y &= \tfrac{H-1}{2} + b'
# \end{aligned} $$
#
# with the minus sign for mirrored images. Rows count downward, so a positive angle turns clockwise.
# Between pixels, read bilinearly: the four pixels around $(x, y)$ weigh
# $(1-|x-\text{column}|)(1-|y- \text{row}|)$; those outside of the image count as 0. An output
# smaller than the input is a crop (where, the shift says), and with $z$ as well a crop that is
# resized.
#
# **By hand.** The image (1, 2, 4) of one row, shifted by $dx = 0.5$: $(0.5, 1.5, 3)$. Mirrored and
# then shifted by 1: $(0, 4, 2)$. Enlarged twice: $(1.5, 2, 3)$.


# %%
def augment_warp(
    images: Array,
    flip: NDArray[np.bool_],
    angle: Array,
    shift: Array,
    zoom: Array,
    size: tuple[int, int],
) -> Array:
    """Mirror, enlarge, turn and shift every image of a batch in its own way.

    The position that each output pixel is read from is that of the text; between pixels reading is
    bilinear, and what is outside of the input counts as 0.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W)
    flip : ndarray of bool of shape (N,)
        True: left and right are exchanged.
    angle : ndarray of shape (N,)
        Angle in radians; positive: clockwise.
    shift : ndarray of shape (N, 2)
        (dx, dy) in pixels of the output: to the right, and downward.
    zoom : ndarray of shape (N,)
        Factor of enlargement, positive.
    size : tuple of int
        Height H' and width W' of the output.

    Returns
    -------
    ndarray of shape (N, C, H', W')
        In the dtype of `images`.
    """
    ### BEGIN SOLUTION
    N, C, H, W = images.shape
    a = np.arange(size[1]) - (size[1] - 1) / 2 - shift[:, 0, np.newaxis, np.newaxis]
    b = np.arange(size[0])[:, np.newaxis] - (size[0] - 1) / 2 - shift[:, 1, np.newaxis, np.newaxis]
    cos, sin, z = (v[:, np.newaxis, np.newaxis] for v in (np.cos(angle), np.sin(angle), zoom))
    mirror = np.where(flip, -1, 1)[:, np.newaxis, np.newaxis]
    x = (W - 1) / 2 + mirror * (a * cos + b * sin) / z
    y = (H - 1) / 2 + (b * cos - a * sin) / z
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros((N, C, *size), dtype=images.dtype)
    sample = np.arange(N)[:, np.newaxis, np.newaxis]
    for row in (top, top + 1):
        for column in (left, left + 1):
            inside = (row >= 0) & (row < H) & (column >= 0) & (column < W)
            weight = np.where(inside, (1 - np.abs(x - column)) * (1 - np.abs(y - row)), 0)
            seen = images[sample, :, np.clip(row, 0, H - 1), np.clip(column, 0, W - 1)]
            out += (weight[..., np.newaxis] * seen).transpose(0, 3, 1, 2).astype(images.dtype)
    return out
    ### END SOLUTION


# %% [markdown]
# ### Question `which_augmentation_lies`
#
# Handwritten digits; photographs of cats and dogs; chest X-rays with the task to say on which side
# a lung has collapsed. Which of mirroring, turning by up to 15°, turning by 180° and changing
# colours keeps the labels true in which of them? A fellow student augments the validation images as
# well, "so that both are treated alike". What is wrong with that, and what can be gained by showing
# a net several augmented copies of a *test* image and averaging?

# %% [markdown]
# ## 13 The same thing in another light
#
# Brightness b, contrast c, saturation s and hue h are changed one after the other. With the grey
# value $g = 0.299 R + 0.587 G + 0.114 B$ of a pixel, and values *cut to [0, 1] after each step*:
#
# 1. $v \leftarrow b\, v$
# 2. $v \leftarrow c\, v + (1-c)\, \bar g$, with the mean $\bar g$ of the grey values of the whole
#    image as it is now
# 3. $v \leftarrow s\, v + (1-s)\, g$, with the pixel's own grey value
# 4. the hue moves on by h turns of the colour circle.
#
# For the last one, a pixel with the largest value V and the smallest V − C has the hue, in sixths
# of the circle,
#
# $$ H = \begin{cases} (G-B)/C & R \text{ is largest} \\ 2 + (B-R)/C & G \text{ is largest} \\
#    4 + (R-G)/C & B \text{ is largest} \end{cases} $$
#
# (where two are largest, both lines agree; a grey pixel, C = 0, has no hue and stays as it is), and
# from the moved hue $H' = H + 6h$ come back
#
# $$ V - C \max(0, \min(k, 4-k, 1)), \qquad k = (n + H') \bmod 6, \quad n = 5, 3, 1
#    \text{ for } R, G, B. $$
#
# **By hand.** An image of the two pixels (0.8, 0.4, 0.2) and (0.4, 0.4, 0.4): grey values 0.4968
# and 0.4. Contrast 0.5 draws the first to (0.6242, 0.4242, 0.3242), saturation 0 makes it grey. Hue
# 1/3 turns it from orange to (0.2, 0.8, 0.4). Brightness 2: (1, 0.8, 0.4), the red cut.


# %%
def augment_colour(
    images: Array, brightness: Array, contrast: Array, saturation: Array, hue: Array
) -> Array:
    """Change brightness, contrast, saturation and hue of every image, in this order.

    The four steps are those of the text; after each of the first three, values are cut to [0, 1].

    Parameters
    ----------
    images : ndarray of shape (N, 3, H, W)
        Red, green and blue, in [0, 1].
    brightness, contrast, saturation : ndarray of shape (N,)
        Factors, not negative; 1 changes nothing.
    hue : ndarray of shape (N,)
        Turns of the colour circle; 0 changes nothing, 1/3 makes red to green.

    Returns
    -------
    ndarray of shape (N, 3, H, W)
        In [0, 1], in the dtype of `images`.

    References
    ----------
    Smith 1978, Color gamut transform pairs (hue).
    """
    ### BEGIN SOLUTION
    dtype = images.dtype
    b, c, s, h = (
        f.astype(dtype)[:, np.newaxis, np.newaxis, np.newaxis]
        for f in (brightness, contrast, saturation, hue)
    )

    def grey(v):
        return np.tensordot(v, np.array([0.299, 0.587, 0.114], dtype), (1, 0))[:, np.newaxis]

    v = np.clip(b * images, 0, 1)
    v = np.clip(c * v + (1 - c) * grey(v).mean(axis=(2, 3), keepdims=True), 0, 1)
    v = np.clip(s * v + (1 - s) * grey(v), 0, 1)
    red, green, blue = v[:, 0], v[:, 1], v[:, 2]
    top = v.max(axis=1)
    chroma = top - v.min(axis=1)
    safe = np.where(chroma > 0, chroma, 1)
    angle = np.where(
        top == red,
        (green - blue) / safe,
        np.where(top == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    k = (np.array([5, 3, 1]).reshape(1, 3, 1, 1) + angle[:, np.newaxis] + 6 * h) % 6
    share = np.clip(np.minimum(k, 4 - k), 0, 1)
    return (top[:, np.newaxis] - chroma[:, np.newaxis] * share).astype(dtype)
    ### END SOLUTION


# %% [markdown]
# ## 14 The smallest change that hurts most
#
# Regularization asks for functions that do not jump. How far nets are from that shows an attack: of
# all inputs that differ from x by at most $\varepsilon$ in *each* pixel, which one raises the loss
# most? To first order the loss changes by $\nabla_x L \cdot (x' - x)$, a sum with one term for each
# pixel, and you may choose the terms one by one. So derive the answer: the gradient of the
# cross-entropy with respect to the *input* of a linear classifier $z = x W^\top + b$ with softmax,
# and from it the best $x'$. Pixels are numbers from 0 to 1, and so must be those of x'.
#
# (Deep nets are attacked in the same way, with the gradient from `backprop`. Trained on such
# inputs, as *adversarial training* does, they become smoother, and somewhat worse on clean ones.)
#
# **By hand.** Two classes, $W = \begin{pmatrix} 1 & 0 & 0 \\ 0 & 2 & 0 \end{pmatrix}$, no bias,
# $x = (0.5, 0.5, 0.5)$ of class 0, $\varepsilon = 0.1$: $x' = (0.4, 0.6, 0.5)$. The third pixel has
# no influence: nothing is gained by moving it.


# %%
def fgsm(x: Array, labels: NDArray[np.integer], w: Array, b: Array, eps: float) -> Array:
    """Return the inputs within `eps` of x, and within [0, 1], that raise the loss most.

    The loss is the cross-entropy of softmax regression, whose scores are ``x w^T + b``, and "most"
    is meant to first order in the change: of all x' with ``|x' - x| <= eps`` in every pixel and
    ``0 <= x' <= 1``, the one of the largest product with the gradient at x. A pixel whose gradient
    is zero (no class has a weight for it, or the other classes' chances underflow) stays where it
    is. Scores of any size are fine: where the chance of the right class rounds to 1, those of the
    others still tell the direction.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Inputs, in [0, 1].
    labels : ndarray of int of shape (N,)
        Right classes, from 0.
    w : ndarray of shape (K, D)
    b : ndarray of shape (K,)
    eps : float
        The greatest change of a pixel.

    Returns
    -------
    ndarray of shape (N, D)
        In the dtype of `x`.

    References
    ----------
    Goodfellow, Shlens and Szegedy 2015, Explaining and harnessing adversarial examples.
    """
    ### BEGIN SOLUTION
    z = x @ w.T + b
    chance = np.exp(z - z.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    chance[rows, labels] = 0
    chance[rows, labels] = -chance.sum(axis=1)  # p - 1 is 0 where p rounds to 1
    return np.clip(x + eps * np.sign(chance @ w), 0, 1).astype(x.dtype)
    ### END SOLUTION


# %% [markdown]
# ## The picture
#
# Drawn from your functions, panel by panel as you write them. Above: random ReLU features fitted to
# 40 noisy samples. Where is the *variance* greatest, and what does it do when the net is ten times
# larger than it would have to be? Beside it, the way of two weights as the penalty grows: who
# reaches an axis? Below: how far 100 passes with dropout are apart, inside and outside of the data;
# where patience ends; and one picture that became eight.


# %%
def figure():
    """Draw double descent, paths of penalised weights, MC dropout, early stopping, augmentation."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["descent", "descent", "paths"], ["doubt", "stop", "images"]],
        figsize=(15, 8.5),
        layout="constrained",
    )
    panels = {
        "descent": draw_descent,
        "paths": draw_paths,
        "doubt": draw_doubt,
        "stop": draw_stop,
        "images": draw_images,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def relu_features(d, width, rng):
    """Return the function that gives random ReLU features of inputs with d columns."""
    w, b = rng.normal(size=(d, width)) / np.sqrt(d), rng.uniform(-1, 1, width)
    return lambda x: np.maximum(x @ w + b, 0) / np.sqrt(width)


def draw_descent(ax):
    """Draw bias and variance against width. To see: the variance peaks where width = samples."""
    widths = [3, 5, 8, 12, 18, 25, 32, 37, 40, 43, 50, 60, 80, 120, 200, 400]
    at = np.random.default_rng(99).normal(size=(80, 6))
    terms = []
    for width in widths:
        fits = []
        for seed in range(50):
            rng = np.random.default_rng(seed)
            x = rng.normal(size=(40, 6))
            features = relu_features(6, width, rng)
            t = np.sin(x[:, 0] + x[:, 1]) + 0.2 * rng.normal(size=40)
            fits.append(features(at) @ np.linalg.lstsq(features(x), t, rcond=None)[0])
        terms.append(bias_variance(np.array(fits), np.sin(at[:, 0] + at[:, 1]), 0.04))
    for values, name, colour in zip(
        np.transpose(terms), ("bias²", "variance", "total"), ("#1f77b4", "#d62728", "#444444")
    ):
        ax.loglog(widths, values, "o-", ms=4, color=colour, label=name)
    ax.axhline(0.04, color="#888888", ls=":", label="noise")
    ax.axvline(40, color="#888888", lw=0.8)
    ax.text(41.5, 0.95, "as many as samples", transform=ax.get_xaxis_transform(), size=9)
    ax.set(title="Double descent: 40 samples, least squares of smallest norm")
    ax.set(xlabel="random ReLU features", ylabel="squared error")
    ax.legend(frameon=False)


def draw_paths(ax):
    """Draw the best weights as the penalty grows. To see: L1 meets the axis, then slides on it."""
    best, a = np.array([2.0, 0.8]), np.array([[1.0, 0.35], [0.35, 1.0]])
    across, up = np.meshgrid(np.linspace(-0.3, 2.6, 80), np.linspace(-0.4, 1.4, 80))
    away = np.stack([across - best[0], up - best[1]], axis=-1)
    bowl = 0.5 * np.einsum("...i,ij,...j", away, a, away)
    ax.contour(across, up, bowl, levels=12, colors="#cccccc", linewidths=0.7)
    for name, l1, l2, colour in (("L1", 2.0, 0.0, "#d62728"), ("L2", 0.0, 1.0, "#1f77b4")):
        w, path = best.copy(), [best]
        for strength in np.geomspace(0.03, 4, 20):
            for _ in range(80):
                weights = [(w.reshape(1, 2), np.zeros(1))]
                pull = elastic_penalty(weights, l1 * strength, l2 * strength, 1)[1][0][0]
                w = w - 0.06 / (1 + 2 * strength) * (a @ (w - best) + np.ravel(pull))
            path.append(w)
        ax.plot(*np.transpose(path), "o-", ms=3, color=colour, label=name)
    ax.axhline(0, color="k", lw=0.8)
    ax.axvline(0, color="k", lw=0.8)
    ax.set(title="The best weights as the penalty grows", xlabel="$w_1$", ylabel="$w_2$")
    ax.legend(frameon=False)


def curve_net(x, t, hidden, p, steps, rng):
    """Fit a net with one hidden layer to a curve, with dropout, by gradient descent."""
    layers = [
        (rng.normal(size=(hidden, 1)), rng.normal(size=hidden)),
        (rng.normal(size=(1, hidden)) / np.sqrt(hidden), np.zeros(1)),
    ]
    moving = [[np.zeros_like(part) for part in layer] for layer in layers]
    for _ in range(steps):
        (w1, b1), (w2, b2) = layers
        h = np.maximum(x @ w1.T + b1, 0)
        kept = (rng.random(h.shape) >= p) / (1 - p)
        gap = (h * kept @ w2.T + b2 - t) / len(x)
        back = (gap @ w2) * kept * (h > 0)
        gradients = [(back.T @ x, back.sum(axis=0)), (gap.T @ (h * kept), gap.sum(axis=0))]
        for layer, velocity, gradient in zip(layers, moving, gradients):
            for part, v, g in zip(layer, velocity, gradient):
                v *= 0.9
                v += 0.02 * g
                part -= v
    return layers


def draw_doubt(ax):
    """Draw passes with dropout. To see: the band is narrow at the data, wide outside of it."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-2.5, -0.8, 30), rng.uniform(0.5, 1.6, 20)])[:, np.newaxis]
    t = np.sin(2 * x) + 0.1 * rng.normal(size=x.shape)
    layers = curve_net(x, t, 100, 0.1, 3000, rng)
    at = np.linspace(-4, 4, 120)[:, np.newaxis]
    mean, variance = mc_dropout(at, layers, rng.random((100, 120, 100)), 0.1)
    mean, spread = np.ravel(mean), np.sqrt(np.maximum(np.ravel(variance), 0))
    ax.fill_between(at[:, 0], mean - 2 * spread, mean + 2 * spread, color="#1f77b4", alpha=0.25)
    ax.plot(at[:, 0], mean, color="#1f77b4", label="mean ± 2 std of 100 passes")
    ax.plot(x, t, ".", color="k", label="data")
    ax.set(title="MC dropout knows where it has no data", xlabel="x", ylabel="y", ylim=(-5, 5))
    ax.legend(frameon=False, loc="upper left")


def draw_stop(ax):
    """Draw losses of an overfitting fit. To see: validation turns up, training goes on down."""
    rng = np.random.default_rng(4)
    x, at = rng.uniform(-2, 2, (20, 1)), rng.uniform(-2, 2, (200, 1))
    features = relu_features(1, 200, rng)
    t, measured = (np.sin(2 * v[:, 0]) + 0.5 * rng.normal(size=len(v)) for v in (x, at))
    inputs, others = features(x), features(at)
    w, losses = np.zeros(200), []
    for step in range(20_001):
        gap = inputs @ w - t
        if step % 200 == 0:
            losses.append((np.mean(gap**2), np.mean((others @ w - measured) ** 2)))
        w -= 0.3 * inputs.T @ gap / 20
    training, validation = np.transpose(losses)
    stop, best = early_stopping(validation, 10)
    ax.plot(training, color="#888888", label="training")
    ax.plot(validation, color="#1f77b4", label="validation")
    ax.axvline(best, color="#2ca02c", label=f"best: epoch {best}")
    ax.axvline(stop, color="#d62728", ls="--", label=f"stop: epoch {stop}, patience 10")
    ax.set(title="Stop in time", xlabel="epoch", ylabel="mean squared error", ylim=(0, None))
    ax.legend(frameon=False)


def draw_images(ax):
    """Draw one picture eight ways. To see: all are the same F, save that one is mirrored."""
    picture = np.full((3, 24, 24), 0.12)
    picture[:, 4:20, 7:10] = np.reshape([0.9, 0.45, 0.2], (3, 1, 1))
    picture[:, 4:7, 7:18] = np.reshape([0.9, 0.45, 0.2], (3, 1, 1))
    picture[:, 10:13, 7:15] = np.reshape([0.2, 0.6, 0.9], (3, 1, 1))
    images = np.repeat(picture[np.newaxis], 8, axis=0)
    one = np.ones(8)
    flip = np.arange(8) == 1
    angle = np.array([0, 0, 0.5, 0, 0, 0, 0, 0.0])
    shift = np.array([[0, 0], [0, 0], [0, 0], [3, -3], [0, 0], [0, 0], [0, 0], [0, 0.0]])
    images = augment_warp(images, flip, angle, shift, np.where(np.arange(8) == 4, 1.5, 1), (24, 24))
    names = ["as it is", "mirrored", "turned", "shifted", "enlarged"]
    try:
        images = augment_colour(
            np.clip(images, 0, 1),
            np.array([1, 1, 1, 1, 1, 1.6, 1, 1]),
            one,
            np.array([1, 1, 1, 1, 1, 1, 0.2, 1]),
            np.array([0, 0, 0, 0, 0, 0, 0, 1 / 3]),
        )
        names += ["brighter", "paler", "hue + 1/3"]
    except NotImplementedError:  # the colours come when they are written
        names += ["", "", ""]
    tiles = np.clip(images, 0, 1).reshape(2, 4, 3, 24, 24).transpose(0, 3, 1, 4, 2)
    ax.imshow(tiles.reshape(48, 96, 3), interpolation="nearest")
    for number, name in enumerate(names):
        row, column = divmod(number, 4)
        ax.text(24 * column + 12, 24 * row + 2.5, name, color="w", ha="center", size=9)
    ax.set(title="One image, eight", xticks=[], yticks=[])


# %% [markdown]
# ## Capstone: 150 digits, 30 of them mislabelled
#
# Labels come from people, and people err. A net with 100 hidden units learns the handwritten digits
# from 150 of them and nothing else, and 30 of these carry a wrong label. It knows them all by heart
# after a few dozen passes, the wrong ones too. Then the same net, from the same starts, with the
# same number of steps, with each of your regularizers. Every method, plain training included,
# chooses from a grid of six settings by its mean accuracy on 200 other digits over two starts; then
# it trains from five new starts and is measured on the remaining 1,447, which nobody has looked at.
#
# The target: the best regularizer beats plain training by at least 2.5 points in the mean, and by
# more than the seeds scatter. Before you run it: which one will it be, and which of them will
# hardly help? The table is yours to keep: change one thing, and compare. (A thing to try: all 150
# labels right. Plain training at a rate chosen well is then hard to beat.)

# %%
RECIPES = {
    "plain": [{}],
    "L2": [{"l2": 1.0}, {"l2": 4.0}, {"l2": 16.0}],
    "dropout": [{"p": 0.2}, {"p": 0.5}, {"p": 0.7}],
    "max-norm": [{"r": 1.0}, {"r": 2.0}, {"r": 3.0}],
    "early stopping": [{"patience": 5}, {"patience": 15}, {"patience": 40}],
    "mixup": [{"alpha": 0.2}, {"alpha": 1.0}, {"alpha": 1.0, "eps": 0.1}],
    "augmentation": [{"warp": 0.3}, {"warp": 0.6}, {"warp": 1.0}],
    "augmentation + dropout": [
        {"warp": 0.6, "p": 0.2},
        {"warp": 0.6, "p": 0.5},
        {"warp": 1.0, "p": 0.2},
    ],
}


def capstone():
    """Compare plain training with each regularizer on a small training set, by fair rules."""
    from autograder.data import digits
    from autograder.rewards import track

    data = digits(test=0.0)
    order = np.random.default_rng(7).permutation(len(data["x_train"]))
    x, y = data["x_train"][order], data["y_train"][order]
    parts = [(x[a:b], y[a:b].copy()) for a, b in ((0, 150), (150, 350), (350, len(x)))]
    wrong = np.random.default_rng(8).permutation(150)[:30]
    parts[0][1][wrong] = (parts[0][1][wrong] + np.arange(30) % 9 + 1) % 10
    chosen, results = {}, {}
    for (name, grid), say in track(RECIPES.items(), "eight ways to train"):
        rates = (0.05, 0.2) if len(grid) > 1 else (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
        settings = [{"lr": lr, **recipe} for recipe in grid for lr in rates]
        chosen[name] = max(settings, key=lambda kwargs: validated(parts, kwargs))
        results[name] = []
        for seed in range(5):
            net = train(parts[0], parts[1], seed=seed, **chosen[name])
            results[name].append(accuracy(net, *parts[2]))
        say(**{name.replace(" ", "_"): float(np.mean(results[name]))})
    means = {name: float(np.mean(runs)) for name, runs in results.items()}
    best = max(means, key=means.get)
    scatter = float(np.std(results["plain"]) + np.std(results[best]))
    gain = means[best] - means["plain"]
    return {
        **{name.replace(" ", "_"): means[name] for name in means},
        "best": f"{best} {chosen[best]}",
        "gain": gain,
        "scatter": scatter,
        "target_reached": bool(gain >= 0.025 and gain > scatter),
        "figure": draw_results(results, chosen),
    }


def validated(parts, kwargs):
    """Return the validation accuracy of a setting, averaged over two starts."""
    nets = [train(parts[0], parts[1], seed=seed, **kwargs) for seed in (100, 101)]
    return np.mean([accuracy(net, *parts[1]) for net in nets])


def train(
    training,
    validation,
    *,
    seed,
    lr,
    epochs=60,
    batch=25,
    l2=0.0,
    p=0.0,
    r=np.inf,
    alpha=0.0,
    eps=0.0,
    warp=0.0,
    patience=None,
):
    """Train a net with one hidden layer and return it: as it ends, or as early stopping says."""
    rng = np.random.default_rng(seed)
    x, y = training
    net = [
        [rng.normal(size=(100, 64)) * np.sqrt(2 / 64), np.zeros(100)],
        [rng.normal(size=(10, 100)) * np.sqrt(1 / 100), np.zeros(10)],
    ]
    moving = [[np.zeros_like(part) for part in layer] for layer in net]
    kept, losses = [], []
    for _ in range(epochs):
        shown = jittered(x, warp, rng) if warp else x
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            part = order[start : start + batch]
            lam = rng.beta(alpha, alpha, len(part)) if alpha else np.ones(len(part))
            inputs, targets = mixup(shown[part], y[part], 10, lam, rng.permutation(len(part)), eps)
            slopes = gradients(net, inputs, targets, p, rng)
            if l2:
                pulls = elastic_penalty([tuple(layer) for layer in net], 0.0, l2, len(x))[1]
                slopes = [[a + b for a, b in zip(*pair)] for pair in zip(slopes, pulls)]
            for layer, velocity, slope in zip(net, moving, slopes):
                for k in range(2):
                    velocity[k] = 0.9 * velocity[k] + lr * slope[k]
                plain = layer[0] - velocity[0]
                bounded = r < np.inf
                layer[0] = constrained_step(layer[0], velocity[0], lr, r=r) if bounded else plain
                layer[1] = layer[1] - velocity[1]
        if patience is not None:
            kept.append([list(layer) for layer in net])
            losses.append(loss(net, *validation))
    return net if patience is None else kept[early_stopping(np.array(losses), patience)[1]]


def jittered(x, strength, rng):
    """Shift, turn and enlarge digits a little, at random."""
    n = len(x)
    return augment_warp(
        x.reshape(n, 1, 8, 8),
        np.zeros(n, dtype=bool),
        strength * rng.uniform(-0.25, 0.25, n),
        strength * rng.uniform(-1, 1, (n, 2)),
        1 + strength * rng.uniform(-0.15, 0.15, n),
        (8, 8),
    ).reshape(n, 64)


def gradients(net, x, targets, p, rng):
    """Return the gradients of the mean cross-entropy, with dropout on the hidden units."""
    (w1, b1), (w2, b2) = net
    z = x @ w1.T + b1
    h = np.maximum(z, 0)
    u = rng.random(h.shape)
    dropped = dropout(h, h, u, p)[0] if p else h
    gap = (softmax(dropped @ w2.T + b2) - targets) / len(x)
    back = gap @ w2
    back = (dropout(h, back, u, p)[1] if p else back) * (z > 0)
    return [[back.T @ x, back.sum(axis=0)], [gap.T @ dropped, gap.sum(axis=0)]]


def softmax(z):
    """Return probabilities from scores."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def scores(net, x):
    """Return the scores of a net: nothing is dropped at test time."""
    (w1, b1), (w2, b2) = net
    return np.maximum(x @ w1.T + b1, 0) @ w2.T + b2


def loss(net, x, y):
    """Return the mean cross-entropy."""
    return float(-np.mean(np.log(softmax(scores(net, x))[np.arange(len(x)), y] + 1e-300)))


def accuracy(net, x, y):
    """Return the share of right answers."""
    return float(np.mean(scores(net, x).argmax(axis=1) == y))


def draw_results(results, chosen):
    """Draw the accuracy of every run. To see: which gains are larger than the scatter."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(9, 4.8), layout="constrained")
    names = sorted(results, key=lambda name: np.mean(results[name]))
    for row, name in enumerate(names):
        runs = 100 * np.array(results[name])
        ax.plot(runs, np.full(len(runs), row), "o", ms=5, color="#1f77b4", alpha=0.6)
        ax.plot(runs.mean(), row, "|", ms=22, mew=2.5, color="#d62728")
    plain = 100 * np.mean(results["plain"])
    ax.axvline(plain, color="#888888", lw=0.8)
    numbers = [", ".join(f"{k} {v:g}" for k, v in chosen[name].items()) for name in names]
    ax.set_yticks(range(len(names)), [f"{a}\n({b})" for a, b in zip(names, numbers)], fontsize=9)
    ax.set(xlabel="unseen digits right (%); a dot for each of five starts, a bar for their mean")
    ax.set(title="Eight ways to learn from 150 digits, 30 of them mislabelled")
    ax.spines[["top", "right"]].set_visible(False)
    return fig


# %% [markdown]
# ### Question `what_the_table_says`
#
# Read the table and the dots of your own capstone. Which gains would you report, which of them lie
# within the scatter of the seeds, and why is it not enough that a method is first in the mean? The
# strengths were chosen on 200 validation digits: is a method with a grid of six at an advantage
# over one with a single setting, and how did the comparison take care of that?


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
