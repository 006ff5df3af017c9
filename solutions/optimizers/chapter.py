# %% [markdown]
# # Optimizers
#
# *Chapter 9 · Unit III: training deep networks*
#
# Backpropagation tells a network which way is down. It does not say how far to go, whether to
# trust one noisy mini-batch, or what to do in a valley that is steep across and flat along. That
# is the optimizer's business, and it is often the difference between a network that learns in a
# minute and one that never does.
#
# ```text
#      steep across                     the minimum
#    \    /\    /\                          |
#     \  /  \  /  \   /\   /\   /\_/\____   v
#      \/    \/    \_/  \_/  \_/         \__*      plain gradient descent in a ravine:
#                                                  it bounces between the walls and creeps
#    ------------- flat along ------------->      along the floor
# ```
#
# Every idea of this chapter is an answer to that picture. *Momentum* remembers where it was
# going. *AdaGrad, RMSProp, Adadelta* give each coordinate its own step length. *Adam* does both.
# *AdamW* lets the weights fade. *SVRG* removes the noise of sampling. *Dual averaging* and *FTRL*
# leave behind models that are mostly zeros. *Schedules* change the step length over time. At the
# end your own rule may enter the race.

# %%
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## 1. How the steps of this chapter look
#
# A step is a **pure function**: it takes the parameters, the gradient and what the optimizer
# remembers (its *state*), and returns new parameters and a new state. Nothing is changed in place
# and nothing is remembered behind the scenes, so the loop that trains a network reads
#
# `param, state = momentum_step(param, grad, state, lr=0.1)`
#
# The parameters may be one array of any shape; all operations are element by element. Everything
# stays in the dtype that came in. With Python numbers that happens by itself (`0.1 * x` is
# float32 for a float32 `x`); a NumPy scalar such as `np.sqrt(3)` would turn float32 into float64,
# `math.sqrt(3)` does not.

# %% [markdown]
# ## 2. Gradient descent
#
# The gradient $\nabla J(\theta)$ points uphill, so we go the other way. The *learning rate*
# $\eta$ says how far:
#
# $$\theta \leftarrow \theta - \eta\,\nabla J(\theta)$$
#
# **By hand.** $\theta = (1, 2)$, $\nabla J = (0.5, -1)$, $\eta = 0.1$: the new point is $(0.95,\
# 2.1)$. The step is proportional to the gradient: in a flat place gradient descent hardly moves.
#
# On a parabola of curvature $\lambda$ it converges for $\eta < 2/\lambda$ and diverges beyond. In
# a ravine the steepest direction sets that limit, and the flat one pays for it.
#
# Reference: Robbins and Monro (1951), *A stochastic approximation method*.


# %%
def sgd_step(param: Array, grad: Array, lr: float = 0.01) -> Array:
    """Take one step of (stochastic) gradient descent.

    Downhill, and `lr` times as far as the gradient is long: twice the gradient, twice the step; no
    gradient, no step.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient of the loss at `param`, of the same shape.
    lr : float
        The learning rate.

    Returns
    -------
    ndarray
        The new parameters, in the shape and dtype of `param`.
    """
    ### BEGIN SOLUTION
    return param - lr * grad
    ### END SOLUTION


# %% [markdown]
# ## 3. Momentum
#
# A ball rolling down the ravine does not turn at every wall: what points across cancels, what
# points along adds up. Keep a *velocity* $m$, a decaying sum of the past steps:
#
# $$m \leftarrow \beta m + \eta\,\nabla J(\theta), \qquad \theta \leftarrow \theta - m$$
#
# $\beta$ (0.9 by habit) is friction: 0 is plain gradient descent, 1 is none.
#
# **By hand.** A constant gradient 1 with $\eta = 0.1$, $\beta = 0.9$, starting at rest:
#
# | step | 1 | 2 | 3 | 4 | ... | $\infty$ |
# |---|---|---|---|---|---|---|
# | $m$ | 0.1 | 0.19 | 0.271 | 0.3439 | ... | 1.0 |
#
# The *terminal velocity* is $\eta\nabla/(1-\beta)$: with $\beta = 0.9$ ten times the gradient
# step. That is how momentum gets across plateaus. It is also a trap for whoever compares: at the
# *same* $\eta$ momentum moves ten times as far as plain descent, and would win any race on a slow
# course. Give every method the rate that suits it best, then compare.
#
# **Convention.** Three recurrences are in print: $v = \beta v + \eta g$ (this chapter; Polyak;
# Sutskever and others 2013 up to the sign), $v = \beta v + g$ with $\theta - \eta v$ (PyTorch),
# and the average $v = \beta v + (1-\beta)g$ (the first half of Adam). They agree as long as
# $\eta$ never changes, but for its scale.
#
# Reference: Polyak (1964), *Some methods of speeding up the convergence of iteration methods*.


# %%
def momentum_step(
    param: Array, grad: Array, velocity: Array, lr: float = 0.01, beta: float = 0.9
) -> tuple[Array, Array]:
    """Take one step of gradient descent with momentum.

    The velocity keeps the share `beta` of itself and takes in the gradient times `lr` (the learning
    rate stands *inside* the velocity); the *new* velocity is then subtracted from the parameters.
    Under a constant gradient g it tends to ``lr * g / (1 - beta)``.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient at `param`, of the same shape.
    velocity : ndarray
        The velocity after the last step (zeros before the first), of the same shape.
    lr : float
        The learning rate.
    beta : float
        The share of the velocity that is kept.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    velocity : ndarray
        The new velocity, of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    velocity = beta * velocity + lr * grad
    return param - velocity, velocity
    ### END SOLUTION


# %% [markdown]
# ## 4. Nesterov's accelerated gradient
#
# With momentum we know before the step where most of it will take us: to $\theta - \beta m$. So
# why take the gradient *here*? Take it *there*, and the ball begins to brake before it has
# climbed the other wall:
#
# $$m \leftarrow \beta m + \eta\,\nabla J(\theta - \beta m), \qquad \theta \leftarrow \theta - m$$
#
# ```text
#    theta ----- beta*m -----> look-ahead point
#                                  \  gradient taken here, applied to the step from theta
#                                   v
#                                new theta
# ```
#
# Because the step depends on the gradient at a point that only the step itself knows, this
# function is handed the gradient as a *function*, `gradient(theta)`, and calls it once.
#
# **By hand.** $J = \tfrac12\theta^2$, so $\nabla J(\theta) = \theta$. With $\theta = 1$, $m = 0.5$,
# $\eta = 0.1$, $\beta = 0.9$ the look-ahead point is $1 - 0.45 = 0.55$, then $m = 0.45 + 0.055 =
# 0.505$ and $\theta = 0.495$. Plain momentum would have $m = 0.55$ and $\theta = 0.45$: Nesterov
# brakes.
#
# **Convention.** Here the velocity is *subtracted*, so the look-ahead is $\theta - \beta m$. Texts
# that add the velocity ($m \leftarrow \beta m - \eta\nabla$, $\theta \leftarrow \theta + m$) look
# ahead at $\theta + \beta m$. Do not mix the two.
#
# References: Nesterov (1983); Sutskever, Martens, Dahl and Hinton (2013), *On the importance of
# initialization and momentum in deep learning*, eq. 3–4.


# %%
def nesterov_step(
    param: Array,
    gradient: Callable[[Array], Array],
    velocity: Array,
    lr: float = 0.01,
    beta: float = 0.9,
) -> tuple[Array, Array]:
    """Take one step of Nesterov's accelerated gradient.

    As momentum, but for one thing: the gradient is taken at the point to which the old velocity
    alone, slowed by `beta`, would carry `param`, and at no other. The step itself still starts from
    `param`. From rest, or with ``beta = 0``, it is a plain gradient step.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    gradient : callable
        ``gradient(theta)`` returns the gradient of the loss at `theta`, in its shape.
    velocity : ndarray
        The velocity after the last step (zeros before the first), of the shape of `param`.
    lr : float
        The learning rate.
    beta : float
        The share of the velocity that is kept.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    velocity : ndarray
        The new velocity, of the same shape and dtype.

    References
    ----------
    Sutskever et al. 2013, On the importance of initialization and momentum in deep learning, eq.
    3-4 (with the opposite sign of the velocity).
    """
    ### BEGIN SOLUTION
    grad = gradient(param - beta * velocity)
    velocity = beta * velocity + lr * grad
    return param - velocity, velocity
    ### END SOLUTION


# %% [markdown]
# ## 5. AdaGrad
#
# In the ravine one direction is steep and one is flat, yet both get the same $\eta$. AdaGrad
# measures, coordinate by coordinate, how large the gradients have been so far, and divides by it
# ($\odot$: element by element):
#
# $$s \leftarrow s + g \odot g, \qquad
# \theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s + \varepsilon}}$$
#
# Steep coordinates are slowed, flat or *rare* ones (a seldom word in a text) keep large steps.
# The tiny $\varepsilon$ only prevents $0/0$.
#
# **By hand.** One coordinate, $\eta = 0.1$. First gradient 2: $s = 4$ and the step is $0.1 \cdot
# 2/2 = 0.1$, the same for *every* first gradient. Next gradient 1: $s = 5$, step $0.1/\sqrt5 =
# 0.0447$.
#
# The sum only grows, so the steps only shrink: good on convex problems, but a deep network often
# comes to rest too early.
#
# Reference: Duchi, Hazan and Singer (2011), *Adaptive subgradient methods*.


# %%
def adagrad_step(
    param: Array, grad: Array, s: Array, lr: float = 0.01, eps: float = 1e-8
) -> tuple[Array, Array]:
    """Take one step of AdaGrad: divide by the root of the sum of all squared gradients.

    The sum includes *this* gradient, so the first step has the length `lr` in every coordinate;
    under a constant gradient step number k has the length ``lr / sqrt(k)``.

    Whether `eps` stands inside the root or behind it is not asked: for gradients that are not tiny
    both agree within the tolerance. A gradient that was always zero must not give NaN.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient at `param`, of the same shape.
    s : ndarray
        The sum of the squared gradients so far (zeros before the first step), of the same shape.
    lr : float
        The learning rate.
    eps : float
        Keeps the division defined.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    s : ndarray
        The new sum of squares, of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    s = s + grad**2
    return param - lr * grad / np.sqrt(s + eps), s
    ### END SOLUTION


