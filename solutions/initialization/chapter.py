# %% [markdown]
# # Initialization: how to start a deep net
#
# *Chapter 7 · Unit III: training deep networks*
#
# Before the first gradient step, a net is nothing but random numbers. That sounds harmless: any
# start will do, training puts it right. It does not. Take twenty layers of ReLU units, the same
# data and the same learning rate, and change only the *width of the dice*:
#
# ```text
#   weights drawn from            after a dozen passes over the digits (chance: 10 %)
#   N(0, 1)                        8 % right    never learns: the signal explodes
#   Glorot's N(0, 2/(in + out))   16 % right    hardly moves: the signal fades
#   He's     N(0, 2/in)           95 % right    learns
#
#   size of the signal, layer by layer
#   N(0, 1)   . o O @ (@) ((@)) ...
#   Glorot    O o o . . .
#   He        O O O O O O
# ```
#
# In this chapter you derive the three widths, sample from them, and measure what they do to the
# signals that run forward and to the gradients that run back; from such measurements you tell which
# layer of a net is ill. At the end you repeat the experiment above.

# %%
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

# %% [markdown]
# ## 1. One neuron, many inputs
#
# A neuron sums $z = \sum_{i=1}^{n} w_i x_i + b$. If the weights and the bias are independent and
# have mean 0, variances add up:
#
# $$ \mathrm{Var}(z) = \sum_{i=1}^{n} \mathrm{Var}(w_i)\, x_i^2 + \mathrm{Var}(b) $$
#
# With $n$ inputs that are all 1, that is $n \sigma_w^2 + \sigma_b^2$. Note what adds: the
# *variances*. The standard deviation of $z$ grows like $\sqrt n$.
#
# **By hand.** 250 unit inputs with $N(0, 1)$ weights and no bias: variance 250, standard deviation
# 15.811. A logistic neuron with $z = 15.8$ answers 0.9999999 and has the derivative $1.4 \cdot
# 10^{-7}$: it is *saturated*, learning nothing, before it has seen any data. With 500 unit inputs
# and an $N(0, 1)$ bias it is $\sqrt{501} = 22.4$ (the example in Nielsen's book).


# %%
def preactivation_std(n: int, weight_std: float = 1.0, bias_std: float = 0.0) -> float:
    """Return the standard deviation of a neuron's weighted sum over random weights.

    The neuron has n inputs, all equal to 1, and a bias: the sum has the variance
    ``n * weight_std ** 2 + bias_std ** 2``.

    Parameters
    ----------
    n : int
        Number of inputs.
    weight_std : float
        Standard deviation of each weight; their mean is 0.
    bias_std : float
        Standard deviation of the bias; its mean is 0. 0: no bias.

    Returns
    -------
    float
        Standard deviation of the sum.

    References
    ----------
    Nielsen 2015, Neural networks and deep learning, ch. 3 (weight initialization).
    """
    ### BEGIN SOLUTION
    return float(np.sqrt(n * weight_std**2 + bias_std**2))
    ### END SOLUTION


# %% [markdown]
# ## 2. Fan-in and fan-out
#
# So the right width depends on how many terms meet in a sum. The **fan-in** of a unit is the number
# of inputs it sums over; the **fan-out** is the number of units that each input feeds, which is the
# number of terms that meet on the way *back*.
#
# For a dense layer of shape (out, in), that is simply (in, out). For a convolution with kernels of
# shape (F, C, KH, KW), a unit looks at a window of KH·KW pixels in C channels, and a pixel is
# looked at from KH·KW positions by F filters:
#
# $$ \text{fan}_\text{in} = C \, K_H K_W, \qquad \text{fan}_\text{out} = F \, K_H K_W $$
#
# Kernels with one spatial axis (F, C, K), or three, follow the same pattern. **By hand.** (100,
# 300) has fans 300 and 100. (64, 3, 7, 7), the first layer of ResNet, has fan-in 147 and fan-out
# 3136.


