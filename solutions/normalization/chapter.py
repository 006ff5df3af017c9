# %% [markdown]
# # Normalization: keeping signals and gradients in range
#
# *Chapter 8 · Unit III: training deep networks*
#
# A deep net is a long product. If every layer makes its signal a little larger, or a little
# smaller, ten layers make it much larger or much smaller, and one learning rate no longer suits all
# of them. Good starting weights help for the first step; training moves them. This chapter puts
# something *into* the net that holds the scale through all of training:
#
# ```text
#                       what shares a mean and a variance              needs the batch?
#   batch norm          one feature (channel), over all samples        yes: and so has two modes
#   layer norm, RMS     all features of one position                   no
#   group norm          some channels of one image                     no
#   instance norm       one channel of one image                       no
#
#   clipping            the same care for the gradient: it may be long, but not that long
# ```
#
# You write each of them with its gradient, find out from numbers alone which axes someone has
# normalized over, derive what scaling does to the learning rate, and at the end train one deep net
# at ten times the rate that it could bear before.

# %%
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## 1 Where it begins: the inputs
#
# One feature in metres, another one in milligrams: the loss is then a ravine, and gradient descent
# walks it zigzag. So each feature j is *standardized* before training,
#
# $$ z_{nj} = \frac{x_{nj} - \mu_j}{\sigma_j}, \qquad
#    \mu_j = \frac1N \sum_n x_{nj}, \quad \sigma_j^2 = \frac1N \sum_n (x_{nj} - \mu_j)^2 $$
#
# with mean and standard deviation *of the training set*, and of nothing else. New data are measured
# with the same ruler: a test sample must not change because of the company in which it arrives, and
# what the training set has not told may not be known. A feature that never changes in training has
# $\sigma = 0$; it is centred, and divided by 1.
#
# **By hand.** Two features of four training samples, $(2, 2, 6, 6)$ and $(5, 5, 5, 5)$: means 4 and
# 5, deviations 2 and 0. The first becomes $(-1, -1, 1, 1)$, the second all zeros. A test sample
# $(8, 7)$ becomes $(2, 2)$. (Divided by N − 1, the deviation would be 2.309.)


# %%
def standardize(train: Array, test: Array) -> tuple[Array, Array]:
    """Standardize training and test data with the statistics of the training data.

    The variance is a plain mean over the samples (divided by N). A feature with the same value in
    all training samples is only centred; one that varies is divided, however little it varies.

    Parameters
    ----------
    train : ndarray of shape (N, D)
        Training data, a sample in each row.
    test : ndarray of shape (M, D)
        Other data with the same features.

    Returns
    -------
    train_z : ndarray of shape (N, D)
        In the dtype of `train`.
    test_z : ndarray of shape (M, D)
        In the dtype of `train`.

    References
    ----------
    LeCun, Bottou, Orr and Müller 1998, Efficient BackProp.
    """
    ### BEGIN SOLUTION
    mean = train.mean(axis=0)
    std = train.std(axis=0)
    std = np.where(np.ptp(train, axis=0) > 0, std, 1).astype(train.dtype)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION


# %% [markdown]
# ## 2 Batch normalization in training
#
# If standardized inputs are good for the first layer, then so are standardized inputs for every
# other layer. But those move with each step, so the statistics are taken afresh from each
# *mini-batch*, as a part of the net:
#
# $$ \mu_j = \frac1N \sum_n x_{nj}, \qquad \sigma_j^2 = \frac1N \sum_n (x_{nj} - \mu_j)^2, \qquad
#    \hat x_{nj} = \frac{x_{nj} - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}}, \qquad
#    y_{nj} = \gamma_j\, \hat x_{nj} + \beta_j $$
#
# The scale $\gamma$ and the shift $\beta$ are learned: without them, a sigmoid behind the layer
# would only ever see its straight middle. The small $\varepsilon$ stands *inside the root*, where
# it keeps a feature without any variance from being divided by zero. The bias of the layer before
# is of no use any more, since $\mu$ takes it away; $\beta$ stands in its place.
#
# A batch of one is its own mean: $\hat x = 0$, and $y = \beta$, whatever the sample is.
#
# **By hand.** $x = (1, 2, 3, 4)$ in four samples: mean 2.5, variance 1.25. With $\varepsilon = 1$
# the root is 1.5 and $\hat x = (-1, -\frac13, \frac13, 1)$; with $\gamma = 3$, $\beta = 10$:
# $y = (7, 9, 11, 13)$. (Outside the root, ε would give 7.88 first; the variance over N − 1, 7.24.)


