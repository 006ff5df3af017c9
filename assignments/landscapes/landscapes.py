# %% [markdown]
# # Landscapes: where a loss is flat, steep, round or forked
#
# *Chapter 10 · Unit III: training deep networks*
#
# Training walks downhill in a landscape that nobody has ever seen whole: one height for every
# setting of a hundred thousand weights. You stand in fog and feel the ground under your feet, that
# is the gradient, and how it bends, that is the Hessian. This chapter is about what can be told
# from that:
#
# ```text
#    a bowl              a saddle            a flat place          many valleys
#
#   \         /         \         /                                   _
#    \       /            `-...-'            _________            \__/ \   _/
#     `.___.'            /  down  \         /         \                 `_'
#
#   one way to go      gradient zero,      which way?          where you start
#   and one end        and no minimum                          decides where you end
# ```
#
# You refute convexity by examples, find and classify critical points, leave saddles, measure
# curvature in a net without ever writing down its Hessian, and at the end let one training run come
# to rest several times, and its nets vote.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Loss = Callable[[Array], float]
Gradient = Callable[[Array], Array]
Layers = list[tuple[Array, Array]]

# %% [markdown]
# ## 1 Convex or not
#
# A function is *convex* if it never rises above its chords: walk from y to x in a straight line,
# and at each point $\alpha x + (1-\alpha) y$, $0 \le \alpha \le 1$, compare the height with that of
# the straight string between the two ends (Jensen's inequality):
#
# $$ v(\alpha) = f(\alpha x + (1-\alpha) y) - \alpha f(x) - (1-\alpha) f(y) $$
#
# A positive v is a *violation*: f is not convex. Note which of the two ends $\alpha = 1$ is.
#
# **By hand.** $f(x) = \frac14 (x^2-1)^2$ has two valleys, at $\pm 1$. From $x = 0$ to $y = 2$ at
# $\alpha = \frac14$: the point is 1.5, $f = 0.3906$, and the string hangs at $\frac14 \cdot 0.25 +
# \frac34 \cdot 2.25 = 1.75$: $v = -1.3594$. (With $\alpha$ on the other end, it would be
# $-0.6094$.) Between the valleys, $x = -1$, $y = 1$, $v = 0.1406$: not convex. One such pair is a
# proof; a thousand negative values are none.


# %%
def convexity_violation(f: Loss, x: Array, y: Array, alpha: Array) -> Array:
    """Return by how much f lies above its chord from y to x, at the shares `alpha` of the way.

    Positive values prove that f is not convex.

    Parameters
    ----------
    f : callable
        ``f(point)`` returns the height, a number, at a point of shape (D,).
    x : ndarray of shape (D,)
        The end that ``alpha = 1`` belongs to.
    y : ndarray of shape (D,)
        The end that ``alpha = 0`` belongs to.
    alpha : ndarray of shape (K,)
        Shares from 0 to 1.

    Returns
    -------
    ndarray of shape (K,)

    References
    ----------
    Boyd and Vandenberghe 2004, Convex optimization.
    """
    raise NotImplementedError("convexity_violation")


# %% [markdown]
# ## 2 Who spoils the program?
#
# A *convex program* minimises a convex objective where all inequalities $g(x) \le 0$ hold with
# convex g, and all equalities $h(x) = 0$ with *affine* h. (Affine means that h and $-h$ are both
# convex: v is zero for every pair. A curved h makes, as a rule, a curved set, on which the way from
# one point to another leaves the set, be h convex or not.) Then every local minimum is a global
# one, and the solvers for such programs are entitled to all their guarantees.
#
# A colleague sends you such a program as a table: the height of each function at N sample points,
# and at some shares of the way between each pair of them. Find the function that spoils it. Of the
# functions, in the order objective, inequalities, equalities, numbered 0, 1, 2, ... through all of
# them, the guilty one is the *first* that is refuted by a violation v larger than a tolerance, for
# any pair ($x$ the earlier point, $y$ the later one) and any share; of an equality, the size of v
# counts, whatever its sign. As evidence, name its largest violation. If there is none, you have
# refuted nothing; and proved nothing either.
#
# **By hand.** Minimise $x^2$ under $\frac14(x^2-1)^2 \le 0$, with the points $-1$, $1$, $0$ and
# shares 0.25 and 0.5. The objective passes. The inequality allows two points and no way between
# them: of all pairs, numbers 0 and 1 at the share 0.5 give the most, 0.25: the answer is
# $(1, 0, 1, 0.5)$. If $x^2 = 0$ stands there instead, as an equality, it is guilty too: $v$ is
# negative, but not zero, and its greatest size is 1 for the points $-1$ and $1$.


# %%
def refute_convex_program(
    heights: Array, between: Array, equalities: int, alpha: Array, tol: float = 1e-9
) -> tuple[int, int, int, float] | None:
    """Return the counter-example that shows a program not to be convex, or None.

    Functions are numbered through: the objective is 0, the inequalities follow, then the
    equalities. The first function with a violation of more than `tol` is named, together with the
    pair and the share of its largest violation; of an equality the size of the violation counts.

    Parameters
    ----------
    heights : ndarray of shape (F, N)
        The values of all F functions at the N sample points.
    between : ndarray of shape (F, N, N, K)
        At ``[f, i, j, k]``, for i less than j only, the value of function f at ``alpha[k]`` times
        point i plus ``1 - alpha[k]`` times point j. Where i is not less than j, nothing was
        measured: NaN.
    equalities : int
        How many of the functions, the last ones, are equalities; less than F.
    alpha : ndarray of shape (K,)
        Shares of the way from the later point to the earlier one.
    tol : float
        Violations up to this size are rounding.

    Returns
    -------
    function : int
        The number of the guilty function.
    i : int
        The earlier point, x of the text.
    j : int
        The later point, y of the text.
    share : float
        The share at which the violation is largest. Instead of all four, None where no function
        is refuted.
    """
    raise NotImplementedError("refute_convex_program")