# %% [markdown]
# ### Question `turned_ravine`
#
# In a ravine 40 times steeper across than along, why is there no constant learning rate with which
# `sgd_step` is quick? Now turn the ravine by 45 degrees, so that its floor runs along the diagonal.
# Which of `momentum_step` and `adagrad_step` still helps as much as before, and why does the other
# one not?

# %% [markdown]
# ## 6. RMSProp
#
# AdaGrad never forgets: a steep start slows it for ever. RMSProp replaces the *sum* by a *leaky
# average* that forgets a share $1 - \rho$ at every step:
#
# $$s \leftarrow \rho s + (1-\rho)\, g \odot g, \qquad
# \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s + \varepsilon}}$$
#
# With $\rho = 0.9$ the average looks back about $1/(1-\rho) = 10$ steps, and $\sqrt s$ is the
# **r**oot **m**ean **s**quare of the recent gradients; hence the name.
#
# **By hand.** $s = 0$, $g = 2$, $\rho = 0.9$: $s = 0.1 \cdot 4 = 0.4$ and the step is $\eta \cdot
# 2/\sqrt{0.4} = 3.16\,\eta$. The average starts at zero and is too small at first, so the first
# step is $1/\sqrt{1-\rho}$ times too long. Remember this when you meet Adam.
#
# Reference: Tieleman and Hinton (2012), Lecture 6.5 of *Neural networks for machine learning*.


