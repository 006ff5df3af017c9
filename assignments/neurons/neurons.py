# %% [markdown]
# # Neurons, biological and artificial
#
# *Chapter 2 · Unit II: neurons and multilayer perceptrons*
#
# A human brain holds about $10^{11}$ neurons joined by about $10^{15}$ synapses, and runs on some
# 20 watts. Each neuron listens to thousands of others and answers with *spikes*: all-or-none
# pulses, one millisecond wide, 100 millivolts tall. An artificial neuron keeps one thing of all
# this, a weighted sum through a non-linearity. In this chapter you build the ladder between the two
# and climb it in both directions, up to spiking nets that learn by gradient descent:
#
# ```text
#   1943   McCulloch-Pitts     fires or not                 sum >= threshold
#   1980s  sigmoid neuron      answers in degrees           1 / (1 + exp(-sum))
#   1907   integrate-and-fire  potential, spikes            one differential equation
#   1952   Hodgkin-Huxley      ion channels, real shape     four differential equations
#   2018   surrogate gradient  spikes that learn            a derivative where there is none
#
#   potential                |            |            |    <- spike, then reset
#   threshold  - - - - - - - | - - - - - -| - - - - - -|- - -
#                       __/  |       __/  |       __/  |
#                   __/      |   __/      |   __/      |
#   rest       ____/         |__/         |__/         |__     time ->
#                 current on  ^ refractory: deaf for 2 ms
# ```
#
# At the end a population of your spiking neurons reads handwritten digits, and a smaller one learns
# to. Run the file (or the last cells of the notebook) as often as you like: the picture of section
# 17 draws whatever you have written so far, from your first spike on.
#
# **Units.** Time in ms, potential in mV, current in nA, resistance in MΩ (1 nA · 1 MΩ = 1 mV),
# rates in Hz. The Hodgkin-Huxley part is per area of membrane: current in µA/cm², conductance in
# mS/cm², capacitance in µF/cm², and again everything fits together in mV and ms.

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

# %% [markdown]
# ## 1. The McCulloch-Pitts neuron
#
# Every input $x_i$ arrives over a synapse of strength $w_i$: positive excites, negative inhibits.
# The neuron fires if the sum reaches its threshold $\theta$:
#
# $$ y = \begin{cases} 1 & \text{if } \sum_i w_i x_i \ge \theta \\
# 0 & \text{otherwise} \end{cases} $$
#
# *Reaching* the threshold is enough: at equality it fires.
#
# **By hand.** $x = (1, 1, 0)$, $w = (3, 1, 5)$: the sum is 4. With $\theta = 4$ the neuron fires,
# with $\theta = 4.5$ it does not. With $w = (1, 1)$ and $\theta = 2$ it is an AND gate; lower
# $\theta$ to 1 and the same neuron is an OR gate. One unit cannot do everything (not XOR, for
# instance); *networks* of them can compute any logical function, and that in 1943 was the news:
# nerve nets can reason.
#
# (The neuron of 1943 was simpler still. All exciting synapses counted the same, and a single
# active inhibiting one was an absolute veto. Weights that are any real numbers came with
# Rosenblatt's perceptron, 1958.)


# %%
def mcculloch_pitts(x: Array, w: Array, threshold: float) -> Array:
    """Fire where the weighted sum of the inputs reaches the threshold.

    The output is 1 if the sum of ``w[i] * x[n, i]`` over i is greater than *or equal to*
    `threshold`, else 0.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One row of inputs per sample.
    w : ndarray of shape (D,)
        Weights: positive for excitatory synapses, negative for inhibitory ones.
    threshold : float
        The sum at which the neuron starts to fire.

    Returns
    -------
    ndarray of shape (N,)
        1.0 where the neuron fires and 0.0 where it is silent, in the dtype of `x`.

    References
    ----------
    McCulloch and Pitts 1943, A logical calculus of the ideas immanent in nervous activity.
    """
    raise NotImplementedError("mcculloch_pitts")


# %% [markdown]
# ## 2. The sigmoid neuron
#
# The threshold unit has a flaw that matters as soon as we want it to *learn*: move a weight a
# hair's breadth, and the output either does nothing at all or flips. The sigmoid neuron answers in
# degrees,
#
# $$ y = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad z = \sum_i w_i x_i + b, $$
#
# so a small change of a weight makes a small change of the output, and a derivative exists to say
# which way is better. The threshold has moved to the other side and changed its sign: $b =
# -\theta$.
#
# **By hand.** $x = (1, 0, 1)$, $w = (0.3, 0.8, 0.6)$, $b = 0$: $z = 0.9$ and $y = 0.711$. Raise
# $w_1$ by 0.01 and $y$ becomes 0.713: it noticed, it did not jump. The other convention, a
# threshold that is subtracted, differs as soon as $b \ne 0$: with $b = -0.9$ the answer is
# $\sigma(0) = 0.5$, not $\sigma(1.8) = 0.858$.


# %%
def sigmoid_neuron(x: Array, w: Array, b: float) -> Array:
    """Answer with the logistic sigmoid of the weighted sum plus the bias.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One row of inputs per sample.
    w : ndarray of shape (D,)
        Weights.
    b : float
        Bias, *added* to the weighted sum.

    Returns
    -------
    ndarray of shape (N,)
        Values between 0 and 1, in the dtype of `x`.

    References
    ----------
    Nielsen 2015, Neural networks and deep learning, ch. 1.
    """
    raise NotImplementedError("sigmoid_neuron")


# %% [markdown]
# **The gradient check.** Which way is better? The derivative says it, and a formula for a
# derivative is easily wrong. So here, once for the whole chapter, is the judge that no formula can
# fool: move one number at a time a little to both sides and see what the output does, $(f(x + h) -
# f(x - h)) / 2h$.