# %% [markdown]
# ## 3 How the ground bends
#
# The *Hessian* holds all second derivatives, $H_{ij} = \partial g_i / \partial x_j$, where
# $g = \nabla f$. If you have the gradient, you have the Hessian up to a nudge: move one coordinate
# by $\pm h$ and see how the *whole* gradient changes,
#
# $$ \tilde H_{ij} = \frac{g_i(x + h e_j) - g_i(x - h e_j)}{2h} $$
#
# The true Hessian is symmetric. $\tilde H$ is so only nearly, as h is finite and numbers are
# rounded, and an eigenvalue routine that looks at one triangle alone would see only half of the
# truth. So return $\frac12(\tilde H + \tilde H^\top)$.
#
# **By hand.** Rosenbrock's function $100(x_2 - x_1^2)^2 + (1-x_1)^2$ at $(0, 0)$, with the coarse
# $h = 0.5$: the gradient is $(49, -50)$ at $(0.5, 0)$ and $(-53, -50)$ at $(-0.5, 0)$, which makes
# the first column $(102, 0)$; the second is $(0, 200)$. (A nudge to one side only would put
# $-100$ in a corner. True is $(2, 0)$ for the first column: the error is $400 h^2$.)


# %%
def numerical_hessian(gradient: Gradient, x: Array, h: float = 1e-4) -> Array:
    """Return the Hessian by central differences of the gradient, made symmetric.

    Parameters
    ----------
    gradient : callable
        ``gradient(point)`` returns the gradient, of shape (D,), at a point of shape (D,).
    x : ndarray of shape (D,)
        The point, float64. It is not changed.
    h : float
        How far each coordinate is nudged, up and down.

    Returns
    -------
    ndarray of shape (D, D)
        The mean of the matrix of differences and its transpose.

    References
    ----------
    Nocedal and Wright 2006, Numerical optimization.
    """
    raise NotImplementedError("numerical_hessian")


# %% [markdown]
# All this stands on the gradient being right, so here is the tool that checks one. It is given, not
# graded; keep it at hand for the rest of the chapter.
#
# ```python
# well = lambda x: 0.25 * np.sum((x**2 - 1) ** 2)
# gradient_error(well, np.array([0.3, -1.2]), np.array([0.3, -1.2]) ** 3 - np.array([0.3, -1.2]))
# ```


# %%
def gradient_error(f: Loss, x: Array, gradient: Array, h: float = 1e-5) -> float:
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
# ## 4 What kind of place is this?
#
# Where the gradient is zero, only curvature is left to tell a minimum from a saddle. Turn the
# coordinate axes until they are the eigenvectors of H: along the k-th one the ground bends like
# $\frac12 \lambda_k t^2$, and the axes do not interfere. So with a tolerance $\tau$ for zero:
#
# | kind | eigenvalues |
# |---|---|
# | `"saddle"` | one is above $\tau$ **and** one is below $-\tau$, whatever the others are |
# | `"degenerate"` | signs are not mixed, and one at least is within $[-\tau, \tau]$ |
# | `"minimum"` | all above $\tau$ |
# | `"maximum"` | all below $-\tau$ |
#
# Neither the diagonal nor the determinant decides. In two dimensions a negative determinant means a
# saddle; from three on, two negative eigenvalues multiply to a positive number.
#
# At a saddle, or anywhere else with an eigenvalue below $-\tau$, there is a way *down* although the
# gradient is zero: along the eigenvector of the most negative eigenvalue, forward or backward.
#
# **By hand.** $\operatorname{diag}(1, -2, -3)$ has the determinant $+6$: a saddle; down goes $(0,
# 0, 1)$. $\begin{pmatrix} 2 & 6 \\ 6 & 7 \end{pmatrix}$ has a positive diagonal, but the
# eigenvalues 11 and $-2$: a saddle, and down goes $(0.832, -0.555)$. $\operatorname{diag}(2, 0)$ is
# degenerate: nothing leads down as far as curvature can tell; that of $x_1^2 + x_2^4$ looks the
# same as that of $x_1^2 - x_2^4$.


# %%
def classify_critical_point(hessian: Array, tol: float = 1e-6) -> tuple[str, Array]:
    """Name the kind of a critical point, and a direction in which the ground falls.

    Parameters
    ----------
    hessian : ndarray of shape (D, D)
        Symmetric.
    tol : float
        Eigenvalues from -tol to tol count as zero.

    Returns
    -------
    kind : str
        ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"degenerate"``, as in the text's table.
    escape : ndarray of shape (D,)
        If the smallest eigenvalue is below -tol: its eigenvector, of length 1, with the sign that
        makes its entry of greatest magnitude positive. Otherwise zeros. In the dtype of `hessian`.

    References
    ----------
    Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio 2014, Identifying and attacking the saddle
    point problem in high-dimensional non-convex optimization.
    """
    raise NotImplementedError("classify_critical_point")


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already: after these four
# exercises, a surface with its critical points, found from 400 places, named and coloured by your
# function, with an arrow where a saddle can be left. Which kind is the most frequent?

# %% [markdown]
# ### Question `one_valley`
#
# Two sentences from a lab report: "A convex loss has exactly one minimum, so ours must have a
# unique solution." and "The loss of a neural net is not convex, which is why gradient descent gets
# stuck in bad local minima." What is wrong with the first, and what with the second? For the
# second, argue with the signs of many eigenvalues, and with what one sees when a net with hidden
# units has all its units renumbered.

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 5 The sharpest direction of a net
#
# A net with $10^5$ weights has a Hessian of $10^{10}$ numbers: nobody writes it down. But its
# *product with a vector* costs two gradients,
#
# $$ H v \approx \frac{\nabla f(x + h v) - \nabla f(x - h v)}{2h} $$
#
# and products are all that *power iteration* needs: multiply again and again, and scale back to
# length 1 each time. What grows most in each product, the eigenvector whose eigenvalue has the
# greatest *magnitude*, is left over in the end. How far it got tells the Rayleigh quotient: for v
# of length 1, $v^\top H v$ is the curvature along v, with its sign.
#
# **By hand.** $f = \frac12(x_1^2 - 3x_2^2)$, so $H = \operatorname{diag}(1, -3)$ everywhere, and
# $v = (1, 1)$. Its direction first: $(0.7071, 0.7071)$. After one step $(0.3162, -0.9487)$ with the
# curvature $(1 - 27)/10 = -2.6$; after two $(0.1104, 0.9939)$ with $-2.951$. (The length of $Hv$ is
# 2.864 after one step: it has no sign, and is not the same.)


