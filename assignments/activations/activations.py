# %% [markdown]
# # Activations
#
# *Chapter 4 · Unit II: neurons and multilayer perceptrons*
#
# Stack a hundred layers of weights, and you have built... one layer. A weighted sum of weighted
# sums is a weighted sum. Everything that makes a deep network more than a large matrix happens in
# the few lines between the layers: a number goes in, a bent number comes out.
#
# ```text
#     x ---> [ W, b ] ---> z ---> ( activation ) ---> a ---> [ W, b ] ---> ...
#                                       |
#                           bends the line: here, and only here
# ```
#
# Which bend? Eighty years of research have tried a step, an S, a hinge, a hinge with a leak, a
# hinge that was polished until it was smooth. The choice decides two things. *Forward*: what the
# unit can say. *Backward*: how much of the gradient comes through, and that is a matter of the
# **derivative**. So every function of this chapter answers with a pair: the activation **and** its
# derivative at the same place. At the end, the same deep network learns to read digits with each of
# them, and you will see which derivative kills it.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]

# %% [markdown]
# ## Conventions of this chapter
#
# - `z` is what goes into an activation, `a` what comes out, `da` the derivative of `a` with respect
#   to `z`, *taken at z*. All three have one shape.
# - `dy` is the gradient of some loss with respect to an output `y`; `dx` with respect to `x`. A
#   gradient always has the shape of the thing itself.
# - At a **kink** the derivative from the left and the one from the right differ. Which one is asked
#   stands in the docstring.
# - float32 in gives float32 out (float64 alike); nothing is changed in place; the arrays may lie in
#   memory in any way.
# - Weights are `(out, in)`: $y = xW^\top + b$, one sample per row of $x$.

# %% [markdown]
# ## 1. Why bend at all
#
# Put two layers on top of each other with nothing between, $y = W_2(W_1 x + b_1) + b_2$. Multiply
# out, and you find a matrix that does it at once, and a bias that does it at once. The same holds
# for a hundred layers. All that depth has learned is one layer.
#
# **By hand.** $W_1 = \begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}$, $b_1 = (1, 0)$,
# $W_2 = \begin{pmatrix} 1 & -1 \end{pmatrix}$, $b_2 = 3$. The input $(0, 0)$ gives $1 - 0 + 3 = 4$,
# the input $(1, 0)$ gives 5, the input $(0, 1)$ gives $3 - 1 + 3 = 5$. One layer with the weights
# $(1, 1)$ and the bias 4 says the same, for every input. Two matrices that do not commute: mind
# which stands on the left.


# %%
def collapse_linear(layers: Layers) -> tuple[Array, Array]:
    """Return the one layer that does what a stack of layers without activations does.

    For every input x, applying the returned layer gives what applying all `layers` one after the
    other gives.

    Parameters
    ----------
    layers : list of tuple
        At least one pair ``(w, b)`` of shapes (out, in) and (out,), from the input to the output.

    Returns
    -------
    w : ndarray of shape (F, D)
        D inputs of the first layer, F outputs of the last; in the dtype of the layers.
    b : ndarray of shape (F,)
    """
    raise NotImplementedError("collapse_linear")


# %% [markdown]
# ## 2. Hard units
#
# The oldest bend is a switch. McCulloch and Pitts's neuron fires or does not:
#
# $$ \operatorname{step}(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases} \qquad
#    \operatorname{sign}(z) = \begin{cases} 1 & z > 0 \\ 0 & z = 0 \\ -1 & z < 0 \end{cases} $$
#
# and the **piecewise linear** unit is a switch with a ramp: 1 for $z \ge \tfrac12$, 0 for
# $z \le -\tfrac12$, and $z + \tfrac12$ between.
#
# A switch cannot be trained by gradients: its derivative is 0 wherever there is one. No weight
# below it would ever move. There is a cheeky way out, the **straight-through estimator**: forward,
# the unit switches; backward, we *pretend* that it had been the identity, and let the gradient
# through as it came. The pretended derivative of `step` and `sign` is 1 everywhere. It is wrong,
# and it works: networks whose weights and activations are single bits are trained this way.
#
# The ramp needs no pretence: its true derivative is 1 on the ramp and 0 beside it. At the two kinks
# we count the flat side: 0.
#
# **By hand.** $z = (-2, -\tfrac12, 0, \tfrac14, \tfrac12)$. step: $(0, 0, 1, 1, 1)$; sign:
# $(-1, -1, 0, 1, 1)$; ramp: $(0, 0, \tfrac12, \tfrac34, 1)$ with derivatives $(0, 0, 1, 1, 0)$.
#
# **Conventions.** Some texts have step(0) = 0, or ½. Hubara et al. let the gradient through only
# where $|z| \le 1$ (a straight-through estimator with saturation); we use the plain one.
#
# *McCulloch and Pitts 1943, A logical calculus of the ideas immanent in nervous activity. Bengio,
# Léonard and Courville 2013, Estimating or propagating gradients through stochastic neurons for
# conditional computation. Hubara et al. 2016, Binarized neural networks.*


