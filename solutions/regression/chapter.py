# %% [markdown]
# # Linear and logistic regression
#
# *Chapter 1 · Unit I: foundations*
#
# In 1886 Francis Galton measured 928 grown children and their parents, drew one cloud of points,
# laid a line through it, and was surprised: very tall parents had tall children, but *less* tall
# than themselves. He called it "regression towards mediocrity", and the name stuck to the line.
#
# The line is the smallest learning machine there is. It has everything that a net with a billion
# parameters has: a **model** ($\hat y = x\cdot\theta$), a **loss** that says how wrong it is, a
# **gradient** that says in which direction it gets less wrong, a **learning rate** that says how
# far to go, and **data it has not seen**, on which alone it is worth anything. In this chapter you
# build all of it by hand. The rest of the course replaces the model and keeps everything else.
#
# What you will have at the end: a regression that predicts the progress of diabetes, a classifier
# that tells malignant from benign tumours about as well as scikit-learn does, and an eye for the
# mistakes that raise no error: they only learn badly.

# %%
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## Conventions of this chapter
#
# Sources disagree by factors of two, and a wrong factor raises no error. Here is ours:
#
# | what | here | elsewhere |
# |---|---|---|
# | data | one sample per **row**, `x` of shape (N, D) | one per column |
# | bias | a column of ones, the **first**: $\theta_0$ is the intercept | the last; a separate `b` |
# | mean squared error | $\frac1N\sum e_n^2$ | $\frac1{2N}\sum$, $\frac12\sum$ (Bishop 2006) |
# | residual | $e = \hat y - y$: positive where the model says too much | $y - \hat y$ |
# | labels of two classes | 0 and 1 | −1 and 1 |
#
# **One example runs through the chapter**, three points on a plane:
#
# $$ X = \begin{pmatrix} 1 & 1 \\ 1 & 2 \\ 1 & 3 \end{pmatrix}, \qquad
#    y = \begin{pmatrix} 1 \\ 2 \\ 2 \end{pmatrix}. $$
#
# All arrays are float64 unless you are told otherwise. What comes in float32 goes out in float32.
# No function changes the arrays that it is given.

# %% [markdown]
# ## 1. How wrong?
#
# A prediction misses its target by $e_n = \hat y_n - y_n$. Squared, so that misses to both sides
# count and large ones count more, and averaged, so that the number does not grow with the data:
#
# $$ \text{MSE} = \frac1N \sum_{n=1}^N (\hat y_n - y_n)^2, \qquad
#    \text{RMSE} = \sqrt{\text{MSE}}. $$
#
# The MSE of a height in cm is in cm²; its root is in cm again, and can be told to a doctor.
#
# **By hand.** Predictions 1 and 3, targets 2 and 5: $e = (-1, -2)$, MSE = 2.5, RMSE = 1.581. (The
# mean of $|e|$ is 1.5: another measure, the MAE, which forgives large misses more.)
#
# A trap waits here for everyone who reads a spreadsheet. Targets often come as a *column*, of shape
# (N, 1). NumPy subtracts a row of N and a column of N without a murmur, and what comes out has
# $N^2$ entries.


# %%
def mse(prediction: Array, target: Array, root: bool = False) -> float:
    """Return the mean squared error of predictions, or its root.

    Either array may come as a column; entry n of one belongs to entry n of the other all the same.

    Parameters
    ----------
    prediction : ndarray of shape (N,) or (N, 1)
        N is at least 1.
    target : ndarray of shape (N,) or (N, 1)
    root : bool
        True: return the root mean squared error, in the unit of the target.

    Returns
    -------
    float
        One number, whatever the shapes and the precision of the arrays.
    """
    ### BEGIN SOLUTION
    error = prediction.reshape(-1) - target.reshape(-1)
    mean = np.mean(error**2)
    return float(np.sqrt(mean)) if root else float(mean)
    ### END SOLUTION


# %% [markdown]
# ## 2. Which way is down?
#
# For the linear model $\hat y = X\theta$ the MSE is a function of $\theta$ alone: a bowl (a
# paraboloid), since every $e_n$ is linear in $\theta$ and squares of linear things curve upwards,
# and never downwards. Its gradient points where the loss grows fastest:
#
# $$ \frac{\partial\,\text{MSE}}{\partial\theta_j} = \frac2N \sum_{n=1}^N e_n\, x_{nj}. $$
#
# Read it slowly: *each miss, times the input that had a say in it, averaged.* Almost every gradient
# of this course has this form.
#
# **By hand.** At $\theta = (0, 0)$ the misses are $e = (-1, -2, -2)$, so
# $\frac{2}{3}(-1-2-2) = -\frac{10}{3}$ for the bias and
# $\frac23(-1\cdot1 - 2\cdot2 - 2\cdot3) = -\frac{22}3$ for the other.
#
# Without the 2 it would be $(-\frac53, -\frac{11}3)$, which is the gradient of *half* the MSE;
# without the $\frac13$, $(-10, -22)$, the gradient of a sum, which grows with the data set.


# %%
def mse_gradient(x: Array, y: Array, theta: Array) -> Array:
    """Return the gradient of the mean squared error of ``x @ theta`` by theta.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One sample per row; its first column is the ones, if the model has a bias.
    y : ndarray of shape (N,)
        Targets.
    theta : ndarray of shape (D,)
        Parameters.

    Returns
    -------
    ndarray of shape (D,)
        In the dtype of the inputs.
    """
    ### BEGIN SOLUTION
    error = x @ theta - y
    return 2 * (x.T @ error) / len(y)
    ### END SOLUTION


# %% [markdown]
# ### A tool to keep: the gradient check
#
# A gradient can be wrong in a hundred ways, and a wrong one often still learns, a little. So never
# trust one that has not been compared with the definition of a derivative,
#
# $$ \frac{\partial f}{\partial\theta_j} \approx
#    \frac{f(\theta + h\,u_j) - f(\theta - h\,u_j)}{2h}, $$
#
# where $u_j$ is 1 at $j$ and 0 elsewhere. Here is the comparison, ready-made, for this chapter and
# all that follow. Try it at once on what you have just written:
#
# ```python
# x = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
# y = np.array([1.0, 2.0, 2.0])
# gradient_check(lambda t: mse(x @ t, y), lambda t: mse_gradient(x, y, t), np.array([0.5, -1.0]))
# ```
#
# About $10^{-10}$: right. About 0.5 or 2: a factor. About 1 or 2: a sign. (Why not exactly 0, and
# why does a smaller $h$ make it worse in the end? The chapter on backpropagation tells.)