# %%
def top_curvature(
    gradient: Gradient, x: Array, v: Array, steps: int, h: float = 1e-4
) -> tuple[float, Array]:
    """Find the direction of greatest curvature, in magnitude, by power iteration.

    The start is `v`, scaled to length 1. A step replaces v by the product of the Hessian and v,
    scaled to length 1. A product is taken from the gradients at ``x + h v`` and ``x - h v`` with v
    of length 1. If a product is exactly zero, v stays as it is.

    Parameters
    ----------
    gradient : callable
        ``gradient(point)`` returns the gradient, of shape (D,), at a point of shape (D,).
    x : ndarray of shape (D,)
        Where the curvature is asked, float64.
    v : ndarray of shape (D,)
        The start, of any length but zero.
    steps : int
        How often v is replaced; 0 is allowed.
    h : float
        How far the gradients are taken from x.

    Returns
    -------
    curvature : float
        ``v^T H v`` for the direction that is returned.
    direction : ndarray of shape (D,)
        v after the last step, of length 1.

    References
    ----------
    Pearlmutter 1994, Fast exact multiplication by the Hessian.
    """

    raise NotImplementedError("top_curvature")


# %% [markdown]
# ## 6 A valley from its footprints
#
# Gradient descent went down a bowl $f(x) = c + \frac12 \sum_i \lambda_i (x_i - m_i)^2$, all
# $\lambda_i > 0$. Nobody tells you $\lambda$, nor where the bottom m is; you have the learning rate
# and the path. That is enough: derive what one step does to the *difference* of two neighbouring
# points, coordinate by coordinate. From the curvatures follow
#
# - the *condition number* $\kappa = \lambda_{\max} / \lambda_{\min} \ge 1$;
# - the *best rate*: with the rate $\eta$, one step multiplies the distance to the bottom along
#   coordinate i by $1 - \eta\lambda_i$. The best $\eta$ makes the largest of the sizes $|1 -
#   \eta\lambda_i|$ as small as it can be. (Draw $|1 - \eta\lambda|$ over $\eta$ for the largest and
#   for the smallest $\lambda$. Where do the two lines meet?)
# - the *factor* that then remains: that largest size, at the best rate. It depends on $\kappa$
#   alone.
#
# **By hand.** Rate 0.1, path $(7, 4) \to (5, 1) \to (4, 1.6)$. The first coordinate moved by $-2$,
# then by $-1$; its bottom is at 3, and $\lambda = 5$. The second one jumped over its bottom:
# $\lambda = 12$. So $\kappa = 2.4$, the best rate is 0.1176, and each of its steps leaves 0.4118 of
# the distance.


# %%
def bowl_from_path(path: Array, lr: float) -> tuple[float, float, float]:
    """Find the condition number, the best rate and its factor from a path of gradient descent.

    The loss is the bowl of the text, whose axes are the coordinates; curvatures and bottom are not
    known. In the first two steps every coordinate moves.

    Parameters
    ----------
    path : ndarray of shape (T, D)
        The start and the points after each of T - 1 steps, T at least 3.
    lr : float
        The rate of the path.

    Returns
    -------
    kappa : float
        The condition number.
    best : float
        The rate at which the coordinate that is slowest *at that rate* shrinks fastest.
    factor : float
        What one step at that rate leaves of the distance along the slowest coordinate.

    References
    ----------
    Goh 2017, Why momentum really works.
    """
    raise NotImplementedError("bowl_from_path")


# %% [markdown]
# ## 7 Newton, and why he likes saddles
#
# If the ground is a bowl, why walk? One solve leads to its bottom: $x - H^{-1} \nabla f(x)$. But
# the formula asks where the gradient would be zero, not where the loss would be small, and a
# *saddle* is such a place too: along an axis of negative curvature Newton's step goes uphill, back
# to the saddle. The *saddle-free* step keeps the lengths and mends the directions: in the
# coordinates of the eigenvectors, it divides by $|\lambda_k|$. With $|H|$ for the matrix that has
# the eigenvectors of H and the sizes of its eigenvalues,
#
# $$ x - (H + \mu I)^{-1} \nabla f(x) \qquad\text{or}\qquad x - (|H| + \mu I)^{-1} \nabla f(x) $$
#
# where the *damping* $\mu \ge 0$ shortens the step, most of all where the ground is flat.
#
# **By hand.** $f = 2 x_1 x_2$ has a saddle at 0, $H = \begin{pmatrix} 0 & 2 \\ 2 & 0 \end{pmatrix}$
# and at $(1, 2)$ the gradient $(4, 2)$. Newton goes to $(0, 0)$. The eigenvalues are $\pm 2$, so
# $|H| = 2I$ (it is *not* the matrix of the sizes of the entries), and the saddle-free step leads to
# $(-1, 1)$; with damping 2 to $(0, 1.5)$.


# %%
def newton_step(
    x: Array, grad: Array, hessian: Array, saddle_free: bool = False, damping: float = 0.0
) -> Array:
    """Take one Newton step, plain or saddle-free, with damping.

    Parameters
    ----------
    x : ndarray of shape (D,)
    grad : ndarray of shape (D,)
        The gradient at `x`.
    hessian : ndarray of shape (D, D)
        Symmetric; no eigenvalue of the matrix to invert is zero.
    saddle_free : bool
        Whether the eigenvalues of the Hessian are replaced by their magnitudes.
    damping : float
        Added to every eigenvalue, or to every magnitude.

    Returns
    -------
    ndarray of shape (D,)
        The new point, in the dtype of `x`.

    References
    ----------
    Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio 2014, Identifying and attacking the saddle
    point problem in high-dimensional non-convex optimization.
    """
    raise NotImplementedError("newton_step")


# %% [markdown]
# ## 8 A push where it is flat
#
# Near a saddle the gradient is small, and plain descent lingers; exactly on the line that leads
# into it, it stays for ever. A little noise is enough of a cure: whoever does not sit precisely on
# the ridge slides off, exponentially fast. *Perturbed* gradient descent pushes only where the
# ground is flat. In step t: if the length of the gradient is *less than* `flat`, first add the push
# $\xi_t$; then, pushed or not, make a gradient step from where you are now:
#
# $$ x \leftarrow x + \xi_t \;\text{ if }\; \lVert \nabla f(x) \rVert < g_{\text{flat}}; \qquad
#    x \leftarrow x - \eta \nabla f(x) $$
#
# (Momentum is no substitute: it carries on in the directions it has, and on the ridge it has none.)
#
# **By hand.** $f = \frac12(x_1^2 - x_2^2)$, $\eta = 0.5$, flat below 0.4, from $(0.5, 0)$, pushes
# $(9, 9)$ and $(0, 0.1)$. Step 0: the gradient has the length 0.5, no push: $(0.25, 0)$. Step 1:
# the length is 0.25, so the push of step 1 leads to $(0.25, 0.1)$, and the gradient *there* to
# $(0.125, 0.15)$. The second coordinate grows from now on.