# %%
def rmsprop_step(
    param: Array,
    grad: Array,
    s: Array,
    lr: float = 0.001,
    rho: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Array, Array]:
    """Take one step of RMSProp: divide by the root of a leaky average of squared gradients.

    The average keeps the share `rho` of itself and takes in this gradient's square with the rest;
    the step is divided by the root of the *new* average. Under a constant gradient the steps tend
    to the length `lr`.

    Whether `eps` stands inside the root or behind it is not asked: for gradients that are not tiny
    both agree within the tolerance. A gradient that was always zero must not give NaN.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient at `param`, of the same shape.
    s : ndarray
        The leaky average of the squared gradients (zeros before the first step), of the same shape.
    lr : float
        The learning rate.
    rho : float
        The share of the average that is kept.
    eps : float
        Keeps the division defined.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    s : ndarray
        The new average, of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    s = rho * s + (1 - rho) * grad**2
    return param - lr * grad / np.sqrt(s + eps), s
    ### END SOLUTION


# %% [markdown]
# ## 7. Adadelta
#
# Look at the units. If $\theta$ is in metres and $J$ has no unit, then $g$ is in 1/metre, and
# $g/\sqrt s$ has no unit at all: a step without unit is subtracted from metres, and $\eta$ must
# mend it by hand. Zeiler's answer: multiply by a typical length of the *steps themselves*, also
# remembered as a leaky average of squares $d$. The units come right, and the learning rate is
# gone:
#
# $$s \leftarrow \rho s + (1-\rho)\,g \odot g$$
# $$\Delta = \frac{\sqrt{d + \varepsilon}}{\sqrt{s + \varepsilon}} \odot g$$
# $$d \leftarrow \rho d + (1-\rho)\,\Delta \odot \Delta, \qquad \theta \leftarrow \theta - \Delta$$
#
# The order matters: $\Delta$ uses the *new* $s$ and the *old* $d$ (the new one is not known yet).
#
# Here $\varepsilon$ does real work. At the start $d = 0$, and $\sqrt\varepsilon$ is the only
# length there is.
#
# **By hand.** $\rho = 0.95$, $\varepsilon = 10^{-6}$, $s = d = 0$, $g = 1$: $s = 0.05$ and $\Delta
# = 0.001/0.2236 = 0.00447$. With $\varepsilon$ *outside* the roots the first step is
# $10^{-6}/0.2236$, a thousand times smaller. So here the place of $\varepsilon$ is graded: inside
# both roots.
#
# Reference: Zeiler (2012), *ADADELTA: an adaptive learning rate method*, algorithm 1.


# %%
def adadelta_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    rho: float = 0.95,
    eps: float = 1e-6,
) -> tuple[Array, tuple[Array, Array]]:
    """Take one step of Adadelta, which has no learning rate.

    The step is the gradient times the ratio of two roots: typical past *steps* over typical
    *gradients*, this one included. Both are leaky averages of squares that keep the share `rho`;
    the average of the steps takes this step in only afterwards. `eps` is added *inside* both roots
    (outside, the first step would be a thousand times shorter).

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient at `param`, of the same shape.
    state : tuple of two ndarrays
        ``(s, d)``: the leaky averages of the squared gradients and of the squared steps (both zeros
        before the first step), each of the shape of `param`.
    rho : float
        The share of both averages that is kept.
    eps : float
        Inside both roots; it sets the length of the first steps.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    state : tuple of two ndarrays
        The new ``(s, d)``.

    References
    ----------
    Zeiler 2012, ADADELTA: an adaptive learning rate method, algorithm 1.
    """
    ### BEGIN SOLUTION
    s, d = state
    s = rho * s + (1 - rho) * grad**2
    delta = np.sqrt(d + eps) / np.sqrt(s + eps) * grad
    d = rho * d + (1 - rho) * delta**2
    return param - delta, (s, d)
    ### END SOLUTION


# %% [markdown]
# ## 8. Adam
#
# Adam (*adaptive moments*) takes the direction from a leaky average of the gradients, as momentum
# does, and the step length from a leaky average of their squares, as RMSProp does:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad
# s \leftarrow \beta_2 s + (1-\beta_2)\,g \odot g$$
#
# Both start at zero and are therefore too small at first: with a constant gradient $g$, after $t$
# steps $m = (1-\beta_1^t)\,g$. Adam divides that factor out again:
#
# $$\hat m = \frac{m}{1-\beta_1^t}, \qquad \hat s = \frac{s}{1-\beta_2^t}, \qquad
# \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s} + \varepsilon}$$
#
# where the *first* step has $t = 1$. (At $t = 0$ the factors are zero.) The corrected $\hat m$,
# $\hat s$ are for this step only: what is *stored* are the plain $m$ and $s$.
#
# **By hand.** First step, $g = 3$, $\beta_1 = 0.9$, $\beta_2 = 0.999$: $m = 0.3$, $s = 0.009$, but
# $\hat m = 3$, $\hat s = 9$, and the step is $\eta \cdot 3/3 = \eta$. For every gradient the
# first step has length $\eta$ in each coordinate. Without the correction it would be
# $0.3/\sqrt{0.009} = 3.16$ times that, and the steps would stay too long for hundreds of
# iterations, because $s$ needs about $1/(1-\beta_2) = 1000$ of them to fill.
#
# Reference: Kingma and Ba (2015), *Adam: a method for stochastic optimization*, algorithm 1.


# %%
def adam_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array, int],
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, tuple[Array, Array, int]]:
    """Take one step of Adam, with both bias corrections.

    Two leaky averages, of the gradients and of their squares, each divided by the share of it that
    is filled after t steps; the very first step has ``t = 1``. The state keeps the averages
    themselves, *not* the corrected values. Under a constant gradient every step, the first one too,
    has the length `lr` in each coordinate.

    Whether `eps` stands inside the root or behind it is not asked: for gradients that are not tiny
    both agree within the tolerance. A gradient that was always zero must not give NaN.

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient at `param`, of the same shape.
    state : tuple
        ``(m, s, t)``: the two leaky averages, each of the shape of `param`, and the number of steps
        made so far. Before the first step: zeros, zeros and 0.
    lr : float
        The learning rate.
    beta1 : float
        The share of `m` that is kept.
    beta2 : float
        The share of `s` that is kept.
    eps : float
        Keeps the division defined.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    state : tuple
        The new ``(m, s, t)``, `t` one larger than before.

    References
    ----------
    Kingma and Ba 2015, Adam: a method for stochastic optimization, algorithm 1.
    """
    ### BEGIN SOLUTION
    m, s, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return param - lr * m_hat / (np.sqrt(s_hat) + eps), (m, s, t)
    ### END SOLUTION


# %% [markdown]
# ### Question `two_young_averages`
#
# A colleague leaves both bias corrections out of `adam_step` and says: "Both averages start too
# small by the same kind of factor, so it cancels in the quotient." Take a constant gradient and say
# by which factor each step comes out wrong, as a function of $t$, $\beta_1$ and $\beta_2$. In which
# direction is the error for 0.9 and 0.999, and for how long does it matter? In which direction
# would it be for $\beta_1 = \beta_2$?

# %% [markdown]
# ## 9. AdamW: weights that fade
#
# Large weights are a way to overfit; *weight decay* lets every weight fade a little at each step.
# With plain gradient descent it makes no difference how one does it: adding the penalty
# $\tfrac\lambda2\lVert\theta\rVert^2$ to the loss, whose gradient is $\lambda\theta$, *is* taking
# $\eta\lambda\theta$ off the weights. With Adam it makes all the difference. What is added to the
# gradient is divided by $\sqrt{\hat s}$ like the rest, so that the weights with the largest
# gradients fade least; with the penalty alone the size of $\lambda$ would even cancel. AdamW keeps
# the two apart: Adam sees the gradient of the loss alone, and the fading is done beside it,
#
# $$\theta \leftarrow \theta - \eta\lambda\,\theta - \eta\,\frac{\hat m}{\sqrt{\hat s} +
# \varepsilon},$$
#
# with the *old* $\theta$ on the right. Nearly all large language models are trained with it.
#
# **By hand.** $\theta = 1$, $\eta = \lambda = 0.1$, any positive gradient, first step: the fading
# takes $0.1 \cdot 0.1 \cdot 1 = 0.01$, Adam's step is $\eta = 0.1$: $\theta = 0.89$. With the
# penalty in the gradient the step would be $0.1$ all the same: $\theta = 0.90$, as if there were no
# penalty.
#
# **Convention.** As in PyTorch, the whole learning rate multiplies the fading. The paper writes the
# rate as a base rate $\alpha$ times a schedule $\eta_t$: the schedule multiplies both parts there
# too, but $\alpha$ Adam's part alone.
#
# Reference: Loshchilov and Hutter (2019), *Decoupled weight decay regularization*, algorithm 2.


# %%
def adamw_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array, int],
    lr: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[Array, tuple[Array, Array, int]]:
    """Take one step of Adam with decoupled weight decay.

    Adam's step, for which the decay does not exist (nor does its state), and beside it each weight
    loses the share ``lr * weight_decay`` of what it was *before* the step. Where the gradient was
    always zero nothing but that happens. (For `eps` see `adam_step`.)

    Parameters
    ----------
    param : ndarray
        The parameters, of any shape.
    grad : ndarray
        The gradient of the loss alone at `param`, of the same shape.
    state : tuple
        ``(m, s, t)`` as in `adam_step`. Before the first step: zeros, zeros and 0.
    lr : float
        The learning rate, of both parts.
    beta1 : float
        The share of `m` that is kept.
    beta2 : float
        The share of `s` that is kept.
    eps : float
        Keeps the division defined.
    weight_decay : float
        The strength of the decay (lambda).

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    state : tuple
        The new ``(m, s, t)``, `t` one larger than before.

    References
    ----------
    Loshchilov and Hutter 2019, Decoupled weight decay regularization, algorithm 2 (the learning
    rate multiplies the decay, as in PyTorch).
    """
    ### BEGIN SOLUTION
    moved, state = adam_step(param, grad, state, lr, beta1, beta2, eps)
    return moved - lr * weight_decay * param, state
    ### END SOLUTION


# %% [markdown]
# ## 10. Whose path is this?
#
# Somebody else's program walked down a hill and left the points where it stood. You have the
# gradient of the hill, the learning rate and the strength of a decay, and a list of suspects, seven
# rules and two mistakes:
#
# | name | what the program does |
# |---|---|
# | `"sgd"` | section 2 |
# | `"momentum"` | section 3 |
# | `"nesterov"` | section 4 |
# | `"adagrad"` | section 5 |
# | `"rmsprop"` | section 6 |
# | `"adam"` | section 8 |
# | `"adamw"` | section 9, with the decay that is given |
# | `"no correction"` | Adam without the two bias corrections |
# | `"decay in the gradient"` | Adam, with $\lambda\theta$ added to each gradient (section 9) |
#
# All of them begin at the first point of the path with nothing in memory, and use the default
# values of your functions for whatever is not given. From there each suspect walks on by itself;
# the other recorded points are only compared with its own. Name the *first* row of the table whose
# path is the recorded one to within a tolerance, at every point and in every coordinate;
# `"unknown"` if there is none.
#
# Call your own functions for the steps. Only Nesterov's cannot be answered for by the worked
# solution where yours is still wrong, as it takes a function: then write its step out here.
#
# **By hand.** $J = \frac12\theta^2$, so that the gradient is $\theta$ itself; $\theta_0 = 1$,
# $\eta = \lambda = 0.1$. The next two points are
#
# | name | $\theta_1$ | $\theta_2$ |
# |---|---|---|
# | `"sgd"` | $0.9$ | $0.9 - 0.1 \cdot 0.9 = 0.81$ |
# | `"momentum"` | $0.9$ | $0.9 - (0.9 \cdot 0.1 + 0.1 \cdot 0.9) = 0.72$ |
# | `"nesterov"` | $0.9$ | $0.9 - (0.9 \cdot 0.1 + 0.1 \cdot 0.81) = 0.729$ |
# | `"adagrad"` | $0.9$ | $0.8331$ |
# | `"rmsprop"` | $0.6838$ | $0.4989$ |
# | `"adam"` | $0.9$ | $0.8004$ |
# | `"adamw"` | $0.89$ | $0.7816$ |
# | `"no correction"` | $0.6838$ | $0.2702$ |
# | `"decay in the gradient"` | $0.9$ | $0.8004$: `"adam"` is named |
#
# The first step alone tells little: six suspects make the same one, and two others share another.
# And the last row can never be told from Adam on this hill, however large $\lambda$ is: the
# gradient has only become larger by a factor, and Adam divides by its size. To tell mistakes apart,
# choose the hill.


# %%
def which_optimizer(
    path: Array,
    gradient: Callable[[Array], Array],
    lr: float,
    weight_decay: float = 0.01,
    tol: float = 1e-4,
) -> str:
    """Name the rule, or the mistake, by which a recorded path was walked.

    Each suspect of the text's table starts at ``path[0]``, with zeros for all that it remembers and
    the default values of the chapter's functions for all that is not given here, and walks its own
    path: it never sees the other recorded points. It explains the path if no coordinate of any
    point is further than `tol` from its own, on either side. Several may explain one path, and none
    may.

    Parameters
    ----------
    path : ndarray of shape (T, D)
        Where the program stood at first and after each of its T - 1 steps, at least one.
    gradient : callable
        ``gradient(param)`` is the gradient at any point of shape (D,), and has that shape.
    lr : float
        The learning rate.
    weight_decay : float
        The strength of the decay (lambda), for the two suspects that have one.
    tol : float
        By how much a coordinate of a point may differ at most; as much as that is still forgiven.

    Returns
    -------
    str
        The first name of the table that explains all of the path, or ``"unknown"``.
    """
    ### BEGIN SOLUTION
    rest = np.zeros_like(path[0])

    def walked(step, state):
        points = [path[0]]
        for _ in path[1:]:
            point, state = step(points[-1], state)
            points.append(point)
        return np.array(points)

    def uncorrected(theta, state):
        m, s = state
        slope = gradient(theta)
        m, s = 0.9 * m + 0.1 * slope, 0.999 * s + 0.001 * slope**2
        return theta - lr * m / (np.sqrt(s) + 1e-8), (m, s)

    def decaying(theta, state):
        return adam_step(theta, gradient(theta) + weight_decay * theta, state, lr)

    def faded(theta, state):
        return adamw_step(theta, gradient(theta), state, lr, weight_decay=weight_decay)

    suspects = {
        "sgd": walked(lambda p, state: (sgd_step(p, gradient(p), lr), state), rest),
        "momentum": walked(lambda p, v: momentum_step(p, gradient(p), v, lr), rest),
        "nesterov": walked(lambda p, v: nesterov_step(p, gradient, v, lr), rest),
        "adagrad": walked(lambda p, s: adagrad_step(p, gradient(p), s, lr), rest),
        "rmsprop": walked(lambda p, s: rmsprop_step(p, gradient(p), s, lr), rest),
        "adam": walked(lambda p, state: adam_step(p, gradient(p), state, lr), (rest, rest, 0)),
        "adamw": walked(faded, (rest, rest, 0)),
        "no correction": walked(uncorrected, (rest, rest)),
        "decay in the gradient": walked(decaying, (rest, rest, 0)),
    }
    for name, own in suspects.items():
        if np.all(np.abs(own - path) <= tol):
            return name
    return "unknown"
    ### END SOLUTION


# %% [markdown]
# ## 11. SVRG: taking the noise out of sampling
#
# A loss over $n$ samples is $f = \frac1n\sum_i f_i$. Stochastic gradient descent uses one $\nabla
# f_i$ in place of $\nabla f$: right on average, but noisy, and the noise does not vanish at the
# minimum. There the $\nabla f_i$ cancel only in the *sum*. So $\eta$ has to go to zero.
#
# *Stochastic variance reduced gradient* repairs the sample with something known. At the start of
# an epoch it takes a snapshot $\tilde w$ of the weights and computes the exact $\nabla f(\tilde
# w)$ once. Then for each $i$ of a given order
#
# $$w \leftarrow w - \eta\,\bigl(\nabla f_i(w) - \nabla f_i(\tilde w) + \nabla f(\tilde w)\bigr)$$
#
# The first two terms say how the gradient *of this sample* has changed since the snapshot; the
# third is the exact gradient at the snapshot. On average the bracket is $\nabla f(w)$, and near the
# minimum its noise vanishes: a constant $\eta$ will do.
#
# **By hand.** $f_i(w) = \tfrac12(w - a_i)^2$ with $a = (1, 3)$, $\tilde w = 0$, $\eta = 0.5$. Exact
# gradient: $\nabla f(0) = \frac12(-1-3) = -2$. Sample 0: $\nabla f_0(0) - \nabla f_0(0) - 2 = -2$,
# so $w = 1$. Sample 1: $-2 - (-3) - 2 = -1$, so $w = 1.5$. Straight to the mean, 2, whatever the
# order.
#
# Reference: Johnson and Zhang (2013), *Accelerating stochastic gradient descent using predictive
# variance reduction*.


# %%
def svrg_epoch(
    param: Array,
    gradient: Callable[[int, Array], Array],
    n: int,
    order: Sequence[int],
    lr: float = 0.01,
) -> Array:
    """Run one epoch of SVRG and return the last iterate.

    The snapshot is `param` as it comes in, and stays for the whole epoch; its exact gradient is the
    *mean* over all n samples, computed once. Each visit moves by `lr` against the visited sample's
    gradient, corrected by what is known at the snapshot. The first visit is therefore a step along
    the exact gradient, whichever sample it is.

    Parameters
    ----------
    param : ndarray
        The weights at the start of the epoch, which are also the snapshot.
    gradient : callable
        ``gradient(i, w)`` returns the gradient of sample `i`'s loss at `w`, in the shape of `w`;
        ``i`` is an integer from 0 to ``n - 1``.
    n : int
        The number of samples.
    order : ndarray of shape (K,)
        The samples to visit, in this order: K integers, K at least 1. It need not hold every
        sample, and it may hold one twice.
    lr : float
        The learning rate.

    Returns
    -------
    ndarray
        The weights after the last visit, in the shape and dtype of `param`.

    References
    ----------
    Johnson and Zhang 2013, Accelerating stochastic gradient descent using predictive variance
    reduction, figure 1 (option I).
    """
    ### BEGIN SOLUTION
    grads = [gradient(i, param) for i in range(n)]
    full = sum(grads) / n
    w = param
    for i in order:
        w = w - lr * (gradient(i, w) - grads[i] + full)
    return w
    ### END SOLUTION


# %% [markdown]
# ### Question `two_cures_for_noise`
#
# At the minimum of the mean loss the full gradient is zero, yet SGD with a constant rate does not
# stay there. A rate that falls cures this; `svrg_epoch` cures it with a constant rate. Explain what
# each cure does to the noise and what it costs. Why does SVRG help little in training a deep
# network whose images are randomly shifted and flipped each time they are shown?

# %% [markdown]
# ## 12. Models that are mostly zeros
#
# An advertisement or spam model may have a billion weights, one per word or user, and must fit
# into memory: most weights should be *exactly* zero. An $\ell_1$ penalty $\lambda\lVert
# w\rVert_1$ asks for that, but subtracting $\eta\lambda\,\mathrm{sign}(w)$ in gradient descent
# never lands on zero; it jumps over it. What does land on zero is the **soft threshold**, the
# exact minimiser of a parabola plus $\lambda|w|$:
#
# $$S_\lambda(z) = \mathrm{sign}(z)\,\max(|z| - \lambda,\ 0)$$
#
# ```text
#            S(z)        /
#                       /
#      ------+-----+---'----- z        |z| <= lambda  ->  exactly 0
#          .'  -l    +l                otherwise          lambda closer to 0
#         /
# ```
#
# **By hand.** With $\lambda = 0.1$: $S(0.5) = 0.4$, $S(-0.05) = 0$, $S(-0.3) = -0.2$. The next two
# exercises are built on it.

# %% [markdown]
# ## 13. Dual averaging (RDA)
#
# *Regularized dual averaging* asks at every step: given the average $\bar g_t$ of **all**
# gradients so far, which point minimises the average linear loss plus the penalty plus a parabola
# that keeps us from jumping too far?
#
# $$w_{t+1} = \arg\min_w\ \langle \bar g_t, w\rangle + \lambda\lVert w\rVert_1
# + \frac{\gamma}{2\sqrt t}\lVert w\rVert_2^2$$
#
# The answer has a closed form. Count $t$ up first (the first step has $t = 1$), then
#
# $$\bar g_t = \frac{t-1}{t}\,\bar g_{t-1} + \frac1t\,g_t, \qquad
# w_{t+1} = -\frac{\sqrt t}{\gamma}\,S_\lambda(\bar g_t)$$
#
# Notice what is missing: $w_t$. RDA does not walk from point to point; it recomputes the point
# from the whole history. A coordinate whose *average* gradient stays within $\lambda$ is exactly
# zero, however noisy its single gradients were.
#
# **By hand.** $\lambda = 0.1$, $\gamma = 1$. First gradient $(0.5, -0.05)$: $w = -1\cdot(0.4, 0) =
# (-0.4, 0)$. Second gradient $(0.1, 0.05)$: the average is $(0.3, 0)$, so $w = -\sqrt2\cdot(0.2,
# 0) = (-0.283, 0)$.
#
# Reference: Xiao (2010), *Dual averaging methods for regularized stochastic learning and online
# optimization* (the simple $\ell_1$-RDA, his $\rho = 0$).


# %%
def dual_averaging_step(
    param: Array,
    grad: Array,
    state: tuple[Array, int],
    l1: float = 0.01,
    gamma: float = 1.0,
) -> tuple[Array, tuple[Array, int]]:
    """Take one step of regularized dual averaging with an l1 penalty (simple l1-RDA).

    With t the number of gradients seen, this one included, and g their mean, the new parameters
    minimise ``<g, w> + l1 |w|_1 + gamma / (2 sqrt(t)) |w|^2``: the soft threshold of g at `l1`,
    times ``-sqrt(t) / gamma``. Where ``|g| <= l1`` they are exactly zero.

    Parameters
    ----------
    param : ndarray
        The parameters at which `grad` was measured, of any shape. The new ones do not depend on
        them; the argument is here so that all steps of the chapter are called alike.
    grad : ndarray
        The gradient of the loss (without the penalty) at `param`, of the same shape.
    state : tuple
        ``(mean, t)``: the mean of all gradients so far, of the shape of `param`, and how many they
        were. Before the first step: zeros and 0.
    l1 : float
        The strength of the penalty (lambda).
    gamma : float
        The strength of the parabola: larger means smaller steps.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    state : tuple
        The new ``(mean, t)``, `t` one larger than before.

    References
    ----------
    Xiao 2010, Dual averaging methods for regularized stochastic learning and online optimization
    (the simple l1-RDA).
    """
    ### BEGIN SOLUTION
    mean, t = state
    t = t + 1
    mean = (t - 1) / t * mean + grad / t
    shrunk = np.sign(mean) * np.maximum(np.abs(mean) - l1, 0)
    return -math.sqrt(t) / gamma * shrunk, (mean, t)
    ### END SOLUTION


# %% [markdown]
# ## 14. FTRL-proximal
#
# *Follow the regularized leader*: the same idea with two improvements. Each coordinate gets its
# own step length, as in AdaGrad, and the parabolas are centred on the *past points* $w_s$ instead
# of on zero, which makes it about as accurate as gradient descent and nearly as sparse as RDA. Its
# state is two vectors: $n$, the sum of squares, and $z$, the sum of gradients with the pulls of the
# parabolas taken off. For a gradient $g$ measured at the present $w$:
#
# $$\sigma = \frac{\sqrt{n + g^2} - \sqrt{n}}{\alpha}, \qquad
# z \leftarrow z + g - \sigma w, \qquad n \leftarrow n + g^2$$
# $$w \leftarrow -\,\frac{S_{\lambda_1}(z)}{(\beta + \sqrt{n})/\alpha + \lambda_2}$$
#
# $\alpha$ is the learning rate, $\beta$ slows the first steps, $\lambda_1$ makes zeros and
# $\lambda_2$ shrinks. Here $\sigma$ uses the $n$ from *before* this gradient, and the last line
# the $n$ after it.
#
# **By hand.** $w = z = n = 0$, $g = 2$, $\alpha = 0.1$, $\beta = 1$, $\lambda_1 = 0.5$, $\lambda_2
# = 0$: $\sigma = 20$, $z = 2$, $n = 4$, and $w = -(2 - 0.5)/((1 + 2)/0.1) = -1.5/30 = -0.05$.
#
# A beautiful fact to test yourself with: for $\lambda_1 = \lambda_2 = \beta = 0$ this *is*
# AdaGrad, $w - \alpha g/\sqrt n$, in disguise.
#
# Reference: McMahan and others (2013), *Ad click prediction: a view from the trenches*, algorithm
# 1.


# %%
def ftrl_step(
    param: Array,
    grad: Array,
    state: tuple[Array, Array],
    alpha: float = 0.1,
    beta: float = 1.0,
    l1: float = 0.0,
    l2: float = 0.0,
) -> tuple[Array, tuple[Array, Array]]:
    """Take one step of FTRL-proximal, coordinate by coordinate.

    The three formulas of the text, in their order: sigma is the growth of the root of n, divided by
    `alpha`; z gathers the gradient less sigma times `param`; the new parameters are the soft
    threshold of z at `l1`, against its sign, divided by ``(beta + sqrt(n)) / alpha + l2`` with the
    *new* n. Where ``|z| <= l1`` they are exactly zero; without penalties and with ``beta = 0`` the
    step is AdaGrad's.

    Parameters
    ----------
    param : ndarray
        The parameters at which `grad` was measured, of any shape.
    grad : ndarray
        The gradient of the loss (without penalties) at `param`, of the same shape.
    state : tuple of two ndarrays
        ``(z, n)``, each of the shape of `param`: the sum of gradients less the proximal pulls, and
        the sum of squared gradients (both zeros before the first step).
    alpha : float
        The learning rate.
    beta : float
        Added to the root; positive wherever a coordinate may never have had a gradient (then the
        division is always defined).
    l1 : float
        The strength of the l1 penalty: coordinates with ``abs(z) <= l1`` become exactly zero.
    l2 : float
        The strength of the l2 penalty.

    Returns
    -------
    param : ndarray
        The new parameters, in the shape and dtype of `param`.
    state : tuple of two ndarrays
        The new ``(z, n)``.

    References
    ----------
    McMahan et al. 2013, Ad click prediction: a view from the trenches, algorithm 1.
    """
    ### BEGIN SOLUTION
    z, n = state
    sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param
    n = n + grad**2
    shrunk = np.sign(z) * np.maximum(np.abs(z) - l1, 0)
    return -shrunk / ((beta + np.sqrt(n)) / alpha + l2), (z, n)
    ### END SOLUTION


# %% [markdown]
# ## 15. Schedules: a learning rate that changes
#
# Large steps travel, small steps settle. A *schedule* starts large and ends small. In all of them
# $t$ is the number of steps made so far: the first step uses the rate of $t = 0$.
#
# The simplest is a staircase, given by the rate $\eta_0$ that it begins with, its *boundaries*, the
# steps at which the rate changes, and its *values*, the rates from there on: one for each boundary.
#
# **By hand.** $\eta_0 = 0.1$, boundaries $(5, 15)$, values $(0.01, 0.001)$: the first 5 steps,
# $t = 0$ to 4, are made with 0.1, the ten with $t = 5$ to 14 with 0.01, and all from $t = 15$ on
# with 0.001.
#
# **Convention.** At a boundary the *new* value already holds: here the rate of $t = 5$ is 0.01.
# PyTorch's `MultiStepLR` does the same; Keras' `PiecewiseConstantDecay` keeps the old value for
# that one step.
#
# You will write it together with the smooth schedules of the next section.


# %% [markdown]
# ## 16. Three smooth schedules, and a warm-up
#
# Three curves that begin at $\eta_0$ and fall, with $r$ the number of steps that sets their pace:
#
# $$\text{exponential:}\quad \eta_0\,10^{-s/r}, \qquad
# \text{power:}\quad \eta_0\,\Bigl(1 + \frac sr\Bigr)^{-c}, \qquad
# \text{cosine:}\quad \tfrac12\eta_0\,\bigl(1 + \cos(\pi \min(s/r,\, 1))\bigr)$$
#
# The *exponential* one loses a factor of ten every $r$ steps and soon stands still. The *power* is
# more patient: for $c \le 1$ its steps still add up to infinity, so no minimum is out of reach (one
# of the two conditions of Robbins and Monro). The *cosine* knows when training ends: it stays high
# for long, falls through $\frac12\eta_0$ at $r/2$, and comes to rest at 0 after $r$ steps. It is
# the habit of the large models.
#
# So is the *warm-up* before it. At the very start the averages in Adam know little and the
# gradients are wild, so the rate climbs on a straight line for the first $w$ steps, and only then
# does the schedule begin, a staircase too: $s = t - w$. Step $t < w$ is made with
# $\eta_0\,(t + 1)/w$: the first one with a $w$-th of the rate, the last one of the climb with all
# of it.
#
# **By hand.** $\eta_0 = 0.1$, $r = 20$: exponential $\eta(0) = 0.1$, $\eta(10) = 0.0316$, $\eta(20)
# = 0.01$. Power with $c = 1$: $\eta(20) = 0.05$, $\eta(40) = 0.0333$, first a half, then a third.
# Cosine: $\eta(5) = 0.0854$, $\eta(10) = 0.05$, $\eta(20) = \eta(30) = 0$. With a warm-up of 4:
# $0.025, 0.05, 0.075, 0.1$, then $\eta(4) = \eta_0$ again, and the cosine is at a half at $t = 14$.
# The staircase of section 15 with that warm-up takes its first step down at $t = 9$.
#
# **Convention.** The base of the exponential is 10 here; $\eta_0 e^{-kt}$ and $\eta_0\gamma^t$ are
# the same family with other constants. Some libraries begin the warm-up at 0, and waste a step.
# PyTorch's `CosineAnnealingLR` climbs again after $r$ steps.
#
# Reference: Loshchilov and Hutter (2017), *SGDR: stochastic gradient descent with warm restarts*
# (the cosine).


# %%
def decayed_rate(
    t: float,
    lr0: float,
    r: float,
    kind: str = "exponential",
    c: float = 1.0,
    warmup: int = 0,
    boundaries: Sequence[float] = (),
    values: Sequence[float] = (),
) -> float:
    """Return the learning rate of step `t` of a schedule, smooth or in stairs, after a warm-up.

    The rate climbs on a straight line during the first `warmup` steps, from ``lr0 / warmup`` at
    step 0 to `lr0` at the last of them; what comes after is the schedule from its beginning. `kind`
    is one of

    * ``"exponential"``: a tenth after each `r` steps, smoothly;
    * ``"power"``: the power ``-c`` of a number that is 1 at first and 2 after `r` steps, and grows
      evenly;
    * ``"cosine"``: half a wave of the cosine from `lr0` down to 0 in `r` steps, then 0 for ever;
    * ``"stairs"``: `lr0` before the first boundary, the first of `values` from that boundary on (at
      the boundary itself the *new* value holds already), and so forth; the last one for ever.

    Parameters
    ----------
    t : float
        Steps made so far, from 0.
    lr0 : float
        The full rate, with which every schedule begins.
    r : float
        The number of steps that sets the pace, positive; the stairs do not use it.
    kind : str
        ``"exponential"``, ``"power"``, ``"cosine"`` or ``"stairs"``.
    c : float
        The power; the other schedules do not use it.
    warmup : int
        Steps of the climb, from 0.
    boundaries : list of float
        K steps of the schedule in ascending order (K may be 0), at which the stairs change. The
        steps of the climb are not counted.
    values : list of float
        The K rates from there on.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    if t < warmup:
        return lr0 * (t + 1) / warmup
    s = t - warmup
    if kind == "exponential":
        return lr0 * 10 ** (-s / r)
    if kind == "power":
        return lr0 * (1 + s / r) ** (-c)
    if kind == "stairs":
        passed = [boundary for boundary in boundaries if s >= boundary]
        return [lr0, *values][len(passed)]
    return lr0 * (1 + math.cos(math.pi * min(s / r, 1))) / 2
    ### END SOLUTION