# %%
def gradient_check(loss, gradient, theta: Array, h: float = 1e-5) -> float:
    """Return how far `gradient` is from central differences of `loss` at `theta`.

    The largest difference of any entry, relative to the largest entry of the two.
    """
    found = np.asarray(gradient(theta))
    expected = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        step = np.zeros(theta.shape)
        step[index] = h
        expected[index] = (loss(theta + step) - loss(theta - step)) / (2 * h)
    size = max(np.max(np.abs(found)), np.max(np.abs(expected)), 1e-300)
    return float(np.max(np.abs(found - expected)) / size)


# %% [markdown]
# ## 3. Gradient descent
#
# Stand somewhere on the bowl. Ask which way is up, take a step the other way, ask again:
#
# $$ \theta_{t+1} = \theta_t - \eta\,\nabla\text{MSE}(\theta_t). $$
#
# $\eta$ is the **learning rate**. You return the whole path, the start included: whoever sees only
# the last point does not see *how* it went.
#
# **By hand.** From $(0, 0)$ with $\eta = 0.1$ the first step lands at
# $(\frac13, \frac{11}{15}) = (0.333, 0.733)$. After a thousand steps you are at
# $(\frac23, \frac12)$, where the misses are $(\frac16, -\frac13, \frac16)$ and the MSE is
# $\frac1{18}$. No line does better.
#
# **Now look at something of your own**: run `figure()`. It draws the bowl, your gradient on it and
# your path, and leaves empty what is still to come.


# %%
def gradient_descent(x: Array, y: Array, theta: Array, lr: float, steps: int) -> Array:
    """Follow the gradient of the mean squared error downhill; return every point of the path.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    theta : ndarray of shape (D,)
        Where the path begins.
    lr : float
        Learning rate.
    steps : int
        Number of steps, 0 or more; each uses all samples.

    Returns
    -------
    ndarray of shape (steps + 1, D)
        Row t is theta after t steps, row 0 the start; in the dtype of `theta`.
    """
    ### BEGIN SOLUTION
    path = np.empty((steps + 1, theta.size), theta.dtype)
    path[0] = theta
    for t in range(steps):
        path[t + 1] = path[t] - lr * mse_gradient(x, y, path[t])
    return path
    ### END SOLUTION


# %% [markdown]
# ## 4. How fast is too fast?
#
# Try $\eta = 0.19$ on the example: the loss explodes. With 0.17 all is well. Somewhere between lies
# a sharp border, and you can compute it *before* the first step.
#
# Take one parameter and the loss $\frac12 c\,\theta^2$, whose gradient is $c\,\theta$. A step makes
# $\theta - \eta c\,\theta = (1 - \eta c)\,\theta$: every step multiplies $\theta$ by the same
# number. When do its powers die out? And on a bowl with many directions? Its curvatures are the
# eigenvalues of the Hessian, the matrix of second derivatives of the MSE. Along each eigenvector
# gradient descent is a lonely parameter again; the bowl is only as patient as its steepest wall.
#
# The rest is yours: differentiate `mse_gradient` once more.
#
# **By hand.** For the example the border is $0.1803$.


# %%
def max_stable_rate(x: Array) -> float:
    """Return the border between the learning rates with which gradient descent settles and others.

    With every positive rate below it, gradient descent on the mean squared error of ``x @ theta``
    comes to rest, from every start and for all targets. With every rate above it, there are starts
    from which it runs away.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        There may be more samples than parameters or fewer.

    Returns
    -------
    float
        Infinity where all of `x` is 0: then nothing ever moves.
    """
    ### BEGIN SOLUTION
    steepest = 2 * np.linalg.norm(x, 2) ** 2 / len(x)
    return float(2 / steepest) if steepest > 0 else np.inf
    ### END SOLUTION


# %% [markdown]
# ### Question `zigzag`
#
# On a long, narrow bowl gradient descent zigzags across the valley and crawls along it. Explain
# with the eigenvalues of the Hessian why no learning rate is good for both directions. What does
# standardising the columns of $X$ change about the bowl, and what can it not change?

# %% [markdown]
# ## 5. Whose gradient is this?
#
# Five classmates send you what their code computes for the gradient of the MSE. All five programs
# "work": no error, and most even learn. You have no code, only their numbers, the data, and your
# own `mse_gradient`, which you trust (you checked it). Find out what each of them believes:
#
# | answer | what they computed |
# |---|---|
# | `"right"` | the gradient |
# | `"sum"` | summed over the samples where the mean is asked |
# | `"half"` | the factor 2 is missing |
# | `"uphill"` | the sign is wrong, as from $y - \hat y$ |
# | `"no targets"` | the targets $y$ were left out |
# | `"unknown"` | none of these |
#
# **By hand.** At $\theta = (0, 0)$ the example's gradient is $(-\frac{10}3, -\frac{22}3)$. Who
# sends $(-10, -22)$ has summed; who sends $(-\frac{22}3, -\frac{10}3)$ did something that is not in
# the list.


# %%
def diagnose_gradient(x: Array, y: Array, theta: Array, found: Array) -> str:
    """Name the mistake behind a gradient of the mean squared error.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        N is at least 3.
    y : ndarray of shape (N,)
    theta : ndarray of shape (D,)
    found : ndarray of shape (D,)
        What somebody's code returned. It counts as one of the mistakes if no entry is further off
        than a millionth of that mistake's largest entry. (The mistakes given to you differ by far
        more. Some entries of the gradient may be 0, but never all.)

    Returns
    -------
    str
        ``"right"``, ``"sum"``, ``"half"``, ``"uphill"``, ``"no targets"`` or ``"unknown"``.
    """
    ### BEGIN SOLUTION
    right = mse_gradient(x, y, theta)
    mistakes = {
        "right": right,
        "sum": len(y) * right,
        "half": right / 2,
        "uphill": -right,
        "no targets": mse_gradient(x, np.zeros_like(y), theta),
    }
    for name, value in mistakes.items():
        if np.max(np.abs(found - value)) <= 1e-6 * np.max(np.abs(value)):
            return name
    return "unknown"
    ### END SOLUTION