# %%
def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return fan-in and fan-out of a layer with weights of this shape.

    Parameters
    ----------
    shape : tuple of int
        ``(out, in)`` of a dense layer, or ``(F, C, K1, K2, ...)`` of a convolution with F filters
        over C channels and one or more kernel axes.

    Returns
    -------
    fan_in : int
        Inputs of one unit: in, or C times the number of kernel positions.
    fan_out : int
        Units fed by one input: out, or F times the number of kernel positions.

    References
    ----------
    He, Zhang, Ren and Sun 2015, Delving deep into rectifiers, section 2.2.
    """
    ### BEGIN SOLUTION
    area = int(np.prod(shape[2:]))
    return shape[1] * area, shape[0] * area
    ### END SOLUTION


# %% [markdown]
# ## 3. What an activation lets through
#
# A ReLU sets the negative half of its inputs to zero. If $z$ is symmetric around 0, the mean square
# behind the ReLU is half of what it was before it. Twenty layers later only a millionth is left
# ($2^{-20}$), a thousandth in standard deviation: that is how Glorot's net above loses its signal.
# The **gain** of an activation is the factor on the weights' standard deviation that makes up for
# such losses:
#
# | activation | gain |
# |---|---|
# | `"linear"`, `"logistic"` | 1 |
# | `"tanh"` | 5/3 |
# | `"relu"` | $\sqrt 2$ |
# | `"leaky_relu"` | for you to derive |
#
# The last row is worth the derivation. A leaky ReLU leaves positive inputs as they are and
# multiplies negative ones by its slope: which share of the mean square gets through? With slope 0
# it is ReLU, with slope 1 it is linear. (The 5/3 of tanh is no derivation but a rule of PyTorch's;
# that of the logistic function says no more than that nothing is done about it.)
#
# **By hand.** Slope 0.2: 1.3868.


# %%
def gain(activation: str, slope: float = 0.01) -> float:
    """Return the factor on the weights' standard deviation that makes up for an activation.

    Parameters
    ----------
    activation : str
        ``"linear"`` or ``"logistic"`` (1), ``"tanh"`` (5/3), ``"relu"`` (the root of 2) or
        ``"leaky_relu"``: one over the root of the share of the mean square that it lets through, of
        inputs symmetric around 0.
    slope : float
        Slope of the leaky ReLU for negative inputs; the others do not use it.

    Returns
    -------
    float
        The gain.

    References
    ----------
    He, Zhang, Ren and Sun 2015, Delving deep into rectifiers, eq. 15 (leaky ReLU); the value for
    tanh is PyTorch's, ``torch.nn.init.calculate_gain``.
    """
    ### BEGIN SOLUTION
    if activation == "tanh":
        return 5.0 / 3.0
    if activation == "relu":
        return float(np.sqrt(2.0))
    if activation == "leaky_relu":
        return float(np.sqrt(2.0 / (1.0 + slope**2)))
    return 1.0
    ### END SOLUTION


# %% [markdown]
# ## 4. Keep the signal, or the gradient, or the middle
#
# Now put sections 1 to 3 together. Let $g$ be the gain of the activation, so that a share $1/g^2$
# of the mean square gets through it.
#
# *Forward.* A unit sums over fan-in inputs, so the mean square of $z$ is $\text{fan}_\text{in}\,
# \sigma_w^2$ times that of the inputs, and behind the activation $1/g^2$ of it is left. The signal
# keeps its size if $\text{fan}_\text{in}\, \sigma_w^2 / g^2 = 1$.
#
# *Backward.* The gradient at an input sums over the units that this input feeds, fan-out many. And
# the activation stands in its way too: where ReLU has let a half of the signals through, its
# derivative lets the same half of the gradients through. (For ReLU and its leaky relatives the
# share is the same $1/g^2$.) The gradient keeps its size if ... you see what takes the place of
# fan-in.
#
# A layer cannot grant both wishes unless it is square. One takes one of them, or the mean of the
# two fans:
#
# | rule | gain | mode |
# |---|---|---|
# | LeCun and others 1998 | 1 | `"fan_in"`: keep the signal |
# | He and others 2015 | $\sqrt 2$ | `"fan_in"` |
# | He and others 2015, backward | $\sqrt 2$ | `"fan_out"`: keep the gradient |
# | Glorot and Bengio 2010, also *Xavier* | 1 | `"fan_avg"`: the mean of the two fans |
#
# **By hand.** LeCun, shape (100, 400): 0.05. He, shape (100, 200): 0.1, and backward 0.1414.
# Glorot, shape (100, 300): 0.0707.


# %%
def weight_std(shape: tuple[int, ...], gain: float = 1.0, mode: str = "fan_in") -> float:
    """Return the standard deviation of initial weights for a layer and its activation.

    With it the mean square of what passes through the layer and the activation stays as it was: of
    the signal on the way forward (``"fan_in"``), or of the gradient on the way back
    (``"fan_out"``). In between lies ``"fan_avg"``, which takes the mean of the two fans.

    Parameters
    ----------
    shape : tuple of int
        Shape of the weights, dense or convolutional, as in `fans`.
    gain : float
        Of the activation; it lets one part in gain squared of the mean square through.
    mode : str
        ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.

    Returns
    -------
    float
        The standard deviation.

    References
    ----------
    He, Zhang, Ren and Sun 2015, Delving deep into rectifiers, eqs. 10 and 14. Glorot and Bengio
    2010, Understanding the difficulty of training deep feedforward neural networks, eq. 12.
    """
    ### BEGIN SOLUTION
    fan_in, fan_out = fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    return float(gain / np.sqrt(fan))
    ### END SOLUTION


# %% [markdown]
# ## 5. Throw the dice
#
# **Why random at all?** Give all weights the *same* value, zero or any other, and all units of a
# layer compute the same output, receive the same gradient, and take the same step: for ever a
# single unit, copied. The draws are what breaks this symmetry; they have to differ from unit to
# unit. Take them from the generator you are given, so that whoever knows its seed can repeat your
# net.
#
# The derivations fix the variance; the form of the distribution hardly matters. Two are in use, the
# **normal** one and the **uniform** one on $(-a, a)$, whose variance is $a^2/3$. So $a$ is larger
# than the standard deviation. Bound and standard deviation are different things, and mixing them up
# is the most common mistake of this chapter. (And beware of the second argument of `rng.normal`: it
# is the standard deviation, not the variance.)
#
# **By hand.** Glorot's uniform draws for the shape (100, 300) lie between $-0.1225$ and $0.1225$,
# which is $\sqrt{6/400}$; He's for (100, 200) between $-0.1732$ and $0.1732$.


# %%
def sample_weights(
    shape: tuple[int, ...],
    rng: np.random.Generator,
    gain: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
) -> Array:
    """Draw initial weights with mean 0 and the standard deviation of `weight_std`.

    Parameters
    ----------
    shape : tuple of int
        Shape of the weights, dense or convolutional, as in `fans`.
    rng : numpy.random.Generator
        The source of all draws.
    gain : float
        As in `weight_std`.
    mode : str
        ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``, as in `weight_std`.
    distribution : str
        ``"normal"``, the plain one, not truncated; or ``"uniform"``, between two bounds, symmetric
        around 0, with the same standard deviation.

    Returns
    -------
    ndarray of shape (*shape)
        Independent draws, float64.

    References
    ----------
    Glorot and Bengio 2010, eq. 16 (the bound of the uniform distribution).
    """
    ### BEGIN SOLUTION
    std = weight_std(shape, gain, mode)
    if distribution == "uniform":
        a = np.sqrt(3.0) * std
        return rng.uniform(-a, a, shape)
    return rng.normal(0.0, std, shape)
    ### END SOLUTION


# %% [markdown]
# ### Question `which_start_breaks_twins`
#
# A net has one hidden layer of 100 ReLU units. Which of these starts lets the hidden units become
# different from each other, and why: (a) both weight matrices constant 0.1, all biases 0; (b) the
# same, but the biases of the hidden units drawn at random; (c) the first matrix drawn by
# `sample_weights`, the second all zeros?

# %% [markdown]
# ## 6. Forward or backward? Through the whole stack
#
# He and colleagues say that either of their two rules will do. Why is the one that keeps the signal
# not bad for the gradient? Follow a stack of ReLU layers of $n_0, n_1, \dots, n_L$ units, $n_0$ the
# input. By section 4, layer $k$ multiplies the mean square of the signal by
# $\tfrac12\, n_{k-1}\, \sigma_k^2$ and, on the way back, that of the gradient by $\tfrac12\, n_k\,
# \sigma_k^2$. Put one of the rules in for $\sigma_k$, multiply over all layers, and look what is
# left of the other product.
#
# **By hand.** Widths 4, 100, 10 and the gain $\sqrt 2$. By `"fan_in"`: the signal keeps its size,
# 1 and 1; the gradient is multiplied by $10/100$ and then by $100/4$, together $2.5 = 10/4$. By
# `"fan_out"` the gradient keeps its size, and the signal is multiplied by $4/100$ and $100/10$,
# together 0.4. By `"fan_avg"`: the signal by $8/104 \cdot 200/110 = 0.13986$, the gradient by
# $200/104 \cdot 20/110 = 0.34965$.


# %%
def predicted_growth(widths: list[int], gain: float, mode: str) -> tuple[float, float]:
    """Predict by which factors signal and gradient change through a whole stack of ReLU layers.

    The layers are dense, without biases, each with weights of mean 0 and the standard deviation of
    `weight_std`, independent of one another; a ReLU lets half of the mean square through, in both
    directions.

    Parameters
    ----------
    widths : list of int
        The units of each layer, at least two numbers, the width of the input first.
    gain : float
        The gain that the weights were drawn with; not always that of the ReLU.
    mode : str
        ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``, as in `weight_std`.

    Returns
    -------
    signal : float
        Mean square of a unit behind the last layer's ReLU over that of an input.
    gradient : float
        Mean square of the gradient by an input over that by a unit behind the last ReLU.

    References
    ----------
    He, Zhang, Ren and Sun 2015, Delving deep into rectifiers, section 2.2.
    """
    ### BEGIN SOLUTION
    signal = gradient = 1.0
    for k in range(1, len(widths)):
        fan_in, fan_out = widths[k - 1], widths[k]
        half = weight_std((fan_out, fan_in), gain, mode) ** 2 / 2
        signal *= fan_in * half
        gradient *= fan_out * half
    return signal, gradient
    ### END SOLUTION


# %% [markdown]
# ### Question `hourglass`
#
# A very deep ReLU net has layers that are alternately 1000 and 10 units wide. Compare He's rule
# (fan-in) with Glorot's width times $\sqrt2$: by which factor does the mean square of the signal,
# and that of the gradient, change over one layer from 1000 to 10, over one from 10 to 1000, and
# over many of them? Which rule would you use, and why did He and colleagues not need a compromise
# between forward and backward?

# %% [markdown]
# ## 7. The table of the textbooks
#
# Textbooks of a few years ago put it all into one table: Glorot's width, times a factor for the
# activation.
#
# | activation | uniform on $(-a, a)$ | normal, standard deviation $\sigma$ |
# |---|---|---|
# | `"logistic"` | $a = \sqrt{6/(\text{in} + \text{out})}$ | $\sqrt{2/(\text{in} + \text{out})}$ |
# | `"tanh"` | 4 times that | 4 times that |
# | `"relu"`, `"leaky_relu"`, `"elu"` | $\sqrt 2$ times that | $\sqrt 2$ times that |
#
# For a square layer the last row is He's rule: $\sqrt 2 \sqrt{2/(2n)} = \sqrt{2/n}$.
#
# The 4 of the table does not survive a test: in section 9 you can watch the gradients grow some
# thousands of times over twenty tanh layers. (In the older tutorial of Theano the 4 belongs to the
# *logistic* function, which is four times flatter than tanh at 0.) You will meet the table in
# exams; what is used today are the gains of section 3.
#
# **By hand.** ReLU from 300 to 100 units: uniform $\sqrt 2 \sqrt{6/400} = 0.1732$, normal $\sqrt 2
# \sqrt{2/400} = 0.1$. With tanh: 0.4899 and 0.2828.


# %%
def init_scale(activation: str, fan_in: int, fan_out: int, distribution: str) -> float:
    """Return the width of the initial weights by the table of the textbooks.

    The width is Glorot's, of the uniform or of the normal distribution, times a factor for the
    activation: 1 for logistic, 4 for tanh, the root of 2 for ReLU and its variants.

    Parameters
    ----------
    activation : str
        ``"logistic"``, ``"tanh"``, ``"relu"``, ``"leaky_relu"`` or ``"elu"``.
    fan_in : int
        Inputs of a unit.
    fan_out : int
        Units fed by an input.
    distribution : str
        ``"uniform"`` (the width is the bound a) or ``"normal"`` (the standard deviation).

    Returns
    -------
    float
        The bound or the standard deviation.

    References
    ----------
    Géron 2017, Hands-on machine learning with scikit-learn and TensorFlow, table 11-1.
    """
    ### BEGIN SOLUTION
    factor = {"logistic": 1.0, "tanh": 4.0}.get(activation, np.sqrt(2.0))
    numerator = 6.0 if distribution == "uniform" else 2.0
    return float(factor * np.sqrt(numerator / (fan_in + fan_out)))
    ### END SOLUTION


# %% [markdown]
# ## 8. Measure it: the signal by depth
#
# Theory is good, a measurement is better. Send a batch through a stack of dense layers without
# biases,
#
# $$ h_0 = x, \qquad z_l = h_{l-1} W_l^\top, \qquad h_l = f(z_l), $$
#
# and note the standard deviation of all numbers in $h_l$ (over samples and units together), layer
# by layer. A healthy stack gives a nearly constant curve; a sick one a straight line on a
# logarithmic axis, up or down.
#
# The next cell gives you the activations and their derivatives.
#
# **By hand.** $x = (1, -1)$ as a batch of one, two layers with $W_1 = W_2 = \begin{pmatrix} 2 & 0
# \\ 0 & 2 \end{pmatrix}$. Linear units: $h_1 = (2, -2)$ and $h_2 = (4, -4)$, with the standard
# deviations 2 and 4. ReLU: $h_1 = (2, 0)$ and $h_2 = (4, 0)$, with the means 1 and 2 and the
# standard deviations 1 and 2: half of the signal is gone, and with it the symmetry around 0.


# %%
def activate(z: Array, activation: str) -> Array:
    """Apply ``"linear"``, ``"logistic"``, ``"tanh"`` or ``"relu"``, element by element."""
    if activation == "logistic":
        return 0.5 * (1.0 + np.tanh(0.5 * z))
    if activation == "tanh":
        return np.tanh(z)
    return np.maximum(z, 0) if activation == "relu" else z


def slope_at(z: Array, activation: str) -> Array:
    """Return the derivative of the activation at z; that of ReLU is 0 at 0."""
    if activation == "logistic":
        return 0.25 / np.cosh(0.5 * np.clip(z, -80, 80)) ** 2
    if activation == "tanh":
        return 1.0 - np.tanh(z) ** 2
    return (z > 0).astype(z.dtype) if activation == "relu" else np.ones_like(z)


# %%
def signal_by_depth(x: Array, weights: list[Array], activation: str) -> Array:
    """Return the standard deviation of the activations of each layer of a stack.

    The layers have no biases and all have the same activation, the last one too. The standard
    deviation of a layer is taken over all samples and units together, around their common mean, and
    divides by their number (``np.std``).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    weights : list of ndarray of shape (out, in)
        Weights of the L layers, from the first to the last.
    activation : str
        ``"linear"``, ``"logistic"``, ``"tanh"`` or ``"relu"``, as in `activate`.

    Returns
    -------
    ndarray of shape (L,)
        Standard deviations of the outputs h of layers 1 ... L, in the dtype of `x`.

    References
    ----------
    Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural
    networks, section 4.2 and figure 6.
    """
    ### BEGIN SOLUTION
    stds = []
    for w in weights:
        x = activate(x @ w.T, activation)
        stds.append(np.std(x))
    return np.array(stds)
    ### END SOLUTION


# %% [markdown]
# ## 9. Measure it: the gradient by depth
#
# Now the way back. Let $g = \partial E / \partial h_L$ be the gradient at the last output. With
# $\delta_l = \partial E / \partial z_l$, the chain rule reads
#
# $$ \delta_L = g \odot f'(z_L), \qquad \delta_l = (\delta_{l+1} W_{l+1}) \odot f'(z_l) $$
#
# ($\odot$: element by element). Note where the derivatives are taken: at the *pre-activations*
# $z_l$ of the layer itself. The standard deviation of $\delta_l$ tells how strongly layer $l$ is
# taught.
#
# **By hand.** One sample $x = (1, -1)$, one ReLU layer with $W_1 = \begin{pmatrix} 1 & 0 \\ 0 & 1
# \end{pmatrix}$, $g = (3, 5)$: $z_1 = (1, -1)$, so $\delta_1 = (3, 0)$ with standard deviation 1.5.


# %%
def gradient_by_depth(x: Array, weights: list[Array], activation: str, grad: Array) -> Array:
    """Return the standard deviation of the back-propagated gradients of each layer of a stack.

    The stack is that of `signal_by_depth`. The gradient of layer l is taken with respect to its
    *pre-activations* z (before the activation), the standard deviation over all samples and units
    together, around their common mean (``np.std``). The derivative of ReLU at 0 is 0.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    weights : list of ndarray of shape (out, in)
        Weights of the L layers, from the first to the last.
    activation : str
        ``"linear"``, ``"logistic"``, ``"tanh"`` or ``"relu"``, as in `activate`.
    grad : ndarray of shape (N, K)
        Gradient of the loss with respect to the output of the last layer (after its activation).

    Returns
    -------
    ndarray of shape (L,)
        Standard deviations for layers 1 ... L, from the first to the last, in the dtype of `x`.

    References
    ----------
    Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural
    networks, eqs. 2 and 3 and figure 7.
    """
    ### BEGIN SOLUTION
    slopes = []
    for w in weights:
        z = x @ w.T
        slopes.append(slope_at(z, activation))
        x = activate(z, activation)
    stds = []
    for w, slope in zip(reversed(weights), reversed(slopes)):
        delta = grad * slope
        stds.append(np.std(delta))
        grad = delta @ w
    return np.array(stds[::-1])
    ### END SOLUTION


# %% [markdown]
# ## 10. How large is a step? Update against weight
#
# One more number tells whether a layer is in order: how large one update is beside the weights it
# changes,
#
# $$ r = \frac{\lVert \eta\, \partial E / \partial W \rVert}{\lVert W \rVert}, \qquad
#    \lVert A \rVert = \sqrt{\sum_{ij} A_{ij}^2}. $$
#
# A rule of thumb says that it should be about $10^{-3}$. At $10^{-1}$ ten steps replace all that
# the layer was; at $10^{-6}$ it takes a million steps to move it. (This is for plain gradient
# descent; with Adam and its relatives take the update that they really make.)
#
# **By hand.** $W = (3, 4)$, gradient $(0.6, -0.8)$, $\eta = 0.01$: $0.01 \cdot 1 / 5 = 0.002$.


# %%
def update_ratios(weights: list[Array], grads: list[Array], rate: float) -> Array:
    """Return, for each layer, the length of a gradient step in proportion to that of the weights.

    The length of an array is the root of the sum of the squares of all its entries.

    Parameters
    ----------
    weights : list of ndarray
        The weights of the L layers, none of them all zeros.
    grads : list of ndarray
        The gradients of the loss with respect to them, of the same shapes.
    rate : float
        The learning rate of plain gradient descent.

    Returns
    -------
    ndarray of shape (L,)
        In the dtype of `weights`.

    References
    ----------
    Li, Karpathy and others, CS231n: Convolutional neural networks for visual recognition (lecture
    notes on learning).
    """
    ### BEGIN SOLUTION
    ratios = [rate * np.linalg.norm(g) / np.linalg.norm(w) for w, g in zip(weights, grads)]
    return np.array(ratios, dtype=weights[0].dtype)
    ### END SOLUTION


# %% [markdown]
# ## 11. Which layer is ill?
#
# A deep net does not learn, and all you have is a log. It holds the size of the signal in front of
# and behind each layer, the size of the gradient at the same places, and the ratio of section 10
# for each layer. Layer $l$ multiplies the signal by $s_l = \text{signal}_l / \text{signal}_{l-1}$
# and, on the way *back*, the gradient by $g_l = \text{gradient}_{l-1} / \text{gradient}_l$.
#
# What does an ill layer look like? Weights that are much too large multiply both. Weights that are
# much too small shrink both. Units of tanh that sit at $\pm 1$ still pass on a signal of the usual
# size, but nearly no gradient: they are *saturated*. A layer that is not updated, or much too fast,
# is neither heard nor seen in signal and gradient; only its ratio tells.
#
# And here is the trap. Look at the ratio of a layer that is in order, next to one whose weights are
# thirty times too large. The gradient of its weights is made of the signal in front of it and the
# gradient behind it. One of the two has gone through the ill layer: so the ratios of all the
# *healthy* layers are thirty times too large, and that of the *ill* one, with its large weights
# below the fraction line, is thirty times too *small*. The ratios tell that something is wrong.
# Who believes them about *where* operates on the wrong patient. So: signal and gradient first, and
# the ratios only if these are in order.
#
# **By hand.** Three layers:
#
# ```text
#   place        0       1       2       3            layer        1       2       3
#   signal      1.0     0.9    27.0    28.0           ratio      0.03   0.00003  0.04
#   gradient    0.33    0.30    0.01    0.01
# ```
#
# The signal: $0.9$, $30$, $1.04$ times. The gradient, from behind: $1$, $30$, $1.1$ times. Layer
# 2, weights too large; the answer is `(2, "large")`. The ratios of layers 1 and 3 look hasty, and
# layer 2 looks frozen, all because of it.


# %%
def sick_layer(signal: Array, gradient: Array, ratio: Array) -> tuple[int, str]:
    """Name the layer that is ill, and what is wrong with it, from the log of a training step.

    A layer is in order if it multiplies the signal (forward) and the gradient (backward) by factors
    from 1/2 to 2 and its ratio is from 1e-4 to 1e-2, the ends included. At most one layer is ill:

    - ``"large"``, its weights are much too large: both factors are above 2;
    - ``"small"``, its weights are much too small: both factors are below 1/2;
    - ``"saturated"``: the factor of the signal is in order, that of the gradient below 1/2;
    - ``"frozen"``, it is hardly updated: its ratio is below 1e-4;
    - ``"hasty"``, its rate is much too high: its ratio is above 1e-2.

    Ratios count only if all factors of all layers are in order.

    Parameters
    ----------
    signal : ndarray of shape (L + 1,)
        Standard deviation of the input, and of the outputs of layers 1 ... L. Positive.
    gradient : ndarray of shape (L + 1,)
        Standard deviation of the gradient with respect to the same L + 1 arrays. Positive.
    ratio : ndarray of shape (L,)
        Length of the update over that of the weights, for layers 1 ... L. Not negative.

    Returns
    -------
    layer : int
        From 1 to L; 0 if all are in order.
    cause : str
        One of the five above, or ``"healthy"``.
    """
    ### BEGIN SOLUTION
    forward = signal[1:] / signal[:-1]
    backward = gradient[:-1] / gradient[1:]
    for layer, (s, g) in enumerate(zip(forward, backward), 1):
        if g > 2:
            return layer, "large"
        if g < 0.5:
            return layer, "small" if s < 0.5 else "saturated"
    for layer, r in enumerate(ratio, 1):
        if r < 1e-4:
            return layer, "frozen"
        if r > 1e-2:
            return layer, "hasty"
    return 0, "healthy"
    ### END SOLUTION


# %% [markdown]
# ## 12. Orthogonal weights
#
# Independent draws keep the length of a signal *on average*; some directions are still stretched
# and others shrunk, and over many layers the product of all that stretching goes to extremes. A
# matrix with *orthonormal* columns stretches nothing: $\lVert Wx \rVert = \lVert x \rVert$ for
# every $x$, whatever the depth. One gets it from normal draws by Gram and Schmidt: take the columns
# one after the other, subtract what lies along those before, and bring the rest to length 1. The
# first column keeps its direction; the result is as random as the draws.
#
# A matrix that is wider than high has no room for so many orthonormal columns; then its *rows* are
# made orthonormal, in the same way. The gain of section 3 comes on top.
#
# **By hand.** Draws with the columns $(3, 4)$ and $(1, 3)$. The first becomes $(0.6, 0.8)$. Along
# it the second measures $0.6 + 2.4 = 3$; what is left is $(1, 3) - 3\,(0.6, 0.8) = (-0.8, 0.6)$, of
# length 1 already.
#
# A routine for $QR$ gives the same columns up to their signs: turn those round whose diagonal entry
# in $R$ is negative.


# %%
def orthogonal_weights(draws: Array, gain: float = 1.0) -> Array:
    """Make the columns of normal draws orthonormal, or the rows where they are fewer.

    Gram-Schmidt in order: the first column keeps its direction; of each further one the part counts
    that is orthogonal to those before it. All get length one, and none changes its sign. A square
    matrix counts as one of columns.

    Parameters
    ----------
    draws : ndarray of shape (F, D)
        Linearly independent columns (rows, if F is smaller than D).
    gain : float
        Factor on the result.

    Returns
    -------
    ndarray of shape (F, D)
        In the dtype of `draws`.

    References
    ----------
    Saxe, McClelland and Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks.
    """
    ### BEGIN SOLUTION
    high = draws.shape[0] >= draws.shape[1]
    q, r = np.linalg.qr(draws if high else draws.T)
    q = q * np.sign(np.diag(r))
    return gain * (q if high else q.T)
    ### END SOLUTION


# %% [markdown]
# ## 13. Measure and mend: LSUV
#
# All these rules assume something about the inputs and the activation. Why not *measure*? Layer by
# layer: send a batch through the layer, look at the standard deviation of its pre-activations $z$,
# and divide the weights by it. Now it is 1; go on to the next layer, with what *this* one, mended,
# sends on. That is *layer-sequential unit variance*, and it works for activations that no table
# knows.
#
# **By hand.** $x = (1, -1)$ as a batch of one, two layers of ReLU with $W_1 = W_2 = \begin{pmatrix}
# 2 & 0 \\ 0 & 2 \end{pmatrix}$. Layer 1: $z = (2, -2)$, standard deviation 2, so $W_1$ becomes the
# unit matrix and sends $(1, 0)$ on. Layer 2: $z = (2, 0)$, standard deviation 1, and $W_2$ stays.


# %%
def lsuv_weights(x: Array, weights: list[Array], activation: str) -> list[Array]:
    """Scale the weights of a stack, layer by layer, to pre-activations of standard deviation 1.

    The stack is that of `signal_by_depth`. The standard deviation of a layer is taken before its
    activation, over all samples and units together, around their common mean (``np.std``); it is
    never 0. Each layer is measured behind the *mended* ones.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        A batch of inputs.
    weights : list of ndarray of shape (out, in)
        Weights of the L layers, from the first to the last.
    activation : str
        ``"linear"``, ``"logistic"``, ``"tanh"`` or ``"relu"``, as in `activate`.

    Returns
    -------
    list of ndarray of shape (out, in)
        The mended weights of the L layers, in the dtype of `x`.

    References
    ----------
    Mishkin and Matas 2016, All you need is a good init.
    """
    ### BEGIN SOLUTION
    mended = []
    for w in weights:
        w = w / np.std(x @ w.T)
        x = activate(x @ w.T, activation)
        mended.append(w)
    return mended
    ### END SOLUTION


# %% [markdown]
# ## 14. Residual nets: every block adds
#
# In a residual net a block does not replace the signal, it adds to it: $x \leftarrow x + \alpha\,
# f(x)$. If $f$ keeps the mean square of the signal, as He's rule sees to, and what it adds is not
# correlated with $x$, then the mean squares add up, and each block multiplies that of the signal by
# $1 + \alpha^2$. With $\alpha = 1$ that is a doubling per block: a net of fifty blocks starts with
# a signal of $2^{50}$. So the blocks start small. (In GPT-2, for instance, $\alpha = 1/\sqrt N$,
# where $N$ counts all that is added to the signal: attention and the dense net of each transformer
# block, so two for every block.)
#
# Derive what you need: the $\alpha$ with which the mean square has grown by a given factor after
# all $L$ blocks.
#
# **By hand.** One block and growth 2: $\alpha = 1$. Two blocks and growth 4: again 1. A hundred
# blocks and growth $e = 2.718$: $\alpha = 0.1003$, nearly $1/\sqrt{100}$.


# %%
def residual_scale(blocks: int, growth: float = 2.0) -> float:
    """Return the factor on every block of a residual net that lets the signal grow as wanted.

    Every block adds to the signal the factor times something of the signal's own mean square,
    uncorrelated with it. After all blocks together the mean square is `growth` times that of the
    input.

    Parameters
    ----------
    blocks : int
        The number of blocks, at least 1.
    growth : float
        Mean square behind the last block over that of the input, at least 1.

    Returns
    -------
    float
        The factor, not negative; 0 if nothing is to grow.

    References
    ----------
    Radford et al. 2019, Language models are unsupervised multitask learners (whose scale is the
    simpler 1 / sqrt(N)).
    """
    ### BEGIN SOLUTION
    return float(np.sqrt(growth ** (1 / blocks) - 1))
    ### END SOLUTION


# %% [markdown]
# ## 15. The picture
#
# The six panels on the left are a net of twenty tanh layers, seen with your functions: the
# distribution of its activations (above) and of the size of its gradients (below, on a logarithmic
# axis), for three widths. With $N(0, 1)$ the activations sit at $\pm 1$: saturated, and the
# gradients differ by many orders of magnitude from layer to layer. The last column measures twenty
# layers of *ReLU*: who keeps the level?


# %%
def three_dice():
    """Return three ways to draw weights."""
    return {
        "N(0, 1)": lambda shape, rng: rng.normal(0.0, 1.0, shape),
        "Glorot": lambda shape, rng: sample_weights(shape, rng, 1.0, "fan_avg"),
        "He": lambda shape, rng: sample_weights(shape, rng, gain("relu"), "fan_in"),
    }


def figure():
    """Draw activations and gradients by depth for three ways to initialise."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(
        2, 4, figsize=(16, 8), layout="constrained", width_ratios=[1, 1, 1, 1.25]
    )
    starts = three_dice()
    colours = {"N(0, 1)": "#d62728", "Glorot": "#1f77b4", "He": "#2ca02c"}
    layers, width = 20, 150
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, width))
    grad = rng.normal(size=(200, width))
    for column, (name, draw) in enumerate(starts.items()):
        weights = [draw((width, width), rng) for _ in range(layers)]
        draw_layers(axes[:, column], x, weights, grad, name, colours[name])
        depth = np.arange(1, layers + 1)
        for ax, stds in (
            (axes[0, 3], signal_by_depth(x, weights, "relu")),
            (axes[1, 3], gradient_by_depth(x, weights, "relu", grad)),
        ):
            ax.semilogy(depth, stds, "o-", ms=4, color=colours[name], label=name)
    axes[0, 3].set(title="20 ReLU layers: signal", ylabel="std of activations")
    axes[1, 3].set(title="20 ReLU layers: gradient", ylabel="std of gradients")
    for ax in axes[:, 3]:
        ax.set(xlabel="layer", xticks=[1, 5, 10, 15, 20])
        ax.grid(alpha=0.3)
    axes[0, 3].legend(frameon=False)
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_layers(axes, x, weights, grad, name, colour):
    """Draw, layer over layer, the distributions of activations and of gradient sizes (tanh)."""
    h, zs = x, []
    shown = [1, 5, 10, 15, 20]
    for layer, w in enumerate(weights, 1):
        zs.append(h @ w.T)
        h = activate(zs[-1], "tanh")
        if layer in shown:
            ridge(axes[0], h.ravel(), np.linspace(-1, 1, 61), shown.index(layer), colour)
    for layer in range(len(weights), 0, -1):
        delta = grad * slope_at(zs[layer - 1], "tanh")
        if layer in shown:
            sizes = np.log10(np.maximum(np.abs(delta.ravel()), 1e-30))
            ridge(axes[1], sizes, np.linspace(-6, 12, 91), shown.index(layer), colour)
        grad = delta @ weights[layer - 1]
    axes[0].set(title=f"{name}: activations", xlabel="activation of a tanh unit")
    axes[1].set(title=f"{name}: gradients", xlabel="size of the gradient, log10")
    for ax in axes:
        ax.set(yticks=range(5), yticklabels=[f"layer {layer}" for layer in shown], ylim=(4.3, -1.1))