# %%
def perturbed_gradient_descent(
    x: Array, gradient: Gradient, noise: Array, lr: float, flat: float
) -> Array:
    """Run gradient descent that is pushed where the gradient is small; return the path.

    Parameters
    ----------
    x : ndarray of shape (D,)
        The start.
    gradient : callable
        ``gradient(point)`` returns the gradient, of shape (D,), at a point of shape (D,).
    noise : ndarray of shape (T, D)
        The push of each of T steps, made use of or not: push t belongs to step t.
    lr : float
        The learning rate.
    flat : float
        A gradient whose Euclidean length is less than this counts as small.

    Returns
    -------
    ndarray of shape (T+1, D)
        The start and the points after each step, in the dtype of `x`.

    References
    ----------
    Jin, Ge, Netrapalli, Kakade and Jordan 2017, How to escape saddle points efficiently.
    """
    raise NotImplementedError("perturbed_gradient_descent")


# %% [markdown]
# ## 9 Start again, elsewhere
#
# Descent ends in the valley it started in. So start from several places, and keep the end that lies
# lowest. Also count how many of the runs came down to that height: if it was reached once in twenty
# runs, who says that a twenty-first would not find a lower one? A run that has flown off ends with
# a loss that is not a number. It must not win, and in NumPy it easily does.
#
# **By hand.** $f = \frac14(x^2-1)^2$, one step with $\eta = 0.5$, from 0, 0.5 and 2. The gradient
# is $x^3 - x$: 0 stays on its hill at the height 0.25; 0.5 comes to 0.6875, height 0.0695; 2 jumps
# over one valley into the other, $-1$, height 0. The best is $-1$, with the height 0, found once.


# %%
def random_restarts(
    f: Loss, gradient: Gradient, starts: Array, lr: float, steps: int, tol: float = 1e-6
) -> tuple[Array, float, int]:
    """Run gradient descent from each start; return the lowest end and how often it was found.

    Parameters
    ----------
    f : callable
        ``f(point)`` returns the loss, a number, at a point of shape (D,); it may be NaN, but not at
        the ends of all runs.
    gradient : callable
        ``gradient(point)`` returns the gradient, of shape (D,).
    starts : ndarray of shape (R, D)
        Where the runs start.
    lr : float
        The learning rate.
    steps : int
        Gradient steps of each run.
    tol : float
        A run found the best value if its last loss is within this of it.

    Returns
    -------
    best : ndarray of shape (D,)
        The end of the run whose last loss is smallest, the first of equal ones, in the dtype of
        `starts`.
    value : float
        The loss there.
    found : int
        How many of the runs found it, the best run included.
    """
    raise NotImplementedError("random_restarts")


# %% [markdown]
# ## 10 One run, several ends
#
# Restarts cost as much as they are many. *Cosine cycles* get several ends out of one run: the rate
# falls to almost nothing, so that the net settles in a valley; then it jumps back to the full rate
# and throws the net out again. A run of T steps in M cycles has cycles of $\lceil T/M \rceil$ steps
# (rounded *up*; the last cycle may be cut short), and in step $t = 1, \dots, T$, counted from 1,
# the rate
#
# $$ \alpha_t = \frac{\alpha_0}{2} \left( \cos \frac{\pi\, \big((t-1) \bmod \lceil T/M \rceil\big)}
#    {\lceil T/M \rceil} + 1 \right) $$
#
# A *snapshot* of the weights is taken after the last step of each cycle, the one that was cut short
# included.
#
# **By hand.** $\alpha_0 = 1$, $T = 7$, $M = 2$: cycles of 4 steps. The rates are 1, 0.8536, 0.5,
# 0.1464, 1, 0.8536, 0.5, and snapshots are taken after the steps 4 and 7. With $T = 9$ and $M = 6$
# the cycles have 2 steps, and there are five of them, not six.


# %%
def cosine_cycle_lr(total: int, cycles: int, lr0: float = 0.1) -> tuple[Array, NDArray[np.integer]]:
    """Return the rates of a run in cosine cycles, and the steps after which snapshots are taken.

    Parameters
    ----------
    total : int
        The number T of steps.
    cycles : int
        The number M of cycles that the length of a cycle is reckoned from, at most `total`.
    lr0 : float
        The rate at the start of each cycle.

    Returns
    -------
    rates : ndarray of shape (T,)
        The rates of the steps 1 to T.
    snapshots : ndarray of int of shape (S,)
        The last step of each cycle, counted from 1, in order.

    References
    ----------
    Huang, Li, Pleiss, Liu, Hopcroft and Weinberger 2017, Snapshot ensembles: train 1, get M for
    free.
    """
    raise NotImplementedError("cosine_cycle_lr")


# %% [markdown]
# ## 11 Two ways to average
#
# From M snapshots, make one prediction. A *snapshot ensemble* lets every net answer and averages
# the **probabilities**. *Weight averaging* (SWA) averages the **weights**, and asks the one net
# that they make. The first costs M forward passes and works for any nets. The second costs one, and
# makes sense only for nets that lie in one valley: halfway between two valleys there may be a
# mountain.
#
# The nets have one hidden layer, $h = \max(0, x W_1^\top + b_1)$, and answer with the softmax of
# $h W_2^\top + b_2$. Scores may be in the thousands.
#
# **By hand.** One input, $x = 1$, one hidden unit, two classes, no biases. Net A: $W_1 = 1$, $W_2 =
# (\ln 9, 0)$, probabilities $(0.9, 0.1)$. Net B: $W_1 = 3$, $W_2 = (0, 0)$: $(0.5, 0.5)$. The
# ensemble says $(0.7, 0.3)$; the net of the averaged weights, $W_1 = 2$ and $W_2 = (\ln 3, 0)$,
# says $(0.9, 0.1)$. (Averaged scores would give $(0.75, 0.25)$.)