# %% [markdown]
# ## 6. The normal equation
#
# A bowl has a lowest point, where the gradient is zero: $X^\top(X\theta - y) = 0$. If $X$ has full
# column rank, this has one solution, $\hat\theta = (X^\top X)^{-1}X^\top y$, and no learning rate.
# (Legendre published it in 1805, Gauss said that he had used it since 1795.)
#
# Textbooks stop here; data does not. Let one column be twice another (a length in cm, and again in
# half-cm), or let there be more columns than rows: then $X^\top X$ has no inverse. A whole *line*
# of $\theta$ makes the same smallest error. Which one? The **shortest**, with the smallest
# $\|\theta\|$. That is the one gradient descent finds too, if it starts at zero.
#
# With the singular value decomposition $X = U\,\mathrm{diag}(\sigma)\,V^\top$ both cases are one:
# in the turned coordinates $V^\top\theta$ each unknown meets one equation only, with one $\sigma_k$
# in front of it. Where $\sigma_k$ is zero the data says nothing about that coordinate, and the
# shortest $\theta$ sets it to 0.
#
# In floating point "zero" needs a border: a $\sigma_k$ counts as zero if
# $\sigma_k \le \text{rcond}\cdot\sigma_1$, the largest. (The singular values of $X^\top X$ are the
# *squares*: a border set there means something else.)
#
# **By hand.** The example gives $\theta = (\frac23, \frac12)$. Two equal columns,
# $X = \begin{pmatrix} 1 & 1 \\ 2 & 2\end{pmatrix}$ and $y = (2, 4)$: every
# $\theta_0 + \theta_1 = 2$ fits; the shortest is $(1, 1)$.
#
# *Rule of this exercise*: write it with the decomposition of your choice, without
# `np.linalg.lstsq`, `np.linalg.pinv` and `np.polyfit`, which do all of this in one call.


# %%
def normal_equation(x: Array, y: Array, rcond: float = 1e-6) -> Array:
    """Return the shortest of the thetas that minimise the mean squared error.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Of any rank; N may be smaller than D.
    y : ndarray of shape (N,)
    rcond : float
        A singular value of `x` counts as zero if it is at most `rcond` times the largest one.

    Returns
    -------
    ndarray of shape (D,)
        In the dtype of the inputs; zeros where all of `x` is 0.
    """
    ### BEGIN SOLUTION
    u, sigma, vt = np.linalg.svd(x, full_matrices=False)
    kept = sigma > rcond * sigma[0]
    return vt[kept].T @ ((u[:, kept].T @ y) / sigma[kept])
    ### END SOLUTION


# %% [markdown]
# ## 7. Ridge: a price on large parameters
#
# When columns are *almost* dependent, the fit is a tug-of-war: $\theta = (1000, -999)$ on two
# nearly equal columns fits the noise splendidly, and the next sample not at all. Hoerl and Kennard
# (1970) put a price on length:
#
# $$ J(\theta) = \sum_{n=1}^N (x_n\cdot\theta - y_n)^2 + \lambda \sum_{j\ge1} \theta_j^2. $$
#
# Two conventions hide in this line, and both are popular to get wrong. The first is a **sum**, not
# a mean (as in scikit-learn's `Ridge`): with a mean the same $\lambda$ would weigh $N$ times as
# much. And the price is paid from $j = 1$ on: the **intercept is free**. A prediction in kelvin
# must not be worse than in degrees Celsius.
#
# Set the gradient of $J$ to zero and solve.
#
# **By hand.** The example with $\lambda = 1$: $\theta = (1, \frac13)$. If the intercept paid too,
# it would be $(0.375, 0.583)$; with a mean in front, $(1.267, 0.2)$.


# %%
def ridge(x: Array, y: Array, strength: float) -> Array:
    """Return the theta that minimises ``sum((x @ theta - y)**2) + strength * sum(theta[1:]**2)``.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Its first column is the ones; theta's first entry, the intercept, is not penalised.
    y : ndarray of shape (N,)
    strength : float
        The lambda of the text; above 0, so that there is one answer whatever the rank of `x`.

    Returns
    -------
    ndarray of shape (D,)
        In the dtype of the inputs.

    References
    ----------
    Hoerl and Kennard 1970, Ridge regression: biased estimation for nonorthogonal problems,
    Technometrics 12(1).
    """
    ### BEGIN SOLUTION
    price = strength * np.eye(x.shape[1], dtype=x.dtype)
    price[0, 0] = 0
    return np.linalg.solve(x.T @ x + price, x.T @ y)
    ### END SOLUTION


# %% [markdown]
# ## 8. A few samples at a time
#
# With a million samples, one step of gradient descent reads a million rows. But ten rows already
# know roughly which way is down. **Stochastic gradient descent** steps after each *minibatch* of
# `size` samples; once through all of them is an **epoch** (Robbins and Monro had the idea in 1951).
#
# The order is handed to you, shuffled by someone else: the first batch holds the first `size`
# entries of `order`, the second the next, and so on. If they do not come out even, the last batch
# is short. It is *not* thrown away; and its gradient is the mean over the samples that it has.
# (Every framework has a switch for this: `drop_last`.) Each step starts where the last one ended.
#
# **By hand.** The example from $\theta = (0, 0)$, $\eta = 0.1$, one sample at a time, in the order
# 2, 0, 1 (counted from 0). Sample 2, $(1, 3)$ with $y = 2$: $e = -2$, so
# $\theta = (0.4, 1.2)$. Sample 0: $e = 1.6 - 1 = 0.6$, $\theta = (0.28, 1.08)$. Sample 1:
# $e = 2.44 - 2 = 0.44$, $\theta = (0.192, 0.904)$. In batches of two, the last of them short:
# $(0.3, 0.7)$ after samples 2 and 0, then $(0.36, 0.82)$.


