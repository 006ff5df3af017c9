# %% [markdown]
# # Backpropagation
#
# *Chapter 5 · Unit II: neurons and multilayer perceptrons*
#
# A network has a hundred thousand weights and makes one mistake. Whose fault is it? To learn, we
# need the gradient of the loss with respect to *every* weight. Trying each weight out would take a
# hundred thousand runs of the network. Backpropagation gets all the gradients in the time of about
# three: one run forward, and a run backward that costs about two. It is the chain rule, read from
# the end.
#
# ```text
#    forward:    x ---> [ W1, b1 ] ---> h ---> [ W2, b2 ] ---> z ---> loss
#                           |                      |                   |
#    backward:   dx <-------+------- dh <----------+------ dz <--------+
#                           v                      v
#                       dW1, db1               dW2, db2
# ```
#
# Every box does two things. Going forward it computes its output. Going backward it receives the
# gradient of the loss with respect to its *output* and answers with the gradients with respect to
# its *inputs*. No box knows the rest of the network. In this chapter you build the boxes, check
# them against brute force, stack them, and read handwritten digits with the result.

# %%
import math
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]

# %% [markdown]
# ## 1. Conventions of this chapter
#
# - The batch comes first: `x` has shape (N, D), one sample per row.
# - The weights of a dense layer have shape (F, D): one row per *output*. So $y = xW^\top + b$.
# - `dy` is the gradient of the loss with respect to `y`; it always has the shape of `y`. "Gradient
#   by `y`" is short for that. For one number that depends on one number we say *derivative*.
# - Whether a loss is a **sum** or a **mean** over the batch stands in its docstring. The layers do
#   not care: they pass on what they get, and add up over the batch.
# - Every array that comes back has the dtype of what came in. Nothing is changed in place.

# %% [markdown]
# ## 2. How many gradients do we need?
#
# One for each weight and each bias. A net with $d$ inputs, $q$ hidden units and $l$ outputs has $dq
# + ql$ weights and $q + l$ biases (or *thresholds*). In general, neighbouring layers of $m$ and $n$
# units are joined by $m \cdot n$ weights, and each of the $n$ has a bias.
#
# **By hand.** 784-300-100-10, a classic for MNIST: $784\cdot300 + 300 + 300\cdot100 + 100 +
# 100\cdot10 + 10 = 266{,}610$.


# %%
def parameter_count(sizes: Sequence[int]) -> int:
    """Count the weights and biases of a fully connected network.

    Parameters
    ----------
    sizes : list of int
        The units of each layer, from the input to the output; at least one.

    Returns
    -------
    int
        0 if there is only one layer: an input has neither weights nor biases.
    """
    ### BEGIN SOLUTION
    return sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))
    ### END SOLUTION


# %% [markdown]
# ## 3. The dense layer, forward
#
# Each output unit takes a weighted sum of all inputs and adds its bias:
#
# $$y_{nf} = \sum_d x_{nd}\,W_{fd} + b_f \qquad\text{or}\qquad Y = XW^\top + b$$
#
# **By hand.** $x = (1, 2)$, $W = \begin{pmatrix}1 & 0\\ 3 & 1\\ 0 & -1\end{pmatrix}$, $b = (0, 0,
# 10)$: $y = (1, 5, 8)$. Two inputs, three outputs; $W$ has three rows.


# %%
def dense_forward(x: Array, w: Array, b: Array) -> Array:
    """Compute a dense layer: each unit's weighted sum of all inputs, and its bias.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One sample per row.
    w : ndarray of shape (F, D)
        One row of weights per output unit.
    b : ndarray of shape (F,)
        The biases, added.

    Returns
    -------
    ndarray of shape (N, F)
        In the dtype of `x`.
    """
    ### BEGIN SOLUTION
    return x @ w.T + b
    ### END SOLUTION


# %% [markdown]
# ## 4. Never trust a gradient
#
# Soon you write your first gradient. A wrong one often still learns, only badly, and no
# error message tells. So build the tool first that checks it by brute force. Nudge one input up and
# down by a little $h$ and see how the function answers:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}$$
#
# Why both ways? The *central* difference is off by about $h^2 f'''/6$, the one-sided one by $h
# f''/2$.
#
# **By hand.** $f(x) = x^3$ at $x = 1$, where the derivative is 3, with $h = 0.1$: central $(1.331 -
# 0.729)/0.2 = 3.01$; forward $(1.331 - 1)/0.1 = 3.31$.
#
# Smaller is not always better: rounding contributes about $10^{-16}|f|/h$. The two balance near $h
# = 10^{-5}$, which is why this check needs float64.


# %%
def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """Return the gradient of `f` at `x` by central differences.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number for an array of the shape of `x`.
    x : ndarray
        The point, float64, of any shape. After the call it holds what it held (nudge a copy).
    h : float
        How far each entry is nudged, up and down.

    Returns
    -------
    ndarray
        The central difference of each entry, nudged by itself, in the shape of `x`.
    """
    ### BEGIN SOLUTION
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[index] = h
        gradient[index] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient
    ### END SOLUTION


# %% [markdown]
# ## 5. How wrong is wrong?
#
# Your gradient says 0.001 and brute force says 0.002: is that near? The *difference* is small, but
# one is twice the other. Compare relative to the size of the numbers, entry by entry, and report
# the worst:
#
# $$\max_i \frac{|a_i - b_i|}{\max(|a_i|, |b_i|)}$$
#
# where an entry with $a_i = b_i = 0$ counts as 0 (they agree; do not divide 0 by 0).
#
# **By hand.** $a = (1, 0, 100)$, $b = (1.1, 0, 100)$: the worst is $0.1/1.1 = 0.0909$. As a rule of
# thumb in float64: below $10^{-7}$ be happy, above $10^{-3}$ look for the mistake.
#
# **Convention.** Others divide by $|a| + |b|$, or compare norms, $\lVert a - b\rVert/(\lVert
# a\rVert + \lVert b\rVert)$, which hides a small entry that is all wrong.