# %% [markdown]
# ## 17. Performance scheduling
#
# Why plan the rate beforehand if we can watch? Measure the validation error every $N$ steps and
# divide the rate by $\lambda$ when the error has stopped falling.
#
# "Stopped falling" needs a definition. Keep the lowest error of the checks so far. A check that
# comes out *strictly below* it is a success and becomes the new lowest. Any other is a failure,
# an equal one too. After `patience` failures in a row the rate is divided, and the count of
# failures begins again at zero. The lowest error stays.
#
# **By hand.** Checked after every step, patience 2, $\lambda = 10$, $\eta_0 = 0.1$:
#
# | step $t$ | 0 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|---|
# | rate of this step | 0.1 | 0.1 | 0.1 | 0.1 | 0.01 | 0.01 |
# | error after it | 5 | 4 | 4 | 4.5 | 4.2 | 3 |
# | failures in a row | 0 | 0 | 1 | 2, so divide | 1 | 0 |
#
# **Convention.** The division comes *at* the `patience`-th failure, as in Keras'
# `ReduceLROnPlateau`; PyTorch's waits for one more.
#
# Reference: Senior, Heigold, Ranzato and Yang (2013), *An empirical study of learning rates in
# deep neural networks for speech recognition*.


# %%
def performance_schedule(
    errors: Array, lr0: float, every: int = 1, patience: int = 2, factor: float = 10.0
) -> Array:
    """Return the learning rate of each step under performance scheduling.

    The error is looked at after every `every`-th step: ``errors[every - 1]``,
    ``errors[2 * every - 1]`` and so on; the others are never seen. A check is a success if its
    error is strictly below the lowest of all checks before it (the first check always is one), else
    a failure. At the `patience`-th failure in a row the rate is divided by `factor` *from the next
    step on*, and the count of failures starts again at 0; the lowest error is kept.

    Parameters
    ----------
    errors : ndarray of shape (T,)
        The validation error after step 0, 1, ... T - 1.
    lr0 : float
        The rate of the first step.
    every : int
        Steps from one check to the next.
    patience : int
        Failures in a row that lower the rate, at least 1.
    factor : float
        What the rate is divided by.

    Returns
    -------
    ndarray of shape (T,)
        The rate that step 0, 1, ... T - 1 is made with, in the dtype of `errors`.
    """
    ### BEGIN SOLUTION
    rates = np.empty_like(errors)
    lr, best, failures = lr0, math.inf, 0
    for t, error in enumerate(errors):
        rates[t] = lr
        if (t + 1) % every == 0:
            if error < best:
                best, failures = error, 0
            else:
                failures += 1
            if failures == patience:
                lr, failures = lr / factor, 0
    return rates
    ### END SOLUTION