# %%
def average_two_ways(x: Array, nets: list[Layers]) -> tuple[Array, Array]:
    """Return what an ensemble of nets answers, and what the net of their mean weights answers.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    nets : list of list of (ndarray of shape (out, in), ndarray of shape (out,))
        Weights and biases of the two layers of each net; the shapes are those of the first net.

    Returns
    -------
    ensemble : ndarray of shape (N, K)
        The mean of the probabilities.
    averaged : ndarray of shape (N, K)
        The probabilities of the mean weights. Both in the dtype of `x`.

    References
    ----------
    Huang, Li, Pleiss, Liu, Hopcroft and Weinberger 2017, Snapshot ensembles: train 1, get M for
    free; Izmailov, Podoprikhin, Garipov, Vetrov and Wilson 2018, Averaging weights leads to wider
    optima and better generalization.
    """

    raise NotImplementedError("average_two_ways")


# %% [markdown]
# ## 12 Not the lowest point, but a low neighbourhood
#
# Of two minima of equal depth, the wide one survives when the landscape shifts a little, as it does
# from training data to test data. *Sharpness-aware minimisation* therefore descends on the worst
# loss within a distance $\rho$. To first order, the worst neighbour lies uphill:
#
# $$ \varepsilon = \rho\, \frac{g}{\lVert g \rVert}, \quad g = \nabla f(w); \qquad
#    w \leftarrow w - \eta\, \nabla f(w + \varepsilon) $$
#
# One length $\lVert g \rVert$ for all entries of w together. Only the gradient is taken over there;
# the step starts from w. Where $g = 0$, there is no uphill: $\varepsilon = 0$.
#
# **By hand.** $f = \frac12(3 w_1^2 + 4 w_2^2)$ at $(1, 1)$: $g = (3, 4)$, of length 5. With $\rho =
# 0.5$ the neighbour is $(1.3, 1.4)$, its gradient $(3.9, 5.6)$, and with $\eta = 0.1$ the new
# weights are $(0.61, 0.44)$.


# %%
def sam_step(param: Array, gradient: Gradient, lr: float = 0.1, rho: float = 0.05) -> Array:
    """Take one step of sharpness-aware minimisation.

    Parameters
    ----------
    param : ndarray of shape (...)
        The weights, of any shape.
    gradient : callable
        ``gradient(w)`` returns the gradient at weights `w`, in their shape.
    lr : float
        The learning rate.
    rho : float
        The distance of the neighbour whose gradient is taken.

    Returns
    -------
    ndarray of shape (...)
        The new weights, in the shape and dtype of `param`.

    References
    ----------
    Foret, Kleiner, Mobahi and Neyshabur 2021, Sharpness-aware minimization for efficiently
    improving generalization.
    """
    raise NotImplementedError("sam_step")


# %% [markdown]
# ### Question `flat_or_sharp`
#
# In a net with ReLU, multiply all weights and the bias of the first layer by 10 and divide the
# weights of the second layer by 10. What happens to the function that the net computes, what to the
# Hessian of the loss, and what does that mean for the sentence "flat minima generalize better"?
# Name one way to measure flatness that is not fooled by this.

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 13 One half at a time
#
# Some losses are not convex, but become so if one half of the unknowns is held still. *Matrix
# factorisation* is one: write a table X (people × films, words × documents) as a product of two
# narrow matrices,
#
# $$ L(W, H) = \lVert X - W H \rVert^2 + \lambda \lVert W \rVert^2 + \lambda \lVert H \rVert^2 $$
#
# with sums of squares of all entries. With H fixed it is a ridge regression for W, and the other
# way round. Derive both normal equations; solve the one for W first, then with the *new* W that for
# H, and so on. The loss never rises. (It is not convex in both together: W and H turned by the same
# rotation are as good, and $W = H = 0$ is a critical point, mostly a saddle.)
#
# **By hand.** $X = \begin{pmatrix} 2 & 4 \\ 1 & 2 \end{pmatrix}$, $H = (1, 0)$, $\lambda = 1$: $W =
# (1, 0.5)$, then $H = (1.1111, 2.2222)$ and $L = 12.3611$. With $\lambda = 0$: $W = (2, 1)$, $H =
# (1, 2)$, and the loss is 0.


# %%
def alternating_minimisation(
    x: Array, h: Array, steps: int, lam: float = 0.0
) -> tuple[Array, Array, Array]:
    """Factorise a matrix by solving for one factor at a time, W first.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        The matrix.
    h : ndarray of shape (K, D)
        The right factor at the start, of full rank K.
    steps : int
        How often both factors are solved for, at least 1.
    lam : float
        The weight of the penalty on the squares of both factors.

    Returns
    -------
    w : ndarray of shape (N, K)
        The left factor.
    h : ndarray of shape (K, D)
        The right factor, solved for with the W that is returned.
    losses : ndarray of shape (T,)
        The whole loss, penalty included, after each of the `steps` steps. All in the dtype of `x`.

    References
    ----------
    Koren, Bell and Volinsky 2009, Matrix factorization techniques for recommender systems.
    """
    raise NotImplementedError("alternating_minimisation")


# %% [markdown]
# ## 14 A minimum with a certificate
#
# Sampling never proves that a minimum is global. A bound does. If f changes by at most
# $L\,|x - x'|$ between any two places, then on an interval of width w with the middle m it is
# nowhere less than
#
# $$ f(m) - L\,\frac{w}{2} $$
#
# *Branch and bound* keeps a list of intervals, with the value at the middle and this bound for
# each. It begins with the whole interval, and repeats: take the interval with the *smallest bound*
# b. If the best value seen so far is within `tol` of b, stop: nothing can lie lower than b.
# Otherwise replace the interval by its two halves, and measure at their middles.
#
# Intervals that cannot hold the minimum are never opened again; in a hundred dimensions, however,
# there are too many of them for any computer. That is why nobody certifies the minimum of a net.
#
# **By hand.** $x^2$ on $[-1, 2]$, L = 4, tolerance 1.6. The middle 0.5 has the value 0.25 and the
# bound $-5.75$. Halves: $-0.25$ (0.0625, bound $-2.9375$) and 1.25 (1.5625, $-1.4375$). The first
# is halved again: $-0.625$ (0.3906, $-1.1094$) and 0.125 (0.0156, $-1.4844$). Best value 0.0156,
# smallest bound $-1.4844$, the gap is 1.5: stop. The answer is $(0.125, 0.0156, -1.4844)$.