# %%
def relative_error(a: Array, b: Array) -> float:
    """Return the largest relative difference of two arrays.

    Of each entry the difference in proportion to the larger of the two sizes; 0 where both are 0.

    Parameters
    ----------
    a : ndarray
        Of any shape, with at least one entry.
    b : ndarray
        Of the same shape.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    gap = np.abs(a - b)
    size = np.maximum(np.abs(a), np.abs(b))
    errors = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return float(np.max(errors))
    ### END SOLUTION


# %% [markdown]
# ## 6. What a gradient check tells
#
# An error that is not small is not yet a mistake of yours. Three pitfalls, all met in practice.
#
# *Both tiny*: where the truth is 0, brute force gives $10^{-11}$ of rounding, and the relative
# error is 1; an entry that small is right.
#
# *Single precision*: float32 knows 7 digits, and a difference of losses loses most of them. If each
# loss is off by up to $\varepsilon|f|$, their difference is off by up to twice that, and the
# central difference by up to $\varepsilon|f|/h$: with $h = 10^{-5}$ and a loss of 2, by 0.024 in
# float32 ($\varepsilon = 1.2\cdot10^{-7}$) and by $4\cdot10^{-11}$ in float64. Whatever is smaller
# than that tells nothing. Check in float64.
#
# *Kinks*: a ReLU whose input is within $h$ of zero has no derivative that both sides agree on. The
# slope upward, $(f(x + h) - f(x))/h$, and the slope downward, $(f(x) - f(x - h))/h$, differ. One of
# them is the true derivative; the central difference is the mean of the two, and neither. (Where
# $f$ is merely curved they differ as well, by $hf''$, and the central difference is fine: that they
# differ is no reason for alarm.) Move the point and look again.
#
# So read a check entry by entry, from the top. The first row that fits is the verdict:
#
# | verdict | it fits if | and then |
# |---|---|---|
# | `right` | claimed and central difference agree | go on |
# | `both tiny` | neither of the two is larger than `tiny` in size | go on: it is right |
# | `rounding` | the two differ by at most $\varepsilon\lvert f\rvert/h$ | check in float64 |
# | `kink` | claimed agrees with the slope upward or downward | move the point |
# | `wrong` | none of these | look for the mistake |
#
# Two numbers *agree* if their relative error (section 5) is at most `rtol`.
#
# **By hand.** A loss of $f = 2$ at the point, $h = 0.01$, $\varepsilon = 10^{-6}$, so that
# $\varepsilon|f|/h = 0.0002$; `rtol` $= 10^{-5}$, `tiny` $= 10^{-6}$:
#
# ```text
#    claimed    f above       f below    central    up      down    verdict
#      3        2.0305        1.9705     3          3.05    2.95    right
#      0        2.00000001    2          0.0000005                  both tiny
#      0.5      2.005003      1.995      0.50015                    rounding: they differ by 0.00015
#      1        2.01          1.998      0.6        1       0.2     kink
#      2        2.01          1.99       1          1       1       wrong
# ```


# %%
def gradient_verdicts(
    claimed: Array,
    above: Array,
    below: Array,
    loss: float,
    h: float = 1e-5,
    eps: float = 2.2e-16,
    rtol: float = 1e-5,
    tiny: float = 1e-9,
) -> list[str]:
    """Say of each entry of a claimed gradient what the check by differences tells about it.

    The verdicts are those of the text's table, of which the first that fits counts. Two numbers
    agree if their relative error is at most `rtol`, two zeros included; a size is an absolute
    value.

    Parameters
    ----------
    claimed : ndarray of shape (D,)
        The gradient that somebody's backward pass returned.
    above : ndarray of shape (D,)
        The loss with entry i of the point moved up by `h`, the others left.
    below : ndarray of shape (D,)
        The loss with entry i moved down by `h`.
    loss : float
        The loss at the point itself, of either sign.
    h : float
        How far each entry was moved. Positive.
    eps : float
        How far each loss may be off through rounding, as a share of the size of `loss`.
    rtol : float
        The relative error up to which two numbers agree.
    tiny : float
        The size up to which a number is tiny.

    Returns
    -------
    list of str
        D verdicts: ``"right"``, ``"both tiny"``, ``"rounding"``, ``"kink"`` or ``"wrong"``.
    """

    ### BEGIN SOLUTION
    def agree(a: float, b: float) -> bool:
        return relative_error(np.array([a]), np.array([b])) <= rtol

    verdicts = []
    for own, up, down in zip(claimed, above, below):
        central = (up - down) / (2 * h)
        if agree(own, central):
            verdicts.append("right")
        elif max(abs(own), abs(central)) <= tiny:
            verdicts.append("both tiny")
        elif abs(own - central) <= eps * abs(loss) / h:
            verdicts.append("rounding")
        elif agree(own, (up - loss) / h) or agree(own, (loss - down) / h):
            verdicts.append("kink")
        else:
            verdicts.append("wrong")
    return verdicts
    ### END SOLUTION


# %% [markdown]
# ## 7. The dense layer, backward
#
# Now the same box in reverse. Somebody tells us $\partial L/\partial y_{nf}$, called `dy`. In
# $y_{nf} = \sum_d x_{nd}W_{fd} + b_f$, ask three questions.
#
# *Which outputs does $b_f$ touch?* The $f$-th of every sample, each with derivative 1. So their
# derivatives add up: $\partial L/\partial b_f = \sum_n \mathrm{dy}_{nf}$.
#
# *Which outputs does $W_{fd}$ touch?* The same ones, with derivative $x_{nd}$:
# $\partial L/\partial W_{fd} = \sum_n \mathrm{dy}_{nf}\,x_{nd}$.
#
# *Which outputs does $x_{nd}$ touch?* All outputs of its own sample, with derivative $W_{fd}$:
# $\partial L/\partial x_{nd} = \sum_f \mathrm{dy}_{nf}\,W_{fd}$.
#
# Each sum is a matrix product, and the shapes tell which: the gradient of something always has the
# shape of that something.
#
# **By hand.** With the layer above ($N = 1$) and $\mathrm{dy} = (1, 0, 2)$: $\mathrm{db} = (1, 0,
# 2)$, $\mathrm{dW} = \begin{pmatrix}1 & 2\\ 0 & 0\\ 2 & 4\end{pmatrix}$, $\mathrm{dx} = 1\cdot(1,
# 0) + 2\cdot(0, -1) = (1, -2)$.
#
# Then check yourself. Multiply the output by a fixed `dy` and add up: that is a loss whose gradient
# by the output is `dy`. Three lines:
#
# ```python
# x, w, dy = np.random.randn(5, 4), np.random.randn(3, 4), np.random.randn(5, 3)
# loss = lambda w: np.sum(dy * dense_forward(x, w, np.zeros(3)))
# relative_error(dense_backward(dy, x, w)[1], numerical_gradient(loss, w))  # about 1e-10
# ```


# %%
def dense_backward(dy: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    """Compute the gradients of the loss with respect to a dense layer's input, weights and biases.

    The gradients of the weights and biases are *summed* over the batch (if the loss is a mean, the
    1/N is already in `dy`).

    Parameters
    ----------
    dy : ndarray of shape (N, F)
        The gradient with respect to the layer's output.
    x : ndarray of shape (N, D)
        The layer's input, as in the forward pass.
    w : ndarray of shape (F, D)
        The weights, as in the forward pass.

    Returns
    -------
    dx : ndarray of shape (N, D)
        The gradient with respect to `x`.
    dw : ndarray of shape (F, D)
        The gradient with respect to `w`.
    db : ndarray of shape (F,)
        The gradient with respect to the biases.
    """
    ### BEGIN SOLUTION
    dx = dy @ w
    dw = dy.T @ x
    db = dy.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# ## 8. Where the gradient begins: the squared error
#
# The chain rule starts at the loss. For real-valued targets the classic is half the squared error,
#
# $$E = \tfrac12\sum_{n,k}(\hat y_{nk} - y_{nk})^2, \qquad
# \frac{\partial E}{\partial\hat y_{nk}} = \hat y_{nk} - y_{nk}$$
#
# The ½ is there only to cancel the 2. Here $E$ is a **sum** over all samples and outputs, nothing
# is divided by.
#
# **By hand.** $\hat y = (2, 0)$, $y = (1, 3)$: $E = \tfrac12(1 + 9) = 5$ and the gradient is $(1,
# -3)$: push the first down, the second up.
#
# (You write it in section 12, together with its relative for yes-or-no questions.)

# %% [markdown]
# ## 9. Likelihood
#
# For classes there is a better question than "how far off?": *how probable did the model think was
# what happened?* If it gave sample $n$'s true class $c_n$ the probability $p_{n c_n}$, then the
# probability of the whole data set, its *likelihood*, is the product $\prod_n p_{n c_n}$. *Maximum
# likelihood* chooses the weights that make it largest. Products of many small numbers underflow, so
# we take the logarithm, which turns the product into a sum, and a minus sign, which turns the hill
# into a valley:
#
# $$\mathrm{NLL} = -\sum_n \ln p_{n c_n}$$
#
# **By hand.** Two samples whose true classes got 0.5 and 0.25: the likelihood is 0.125, and
# $\mathrm{NLL} = 0.693 + 1.386 = 2.079 = -\ln 0.125$. A model that is sure and right pays 0; one
# that is sure and *wrong* pays infinity.
#
# (With Gaussian noise around the prediction, the same recipe gives the squared error, but for
# constants.)


# %%
def negative_log_likelihood(probabilities: Array, labels: NDArray[np.integer]) -> float:
    """Return minus the natural logarithm of the likelihood of the labels, *summed* over samples.

    Parameters
    ----------
    probabilities : ndarray of shape (N, K)
        Each row sums to one. A true class of probability 0 makes the result infinite.
    labels : ndarray of shape (N,)
        The true class of each sample, integers from 0 to K - 1.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    return -np.sum(np.log(probabilities[np.arange(len(labels)), labels]))
    ### END SOLUTION