# %% [markdown]
# ## 18. A large batch in a small memory
#
# A batch of a thousand samples does not fit? Take it in parts, one after the other, *accumulate*
# their gradients, and make one step at the end. The step is to be exactly that of the whole batch.
#
# Here lies a trap. Each part hands over the gradient of *its own mean* loss, and the parts need not
# be of one size: the last one is short, or, in a language model, the parts hold different numbers
# of words. The mean of the means is then not the mean: a sample in a short part would count more
# than one in a long part. (In 2024 exactly this was found in widely used training code for language
# models.)
#
# **By hand.** Two parts: 3 samples with the mean gradient 2, 1 sample with the gradient 6. The sum
# of all is $3 \cdot 2 + 6 = 12$, the mean over the four is 3. The mean of the means would be 4.


# %%
def accumulated_gradient(grads: Array, sizes: NDArray[np.integer]) -> Array:
    """Put the gradients of the parts of a batch together into the gradient of the whole.

    Every part gives the gradient of its *mean* loss; the result is the gradient of the mean loss
    over *all* samples, as if they had been in one part. A part without a sample changes nothing,
    whatever finite numbers stand in its row.

    Parameters
    ----------
    grads : ndarray of shape (K, D)
        The mean gradient of each of the K parts.
    sizes : ndarray of shape (K,)
        Samples in each part, integers from 0; at least one of them is positive.

    Returns
    -------
    ndarray of shape (D,)
        In the dtype of `grads`.
    """
    ### BEGIN SOLUTION
    shares = (sizes / np.sum(sizes)).astype(grads.dtype)
    return shares @ grads
    ### END SOLUTION