# %%
def gradient_by_differences(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """Return the gradient of f at x by central differences (given; nothing to do here).

    Parameters
    ----------
    f : callable
        Takes an array like `x` and returns one number.
    x : ndarray of shape (...)
        Where the gradient is taken, in float64.
    h : float
        How far each entry is moved, to both sides.

    Returns
    -------
    ndarray of shape (...)
        One difference quotient for each entry of `x`.
    """
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = h
        gradient[place] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


# %% [markdown]
# Try it. For one sample, $\partial y / \partial w_i = y\,(1 - y)\,x_i$:
#
# ```python
# x, w = np.array([[1.0, 0.0, 1.0]]), np.array([0.3, 0.8, 0.6])
# gradient_by_differences(lambda w: sigmoid_neuron(x, w, 0.0)[0], w)  # 0.2055, 0, 0.2055
# gradient_by_differences(lambda w: mcculloch_pitts(x, w, 0.5)[0], w)  # 0, 0, 0
# ```
#
# The second line is the flaw of the threshold unit in three numbers. You will need the judge again
# for the gain of a spiking neuron (section 6) and for a net of them (section 15).

# %% [markdown]
# ### Question `steep_sigmoid`
#
# Sharpen a `sigmoid_neuron`: $y = \sigma(100\,(w \cdot x + b))$. Its answers are almost those of a
# `mcculloch_pitts` neuron, and yet it has a derivative everywhere. So has nothing been lost for
# learning? Describe the gradient of the output with respect to a weight, for most inputs and for
# the few that lie near the decision boundary, and say what small steps along such gradients can and
# cannot do.

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 3. One step of the leaky integrate-and-fire neuron
#
# A real neuron has a *state*: the potential $v$ across its membrane. The membrane is a capacitor
# with a leak. Current charges it, the leak pulls it back to rest, and the time constant $\tau$
# (some 10 ms) says how long it remembers:
#
# $$ \tau \, \frac{dv}{dt} = -(v - v_\text{rest}) + R\,I $$
#
# When $v$ reaches the threshold the neuron **fires**: the spike is noted, $v$ jumps to
# $v_\text{reset}$, and for the *absolute refractory period* $t_\text{ref}$ nothing can move it.
#
# A computer walks through time in steps of $\Delta t$ (forward Euler):
# $v \leftarrow v + \frac{\Delta t}{\tau}\,\bigl(-(v - v_\text{rest}) + R\,I\bigr)$.
#
# **By hand**, with the default values. At rest, $v = -65$ mV, a current of 2 nA for 0.1 ms gives
# $\frac{0.1}{10}(0 + 10 \cdot 2) = 0.2$ mV: $v = -64.8$ mV. Left alone forever it would end at
# $v_\text{rest} + RI = -45$ mV, but at $-50$ mV it fires.

# %% [markdown]
# **Counting the refractory period.** "Deaf for 2 ms" is a *number of steps*: `round(t_ref / dt)`,
# kept per neuron in the integer array `wait`. Why `round` and not `int`? Because `0.3 / 0.1` is
# 2.9999999999999996 in binary arithmetic, and `int` would make it 2. Why not subtract `dt` from a
# remaining time? Because twenty subtractions of 0.1 from 2.0 do not end at zero, for the same
# reason.
#
# So one step has two cases, neuron by neuron:
#
# | `wait` | potential | `wait` afterwards | spike |
# |---|---|---|---|
# | > 0 (refractory) | unchanged | one less | no |
# | = 0, stays below threshold | Euler step | 0 | no |
# | = 0, the Euler step reaches threshold | `v_reset` | `round(t_ref / dt)` | **yes** |


# %%
def lif_step(
    v: Array,
    wait: NDArray[np.integer],
    current: Array,
    dt: float,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> tuple[Array, NDArray[np.integer], NDArray[np.bool_]]:
    """Advance a population of leaky integrate-and-fire neurons by one forward-Euler step.

    A neuron whose `wait` is above 0 is refractory: its potential does not change, it cannot fire
    (whatever its potential is), and its `wait` falls by one. Any other neuron makes the Euler step
    of the text; if the *new* potential reaches `v_th` (equality is enough) the neuron fires in this
    step, its potential becomes `v_reset`, and its `wait` becomes t_ref / dt, rounded to the nearest
    whole number.

    Parameters
    ----------
    v : ndarray of shape (N,)
        Membrane potentials in mV.
    wait : ndarray of shape (N,)
        Integers >= 0: for how many more steps each neuron stays refractory.
    current : ndarray of shape (N,)
        Input currents in nA during this step.
    dt : float
        Length of the step in ms.
    tau : float
        Membrane time constant in ms.
    resistance : float
        Membrane resistance in MΩ.
    v_rest : float
        Potential in mV to which the leak pulls.
    v_reset : float
        Potential in mV right after a spike.
    v_th : float
        Threshold in mV; reaching it is enough.
    t_ref : float
        Absolute refractory period in ms; may be 0.

    Returns
    -------
    v : ndarray of shape (N,)
        Potentials after the step (and after the reset), in the dtype of `v`.
    wait : ndarray of shape (N,)
        Refractory steps left, integers.
    spiked : ndarray of shape (N,)
        True where the neuron fired in this step, booleans.

    References
    ----------
    Gerstner, Kistler, Naud and Paninski 2014, Neuronal dynamics, ch. 1.3.
    """
    raise NotImplementedError("lif_step")


# %% [markdown]
# ## 4. A simulation
#
# A simulation is the step in a loop, with the state carried along. Two habits of good simulators:
# the starting state is stated (here: at rest, not refractory), and row `t` of every record belongs
# to the same moment (here: *after* step `t`, driven by `current[t]`).
#
# **By hand.** Take $\Delta t = 1$, $t_\text{ref} = 2$ and a current so strong (200 nA) that every
# free step fires: $\frac{1}{10}\cdot 2000 = 200$ mV. The spikes come at steps 0, 3, 6, 9: one step
# fires, two are refractory.


# %%
def lif_simulate(
    current: Array,
    dt: float,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> tuple[Array, NDArray[np.bool_]]:
    """Simulate a population of leaky integrate-and-fire neurons from rest.

    All neurons start at `v_rest` and are not refractory. Step t is `lif_step` with ``current[t]``.

    Parameters
    ----------
    current : ndarray of shape (T, N)
        Input currents in nA: row t holds during step t.
    dt : float
        Length of one step in ms.
    tau : float
        Membrane time constant in ms.
    resistance : float
        Membrane resistance in MΩ.
    v_rest : float
        Resting potential in mV, also the starting potential.
    v_reset : float
        Potential in mV right after a spike.
    v_th : float
        Threshold in mV; reaching it is enough.
    t_ref : float
        Absolute refractory period in ms.

    Returns
    -------
    v : ndarray of shape (T, N)
        Potentials: row t is *after* step t (so a neuron that fired in step t shows `v_reset`), in
        the dtype of `current`.
    spikes : ndarray of shape (T, N)
        True where neuron n fired in step t, booleans.

    References
    ----------
    Gerstner, Kistler, Naud and Paninski 2014, Neuronal dynamics, ch. 1.3.
    """
    raise NotImplementedError("lif_simulate")


# %% [markdown]
# **Your first spikes.** Panels A and B of `figure()`, at the end of the chapter, can be drawn from
# here on (in a notebook, run all the cells once before: what is not yet written does no harm). Look
# for three things: what the neuron below the rheobase does, where a potential stands still for 2
# ms, and what becomes of the distance between two spikes as the current grows.

# %% [markdown]
# ## 5. What is wrong with this simulator?
#
# Somebody else's program simulated the neuron of section 4, with its default values, and left
# nothing but a recording: currents in, potentials and spikes out. Each of the usual mistakes leaves
# a trace of its own:
#
# | name | what the program does |
# |---|---|
# | `"right"` | what `lif_simulate` does |
# | `"reset to rest"` | a spike takes the potential to `v_rest` instead of `v_reset` |
# | `"never deaf"` | no refractory period at all |
# | `"truncated"` | the refractory period has int(t_ref / dt) steps |
# | `"no resistance"` | the current enters without the factor `resistance` |
# | `"one early"` | row t of the potentials is the one *before* step t; the spikes are right |
#
# Name the *first* row of the table with which the recording agrees: every potential to within a
# tolerance, and every spike. `"unknown"` if none does. Most of the five mistakes are something you
# can have your own simulator do.
#
# **By hand.** $\Delta t = 1$ and 200 nA for four steps. Right is $-70, -70, -70, -70$ with spikes
# at steps 0 and 3; reset to rest shows $-65$ throughout, with the same spikes; never deaf fires in
# all four steps; no resistance climbs by $\frac{1}{10} \cdot 200 = 20$ mV and fires at once as
# well, so it cannot be told from right: `"right"` it is. One early shows $-65, -70, -70, -70$.
# Without a current nothing can be told from `"right"`: always choose inputs that tell mistakes
# apart.


# %%
def diagnose_trace(
    current: Array, v: Array, spikes: NDArray[np.bool_], dt: float, tol: float = 1e-3
) -> str:
    """Name the mistake that a recorded simulation of integrate-and-fire neurons shows.

    The parameters of the neurons are the default values of `lif_simulate`.

    Parameters
    ----------
    current : ndarray of shape (T, N)
        Input currents in nA: row t held during step t.
    v : ndarray of shape (T, N)
        Recorded potentials in mV.
    spikes : ndarray of shape (T, N)
        Recorded spikes, booleans.
    dt : float
        Length of one step in ms.
    tol : float
        By how many mV a potential may differ at most.

    Returns
    -------
    str
        The first name of the text's table that explains all of the recording, or ``"unknown"``.
    """
    raise NotImplementedError("diagnose_trace")


# %% [markdown]
# ## 6. From spikes to a rate: the f–I curve
#
# Under a constant current the equation can be solved: after a reset, $v$ rises towards $v_\infty =
# v_\text{rest} + RI$ along an exponential, and it needs $\tau \ln \frac{v_\infty -
# v_\text{reset}}{v_\infty - v_\text{th}}$ to reach the threshold. Add the refractory period,
# invert, and turn 1/ms into Hz:
#
# $$ f(I) = \frac{1000}{t_\text{ref} + \tau \ln \dfrac{RI + v_\text{rest} - v_\text{reset}}
# {RI + v_\text{rest} - v_\text{th}}} $$
#
# If $v_\infty$ does not exceed the threshold, the neuron never fires and $f = 0$. The smallest
# current that could is the **rheobase** $(v_\text{th} - v_\text{rest})/R$; *at* the rheobase the
# neuron creeps up for ever, so the rate there is 0 too.
#
# **By hand**, with the default values. Rheobase: $15/10 = 1.5$ nA. At 2 nA: $\ln \frac{20 - 65 +
# 70}{20 - 65 + 50} = \ln 5 = 1.609$, one spike every $2 + 16.09$ ms, 55.3 Hz. However strong the
# current, the rate stays below $1000 / t_\text{ref} = 500$ Hz.
#
# How much more does it fire for a little more current? The **gain** $df/dI$ at 2 nA is 48.9 Hz/nA;
# ask `gradient_by_differences(lambda i: lif_rate(i)[0], np.array([2.0]))`. Just above the rheobase
# the gain grows beyond all bounds, just below it is 0: whoever wants to learn through a spiking
# neuron's rate meets the flaw of the threshold unit again. Section 15 finds a way around.


# %%
def lif_rate(
    current: Array,
    tau: float = 10.0,
    resistance: float = 10.0,
    v_rest: float = -65.0,
    v_reset: float = -70.0,
    v_th: float = -50.0,
    t_ref: float = 2.0,
) -> Array:
    """Return the firing rate under a constant current, in closed form.

    The rate f(I) of the text where the potential would end above `v_th`, and exactly 0 elsewhere
    (so 0 up to and including the rheobase).

    Parameters
    ----------
    current : ndarray of shape (K,)
        Constant currents in nA; may be negative.
    tau : float
        Membrane time constant in ms.
    resistance : float
        Membrane resistance in MΩ.
    v_rest : float
        Resting potential in mV.
    v_reset : float
        Potential in mV right after a spike, below `v_th`.
    v_th : float
        Threshold in mV.
    t_ref : float
        Absolute refractory period in ms.

    Returns
    -------
    ndarray of shape (K,)
        Rates in Hz, in the dtype of `current`.

    References
    ----------
    Dayan and Abbott 2001, Theoretical neuroscience, ch. 5.4.
    """
    raise NotImplementedError("lif_rate")


# %% [markdown]
# ## 7. What ReLU abstracts
#
# Plot $f(I)$: silent up to a threshold, then rising. Forget the details of the bend, and what is
# left is $g \cdot \max(0, I - \theta)$, a **ReLU** with gain $g$ and threshold $\theta$. (Add noise
# to the current and the corner becomes round: softplus.) Which ReLU is the *best* one, in the
# least-squares sense?
#
# $$ \min_{g,\,\theta} \; E(g, \theta) = \sum_k \bigl( r_k - g \max(0, I_k - \theta) \bigr)^2 $$
#
# This is not convex in $\theta$, but it comes apart into easy pieces. As long as $\theta$ moves
# between two neighbouring currents, the same points are on the sloping side, and fitting them is
# what you know already: the ordinary least-squares **straight line** through those points, whose
# zero is $\theta$. So:
#
# 1. For every group "this current and all larger ones" (at least two points), fit the line; if it
#    rises, its zero is a *candidate* for $\theta$.
# 2. Judge a candidate by all points. With $a_k = \max(0, I_k - \theta)$ the best gain is
#    $g = \sum_k a_k r_k / \sum_k a_k^2$, and that gives the true error $E$.
# 3. The candidate with the smallest $E$ wins.
#
# No other $\theta$ can: the minimum never sits in a corner, on a current itself, unless a line has
# its zero there too. (As $\theta$ passes a current with rate $r_k > 0$ from below, that point drops
# out of the fit, and the error bends: it has a kink there, but one from which it falls to at least
# one side. Try it.)
#
# **By hand.** Currents 0, 1, 2, 3 and rates 0, 0, 10, 20: the line through the last two cuts the
# axis at 1, so $\theta = 1$, $g = 10$, error 0. For a LIF neuron the fitted threshold lands *below*
# the rheobase: the true curve leaves the axis steeply and then bends over, and the line that
# follows its long right part cuts the axis too early.


# %%
def fit_relu_to_rate(currents: Array, rates: Array) -> tuple[float, float]:
    """Fit the ReLU ``gain * max(0, I - threshold)`` that is closest to a measured f-I curve.

    Closest in the sense of least squares over *all* points (the silent ones too): the global
    minimum of the sum of ``(rates[k] - gain * max(0, currents[k] - threshold)) ** 2`` over
    every gain that is not negative and every threshold.

    Parameters
    ----------
    currents : ndarray of shape (K,)
        Currents in nA, K >= 2, in any order.
    rates : ndarray of shape (K,)
        Measured rates in Hz, none negative. Either all are zero, or they rise with the current
        on the whole and exactly one ReLU fits best, positive at two or more different currents.

    Returns
    -------
    gain : float
        Slope in Hz/nA. If all rates are zero: 0.0.
    threshold : float
        Current in nA where the ReLU leaves the axis. If all rates are zero: the largest current.

    References
    ----------
    Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines.
    """
    raise NotImplementedError("fit_relu_to_rate")


# %% [markdown]
# ## 8. Hodgkin and Huxley: the gates
#
# Where does the spike come from? In 1952 Hodgkin and Huxley answered with voltage-clamp
# measurements on the giant axon of the squid, four differential equations, and three weeks at a
# hand-cranked calculator. The membrane has channels for sodium and potassium; a channel is open
# when its *gates* are. A gate opens at rate $\alpha(v)$ and closes at rate $\beta(v)$, both in
# 1/ms, both set by the voltage:
#
# $$ \alpha_m = \frac{0.1\,(v + 40)}{1 - e^{-(v + 40)/10}}, \qquad \beta_m = 4\, e^{-(v + 65)/18} $$
# $$ \alpha_h = 0.07\, e^{-(v + 65)/20}, \qquad \beta_h = \frac{1}{1 + e^{-(v + 35)/10}} $$
# $$ \alpha_n = \frac{0.01\,(v + 55)}{1 - e^{-(v + 55)/10}}, \qquad
# \beta_n = 0.125\, e^{-(v + 65)/80} $$
#
# (The paper of 1952 counts $v$ from rest and downwards; today $v$ is the potential inside minus
# outside, resting at $-65$ mV. Use the formulas above.)
#
# Look at $v = -40$ in $\alpha_m$: it reads $0/0$. The singularity is *removable*: with $x = (v +
# 40)/10$ it is $x / (1 - e^{-x})$, and $1 - e^{-x} \approx x$, so the limit is $\alpha_m(-40) = 1$.
# In the same way $\alpha_n(-55) = 0.1$. A simulation that meets such a voltage *exactly* would
# otherwise turn into NaN and stay there.
#
# **Where they settle, and how fast.** Let $m$ be the fraction of open $m$-gates. Closed ones open,
# open ones close:
#
# $$ \frac{dm}{dt} = \alpha_m (1 - m) - \beta_m m $$
#
# Hold the voltage still. Where do the two terms balance? That is the **steady state** $m_\infty$.
# And how fast is it reached? Sort the right-hand side by $m$ and you find a leak like that of the
# LIF neuron, with a **time constant** of its own:
#
# $$ \frac{dm}{dt} = \frac{m_\infty - m}{\tau_m} $$
#
# and the same for $h$ and $n$. Derive both from $\alpha$ and $\beta$; they are all that the rest of
# the chapter needs.
#
# **By hand.** At $v = -65$: $\beta_m = 4$ and $\alpha_m = -2.5 / (1 - e^{2.5}) = 0.2236$, from
# which $m_\infty = 0.0529$ (sodium activation all but shut) and $\tau_m = 0.237$ ms. For $h$:
# $0.5961$ and
# 8.52 ms; for $n$: $0.3177$ and 5.46 ms. The first gate is twenty times faster than the other two:
# that is the whole secret of a spike.


# %%
def hh_gates(v: Array) -> tuple[Array, Array]:
    """Return where the Hodgkin-Huxley gates settle at a fixed potential, and how fast.

    At -40 mV the rate alpha_m, and at -55 mV the rate alpha_n, have a removable singularity: there
    their limits 1 and 0.1 count.

    Parameters
    ----------
    v : ndarray of shape (N,)
        Membrane potentials in mV (inside minus outside, at rest about -65).

    Returns
    -------
    steady : ndarray of shape (3, N)
        Fractions of open gates after a long time, between 0 and 1. Rows: m (sodium activation), h
        (sodium inactivation; 1 means not inactivated), n (potassium). In the dtype of `v`.
    tau : ndarray of shape (3, N)
        Time constants in ms, in the same order and dtype.

    References
    ----------
    Hodgkin and Huxley 1952, J. Physiol. 117:500, eqs. 12, 13, 20, 21, 23 and 24 (there with the
    potential counted from rest and with the opposite sign).
    """

    raise NotImplementedError("hh_gates")


# %% [markdown]
# ## 9. The four equations
#
# A sodium channel needs three $m$-gates and one $h$-gate open, a potassium channel four $n$-gates.
# So the open fractions are $m^3 h$ and $n^4$, and the membrane obeys
#
# $$ C \frac{dv}{dt} = I - g_\text{Na}\, m^3 h\,(v - E_\text{Na}) -
# g_\text{K}\, n^4 (v - E_\text{K}) - g_\text{L} (v - E_\text{L}) $$
#
# together with the equation of section 8 for each of $m, h, n$. Each ion
# pulls $v$ towards its own potential $E$: sodium up to $+50$, potassium down to $-77$ mV. The spike
# is their race: $m$ is fast and opens the door to sodium, $h$ and $n$ are slow and close it again.
#
# The constants of the squid axon are given in the next cell.
#
# **By hand.** With $v = -65$ and all gates shut ($m = h = n = 0$), without current, only the leak
# is left: $\dot v = -0.3\,(-65 + 54.387) = 3.18$ mV/ms, and the gates open with $\alpha_m =
# 0.2236$, $\alpha_h = 0.07$ and $\alpha_n = 0.0582$ per ms.

# %%
C_M = 1.0  # µF/cm², capacitance of the membrane
G_NA, G_K, G_L = 120.0, 36.0, 0.3  # mS/cm², conductances with all gates open
E_NA, E_K, E_L = 50.0, -77.0, -54.387  # mV, the potentials towards which the ions pull


# %%
def hh_derivative(state: Array, current: Array) -> Array:
    """Return the time derivative of the Hodgkin-Huxley state.

    Constants: C = 1 µF/cm²; g_Na = 120, g_K = 36, g_L = 0.3 mS/cm²; E_Na = 50, E_K = -77,
    E_L = -54.387 mV.

    Parameters
    ----------
    state : ndarray of shape (4, N)
        Rows: potential v in mV, gates m, h and n (fractions), for N membranes.
    current : ndarray of shape (N,)
        Injected current in µA/cm²; positive depolarises.

    Returns
    -------
    ndarray of shape (4, N)
        dv/dt in mV/ms, then dm/dt, dh/dt and dn/dt in 1/ms, in the dtype of `state`.

    References
    ----------
    Hodgkin and Huxley 1952, J. Physiol. 117:500, eqs. 7, 15, 16 and 26.
    """
    raise NotImplementedError("hh_derivative")


# %% [markdown]
# ## 10. Watching a spike: Runge-Kutta
#
# The upstroke takes a fraction of a millisecond, so Euler needs tiny steps. The classical
# fourth-order Runge-Kutta method looks at the derivative $F$ four times per step and makes an error
# of order $\Delta t^4$:
#
# $$ k_1 = F(s), \quad k_2 = F(s + \tfrac{\Delta t}{2} k_1), \quad
# k_3 = F(s + \tfrac{\Delta t}{2} k_2), \quad k_4 = F(s + \Delta t\, k_3) $$
# $$ s \leftarrow s + \tfrac{\Delta t}{6} (k_1 + 2 k_2 + 2 k_3 + k_4) $$
#
# The current of a step is held constant during that step, in all four derivatives.
#
# **By hand**, for $\dot s = -s$ from $s = 1$ with $\Delta t = 1$: $k_1 = -1$, $k_2 = -0.5$, $k_3 =
# -0.75$, $k_4 = -0.25$; the weighted mean is $\frac{1}{6}(-1 - 1 - 1.5 - 0.25) = -0.625$, so $s =
# 0.375$. The truth is $e^{-1} = 0.368$; Euler would say 0.
#
# With your function, look for what Hodgkin and Huxley found: at rest $v$ stays at $-65$ mV (more
# exactly: it drifts to $-64.996$); 10 µA/cm² makes it fire again and again; and *after a long
# inhibition is switched off* it fires a single spike, although nothing excites it.


# %%
def hh_simulate(current: Array, dt: float, v0: float = -65.0) -> Array:
    """Simulate Hodgkin-Huxley membranes with the classical fourth-order Runge-Kutta method.

    All membranes start at the potential `v0` with their gates settled for `v0`. The current of step
    t, ``current[t]``, is held constant during that step.

    Parameters
    ----------
    current : ndarray of shape (T, N)
        Injected currents in µA/cm²: row t holds during step t.
    dt : float
        Length of one step in ms.
    v0 : float
        Starting potential in mV.

    Returns
    -------
    ndarray of shape (T, 4, N)
        The state (v, m, h, n) *after* each step, in the dtype of `current`.

    References
    ----------
    Hodgkin and Huxley 1952, J. Physiol. 117:500, part III.
    """
    raise NotImplementedError("hh_simulate")


# %% [markdown]
# ## 11. Noise: Poisson spikes
#
# Under a constant current the neurons of section 4 are clocks. Neurons in the cortex are not: the
# same picture shown twice causes other spikes, at other times. The simplest model of that is the
# **Poisson process**: at every moment a die is thrown, whatever happened before. At a rate of $r$
# Hz one expects $\lambda = r\,\Delta t / 1000$ spikes in a step of $\Delta t$ ms, and $k$ of them
# come with probability
#
# $$ P(k) = \frac{\lambda^k}{k!} e^{-\lambda}. $$
#
# A simulation only asks *whether* a neuron fired in a step. What is the probability $p$ of at least
# one spike? Derive it; then throw the die: with $u$ uniform in $[0, 1)$ the neuron fires if
# $u < p$. (So that your result can be checked, the $u$ are given.)
#
# Many programs take $p = \lambda$, which is what remains for short steps. Long steps and high rates
# tell the two apart: $\lambda$ may exceed 1.
#
# **By hand.** 200 Hz and 5 ms: $\lambda = 1$ and $p = 0.632$: $u = 0.6$ fires, $u = 0.64$ does not
# (with $p = \lambda$ both would). At 20 Hz and 1 ms, $\lambda = 0.02$ and $p = 0.0198$: hardly a
# difference. A rate of 0 never fires, not even with $u = 0$.


# %%
def poisson_spikes(rates: Array, dt: float, uniforms: Array) -> NDArray[np.bool_]:
    """Draw in which steps Poisson neurons fire at least once.

    Parameters
    ----------
    rates : ndarray of shape (T, N)
        Rates in Hz, none negative: row t holds during step t.
    dt : float
        Length of one step in ms.
    uniforms : ndarray of shape (T, N)
        Draws from [0, 1), one for each neuron and step. A neuron fires where its draw is *smaller*
        than the probability of at least one spike in that step.

    Returns
    -------
    ndarray of shape (T, N)
        True where neuron n fires in step t, booleans.

    References
    ----------
    Dayan and Abbott 2001, Theoretical neuroscience, ch. 1.4.
    """
    raise NotImplementedError("poisson_spikes")


# %% [markdown]
# ## 12. Fire together, wire together
#
# How do synapses learn? Hebb's postulate of 1949: if neuron $i$ repeatedly takes part in firing
# neuron $o$, the synapse from $i$ to $o$ grows. For a batch of $N$ moments with activities $x$
# before (*pre*) and $y$ after (*post*) the synapse:
#
# $$ w_{oi} \leftarrow w_{oi} + \eta \, \frac{1}{N} \sum_{n} y_{no}\, x_{ni} $$
#
# There is no error signal in it, no teacher and no far-away information: what a synapse needs to
# know is present at the synapse. But the rule has a fatal feature: a strong synapse makes the
# neuron fire more, which makes the synapse stronger. With $y = w \cdot x$ the weights grow without
# bound. **Oja** added the smallest possible brake, a forgetting in proportion to the squared
# activity:
#
# $$ w_{oi} \leftarrow w_{oi} + \eta \, \frac{1}{N} \sum_{n} y_{no}\, (x_{ni} - y_{no}\, w_{oi}) $$
#
# Now $\lVert w \rVert$ settles at 1, and the *direction* settles on the leading eigenvector of the
# mean of $x x^\top$. If the inputs are *centred*, that is their first principal component: a single
# neuron, using local information only, does principal component analysis. (If they are not, it
# finds little more than the direction of their mean.)
#
# **By hand.** *Hebb*: $w = (0, 0)$, one output, two moments: $x = (1, 0)$ with $y = 1$, and $x =
# (1, 1)$ with $y = 3$; $\eta = 0.1$. The means of $y x$ are $(1 + 3)/2 = 2$ and $3/2$: $w = (0.2,
# 0.15)$. *Oja*: $w = (1, 0)$, one moment, $x = (0.6, 0.8)$, $y = 0.6$, $\eta = 0.5$: $x - y w = (0,
# 0.8)$, so $w = (1, 0.24)$. The part of $x$ that $w$ already explains adds nothing. A second neuron
# with $w = (0, 1)$ and $y = 0.8$ learns for itself: $x - y w = (0.6, 0)$, so $w = (0.24, 1)$.
# (There are rules in which neurons know of each other. Together these two explain all of $x$;
# there, nothing would be left for the second to learn.)


# %%
def hebbian_update(w: Array, pre: Array, post: Array, lr: float, rule: str = "hebb") -> Array:
    """Strengthen the synapses between neurons that are active together, by Hebb's rule or Oja's.

    Each output neuron follows the rule of the text by itself; all weights are updated from the old
    `w`, by the *mean* over the batch.

    Parameters
    ----------
    w : ndarray of shape (O, D)
        Weights to O neurons from D inputs.
    pre : ndarray of shape (N, D)
        Activities before the synapse.
    post : ndarray of shape (N, O)
        Activities after the synapse, as measured (do not compute them from `w`).
    lr : float
        Learning rate.
    rule : str
        ``"hebb"`` or ``"oja"``.

    Returns
    -------
    ndarray of shape (O, D)
        The new weights, in the dtype of `w`.

    References
    ----------
    Hebb 1949, The organization of behavior, ch. 4; Oja 1982, A simplified neuron model as a
    principal component analyzer, J. Math. Biol. 15:267.
    """
    raise NotImplementedError("hebbian_update")


# %% [markdown]
# ### Question `other_brakes`
#
# Oja's term is one way to stop Hebb's growth. Two other brakes are proposed: (a) after every
# Hebbian update, divide each row of `w` by its length; (b) after every update, subtract the same
# small constant from every weight. For each: do the weights settle, and does their *direction*
# still become the first principal component? And which of the three rules, Oja's included, could a
# real synapse carry out with what it knows on the spot?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 13. Who was first? STDP
#
# "Takes part in firing": so the sender must come *before* the receiver. In the 1990s it was
# measured, spike by spike: a synapse grows if its sender fires some milliseconds before its
# receiver, and shrinks if the receiver was first. That is **spike-timing-dependent plasticity**.
# For one spike on each side, $\Delta = t_\text{post} - t_\text{pre}$ apart,
#
# $$ \Delta w = \begin{cases} +A_+\, e^{-\Delta / \tau_+} & \Delta > 0 \\
# -A_-\, e^{\Delta / \tau_-} & \Delta < 0 \end{cases} $$
#
# and with many spikes *every pair* counts. Must a synapse remember all spikes, then? No: a
# **trace** on each side suffices. Every spike raises the trace of its neuron by 1, and it decays
# exponentially. A spike on the other side reads it. One step of length $\Delta t$:
#
# 1. The traces decay: $x_i$ of the senders with $\tau_+$, $y_o$ of the receivers with $\tau_-$
#    (exactly, by an exponential factor).
# 2. The weights change by what *earlier* spikes have left: $+A_+\, x_i$ where receiver $o$ fires
#    now, $-A_-\, y_o$ where sender $i$ fires now. A pair within one step counts for nothing.
# 3. The weights are cut off at 0 and $w_\text{max}$: a synapse does not change its sign.
# 4. The traces are raised where there was a spike.
#
# (Other conventions are in use: only the nearest spikes pair; a step's own spikes count; changes
# shrink near the bounds. Results differ.)
#
# **By hand**, with $\Delta t = 10$ ms, both $\tau = 20$ ms and $w = 0.5$. The sender fires in steps
# 0 and 1, the receiver in step 2: its spike meets $x = e^{-1} + e^{-0.5} = 0.9744$, so with $A_+ =
# 0.1$ the weight becomes 0.5974 (0.5607 if only the nearest spike paired). The other way round,
# with $A_- = 0.12$, it becomes 0.3831. Both in the same steps 0 and 1: the spikes of step 1 meet
# each other's of step 0, $0.5 + (0.1 - 0.12)\, e^{-0.5} = 0.4879$.


# %%
def stdp_update(
    w: Array,
    pre: NDArray[np.bool_],
    post: NDArray[np.bool_],
    dt: float,
    a_plus: float = 0.01,
    a_minus: float = 0.012,
    tau_plus: float = 20.0,
    tau_minus: float = 20.0,
    w_max: float = 1.0,
) -> Array:
    """Change weights by the timing of the spikes on their two sides, all pairs counted.

    Steps run as in the text: decay, change by the traces of earlier steps, cut off, raise. All
    traces are 0 before the first step.

    Parameters
    ----------
    w : ndarray of shape (O, D)
        Weights to O neurons from D inputs, each between 0 and `w_max`.
    pre : ndarray of shape (T, D)
        True where sender i fires in step t, booleans.
    post : ndarray of shape (T, O)
        True where receiver o fires in step t, booleans.
    dt : float
        Length of one step in ms.
    a_plus : float
        Growth for a sender just before a receiver.
    a_minus : float
        Loss for a receiver just before a sender; counted positive.
    tau_plus : float
        Time constant in ms of the senders' traces.
    tau_minus : float
        Time constant in ms of the receivers' traces.
    w_max : float
        Upper bound of the weights.

    Returns
    -------
    ndarray of shape (O, D)
        The weights after the last step, in the dtype of `w`.

    References
    ----------
    Bi and Poo 1998, J. Neurosci. 18:10464; Song, Miller and Abbott 2000, Nat. Neurosci. 3:919.
    """
    raise NotImplementedError("stdp_update")


# %% [markdown]
# ## 14. The spiking neuron of deep learning
#
# Programs that train spiking nets use a leaner neuron: no units, no refractory period, rest at 0,
# and one number $\beta = e^{-\Delta t / \tau}$ for the leak. From the potential $r_{t-1}$ that the
# last step left behind,
#
# $$ u_t = \beta\, r_{t-1} + I_t, \qquad
# s_t = \begin{cases} 1 & u_t \ge \theta \\ 0 & \text{otherwise.} \end{cases} $$
#
# What a spike leaves behind is the choice of the modeller:
#
# $$ r_t = \begin{cases} u_t\,(1 - s_t) & \text{hard reset, to } \textit{zero} \\
# u_t - \theta\, s_t & \text{soft reset: } \textit{subtract}\text{ the threshold.} \end{cases} $$
#
# A hard reset throws away what lay above the threshold. A soft reset pays the price of one spike
# and keeps the change. Without a leak, 0.75 a step for 8 steps and $\theta = 1$: the soft neuron
# fires 6 times, exactly what was paid in; the hard one 4 times. That is why nets of ReLUs are
# turned into spiking nets with soft resets.
#
# Note the order: the reset comes *before* the leak of the next step, so that the leak acts on what
# is left. (In snnTorch it comes after it: there $u_t = \beta\, u_{t-1} + I_t - \theta\, s_{t-1}$,
# and a spike does not count where $u = \theta$.)
#
# **By hand.** $\beta = 0.5$, $\theta = 1$, $I = (1.2,\ 0.2,\ 0.9,\ -0.5,\ 1)$. Soft: $u =
# (1.2,\ 0.3,\ 1.05,\ -0.475,\ 0.7625)$ with spikes in steps 0 and 2. Hard: $u = (1.2,\ 0.2,\ 1,\
# -0.5,\ 0.75)$ with the same spikes, the second at equality. (snnTorch's order: $1.2,\ -0.2,\
# 0.8,\ -0.1,\ 0.95$, one spike.)


# %%
def leaky_forward(
    current: Array, beta: float, threshold: float = 1.0, reset: str = "subtract"
) -> tuple[Array, Array]:
    """Run a population of leaky neurons without units, from a potential of 0.

    Parameters
    ----------
    current : ndarray of shape (T, N)
        Input of each step, of either sign.
    beta : float
        Share of the potential that is left after a step, between 0 and 1.
    threshold : float
        Potential at which a neuron fires; reaching it is enough. Positive.
    reset : str
        What a spike does: ``"subtract"`` lowers the potential by `threshold`, ``"zero"`` sets it to
        0. Either takes effect before the leak of the next step.

    Returns
    -------
    u : ndarray of shape (T, N)
        Potentials of each step, *before* its reset, in the dtype of `current`.
    spikes : ndarray of shape (T, N)
        1.0 where neuron n fires in step t, else 0.0, in the dtype of `current`.

    References
    ----------
    Rueckauer et al. 2017, Conversion of continuous-valued deep networks to efficient event-driven
    networks for image classification; Eshraghian et al. 2023, Training spiking neural networks
    using lessons from deep learning.
    """
    raise NotImplementedError("leaky_forward")


# %% [markdown]
# ## 15. A derivative where there is none: the surrogate gradient
#
# Now let spikes *learn*. A loss $L$ depends on the spikes, and somebody hands you $g_t = \partial L
# / \partial s_t$. To change the currents (and with them the weights behind them) you need $\partial
# L / \partial I_t$, and there stands the flaw of section 2: $s_t$ is a step of $u_t$, its
# derivative is 0 almost everywhere. The trick of the **surrogate gradient**: forwards, keep the
# step; backwards, *pretend* that it was a smooth one and take
#
# $$ \frac{\partial s_t}{\partial u_t} \;\approx\; h(u_t - \theta), \qquad
# h(z) = \frac{1}{(1 + k\,|z|)^2}, $$
#
# the derivative of the *fast sigmoid* $z / (1 + k |z|)$. It is 1 at the threshold and falls off to
# both sides, the faster the larger $k$: whoever almost fired, or hardly did, is asked to change.
#
# The other half is backpropagation through time. $L$ feels $u_t$ in two places: by the spike of
# step $t$, and by the next potential, of which $u_t$ is a share $\beta$. (Through the *reset* it
# feels it too. That path is left out on the way back, as in snnTorch: Zenke and Vogels found in
# 2021 that nets learn better without it.) With $\delta_t = \partial L / \partial u_t$, write down
# what $\delta_t$ is made of, and run it from the last step to the first. How $I_t$ enters $u_t$ you
# know.
#
# **By hand.** $\beta = 0.5$, $\theta = 1$, $k = 10$, the first three potentials of section 14, $u =
# (1.2,\ 0.3,\ 1.05)$, and $g = (1, 1, 1)$: $h = (0.1111,\ 0.0156,\ 0.4444)$, and the answer is
# $(0.2300,\ 0.2378,\ 0.4444)$.


# %%
def leaky_backward(
    d_spikes: Array, u: Array, beta: float, threshold: float = 1.0, slope: float = 25.0
) -> Array:
    """Carry a gradient back through the spikes and potentials of `leaky_forward`.

    The step is given the derivative h(u - threshold) of the text's fast sigmoid. The reset lets no
    gradient through: on the way back a potential acts on the next one by the leak alone.

    Parameters
    ----------
    d_spikes : ndarray of shape (T, N)
        Gradient of the loss with respect to the spikes.
    u : ndarray of shape (T, N)
        Potentials before the reset, as `leaky_forward` returns them.
    beta : float
        Share of the potential that is left after a step.
    threshold : float
        Potential at which a neuron fires.
    slope : float
        The k of the text.

    Returns
    -------
    ndarray of shape (T, N)
        Gradient of the loss with respect to the currents, in the dtype of `u`.

    References
    ----------
    Zenke and Ganguli 2018, SuperSpike, Neural Computation 30:1514; Neftci, Mostafa and Zenke 2019,
    Surrogate gradient learning in spiking neural networks.
    """
    raise NotImplementedError("leaky_backward")


# %% [markdown]
# **Check it**, with the judge of section 2. The step itself cannot be checked (its differences are
# all 0, and so they should be), but what you *pretend* can: the fast sigmoid in place of the step,
# the resets left where they were. A threshold that nobody reaches turns `leaky_forward` into a leak
# and nothing else, which carries a small change of the currents to the potentials:
#
# ```python
# rng = np.random.default_rng(0)
# current, g = rng.uniform(0, 0.8, (6, 2)), rng.normal(size=(6, 2))
# u, _ = leaky_forward(current, 0.9)
#
# def pretended(change):
#     z = u + leaky_forward(change, 0.9, threshold=1e9)[0] - 1
#     return np.sum(g * z / (1 + 10 * np.abs(z)))
#
# found = leaky_backward(g, u, 0.9, slope=10)
# found - gradient_by_differences(pretended, np.zeros((6, 2)))  # about 1e-9
# ```

# %% [markdown]
# ## 16. Lesions: the robustness curve
#
# You lose neurons every day and still know your name. Knowledge that is spread over many weak
# synapses survives the loss of some of them: *graceful degradation*. A program, in contrast, rarely
# survives the loss of one line. The *curve* of accuracy against damage tells whether a system
# breaks or fades.
#
# Take a linear readout that decides for the class with the largest score $x \cdot w_k$. (If several
# have the same score, say all zero, the lowest index wins.) Destroy some of its weights, and count
# how often it is still right. Which ones go is decided by an *order*, a random permutation of the
# weights' positions, counted row by row: the first ones of the order are set to zero, as many as
# the fraction of all weights says, rounded to the nearest whole number. Giving the order as an
# argument makes the experiment repeatable, and makes a larger lesion contain the smaller one. A
# single lesion may be lucky, so repeat with several orders and average.
#
# **By hand.** $w = \begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}$, fraction 0.4, order $(4,
# 0, 3, 1, 5, 2)$: $0.4 \cdot 6 = 2.4$, so two weights go, those at positions 4 and 0:
# $\begin{pmatrix} 0 & 2 & 3 \\ 4 & 0 & 6 \end{pmatrix}$. The sample $x = (0, 1, 0)$ had the scores
# $(2, 5)$, class 1; now it has $(2, 0)$, class 0. When everything is gone, the answer is always
# class 0, and on ten equally frequent classes that is right one time in ten.


# %%
def robustness_curve(
    w: Array,
    x: Array,
    labels: NDArray[np.integer],
    fractions: Array,
    orders: NDArray[np.integer],
) -> Array:
    """Measure the accuracy of a linear readout as more and more of its weights are destroyed.

    For every fraction and every order, damage is done to the *intact* weights; the share of samples
    that the damaged readout classifies right is averaged over the orders.

    Parameters
    ----------
    w : ndarray of shape (K, D)
        Readout weights, one row per class; not modified.
    x : ndarray of shape (N, D)
        Samples.
    labels : ndarray of shape (N,)
        The right class of each sample, integers.
    fractions : ndarray of shape (F,)
        Shares of the weights to destroy, each between 0 and 1. The number of weights is the share
        of K*D, rounded to the nearest whole number.
    orders : ndarray of shape (S, K*D)
        S lesion experiments: each row is a permutation of the positions 0 ... K*D - 1, where
        position ``k * D + i`` is ``w[k, i]``. The weights at the first positions go.

    Returns
    -------
    ndarray of shape (F,)
        Mean accuracy, between 0 and 1, for each fraction.

    References
    ----------
    Rumelhart and McClelland 1986, Parallel distributed processing, vol. 1 (graceful degradation);
    Sejnowski and Rosenberg 1987, Parallel networks that learn to pronounce English text (damage to
    NETtalk).
    """
    raise NotImplementedError("robustness_curve")


# %% [markdown]
# ## 17. The picture
#
# Nine panels, drawn by your functions as far as they are written. **A**: three membrane potentials
# under growing current (the spikes are drawn in, the model itself only knows that they happened).
# **B**: a raster of forty neurons with currents from weak to strong: one dot, one spike. **C**: the
# f–I curve, counted and in closed form, with the ReLU that abstracts it and a softplus. **D** and
# **E**: a Hodgkin-Huxley spike and the three gates that make it. **F**: the intervals between
# spikes, of a clock and of a die. **G**: Hebb's rule runs away, Oja's settles at length one. **H**:
# what a synapse learns from one pair of spikes. **I**: one neuron learns by surrogate gradients to
# fire when it should; every row is one attempt, from the first (top) to the last.


# %%
def figure():
    """Draw spikes, rates, a Hodgkin-Huxley membrane, and three ways of learning."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(3, 3, figsize=(15, 12.4), layout="constrained")
    panels = {
        "Leaky integrate-and-fire": draw_potentials,
        "Raster: 40 neurons, noisy currents": draw_raster,
        "f–I curve, and what ReLU abstracts": draw_rates,
        "Hodgkin–Huxley membrane": draw_spike,
        "The gates during the first spike": draw_gates,
        "Intervals: a clock and a die": draw_intervals,
        "Hebb runs away, Oja settles": draw_learning,
        "STDP: one pair of spikes": draw_window,
        "Learning when to fire": draw_attempts,
    }
    for letter, ax, (title, draw) in zip("ABCDEFGHI", axes.flat, panels.items()):
        ax.set_title(f"{letter}   {title}", loc="left", fontsize=12, fontweight="bold")
        ax.spines[["top", "right"]].set_visible(False)
        try:
            draw(ax)
        except NotImplementedError:  # drawn as soon as you have written it
            ax.clear()
            ax.set_title(f"{letter}   {title}", loc="left", fontsize=12, color="#888888")
            ax.text(0.5, 0.5, "not written yet", ha="center", color="#888888")
            ax.set(xticks=[], yticks=[])
    return fig


def draw_potentials(ax):
    """Draw the potentials of three neurons, one below the rheobase."""
    dt, currents = 0.1, np.array([1.4, 1.8, 3.0])
    drive = np.zeros((1200, 3))
    drive[100:1000] = currents
    v, spikes = lif_simulate(drive, dt)
    time = dt * np.arange(len(v))
    for n, colour in enumerate(["#7f7f7f", "#1f77b4", "#d62728"]):
        ax.plot(time, np.where(spikes[:, n], 20.0, v[:, n]), color=colour, lw=1.2)
        ax.text(122, 5 - 10 * n, f"{currents[n]} nA", color=colour, va="center")
    ax.axhline(-50, color="k", lw=0.8, ls="--")
    ax.text(146, -48.5, "threshold", fontsize=9, ha="right")
    ax.axvspan(10, 100, color="#ffe9a8", alpha=0.4, lw=0)
    ax.text(55, 26, "current on", ha="center", fontsize=9)
    ax.set(xlabel="time (ms)", ylabel="potential (mV)")
    ax.set(xlim=(0, 146), ylim=(-74, 32))


def draw_raster(ax):
    """Draw the spikes of forty neurons under forty currents that are switched on and off."""
    currents = np.linspace(1.0, 4.0, 40)
    drive = np.zeros((2000, 40), dtype=np.float32)
    drive[300:1600] = currents
    drive += np.random.default_rng(1).normal(0.0, 1.0, drive.shape).astype(np.float32)
    spikes = lif_simulate(drive, 0.1)[1]
    step, neuron = np.nonzero(spikes)
    ax.scatter(0.1 * step, currents[neuron], s=14, c="#1f3b73", marker="|", lw=1.1)
    ax.axvspan(30, 160, color="#ffe9a8", alpha=0.4, lw=0)
    ax.axhline(1.5, color="k", lw=0.8, ls="--")
    ax.text(200, 1.53, "rheobase", fontsize=9, ha="right", va="bottom")
    ax.set(xlabel="time (ms)", xlim=(0, 200))
    ax.set(ylabel="current (nA)", ylim=(0.9, 4.1))


def draw_rates(ax):
    """Draw the f-I curve, its counted points, and the ReLU and the softplus that abstract it."""
    fine = np.linspace(0.0, 4.0, 401)
    rates = lif_rate(fine)
    gain, threshold = fit_relu_to_rate(fine, rates)
    coarse = np.linspace(0.2, 4.0, 20)
    counted = lif_simulate(np.tile(coarse, (10_000, 1)), 0.1)[1].sum(axis=0)
    soft = 0.15
    ax.plot(fine, rates, color="#1f77b4", lw=2.5, label="LIF, closed form")
    ax.plot(coarse, counted, "o", color="#1f77b4", ms=5, mfc="white", label="LIF, spikes in 1 s")
    ax.plot(fine, gain * np.maximum(0, fine - threshold), color="#d62728", label="best ReLU")
    bend = np.logaddexp(0, (fine - threshold) / soft)
    ax.plot(fine, gain * soft * bend, color="#2ca02c", ls="--", label="softplus")
    ax.axvline(1.5, color="k", lw=0.8, ls=":")
    ax.text(1.46, 30, "rheobase 1.5 nA", fontsize=9, rotation=90, ha="right", va="bottom")
    ax.annotate(
        f"ReLU's threshold\n{threshold:.2f} nA",
        (threshold, 0),
        (0.1, 42),
        fontsize=9,
        color="#d62728",
        arrowprops={"arrowstyle": "->", "color": "#d62728"},
    )
    ax.set(xlabel="current (nA)", ylabel="rate (Hz)")
    ax.legend(frameon=False, fontsize=9, loc="upper left")


def spike_and_rebound(dt=0.01):
    """Simulate a membrane under a short pulse and an inhibition; return times and states."""
    drive = np.zeros((6000, 1))
    drive[500:600] = 12.0
    drive[2000:4000] = -6.0
    return dt * np.arange(1, len(drive) + 1), hh_simulate(drive, dt)[:, :, 0]


def draw_spike(ax):
    """Draw the potential of a Hodgkin-Huxley membrane: a spike, then an inhibition's rebound."""
    time, states = spike_and_rebound()
    ax.plot(time, states[:, 0], color="#222222", lw=1.3)
    for level, name, side in ((50, "$E_{Na}$", "top"), (-77, "$E_K$", "bottom")):
        ax.axhline(level, color="#888888", lw=0.8, ls=":")
        ax.text(60, level, name, ha="right", va=side, fontsize=9)
    ax.axvspan(5, 6, color="#ffb000", alpha=0.7, lw=0)
    ax.text(4, 58, "12 µA/cm², 1 ms", fontsize=9)
    ax.axvspan(20, 40, color="#9ec5ff", alpha=0.4, lw=0)
    ax.text(30, 20, "−6 µA/cm²", fontsize=9, ha="center")
    ax.annotate("rebound spike", (45, 40), (49, 20), fontsize=9, arrowprops={"arrowstyle": "->"})
    ax.set(xlabel="time (ms)", ylabel="potential (mV)", ylim=(-90, 68), xlim=(0, 60))


def draw_gates(ax):
    """Draw the three gates during the spike of `draw_spike`, in front of its potential."""
    time, states = spike_and_rebound()
    near = time < 20
    names = ((1, "m  opens Na", "#d62728"), (2, "h  closes Na", "#1f77b4"))
    for row, name, colour in (*names, (3, "n  opens K", "#2ca02c")):
        ax.plot(time[near], states[near, row], color=colour, label=name)
    scaled = (states[near, 0] + 77) / 127
    ax.fill_between(time[near], scaled, color="#bbbbbb", alpha=0.35, lw=0, label="v, rescaled")
    ax.set(xlabel="time (ms)", xlim=(3, 20), ylabel="fraction open", ylim=(0, 1.05))
    ax.legend(frameon=False, fontsize=9, loc="upper right")


def draw_intervals(ax):
    """Draw the intervals of a LIF neuron under a noisy current and of a Poisson neuron."""
    rng, dt, steps = np.random.default_rng(2), 0.5, 30_000
    drive = 2.0 + rng.normal(0.0, 0.6, (steps, 1))
    clock = lif_simulate(drive, dt)[1][:, 0]
    rate = np.full((steps, 1), 1000 * clock.sum() / (steps * dt))
    die = poisson_spikes(rate, dt, rng.random((steps, 1)))[:, 0]
    for spikes, colour, name in ((clock, "#1f77b4", "LIF, noisy"), (die, "#d62728", "Poisson")):
        gaps = dt * np.diff(np.flatnonzero(spikes))
        label = f"{name}: std / mean = {gaps.std() / gaps.mean():.2f}"
        ax.hist(gaps, np.arange(0, 80, 2), density=True, alpha=0.6, color=colour, label=label)
    mean = 1000 / rate[0, 0]
    time = np.linspace(0, 80, 200)
    ax.plot(time, np.exp(-time / mean) / mean, "k--", lw=1, label="exponential")
    ax.set(xlabel="interval (ms)", ylabel="density (1/ms)", xlim=(0, 80))
    ax.legend(frameon=False, fontsize=9)


def draw_learning(ax):
    """Draw the paths of a weight vector under Hebb's and Oja's rule over a cloud of inputs."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2)) @ np.array([[1.1, 0.75], [-0.15, 0.3]])
    ax.scatter(*x.T, s=6, color="#cccccc", label="inputs")
    start = np.array([[0.3, -0.35]])
    for rule, colour in (("hebb", "#d62728"), ("oja", "#1f77b4")):
        path = [start]
        for _ in range(150):
            path.append(hebbian_update(path[-1], x, x @ path[-1].T, 0.06, rule))
        points = np.concatenate(path)
        ax.plot(*points.T, ".-", color=colour, ms=4, lw=1.2, label=rule.capitalize())
    ax.plot(*start[0], "ko", ms=5)
    circle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(circle), np.sin(circle), color="k", lw=0.8, ls="--", label="length 1")
    ax.set(xlabel="weight of input 1", ylabel="weight of input 2")
    ax.set(xlim=(-3, 3), ylim=(-2.4, 2.4), aspect="equal")
    ax.legend(frameon=False, fontsize=9, loc="upper left")


def draw_window(ax):
    """Draw the change of a weight against the time between one spike before and one behind it."""
    lags, changes = np.arange(-60, 61), []
    for lag in lags:
        pre, post = np.zeros((61, 1), dtype=bool), np.zeros((61, 1), dtype=bool)
        pre[max(-lag, 0)] = post[max(lag, 0)] = True
        changes.append(stdp_update(np.full((1, 1), 0.5), pre, post, 1.0)[0, 0] - 0.5)
    changes = 100 * np.array(changes)
    colours = np.where(lags > 0, "#2ca02c", np.where(lags < 0, "#d62728", "#222222"))
    ax.vlines(lags, 0, changes, color=colours, lw=2)
    ax.axhline(0, color="k", lw=0.8)
    ax.text(58, 0.85, "sender first:\ngrows", color="#2ca02c", ha="right", va="top")
    ax.text(-58, -0.85, "receiver first:\nshrinks", color="#d62728", va="bottom")
    ax.set(xlabel="receiver's minus sender's spike (ms)", ylabel="change of weight (%)")
    ax.set(xlim=(-60, 60), ylim=(-1.3, 1.3))


def draw_attempts(ax):
    """Let one neuron learn to fire at four moments of a fixed input; draw each attempt's spikes."""
    rng, steps, inputs, attempts, beta = np.random.default_rng(5), 100, 60, 160, 0.9
    arriving = poisson_spikes(np.full((steps, inputs), 40.0), 1.0, rng.random((steps, inputs)))
    wanted = np.zeros((steps, 1))
    wanted[[15, 38, 60, 85]] = 1
    w, rows = rng.uniform(0.0, 0.2, (inputs, 1)), []
    for _ in range(attempts):
        u, spikes = leaky_forward(arriving @ w, beta)
        rows.append(spikes[:, 0])
        late = leaky_forward(spikes - wanted, 0.8, threshold=1e9)[0]  # smeared over 5 steps
        both = leaky_forward(late[::-1], 0.8, threshold=1e9)[0][::-1]  # and back: a gradient
        w = w - 0.002 * arriving.T @ leaky_backward(both, u, beta, slope=5.0)
    attempt, step = np.nonzero(rows)
    ax.vlines(np.flatnonzero(wanted), 0, attempts, color="#9ec5ff", lw=5, alpha=0.6)
    ax.scatter(step, attempt, s=5, c="#222222", marker="|", lw=1.2)
    ax.set(xlabel="step", ylabel="attempt", xlim=(0, steps), ylim=(attempts, -1))


# %% [markdown]
# ## 18. Capstone: populations that read digits
#
# **A population that is given.** Each of 150 LIF neurons gets a random *favourite picture*: it is
# driven by how much the image resembles it, through a random gain and a bias (the encoding of
# Eliasmith and Anderson 2003, *Neural engineering*). All you may look at afterwards are spikes. A
# linear readout, fitted by least squares on the spike counts of the training images, names the
# digit. How *long* must one listen? In the first milliseconds nobody has said anything yet; then,
# surprisingly soon, a few spikes are enough. And what does the readout lose when a part of its
# synapses dies?
#
# **A population that learns.** Now the input itself is spikes: every pixel is a Poisson neuron, new
# dice at every look. Behind them stand only 32 leaky neurons with a soft reset. With fixed random
# weights they do badly, whatever the readout; by surrogate gradients they learn. Both get the same
# number of looks, each its best rate of the same three (found on images held back from training),
# and are then measured on the unseen digits with three seeds.
#
# The targets: at least 95 % of unseen digits right after 100 ms, less than 15 points lost with a
# fifth of the synapses gone, and at least 90 % for the population that learned.


# %%
def capstone():
    """Read digits from the spikes of a given population, then train one by surrogate gradients."""
    from autograder.data import digits

    data = digits()
    given, pictures = read_population(data)
    learned, rates = compare_training(data)
    lost = given["accuracy"] - given["accuracy_with_a_fifth_lesioned"]
    trained = [run[-1] for run in learned["surrogate gradient"]]
    fixed = [run[-1] for run in learned["readout only"]]
    return {
        **given,
        "accuracy_learned": float(np.mean(trained)),
        "accuracy_learned_worst_and_best": (min(trained), max(trained)),
        "accuracy_readout_only": float(np.mean(fixed)),
        "accuracy_readout_only_worst_and_best": (min(fixed), max(fixed)),
        "rates": rates,
        "target_reached": bool(
            given["accuracy"] >= 0.95 and lost < 0.15 and np.mean(trained) >= 0.90
        ),
        "figure": draw_capstone(*pictures, learned, rates),
    }


def read_population(data):
    """Encode all images in the spikes of one population; read them out and lesion the readout."""
    from autograder.rewards import track

    x = np.concatenate([data["x_train"], data["x_test"]])
    n_train = len(data["x_train"])
    current = encode(x, neurons=150, rng=np.random.default_rng(0))
    v = np.full(current.size, -65.0, dtype=np.float32)
    wait = np.zeros(current.size, dtype=np.int64)
    counts = np.zeros(current.size)
    example = []
    times, accuracies = [], []
    dt, window, readout = 0.5, 4, None
    for part, say in track(range(25), "100 ms of spikes"):
        for _ in range(round(window / dt)):
            v, wait, spiked = lif_step(v, wait, current.ravel(), dt)
            counts += spiked
            example.append(spiked[: current.shape[1]].copy())
        rates = counts.reshape(current.shape) * 1000 / (window * (part + 1))
        features = np.column_stack([rates / 100, np.ones(len(x))])
        readout = fit_readout(features[:n_train], data["y_train"])
        right = np.argmax(features[n_train:] @ readout.T, axis=1) == data["y_test"]
        times.append(window * (part + 1))
        accuracies.append(float(np.mean(right)))
        say(ms=times[-1], accuracy=accuracies[-1])
    orders = np.array([np.random.default_rng(s).permutation(readout.size) for s in range(5)])
    fractions = np.linspace(0, 1, 11)
    curve = robustness_curve(readout, features[n_train:], data["y_test"], fractions, orders)
    expected = lif_rate(current[0].astype(float))
    found = {
        "accuracy": accuracies[-1],
        "accuracy_after_8_ms": accuracies[1],
        "accuracy_with_a_fifth_lesioned": float(curve[2]),
        "largest_gap_to_closed_form_hz": float(np.max(np.abs(rates[0] - expected))),
    }
    return found, (x[0], np.array(example), dt, times, accuracies, fractions, curve)


def encode(x, neurons, rng):
    """Turn images into currents: gain times the resemblance to a favourite picture, plus a bias."""
    centred = x - x.mean(axis=0)
    favourites = rng.normal(size=(neurons, x.shape[1]))
    resemblance = centred @ favourites.T
    resemblance /= resemblance.std(axis=0)
    corner = rng.uniform(-1.5, 1.5, neurons)
    return (1.5 + rng.uniform(0.5, 1.5, neurons) * (resemblance - corner)).astype(np.float32)


def fit_readout(features, labels, ridge=10.0):
    """Fit one least-squares row per class, with a small penalty on large weights."""
    targets = 2.0 * (labels[:, np.newaxis] == np.arange(10)) - 1.0
    gram = features.T @ features + ridge * np.eye(features.shape[1])
    return np.linalg.solve(gram, features.T @ targets).T


STEPS, HIDDEN, BETA, SLOPE = 12, 32, 0.8, 5.0


def look(x, rng):
    """Turn images into Poisson spikes of their pixels, up to 300 Hz in steps of 2 ms."""
    rates = np.broadcast_to(300.0 * x.reshape(-1), (STEPS, x.size))
    spikes = poisson_spikes(rates, 2.0, rng.random(rates.shape))
    return spikes.reshape(STEPS * len(x), -1).astype(np.float32)


def answer(arriving, w, readout):
    """Run the population over one look at some images; return potentials, means, probabilities."""
    current = (arriving @ w).reshape(STEPS, -1)
    u, spikes = leaky_forward(current, BETA)
    means = spikes.mean(axis=0).reshape(-1, HIDDEN)
    scores = means @ readout
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return u, means, weights / weights.sum(axis=1, keepdims=True)


def train(x, y, x_test, y_test, rate, seed, hidden_learns, epochs):
    """Train a population by gradient descent; return its accuracy on the test set as it learns."""
    rng = np.random.default_rng(seed)
    w = rng.normal(0.0, 0.3, (x.shape[1], HIDDEN)).astype(np.float32)
    readout = np.zeros((HIDDEN, 10), dtype=np.float32)
    accuracy = []
    for epoch in range(epochs):
        for some in np.array_split(rng.permutation(len(x)), len(x) // 48):
            arriving = look(x[some], rng)
            u, means, p = answer(arriving, w, readout)
            missed = (p - (y[some, np.newaxis] == np.arange(10))).astype(np.float32) / len(some)
            if hidden_learns:
                d_spikes = np.tile((missed @ readout.T).reshape(-1) / STEPS, (STEPS, 1))
                d_current = leaky_backward(d_spikes, u, BETA, slope=SLOPE)
                w = w - rate * arriving.T @ d_current.reshape(-1, HIDDEN)
            readout = readout - rate * means.T @ missed
        if epoch % 3 == 2:
            p = answer(look(x_test, rng), w, readout)[2]
            accuracy.append(float(np.mean(np.argmax(p, axis=1) == y_test)))
    return accuracy


def compare_training(data, epochs=12):
    """Train with and without learning below the readout: the best of three rates, three seeds."""
    from autograder.rewards import track

    x, y = data["x_train"].astype(np.float32), data["y_train"]
    held_back = x[1000:], y[1000:]
    unseen = data["x_test"].astype(np.float32), data["y_test"]
    learned, chosen = {}, {}
    methods = {"readout only": False, "surrogate gradient": True}
    for name, say in track(list(methods), "training"):
        scores = {
            rate: train(x[:1000], y[:1000], *held_back, rate, 9, methods[name], 6)[-1]
            for rate in (1.0, 3.0, 10.0)
        }
        chosen[name] = max(scores, key=lambda rate: scores[rate])
        learned[name] = [
            train(x, y, *unseen, chosen[name], seed, methods[name], epochs) for seed in range(3)
        ]
        say(rate=chosen[name], accuracy=learned[name][0][-1])
    return learned, chosen


def draw_capstone(image, spikes, dt, times, accuracies, fractions, curve, learned, rates):
    """Draw a digit and its spikes, the accuracy over time, the price of lesions, and learning."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(
        1, 5, figsize=(18, 3.8), layout="constrained", width_ratios=[0.7, 1.4, 1, 1, 1]
    )
    axes[0].imshow(image.reshape(8, 8), cmap="gray_r")
    axes[0].set(title="One digit", xticks=[], yticks=[])
    busiest = np.argsort(spikes.sum(axis=0))
    step, neuron = np.nonzero(spikes[:, busiest])
    axes[1].scatter(dt * step, neuron, s=0.4, color="k")
    axes[1].set(title="The spikes it causes", xlabel="time (ms)", ylabel="neuron, by activity")
    axes[2].plot(times, np.multiply(accuracies, 100), "o-")
    axes[2].set(title="Listening longer", xlabel="window (ms)", ylim=(0, 102))
    axes[2].set(ylabel="unseen digits right (%)")
    axes[3].plot(fractions * 100, curve * 100, "o-", color="#d62728")
    axes[3].axhline(10, color="k", lw=0.8, ls=":")
    axes[3].set(title="Losing synapses", xlabel="synapses destroyed (%)", ylim=(0, 102))
    axes[3].set(ylabel="unseen digits right (%)")
    for (name, runs), colour in zip(learned.items(), ("#7f7f7f", "#2ca02c")):
        for number, run in enumerate(runs):
            label = f"{name} (rate {rates[name]:g})" if number == 0 else None
            epochs = 3 * np.arange(1, len(run) + 1)
            axes[4].plot(epochs, np.multiply(run, 100), color=colour, label=label)
    axes[4].set(title="32 neurons, three seeds each", xlabel="epoch", ylim=(0, 102))
    axes[4].set(ylabel="unseen digits right (%)")
    axes[4].legend(frameon=False, fontsize=9, loc="lower right")
    return fig


# %% [markdown]
# ### Question `time_to_listen`
#
# In the first part of the capstone the readout sees nothing but spike counts. Why can the count of
# *one* neuron in 100 ms tell its driving current only coarsely, and how does that change with the
# time one listens? Why do a few spikes per neuron nevertheless suffice to name a digit? And what
# has the abstraction
# `max(0, gain * (I - threshold))` of `fit_relu_to_rate` thrown away, when one puts 150 ReLU units
# in the place of the 150 neurons?

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