# %% [markdown]
# ## 10. The logarithm of a sum of exponentials
#
# A network's last layer gives any real numbers, the *logits* $z_k$. To turn them into probabilities
# one needs $\sum_k e^{z_k}$, and to score these one needs its logarithm:
#
# $$\operatorname{lse}(z) = \ln\sum_k e^{z_k}$$
#
# It is a *soft maximum*: never below the largest logit, above it by at most $\ln K$. Its gradient
# is the softmax, and adding a number to all logits adds just that number to it. The last property
# rescues the computation. $e^{1000}$ overflows and $e^{-1000}$ underflows, and both happen in
# practice; but if the row's largest logit is taken off first and added again afterwards, the
# largest exponential is $e^0 = 1$, and nothing can go wrong.
#
# **By hand.** $z = (0, \ln 3)$: $\ln(1 + 3) = \ln 4 = 1.386$. $z = (1000, 1000)$: $1000 + \ln 2$.
# $z = (0, 0, \dots, 0)$, ten of them: $\ln 10 = 2.303$. $z = (5, -\infty)$: just 5, since a logit
# of minus infinity counts for nothing.  %% [markdown]
# ## 11. Cross-entropy from logits
#
# The softmax makes probabilities of the logits $z_{nk}$, and the likelihood scores these:
#
# $$p_{nk} = \frac{e^{z_{nk}}}{\sum_j e^{z_{nj}}}, \qquad L = -\frac1N\sum_n\ln p_{n c_n}$$
#
# This time a **mean** over the batch, so that the size of a batch does not change the size of the
# step. The gradient is the most beautiful result of this chapter. All the exponentials cancel, and
# what is left is *what the model believed minus what was true*:
#
# $$\frac{\partial L}{\partial z_{nk}} = \frac1N\bigl(p_{nk} - [k = c_n]\bigr)$$
#
# Each row of it sums to zero: what is taken from the wrong classes is given to the right one.
#
# **By hand.** Logits $(0, \ln 3)$, class 0: $p = (\frac14, \frac34)$, $L = \ln 4 = 1.386$, gradient
# $(-\frac34, \frac34)$.
#
# **Stability.** Take the logarithm *before* dividing: $\ln p_k = z_k - \operatorname{lse}(z)$ stays
# finite where $\ln(e^{z_k}/\sum)$ would be $\ln 0$.
#
# **Ruled out.** A class that is impossible for a sample gets the logit $-\infty$: $p = 0$, gradient
# 0, and the others share its part. With logits $(0, \ln 3, -\infty)$ and class 0 all is as above,
# and the third entry of the gradient is 0. Its $\ln p$ is minus infinity, though, and $0 \cdot
# \infty$ is not a number: pick the true class's entry, multiply by nothing.
#
# **The loss at the start** is worth knowing. Small weights give logits near 0, every class is
# believed with $1/K$, and the loss is $\ln K$: 0.693 for two classes, 2.303 for ten digits. If your
# first loss is 8, the net starts sure of itself and wrong, and its weights are too large; if it is
# 0.2, something of the answer has leaked into the input.
#
# Check your gradient again:
#
# ```python
# z, c = np.random.randn(4, 5), np.array([0, 2, 4, 1])
# relative_error(cross_entropy(z, c)[1], numerical_gradient(lambda q: cross_entropy(q, c)[0], z))
# ```