# %% [markdown]
# ## 19. An average of the weights
#
# Late in training the weights dance around a minimum. Their *average* lies nearer to it than any of
# them: Polyak's and Ruppert's idea. An exponential moving average (EMA) forgets the beginning,
#
# $$a \leftarrow d\,a + (1 - d)\,\theta,$$
#
# with $d$ near 1, and is what is *used* afterwards, while training goes on with $\theta$. Most
# generators of images are shown to you by their EMA.
#
# With $d = 0.999$ the average would hang on to its start for a thousand steps. Adam's way out was a
# correction; the other one is to let the memory grow with what there is to remember:
#
# $$d_t = \min\Bigl(d,\ \frac{1 + t}{10 + t}\Bigr)$$
#
# where $t$ is the number of updates made so far, from 0.
#
# **By hand.** $d = 0.999$, $a = 1$, $\theta = 2$. First update, $t = 0$: $d_0 = 0.1$ and $a = 0.1 +
# 1.8 = 1.9$. After 90 updates $d_t = 91/100 = 0.91$; 0.999 holds from $t = 8990$ on.
#
# **Convention.** This growing memory is TensorFlow's (`num_updates`); others keep $d$ fixed.
#
# Reference: Polyak and Juditsky (1992), *Acceleration of stochastic approximation by averaging*.


# %%
def ema_update(average: Array, param: Array, t: int, decay: float = 0.999) -> tuple[Array, int]:
    """Take the present weights into their exponential moving average.

    The average keeps a share of itself and takes in `param` with the rest. The share is `decay`,
    but no more than ``(1 + t) / (10 + t)``, so that a young average forgets its start soon. If
    `param` equals the average, nothing changes (but for rounding).

    Parameters
    ----------
    average : ndarray
        The average so far, of any shape.
    param : ndarray
        The present weights, of the same shape.
    t : int
        Updates made so far, from 0.
    decay : float
        The largest share that is kept, from 0 to 1.

    Returns
    -------
    average : ndarray
        The new average, in the shape and dtype of `average`.
    t : int
        One more than before.
    """
    ### BEGIN SOLUTION
    keep = min(decay, (1 + t) / (10 + t))
    return keep * average + (1 - keep) * param, t + 1
    ### END SOLUTION


# %% [markdown]
# ## 20. Optional: Lion and Muon
#
# Two rules of the last years, not asked for, but good to know. Both are given below the text and
# are called like your own steps: Lion to try in the races that follow, Muon wherever the parameters
# are a matrix.
#
# **Lion** was found by a computer that searched through programs. It keeps one average only, and of
# what it is about to do it takes nothing but the sign:
#
# $$c = \beta_1 m + (1 - \beta_1)\,g, \qquad
# \theta \leftarrow \theta - \eta\,(\operatorname{sign}(c) + \lambda\,\theta), \qquad
# m \leftarrow \beta_2 m + (1 - \beta_2)\,g$$
#
# with $\beta_1 = 0.9$, $\beta_2 = 0.99$. Note the two betas: the step listens more to the present
# gradient than the memory does. Every coordinate moves by exactly $\eta$, so it wants a smaller
# rate than Adam, and one that falls.
#
# **By hand.** $m = 0.5$, $g = -1$: $c = 0.45 - 0.1 = 0.35$, so $\theta$ falls by $\eta$, although
# this gradient asks for the opposite; and $m$ becomes $0.495 - 0.01 = 0.485$.
#
# To try: with `return lion_step(theta, gradient(theta), memory, 0.07 * (1 - t / 100))` as your
# `my_rule`, 0.0042 of the loss is left in the free race below; at 0.07 throughout it is 0.10, for
# steps of one length never settle. In the capstone Lion runs with `"Lion": (0.001, 0.003)` added to
# `GRIDS`, and with the warm-up and the cosine as `"Lion, scheduled": (0.003, 0.01)`.
#
# **Muon** is for matrices. Where Lion makes all *entries* of the step equally large, Muon makes all
# its *singular values* equal: of the velocity $M = U \Sigma V^\top$ it takes $U V^\top$, so that no
# direction in which a layer can change is left behind. No decomposition is needed: divide $M$ by
# the root of the sum of its squares, and repeat $X \leftarrow \tfrac32 X - \tfrac12 X X^\top X$.
# (In practice five steps of a polynomial of degree five.)
#
# **By hand.** Singular values of 0.8 and 0.6: one step makes $1.2 - 0.256 = 0.944$ and $0.9 - 0.108
# = 0.792$ of them, the next one 0.995 and 0.940.
#
# References: Chen and others (2023), *Symbolic discovery of optimization algorithms*; Jordan and
# others (2024), *Muon: an optimizer for hidden layers in neural networks*.


# %%
def lion_step(
    theta: Array,
    grad: Array,
    m: Array,
    rate: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.99),
    fade: float = 0.0,
) -> tuple[Array, Array]:
    """Take one step of Lion: a step of one length in each coordinate, and a longer memory."""
    mixed, kept = (share * m + (1 - share) * grad for share in betas)
    return theta - rate * (np.sign(mixed) + fade * theta), kept


# %%
def orthogonalised(matrix: Array, rounds: int = 5) -> Array:
    """Return a matrix of (nearly) equal singular values with the singular vectors of `matrix`."""
    x = matrix / max(float(np.linalg.norm(matrix)), 1e-30)
    for _ in range(rounds):
        x = 1.5 * x - 0.5 * (x @ x.T) @ x
    return x


def muon_step(
    theta: Array, grad: Array, velocity: Array, rate: float = 0.02, keep: float = 0.95
) -> tuple[Array, Array]:
    """Take one step of Muon on a matrix: along all singular directions of its velocity alike."""
    velocity = keep * velocity + grad
    return theta - rate * orthogonalised(velocity), velocity