# %%
def hard_unit(z: Array, kind: str) -> tuple[Array, Array]:
    """Return a hard activation and the derivative that is used to train through it.

    Parameters
    ----------
    z : ndarray
        Of any shape.
    kind : str
        ``"step"``: 1 where z is at least 0, else 0. ``"sign"``: 1, 0 or -1, and 0 only at 0.
        ``"piecewise_linear"``: 0 up to -1/2, 1 from 1/2 on, a straight ramp between.

    Returns
    -------
    a : ndarray
        The activation, in the shape and dtype of `z`.
    da : ndarray
        In the shape and dtype of `z`. For ``"step"`` and ``"sign"`` the straight-through one: 1
        everywhere. For ``"piecewise_linear"`` the true one: 1 inside the ramp, 0 outside and at its
        two ends.
    """
    raise NotImplementedError("hard_unit")


# %% [markdown]
# ## 3. The S: sigmoid and hyperbolic tangent
#
# Round the corners of the switch, and there is a derivative everywhere:
#
# $$ \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^z}{1 + e^z}, \qquad
#    \tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}} = 2\sigma(2z) - 1. $$
#
# Find the derivatives yourself. You know that you have them when they are *even* functions, highest
# in the middle, $\tfrac14$ for the sigmoid and 1 for the tangent, and die out on both sides, like
# $e^{-|z|}$ and $4e^{-2|z|}$. A quarter is the most a sigmoid ever passes on. Ten layers of them
# pass on a millionth, at best: that was the winter of deep learning in one number.
#
# **By hand.** $\sigma(\ln 3) = \tfrac34$ with the derivative $\tfrac3{16} = 0.1875$;
# $\tanh(\ln 2) = 0.6$ with the derivative 0.64.
#
# **Two traps of the computer.** First, $e^{1000}$ is infinite, and infinity over infinity is not a
# number. One of the two forms above is safe at $z = -1000$, the other at $+1000$. Second, and
# sneakier: at $z = 40$ the sigmoid is so near 1 that it *rounds* to 1 (in float32 from 17 on).
# Whoever computes a derivative from that rounded 1 gets exactly 0, although it is $e^{-40}$, the
# same as at $-40$. An even function should be computed as one: keep the digits on both sides.


# %%
def squash(z: Array, kind: str) -> tuple[Array, Array]:
    """Return the sigmoid or the hyperbolic tangent, and its derivative.

    Both are finite for `z` of any size. The derivative keeps its digits on both sides: at z = 40 it
    is as large as at z = -40 (for the sigmoid about 4e-18), not 0. Of the activation itself no more
    is asked than that it is right to absolute rounding.

    Parameters
    ----------
    z : ndarray
        Of any shape.
    kind : str
        ``"sigmoid"`` or ``"tanh"``.

    Returns
    -------
    a : ndarray
        The activation, in the shape and dtype of `z`.
    da : ndarray
        Its derivative at `z`, in the shape and dtype of `z`.
    """
    raise NotImplementedError("squash")


# %% [markdown]
# Run the file now (or the cell of the figure below): your first curves are drawn.
#
# ## 4. Never trust a derivative
#
# From here on you derive a new formula every few minutes. A wrong one does not crash; the network
# merely learns badly. So build the tool that tells, once and for all.
#
# Take any function $f$ from arrays to arrays. Somebody above it says how much the loss reacts to
# each of its outputs: $dy$. Nudge one input $x_i$ up and down by a little $h$; the outputs answer,
# $dy$ weighs the answers, and
#
# $$ \frac{\partial L}{\partial x_i} \approx
#    \sum_j dy_j\, \frac{f_j(x + h e_i) - f_j(x - h e_i)}{2h}. $$
#
# That is a **vector-Jacobian product** by brute force, the very thing that every backward pass
# computes. For an activation, where each output depends on its own input only, $dy = 1$ gives the
# derivative itself: `numerical_vjp(lambda t: squash(t, "tanh")[0], z, np.ones_like(z))` against
# your `da`. Below $10^{-8}$: be happy.
#
# **By hand.** $f(x) = x^2$ at $x = (1, 3)$ with $dy = (1, 10)$: $(2, 60)$. One-sided with $h = 0.1$
# it would be $(2.1, 61)$; the two-sided one is exact here, for any $h$.
#
# This needs float64: the difference of two nearly equal numbers has few digits left, and float32
# has none to spare.


# %%
def numerical_vjp(f: Callable[[Array], Array], x: Array, dy: Array, h: float = 1e-5) -> Array:
    """Return the gradient of ``sum(dy * f(x))`` with respect to `x`, by central differences.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a new array for an array of the shape of `x`, which it leaves as it is; the
        two shapes may differ.
    x : ndarray
        The point, float64, of any shape. It is not changed.
    dy : ndarray
        The weight of each output, in the shape of ``f(x)``.
    h : float
        How far each input is nudged, up and down.

    Returns
    -------
    ndarray
        One number per input, in the shape of `x`.
    """
    raise NotImplementedError("numerical_vjp")