# %%
def batch_norm_forward(
    x: Array, gamma: Array, beta: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Normalize a batch in training mode, feature by feature.

    The variance is the mean squared deviation (divided by N), and `eps` stands inside the root.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    gamma, beta : ndarray of shape (D,)
        Scale and shift of each feature.
    eps : float
        Added to the variance.

    Returns
    -------
    y : ndarray of shape (N, D)
        The output.
    mean : ndarray of shape (D,)
        The mean of each feature over the batch.
    var : ndarray of shape (D,)
        Its variance, without `eps`. All in the dtype of `x`.

    References
    ----------
    Ioffe and Szegedy 2015, Batch normalization, algorithm 1.
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    y = gamma * (x - mean) / np.sqrt(var + eps) + beta
    return y, mean, var
    ### END SOLUTION


# %% [markdown]
# ## 3 What the layer remembers
#
# At test time there may be no batch: one image arrives, and its class may not depend on who else is
# asking. So the layer keeps *running statistics* while it trains, a leaky average of what the
# batches showed, and uses these later:
#
# $$ r_\mu \leftarrow (1 - m)\, r_\mu + m\, \mu, \qquad
#    r_{\sigma^2} \leftarrow (1 - m)\, r_{\sigma^2} + m\, \frac{N}{N-1}\, \sigma^2 $$
#
# Two conventions to know by name. The *momentum* m is the share of the **new** batch, 0.1 unless
# given: that is PyTorch's sense. Keras means the share of the *old* value by the same word (0.99).
# And the batch was divided by its own N; what is remembered is the **unbiased** estimate, with
# N − 1, for it stands for all data and not for this batch. A batch of one says nothing about a
# variance: the running one is left as it was, while the mean is updated as ever.
#
# **By hand.** From $r_\mu = 0$, $r_{\sigma^2} = 1$, the batch $(1, 2, 3, 4)$ with mean 2.5 and
# variance 1.25: the new mean is 0.25, the new variance $0.9 + 0.1 \cdot \frac43 \cdot 1.25 =
# 1.0667$. (Biased: 1.025. In Keras' sense: 2.25 and 1.6.)


# %%
def update_running_stats(
    running_mean: Array,
    running_var: Array,
    mean: Array,
    var: Array,
    n: int,
    momentum: float = 0.1,
) -> tuple[Array, Array]:
    """Return the running statistics after one more batch.

    Parameters
    ----------
    running_mean, running_var : ndarray of shape (D,)
        What was remembered before.
    mean, var : ndarray of shape (D,)
        Mean and variance of the batch, as `batch_norm_forward` gives them: divided by `n`.
    n : int
        How many values of each feature the batch holds, 1 or more. With 1, the running variance
        stays as it is.
    momentum : float
        The share of the new batch.

    Returns
    -------
    running_mean : ndarray of shape (D,)
        In the dtype of the old `running_mean`.
    running_var : ndarray of shape (D,)
        In the dtype of the old `running_mean`.
    """
    ### BEGIN SOLUTION
    new_mean = (1 - momentum) * running_mean + momentum * mean
    if n == 1:
        return new_mean, running_var.copy()
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return new_mean, new_var
    ### END SOLUTION


# %% [markdown]
# ## 4 At test time
#
# Now nothing is measured and nothing is learned: the running statistics stand where those of the
# batch stood. Each sample is treated by itself, and the layer is a fixed scale and shift.
#
# **By hand.** $r_\mu = 2$, $r_{\sigma^2} = 8$, $\varepsilon = 1$: the root is 3. With $\gamma = 3$
# and $\beta = 1$, the single sample 5 gives $3 \cdot (5 - 2)/3 + 1 = 4$. (By its own statistics it
# would give 1, as any other sample would.)


# %%
def batch_norm_inference(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float = 1e-5,
) -> Array:
    """Normalize in inference mode: with what was remembered, whatever the batch is.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Inputs; N may be 1.
    gamma, beta : ndarray of shape (D,)
        Scale and shift of each feature.
    running_mean, running_var : ndarray of shape (D,)
        The running statistics; they are used as they are.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    ndarray of shape (N, D)
        In the dtype of `x`.
    """
    ### BEGIN SOLUTION
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    ### END SOLUTION


# %% [markdown]
# Run this file now, or `figure()` in the notebook: the first two panels of the chapter's picture
# are drawn from these four functions. One shows what the company of a sample does to it in training
# mode, the other how fast the layer learns its statistics, for two values of m.

# %% [markdown]
# ### Question `forgotten_switch`
#
# Three students train the same net with batch norm (that of the capstone), with the same small loss
# at the end. All weights are good. Here are accuracies on the same 350 test digits:
#
# ```text
#              batches of 50, shuffled   batches of 50, sorted by class   one digit at a time
#   student A          0.90                          0.28                        0.11
#   student B          0.20                          0.20                        0.20
#   student C          0.94                          0.94                        0.94
# ```
#
# C then shows the net to a visitor, who draws nothing but zeros. All are read well, but measured on
# the shuffled batches the net has 0.86 after five batches of zeros, 0.73 after ten, 0.47 after
# twenty. What has each of them forgotten, or done in the wrong mode? Say for each which numbers
# give it away, and how the layer comes to them.


# %% [markdown]
# ## 5 Batch normalization backward
#
# A sample influences the loss in three ways: directly through its own $\hat x$, through the mean
# and through the variance of its batch; through the last two it moves the output of *every* sample.
# Write $s = \sqrt{\sigma^2 + \varepsilon}$ for the root, and collect the three terms of the chain
# rule, feature by feature. After some lines everything is said by two sums over the batch:
#
# $$ \frac{\partial L}{\partial \beta} = \sum_n dy_n, \qquad
#    \frac{\partial L}{\partial \gamma} = \sum_n dy_n\, \hat x_n, \qquad
#    dx_n = \frac{\gamma}{s} \left( dy_n - \frac1N \sum_k dy_k
#           - \frac{\hat x_n}{N} \sum_k dy_k\, \hat x_k \right) $$
#
# Read the bracket as a sentence: whatever would only shift the batch, or only stretch it, is taken
# out of the gradient, because the normalization would undo it. So the gradient of each feature sums
# to zero over the batch, always; and with a batch of one nothing is left.
#
# **By hand.** $x = (1, 2, 3, 4)$, $\varepsilon = 1$, $\gamma = 3$, $dy = (1, 0, 0, 0)$: $dx = (1,
# -\frac23, -\frac13, 0)$, $d\gamma = -1$, $d\beta = 1$. (Without the path through the variance:
# $(1.5, -0.5, -0.5, -0.5)$.) With $\varepsilon = 0$ and $\gamma = 1$: $dx = (0.2683, -0.3578,
# -0.0894, 0.1789)$.
#
# Before you believe your formula, compare it with brute force. This tool nudges every entry by
# $\pm h$; keep it at hand for the rest of the chapter. It is given, not graded:
#
# ```python
# rng = np.random.default_rng(0)
# x, dy, gamma, beta = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), np.ones(3), np.zeros(3)
# gradient_error(lambda x: np.sum(dy * batch_norm_forward(x, gamma, beta)[0]), x,
#                batch_norm_backward(dy, x, gamma)[0])                     # about 1e-10
# ```


# %%
def gradient_error(f, x: Array, gradient: Array, h: float = 1e-5) -> float:
    """Return the largest gap between a gradient of f at x and central differences.

    Relative to the largest entry of the two: 1e-10 or so for a right gradient, 1e-2 for a wrong
    one.
    """
    measured = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x, float), np.array(x, float)
        up[index] += h
        down[index] -= h
        measured[index] = (f(up) - f(down)) / (2 * h)
    size = max(float(np.abs(measured).max()), float(np.abs(gradient).max()), 1e-12)
    return float(np.abs(measured - gradient).max()) / size