def ridge(ax, values, bins, row, colour):
    """Draw one histogram as a ridge that stands on `row`."""
    height, edges = np.histogram(values, bins)
    height = 0.95 * height / max(height.max(), 1)
    ax.stairs(row - height, edges, baseline=row, fill=True, color=colour, alpha=0.55)
    ax.axhline(row, color="#999999", lw=0.5)


# %% [markdown]
# ## 16. Capstone: three dice, twenty layers, one learning rate
#
# A net of twenty ReLU layers (nineteen hidden ones of 100 units and the output) is trained on the
# handwritten digits by plain stochastic gradient descent with $\eta = 0.01$, a dozen passes.
# Nothing differs but the initial width. Before training, your `gradient_by_depth` tells how it will
# end.
#
# The target: He's net is at least 70 % right, at least 30 points before Glorot's, and $N(0, 1)$
# stays at the level of chance; averaged over seeds. What would *you* expect of Glorot's net if it
# were given ten times as long?


# %%
def capstone():
    """Train three nets that differ in nothing but the width of their initial weights."""
    from autograder.data import digits
    from autograder.rewards import track

    data = digits()
    starts = three_dice()
    curves = {name: [] for name in starts}
    forecast = {}
    runs = [(name, seed) for seed in range(2) for name in starts]
    for (name, seed), say in track(runs, "six nets"):
        rng = np.random.default_rng(seed)
        sizes = [64, *[100] * 19, 10]
        weights = [starts[name]((sizes[k + 1], sizes[k]), rng) for k in range(len(sizes) - 1)]
        grad = rng.normal(size=(100, 10))
        stds = gradient_by_depth(data["x_train"][:100], weights, "relu", grad)
        forecast[name] = float(stds[0] / stds[-1])
        curves[name].append(train(weights, data, rng))
        say(**{name: curves[name][-1][-1]})
    final = {name: float(np.mean([run[-1] for run in runs])) for name, runs in curves.items()}
    best, middle, worst = final["He"], final["Glorot"], final["N(0, 1)"]
    return {
        "accuracy_he": best,
        "accuracy_glorot": middle,
        "accuracy_n01": worst,
        "gradient_first_over_last_he": forecast["He"],
        "gradient_first_over_last_glorot": forecast["Glorot"],
        "gradient_first_over_last_n01": forecast["N(0, 1)"],
        "target_reached": bool(best >= 0.7 and best - middle >= 0.3 and worst <= 0.2),
        "figure": draw_curves(curves),
    }