# %%
def cross_entropy(logits: Array, labels: NDArray[np.integer]) -> tuple[float, Array]:
    """Return the softmax cross-entropy, a *mean* over the batch, and its gradient by the logits.

    Natural logarithm. Stable: logits of size 1000 give finite results, however far apart.

    Parameters
    ----------
    logits : ndarray of shape (N, K)
        Scores before the softmax. Minus infinity, never the true class's, rules a class out: it
        counts for nothing, and its gradient is 0.
    labels : ndarray of shape (N,)
        The true class of each sample, integers from 0 to K - 1.

    Returns
    -------
    loss : float
    dlogits : ndarray of shape (N, K)
        The gradient of the mean, so with its 1/N; in the dtype of `logits`.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_p)
    grad[rows, labels] -= 1
    return -log_p[rows, labels].mean(), grad / len(labels)
    ### END SOLUTION


# %% [markdown]
# ### Question `divided_twice`
#
# A student divides `dw` and `db` of `dense_backward` by $N$, "because the loss is a mean over the
# batch", and trains with your `cross_entropy`. What goes wrong, why does training nevertheless
# often seem to work, and which of your functions would have told?

# %% [markdown]
# ## 12. Losses entry by entry: binary cross-entropy
#
# For yes-or-no questions one logit is enough: $p = \sigma(z) = 1/(1 + e^{-z})$. With a target $t$
# between 0 and 1,
#
# $$L = -\frac1N\sum_n\bigl(t_n\ln p_n + (1 - t_n)\ln(1 - p_n)\bigr), \qquad
# \frac{\partial L}{\partial z_n} = \frac1N(p_n - t_n)$$
#
# The same gradient again, belief minus truth.
#
# **By hand.** $z = 0$, $t = 1$: $p = \frac12$, $L = \ln 2 = 0.693$, gradient $-\frac12$.
#
# **Stability.** With $-\ln\sigma(z) = \ln(1 + e^{-z})$ the loss of one sample becomes $\ln(1 +
# e^{z}) - tz$. For a large $z$ even $e^z$ overflows; `np.logaddexp(0, z)` computes $\ln(e^0 + e^z)$
# without that. (Where $p$ rounds to 1, the naive formula meets $\ln 0$: so never go through $p$ to
# the loss.)
#
# Like the squared error of section 8, and unlike the cross-entropy of the last section, this loss
# takes each entry by itself: an array of any shape is so many questions. So the two are one
# function. Mind the difference: the one is a **sum**, the other a **mean**.


# %%
def elementwise_loss(output: Array, target: Array, kind: str) -> tuple[float, Array]:
    """Return a loss that takes each entry by itself, and its gradient with respect to the output.

    ``"squares"`` is half the *sum* of the squared errors over all entries; nothing is divided by
    their number. ``"binary"`` is the sigmoid cross-entropy, a *mean* over all entries, with the
    natural logarithm; it is stable: logits of size 1000 give finite results.

    Parameters
    ----------
    output : ndarray
        Predictions (``"squares"``) or scores before the sigmoid, the logits (``"binary"``). Of any
        shape, with at least one entry.
    target : ndarray
        Of the same shape. For ``"binary"`` from 0 to 1 (0 and 1 for certain labels).
    kind : str
        ``"squares"`` or ``"binary"``.

    Returns
    -------
    loss : float
    doutput : ndarray
        The gradient of this loss, so for ``"binary"`` with the mean's divisor; in the shape and
        dtype of `output`.
    """
    ### BEGIN SOLUTION
    if kind == "squares":
        gap = output - target
        return 0.5 * np.sum(gap**2), gap
    losses = np.logaddexp(0, output) - target * output
    p = np.exp(-np.logaddexp(0, -output))
    return losses.mean(), (p - target) / output.size
    ### END SOLUTION


# %% [markdown]
# ## 13. Activations, given
#
# Between the dense layers stand activations; they were another chapter's subject, so here they are.
# Note that the second function takes the *output* $a$ of the activation, not its input: $\sigma' =
# a(1 - a)$, $\tanh' = 1 - a^2$, and the derivative of ReLU is 1 where the output is positive and 0
# elsewhere.


# %%
def activate(z: Array, name: str) -> Array:
    """Apply ``"relu"``, ``"sigmoid"`` or ``"tanh"`` to each entry."""
    if name == "relu":
        return np.maximum(z, 0)
    return np.tanh(z) if name == "tanh" else np.exp(-np.logaddexp(0, -z))


def activation_slope(a: Array, name: str) -> Array:
    """Return the derivative of an activation, from its *output* `a`."""
    if name == "relu":
        return (a > 0).astype(a.dtype)
    return 1 - a**2 if name == "tanh" else a * (1 - a)


# %% [markdown]
# ## 14. The network, forward
#
# A network is a list of layers, each a pair $(W, b)$. All layers but the last are followed by the
# activation; the last one is not, since its output are the logits (or the predictions of a
# regression).
#
# ```text
#    x --> dense 1 --> act --> dense 2 --> act --> dense 3 --> logits
#                       |                   |                    |
#    returned:     outputs[0]          outputs[1]           outputs[2]
# ```
#
# The backward pass will need the value on every line, so the function returns all of them.
#
# **By hand.** Inputs $(1, 1)$, hidden weights $(0.8, 0.6)$, $(0.2, 0.9)$,
# $(0.7, 0.1)$, output weights $(0.2, 0.8, 0.5)$, no biases, sigmoid: hidden $\sigma(1.4) = 0.80$,
# $\sigma(1.1) = 0.75$, $\sigma(0.8) = 0.69$; net input of the output unit $0.2\cdot0.80 +
# 0.8\cdot0.75 + 0.5\cdot0.69 = 1.1056$ (1.105 if you go on with the rounded ones). A sigmoid on top
# would give 0.75.


# %%
def mlp_forward(x: Array, layers: Layers, activation: str = "relu") -> list[Array]:
    """Return the outputs of all layers of a multilayer perceptron.

    Each layer is dense; every one but the last is followed by the activation.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        The input.
    layers : list of tuple
        L pairs ``(w, b)`` of shapes (F, D) and (F,): as many inputs as the layer before has
        outputs.
    activation : str
        ``"relu"``, ``"sigmoid"`` or ``"tanh"``, for `activate`.

    Returns
    -------
    list of ndarray
        L arrays of shape (N, F), one per layer: the hidden ones after their activation, the last
        one without.
    """
    ### BEGIN SOLUTION
    outputs = []
    for w, b in layers:
        z = dense_forward(x, w, b)
        x = z if len(outputs) == len(layers) - 1 else activate(z, activation)
        outputs.append(x)
    return outputs
    ### END SOLUTION


# %% [markdown]
# ## 15. The network, backward
#
# Walk the list from its end. At each layer: `dense_backward` turns the gradient at the layer's
# output into the gradients of its weights and the gradient at its *input*. That input came out of
# the activation of the layer below, so multiply by the activation's derivative *there*, and you
# hold the gradient at the output of the next layer down:
#
# $$\delta^{(k)} = \bigl(\delta^{(k+1)} W^{(k+1)}\bigr) \odot \varphi'\bigl(z^{(k)}\bigr)$$
#
# (`activation_slope` computes $\varphi'(z)$ from the output $a = \varphi(z)$.) The last layer has
# no activation, and the network's input $x$ came out of none.
#
# The price: about twice a forward pass (two matrix products per layer where the forward pass has
# one), for *all* gradients. That is the whole secret of deep learning's speed.
#
# **By hand.** One input, two ReLU units, one output, no biases: $x = 1$, first weights $(2, -1)$,
# $W_2 = (3, 5)$. Forward: $h = (2, 0)$, the second unit is off; $z = 6$. Backward from $\mathrm{dz}
# = 1$: $\mathrm{dW_2} = (2, 0)$ and $\mathrm{db_2} = 1$; at $h$ arrives $(3, 5)$, and past the ReLU
# $(3, 0)$; so the first weights get $(3, 0)$, their biases $(3, 0)$, and $\mathrm{dx} = 3 \cdot 2 -
# 0 \cdot 1 = 6$.
#
# Reference: Rumelhart, Hinton and Williams (1986), *Learning representations by back-propagating
# errors*.


# %%
def mlp_backward(
    dout: Array, x: Array, layers: Layers, activation: str = "relu"
) -> tuple[Array, Layers]:
    """Return the gradients of a multilayer perceptron's input, weights and biases.

    The network is that of `mlp_forward`; this function runs it forward itself to get the values in
    between.

    Parameters
    ----------
    dout : ndarray of shape (N, K)
        The gradient of the loss with respect to the last layer's output.
    x : ndarray of shape (N, D)
        The input.
    layers : list of tuple
        L pairs ``(w, b)``, as in `mlp_forward`.
    activation : str
        ``"relu"``, ``"sigmoid"`` or ``"tanh"``, for `activate` and `activation_slope`.

    Returns
    -------
    dx : ndarray of shape (N, D)
        The gradient with respect to `x`.
    gradients : list of tuple
        L pairs ``(dw, db)``, in the order of `layers`, summed over the batch as `dense_backward`
        does.
    """
    ### BEGIN SOLUTION
    inputs = [x, *mlp_forward(x, layers, activation)[:-1]]
    grads = []
    for k in reversed(range(len(layers))):
        dout, dw, db = dense_backward(dout, inputs[k], layers[k][0])
        grads.insert(0, (dw, db))
        if k > 0:
            dout = dout * activation_slope(inputs[k], activation)
    return dout, grads
    ### END SOLUTION


# %% [markdown]
# ## 16. A network is a graph
#
# The chain of layers is a special case. In general, write every intermediate result as a node and
# draw an arrow from each value to those computed from it. This *computational graph* has no cycles.
# The *depth* of the model is the length of its longest path: as many steps must follow one another,
# however many processors you have. It is also the number of factors in the longest product of the
# chain rule.
#
# **By hand.** $\sigma(w \cdot x + b)$:
#
# ```text
#     w ---> (*) ---> (+) ---> (sigma)         edges: (w, mul), (x, mul), (mul, add),
#     x ----/        /                                (b, add), (add, sigma)
#               b --'                          longest path: w, mul, add, sigma = 3 edges
# ```
#
# **Convention.** A path's length is counted in *edges* here. Some texts count nodes, or only the
# operations.
#
# Reference: Goodfellow, Bengio and Courville (2016), *Deep learning*, the beginning of chapter 1
# (depth) and section 6.5.1 (graphs).


# %%
def graph_depth(edges: Sequence[tuple[Hashable, Hashable]]) -> int:
    """Return the number of edges on the longest path of a computational graph.

    Parameters
    ----------
    edges : list of tuple
        The arrows ``(from, to)``; the nodes are named by strings or integers. There is no cycle.
        The arrows may come in any order, and the same arrow may come twice.

    Returns
    -------
    int
        0 if there is no edge.
    """
    ### BEGIN SOLUTION
    targets = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)

    def longest(node: Hashable) -> int:
        return max((1 + longest(target) for target in targets.get(node, [])), default=0)

    return max((longest(node) for node in targets), default=0)
    ### END SOLUTION


# %% [markdown]
# ## 17. A tape
#
# Your `mlp_backward` knows one kind of network. How does a framework differentiate *whatever* you
# write? It keeps a **tape**: while the program runs forward, every elementary operation on two
# numbers (or one) is written down, with the places of what went in. That list is the graph, in an
# order in which every value stands behind those it was made of. To go backward, read the tape from
# its end: when an operation's turn comes, everything that ever used its result has already sent its
# share back, so its gradient $g$ is complete, and it passes $g$ times its own derivative on to its
# operands.
#
# One rule needs care. A value may be used several times, and then blame comes back from several
# sides: **the shares add up**.
#
# **By hand.** $f = x\,y + x$ at $x = 2$, $y = 3$. Inputs: value 0 is $x$, value 1 is $y$. The tape:
#
# ```text
#   place   operation        value      gradient, read from below
#     0     (input x)          2        3 (from place 2) + 1 (from place 3) = 4
#     1     (input y)          3        2 (from place 2)
#     2     mul 0 1            6        1
#     3     add 2 0            8        1   <- start here
# ```
#
# Indeed $\partial f/\partial x = y + 1 = 4$ and $\partial f/\partial y = x = 2$. This is all that
# *automatic differentiation in reverse mode* is; a framework's operations are merely larger.
#
# Reference: Baydin, Pearlmutter, Radul and Siskind (2018), *Automatic differentiation in machine
# learning: a survey*.


# %%
def tape_backward(inputs: Array, tape: Sequence[tuple]) -> Array:
    """Return the gradient of a recorded computation's result by each of its inputs.

    The inputs have the places 0 ... n - 1. Entry k of the tape makes the value of place n + k from
    values of earlier places: ``("add", i, j)`` their sum, ``("mul", i, j)`` their product,
    ``("tanh", i)`` and ``("exp", i)`` the function of one value. The places i and j may be the
    same. The last value is the result; it need not depend on all inputs, nor on all entries.

    Parameters
    ----------
    inputs : ndarray of shape (N,)
        The values of the inputs, at least one.
    tape : list of tuple
        At least one operation, in the order in which they were carried out.

    Returns
    -------
    ndarray of shape (N,)
        In the dtype of `inputs`; 0 for an input on which the result does not depend.

    References
    ----------
    Baydin et al. 2018, Automatic differentiation in machine learning: a survey.
    """
    ### BEGIN SOLUTION
    values, n = list(inputs), len(inputs)
    for op, *args in tape:
        a, b = values[args[0]], values[args[-1]]
        if op in ("add", "mul"):
            values.append(a + b if op == "add" else a * b)
        else:
            values.append(np.tanh(a) if op == "tanh" else np.exp(a))
    grads = [0.0] * (len(values) - 1) + [1.0]
    for k in reversed(range(len(tape))):
        op, *args = tape[k]
        a, b, out = values[args[0]], values[args[-1]], values[n + k]
        partials = {"add": (1, 1), "mul": (b, a), "tanh": (1 - out**2,), "exp": (out,)}[op]
        for i, partial in zip(args, partials):
            grads[i] += grads[n + k] * partial
    return np.array(grads[:n], dtype=inputs.dtype)
    ### END SOLUTION


# %% [markdown]
# ## 18. The textbook's algorithm: one sample, thresholds, sigmoids
#
# Many texts write backpropagation for one hidden layer, one training sample $(x, y)$ and
# *thresholds* that are subtracted. The same chain rule, in other clothes:
#
# $$b_h = \sigma\Bigl(\sum_i v_{ih}x_i - \gamma_h\Bigr), \qquad
# \hat y_j = \sigma\Bigl(\sum_h w_{hj}b_h - \theta_j\Bigr)$$
#
# With the error $E = \tfrac12\sum_j(\hat y_j - y_j)^2$, define for each output unit and then for
# each hidden unit
#
# $$g_j = \hat y_j(1 - \hat y_j)(y_j - \hat y_j), \qquad e_h = b_h(1 - b_h)\sum_j w_{hj}g_j$$
#
# The two factors before the sum are the sigmoid's derivative; the sum collects the blame that comes
# back through the weights. Then
#
# $$\Delta w_{hj} = \eta g_j b_h, \quad \Delta\theta_j = -\eta g_j, \quad
# \Delta v_{ih} = \eta e_h x_i, \quad \Delta\gamma_h = -\eta e_h$$
#
# Note two things. Everything is *added* to the old values: $g$ has the minus sign of "downhill" in
# it ($y - \hat y$, not $\hat y - y$). The thresholds get the opposite sign, because they are
# subtracted. And $e_h$ uses the *old* $w$: first all the blame, then all the changes.
#
# **By hand.** One unit per layer, $x = 1$, all weights 1, all thresholds 0, $y = 1$, $\eta = 1$: $b
# = 0.731$, $\hat y = 0.675$, $g = 0.675\cdot0.325\cdot0.325 = 0.0713$, $e =
# 0.731\cdot0.269\cdot0.0713 = 0.0140$; so $w = 1.0521$, $\theta = -0.0713$, $v = 1.0140$, $\gamma =
# -0.0140$.
#
# **Convention.** The text's index order is $v_{ih}$, $w_{hj}$ (from, to). The arrays here have one
# *row per unit that receives*, as everywhere in this course: `v[h, i]`, `w[j, h]`.
#
# Reference: Zhou (2021), *Machine learning*, section 5.3 (error backpropagation), whose symbols
# these are.


# %%
def sigmoid_mlp_update(
    v: Array,
    gamma: Array,
    w: Array,
    theta: Array,
    x: Array,
    y: Array,
    lr: float = 0.1,
) -> tuple[Array, Array, Array, Array]:
    """Learn from one sample with standard backpropagation (one hidden layer, sigmoids, thresholds).

    One step of gradient descent on half the squared error of this sample, in the symbols of the
    text; e is made with the old `w`. The loss must fall if `lr` is small, and nothing changes where
    the answer is exact.

    Parameters
    ----------
    v : ndarray of shape (Q, D)
        The weights from input i to hidden unit h, ``v[h, i]``.
    gamma : ndarray of shape (Q,)
        The hidden units' thresholds, subtracted.
    w : ndarray of shape (K, Q)
        The weights from hidden unit h to output unit j, ``w[j, h]``.
    theta : ndarray of shape (K,)
        The output units' thresholds, subtracted.
    x : ndarray of shape (D,)
        The sample.
    y : ndarray of shape (K,)
        Its targets, from 0 to 1.
    lr : float
        The learning rate.

    Returns
    -------
    v : ndarray of shape (Q, D)
    gamma : ndarray of shape (Q,)
    w : ndarray of shape (K, Q)
    theta : ndarray of shape (K,)
        The new values, in the dtype of the old ones.
    """
    ### BEGIN SOLUTION
    b = 1 / (1 + np.exp(gamma - v @ x))
    y_hat = 1 / (1 + np.exp(theta - w @ b))
    g = y_hat * (1 - y_hat) * (y - y_hat)
    e = b * (1 - b) * (w.T @ g)
    return (
        v + lr * np.outer(e, x),
        gamma - lr * e,
        w + lr * np.outer(g, b),
        theta - lr * g,
    )
    ### END SOLUTION


# %% [markdown]
# ## 19. Why depth is hard: the vanishing gradient
#
# Take the narrowest deep network, a chain of single sigmoid units, $a_l = \sigma(w_l a_{l-1} +
# b_l)$. How much does the last output change if the first input does? The chain rule multiplies one
# factor per layer:
#
# $$\frac{\partial a_L}{\partial a_0} = \prod_{l=1}^{L} w_l\,a_l(1 - a_l)$$
#
# The sigmoid's derivative $a(1-a)$ is at most $\frac14$. With weights of size 1, ten layers leave
# at most $4^{-10} \approx 10^{-6}$ of the gradient: the first layer does not learn. Weights beyond
# 4 can make the product *explode*, but only while the units stay near $a = \frac12$.
#
# **By hand.** Weights $(2, -1)$, outputs $(0.5, 0.8)$: $2\cdot0.25 \cdot (-1)\cdot0.16 = -0.08$.
#
# Reference: Hochreiter (1991); Bengio, Simard and Frasconi (1994), *Learning long-term dependencies
# with gradient descent is difficult*.


# %%
def vanishing_factor(weights: Array, activations: Array) -> float:
    """Return the derivative of a chain's last output with respect to its input.

    In the chain ``a[l] = sigmoid(w[l] * a[l - 1] + b[l])`` every layer contributes one factor; with
    weights of 4 and outputs of one half it is 1.

    Parameters
    ----------
    weights : ndarray of shape (L,)
        The weight of each layer's unit.
    activations : ndarray of shape (L,)
        The *output* of each layer's unit, between 0 and 1.

    Returns
    -------
    float
        1 for an empty chain.
    """
    ### BEGIN SOLUTION
    return np.prod(weights * activations * (1 - activations))
    ### END SOLUTION


# %% [markdown]
# ### Question `three_rescues`
#
# Your `vanishing_factor` says that ten sigmoid units in a chain, with weights of size 1, pass on at
# most a millionth of the gradient. Three rescues are proposed: (a) start with weights of 4, since
# $4 \cdot \frac14 = 1$; (b) keep the weights and give the first layers a learning rate a million
# times larger; (c) use ReLU. Judge each: does it repair the cause, and what can still go wrong?

# %% [markdown]
# ## 20. Half precision: the loss is scaled
#
# The same danger from another side: numbers of *half precision* (`np.float16`) end at $2^{-24}
# \approx 6 \cdot 10^{-8}$, and a gradient of $10^{-8}$ is stored as 0. *Loss scaling* is the simple
# cure: multiply the loss by 1024, so that all gradients come back 1024 times as large, and divide
# them again before the step, in a precision that can hold the result. Try it:
#
# ```python
# dy, w = np.float16(1e-4), np.float16(1e-4)  # two factors of a chain rule, both harmless
# dy * w  # 0.0: the gradient is gone
# scaled = np.float16(1024) * dy * w  # the loss times 1024, and so all that comes back
# np.float32(scaled) / 1024  # 1e-08: here it is
# np.float16(scaled) / np.float16(1024)  # 0.0: divided too soon
# ```
#
# How large a scale? As large as possible, but half precision also ends above, at 65504: what is
# larger becomes infinite. Where that happens changes while the net learns, so the scale is found on
# the way. Half precision hands back $\tilde g$, which is $s\,g$ rounded to half precision. Then
#
# 1. if any entry of $\tilde g$ is infinite or NaN, this step is lost: no weight moves, the scale is
#    halved, and the count of good steps begins again at 0;
# 2. otherwise $w \leftarrow w - \eta\,\tilde g/s$, in the precision of $w$, and the count grows by
#    one; when it reaches the `window`, the scale is doubled, for the *next* step, and the count
#    begins again at 0.
#
# A lost step now and then (one in 2000 is usual) is the price of knowing that a doubled scale was
# too much.
#
# **By hand.** Scale 1024, $\eta = 2$, window 3, count 2. A gradient of $2^{-26} = 1.49\cdot10^{-8}$
# would be 0 in half precision; scaled it is $2^{-16}$ and survives: $w = 0$ becomes $-2\cdot2^{-26}
# = -2.98\cdot10^{-8}$, the count 3, so the scale is 2048 and the count 0. The next gradient is 40,
# and $2048\cdot40 = 81920$ is too much: $w$ stays, the scale is 1024 again, the count 0. Then
# $1024\cdot40 = 40960$ fits: $w$ moves by $-80$, the count is 1.
#
# Reference: Micikevicius and others (2018), *Mixed precision training*. PyTorch's `GradScaler` does
# this, with a window of 2000.


# %%
def scaled_update(
    w: Array, scale: float, good: int, gradient: Array, lr: float = 0.1, window: int = 2000
) -> tuple[Array, float, int]:
    """Take one step of gradient descent with a loss that is scaled for half precision.

    A backward pass in half precision hands back ``scale`` times the gradient, rounded once to
    `np.float16`; nothing else is computed in half precision. The rule is the text's. The scale has
    no limits.

    Parameters
    ----------
    w : ndarray of shape (D,)
        The weights.
    scale : float
        What the loss is multiplied with, a power of two.
    good : int
        How many steps have gone well since the scale changed last, less than `window`.
    gradient : ndarray of shape (D,)
        The gradient of the loss that is not scaled, before any rounding; in the dtype of `w`. It
        may hold infinities and NaN.
    lr : float
        The learning rate.
    window : int
        After so many good steps the scale is doubled; at least 1.

    Returns
    -------
    w : ndarray of shape (D,)
        The new weights, or the old ones if the step is lost; in the dtype of `w`.
    scale : float
        For the next step.
    good : int
        For the next step.

    References
    ----------
    Micikevicius and others 2018, section 3.2.
    """
    ### BEGIN SOLUTION
    with np.errstate(over="ignore"):
        scaled = (scale * gradient).astype(np.float16)
    if not np.all(np.isfinite(scaled)):
        return w, scale / 2, 0
    w = w - lr * (scaled.astype(w.dtype) / scale)
    good = good + 1
    if good == window:
        return w, 2 * scale, 0
    return w, scale, good
    ### END SOLUTION


# %% [markdown]
# ## 21. Training, given
#
# What is left is bookkeeping: draw starting weights (small and random, or all units of a layer stay
# twins), and repeat *forward, loss, backward, step*.


# %%
def start_layers(sizes: Sequence[int], rng: np.random.Generator) -> Layers:
    """Draw the layers of a network: normal weights of variance 2 / inputs, biases of zero."""
    layers = []
    for k in range(len(sizes) - 1):
        shape = (sizes[k + 1], sizes[k])
        layers.append((rng.normal(0, math.sqrt(2 / sizes[k]), shape), np.zeros(sizes[k + 1])))
    return layers


def train_step(
    layers: Layers, speed: Layers, gradients: Layers, lr: float, beta: float = 0.9
) -> tuple[Layers, Layers]:
    """Take one step of gradient descent with momentum on every weight and bias."""
    speed = [
        (beta * vw + lr * dw, beta * vb + lr * db) for (vw, vb), (dw, db) in zip(speed, gradients)
    ]
    return [(w - vw, b - vb) for (w, b), (vw, vb) in zip(layers, speed)], speed


# %% [markdown]
# **What to see in the figure.** At the upper left every dot is one parameter of a small net: your
# backward pass against brute force (green), and the same with all bias gradients 2 % too small
# (red). Two per cent would never show in a loss that falls; here no dot is in doubt. At the upper
# right a net learns to tell two spirals apart. For a hundred steps little happens, then, while it
# bends its border round the first turn, the gradients become a hundred times as long, and in the
# end the loss falls smoothly. Which layer's gradient is the shortest then? At the lower left stands
# what it has learnt, with its border in black. Look at the corners, far from all samples: how sure
# is it there, and with what right? At the lower right is `vanishing_factor` for chains of equal
# weights, each unit at its steepest. Only the weight of 4 keeps the gradient; 1 leaves $10^{-12}$
# of it after twenty layers, and 8 makes it a million times as large.


# %%
def figure():
    """Draw a gradient check, a training run on two spirals and the vanishing gradient."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(3)
    turn = np.sqrt(rng.uniform(0.01, 1, 180)) * 3.5 * np.pi
    spiral = np.stack([turn * np.cos(turn), turn * np.sin(turn)], axis=1) / 5.6
    spiral += rng.normal(0, 0.04, spiral.shape)
    x, labels = np.concatenate([spiral, -spiral]), np.repeat([0, 1], 180)

    fig, axes = plt.subplots(2, 2, figsize=(12, 9.5), layout="constrained")

    # the gradient check, right and with one mistake
    ax, layers = axes[0, 0], start_layers([2, 6, 5, 2], rng)
    layers = [(w, b + 0.1) for w, b in layers]
    batch, truth = x[::30], labels[::30]

    def loss_of(theta, k, part):
        moved = [list(pair) for pair in layers]
        moved[k][part] = theta
        outputs = mlp_forward(batch, [tuple(pair) for pair in moved], "tanh")
        return cross_entropy(outputs[-1], truth)[0]

    dout = cross_entropy(mlp_forward(batch, layers, "tanh")[-1], truth)[1]
    _, gradients = mlp_backward(dout, batch, layers, "tanh")
    position = 0
    for k, pair in enumerate(layers):
        for part, name in enumerate(("W", "b")):
            brute = numerical_gradient(lambda t, k=k, p=part: loss_of(t, k, p), pair[part])
            for wrong, colour in ((False, "#2ca02c"), (True, "#d62728")):
                own = gradients[k][part] * (1 - 0.02 * (wrong and name == "b"))
                pairs = zip(own.ravel(), brute.ravel())
                errors = [relative_error(np.array([a]), np.array([n])) for a, n in pairs]
                spots = position + np.arange(len(errors))
                if not wrong or name == "b":
                    ax.semilogy(spots, np.maximum(errors, 1e-13), "o", color=colour, ms=4)
            ax.text(position + len(errors) / 2, 2e-14, f"{name}{k + 1}", ha="center")
            position += len(errors)
            ax.axvline(position - 0.5, color="0.8", lw=0.8)
    ax.plot([], [], "o", color="#2ca02c", label="your backward pass")
    ax.plot([], [], "o", color="#d62728", label="the same, bias gradients 2 % too small")
    ax.axhspan(1e-3, 1, color="#d62728", alpha=0.08)
    ax.axhspan(1e-14, 1e-7, color="#2ca02c", alpha=0.08)
    ax.set(title="Gradient check, parameter by parameter", xlabel="parameter", ylim=(1e-14, 1))
    ax.set(ylabel="relative error against brute force", xlim=(-1, position))
    ax.legend(loc="center right")

    # learning the spirals
    layers = start_layers([2, 32, 32, 2], rng)
    speed = [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]
    losses, norms = [], []
    for _ in range(1500):
        outputs = mlp_forward(x, layers, "tanh")
        loss, dout = cross_entropy(outputs[-1], labels)
        _, gradients = mlp_backward(dout, x, layers, "tanh")
        layers, speed = train_step(layers, speed, gradients, 0.1)
        losses.append(loss)
        norms.append([np.linalg.norm(dw) for dw, _ in gradients])
    ax = axes[0, 1]
    ax.semilogy(losses, color="black", lw=2, label="loss")
    for k, norm in enumerate(np.array(norms).T):
        ax.semilogy(norm, lw=1, alpha=0.8, label=f"gradient by W{k + 1}")
    ax.set(title="Learning two spirals: 2-32-32-2, tanh", xlabel="step")
    ax.set(ylabel="cross-entropy; length of a gradient")
    ax.grid(alpha=0.3)
    ax.legend()

    ax = axes[1, 0]
    a, b = np.meshgrid(np.linspace(-2.2, 2.2, 160), np.linspace(-2.2, 2.2, 160))
    logits = mlp_forward(np.stack([a.ravel(), b.ravel()], axis=1), layers, "tanh")[-1]
    belief = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    shown = ax.contourf(a, b, belief.reshape(a.shape), 20, cmap="RdBu", alpha=0.75)
    ax.contour(a, b, belief.reshape(a.shape), [0.5], colors="black", linewidths=1.5)
    ax.scatter(*x.T, c=labels, cmap="RdBu", edgecolor="black", s=18, linewidth=0.6)
    ax.set(title="What it believes", xlabel=r"$x_1$", ylabel=r"$x_2$", aspect="equal")
    fig.colorbar(shown, ax=ax, label="probability of the blue spiral", shrink=0.8)

    # the vanishing gradient
    ax, depths = axes[1, 1], np.arange(1, 21)
    for weight, colour in zip((0.5, 1.0, 2.0, 4.0, 8.0), plt.cm.viridis(np.linspace(0, 0.9, 5))):
        weights, value, outputs = np.full(20, weight), 0.5, []
        for w in weights:
            value = float(activate(np.array([[w * (value - 0.5)]]), "sigmoid")[0, 0])
            outputs.append(value)
        factors = [abs(vanishing_factor(weights[:d], np.array(outputs[:d]))) for d in depths]
        ax.semilogy(depths, factors, "o-", color=colour, ms=4, label=f"w = {weight:g}")
    ax.axhline(1, color="0.5", ls="--")
    ax.set(title="A chain of sigmoid units at a = ½", xlabel="layers", xticks=depths[1::2])
    ax.set(ylabel=r"$|\partial a_L / \partial a_0|$")
    ax.grid(alpha=0.3)
    ax.legend()
    return fig