# %%
def sgd_epoch(
    x: Array, y: Array, theta: Array, lr: float, order: NDArray[np.integer], size: int = 1
) -> Array:
    """Go through samples once, in the given order, a gradient step after each minibatch.

    The loss of a minibatch is the mean squared error of its own samples.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    theta : ndarray of shape (D,)
        Where the epoch begins.
    lr : float
        Learning rate.
    order : ndarray of shape (M,)
        Indices of samples, in the order of their use; often a permutation of all N, but samples may
        be missing or come twice. M is at least 1.
    size : int
        Samples in a minibatch; the last one holds what is left, and may be shorter. May exceed M.

    Returns
    -------
    ndarray of shape (D,)
        The parameters after the epoch, in the dtype of `theta`.

    References
    ----------
    Robbins and Monro 1951, A stochastic approximation method, Ann. Math. Statist. 22(3).
    """
    ### BEGIN SOLUTION
    for first in range(0, len(order), size):
        batch = order[first : first + size]
        theta = theta - lr * mse_gradient(x[batch], y[batch], theta)
    return theta
    ### END SOLUTION


# %% [markdown]
# ## 9. Yes or no: logistic regression
#
# Now the target is a label, 0 or 1. A line predicts 1.7, or −0.3: what is that? Let the line say
# instead how strongly it *leans* to class 1, the logit $z_n = x_n\cdot\theta$, and turn leaning
# into a probability with the logistic function, $p_n = \sigma(z_n) = 1/(1 + e^{-z_n})$. The loss is
# the surprise at the truth, averaged:
#
# $$ L = -\frac1N \sum_n \bigl[\, y_n \ln p_n + (1 - y_n) \ln (1 - p_n) \,\bigr]. $$
#
# Its gradient is a small miracle. The logistic function's derivative cancels against the
# logarithm's, and what is left has the form of section 2: *each miss, times the input*. Derive it,
# with $\sigma' = \sigma(1-\sigma)$, and check it with `gradient_check`.
#
# And a warning: logits of ±1000 do occur (early in training, or on one absurd row). There $p$ is
# exactly 0 or 1 in floating point, and $\ln 0$ is infinite, while the true loss is a harmless
# 1000. Write the loss in terms of $z$ *before* you compute anything: what is
# $-\ln \sigma(z)$ for large $-z$? Clipping $p$ away from 0 hides the trouble and falsifies the
# loss.
#
# **By hand.** The example's rows with labels 0, 0, 1, at $\theta = (0, 0)$: every $p$ is ½, the
# loss is $\ln 2 = 0.693$, the gradient $(\frac16, 0)$. One sample $x = (1, 1000)$ with
# $\theta = (0, 1)$ and label 0: the loss is 1000 and the gradient $(1, 1000)$.
#
# You get the logistic function ready-made; written with a tanh, it never overflows.


# %%
def sigmoid(z: Array) -> Array:
    """Return the logistic function 1 / (1 + exp(-z)), elementwise, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


# %%
def logistic_loss(x: Array, y: Array, theta: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of a logistic regression, and its gradient by theta.

    Both are right to absolute rounding for logits ``x @ theta`` from -1000 to 1000: finite, and not
    clipped.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    y : ndarray of shape (N,)
        Labels, each 0 or 1, in the dtype of `x`.
    theta : ndarray of shape (D,)

    Returns
    -------
    loss : float
        The mean over the samples; natural logarithms.
    gradient : ndarray of shape (D,)
        In the dtype of the inputs.
    """
    ### BEGIN SOLUTION
    z = x @ theta
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
    return float(loss), x.T @ (sigmoid(z) - y) / len(y)
    ### END SOLUTION


# %% [markdown]
# ## 10. One of many: softmax regression
#
# With $K$ classes every class has parameters of its own, a row of $\theta$, and leans for itself:
# $z_{nk} = x_n \cdot \theta_k$. The **softmax** turns the leanings of a sample into probabilities
# that add up to 1, and the loss is again the mean surprise at the true class $y_n$:
#
# $$ p_{nk} = \frac{e^{z_{nk}}}{\sum_j e^{z_{nj}}}, \qquad L = -\frac1N \sum_n \ln p_{n,y_n}. $$
#
# You write the gradient. Before you differentiate, guess: what will the "miss" of class $k$ be on
# one sample? Two things to check it by. The gradient rows of all classes add up to zero (raising
# all leanings alike changes nothing). And with $K = 2$ and $\theta_0 = 0$ row 1 is the logistic
# gradient.
#
# Logits of ±1000 must not overflow: what may you subtract from all logits of a sample without
# changing its probabilities?
#
# **By hand.** One sample $x = (1, 2)$ of class 2 of three, $\theta = 0$: $p = (\frac13, \frac13,
# \frac13)$, the gradient's rows are $(\frac13, \frac23)$, $(\frac13, \frac23)$ and
# $(-\frac23, -\frac43)$.


# %%
def softmax_gradient(x: Array, labels: NDArray[np.integer], theta: Array) -> Array:
    """Return the gradient of the mean cross-entropy of a softmax regression by theta.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    labels : ndarray of shape (N,)
        True classes, integers from 0 to K-1; some classes may not occur.
    theta : ndarray of shape (K, D)
        One row per class; the logits are ``x @ theta.T``, between -1000 and 1000.

    Returns
    -------
    ndarray of shape (K, D)
        In the dtype of the inputs.
    """
    ### BEGIN SOLUTION
    z = x @ theta.T
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p.T @ x / len(labels)
    ### END SOLUTION


# %% [markdown]
# ## 11. Representations matter
#
# Two rings of points, one inside the other. No line separates them, and logistic regression ends
# at 50 %. Write the *same* points as distance from the centre and angle,
#
# $$ x = r\cos\varphi, \qquad y = r\sin\varphi, $$
#
# and they lie on two sides of a straight line. Nothing was learned; somebody had looked. Deep nets
# are, above all, machines that find such coordinates by themselves.
#
# The angle is in radians, $-\pi < \varphi \le \pi$, counted from the positive $x$ axis towards the
# positive $y$ axis. In the centre there is no angle; call it 0.
#
# **By hand.** $(-1, 1)$ is at $r = 1.414$, $\varphi = \frac34\pi = 2.356$: up and to the *left*.
# (Whoever takes the arctangent of $y/x$ gets $-0.785$, down and to the right.)