def train(weights, data, rng, lr=0.01, epochs=12, batch=32):
    """Train by stochastic gradient descent; return the test accuracy after each pass."""
    weights = [w.copy() for w in weights]
    biases = [np.zeros(len(w)) for w in weights]
    x, y = data["x_train"], data["y_train"]
    accuracies = []
    with np.errstate(all="ignore"):  # N(0, 1) overflows, and that is the point
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch):
                part = order[start : start + batch]
                sgd_step(weights, biases, x[part], y[part], lr)
            scores = forward(weights, biases, data["x_test"])[-1]
            accuracies.append(float(np.mean(scores.argmax(axis=1) == data["y_test"])))
    return accuracies


def forward(weights, biases, x):
    """Return the outputs of all layers: ReLU, and linear scores at the end."""
    outputs = [x]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), 1):
        z = outputs[-1] @ w.T + b
        outputs.append(z if layer == len(weights) else np.maximum(z, 0))
    return outputs


def sgd_step(weights, biases, x, y, lr):
    """Make one step on the cross-entropy of softmax, in place."""
    outputs = forward(weights, biases, x)
    scores = outputs.pop()
    grad = np.exp(scores - scores.max(axis=1, keepdims=True))
    grad /= grad.sum(axis=1, keepdims=True)
    grad[np.arange(len(y)), y] -= 1
    grad /= len(y)
    for w, b, h in zip(reversed(weights), reversed(biases), reversed(outputs), strict=True):
        back = (grad @ w) * (h > 0)
        w -= lr * grad.T @ h
        b -= lr * grad.sum(axis=0)
        grad = back


def draw_curves(curves):
    """Draw the accuracies of all runs."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for (name, runs), colour in zip(curves.items(), ("#d62728", "#1f77b4", "#2ca02c"), strict=True):
        for number, run in enumerate(runs):
            passes = range(1, len(run) + 1)
            ax.plot(passes, np.multiply(run, 100), "o-", ms=4, color=colour, label=name)
            if number:
                ax.lines[-1].set_label(None)
    ax.axhline(10, color="k", lw=0.8, ls=":")
    ax.text(12.3, 10, "chance", va="center", fontsize=9)
    ax.set(title="Twenty ReLU layers on the digits, η = 0.01", ylim=(0, 100))
    ax.set(xlabel="passes over the data", ylabel="unseen digits right (%)")
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return fig


# %% [markdown]
# ### Question `ten_times_as_long`
#
# The capstone asks what you would expect of Glorot's net, given ten times as long. Answer it, with
# the figures of your `signal_by_depth` and `gradient_by_depth` as evidence, and say why time does
# *not* help the net from $N(0, 1)$. With $\eta = 10^{-17}$ instead of 0.01, though, that net does
# learn something: where does such an absurd number come from?


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