# %%
def batch_norm_backward(
    dy: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Carry a gradient back through batch normalization in training mode.

    Parameters
    ----------
    dy : ndarray of shape (N, D)
        Gradient of the loss with respect to the output.
    x : ndarray of shape (N, D)
        The input of the forward pass; its statistics depend on it.
    gamma : ndarray of shape (D,)
        Scale of each feature.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    dx : ndarray of shape (N, D)
        Gradient with respect to `x`.
    dgamma : ndarray of shape (D,)
        Gradient with respect to the scale.
    dbeta : ndarray of shape (D,)
        Gradient with respect to the shift. All in the dtype of `x`.

    References
    ----------
    Ioffe and Szegedy 2015, Batch normalization.
    """
    ### BEGIN SOLUTION
    std = np.sqrt(x.var(axis=0) + eps)
    hat = (x - x.mean(axis=0)) / std
    dgamma = np.sum(dy * hat, axis=0)
    dbeta = np.sum(dy, axis=0)
    dx = gamma / std * (dy - dbeta / len(x) - hat * dgamma / len(x))
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# ## 6 Images: one channel, all places
#
# A convolution applies the same filter at every place, and the layer behind it keeps to that: *one*
# mean and variance, one $\gamma$ and $\beta$ for each **channel**, taken over all samples and all
# places. For the formulas above each pixel of each image is one more sample: a batch of N images
# with H × W pixels has $N \cdot H \cdot W$ of them. What you have written does all the work, if you
# hand it the numbers in the right order, and bring the answers back.
#
# **By hand.** Two images of one channel and 1 × 2 pixels, $(1, 2)$ and $(3, 4)$: the four numbers
# of section 2 once more. With $\varepsilon = 1$, $\gamma = 3$, $\beta = 10$ the images become
# $(7, 9)$ and $(11, 13)$. (Pixel by pixel, with two samples each: $(7.88, 7.88)$ and
# $(12.12, 12.12)$.)


# %%
def spatial_batch_norm(
    x: Array, dy: Array, gamma: Array, beta: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array, Array]:
    """Normalize a batch of images channel by channel, and carry a gradient back.

    Training mode, with the conventions of `batch_norm_forward` and `batch_norm_backward`; the
    statistics of a channel are taken over all samples and all pixels.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of images.
    dy : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to the output.
    gamma, beta : ndarray of shape (C,)
        Scale and shift of each channel.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    y : ndarray of shape (N, C, H, W)
        The output.
    dx : ndarray of shape (N, C, H, W)
        Gradient with respect to `x`.
    dgamma : ndarray of shape (C,)
        Gradient with respect to the scale.
    dbeta : ndarray of shape (C,)
        Gradient with respect to the shift. All in the dtype of `x`.

    References
    ----------
    Ioffe and Szegedy 2015, Batch normalization.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    rows, drows = (a.transpose(0, 2, 3, 1).reshape(-1, C) for a in (x, dy))
    y = batch_norm_forward(rows, gamma, beta, eps)[0]
    dx, dgamma, dbeta = batch_norm_backward(drows, rows, gamma, eps)
    y, dx = (a.reshape(N, H, W, C).transpose(0, 3, 1, 2) for a in (y, dx))
    return y, dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# ## 7 Folding it away
#
# At test time batch norm is linear, and so is the convolution before it. Two linear maps in a row
# are one: find filters and biases with which the convolution alone gives what both gave. The layer
# then costs nothing; every program that runs nets on a telephone does this first.
#
# **By hand.** A 1 × 1 filter $w = 2$ with bias $b = 1$, then batch norm with $r_\mu = 5$,
# $r_{\sigma^2} = 8$, $\varepsilon = 1$, $\gamma = 6$, $\beta = 10$. The pixel 3 becomes 7, and then
# $6 \cdot (7 - 5)/3 + 10 = 14$. The folded filter is 4, its bias 2: $4 \cdot 3 + 2 = 14$.


# %%
def fold_batch_norm(
    w: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float = 1e-5,
) -> tuple[Array, Array]:
    """Return filters and biases that do the work of a convolution and the batch norm behind it.

    The batch norm is in inference mode, with a scale, shift, mean and variance for each of the
    convolution's F output channels.

    Parameters
    ----------
    w : ndarray of shape (F, C, KH, KW)
        The filters.
    b : ndarray of shape (F,)
        Their biases.
    gamma, beta : ndarray of shape (F,)
        Scale and shift of the normalization.
    running_mean, running_var : ndarray of shape (F,)
        Its running statistics.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    w : ndarray of shape (F, C, KH, KW)
        The new filters.
    b : ndarray of shape (F,)
        The new biases. Both in the dtype of the old `w`.
    """
    ### BEGIN SOLUTION
    factor = gamma / np.sqrt(running_var + eps)
    return w * factor[:, None, None, None], beta + factor * (b - running_mean)
    ### END SOLUTION


# %% [markdown]
# ## 8 Layer normalization
#
# Batch norm couples samples, needs two modes, and has little to say with a batch of two. In a
# sequence it is worse: what is the statistic of position 37 if only three sentences are that long?
# *Layer norm* turns the table by a quarter: each position of each sequence is normalized by itself,
# over its D features.
#
# $$ \mu_{nt} = \frac1D \sum_j x_{ntj}, \qquad
#    \sigma_{nt}^2 = \frac1D \sum_j (x_{ntj} - \mu_{nt})^2, \qquad
#    y_{ntj} = \gamma_j\, \frac{x_{ntj} - \mu_{nt}}{\sqrt{\sigma_{nt}^2 + \varepsilon}} + \beta_j $$
#
# Training and test time are the same, and nothing is remembered. Mind that $\gamma$ and $\beta$
# still belong to the features: the axis that is normalized and the axis that is scaled are now the
# same one.
#
# **By hand.** One position with $x = (1, 2, 3, 4)$, $\varepsilon = 1$: $\hat x = (-1, -\frac13,
# \frac13, 1)$. With $\gamma = (1, 3, 3, 2)$ and $\beta = (0, 0, 1, 0)$: $y = (-1, -1, 2, 2)$.


# %%
def layer_norm_forward(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    """Normalize each position of each sequence over its features.

    The variance is divided by D, and `eps` stands inside the root.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        N sequences of T positions with D features.
    gamma, beta : ndarray of shape (D,)
        Scale and shift of each feature.
    eps : float
        Added to the variance.

    Returns
    -------
    ndarray of shape (N, T, D)
        In the dtype of `x`.

    References
    ----------
    Ba, Kiros and Hinton 2016, Layer normalization.
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
    ### END SOLUTION


# %% [markdown]
# ## 9 Layer normalization backward
#
# The same three paths, but now the *features* of a position share a mean and a variance. Each of
# them has its own $\gamma_j$, so this time $\gamma$ does not stand before the bracket: what enters
# the two means is the gradient as it arrives at $\hat x$. Which sums go over the features, and
# which ones over the positions? Whoever shares a number, adds up its gradients.
#
# **By hand.** The position of section 8 with $\gamma = (3, 1, 1, 1)$ and $dy = (1, 0, 0, 0)$:
# $dx = (1, -\frac23, -\frac13, 0)$, $d\gamma = (-1, 0, 0, 0)$, $d\beta = (1, 0, 0, 0)$.
# (With γ before the bracket: $dx = (1, -0.2222, -0.1111, 0)$.)


# %%
def layer_norm_backward(
    dy: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Carry a gradient back through layer normalization.

    Parameters
    ----------
    dy : ndarray of shape (N, T, D)
        Gradient of the loss with respect to the output.
    x : ndarray of shape (N, T, D)
        The input of the forward pass.
    gamma : ndarray of shape (D,)
        Scale of each feature.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    dx : ndarray of shape (N, T, D)
        Gradient with respect to `x`.
    dgamma : ndarray of shape (D,)
        Gradient with respect to the scale.
    dbeta : ndarray of shape (D,)
        Gradient with respect to the shift. All in the dtype of `x`.
    """
    ### BEGIN SOLUTION
    std = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    hat = (x - x.mean(axis=-1, keepdims=True)) / std
    d = dy * gamma
    along = np.mean(d * hat, axis=-1, keepdims=True)
    dx = (d - d.mean(axis=-1, keepdims=True) - hat * along) / std
    return dx, np.sum(dy * hat, axis=(0, 1)), np.sum(dy, axis=(0, 1))
    ### END SOLUTION


# %% [markdown]
# ## 10 RMS normalization
#
# Is it the centring that helps, or the scaling? Large language models have answered by leaving the
# mean out altogether: RMSNorm divides by the root of the mean square,
#
# $$ y_{ntj} = \gamma_j\, \frac{x_{ntj}}{\sqrt{\frac1D \sum_k x_{ntk}^2 + \varepsilon}} $$
#
# with no shift either. One pass over the numbers instead of two, and one vector to learn.
#
# **By hand.** $x = (1, 7)$: the mean square is 25. With $\varepsilon = 0$ and $\gamma = (5, 10)$:
# $y = (1, 14)$; with $\varepsilon = 11$ the root is 6 and $y = (0.8333, 11.667)$. (Layer norm
# would give $(-5, 10)$ with $\varepsilon = 0$; the length in place of the mean square, 7.071,
# $(0.707, 9.899)$.)


# %%
def rms_norm(x: Array, gamma: Array, eps: float = 1e-5) -> Array:
    """Divide each position of each sequence by the root mean square of its features.

    Nothing is centred. `eps` is added to the mean square, inside the root.

    Parameters
    ----------
    x : ndarray of shape (N, T, D)
        N sequences of T positions with D features.
    gamma : ndarray of shape (D,)
        Scale of each feature.
    eps : float
        Added to the mean square.

    Returns
    -------
    ndarray of shape (N, T, D)
        In the dtype of `x`.

    References
    ----------
    Zhang and Sennrich 2019, Root mean square layer normalization.
    """
    ### BEGIN SOLUTION
    square = np.mean(x**2, axis=-1, keepdims=True)
    return gamma * x / np.sqrt(square + eps)
    ### END SOLUTION


# %% [markdown]
# ## 11 Group normalization
#
# For images with small batches (detection, video) the channels of one image are cut into G groups
# of neighbours, and each group of each image is normalized over its $C/G$ channels and all pixels.
# With $G = 1$ it is layer norm for images, with $G = C$ *instance norm*, known from the transfer of
# painting styles. Scale and shift belong to the channels, C of each, whatever the groups are.
#
# **By hand.** One image of four channels with one pixel each, $x = (1, 2, 3, 4)$, $G = 2$,
# $\varepsilon = 0.75$: the groups are $(1, 2)$ and $(3, 4)$, with the variance 0.25 and the root 1:
# $\hat x = (-0.5, 0.5, -0.5, 0.5)$. With $\gamma = (2, 1, 1, 1)$, $\beta = 0$: $y = (-1, 0.5, -0.5,
# 0.5)$; and for $dy = (1, 0, 0, 0)$: $dx = (0.75, -0.75, 0, 0)$, $d\gamma = (-0.5, 0, 0, 0)$,
# $d\beta = (1, 0, 0, 0)$. (Groups $(1, 3)$ and $(2, 4)$ would give $\hat x = (-0.756, -0.756,
# 0.756, 0.756)$.)


# %%
def group_norm(
    x: Array, dy: Array, gamma: Array, beta: Array, groups: int, eps: float = 1e-5
) -> tuple[Array, Array, Array, Array]:
    """Normalize each group of channels of each image, and carry a gradient back.

    Group g holds the channels from ``g * C / groups`` on, ``C / groups`` of them. The variance is
    divided by the count, and `eps` stands inside the root.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of images.
    dy : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to the output.
    gamma, beta : ndarray of shape (C,)
        Scale and shift of each channel.
    groups : int
        The number of groups; it divides C.
    eps : float
        Added to the variance.

    Returns
    -------
    y : ndarray of shape (N, C, H, W)
        The output.
    dx : ndarray of shape (N, C, H, W)
        Gradient with respect to `x`.
    dgamma : ndarray of shape (C,)
        Gradient with respect to the scale.
    dbeta : ndarray of shape (C,)
        Gradient with respect to the shift. All in the dtype of `x`.

    References
    ----------
    Wu and He 2018, Group normalization.
    """
    ### BEGIN SOLUTION
    N, C = x.shape[:2]
    scale = gamma.reshape(1, C, 1, 1)
    rows = x.reshape(N, groups, -1)
    std = np.sqrt(rows.var(axis=2, keepdims=True) + eps)
    hat = (rows - rows.mean(axis=2, keepdims=True)) / std
    d = (dy * scale).reshape(rows.shape)
    along = np.mean(d * hat, axis=2, keepdims=True)
    dx = (d - d.mean(axis=2, keepdims=True) - hat * along) / std
    hat = hat.reshape(x.shape)
    y = scale * hat + beta.reshape(1, C, 1, 1)
    return y, dx.reshape(x.shape), np.sum(dy * hat, axis=(0, 2, 3)), np.sum(dy, axis=(0, 2, 3))
    ### END SOLUTION


# %% [markdown]
# ## 12 Which one was it?
#
# A colleague hands you the output of a normalization layer, a batch of images, and has forgotten
# which one it was. Its scale is 1, its shift 0. Whatever was normalized together has mean 0 *and*
# variance 1 (divided by the count), and that can be seen. But look before you answer: numbers that
# are standardized in small portions are standardized in large ones as well, so several names may
# fit, and the one that is asked is that of the **smallest** portions.
#
# | name | portion | groups |
# |---|---|---|
# | `"instance"` | one channel of one image | C |
# | `"group"` | C/G neighbouring channels of one image | G, more than 1 and less than C |
# | `"layer"` | all channels of one image | 1 |
# | `"batch"` | one channel of all images | 0 |
# | `"none"` | nothing of the above | 0 |
#
# **By hand.** Two images of two channels with 1 × 2 pixels. $[(1, -1), (1, -1)]$ and $[(-1, 1), (1,
# -1)]$: every channel of every image has mean 0 and variance 1, so it is `"instance"`, with 2
# groups. $[(1, 1), (-1, -1)]$ and $[(1, -1), (1, -1)]$: the images have, single channels have not,
# and the first channel over both images has the mean 0.5: `"layer"`, 1. And $[(0.5, -0.5), \dots]$
# everywhere is centred, but not of variance 1: `"none"`.


# %%
def which_norm(y: Array) -> tuple[str, int]:
    """Tell from the output of a normalization over which portions it was taken.

    The scale was 1 and the shift 0; epsilon and rounding move means and variances by less than
    1e-3. Of several names that fit, the one with the smallest portions is asked: more groups before
    fewer, all of them before "batch". In a portion that was not normalized, mean or variance are
    off by more than 0.02 somewhere.

    Parameters
    ----------
    y : ndarray of shape (N, C, H, W)
        The output, with at least two images and two channels.

    Returns
    -------
    name : str
        One of the names of the text's table.
    groups : int
        The number of groups into which the channels of an image were cut; 0 for "batch" and "none".
    """
    ### BEGIN SOLUTION
    N, C = y.shape[:2]

    def standard(portions):
        means, variances = portions.mean(axis=1), portions.var(axis=1)
        return np.all(np.abs(means) < 5e-3) and np.all(np.abs(variances - 1) < 5e-3)

    for groups in range(C, 0, -1):
        if C % groups == 0 and standard(y.reshape(N * groups, -1)):
            return {1: "layer", C: "instance"}.get(groups, "group"), groups
    if standard(y.transpose(1, 0, 2, 3).reshape(C, -1)):
        return "batch", 0
    return "none", 0
    ### END SOLUTION


# %% [markdown]
# ## 13 What scaling does to the learning rate
#
# Let the weights of a neuron (a *row* w of the matrix) stand before a batch norm, and let ε be
# negligible. Then it makes no difference how long w is: for every $c > 0$
#
# $$ L(c\,w) = L(w) $$
#
# since the pre-activations become c times as large, and are divided by c again. This one line says
# all about training such a weight. Differentiate it by w, on both sides: that tells the gradient at
# $c\,w$ from the one at w. (Differentiate it by c, and you find that the gradient is perpendicular
# to w. So no step makes w shorter; every step makes it longer.)
#
# Two copies of a net are the same function; in one of them the rows are longer by the factors
# $c_f$. Both take a step of gradient descent. What is the new matrix of the long copy? And which
# rate must the *short* copy use, in each row, to arrive at the very same function, that is in the
# same direction, as the long one? That is the rate at which the long copy really learns.
#
# **By hand.** $w = (3, 4)$ with the gradient $(0.4, -0.3)$, perpendicular as it must be; $c = 2$,
# rate 1. The long copy goes from $(6, 8)$ to $(5.8, 8.15)$. The short one goes in the same
# direction, to $(2.9, 4.075)$, with the rate 0.25.


# %%
def scaled_step(w: Array, gradient: Array, c: Array, lr: float) -> tuple[Array, Array]:
    """Make a step from scaled weights before a batch norm, and say how large it really was.

    The loss does not change when a row of the weights is multiplied by a positive number.

    Parameters
    ----------
    w : ndarray of shape (F, D)
        The weights of the short copy, a neuron in each row.
    gradient : ndarray of shape (F, D)
        The gradient of the loss at `w`.
    c : ndarray of shape (F,)
        The rows of the long copy are those of `w` times these positive factors.
    lr : float
        The learning rate of the long copy.

    Returns
    -------
    new : ndarray of shape (F, D)
        The weights of the long copy after one step of gradient descent on the loss, at its own
        weights.
    rates : ndarray of shape (F,)
        For each row, the rate with which a step from `w` ends at a positive multiple of that row of
        `new`. Both in the dtype of `w`.

    References
    ----------
    van Laarhoven 2017, L2 regularization versus batch and weight normalization.
    """
    ### BEGIN SOLUTION
    long = c[:, None]
    return long * w - lr * gradient / long, lr / c**2
    ### END SOLUTION


# %% [markdown]
# ### Question `decay_before_the_norm`
#
# Weight decay is added to a net in which a batch norm follows every layer, "to keep the function
# simple". By section 13, can the decay make the function of such a layer simpler? Training with it
# turns out better all the same. What does the decay change, and what happens to the layer in a long
# training without any? Where in the net does decay still do what it was meant for?


# %% [markdown]
# ## 14 Clipping gradients
#
# A normalized net keeps its signals in range; a recurrent one, say, has no such help, and one steep
# wall in the loss throws away what a thousand steps have found. Clipping puts a bound on what one
# step may do. Three ways are in use, with a limit $c > 0$, for a list of gradients $g_1, g_2,
# \dots$ of all parameters:
#
# * `"value"`: every *entry* is cut to the interval from $-c$ to $c$. Simple; changes the direction.
# * `"norm"`: a *gradient* whose Euclidean norm is greater than c is shortened,
#   $g \leftarrow c\, g / \lVert g \rVert$; each one by itself.
# * `"global"`: *one* norm over all entries of all gradients,
#   $\lVert g \rVert = \sqrt{\sum_i \lVert g_i \rVert^2}$; if it is greater than c, all of them are
#   multiplied by the same $c / \lVert g \rVert$, and the direction of the step stays what it was.
#
# What is not too long comes back with the same values, in a new array; a gradient of zeros too. And
# where a gradient is not finite any more? Then there is no direction to keep. Here: by value,
# $\pm\infty$ becomes $\pm c$ and NaN becomes 0; by norm, a gradient with an entry that is not
# finite becomes zeros; by the global norm, one such entry turns *all* gradients into zeros, and the
# step is skipped.
#
# **By hand.** Gradients $(-6, 8)$ and $(24)$, of norms 10 and 24, together 26; $c = 6.5$. By value:
# $(-6, 6.5)$ and $(6.5)$. By norm: $(-3.9, 5.2)$ and $(6.5)$. Globally, a quarter of each:
# $(-1.5, 2)$ and $(6)$.


# %%
def clip_gradients(gradients: list[Array], limit: float, how: str) -> list[Array]:
    """Bound gradients by value, by the norm of each, or by their norm together.

    What happens to entries that are not finite stands in the text.

    Parameters
    ----------
    gradients : list of ndarray of shape (...)
        The gradient of each parameter, of any shapes.
    limit : float
        The greatest size of an entry, or the greatest norm; positive.
    how : str
        ``"value"``, ``"norm"`` or ``"global"``.

    Returns
    -------
    list of ndarray of shape (...)
        New arrays, also where nothing was too long, in the shapes and dtypes of the gradients.

    References
    ----------
    Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks,
    algorithm 1.
    """
    ### BEGIN SOLUTION
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    norms = [float(np.sqrt(np.sum(g**2))) for g in gradients]
    if how == "global":
        norms = [float(np.sqrt(np.sum(np.square(norms))))] * len(gradients)
    clipped = []
    for g, norm in zip(gradients, norms):
        if not np.isfinite(norm):
            clipped.append(np.zeros_like(g))
        else:
            clipped.append(g * (limit / norm) if norm > limit else g.copy())
    return clipped
    ### END SOLUTION


# %% [markdown]
# ## Your picture
#
# What your functions do, drawn as far as they are written: a sample and its company, the memory of
# a layer, the loss over learning rates with and without batch norm, what each kind of layer takes
# out of a batch of images, the three ways to clip, and the length of weights before a batch norm.


# %%
def figure():
    """Draw company, memory, rates, what is taken out, clipping, and growing weights."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["company", "memory", "rates"], ["erased", "clipped", "growing"]],
        figsize=(15, 8.5),
        layout="constrained",
    )
    panels = {
        "company": draw_company,
        "memory": draw_memory,
        "rates": draw_rates,
        "erased": draw_erased,
        "clipped": draw_clipped,
        "growing": draw_growing,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def draw_company(ax):
    """Draw one sample in many batches. To see: in training mode its company moves it; later not."""
    rng, sizes = np.random.default_rng(0), (2, 4, 8, 16, 32, 64)
    one, zero, x = np.ones(1), np.zeros(1), 2.0
    mean, var = zero, one
    for _ in range(300):
        batch = rng.normal(1.0, 2.0, (32, 1))
        mean, var = update_running_stats(mean, var, *batch_norm_forward(batch, one, zero)[1:], 32)
    for size in sizes:
        seen = []
        for _ in range(40):
            batch = rng.normal(1.0, 2.0, (size, 1))
            batch[0] = x
            seen.append(float(batch_norm_forward(batch, one, zero)[0][0, 0]))
        label = "in training mode, 40 batches each" if size == 2 else None
        spots = size * np.exp(0.1 * rng.uniform(-1, 1, len(seen)))
        ax.semilogx(spots, seen, ".", color="#1f77b4", alpha=0.5, label=label)
    fixed = float(batch_norm_inference(np.array([[x]]), one, zero, mean, var)[0, 0])
    ax.axhline(fixed, color="#d62728", label="in inference mode, any batch")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.set(title="What the same sample becomes", xlabel="samples in the batch")
    ax.set(ylabel="normalized value of the sample", ylim=(-2.2, 1.7))
    ax.legend(frameon=False, loc="lower right")


def draw_memory(ax):
    """Draw a running variance. To see: a small m is slow and calm, a large one quick and noisy."""
    rng = np.random.default_rng(1)
    batches = rng.normal(0.0, 2.0, (120, 16, 1))
    for momentum, colour in ((0.01, "#2ca02c"), (0.1, "#1f77b4"), (0.9, "#d62728")):
        mean, var = np.zeros(1), np.ones(1)
        path = [1.0]
        for batch in batches:
            _, m, v = batch_norm_forward(batch, np.ones(1), np.zeros(1))
            mean, var = update_running_stats(mean, var, m, v, 16, momentum)
            path.append(float(var[0]))
        ax.plot(path, color=colour, lw=1.2, label=f"m = {momentum}")
    ax.axhline(4, color="k", ls=":", label="of all data")
    ax.set(title="Running variance, batches of 16", xlabel="batch", ylabel="variance", ylim=(0, 10))
    ax.legend(frameon=False, ncols=2, loc="upper right")


def draw_rates(ax):
    """Draw the loss over rates. To see: with batch norm the range of good rates is far wider."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 16)).astype(np.float32)
    hidden = np.maximum(x @ rng.normal(size=(16, 24)), 0)
    y = (hidden @ rng.normal(size=(24, 4))).argmax(axis=1)
    rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    for kind, colour in (("plain", "#888888"), ("batch norm", "#1f77b4")):
        ends = []
        for rate in rates:
            runs = [descend(kind, x, y, rate, seed)[1] for seed in range(3)]
            ends.append([min(loss, 10.0) if np.isfinite(loss) else 10.0 for loss in runs])
        ax.plot(rates, np.mean(ends, axis=1), color=colour, label=kind)
        ax.plot(rates, ends, ".", color=colour)
    ax.axhline(np.log(4), color="k", ls=":", lw=0.8)
    ax.text(0.007, np.log(4) * 1.1, "guessing", size=9)
    ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="loss after 60 steps")
    ax.set(title="Eight hidden layers, three starts each")
    ax.legend(frameon=False, loc="lower left")


def descend(kind, x, y, rate, seed, steps=60):
    """Train a small net on all of x; return it and its last loss."""
    net = start_net([x.shape[1], *[24] * 8, int(y.max()) + 1], np.random.default_rng(seed))
    loss = np.inf
    with np.errstate(all="ignore"):  # too large a rate ends in infinities, and that is the point
        for _ in range(steps):
            loss, found, _ = net_gradients(net, x, y, kind)
            move(net, found, rate)
    return net, loss


def draw_erased(ax):
    """Draw the mean of every channel of every image. To see: which differences each layer erases.

    Every row is an image, every column a channel. Batch norm leaves what tells images apart,
    instance norm nothing, layer norm what tells the channels of an image apart.
    """
    rng = np.random.default_rng(2)
    level = np.linspace(-2, 2, 6).reshape(6, 1, 1, 1) + np.linspace(2, -2, 6).reshape(1, 6, 1, 1)
    x = level + rng.normal(0, 0.6, (6, 6, 4, 4)) + rng.normal(0, 0.5, (6, 6, 1, 1))
    one, zero = np.ones(6), np.zeros(6)
    tiles = {"as it came": x, "batch": spatial_batch_norm(x, x, one, zero)[0]}
    for name, groups in (("layer", 1), ("group, G = 2", 2), ("instance", 6)):
        tiles[name] = group_norm(x, x, one, zero, groups)[0]
    wide = np.full((17, 20), np.nan)
    for number, (name, tile) in enumerate(tiles.items()):
        row, column = 9 * (number // 3), 7 * (number % 3)
        wide[row : row + 6, column : column + 6] = tile.mean(axis=(2, 3))
        ax.text(column + 2.5, row - 0.7, name, ha="center", va="bottom", size=10)
    shown = ax.imshow(wide, cmap="RdBu_r", vmin=-2, vmax=2)
    ax.figure.colorbar(shown, ax=ax, shrink=0.8, label="mean of a channel of an image")
    ax.set(title="What is left: images down, channels across", xticks=[], yticks=[])
    ax.set(ylim=(16, -2.2))
    ax.spines[:].set_visible(False)


def draw_clipped(ax):
    """Draw gradients before and after. To see: by norm the direction stays, by value it turns."""
    limit, long = 1.0, np.array([[2.6, 0.7], [0.5, 2.2], [-1.5, 1.4], [-0.5, -0.6], [1.3, -2.0]])
    around = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(around), np.sin(around), color="#1f77b4", lw=0.8)
    ax.plot([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1], color="#d62728", lw=0.8)
    ends = {"as it came": long}
    for how, name in (("norm", "by norm"), ("value", "by value")):
        ends[name] = np.array(clip_gradients(list(long), limit, how))
    for (name, points), colour in zip(ends.items(), ("#bbbbbb", "#1f77b4", "#d62728")):
        for end in points:
            ax.plot([0, end[0]], [0, end[1]], color=colour, lw=1.4)
        ax.plot(*points.T, "o", ms=5, color=colour, label=name)
    ax.set(title="Clipping to 1", xlabel="first parameter", ylabel="second parameter")
    ax.set(aspect="equal", xlim=(-2.2, 3.2), ylim=(-2.4, 2.6))
    ax.legend(frameon=False, loc="lower left")


def draw_growing(ax):
    """Draw the real rate of a growing weight. To see: it falls, and rates far apart end close."""
    one, zero = np.ones(1), np.zeros(1)
    for rate, colour in ((0.1, "#2ca02c"), (1.0, "#1f77b4"), (4.0, "#d62728")):
        rng = np.random.default_rng(3)
        w = np.full((1, 8), 8**-0.5)
        real = []
        for _ in range(1000):
            x = rng.normal(size=(16, 8))
            z, length = x @ w.T, np.linalg.norm(w, axis=1)
            gap = batch_norm_forward(z, one, zero)[0] - x[:, :1] - 2 * rng.normal(size=(16, 1))
            gradient = batch_norm_backward(gap / len(x), z, one)[0].T @ x
            w, rates = scaled_step(w / length, gradient * length, length, rate)
            real.append(float(rates[0]))
        ax.loglog(np.arange(1, 1001), real, color=colour, label=f"rate {rate:g}")
    ax.set(title="A weight before a batch norm slows down", xlabel="step")
    ax.set(ylabel="the same rate for a weight of length 1")
    ax.legend(frameon=False)


# %% [markdown]
# ## Capstone: twelve layers at ten times the rate
#
# A net of twelve hidden layers with 40 ReLU units each, started by He's rule, reads 1,000
# handwritten digits, ten times over, by plain gradient descent with batches of 100. Four ways to
# train it:
#
# * `plain`;
# * `clipped`: the gradients of each step are bounded by their global norm, 1;
# * `layer norm` before every ReLU, each digit by itself;
# * `batch norm` before every ReLU.
#
# Each way chooses its rate from the same six by its mean accuracy on 438 validation digits over
# three starts; then it trains from ten new starts and is measured on 359 digits that nobody has
# looked at. Apart from that contest, plain training and batch norm are trained at **ten times the
# rate that was best for plain training**.
#
# The target: at this rate, batch norm beats plain training *at its own best rate* by at least 5
# points in the mean, and by more than twice the standard error of the difference, while plain
# training at it falls apart (at least 30 points worse). Before you run it: which of the other two
# comes closest, and which rate will each way choose?
#
# At the end the best net is folded by `fold_batch_norm` (a dense layer is a convolution with 1 × 1
# filters) and must answer as before, and you see what the same net answers in the wrong mode. The
# result is yours to keep: change one thing (the start, the depth, batches of 4), and compare.


# %%
def start_net(sizes, rng):
    """Draw the weights of a net by He's rule; scales 1, shifts 0, statistics those of N(0, 1)."""
    net = []
    for d, f in pairwise(sizes):
        w = np.sqrt(2 / d) * rng.normal(size=(f, d))
        layer = {"w": w, "gamma": np.ones(f), "beta": np.zeros(f)}
        layer |= {"mean": np.zeros(f), "var": np.ones(f)}
        net.append({name: part.astype(np.float32) for name, part in layer.items()})
    return net


def forward(net, x, kind, training=True):
    """Return inputs and pre-activations of each hidden layer, what is before its ReLU, the scores.

    Each hidden layer gives (input, z, a, batch mean, batch variance).
    """
    passed = []
    for layer in net[:-1]:
        z = x @ layer["w"].T
        mean = var = None
        scale = layer["gamma"], layer["beta"]
        if kind == "batch norm" and training:
            a, mean, var = batch_norm_forward(z, *scale)
        elif kind == "batch norm":
            a = batch_norm_inference(z, *scale, layer["mean"], layer["var"])
        elif kind == "layer norm":
            a = layer_norm_forward(z[np.newaxis], *scale)[0]
        else:
            a = z + layer["beta"]
        passed.append((x, z, a, mean, var))
        x = np.maximum(a, 0)
    return passed, x, x @ net[-1]["w"].T + net[-1]["beta"]


def net_gradients(net, x, y, kind):
    """Return the mean cross-entropy, its gradients by all parameters, and batch statistics."""
    passed, last, scores = forward(net, x, kind)
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = float(-np.mean(np.log(chance[rows, y] + 1e-30)))
    chance[rows, y] -= 1
    d = chance / np.float32(len(y))
    found = [{"w": d.T @ last, "beta": d.sum(axis=0)}]
    for number in reversed(range(len(passed))):
        inputs, z, a, _, _ = passed[number]
        d = (d @ net[number + 1]["w"]) * (a > 0)
        layer = {"beta": d.sum(axis=0)}
        if kind == "batch norm":
            d, layer["gamma"], layer["beta"] = batch_norm_backward(d, z, net[number]["gamma"])
        elif kind == "layer norm":
            back = layer_norm_backward(d[np.newaxis], z[np.newaxis], net[number]["gamma"])
            d, layer["gamma"], layer["beta"] = back[0][0], back[1], back[2]
        found.append({"w": d.T @ inputs, **layer})
    return loss, found[::-1], [(mean, var) for _, _, _, mean, var in passed]


def move(net, found, rate, limit=None):
    """Make a step of gradient descent, in place; with a limit, on clipped gradients."""
    places = [(layer, name) for layer, part in zip(net, found) for name in part]
    steps = [part[name] for part in found for name in part]
    if limit is not None:
        steps = clip_gradients(steps, limit, "global")
    for (layer, name), step in zip(places, steps):
        layer[name] = layer[name] - np.float32(rate) * step


def train(kind, x, y, rate, seed, epochs=10, batch=100):
    """Train the deep net from a start of its own and return it."""
    rng = np.random.default_rng(seed)
    net = start_net([x.shape[1], *[40] * 12, 10], rng)
    with np.errstate(all="ignore"):  # too large a rate ends in infinities: it loses, that is all
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x) - batch + 1, batch):
                part = order[start : start + batch]
                _, found, seen = net_gradients(net, x[part], y[part], kind)
                move(net, found, rate, 1.0 if kind == "clipped" else None)
                if kind == "batch norm":
                    remember(net, seen, batch)
    return net