# %%
def cartesian_to_polar(points: Array) -> Array:
    """Return the distance from the origin and the angle of each point.

    Parameters
    ----------
    points : ndarray of shape (N, 2)
        Positions (x, y) in the plane, on the axes and at the origin too; no zero has a minus.

    Returns
    -------
    ndarray of shape (N, 2)
        ``(r, angle)`` of each point, the angle in radians in (-pi, pi], and 0 at the origin; in the
        dtype of `points`.
    """
    ### BEGIN SOLUTION
    x, y = points[:, 0], points[:, 1]
    return np.stack([np.hypot(x, y), np.arctan2(y, x)], axis=1)
    ### END SOLUTION


# %% [markdown]
# ### Question `three_rings`
#
# Somebody adds the column $x^2 + y^2$ to the two rings instead of changing to polar coordinates.
# Does a logistic regression on the three columns separate them? Now there are *three* rings, and
# the middle one belongs to one class, the inner and the outer one to the other. Which of the two
# representations still works, if any, and what would you add?

# %% [markdown]
# ## 12. Columns of one size, and a one in front
#
# A blood pressure of 120 next to a body temperature of 37.2 makes the bowl of section 3 long and
# narrow. So the columns are brought to one scale first, each by itself:
#
# * **standard**: $x' = (x - \mu)/s$ with the column's mean $\mu$ and standard deviation
#   $s = \sqrt{\frac1N\sum(x - \mu)^2}$ (divided by $N$, not $N - 1$);
# * **min-max**: $x' = (x - \min)/(\max - \min)$, which takes the column to $[0, 1]$.
#
# The statistics are those of the **training rows alone**. New rows come one by one, later, and are
# scaled with the *same* numbers: a new maximum then lands beyond 1, and that is right. To use the
# test rows' own statistics, or those of all rows together, is to peek.
#
# A column that is constant in the training rows says nothing. It becomes 0 everywhere, instead of
# $0/0$.
#
# Last, the column of ones for the intercept is put **in front**. Last? Think about what happens to
# a column of ones that is standardised.
#
# **By hand.** A training column 2, 4, 6 and a new row 8: standard gives
# $-1.225, 0, 1.225$ and $2.449$ (dividing by $N-1$ gives $-1, 0, 1$ and $2$); min-max gives
# $0, 0.5, 1$ and $1.5$.


# %%
def design_matrix(train: Array, other: Array, scaling: str = "standard") -> tuple[Array, Array]:
    """Scale columns by statistics of the training rows, then put a column of ones in front.

    Parameters
    ----------
    train : ndarray of shape (N, D)
        Training rows; of them alone come the mean and the standard deviation (divisor N) of a
        column, or its minimum and maximum.
    other : ndarray of shape (M, D)
        Rows to be scaled with the same numbers.
    scaling : str
        ``"standard"`` to mean 0 and standard deviation 1, or ``"min-max"`` to [0, 1]. A column
        whose values in `train` are all equal becomes 0 in both results.

    Returns
    -------
    train_design : ndarray of shape (N, D + 1)
        Ones, then the scaled columns; in the dtype of `train`.
    other_design : ndarray of shape (M, D + 1)
        Likewise; in the dtype of `train` too.
    """
    ### BEGIN SOLUTION
    low, high = train.min(axis=0), train.max(axis=0)
    shift, scale = low, high - low
    if scaling == "standard":
        shift, scale = train.mean(axis=0), train.std(axis=0)
    varies = high > low

    def design(rows):
        scaled = np.where(varies, (rows - shift) / np.where(varies, scale, 1), 0)
        return np.concatenate([np.ones((len(rows), 1)), scaled], axis=1).astype(train.dtype)

    return design(train), design(other)
    ### END SOLUTION


# %% [markdown]
# ## 13. Data you have not seen
#
# How good is a model? Ask it about data that had no part in making it. And since *choosing* (a
# learning rate, a $\lambda$, the best of ten runs) is making too, there are three parts: **train**
# to fit, **validation** to choose, **test** for the one number that you report, once.
#
# The samples' order is shuffled by someone else. From its beginning come the training samples, then
# those for validation, at the end those for the test. Both fractions are of the *whole*:
# $\text{round}(f \cdot N)$ samples each, and the rest is for training.
#
# **By hand.** $N = 100$ with fractions 0.29 and 0.2: 29 for validation, 20 for the test, 51 to
# train. (In floating point $0.29 \cdot 100 = 28.999999999999996$; whoever cuts the decimals off has
# 28.)