# %% [markdown]
# ## 21. Watch them run
#
# Three landscapes that every optimizer meets in a network: a *ravine* (40 times as curved across as
# along), a *saddle* (we start beside its ridge) and *Rosenbrock's* banana, a curved ravine. The
# first function below runs any of your optimizers on a gradient, with a fixed rate or with one of
# your schedules. The second makes the comparison fair: it tries a grid of rates, seven to each
# power of ten, and returns the path of the one that ended lowest. So every path in the figure is
# its method's best among these rates; the legend says how much of the loss is left at its end.
#
# What to see: in the ravine momentum comes much nearer than plain descent *although both have their
# best rate*, and Nesterov nearer still. AdaGrad wins outright, and with a rate of 5: its first step
# is so long along *either* axis, steep or flat, that it leaves the picture, and then the two sums
# have become as large as each coordinate needs. But it is favoured here: this ravine lies along the
# axes (question `turned_ravine`; turn the ravine, its start and its gradient, and run `best_run`
# again). At the saddle the methods that divide by the size of the gradient leave the ridge at once;
# plain descent creeps along it until the tiny gradient has grown. Adadelta, which has no rate to
# choose, has hardly begun. On the banana momentum helps again.
#
# **A free race.** The pink path on the banana is yours. Rewrite `my_rule` as you like: any rule,
# any rate, any memory, one call of the gradient per step. A hundred steps; the legend says how much
# of the loss is left. Nesterov's method at its best rate leaves 0.00007. Who leaves less?


# %%
def run(
    name: str,
    start: Array,
    gradient: Callable[[Array], Array],
    steps: int,
    lr: float | Callable[[int], float],
) -> Array:
    """Return the path, of shape (steps + 1, ...), of the optimizer called `name`."""
    stepper = {
        "SGD": lambda theta, grad, state, rate: (sgd_step(theta, grad, rate), state),
        "momentum": momentum_step,
        "AdaGrad": adagrad_step,
        "RMSProp": rmsprop_step,
        "Adadelta": lambda theta, grad, state, rate: adadelta_step(theta, grad, state),
        "Adam": adam_step,
        "Lion": lion_step,
    }
    rest = np.zeros_like(start)
    state = {"Adadelta": (rest, rest), "Adam": (rest, rest, 0)}.get(name, rest)
    path = [start]
    for t in range(steps):
        rate = lr(t) if callable(lr) else lr
        if name == "Nesterov":
            theta, state = nesterov_step(path[-1], gradient, state, rate)
        elif name == "yours":
            theta, state = my_rule(path[-1], gradient, state, t)
        else:
            theta, state = stepper[name](path[-1], gradient(path[-1]), state, rate)
        path.append(theta)
    return np.array(path)


# %%
def my_rule(
    theta: Array, gradient: Callable[[Array], Array], memory: Array, t: int
) -> tuple[Array, Array]:
    """Take step `t` of a rule of your own; `memory` is zeros of theta's shape at first."""
    return momentum_step(theta, gradient(theta), memory, lr=0.002)


# %%
RATES = [step * 10.0**power for power in (-3, -2, -1, 0) for step in (1, 1.5, 2, 3, 4, 5, 7)]


def best_run(
    name: str,
    start: Array,
    gradient: Callable[[Array], Array],
    steps: int,
    height: Callable[[Array], float],
) -> tuple[float, Array]:
    """Return the rate, of `RATES`, whose path ends lowest, and that path."""
    with np.errstate(all="ignore"):  # too large a rate flies off to infinity
        paths = {rate: run(name, start, gradient, steps, rate) for rate in RATES}
        ends = {rate: np.nan_to_num(height(path[-1]), nan=np.inf) for rate, path in paths.items()}
    rate = min(ends, key=ends.get)
    return rate, paths[rate]