def remember(net, seen, n):
    """Update the running statistics of each layer, in place."""
    for layer, (mean, var) in zip(net, seen):
        known = layer["mean"], layer["var"]
        layer["mean"], layer["var"] = update_running_stats(*known, mean, var, n)


def accuracy(net, x, y, kind, training=False):
    """Return the share of right answers."""
    with np.errstate(all="ignore"):
        return float(np.mean(forward(net, x, kind, training)[2].argmax(axis=1) == y))


def folded(net):
    """Return a plain net that does what a net with batch norm does at test time."""
    plain = [dict(layer) for layer in net]
    for layer in plain[:-1]:
        none = np.zeros_like(layer["beta"])
        learned = layer["gamma"], layer["beta"], layer["mean"], layer["var"]
        w, layer["beta"] = fold_batch_norm(layer["w"][:, :, None, None], none, *learned)
        layer["w"] = w[:, :, 0, 0]
    return plain


RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
KINDS = ("plain", "clipped", "layer norm", "batch norm")


def capstone():
    """Train a deep net in four ways, each at its best rate, and two at ten times the plain one."""
    from autograder.data import digits
    from autograder.rewards import track

    data = digits()
    x, x_test = (part.astype(np.float32) for part in standardize(data["x_train"], data["x_test"]))
    y, y_test = data["y_train"], data["y_test"]
    rates, tables, results = {}, {}, {}
    for kind, say in track(KINDS, "twelve layers"):
        tables[kind] = []
        for rate in RATES:
            nets = [train(kind, x[:1000], y[:1000], rate, seed) for seed in (100, 101, 102)]
            tables[kind].append([accuracy(net, x[1000:], y[1000:], kind) for net in nets])
        rates[kind] = RATES[int(np.argmax(np.mean(tables[kind], axis=1)))]
        nets = [train(kind, x[:1000], y[:1000], rates[kind], seed) for seed in range(10)]
        results[f"{kind}, rate {rates[kind]:g}"] = [accuracy(n, x_test, y_test, kind) for n in nets]
        say(**{kind.replace(" ", "_"): float(np.mean(list(results.values())[-1]))})
    high = 10 * rates["plain"]
    for kind in ("plain", "batch norm"):
        nets = [train(kind, x[:1000], y[:1000], high, seed) for seed in range(10)]
        name = f"{kind}, rate {high:g} (ten times)"
        results[name] = [accuracy(net, x_test, y_test, kind) for net in nets]
    best, fallen, fast = (list(results.values())[k] for k in (0, 4, 5))
    gain = float(np.mean(fast) - np.mean(best))
    error = float(np.sqrt((np.var(fast) + np.var(best)) / (len(fast) - 1)))
    return {
        **{name: float(np.mean(runs)) for name, runs in results.items()},
        **modes(nets[0], x_test, y_test),
        "gain": gain,
        "standard error of the gain": error,
        "target_reached": bool(
            gain >= 0.05 and gain > 2 * error and np.mean(fallen) <= np.mean(fast) - 0.3
        ),
        "figure": draw_capstone(tables, results),
    }