# %%
def train_val_test_split(
    n: int, fractions: tuple[float, float], order: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """Share out `n` samples to training, validation and test.

    Parameters
    ----------
    n : int
        Number of samples.
    fractions : tuple of two floats
        Validation's and test's shares of all `n` samples; each count is rounded to the nearest
        whole number (never asked of a half), and either may be 0. The rest is for training.
    order : ndarray of shape (n,)
        A permutation of the samples' indices.

    Returns
    -------
    train : ndarray of shape (A,)
        Indices, the first of `order`, in that order.
    validation : ndarray of shape (B,)
        The next.
    test : ndarray of shape (C,)
        The last.
    """
    ### BEGIN SOLUTION
    validation, test = (round(fraction * n) for fraction in fractions)
    train = n - validation - test
    return order[:train], order[train : train + validation], order[train + validation :]
    ### END SOLUTION


# %% [markdown]
# ### Question `peeking`
#
# A team has 200 patients and 5,000 measurements of each. They keep the 20 measurements that
# correlate best with the disease, *then* split into training and test, train a logistic regression,
# and report 85 % on the test set. On the next 200 patients it is 50 %. What went wrong, at which
# line, and what would they have got had the labels been thrown by a coin? How must it be done?

# %% [markdown]
# ## 14. How good, and at what price
#
# "95 % right" is worth nothing if 95 % of the patients are healthy. So count the four cases apart,
# in the **confusion matrix**, a row for each truth and a column for each verdict:
#
# $$ \begin{pmatrix} \text{true negatives} & \text{false positives} \\
#    \text{false negatives} & \text{true positives} \end{pmatrix}. $$
#
# A sample is called positive if its score is **at least** the threshold. Raise the threshold, and
# false alarms become misses. Which threshold is right depends on what each costs, and is not for
# the classifier to say. A measure without a threshold is the area under the ROC curve, the **AUC**.
# It is also the answer to a question that a child understands: pick a positive and a negative
# sample at random. How often does the positive one have the higher score? Ties count half. 0.5 is
# guessing, 1 is perfect, and 0 is perfect with the sign wrong.
#
# **By hand.** Labels 0, 0, 1, 1 with scores 0.1, 0.4, 0.4, 0.8. Of the four pairs the positive one
# wins three, and one is a tie: AUC = 3.5/4 = 0.875. At the threshold 0.4 the matrix is
# $\begin{pmatrix} 1 & 1 \\ 0 & 2 \end{pmatrix}$.


# %%
def confusion_and_auc(
    labels: NDArray[np.integer], scores: Array, threshold: float = 0.5
) -> tuple[NDArray[np.integer], float]:
    """Return the confusion matrix at a threshold, and the area under the ROC curve.

    Parameters
    ----------
    labels : ndarray of shape (N,)
        Truths, integers 0 or 1.
    scores : ndarray of shape (N,)
        Any real numbers; the higher, the more class 1. Equal ones occur.
    threshold : float
        A sample whose score is at least this is called positive.

    Returns
    -------
    confusion : ndarray of shape (2, 2)
        Counts, integers: entry (i, j) of the samples of class i that are called j.
    auc : float
        The share of the pairs (a sample of class 1, one of class 0) in which the first has the
        higher score, ties counted half; NaN where one of the classes has no sample.

    References
    ----------
    Hanley and McNeil 1982, The meaning and use of the area under a receiver operating
    characteristic (ROC) curve, Radiology 143(1).
    """
    ### BEGIN SOLUTION
    called = (scores >= threshold).astype(int)
    confusion = np.zeros((2, 2), dtype=int)
    np.add.at(confusion, (labels, called), 1)
    ahead = scores[labels == 1][:, None] - scores[labels == 0]
    if ahead.size == 0:
        return confusion, float("nan")
    return confusion, float(np.mean((ahead > 0) + 0.5 * (ahead == 0)))
    ### END SOLUTION


# %% [markdown]
# ## The figure
#
# Draw it as soon as you have two or three functions; what is missing says so.
#
# * **The bowl**: rings of equal MSE, your gradient at a few places (it must stand across the rings,
#   pointing *up*), and three paths with rates below, near and above your border.
# * **The same three paths, as losses**: a straight line on this scale is a constant factor a step.
# * **Gradient check**: each gradient of yours against differences of its own loss. Below $10^{-7}$
#   is right; a bar near 1 is a bug.
# * **Two rings**, twice: the same points, the same logistic regression of yours. The dashed line is
#   what it learned.
# * **ROC curve**: every threshold is a point; the area under it is your AUC, up to rounding.


# %%
BOWL = (np.column_stack([np.ones(4), [-0.6, 0.1, 0.9, 1.6]]), np.array([0.1, 0.5, 0.8, 1.4]))


def _bowl(ax):
    """Rings of equal loss, gradients across them, three paths: the slowest creeps, one escapes."""
    x, y = BOWL
    across, up = np.meshgrid(np.linspace(-0.9, 1.4, 61), np.linspace(-0.9, 2.0, 61))
    loss = [mse(x @ np.array(theta), y) for theta in zip(across.ravel(), up.ravel())]
    rings = ax.contour(across, up, np.reshape(loss, across.shape), np.geomspace(0.02, 6, 8))
    rings.set(cmap="Greys", norm="log", clim=(1e-3, 8))
    ax.clabel(rings, fontsize=7, fmt="%.2g")
    ax.set(xlabel=r"intercept $\theta_0$", ylabel=r"parameter $\theta_1$")
    ax.set(xlim=(-0.9, 1.4), ylim=(-0.9, 2.0))
    places = np.array([[-0.5, 1.7], [0.3, 1.6], [1.1, 1.3], [1.0, -0.3], [0.2, -0.6]])
    arrows = np.array([mse_gradient(x, y, place) for place in places])
    ax.quiver(*places.T, *arrows.T, color="tab:green", angles="xy", scale=30, label="your gradient")
    ax.legend(loc="lower left", fontsize=8)
    _paths(lambda path, **style: ax.plot(*path.T, ".-", ms=4, lw=1, **style))
    ax.legend(loc="lower left", fontsize=8)


def _paths(draw):
    """Hand three paths to `draw`: with rates far below, just below and above the border."""
    x, y = BOWL
    try:
        border = max_stable_rate(x)
    except NotImplementedError:
        border = 0.65  # yours, once it is written
    for part, colour in ((0.04, "tab:blue"), (0.9, "tab:orange"), (1.02, "tab:red")):
        path = gradient_descent(x, y, np.array([-0.75, 0.35]), part * border, 30)
        draw(path, color=colour, label=f"$\\eta$ = {part} × border")


def _losses(ax):
    x, y = BOWL

    def draw(path, **style):
        ax.semilogy([mse(x @ theta, y) for theta in path], **style)

    least = mse(x @ gradient_descent(x, y, np.zeros(2), 0.3, 500)[-1], y)
    ax.axhline(least, color="0.5", ls=":", label="the best line")

    _paths(draw)
    ax.set(xlabel="step", ylabel="MSE")
    ax.legend(fontsize=8)


def _gradient_checks(ax):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    labels, theta = rng.integers(0, 2, size=20), rng.normal(size=3)
    rows = np.stack([np.zeros(3), theta])  # two classes, of which one leans to nothing

    def logistic(t):
        return logistic_loss(x, labels.astype(float), t)[0]

    checks = {
        "mse_gradient": (lambda t: mse(x @ t, y), lambda t: mse_gradient(x, y, t), theta),
        "logistic_loss": (logistic, lambda t: logistic_loss(x, labels * 1.0, t)[1], theta),
        "softmax_gradient": (
            lambda t: logistic(t[1] - t[0]),
            lambda t: softmax_gradient(x, labels, t),
            rows,
        ),
    }
    for name, (loss, gradient, place) in checks.items():
        try:
            error = gradient_check(loss, gradient, place)
        except NotImplementedError:
            ax.text(2e-12, name, "not yet", va="center", color="0.5")
            error = 0.0
        ax.barh(name, max(error, 1e-13), color="tab:green" if error < 1e-7 else "tab:red")
    ax.axvline(1e-7, color="0.4", ls=":")
    ax.set(xscale="log", xlim=(1e-12, 10), xlabel="relative difference from central differences")


def _two_rings():
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1], 120)
    radius = np.where(labels == 1, 2.2, 1.0) + 0.18 * rng.normal(size=240)
    turn = rng.uniform(-np.pi, np.pi, 240)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1), labels