# %% [markdown]
# ## 5. A detective's exercise
#
# You help in the tutorial. Somebody's network does not learn, and all you have is what their
# "derivative of the sigmoid" returned at a few places, printed with six digits. What did they
# believe? The usual suspects:
#
# | name | what was returned |
# |---|---|
# | `"right"` | the derivative of the sigmoid at z |
# | `"at the output"` | the right formula, but fed the activation $a = \sigma(z)$ instead of z |
# | `"output formula"` | a formula that expects the *output* $a$, but it was fed z itself |
# | `"squared"` | the derivative, multiplied in twice |
# | `"activation"` | the sigmoid itself |
# | `"tanh"` | the derivative of the hyperbolic tangent |
# | `"sign"` | the derivative, with the sign turned |
#
# A good detective does not look at one witness: at some places two suspects tell nearly the same
# story. Compare whole stories.
#
# **By hand.** At $z = (0, 2)$: "right" says $(0.25, 0.104994)$, "squared" $(0.0625, 0.011024)$, "at
# the output" $(0.235004, 0.207156)$, "output formula" $(0, -2)$.


# %%
def whose_mistake(z: Array, claimed: Array) -> str:
    """Name the mistake behind a wrong derivative of the sigmoid.

    Parameters
    ----------
    z : ndarray of shape (N,)
        Where the derivative was asked for; at least three different numbers between -4 and 4.
    claimed : ndarray of shape (N,)
        What was returned there, rounded to six decimals.

    Returns
    -------
    str
        One of ``"right"``, ``"at the output"``, ``"output formula"``, ``"squared"``,
        ``"activation"``, ``"tanh"`` and ``"sign"``, as the table above explains them. One of them
        always fits.
    """
    raise NotImplementedError("whose_mistake")


# %% [markdown]
# ## 6. The hinge and its leaks
#
# In 2010 the S gave way to something that looks like a step backwards, a hinge:
# $\operatorname{relu}(z) = \max(0, z)$. Its derivative is 1 wherever the unit is active. Not a
# quarter: **one**. However many layers lie above, an active path passes the gradient on
# undiminished.
#
# The price is on the left. Where $z < 0$ nothing comes through at all, and a unit that is negative
# for every sample is dead for good. So let it leak:
#
# $$ \operatorname{leaky}(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases} \qquad
#    \operatorname{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^z - 1) & z \le 0 \end{cases} $$
#
# - **ReLU**: leaky with $\alpha = 0$. **Leaky ReLU**: a small $\alpha$; 0.01 here, 0.1 and 0.2 are
#   in use.
# - **PReLU**: one $\alpha$ per unit, learned (the next section). **RReLU**: one $\alpha$ per
#   number, drawn at random between two limits while training. When the network is *tested* nothing
#   is drawn: all get the middle of the two limits.
# - **ELU**: settles at $-\alpha$ instead of going down for ever, so that noise far on the left
#   stays noise. For $\alpha = 1$ even its derivative has no jump at 0.
#
# At $z = 0$ the derivative is that of the *left* piece: 0 for ReLU, as in all the frameworks.
#
# **By hand.** $z = (-2, 0, 3)$: leaky with 0.1 gives $(-0.2, 0, 3)$, derivatives $(0.1, 0.1, 1)$;
# ELU with $\alpha = 1$ gives $(-0.8647, 0, 3)$, derivatives $(0.1353, 1, 1)$. With $\alpha = 2$,
# leaky gives $(-4, 0, 3)$: whoever writes it as a maximum of two lines should try this one.
#
# *Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines. Maas, Hannun
# and Ng 2013, Rectifier nonlinearities improve neural network acoustic models. Xu et al. 2015,
# Empirical evaluation of rectified activations in convolutional network. Clevert, Unterthiner and
# Hochreiter 2015, Fast and accurate deep network learning by exponential linear units.*


# %%
def rectifier(
    z: Array, kind: str = "leaky", alpha: float | Array | tuple[float, float] = 0.01
) -> tuple[Array, Array]:
    """Return a rectifier and its derivative: z itself above 0, something flatter below.

    Parameters
    ----------
    z : ndarray
        Of any shape.
    kind : str
        ``"leaky"``: ``alpha z`` up to 0. ``"elu"``: ``alpha (exp(z) - 1)`` up to 0.
    alpha : float, ndarray or tuple of two floats
        Any number, also 0 or one above 1. An array: it belongs to the last axes of `z` (one per
        unit), or has the shape of `z` (one per number), as NumPy broadcasts. A tuple ``(low,
        high)``, for the kind ``"leaky"`` alone: a randomised ReLU that is tested, whose alpha is
        the middle of the two.

    Returns
    -------
    a : ndarray
        The activation, in the shape and dtype of `z`.
    da : ndarray
        Its derivative at `z`, in the shape and dtype of `z`; at 0 that of the left piece.
    """
    raise NotImplementedError("rectifier")


# %% [markdown]
# ## 7. A leak that learns
#
# He et al. asked: why guess $\alpha$? Give every unit its own, and let it learn like a weight. For
# that it needs a gradient. Which outputs does $\alpha_f$ touch? Those of unit $f$, in *every*
# sample of the batch where the unit is on its left piece. They all vote on it.
#
# **By hand.** One unit, $\alpha = 0.25$, two samples $z = (-2, 4)^\top$ and $dy = (10, 1)^\top$:
# $dz = (2.5, 1)^\top$ and $d\alpha = -20$. With a third sample $z = -1$, $dy = 3$ it is $-23$.
#
# (With 0.25, He et al.'s start, the networks of 2015 beat the human error rate on ImageNet. What
# the units learned: the first layer's $\alpha$ came out near 0.68, almost linear; deeper ones
# small.)
#
# *He, Zhang, Ren and Sun 2015, Delving deep into rectifiers: surpassing human-level performance on
# ImageNet classification.*