# %%
def branch_and_bound_1d(
    f: Callable[[float], float], lo: float, hi: float, lipschitz: float, tol: float
) -> tuple[float, float, float]:
    """Find a minimum of f on an interval, with a proof of how far from the global one it can be.

    f is measured at the middles of intervals only, at those of the two halves whenever one is
    opened. Always the interval with the smallest bound is opened next, until the best value is
    within `tol` of that bound.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number for a number.
    lo : float
        The left end.
    hi : float
        The right end.
    lipschitz : float
        f changes by at most this times the distance.
    tol : float
        How far the best value may be from the bound; positive.

    Returns
    -------
    x : float
        Where the smallest value was measured.
    value : float
        The value there.
    bound : float
        The smallest bound of all intervals that are left: f is nowhere less.

    References
    ----------
    Lawler and Wood 1966, Branch-and-bound methods: a survey.
    """

    raise NotImplementedError("branch_and_bound_1d")


# %% [markdown]
# ## The picture
#
# Drawn from your functions, panel by panel as you write them. Above: a surface and all its critical
# points, where plain and saddle-free Newton steps lead from the same places, and a saddle left with
# and without a push. Below: the straight way between two trained digit nets; how the greatest
# curvature climbs in training until steps of the given rate begin to overshoot, the *edge of
# stability* (Cohen, Kaur, Li, Kolter and Talwalkar 2021); and the intervals that branch and bound
# has opened. In which of the panels is a place with zero gradient no minimum?


# %%
def figure():
    """Draw critical points, Newton's ends, an escape, a slice, curvature in training, a bound."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["places", "newton", "escape"], ["slice", "edge", "bound"]],
        figsize=(15, 9),
        layout="constrained",
    )
    panels = {
        "places": draw_places,
        "newton": draw_newton,
        "escape": draw_escape,
        "slice": draw_slice,
        "edge": draw_edge,
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


COLOURS = {
    "minimum": "#2ca02c",
    "saddle": "#d62728",
    "maximum": "#1f77b4",
    "degenerate": "#888888",
}


def hills(p):
    """Return the height of the surface that the figure shows."""
    x, y = p
    return 0.12 * (x * x + y * y) + np.cos(1.7 * x) + np.cos(1.5 * y + 0.6 * x)


def hills_gradient(p):
    """Return its gradient."""
    x, y = p
    across, along = 1.7 * np.sin(1.7 * x), np.sin(1.5 * y + 0.6 * x)
    return np.array([0.24 * x - across - 0.6 * along, 0.24 * y - 1.5 * along])


def draw_hills(ax, reach=4.2):
    """Draw the level lines of the surface."""
    side = np.linspace(-reach, reach, 160)
    height = [[hills((x, y)) for x in side] for y in side]
    ax.contourf(side, side, height, levels=24, cmap="Greys", alpha=0.55)
    ax.contour(side, side, height, levels=24, colors="w", linewidths=0.5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-reach, reach))
    ax.set(ylim=(-reach, reach))


def critical_points(reach=4.2, side=20):
    """Return places of zero gradient, found by Newton's method from a grid of starts."""
    found = []
    for start in np.stack(np.meshgrid(*[np.linspace(-reach, reach, side)] * 2), -1).reshape(-1, 2):
        x = start
        for _ in range(12):
            hessian = numerical_hessian(hills_gradient, x)
            x = x - np.linalg.lstsq(hessian, hills_gradient(x), rcond=None)[0]
        flat = np.linalg.norm(hills_gradient(x)) < 1e-9 and np.abs(x).max() < reach
        if flat and all(np.linalg.norm(x - other) > 1e-3 for other in found):
            found.append(x)
    return found


def draw_places(ax):
    """Draw critical points by kind. To see: as many saddles as minima and maxima together."""
    draw_hills(ax)
    places = {}
    for x in critical_points():
        kind, escape = classify_critical_point(numerical_hessian(hills_gradient, x), 1e-4)
        places.setdefault(kind, []).append(x)
        if kind == "saddle":
            for way in (escape, -escape):
                ax.annotate(
                    "", x + 0.55 * way, x, arrowprops={"arrowstyle": "->", "color": "#d62728"}
                )
    for kind, points in places.items():
        label = f"{kind} ({len(points)})"
        ax.plot(*np.transpose(points), "o", ms=7, color=COLOURS[kind], mec="w", label=label)
    ax.set(title="Where the gradient is zero, and which way is down")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)


def draw_newton(ax):
    """Draw ends of two Newton methods. To see: the plain one likes saddles and even maxima."""
    draw_hills(ax)
    rng = np.random.default_rng(3)
    for start in rng.uniform(-3.4, 3.4, (26, 2)):
        for saddle_free, style in ((False, "s"), (True, "o")):
            x = start
            for _ in range(40):
                hessian = numerical_hessian(hills_gradient, x)
                step = newton_step(x, hills_gradient(x), hessian, saddle_free, 0.05) - x
                x = x + step * min(1.0, 0.7 / max(np.linalg.norm(step), 0.01))
            kind, _ = classify_critical_point(numerical_hessian(hills_gradient, x), 1e-4)
            if np.linalg.norm(hills_gradient(x)) < 1e-3:
                size = 11 if saddle_free else 5
                face = "none" if saddle_free else COLOURS[kind]
                ax.plot(*x, style, ms=size, mfc=face, mec=COLOURS[kind], mew=1.6)
        ax.plot(*start, ".", ms=3, color="k")
    for style, name in (("s", "plain Newton"), ("o", "saddle-free")):
        ax.plot([], [], style, color="#444444", mfc="none" if style == "o" else None, label=name)
    for kind in ("minimum", "saddle", "maximum"):
        ax.plot([], [], "-", lw=3, color=COLOURS[kind], label=kind)
    ax.set(title="From the same starts (dots): where Newton ends")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)


def draw_escape(ax):
    """Draw losses near a saddle. To see: plain descent stays, a push leaves it in some steps."""
    well = lambda x: 0.25 * np.sum((x * x - 1) ** 2)
    gradient = lambda x: x**3 - x
    start, steps = np.r_[0.9, np.zeros(9)], 150
    for size, colour in ((0.0, "#888888"), (1e-6, "#9ecae1"), (1e-3, "#4292c6"), (0.05, "#084594")):
        for seed in range(5 if size else 1):
            noise = size * np.random.default_rng(seed).normal(size=(steps, 10))
            path = perturbed_gradient_descent(start, gradient, noise, 0.1, 0.05)
            label = {0.0: "no push: gradient zero, nine ways down"}.get(size, f"pushes of {size:g}")
            heights = [well(x) for x in path]
            ax.plot(heights, color=colour, lw=2 if not size else 1.1, label=None if seed else label)
    ax.set(title="Ten dimensions, a saddle: who gets away?", xlabel="step", ylabel="loss")
    ax.set(ylim=(-0.08, 3.6))
    ax.legend(fontsize=9, frameon=False, loc="upper right")