def _rings(ax, polar):
    """Where the dashed line falls: nowhere useful, or between the rings in polar coordinates."""
    points, labels = _two_rings()
    seen = cartesian_to_polar(points) if polar else points
    names = ("distance $r$", "angle $\\varphi$ (radians)") if polar else ("$x$", "$y$")
    ax.set(xlabel=names[0], ylabel=names[1])
    for label, colour in enumerate(("tab:blue", "tab:orange")):
        ax.plot(*seen[labels == label].T, ".", color=colour, ms=4)
    x, theta = np.column_stack([np.ones(len(seen)), seen]), np.zeros(3)
    for _ in range(3000):
        theta = theta - 0.3 * logistic_loss(x, labels.astype(float), theta)[1]
    right = np.mean((x @ theta >= 0) == labels)
    ax.set_title(f"{'polar' if polar else 'Cartesian'}: {100 * right:.0f} % right", fontsize=11)
    across, up = (np.linspace(*limits(), 80) for limits in (ax.get_xlim, ax.get_ylim))
    lean = theta[0] + theta[1] * across + theta[2] * up[:, None]
    if lean.min() < 0 < lean.max():
        ax.contour(across, up, lean, [0.0], colors="k", linestyles="--")


def _roc(ax):
    rng = np.random.default_rng(8)
    labels = np.repeat([0, 1], (150, 100))
    scores = np.round(rng.normal(size=250) + 1.4 * labels, 1)
    rates = []
    for threshold in (*np.unique(scores), np.inf):
        (true_negative, false_alarm), (miss, hit) = confusion_and_auc(labels, scores, threshold)[0]
        rates.append((false_alarm / (false_alarm + true_negative), hit / (hit + miss)))
    rates = np.array(rates[::-1])
    area = confusion_and_auc(labels, scores)[1]
    ax.fill_between(*rates.T, color="tab:blue", alpha=0.15)
    ax.plot(*rates.T, ".-", color="tab:blue", label=f"AUC = {area:.3f}")
    ax.plot([0, 1], [0, 1], "k:", label="guessing: 0.5")
    ax.set(xlabel="share of false alarms", ylabel="share of hits")
    ax.legend(loc="lower right", fontsize=9)