# %%
def prelu_backward(dy: Array, z: Array, alpha: Array) -> tuple[Array, Array]:
    """Backpropagate through a parametric ReLU, y = z above 0 and y = alpha z up to 0.

    Parameters
    ----------
    dy : ndarray of shape (N, F)
        The gradient of the loss with respect to the output.
    z : ndarray of shape (N, F)
        What went in.
    alpha : ndarray of shape (F,)
        One per unit.

    Returns
    -------
    dz : ndarray of shape (N, F)
        The gradient with respect to `z`; at z = 0 through the left piece. In the dtype of `z`.
    dalpha : ndarray of shape (F,)
        The gradient with respect to `alpha`: the samples' votes, added up. In the dtype of `z`.
    """
    raise NotImplementedError("prelu_backward")


# %% [markdown]
# ## 8. The dead and the straight
#
# A layer with ReLU over a whole data set: some of its units may never fire. Whatever the sample,
# $z \le 0$, the answer is 0 and so is the derivative: no gradient reaches their weights, and
# without a gradient they never move again. They are **dead**. One step with too large a rate is
# enough to kill half a layer.
#
# The opposite is less talked about: a unit that fires for *every* sample never uses its bend. On
# this data it is a linear unit, and a layer of those collapses, as section 1 has it. It is
# **straight**.
#
# **By hand.** One input, samples $x = 1, 2, 3$. A unit with weight 1 and bias $-3$ has
# $z = -2, -1, 0$: dead (at exactly 0 it does not fire). With bias 0 it is straight, with bias $-2$
# it works.
#
# *Lu, Shin, Su and Karniadakis 2020, Dying ReLU and initialization: theory and numerical examples.*


# %%
def dead_fraction(x: Array, w: Array, b: Array) -> tuple[float, float]:
    """Return which share of a layer's ReLU units is dead on a data set, and which is straight.

    A unit fires for a sample where its weighted sum plus its bias is larger than 0.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        The data set, at least one sample.
    w : ndarray of shape (F, D)
        One row of weights per unit.
    b : ndarray of shape (F,)

    Returns
    -------
    dead : float
        The share of units, from 0 to 1, that fire for no sample.
    straight : float
        The share of units that fire for every sample.
    """
    raise NotImplementedError("dead_fraction")


# %% [markdown]
# ### Question `one_bad_step`
#
# After a single step with a learning rate of 1, a third of the ReLU units of a layer is dead. How
# can one step do that, and to all samples at once? Why can a dead unit of the *first* layer never
# come back, and how might one of the third layer? Name two functions of this chapter that prevent
# it, and what each of them gives up in exchange.

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 9. Two numbers from nowhere
#
# The paper that introduced SELU holds two famous constants, with sixteen digits each:
#
# $$ \operatorname{selu}(z) = \lambda \operatorname{elu}(z; \alpha), \qquad
#    \alpha = 1.6732632423543772\ldots, \quad \lambda = 1.0507009873554805\ldots $$
#
# People copy them from program to program. Where do they come from? From a wish: **if what goes in
# has mean 0 and variance 1, then so shall what comes out**, layer after layer, without any
# normalization. Two conditions, two unknowns.
#
# Let $z$ be normal with mean 0 and variance $v$ (general $v$, to see what is going on). The mean of
# the output must be 0. On the right, $z$ contributes
# $\operatorname{E}[z;\, z > 0] = \sqrt{v / 2\pi}$ and $\operatorname{E}[z^2;\, z > 0] = v/2$. On
# the left, one integral does everything (complete the square to see it):
#
# $$ \operatorname{E}\bigl[e^{kz};\, z < 0\bigr] = e^{k^2 v / 2}\,\Phi(-k\sqrt v), \qquad
#    \Phi = \text{the normal distribution function.} $$
#
# The first condition does not know $\lambda$: it gives $\alpha$. The second, that the variance of
# the output is again $v$, then gives $\lambda$. Since the mean is 0, the variance is the mean
# square.
#
# `normal_cdf`, which is $\Phi$, is given: NumPy has none. The proof of the pudding: draw a million
# $z$, apply your unit, take mean and variance.
#
# *Klambauer, Unterthiner, Mayr and Hochreiter 2017, Self-normalizing neural networks.*


# %%
def normal_cdf(z):
    """Return the standard normal distribution function at a number or at each entry."""
    root = math.sqrt(2)
    if not isinstance(z, np.ndarray):
        return math.erfc(-z / root) / 2
    values = [math.erfc(-t / root) / 2 for t in z.ravel().tolist()]
    return np.array(values, z.dtype).reshape(z.shape)


# %%
def selu_constants(variance: float) -> tuple[float, float]:
    """Return the constants with which ``scale * elu(z, alpha)`` keeps mean 0 and a given variance.

    For z normal with mean 0 and this variance, the output has mean 0 and this variance, too. With
    variance 1 the constants are the published ones: about 1.67326 and 1.05070.

    Parameters
    ----------
    variance : float
        From 0.01 to 100.

    Returns
    -------
    alpha : float
    scale : float
        The factor of the whole unit, positive.
    """
    raise NotImplementedError("selu_constants")