# %%
def figure():
    """Draw the optimizers' paths on three landscapes, each at its best rate, and the schedules."""
    import matplotlib.pyplot as plt

    def banana(p):
        bend = p[1] - p[0] ** 2
        return np.array([-40 * p[0] * bend - 2 * (1 - p[0]), 20 * bend])

    landscapes = [
        (
            "A ravine, 40 times as curved across",
            lambda p: 0.5 * (p[0] ** 2 + 40 * p[1] ** 2),
            lambda p: p * np.array([1.0, 40.0]),
            np.array([-4.0, 0.9]),
            (-4.6, 1.6, -1.3, 1.9),
            ("SGD", "momentum", "Nesterov", "AdaGrad", "Adam"),
            40,
            (0.0, 0.0),
        ),
        (
            "A saddle, starting beside the ridge",
            lambda p: 0.5 * (p[0] ** 2 - p[1] ** 2) + 0.05 * p[1] ** 4,
            lambda p: np.array([p[0], -p[1] + 0.2 * p[1] ** 3]),
            np.array([-2.0, 0.01]),
            (-2.3, 2.6, -0.4, 3.2),
            ("SGD", "momentum", "RMSProp", "Adadelta", "Adam"),
            12,
            (0.0, 5.0**0.5),
        ),
        (
            "Rosenbrock's banana (b = 10)",
            lambda p: 10 * (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2,
            banana,
            np.array([-1.3, 1.0]),
            (-1.7, 1.5, -0.5, 2.7),
            ("SGD", "momentum", "Nesterov", "RMSProp", "Adam", "yours"),
            100,
            (1.0, 1.0),
        ),
    ]
    fig, axes = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
    for ax, landscape in zip(axes.flat, landscapes):
        draw_landscape(ax, *landscape)
    draw_schedules(axes[1, 1])
    return fig


def draw_landscape(ax, title, height, gradient, start, box, names, steps, goal):
    """Draw the best path of each optimizer over the levels of one landscape."""
    colours = {
        "SGD": "#7f7f7f",
        "momentum": "#1f77b4",
        "Nesterov": "#17becf",
        "AdaGrad": "#2ca02c",
        "RMSProp": "#ff7f0e",
        "Adadelta": "#9467bd",
        "Adam": "#d62728",
        "yours": "#e377c2",
    }
    x, y = np.meshgrid(np.linspace(*box[:2], 200), np.linspace(*box[2:], 200))
    z = height((x, y))
    levels = z.min() + np.ptp(z) * np.linspace(0, 1, 20) ** 3
    ax.contourf(x, y, z, levels=levels, cmap="Greys_r", alpha=0.35)
    ax.contour(x, y, z, levels=levels, colors="white", linewidths=0.6)
    floor = height(np.array(goal))
    for name in names:
        rate, path = best_run(name, start, gradient, steps, height)
        left = height(path[-1]) - floor
        label = name if name in ("Adadelta", "yours") else rf"{name}, $\eta$ = {rate:g}"
        label = f"{label}: {left:.1g} left"
        ax.plot(*path.T, ".-", color=colours[name], ms=4, lw=1.3, label=label)
        ax.plot(*path[-1], "o", color=colours[name], ms=8, mec="black", zorder=5)
    ax.plot(*start, "s", color="black", ms=8)
    ax.plot(*goal, "*", color="gold", ms=18, mec="black", zorder=6)
    ax.set(title=f"{title}: {steps} steps", xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    ax.set(xlim=box[:2], ylim=box[2:])
    ax.legend(fontsize=8, loc="upper right")


def draw_schedules(ax):
    """Draw the rates of four schedules over a hundred steps."""
    steps = np.arange(100)
    errors = np.array([max(np.exp(-t / 12), 0.12 - t / 1000) for t in steps])
    errors[45:70] = errors[45]
    curves = {
        "stairs at 20 and 60": [
            decayed_rate(t, 0.1, 1, "stairs", 1, 0, [20, 60], [0.03, 0.005]) for t in steps
        ],
        "exponential, r = 50": [decayed_rate(t, 0.1, 50) for t in steps],
        "power, r = 10, c = 1": [decayed_rate(t, 0.1, 10, "power") for t in steps],
        "cosine, r = 80, warm-up 10": [decayed_rate(t, 0.1, 80, "cosine", 1, 10) for t in steps],
        "performance, N = 4, patience 2": performance_schedule(errors, 0.1, 4, 2, 3.0),
    }
    for (label, rates), style in zip(curves.items(), ("-", "--", "-.", "-", ":")):
        ax.step(steps, rates, style, where="post", lw=2, label=label)
    ax.set(title="Five schedules", xlabel="step t", ylabel=r"rate $\eta(t)$")
    ax.set_yscale("log")
    ax.set_ylim(8e-4, 0.15)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8, loc="lower left")


# %% [markdown]
# ## 22. Capstone: the race
#
# Eight-by-eight scans of handwritten digits, a network of 64 inputs, 32 ReLU units and 10
# classes, 2,410 parameters in one vector. You did not write the network here (that is the chapter
# on backpropagation); you drive it. Your SVRG takes each mini-batch for one "sample".
#
# A race is fair only if everybody may choose a rate. Each racer runs with a small grid of rates,
# three seeds each (start and order of the mini-batches; the same for all racers), and is shown with
# the rate whose mean training loss ends lowest. The unseen digits have no say in that choice.
# "Adadelta" has no rate; "momentum, scheduled" warms up for one epoch and falls along the cosine,
# by your `decayed_rate`. The shaded bands are the range of the three seeds: differences smaller
# than that are luck.
#
# Then the sparse event: softmax regression, trained by your RDA and your FTRL. How many weights
# can be exactly zero before the accuracy suffers?
#
# The target: Adam and momentum reach 95 % on the digits they have not seen, momentum ends with less
# than half of the loss of plain SGD *although both have their best rate*, and FTRL reaches 88 %
# with at least half of its weights exactly zero.


# %%
def network_loss(theta: Array, x: Array, y: Array, hidden: int = 32) -> tuple[float, Array, float]:
    """Return the mean cross-entropy, its gradient and the accuracy of a small network."""
    d = x.shape[1]
    cuts = np.cumsum([hidden * d, hidden, 10 * hidden])
    w1, b1, w2, b2 = np.split(theta, cuts)
    w1, w2 = w1.reshape(hidden, d), w2.reshape(10, hidden)
    h = np.maximum(x @ w1.T + b1, 0)
    loss, dlogits, accuracy = softmax_loss(h @ w2.T + b2, y)
    dh = (dlogits @ w2) * (h > 0)
    parts = [(dh.T @ x).ravel(), dh.sum(0), (dlogits.T @ h).ravel(), dlogits.sum(0)]
    return loss, np.concatenate(parts), accuracy


# %%
def softmax_loss(logits: Array, y: Array) -> tuple[float, Array, float]:
    """Return the mean cross-entropy, its gradient with respect to `logits`, and the accuracy."""
    rows = np.arange(len(y))
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    grad = p.copy()
    grad[rows, y] -= 1
    accuracy = float(np.mean(logits.argmax(1) == y))
    return float(-np.log(p[rows, y] + 1e-300).mean()), grad / len(y), accuracy


# %%
GRIDS = {
    "SGD": (0.1, 0.3, 1.0, 2.0),
    "momentum": (0.03, 0.1, 0.2, 0.3),
    "Nesterov": (0.03, 0.1, 0.2, 0.3),
    "momentum, scheduled": (0.1, 0.2, 0.4),
    "AdaGrad": (0.05, 0.1, 0.2),
    "RMSProp": (0.003, 0.01, 0.03),
    "Adadelta": (0.0,),
    "Adam": (0.003, 0.01, 0.03, 0.1),
    "SVRG": (0.3, 1.0, 3.0),
}


def race(racer: str, rate: float, data: dict, seed: int, epochs: int = 12) -> tuple[Array, float]:
    """Train the small network; return its training loss after each epoch, and its accuracy."""
    x, y = data["x_train"], data["y_train"]
    rng = np.random.default_rng(seed)
    layers = [rng.normal(0, (2 / 64) ** 0.5, 64 * 32), rng.normal(0, (2 / 32) ** 0.5, 32 * 10)]
    start = np.concatenate([layers[0], np.zeros(32), layers[1], np.zeros(10)])
    batches = [minibatches(len(x), rng) for _ in range(epochs)]
    steps = len(batches[0])

    def gradient(theta, part):
        return network_loss(theta, x[part], y[part])[1]

    if racer == "SVRG":
        marks = [start]
        for parts in batches:
            pick = lambda i, theta, parts=parts: gradient(theta, parts[i])
            marks.append(svrg_epoch(marks[-1], pick, steps, range(steps), rate))
    else:
        stream = (part for parts in batches for part in parts)
        name, _, scheduled = racer.partition(", ")
        total = epochs * steps
        lr = (lambda t: decayed_rate(t, rate, total, "cosine", warmup=steps)) if scheduled else rate
        path = run(name, start, lambda theta: gradient(theta, next(stream)), total, lr)
        marks = path[::steps]
    losses = np.array([network_loss(theta, x, y)[0] for theta in marks])
    return losses, network_loss(marks[-1], data["x_test"], data["y_test"])[2]


def minibatches(n: int, rng: np.random.Generator, size: int = 32) -> list[NDArray[np.integer]]:
    """Cut the numbers 0 ... n - 1, in a new order, into parts of at most `size`."""
    return np.array_split(rng.permutation(n), math.ceil(n / size))


def train_sparse(name: str, data: dict, epochs: int = 12) -> tuple[Array, float, float]:
    """Train softmax regression by RDA or FTRL; return weights, accuracy and share of zeros."""
    x, x_test = (np.insert(data[key], 64, 1.0, axis=1) for key in ("x_train", "x_test"))
    y, rng = data["y_train"], np.random.default_rng(0)
    w = rest = np.zeros((10, 65))
    state = (rest, 0) if name == "RDA" else (rest, rest)
    for part in (part for _ in range(epochs) for part in minibatches(len(x), rng)):
        grad = softmax_loss(x[part] @ w.T, y[part])[1].T @ x[part]
        if name == "RDA":
            w, state = dual_averaging_step(w, grad, state, l1=0.01, gamma=0.7)
        else:
            w, state = ftrl_step(w, grad, state, alpha=0.5, beta=1.0, l1=2.0, l2=0.0)
    return w, softmax_loss(x_test @ w.T, data["y_test"])[2], float(np.mean(w == 0))


# %%
def capstone():
    """Race the optimizers on handwritten digits, each at its best rate; train a sparse model."""
    from autograder.data import digits
    from autograder.rewards import track

    data, best = digits(), {}
    for racer, say in track(GRIDS, "the race"):
        for rate in GRIDS[racer]:
            with np.errstate(all="ignore"):  # a rate may be too large
                runs = [race(racer, rate, data, seed) for seed in range(3)]
            losses = np.array([losses for losses, _ in runs])
            if racer not in best or losses[:, -1].mean() < best[racer][1][:, -1].mean():
                best[racer] = rate, losses, np.array([right for _, right in runs])
        rate, losses, right = best[racer]
        say(optimizer=racer, rate=rate, loss=losses[:, -1].mean(), accuracy=right.mean())
    sparse = {}
    for name, say in track(("RDA", "FTRL"), "sparse models"):
        sparse[name] = train_sparse(name, data)
        say(model=name, accuracy=sparse[name][1], zeros=sparse[name][2])

    loss = {racer: float(losses[:, -1].mean()) for racer, (_, losses, _) in best.items()}
    accuracy = {racer: float(right.mean()) for racer, (_, _, right) in best.items()}
    _, reached, zeros = sparse["FTRL"]
    return {
        "adam_accuracy": accuracy["Adam"],
        "momentum_accuracy": accuracy["momentum"],
        "sgd_loss": loss["SGD"],
        "momentum_loss": loss["momentum"],
        "nesterov_loss": loss["Nesterov"],
        "svrg_loss": loss["SVRG"],
        "ftrl_accuracy": reached,
        "ftrl_zeros": zeros,
        "rda_accuracy": sparse["RDA"][1],
        "rda_zeros": sparse["RDA"][2],
        "target_reached": bool(
            min(accuracy["Adam"], accuracy["momentum"]) >= 0.95
            and loss["momentum"] < 0.5 * loss["SGD"]
            and reached >= 0.88
            and zeros >= 0.5
        ),
        "figure": draw_race(best, *sparse["FTRL"]),
    }


def draw_race(best, w, reached, zeros):
    """Draw the mean loss of each racer, the range of its seeds, and the sparse weights."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(
        1, 2, figsize=(13, 5), layout="constrained", width_ratios=(3, 2)
    )
    for racer, (rate, losses, accuracy) in best.items():
        label = racer if racer == "Adadelta" else rf"{racer}, $\eta$ = {rate:g}"
        label = f"{label}: {accuracy.mean():.1%} ± {np.ptp(accuracy) / 2:.1%}"
        epochs = np.arange(losses.shape[1])
        line = left.semilogy(epochs, losses.mean(axis=0), "o-", ms=3, label=label)[0]
        left.fill_between(epochs, losses.min(0), losses.max(0), color=line.get_color(), alpha=0.12)
    left.set(title="The race on the digits, each at its best rate", xlabel="epoch")
    left.set(ylabel="training loss (mean and range of three seeds)")
    left.grid(alpha=0.3)
    left.legend(title="unseen digits right", fontsize=8, loc="upper right")
    tiles = w[:, :64].reshape(2, 5, 8, 8).transpose(0, 2, 1, 3).reshape(16, 40)
    reach = np.abs(tiles).max()
    shown = right.imshow(np.where(tiles == 0, np.nan, tiles), cmap="RdBu", vmin=-reach, vmax=reach)
    right.set_facecolor("0.85")
    right.set(xticks=np.arange(7.5, 39, 8), yticks=[7.5], xticklabels=[], yticklabels=[])
    right.grid(color="black")
    right.set_title(f"FTRL's weights for 0-4 and 5-9\n{zeros:.0%} zero (grey), {reached:.1%} right")
    fig.colorbar(shown, ax=right, label="weight", shrink=0.6)
    return fig


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