def modes(net, x, y):
    """Return what a net with batch norm answers in each mode, and how far folding moves it."""
    order = np.argsort(y, kind="stable")
    parts = np.array_split(order, 10)
    by_class = [accuracy(net, x[p], y[p], "batch norm", training=True) for p in parts]
    alone = [accuracy(net, x[[k]], y[[k]], "batch norm", training=True) for k in range(len(x))]
    right, plain = forward(net, x, "batch norm", training=False)[2], folded(net)
    return {
        "inference mode": accuracy(net, x, y, "batch norm"),
        "training mode, batches of one class": float(np.mean(by_class)),
        "training mode, one digit at a time": float(np.mean(alone)),
        "largest change by folding": float(np.abs(forward(plain, x, "plain")[2] - right).max()),
    }


def draw_capstone(tables, results):
    """Draw accuracy over rates and the contest. To see: who bears which rate, and the scatter."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(14, 4.8), layout="constrained")
    colours = dict(zip(KINDS, ("#888888", "#d62728", "#2ca02c", "#1f77b4")))
    for kind, runs in tables.items():
        left.semilogx(RATES, 100 * np.mean(runs, axis=1), color=colours[kind], label=kind)
        left.semilogx(RATES, 100 * np.array(runs), ".", color=colours[kind])
    left.set(title="Twelve hidden layers, three starts each", xlabel="learning rate", ylim=(0, 100))
    left.set(ylabel="validation digits right (%)")
    left.legend(frameon=False, loc="lower left")
    for row, (name, runs) in enumerate(results.items()):
        colour = colours[name.split(",")[0]]
        right.plot(100 * np.array(runs), [row] * len(runs), "o", ms=5, color=colour, alpha=0.6)
        right.plot(100 * np.mean(runs), row, "|", ms=22, mew=2.5, color="k")
    right.set_yticks(range(len(results)), list(results), fontsize=9)
    right.invert_yaxis()
    right.set(title="Ten new starts, and their mean", xlabel="unseen digits right (%)")
    right.set(xlim=(0, 100))
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


# %% [markdown]
# ### Question `what_is_internal_covariate_shift`
#
# The paper that invented batch norm says *why* it works: the distribution of each layer's inputs
# keeps shifting while the layers before it learn, and the normalization holds it still. Three years
# later, Santurkar, Tsipras, Ilyas and Madry added noise with changing mean and variance *behind*
# the normalization, so that the inputs shifted in every step more than without it, and the net
# trained nearly as well as before. What does this experiment refute, and what not? What do section
# 13 and your capstone offer for an explanation instead, and what would you measure to tell two
# explanations apart?


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