# %% [markdown]
# ## 10. Polished hinges
#
# Today's language models use none of the above. Their hinges have no kink:
#
# $$ \operatorname{softplus}(z) = \ln(1 + e^z), \qquad
#    \operatorname{silu}(z) = z\,\sigma(z), \qquad \operatorname{gelu}(z) = z\,\Phi(z). $$
#
# The last two have one idea: *multiply the number by the probability that it should pass*, once
# with the logistic distribution, once with the normal one. (SiLU is also called Swish, and was
# found a second time by a computer that searched through formulas.) Both do something no hinge did
# before: they go down before they go up.
#
# Find the derivatives. You have them when
#
# - softplus climbs at 0 with ½, and its derivative is a function that you have met;
# - SiLU and GELU climb at 0 with ½, too, climb *more steeply than 1* somewhere on the right (SiLU
#   with 1.0998 at its steepest, near $z = 2.4$), are level at one place on the left ($z = -1.278$
#   and $-0.752$), and nearly level far on the left;
# - `numerical_vjp` agrees.
#
# **By hand.** At 1: softplus 1.3133, SiLU 0.7311 with derivative 0.9277, GELU 0.8413 with
# derivative 1.0833.
#
# **Conventions.** GELU has two forms in print: with $\Phi$ as here, and an older approximation with
# a hyperbolic tangent, which differs in the fourth decimal (0.8412 at 1); some libraries have
# $z\,\sigma(1.702 z)$ (0.8458). And the traps again: $e^{1000}$, and $\ln(1 + e^{-40})$, which is
# not 0 but $e^{-40}$.
#
# *Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing.
# Hendrycks and Gimpel 2016, Gaussian error linear units. Elfwing, Uchibe and Doya 2018,
# Sigmoid-weighted linear units for neural network function approximation in reinforcement learning.
# Ramachandran, Zoph and Le 2017, Searching for activation functions.*


# %%
def smooth_unit(z: Array, kind: str) -> tuple[Array, Array]:
    """Return a smooth rectifier and its derivative.

    All are finite for `z` of any size. Softplus, SiLU and the derivatives of these two keep their
    digits where they are small: at z = -40 softplus is about 4e-18, not 0.

    Parameters
    ----------
    z : ndarray
        Of any shape.
    kind : str
        ``"softplus"``, ``"silu"`` or ``"gelu"`` (with the normal distribution function, not with
        its approximation by a hyperbolic tangent).

    Returns
    -------
    a : ndarray
        The activation, in the shape and dtype of `z`.
    da : ndarray
        Its derivative at `z`, in the shape and dtype of `z`.
    """
    raise NotImplementedError("smooth_unit")


# %% [markdown]
# ## 11. One half decides what the other half may say
#
# In LLaMA and its relatives, the layer inside each block has *two* matrices. One computes a
# message, the other a gate, and the two meet number by number:
#
# $$ g = x W^\top, \qquad m = x V^\top, \qquad y = \operatorname{silu}(g) \odot m. $$
#
# It is the first activation that multiplies two things that both depend on $x$. Backward, each of
# the two factors is the other one's derivative, and $x$ is blamed twice. Shazeer, who found that it
# works better than all others, offered "no explanation", and attributed its success "to divine
# benevolence".
#
# **By hand.** One input $x = 2$, $W = (0.5)$, $V = (3)$: $g = 1$, $m = 6$,
# $y = 0.7311 \cdot 6 = 4.3864$. With $dy = 1$: $dg = 6 \cdot 0.9277 = 5.5660$, $dm = 0.7311$; so
# $dW = 11.1320$, $dV = 1.4621$, $dx = 5.5660 \cdot 0.5 + 0.7311 \cdot 3 = 4.9762$.
#
# *Shazeer 2020, GLU variants improve transformer.*


# %%
def swiglu_backward(dy: Array, x: Array, w: Array, v: Array) -> tuple[Array, Array, Array]:
    """Backpropagate through a gated layer, ``silu(x @ w.T) * (x @ v.T)``.

    Parameters
    ----------
    dy : ndarray of shape (N, F)
        The gradient of the loss with respect to the layer's output.
    x : ndarray of shape (N, D)
        Its input.
    w : ndarray of shape (F, D)
        The weights of the gate, which goes through SiLU.
    v : ndarray of shape (F, D)
        The weights of the message, which does not.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dw : ndarray of shape (F, D)
        Summed over the batch.
    dv : ndarray of shape (F, D)
        Summed over the batch; all in the dtype of `x`.
    """
    raise NotImplementedError("swiglu_backward")


# %% [markdown]
# ## 12. Maxout: learn the bend itself
#
# Why choose a curve at all? Give each unit several straight pieces,
# $z_{pnf} = w_{pf} \cdot x_n + b_{pf}$, and let the largest one speak:
#
# $$ y_{nf} = \max_p z_{pnf}. $$
#
# Two pieces can be a ReLU (one of them zero), an absolute value, a leaky ReLU; many pieces approach
# any convex curve. The backward pass is short: the whole gradient goes to the piece that has
# spoken, none to the others. So the forward pass keeps *who it was*. If several are equally large,
# it is the first of them, and only that one.
#
# **By hand.** Pieces $z$ and $-z$ (weights 1 and $-1$, no biases): at $x = 3$ the answer is 3,
# piece 0; at $x = -2$ it is 2, piece 1; at $x = 0$ both are 0, and piece 0 counts.
#
# *Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, Maxout networks.*