def draw_slice(ax):
    """Draw the loss between nets. To see: a wall between two starts, none between neighbours."""
    parts, _ = digit_parts()
    rates, snapshots = cosine_cycle_lr(1500, 3, 0.3)
    one, other = (train(parts[0], rates, snapshots, seed) for seed in (1, 2))
    alpha = np.linspace(0, 1, 41)

    def height(flat):
        return log_loss(softmax_net(unflat(flat), parts[0][0]), parts[0][1])

    ways = (
        ("two starts", one[-1], other[-1], "#d62728"),
        ("two snapshots of one run", one[0], one[-1], "#1f77b4"),
    )
    for name, a, b, colour in ways:
        a, b = flatten(a), flatten(b)
        ends = alpha * height(a) + (1 - alpha) * height(b)
        heights = ends + convexity_violation(height, a, b, alpha)
        ax.plot(alpha, heights, color=colour, label=name)
        ax.plot(alpha, ends, ":", color=colour)
    ax.set(
        title="The straight way between two digit nets", xlabel=r"share $\alpha$ of the first net"
    )
    ax.set(ylabel="training loss (dotted: the chord)", ylim=(0, 0.62))
    ax.legend(frameon=False, loc="upper right")


def draw_edge(ax):
    """Draw curvature in training. To see: it climbs to 2 / rate, where steps begin to overshoot."""
    (x, y), *_ = digit_parts()[0]
    x, targets = x[:60] - x[:60].mean(axis=0), np.eye(10)[y[:60]]
    for rate, colour in ((0.15, "#084594"), (0.3, "#4292c6"), (0.6, "#9ecae1")):
        rng = np.random.default_rng(5)
        gradient = squares_gradient(x, targets, 16)
        flat = 0.25 * rng.normal(size=16 * 74)
        v, curvature = rng.normal(size=flat.size), []
        for step in range(1501):
            if step % 30 == 0:
                found, v = top_curvature(gradient, flat, v, 10)
                curvature.append(found)
            flat = flat - rate * gradient(flat)
        ax.plot(np.arange(0, 1501, 30), curvature, color=colour, label=f"rate {rate:g}")
        ax.axhline(2 / rate, color=colour, ls=":")
    ax.set(title="Greatest curvature of a net in training", xlabel="step of gradient descent")
    ax.set(ylabel="curvature (dotted: 2 / rate)", ylim=(0, None))
    ax.legend(frameon=False)


def squares_gradient(x, targets, hidden):
    """Return the gradient of the mean squared error of a tanh net, a function of its weights."""

    def gradient(flat):
        w1, w2 = flat[: 64 * hidden].reshape(hidden, 64), flat[64 * hidden :].reshape(10, hidden)
        h = np.tanh(x @ w1.T)
        gap = 2 * (h @ w2.T - targets) / len(x)
        back = (gap @ w2) * (1 - h * h)
        return np.concatenate([(back.T @ x).ravel(), (gap.T @ h).ravel()])

    return gradient


def draw_bound(ax):
    """Draw bounded intervals. To see: fine where f is low, coarse where the bound rules it out."""
    f = lambda x: np.sin(3 * x) + 0.6 * np.sin(7.3 * x + 1) + 0.08 * (x - 1) ** 2
    lipschitz, seen = 3 + 0.6 * 7.3 + 0.16 * 5, []

    def noted(x):
        seen.append(x)
        return f(x)

    best, value, bound = branch_and_bound_1d(noted, -4.0, 4.0, lipschitz, 0.1)
    x = np.linspace(-4, 4, 600)
    ax.plot(x, f(x), color="k", lw=1.2)
    ax.plot(seen, [f(s) for s in seen], "o", ms=3.5, color="#1f77b4", label=f"{len(seen)} measured")
    ax.plot(seen, np.full(len(seen), -3.3), "|", ms=12, color="#1f77b4")
    ax.axhline(bound, color="#d62728", ls="--", lw=1, label=f"nowhere below {bound:.3f}")
    ax.plot(best, value, "*", ms=15, color="#2ca02c", label=f"best: {value:.3f}")
    ax.set(title="A minimum with a certificate", xlabel="x", ylabel="f(x)", ylim=(-3.6, 5.0))
    ax.legend(frameon=False, loc="upper center")


# %% [markdown]
# ## Capstone: several nets for the price of one
#
# A net with 40 hidden units has 300 handwritten digits to learn from; each time a digit is shown,
# its pixels are shaken a little, so that there is always something to learn. One run in six of your
# `cosine_cycle_lr`, with a snapshot after each; the last four snapshots vote (`average_two_ways`),
# are averaged in their weights, or the last one answers alone. Beside them a *single* net, which
# spends the same number of steps on one long cycle. The rate is chosen from the same grid for both
# kinds of run, on 300 other digits over two starts; then eight new starts, measured on the
# remaining 1,197 digits by accuracy and by the mean logarithmic loss, which also asks how sure a
# net is when it is wrong.
#
# The target: the votes beat the last snapshot of their own run, and the averaged weights, in the
# mean logarithmic loss, each by more than twice the standard error of the paired differences.
# Before you run it: will they beat the long single run as well?

# %%
STEPS, CYCLES, VOTERS = 6000, 6, 4
RATES = (0.1, 0.2, 0.4, 0.6)