def figure():
    """Draw the bowl, the losses, the gradient checks, the rings and a ROC curve."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 3, figsize=(15, 8.4), layout="constrained")
    panels = (
        ("Gradient descent on the MSE bowl", _bowl),
        ("A rate above the border runs away", _losses),
        ("Gradient check", _gradient_checks),
        ("Cartesian", lambda ax: _rings(ax, polar=False)),
        ("polar", lambda ax: _rings(ax, polar=True)),
        ("ROC curve", _roc),
    )
    for ax, (title, draw) in zip(axes.flat, panels):
        ax.set_title(title, fontsize=11)
        try:
            draw(ax)
        except NotImplementedError as missing:
            said = f"still to write: {missing}"
            ax.text(0.5, 0.5, said, transform=ax.transAxes, ha="center", color="0.5")
    fig.suptitle("One gradient, one rate, and the right coordinates", fontsize=15)
    return fig


# %% [markdown]
# ## Capstone: three data sets, your functions, and scikit-learn beside them
#
# * **Diabetes** (442 patients, 10 measurements; Efron et al. 2004): how far will the disease have
#   got in a year? Four ways to fit the same line: your normal equation, your ridge, your gradient
#   descent and your SGD.
# * **Breast cancer** (569 tumours, 30 measurements): malignant or benign? Your logistic regression.
# * **Digits** (1,797 images of 8 × 8 pixels): your softmax regression. The last panel shows what a
#   row of its $\theta$ looks like.
#
# The comparison is fair: five shuffles; within each, every method chooses its own strength or rate
# from a small grid on the *validation* part, and the *test* part is asked once. What is shown is
# the mean over the five and how far they spread.
#
# **The target**: your line predicts as scikit-learn's `LinearRegression` does (to a millionth),
# your ridge as its `Ridge`; at least 95 % of the tumours and an AUC of 0.98; at least 93 % of the
# digits.


# %%
def _parts(x, y, seed, scaling="standard"):
    """Return design matrices and targets of a shuffle: for training, validation and the test."""
    order = np.random.default_rng(seed).permutation(len(x))
    train, validation, test = train_val_test_split(len(x), (0.2, 0.2), order)
    design, held = design_matrix(x[train], x[[*validation, *test]], scaling)
    both = held[: len(validation)], held[len(validation) :]
    return (design, *both), (y[train], y[validation], y[test])


def _best(fits, x, y, error):
    """Return the (setting, theta) with the smallest error on validation data."""
    return min(fits.items(), key=lambda fit: error(x, y, fit[1]))


def _fit_lines(x, y, rng):
    """Return, for each method, theta by setting."""
    start, border = np.zeros(x.shape[1]), max_stable_rate(x)

    def sgd(rate):
        theta = start
        for epoch in range(40):
            order = rng.permutation(len(x))
            theta = sgd_epoch(x, y, theta, rate / (1 + epoch / 10), order, 8)
        return theta

    return {
        "normal equation": {0.0: normal_equation(x, y)},
        "ridge": {price: ridge(x, y, price) for price in (0.1, 1.0, 10.0, 100.0)},
        "gradient descent": {
            part: gradient_descent(x, y, start, part * border, 300)[-1] for part in (0.1, 0.5, 0.9)
        },
        "SGD, batches of 8": {rate: sgd(rate) for rate in (0.003, 0.01, 0.03)},
    }


def learn_diabetes(x, y, seeds):
    """Return the test RMSE of each method for each seed, and how far scikit-learn is from it."""
    from sklearn.linear_model import LinearRegression, Ridge

    def error(x, y, theta):
        return mse(x @ theta, y, root=True)

    errors, apart = {}, 0.0
    for seed in seeds:
        (x_train, x_validation, x_test), (y_train, y_validation, y_test) = _parts(x, y, seed)
        lines = _fit_lines(x_train, y_train, np.random.default_rng(seed))
        theirs = {
            "normal equation": lambda price: LinearRegression(),
            "ridge": lambda price: Ridge(alpha=price),
        }
        for name, fits in lines.items():
            setting, theta = _best(fits, x_validation, y_validation, error)
            errors.setdefault(name, []).append(error(x_test, y_test, theta))
            if name in theirs:
                model = theirs[name](setting).fit(x_train[:, 1:], y_train)
                away = np.abs(model.predict(x_test[:, 1:]) - x_test @ theta)
                apart = max(apart, float(np.max(away) / np.std(y)))
    return errors, apart


def learn_tumours(x, y, seeds):
    """Return test accuracies and AUCs, a scikit-learn accuracy for each seed, and ROC curves."""
    from sklearn.linear_model import LogisticRegression

    def error(x, y, theta):
        return logistic_loss(x, y, theta)[0]

    found = {"accuracy": [], "auc": [], "sklearn": []}
    curves = []
    for seed in seeds:
        (x_train, x_validation, x_test), (y_train, y_validation, y_test) = _parts(x, y, seed)
        fits = {}
        for rate in (0.03, 0.3, 3.0):
            theta = np.zeros(x_train.shape[1])
            for _ in range(400):
                theta = theta - rate * logistic_loss(x_train, y_train, theta)[1]
            fits[rate] = theta
        theta = _best(fits, x_validation, y_validation, error)[1]
        scores, truth = sigmoid(x_test @ theta), y_test.astype(int)
        confusion, auc = confusion_and_auc(truth, scores)
        found["accuracy"].append(np.trace(confusion) / len(truth))
        found["auc"].append(auc)
        model = LogisticRegression().fit(x_train[:, 1:], y_train)
        found["sklearn"].append(model.score(x_test[:, 1:], y_test))
        counts = [confusion_and_auc(truth, scores, t)[0] for t in (*np.unique(scores), 2.0)]
        curves.append(np.array([(c[0, 1] / c[0].sum(), c[1, 1] / c[1].sum()) for c in counts]))
    return found, curves


def learn_digits(x, labels, seeds):
    """Return the test accuracies of softmax regression, and the last theta."""

    def error(x, labels, theta):
        return float(np.mean(np.argmax(x @ theta.T, axis=1) != labels))

    right = []
    for seed in seeds:
        designs, truths = _parts(x, labels, seed, "min-max")
        fits = {}
        for rate in (0.1, 0.5):
            theta = np.zeros((10, designs[0].shape[1]))
            for _ in range(400):
                theta = theta - rate * softmax_gradient(designs[0], truths[0], theta)
            fits[rate] = theta
        theta = _best(fits, designs[1], truths[1], error)[1]
        right.append(1 - error(designs[2], truths[2], theta))
    return right, theta


def _draw_results(errors, curves, theta):
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 3, figsize=(15, 4.6), layout="constrained")
    for place, values in enumerate(errors.values()):
        axes[0].plot(values, [place] * len(values), "o", color="tab:blue", alpha=0.5)
        axes[0].plot(np.mean(values), place, "k|", ms=22)
    axes[0].set_yticks(range(len(errors)), list(errors))
    axes[0].set(xlabel="test RMSE (units of disease progression)", title="Diabetes, five shuffles")
    for curve in curves:
        axes[1].plot(*curve.T, color="tab:blue", alpha=0.6)
    axes[1].set(
        xlabel="share of false alarms", ylabel="share of hits", title="Tumours: ROC, five shuffles"
    )
    axes[1].set(xlim=(-0.01, 0.3), ylim=(0.5, 1.01))
    weights = np.pad(theta[:, 1:].reshape(2, 5, 8, 8), ((0, 0), (0, 0), (0, 1), (0, 1)))
    weights = weights.transpose(0, 2, 1, 3).reshape(18, 45)
    limit = np.max(np.abs(weights))
    picture = axes[2].imshow(weights, cmap="RdBu_r", vmin=-limit, vmax=limit)
    axes[2].set(xticks=[], yticks=[], title="Digits: what speaks for 0 to 4, and for 5 to 9")
    fig.colorbar(picture, ax=axes[2], shrink=0.6, label="weight of the pixel")
    return fig


def capstone() -> dict:
    """Fit three real data sets with the chapter's functions, scikit-learn's fits beside them."""
    from autograder.data import breast_cancer, diabetes, digits
    from autograder.rewards import track

    def whole(data):
        return (np.concatenate([data[f"{name}_train"], data[f"{name}_test"]]) for name in "xy")

    seeds = range(5)
    errors, apart = learn_diabetes(*whole(diabetes()), seeds)
    x, y = whole(breast_cancer())
    found, curves = learn_tumours(x, y.astype(float), seeds)
    right = []
    for seed, say in track(seeds, "digits"):
        some, theta = learn_digits(*whole(digits()), [seed])
        right += some
        say(accuracy=float(np.mean(right)))
    for name, values in errors.items():
        print(f"diabetes, {name}: RMSE {np.mean(values):.2f} ± {np.std(values):.2f}")
    accuracy, auc, theirs = (float(np.mean(found[key])) for key in found)
    return {
        "diabetes_rmse": float(np.mean(errors["ridge"])),
        "apart_from_sklearn": apart,
        "tumour_accuracy": accuracy,
        "tumour_accuracy_of_sklearn": theirs,
        "tumour_auc": auc,
        "digits_accuracy": float(np.mean(right)),
        "digits_spread": float(np.std(right)),
        "target_reached": bool(
            apart < 1e-6 and accuracy >= 0.95 and auc >= 0.98 and np.mean(right) >= 0.93
        ),
        "figure": _draw_results(errors, curves, theta),
    }


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