# %%
def maxout(x: Array, w: Array, b: Array) -> tuple[Array, NDArray[np.integer]]:
    """Return the largest of several linear pieces, and which one it was.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One sample per row.
    w : ndarray of shape (P, F, D)
        P pieces for each of the F units.
    b : ndarray of shape (P, F)

    Returns
    -------
    y : ndarray of shape (N, F)
        In the dtype of `x`.
    piece : ndarray of shape (N, F)
        Integers from 0 to P - 1; of equal pieces the first.
    """
    raise NotImplementedError("maxout")


# %% [markdown]
# ## 13. Softmax
#
# The last activation of a classifier is the only one in which the numbers compete. Scores become
# probabilities:
#
# $$ p_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}, \qquad
#    \ln p_k = \frac{z_k}{T} - \ln \sum_j e^{z_j / T}. $$
#
# $T$ is the **temperature**: hot ($T$ large) and all are nearly equal; cold, and the largest takes
# all. Language models are sampled with it. Add the same number to all the scores, and nothing
# changes: the softmax sees only *differences*. That is no curiosity, it is the way out of
# $e^{1000}$: subtract the largest score of each row (of each row, not of the array!) and every
# exponent is at most 0.
#
# The logarithm deserves a function of its own. A score 1000 below the best has a probability that
# underflows to 0, and $\ln 0 = -\infty$; the second formula says $-1000$, as it should.
#
# A score of $-\infty$ means *forbidden* (attention masks the future that way): probability 0.
#
# **By hand.** $z = (0, \ln 3)$: $p = (\frac14, \frac34)$. With $T = \frac12$ the odds are squared:
# $(\frac1{10}, \frac9{10})$.


# %%
def softmax(z: Array, axis: int = -1, temperature: float = 1.0, log: bool = False) -> Array:
    """Return the softmax of the scores along one axis, or its natural logarithm.

    Finite for scores of any size; the logarithm too, unless the score itself is infinite.

    Parameters
    ----------
    z : ndarray
        Scores, of any shape. Minus infinity stands for a probability of 0; along `axis` at least
        one score is finite.
    axis : int
        Along which the probabilities add up to 1; negative counts from the end.
    temperature : float
        T, larger than 0; the scores are divided by it.
    log : bool
        Whether the logarithm of the probabilities is asked for.

    Returns
    -------
    ndarray
        In the shape and dtype of `z`.
    """
    raise NotImplementedError("softmax")


# %% [markdown]
# ## 14. Back through the softmax
#
# Every probability depends on *every* score: raise one score, and all the other probabilities fall.
# So the derivative is no longer one number per entry but a matrix
# $J_{kj} = \partial p_k / \partial z_j$ for each row, and the gradient is the vector-Jacobian
# product $dz_j = \sum_k dp_k J_{kj}$. Nobody ever builds the matrix: work the product out on paper
# and almost everything cancels.
#
# You have it when
#
# - a $dp$ that is the same for all entries gives $dz = 0$ (the probabilities always sum to 1: there
#   is nothing to gain from raising them all);
# - each row of $dz$ sums to 0 (a shift of all the scores changes nothing);
# - the cross-entropy comes out: for $\ln p$, a $dy$ that is $-1$ at the true class $c$ and 0
#   elsewhere gives $p - e_c$, *what was believed minus what was true*;
# - `numerical_vjp` agrees.
#
# **By hand.** $p = (\frac14, \frac34)$ and $dp = (1, 0)$: $dz = (\frac3{16}, -\frac3{16})$; at
# $T = \frac12$ the same $p$ would give twice that. For the logarithm with $dy = (1, 0)$:
# $(\frac34, -\frac34)$.


# %%
def softmax_backward(
    dy: Array, z: Array, axis: int = -1, temperature: float = 1.0, log: bool = False
) -> Array:
    """Backpropagate through `softmax`: return the gradient with respect to the scores.

    Parameters
    ----------
    dy : ndarray
        The gradient of the loss with respect to what ``softmax(z, axis, temperature, log)``
        returns, in the shape of `z`.
    z : ndarray
        The scores, of any shape, all finite.
    axis : int
        As in the forward pass.
    temperature : float
        As in the forward pass.
    log : bool
        Whether the forward pass returned the logarithm.

    Returns
    -------
    ndarray
        In the shape and dtype of `z`.
    """
    raise NotImplementedError("softmax_backward")


# %% [markdown]
# ### Question `how_sure`
#
# A classifier says "cat: 99 %" and is right in only 80 % of such cases. Somebody repairs it after
# training, with nothing but a temperature. Must $T$ be larger or smaller than 1? Which of these can
# it change: the class that is named, the accuracy, the loss on unseen data, the order of the
# classes? And why is it a bad idea to choose $T$ on the training data?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## The table of curves
#
# What a reader must see: blue is the activation, orange your derivative; the black dots are brute
# force, by your `numerical_vjp`: they lie *on* the orange line, or something is wrong. Now look at
# how high the orange line gets, and where it is zero. The sigmoid never reaches a third of the grey
# line at 1: there the gradient vanishes. `step` and `sign` show the pretence: the orange line says
# 1, brute force says 0. ReLU is on the line or dead. Of the polished ones, SiLU and GELU even cross
# it.
#
# (The dots are missing at first: the figure draws what is there.)