def capstone():
    """Compare a single net with a snapshot ensemble and with averaged weights, by fair rules."""
    from autograder.rewards import track

    parts, test = digit_parts()
    chosen = {
        cycles: max(RATES, key=lambda lr: validated(parts, cycles, lr)) for cycles in (1, CYCLES)
    }
    runs = {"single": [], "last": [], "averaged": [], "ensemble": []}
    for seed, say in track(range(8), "eight starts"):
        single = cycled(parts[0], 1, chosen[1], seed)
        nets = cycled(parts[0], CYCLES, chosen[CYCLES], seed)[-VOTERS:]
        ensemble, averaged = average_two_ways(test[0], nets)
        answers = {
            "single": softmax_net(single[-1], test[0]),
            "last": softmax_net(nets[-1], test[0]),
            "averaged": averaged,
            "ensemble": ensemble,
        }
        for name, p in answers.items():
            runs[name].append((accuracy(p, test[1]), log_loss(p, test[1])))
        say(last=runs["last"][-1][1], ensemble=runs["ensemble"][-1][1])
    table = {name: np.array(values) for name, values in runs.items()}
    gains = {
        name: paired(table[name], table["ensemble"]) for name in ("single", "averaged", "last")
    }
    return {
        **{f"accuracy_{name}": float(values[:, 0].mean()) for name, values in table.items()},
        **{f"loss_{name}": float(values[:, 1].mean()) for name, values in table.items()},
        "rates": f"single {chosen[1]:g}, cycles {chosen[CYCLES]:g}",
        **{f"gain_on_{n}": f"{gain:.4f}, error {error:.4f}" for n, (gain, error) in gains.items()},
        "target_reached": all(gain > 2 * error for gain, error in list(gains.values())[1:]),
        "figure": draw_results(table),
    }


def paired(one, other):
    """Return the mean gain in loss of the other over the one, and its standard error."""
    gain = one[:, 1] - other[:, 1]
    return float(gain.mean()), float(gain.std(ddof=1) / np.sqrt(len(gain)))


def digit_parts():
    """Return training and validation digits, and test digits nobody has looked at."""
    from autograder.data import digits

    data = digits(test=0.0)
    order = np.random.default_rng(7).permutation(len(data["x_train"]))
    x, y = data["x_train"][order], data["y_train"][order]
    return [(x[:300], y[:300]), (x[300:600], y[300:600])], (x[600:], y[600:])


def cycled(training, cycles, lr, seed):
    """Train in cycles; return the snapshots."""
    return train(training, *cosine_cycle_lr(STEPS, cycles, lr), seed)


def validated(parts, cycles, lr):
    """Return minus the validation loss of what will be used, averaged over two starts."""
    losses = []
    for seed in (100, 101):
        nets = cycled(parts[0], cycles, lr, seed)[-VOTERS:]
        losses.append(log_loss(average_two_ways(parts[1][0], nets)[0], parts[1][1]))
    return -np.mean(losses)


def new_net(rng, hidden=40):
    """Return fresh weights of a net with one hidden layer."""
    return [
        (rng.normal(size=(hidden, 64)) * np.sqrt(2 / 64), np.zeros(hidden)),
        (rng.normal(size=(10, hidden)) * np.sqrt(1 / hidden), np.zeros(10)),
    ]


def train(training, rates, snapshots, seed, batch=10, shaken=0.3):
    """Train by stochastic gradient descent on shaken pixels; return the nets of the snapshots."""
    rng = np.random.default_rng(seed)
    x, y = training
    net, targets, kept = new_net(rng), np.eye(10)[y], []
    order = np.concatenate(
        [rng.permutation(len(x)) for _ in range(-(-len(rates) * batch // len(x)))]
    )
    for step, rate in enumerate(rates, 1):
        part = order[(step - 1) * batch : step * batch]
        inputs = x[part] + shaken * rng.normal(size=(batch, 64))
        moves = backward(net, inputs, targets[part])
        net = [(w - rate * dw, b - rate * db) for (w, b), (dw, db) in zip(net, moves)]
        if step in snapshots:
            kept.append(net)
    return kept


def backward(net, x, targets):
    """Return the gradients of the mean cross-entropy."""
    (w1, b1), (w2, b2) = net
    h = np.maximum(x @ w1.T + b1, 0)
    gap = (softmax(h @ w2.T + b2) - targets) / len(x)
    back = (gap @ w2) * (h > 0)
    return [(back.T @ x, back.sum(axis=0)), (gap.T @ h, gap.sum(axis=0))]


def softmax(z):
    """Return probabilities from scores."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_net(net, x):
    """Return the probabilities that one net gives."""
    (w1, b1), (w2, b2) = net
    return softmax(np.maximum(x @ w1.T + b1, 0) @ w2.T + b2)


def flatten(net):
    """Return all weights of a net as one vector."""
    return np.concatenate([part.ravel() for layer in net for part in layer])


def unflat(vector, hidden=40):
    """Return the net whose weights are this vector."""
    w1, b1, w2, b2 = np.split(vector, np.cumsum([64 * hidden, hidden, 10 * hidden]))
    return [(w1.reshape(hidden, 64), b1), (w2.reshape(10, hidden), b2)]


def log_loss(p, y):
    """Return the mean logarithmic loss of probabilities."""
    return float(-np.mean(np.log(p[np.arange(len(y)), y] + 1e-300)))


def accuracy(p, y):
    """Return the share of right answers."""
    return float(np.mean(p.argmax(axis=1) == y))


def draw_results(table):
    """Draw every start as a line through the methods. To see: which order all the starts share."""
    import matplotlib.pyplot as plt

    names = ["single", "last", "averaged", "ensemble"]
    shown = ["one long\ncycle", "last\nsnapshot", "averaged\nweights", "snapshot\nensemble"]
    fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    for column, (ax, label) in enumerate(
        zip(axes, ("unseen digits right (%)", "logarithmic loss"))
    ):
        values = np.array([table[name][:, column] for name in names]) * (1 if column else 100)
        ax.plot(values, "o-", color="#1f77b4", alpha=0.35, ms=4, lw=0.8)
        ax.plot(values.mean(axis=1), "_", ms=34, mew=2.5, color="#d62728")
        ax.set_xticks(range(4), shown)
        ax.set(ylabel=f"{label}; a line for each start, bars: means", xlim=(-0.4, 3.4))
        ax.spines[["top", "right"]].set_visible(False)
    fig.suptitle(f"The same {STEPS} steps, from 300 digits")
    return fig


# %% [markdown]
# ### Question `what_the_votes_say`
#
# Read the table and the lines of your own capstone. By how much do the votes beat the last snapshot
# and the averaged weights, and how do you know that it is not luck? Why are differences within a
# start compared, and not two means? Would you report that snapshot ensembles beat a single net of
# the same budget? How does the panel of slices explain what the averaged weights do here, and what
# they would do with nets from four different starts?

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