# %% [markdown]
# ### Question `confidently_wrong`
#
# Train a digit reader with softmax and *half the squared* error of the probabilities instead of
# `cross_entropy`. Take a sample whose true class got the probability 0.0001 and one wrong class
# practically all the rest. Compare the size of the gradient at the true class's logit under the two
# losses and explain where the difference comes from. What does that mean for a net that is sure and
# wrong, and is there a situation in which the squared error's behaviour is the better one?

# %% [markdown]
# ## 22. Capstone: reading digits
#
# Your functions, nothing else, learn to read handwritten digits: 1,797 scans of 8×8 pixels that
# come with scikit-learn. Put MNIST's four IDX files into a folder `mnist` beside this file, and the
# same code takes its 70,000 scans of 28×28 instead, with the classic net 784-300-100-10.
#
# First your backward pass must agree with brute force. Then the target: at least 96 % of the digits
# that the network has never seen (MNIST: 97.5 %; with patience 98.1 %).


# %%
def capstone(folder: str = "mnist"):
    """Train a network on handwritten digits with the functions of this chapter."""
    import matplotlib.pyplot as plt

    from autograder.data import digits, mnist
    from autograder.rewards import track

    try:
        data, sizes, batch, epochs, goal = mnist(folder), [784, 300, 100, 10], 64, 8, 0.975
    except FileNotFoundError:
        data, sizes, batch, epochs, goal = digits(), [64, 64, 32, 10], 32, 30, 0.96
    x, y = data["x_train"].astype(np.float32), data["y_train"]
    x_test, y_test = data["x_test"].astype(np.float32), data["y_test"]

    rng = np.random.default_rng(1)
    small = start_layers([x.shape[1], 5, 10], rng)
    few = x[:20].astype(np.float64)
    dout = cross_entropy(mlp_forward(few, small)[-1], y[:20])[1]
    own = mlp_backward(dout, few, small)[1][1][0]

    def loss_of(w):
        return cross_entropy(mlp_forward(few, [small[0], (w, small[1][1])])[-1], y[:20])[0]

    gradient_error = relative_error(own, numerical_gradient(loss_of, small[1][0]))

    layers = [(w.astype(np.float32), b.astype(np.float32)) for w, b in start_layers(sizes, rng)]
    speed = [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]
    history = []
    for epoch, say in track(range(epochs), "learning to read"):
        lr = 0.05 * (1 - epoch / epochs) + 0.001
        total = 0.0
        for part in np.array_split(rng.permutation(len(x)), math.ceil(len(x) / batch)):
            outputs = mlp_forward(x[part], layers)
            loss, dout = cross_entropy(outputs[-1], y[part])
            gradients = mlp_backward(dout, x[part], layers)[1]
            layers, speed = train_step(layers, speed, gradients, lr)
            total += float(loss) * len(part)
        answers = mlp_forward(x_test, layers)[-1].argmax(axis=1)
        history.append((total / len(x), float(np.mean(answers == y_test))))
        say(loss=history[-1][0], accuracy=history[-1][1])

    fig = plt.figure(figsize=(12, 4.5), layout="constrained")
    left, right = fig.subfigures(1, 2)
    ax = left.subplots()
    ax.semilogy([loss for loss, _ in history], "o-", color="#1f77b4", ms=4, label="training loss")
    ax.semilogy([1 - a for _, a in history], "s-", color="#d62728", ms=4, label="share misread")
    ax.set(title=f"{history[-1][1]:.1%} of the unseen digits right", xlabel="epoch")
    ax.set(ylabel="cross-entropy; share of unseen digits misread")
    ax.grid(alpha=0.3)
    ax.legend()
    misread = np.flatnonzero(answers != y_test)[:8]
    side = math.isqrt(x.shape[1])
    for ax, n in zip(right.subplots(2, 4).flat, misread):
        ax.imshow(x_test[n].reshape(side, side), cmap="gray_r")
        ax.set_title(f"{y_test[n]}, read as {answers[n]}", fontsize=9)
    for ax in right.axes:
        ax.axis("off")
    right.suptitle("What it misreads")

    return {
        "test_accuracy": history[-1][1],
        "train_loss": history[-1][0],
        "gradient_error": gradient_error,
        "parameters": float(parameter_count(sizes)),
        "target_reached": bool(history[-1][1] >= goal and gradient_error < 1e-5),
        "figure": fig,
    }


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