# %%
ACTIVATIONS = {
    "step": lambda z: hard_unit(z, "step"),
    "sign": lambda z: hard_unit(z, "sign"),
    "piecewise linear": lambda z: hard_unit(z, "piecewise_linear"),
    "sigmoid": lambda z: squash(z, "sigmoid"),
    "tanh": lambda z: squash(z, "tanh"),
    "ReLU": lambda z: rectifier(z, "leaky", 0.0),
    "leaky ReLU, α = 0.1": lambda z: rectifier(z, "leaky", 0.1),
    "ELU, α = 1": lambda z: rectifier(z, "elu", 1.0),
    "SELU": lambda z: selu(z),
    "softplus": lambda z: smooth_unit(z, "softplus"),
    "SiLU": lambda z: smooth_unit(z, "silu"),
    "GELU": lambda z: smooth_unit(z, "gelu"),
}


def selu(z):
    """Return SELU and its derivative, from the constants you derived."""
    alpha, scale = selu_constants(1.0)
    a, da = rectifier(z, "elu", alpha)
    return scale * a, scale * da


# %%
def figure():
    """Draw every activation with its derivative, and brute force beside it."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(3, 4, figsize=(14, 9.5), sharex=True, layout="constrained")
    z, spots = np.linspace(-4, 4, 401), np.linspace(-3.7, 3.7, 14)
    missing = None
    for ax, (name, activation) in zip(axes.flat, ACTIVATIONS.items()):
        ax.set_title(name)
        ax.axhline(1, color="0.75", lw=0.8)
        ax.axhline(0, color="0.5", lw=0.8)
        try:
            a, da = activation(z)
            ax.plot(z, a, color="tab:blue", lw=2, label="activation")
            ax.plot(z, da, color="tab:orange", lw=2, label="your derivative")
        except Exception as reason:  # not written yet: the other panels are drawn all the same
            missing = reason
            ax.text(0.5, 0.5, "still to write", ha="center", transform=ax.transAxes, color="0.5")
            continue
        try:
            brute = numerical_vjp(lambda t, f=activation: f(t)[0], spots, np.ones_like(spots))
            ax.plot(spots, brute, "k.", ms=6, label="brute force")
        except Exception:  # the same
            pass
        ax.set(xlim=(-4, 4), ylim=(-1.9, 3))
    if missing is not None and not any(ax.lines[2:] for ax in axes.flat):
        raise missing
    for ax in axes[-1]:
        ax.set_xlabel("z")
    for ax in axes[:, 0]:
        ax.set_ylabel("a, da/dz")
    drawn = [ax for ax in axes.flat if len(ax.lines) > 2]
    drawn[0].legend(loc="upper left", fontsize=9)
    fig.suptitle("Activations and how much gradient they let through", fontsize=15)
    return fig


# %% [markdown]
# ## Capstone: the same deep network, nine bends
#
# A network of ten hidden layers reads the digits of scikit-learn, once with each activation. To be
# fair, nobody gets a handicap:
#
# * Every activation gets the starting weights that suit *it*. Which ones, is measured with your
#   function: the scale with which standard normal numbers keep their mean square.
# * Every activation is tried with the same three learning rates, and its best counts.
# * Every activation is run with two seeds; the spread is shown.
#
# **The target**: with SELU and GELU at least 85 % of the unseen digits, in the mean over the seeds,
# and at least 30 points more than the sigmoid at its best. The second panel shows why: the size of
# the gradient in each layer, at the start. The third counts the units that do not work, by
# `dead_fraction`.


# %%
def start_layers(activation, rng, sizes):
    """Draw weights with which the mean square of the signal stays what it is."""
    a, _ = activation(rng.standard_normal(20_000))
    gain = 1 / math.sqrt(np.mean(a**2))
    layers = []
    for k in range(len(sizes) - 1):
        scale = (gain if k else 1.0) / math.sqrt(sizes[k])
        w = scale * rng.standard_normal((sizes[k + 1], sizes[k]))
        layers.append((w.astype(np.float32), np.zeros(sizes[k + 1], np.float32)))
    return layers


def gradients(activation, layers, x, y):
    """Return the gradients of all layers for the mean cross-entropy, and the answers."""
    inputs, steepness = [x], []
    for w, b in layers[:-1]:
        a, da = activation(inputs[-1] @ w.T + b)
        inputs.append(a)
        steepness.append(da)
    scores = inputs[-1] @ layers[-1][0].T + layers[-1][1]
    truth = np.zeros_like(scores)
    truth[np.arange(len(y)), y] = -1 / len(y)
    d, found = softmax_backward(truth, scores, log=True), []
    for k in reversed(range(len(layers))):
        found.append((d.T @ inputs[k], d.sum(axis=0)))
        if k:
            d = d @ layers[k][0] * steepness[k - 1]
    return found[::-1], scores.argmax(axis=1)


def read_digits(activation, data, rate, seed, epochs=8, sizes=(64, *[32] * 10, 10)):
    """Train the network; return its accuracy, its start and its end."""
    rng = np.random.default_rng(seed)
    layers = start = start_layers(activation, rng, sizes)
    speed = [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]
    x, y = data["x_train"], data["y_train"]
    with np.errstate(all="ignore"):  # too large a rate may end in infinities: it loses, that is all
        for _ in range(epochs):
            for part in np.array_split(rng.permutation(len(x)), len(x) // 64):
                found, _ = gradients(activation, layers, x[part], y[part])
                pairs = zip(speed, found)
                speed = [(0.9 * u + dw, 0.9 * c + db) for (u, c), (dw, db) in pairs]
                step = np.float32(rate)
                layers = [(w - step * u, b - step * c) for (w, b), (u, c) in zip(layers, speed)]
        answers = gradients(activation, layers, data["x_test"], data["y_test"])[1]
    return float(np.mean(answers == data["y_test"])), start, layers


def idle(activation, layers, x):
    """Return the shares of dead and of straight units over all hidden layers."""
    shares = []
    for w, b in layers[:-1]:
        shares.append(dead_fraction(x, w, b))
        x = activation(x @ w.T + b)[0]
    return np.mean(shares, axis=0)


# %%
def capstone():
    """Train one deep network with nine activations and compare what they make of it."""
    from autograder.data import digits
    from autograder.rewards import track

    data = {key: value.astype(np.float32) for key, value in digits().items() if key[0] == "x"}
    middle, spread = data["x_train"].mean(), data["x_train"].std()
    data = {key: (value - middle) / spread for key, value in data.items()}
    data |= {key: value for key, value in digits().items() if key[0] == "y"}
    names = list(ACTIVATIONS)[3:]
    rates, seeds = (0.003, 0.01, 0.03), (0, 1)
    best, faint, lazy = {}, {}, {}
    for name, say in track(names, "ten layers"):
        activation = ACTIVATIONS[name]
        runs = {rate: [read_digits(activation, data, rate, s) for s in seeds] for rate in rates}
        rate = max(rates, key=lambda r: np.mean([run[0] for run in runs[r]]))
        best[name] = (rate, [run[0] for run in runs[rate]])
        _, start, end = runs[rate][0]
        few, labels = data["x_train"][:256], data["y_train"][:256]
        faint[name] = [np.linalg.norm(w) for w, _ in gradients(activation, start, few, labels)[0]]
        lazy[name] = idle(activation, end, data["x_train"])
        say(activation=name, accuracy=float(np.mean(best[name][1])))
    mean = {name: float(np.mean(runs)) for name, (_, runs) in best.items()}
    least = min(mean["SELU"], mean["GELU"])
    return {
        **{f"accuracy {name}": value for name, value in mean.items()},
        "gradient_of_sigmoid_first_to_last": float(faint["sigmoid"][0] / faint["sigmoid"][-1]),
        "dead_share_relu": float(lazy["ReLU"][0]),
        "target_reached": bool(least >= 0.85 and least - mean["sigmoid"] >= 0.3),
        "figure": draw_capstone(best, faint, lazy),
    }


def draw_capstone(best, faint, lazy):
    """Draw accuracy, gradient by depth and idle units of each activation."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 3, figsize=(15, 4.6), layout="constrained")
    names, spots = list(best), np.arange(len(best))
    colours = plt.cm.tab10(spots % 10)
    for spot, name, colour in zip(spots, names, colours):
        rate, runs = best[name]
        axes[0].barh(spot, 100 * np.mean(runs), color=colour, alpha=0.6)
        axes[0].plot(100 * np.array(runs), [spot] * len(runs), "k|", ms=12)
        axes[0].text(2, spot, f"{name}  (rate {rate:g})", va="center", fontsize=9)
        axes[1].semilogy(np.arange(1, len(faint[name]) + 1), faint[name], color=colour, label=name)
    axes[0].set(title="Ten hidden layers, eight epochs", xlabel="unseen digits right (%)")
    axes[0].set(yticks=[], xlim=(0, 100))
    axes[0].invert_yaxis()
    axes[1].set(title="The gradient at the start", xlabel="layer, from the input")
    axes[1].set(ylabel="norm of the gradient of W")
    axes[1].legend(fontsize=8)
    axes[2].barh(spots, [100 * lazy[n][0] for n in names], color="0.2", label="never z > 0")
    left = [100 * lazy[n][0] for n in names]
    straight = [100 * lazy[n][1] for n in names]
    axes[2].barh(spots, straight, left=left, color="tab:orange", label="always z > 0")
    axes[2].set(title="Units that never change sides", xlabel="hidden units (%)", xlim=(0, 100))
    axes[2].set_yticks(spots, names, fontsize=9)
    axes[2].invert_yaxis()
    axes[2].legend(fontsize=8)
    return fig


# %% [markdown]
# ### Question `the_kink`
#
# ReLU has no derivative at 0, and frameworks simply return 0 there. Why does nobody mind? In which
# situation is $z$ *exactly* 0 for very many units at once, and what would the network do there if
# the frameworks returned 1 instead? The network that you trained with ELU has the same left and
# right derivative at 0: name one thing besides the kink in which it differs from ReLU, and say how
# you would find out which of the two is responsible for a difference in accuracy.

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
