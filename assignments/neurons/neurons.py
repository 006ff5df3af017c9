# %% [markdown]
# # Neurons, biological and artificial
#
# *Chapter 2 · Unit II: neurons and multilayer perceptrons*
#
# A human brain holds about $10^{11}$ neurons joined by about $10^{15}$ synapses, and runs on some
# 20 watts. Each neuron listens to thousands of others and answers with *spikes*: all-or-none
# pulses, one millisecond wide, 100 millivolts tall. An artificial neuron keeps one thing of all
# this, a weighted sum through a non-linearity. In this chapter you build the ladder between the two
# and climb it in both directions:
#
# ```text
#   1943   McCulloch-Pitts     fires or not                 sum >= threshold
#   1980s  sigmoid neuron      answers in degrees           1 / (1 + exp(-sum))
#   1907   integrate-and-fire  potential, spikes            one differential equation
#   1952   Hodgkin-Huxley      ion channels, real shape     four differential equations
#
#   potential                |            |            |    <- spike, then reset
#   threshold  - - - - - - - | - - - - - -| - - - - - -|- - -
#                       __/  |       __/  |       __/  |
#                   __/      |   __/      |   __/      |
#   rest       ____/         |__/         |__/         |__     time ->
#                 current on  ^ refractory: deaf for 2 ms
# ```
#
# At the end a population of your spiking neurons reads handwritten digits.
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
# $w_1$ by 0.01 and $y$ becomes 0.713: it noticed, it did not jump.


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
# ### Counting the refractory period
#
# "Deaf for 2 ms" is a *number of steps*: `round(t_ref / dt)`, kept per neuron in the integer array
# `wait`. Why `round` and not `int`? Because `0.3 / 0.1` is 2.9999999999999996 in binary arithmetic,
# and `int` would make it 2. Why not subtract `dt` from a remaining time? Because twenty
# subtractions of 0.1 from 2.0 do not end at zero, for the same reason.
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

    A neuron with ``wait > 0`` is refractory: its potential does not change, it cannot fire
    (whatever its potential is), and its `wait` falls by one. Any other neuron makes the Euler step
    ``v + dt / tau * (-(v - v_rest) + resistance * current)``; if the *new* potential is greater
    than or equal to `v_th` the neuron fires in this step, its potential becomes `v_reset` and its
    `wait` becomes ``round(t_ref / dt)``.

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
# ## 5. From spikes to a rate: the f–I curve
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

    The rate is ``1000 / (t_ref + tau * ln((R I + v_rest - v_reset) / (R I + v_rest - v_th)))``
    where ``R I + v_rest > v_th`` and exactly 0 elsewhere (so 0 up to and including the rheobase).

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
# ## 6. What ReLU abstracts
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
# ## 7. Hodgkin and Huxley: the gates
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
# **By hand.** At $v = -65$: $\beta_m = 4$, $\alpha_h = 0.07$, $\beta_n = 0.125$, and
# $\alpha_m = -2.5 / (1 - e^{2.5}) = 0.2236$.


# %%
def hh_rates(v: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return the opening and closing rates of the Hodgkin-Huxley gates.

    At ``v = -40`` the rate alpha_m, and at ``v = -55`` the rate alpha_n, have a removable
    singularity: there the limits 1 and 0.1 are returned.

    Parameters
    ----------
    v : ndarray of shape (N,)
        Membrane potentials in mV (inside minus outside, at rest about -65).

    Returns
    -------
    alpha_m : ndarray of shape (N,)
        Opening rate of the sodium activation gate in 1/ms; all six in the dtype of `v`.
    beta_m : ndarray of shape (N,)
        Its closing rate.
    alpha_h : ndarray of shape (N,)
        Opening rate of the sodium inactivation gate.
    beta_h : ndarray of shape (N,)
        Its closing rate.
    alpha_n : ndarray of shape (N,)
        Opening rate of the potassium gate.
    beta_n : ndarray of shape (N,)
        Its closing rate.

    References
    ----------
    Hodgkin and Huxley 1952, J. Physiol. 117:500, eqs. 12, 13, 20, 21, 23 and 24 (there with the
    potential counted from rest and with the opposite sign).
    """

    raise NotImplementedError("hh_rates")


# %% [markdown]
# ## 8. Where the gates settle
#
# Let $m$ be the fraction of open $m$-gates. Closed ones open, open ones close:
#
# $$ \frac{dm}{dt} = \alpha_m (1 - m) - \beta_m m $$
#
# Hold the voltage still and $m$ settles where the two terms balance:
#
# $$ m_\infty = \frac{\alpha_m}{\alpha_m + \beta_m} $$
#
# and the same for $h$ and $n$. **By hand.** At $-65$ mV: $m_\infty = 0.2236 / 4.2236 = 0.0529$
# (sodium activation all but shut), $h_\infty = 0.5961$, $n_\infty = 0.3177$.


# %%
def hh_steady_state(v: Array) -> tuple[Array, Array, Array]:
    """Return the fractions of open gates after a long time at a fixed potential.

    Parameters
    ----------
    v : ndarray of shape (N,)
        Membrane potentials in mV.

    Returns
    -------
    m : ndarray of shape (N,)
        Sodium activation, between 0 and 1; all three in the dtype of `v`.
    h : ndarray of shape (N,)
        Sodium inactivation (1: not inactivated).
    n : ndarray of shape (N,)
        Potassium activation.

    References
    ----------
    Hodgkin and Huxley 1952, J. Physiol. 117:500, eq. 9 (for n; likewise for m and h).
    """
    raise NotImplementedError("hh_steady_state")


# %% [markdown]
# ## 9. The four equations
#
# A sodium channel needs three $m$-gates and one $h$-gate open, a potassium channel four $n$-gates.
# So the open fractions are $m^3 h$ and $n^4$, and the membrane obeys
#
# $$ C \frac{dv}{dt} = I - g_\text{Na}\, m^3 h\,(v - E_\text{Na}) -
# g_\text{K}\, n^4 (v - E_\text{K}) - g_\text{L} (v - E_\text{L}) $$
#
# together with one equation $\dot x = \alpha_x (1 - x) - \beta_x x$ for each of $m, h, n$. Each ion
# pulls $v$ towards its own potential $E$: sodium up to $+50$, potassium down to $-77$ mV. The spike
# is their race: $m$ is fast and opens the door to sodium, $h$ and $n$ are slow and close it again.
#
# The constants of the squid axon are given in the next cell.
#
# **By hand.** With $v = -65$ and all gates shut ($m = h = n = 0$), without current, only the leak
# is left: $\dot v = -0.3\,(-65 + 54.387) = 3.18$ mV/ms.

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

    All membranes start at the potential `v0` with their gates at the steady state for `v0`
    (`hh_steady_state`). The current of step t, ``current[t]``, is held constant during that step.

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
# ## 11. Fire together, wire together
#
# How do synapses learn? Hebb's postulate of 1949: if neuron $i$ repeatedly takes part in firing
# neuron $o$, the synapse from $i$ to $o$ grows. For a batch of $N$ moments with activities $x$
# before (*pre*) and $y$ after (*post*) the synapse:
#
# $$ w_{oi} \leftarrow w_{oi} + \eta \, \frac{1}{N} \sum_{n} y_{no}\, x_{ni} $$
#
# There is no error signal in it, no teacher and no far-away information: what a synapse needs to
# know is present at the synapse.
#
# **By hand.** $w = (0, 0)$, one output, two moments: $x = (1, 0)$ with $y = 1$, and $x = (1, 1)$
# with $y = 3$; $\eta = 0.1$. The means of $y x$ are $(1 + 3)/2 = 2$ and $3/2$: $w = (0.2, 0.15)$.


# %%
def hebbian_update(w: Array, pre: Array, post: Array, lr: float) -> Array:
    """Strengthen the synapses between neurons that are active together.

    The change of ``w[o, i]`` is `lr` times the *mean* over the batch of ``post[n, o] * pre[n, i]``.

    Parameters
    ----------
    w : ndarray of shape (O, D)
        Weights to O neurons from D inputs.
    pre : ndarray of shape (N, D)
        Activities before the synapse.
    post : ndarray of shape (N, O)
        Activities after the synapse.
    lr : float
        Learning rate.

    Returns
    -------
    ndarray of shape (O, D)
        The new weights, in the dtype of `w`.

    References
    ----------
    Hebb 1949, The organization of behavior, ch. 4.
    """
    raise NotImplementedError("hebbian_update")


# %% [markdown]
# ## 12. Oja's rule: learning that stops
#
# Hebb's rule has a fatal feature: a strong synapse makes the neuron fire more, which makes the
# synapse stronger. With $y = w \cdot x$ the weights grow without bound. Oja added the smallest
# possible brake, a forgetting in proportion to the squared activity:
#
# $$ w_{oi} \leftarrow w_{oi} + \eta \, \frac{1}{N} \sum_{n} y_{no}\, (x_{ni} - y_{no}\, w_{oi}) $$
#
# Now $\lVert w \rVert$ settles at 1, and the *direction* settles on the leading eigenvector of the
# mean of $x x^\top$. If the inputs are *centred*, that is their first principal component: a single
# neuron, using local information only, does principal component analysis. (If they are not, it
# finds little more than the direction of their mean.)
#
# **By hand.** $w = (1, 0)$, one moment, $x = (0.6, 0.8)$, $y = 0.6$, $\eta = 0.5$:
# $x - y w = (0, 0.8)$, so $w = (1, 0.24)$. The part of $x$ that $w$ already explains adds nothing.


# %%
def oja_update(w: Array, pre: Array, post: Array, lr: float) -> Array:
    """Apply Oja's rule: Hebbian growth with the forgetting that keeps every weight vector finite.

    The change of ``w[o, i]`` is `lr` times the *mean* over the batch of
    ``post[n, o] * (pre[n, i] - post[n, o] * w[o, i])``: each output neuron follows Oja's rule
    by itself, and all are updated from the old `w`.

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

    Returns
    -------
    ndarray of shape (O, D)
        The new weights, in the dtype of `w`.

    References
    ----------
    Oja 1982, A simplified neuron model as a principal component analyzer, J. Math. Biol. 15:267.
    """
    raise NotImplementedError("oja_update")


# %% [markdown]
# ### Question `other_brakes`
#
# Oja's term is one way to stop Hebb's growth. Two other brakes are proposed: (a) after every
# `hebbian_update`, divide each row of `w` by its length; (b) after every update, subtract the same
# small constant from every weight. For each: do the weights settle, and does their *direction*
# still become the first principal component? And which of the three rules, Oja's included, could a
# real synapse carry out with what it knows on the spot?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 13. Lesions
#
# You lose neurons every day and still know your name. Knowledge that is spread over many weak
# synapses survives the loss of some of them: *graceful degradation*. A program, in contrast, rarely
# survives the loss of one line.
#
# To measure it, destroy synapses at random and watch. Which ones go is decided by `order`, a random
# permutation of the weights' positions (counted row by row): the first `round(fraction * w.size)`
# of them are set to zero. Giving the order as an argument makes the experiment repeatable, and
# makes a larger lesion contain the smaller one.
#
# **By hand.** $w = \begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}$, fraction 0.4, order
# $(4, 0, 3, 1, 5, 2)$: $0.4 \cdot 6 = 2.4$, so two weights go, those at positions 4 and 0:
# $\begin{pmatrix} 0 & 2 & 3 \\ 4 & 0 & 6 \end{pmatrix}$.


# %%
def lesion(w: Array, fraction: float, order: NDArray[np.integer]) -> Array:
    """Set a fraction of the weights to zero, in the given order.

    Parameters
    ----------
    w : ndarray of shape (O, D)
        Weights; not modified.
    fraction : float
        Share of the weights to destroy, between 0 and 1. Their number is
        ``round(fraction * w.size)``.
    order : ndarray of shape (O*D,)
        A permutation of the positions 0 ... O*D - 1, where position ``o * D + i`` is ``w[o, i]``.
        The weights at the first positions of `order` go.

    Returns
    -------
    ndarray of shape (O, D)
        A damaged copy, in the dtype of `w`.

    References
    ----------
    Rumelhart and McClelland 1986, Parallel distributed processing, vol. 1, ch. 1 (graceful
    degradation).
    """
    raise NotImplementedError("lesion")


# %% [markdown]
# ## 14. The robustness curve
#
# One number tells little; the *curve* of accuracy against damage tells whether the system breaks or
# fades. Take a linear readout that decides for the class with the largest score $x \cdot w_k$,
# lesion it, and count how often it is still right. A single lesion may be lucky, so repeat with
# several orders and average.
#
# If a lesion leaves several classes with the same score (say, all zero), the one with the lowest
# index wins, as in `np.argmax`.
#
# **By hand.** Scores $(0.2, 0.9, 0.1)$ decide for class 1. If the lesion took the second row of
# $w$, they become $(0.2, 0, 0.1)$: class 0. When everything is gone, the answer is always class 0,
# and on ten equally frequent classes that is right one time in ten.


# %%
def robustness_curve(
    w: Array,
    x: Array,
    labels: NDArray[np.integer],
    fractions: Array,
    orders: NDArray[np.integer],
) -> Array:
    """Measure the accuracy of a linear readout as more and more of its weights are destroyed.

    For every fraction and every order the *intact* `w` is damaged with `lesion`, sample n is given
    the class k with the largest ``x[n] @ w[k]`` (a tie goes to the lowest k), and the share of
    samples with the right class is averaged over the orders.

    Parameters
    ----------
    w : ndarray of shape (K, D)
        Readout weights, one row per class.
    x : ndarray of shape (N, D)
        Samples.
    labels : ndarray of shape (N,)
        The right class of each sample, integers.
    fractions : ndarray of shape (F,)
        Shares of the weights to destroy, each between 0 and 1.
    orders : ndarray of shape (S, K*D)
        S lesion experiments: each row is an order for `lesion`.

    Returns
    -------
    ndarray of shape (F,)
        Mean accuracy, between 0 and 1, for each fraction.

    References
    ----------
    Sejnowski and Rosenberg 1987, Parallel networks that learn to pronounce English text (damage to
    NETtalk).
    """
    raise NotImplementedError("robustness_curve")


# %% [markdown]
# ## 15. The picture
#
# Six panels, all drawn by your functions. **A**: three membrane potentials under growing current
# (the spikes are drawn in, the model itself only knows that they happened). **B**: a raster of
# forty neurons with currents from weak to strong: one dot, one spike. **C**: the f–I curve, counted
# and in closed form, with the ReLU that abstracts it and a softplus. **D** and **E**: a
# Hodgkin-Huxley spike and the three gates that make it. **F**: Hebb's rule runs away, Oja's settles
# at length one.


# %%
def figure():
    """Draw spikes, the f-I curve, a Hodgkin-Huxley membrane and two rules of learning."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 3, figsize=(15, 8.4), layout="constrained")
    draw_potentials(axes[0, 0])
    draw_raster(axes[0, 1])
    draw_rates(axes[0, 2])
    draw_spike(axes[1, 0], axes[1, 1])
    draw_learning(axes[1, 2])
    for letter, ax in zip("ABCDEF", axes.flat):
        ax.set_title(f"{letter}   {ax.get_title()}", loc="left", fontsize=12, fontweight="bold")
        ax.set_title("")
        ax.spines[["top", "right"]].set_visible(False)
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
    ax.set(title="Leaky integrate-and-fire", xlabel="time (ms)", ylabel="potential (mV)")
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
    ax.set(title="Raster: 40 neurons, noisy currents", xlabel="time (ms)", xlim=(0, 200))
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
    ax.set(title="f–I curve, and what ReLU abstracts", xlabel="current (nA)", ylabel="rate (Hz)")
    ax.legend(frameon=False, fontsize=9, loc="upper left")


def draw_spike(top, bottom):
    """Draw a Hodgkin-Huxley membrane and its gates: a short pulse, then an inhibition's rebound."""
    dt = 0.01
    drive = np.zeros((6000, 1))
    drive[500:600] = 12.0
    drive[2000:4000] = -6.0
    states = hh_simulate(drive, dt)
    time = dt * np.arange(1, len(states) + 1)
    top.plot(time, states[:, 0, 0], color="#222222", lw=1.3)
    for level, name, side in ((50, "$E_{Na}$", "top"), (-77, "$E_K$", "bottom")):
        top.axhline(level, color="#888888", lw=0.8, ls=":")
        top.text(60, level, name, ha="right", va=side, fontsize=9)
    top.axvspan(5, 6, color="#ffb000", alpha=0.7, lw=0)
    top.text(4, 58, "12 µA/cm², 1 ms", fontsize=9)
    top.axvspan(20, 40, color="#9ec5ff", alpha=0.4, lw=0)
    top.text(30, 20, "−6 µA/cm²", fontsize=9, ha="center")
    top.annotate("rebound spike", (45, 40), (49, 20), fontsize=9, arrowprops={"arrowstyle": "->"})
    top.set(title="Hodgkin–Huxley membrane", xlabel="time (ms)", ylabel="potential (mV)")
    top.set(ylim=(-90, 68), xlim=(0, 60))
    near = time < 20
    for row, name, colour in ((1, "m  opens Na", "#d62728"), (2, "h  closes Na", "#1f77b4")):
        bottom.plot(time[near], states[near, row, 0], color=colour, label=name)
    bottom.plot(time[near], states[near, 3, 0], color="#2ca02c", label="n  opens K")
    scaled = (states[near, 0, 0] + 77) / 127
    bottom.fill_between(time[near], scaled, color="#bbbbbb", alpha=0.35, lw=0, label="v, rescaled")
    bottom.set(title="The gates during the first spike", xlabel="time (ms)", xlim=(3, 20))
    bottom.set(ylabel="fraction open", ylim=(0, 1.05))
    bottom.legend(frameon=False, fontsize=9, loc="upper right")


def draw_learning(ax):
    """Draw the paths of a weight vector under Hebb's and Oja's rule over a cloud of inputs."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2)) @ np.array([[1.1, 0.75], [-0.15, 0.3]])
    ax.scatter(*x.T, s=6, color="#cccccc", label="inputs")
    start = np.array([[0.3, -0.35]])
    for rule, colour, name in ((hebbian_update, "#d62728", "Hebb"), (oja_update, "#1f77b4", "Oja")):
        path = [start]
        for _ in range(150):
            path.append(rule(path[-1], x, x @ path[-1].T, 0.06))
        points = np.concatenate(path)
        ax.plot(*points.T, ".-", color=colour, ms=4, lw=1.2, label=name)
    ax.plot(*start[0], "ko", ms=5)
    circle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(circle), np.sin(circle), color="k", lw=0.8, ls="--", label="length 1")
    ax.set(title="Hebb runs away, Oja settles", xlabel="weight of input 1")
    ax.set(ylabel="weight of input 2")
    ax.set(xlim=(-3, 3), ylim=(-2.4, 2.4), aspect="equal")
    ax.legend(frameon=False, fontsize=9, loc="upper left")


# %% [markdown]
# ## 16. Capstone: a population that reads digits
#
# Each of 300 neurons gets a random *favourite picture*: it is driven by how much the image
# resembles it, through a random gain and a bias (the encoding of Eliasmith and Anderson 2003,
# *Neural engineering*). All you may look at afterwards are spikes. A linear readout, fitted by
# least squares on the spike counts of the training images, then names the digit.
#
# Two things to watch. How *long* must one listen? In the first milliseconds nobody has said
# anything yet; then, surprisingly soon, a few spikes are enough. And what does the readout lose
# when a part of its synapses dies? The target: at least 95 % of unseen digits right after 100 ms,
# and less than 15 points lost with a fifth of the synapses gone.


# %%
def capstone():
    """Encode handwritten digits in the spikes of a population and read them out linearly."""
    from autograder.data import digits
    from autograder.rewards import track

    data = digits()
    x = np.concatenate([data["x_train"], data["x_test"]])
    n_train = len(data["x_train"])
    current = encode(x, neurons=300, rng=np.random.default_rng(0))
    v = np.full(current.size, -65.0, dtype=np.float32)
    wait = np.zeros(current.size, dtype=np.int64)
    counts = np.zeros(current.size)
    example = []
    times, accuracies = [], []
    dt, window, readout = 0.25, 4, None
    y_train, y_test = data["y_train"], data["y_test"]
    for part, say in track(range(25), "100 ms of spikes"):
        for _ in range(round(window / dt)):
            v, wait, spiked = lif_step(v, wait, current.ravel(), dt)
            counts += spiked
            example.append(spiked[: current.shape[1]].copy())
        rates = counts.reshape(current.shape) * 1000 / (window * (part + 1))
        features = np.column_stack([rates / 100, np.ones(len(x))])
        readout = fit_readout(features[:n_train], y_train)
        right = np.argmax(features[n_train:] @ readout.T, axis=1) == y_test
        times.append(window * (part + 1))
        accuracies.append(float(np.mean(right)))
        say(ms=times[-1], accuracy=accuracies[-1])
    orders = np.array([np.random.default_rng(s).permutation(readout.size) for s in range(5)])
    fractions = np.linspace(0, 1, 11)
    curve = robustness_curve(readout, features[n_train:], y_test, fractions, orders)
    expected = lif_rate(current[0].astype(float))
    return {
        "accuracy": accuracies[-1],
        "accuracy_after_8_ms": accuracies[1],
        "accuracy_with_a_fifth_lesioned": float(curve[2]),
        "largest_gap_to_closed_form_hz": float(np.max(np.abs(rates[0] - expected))),
        "target_reached": bool(accuracies[-1] >= 0.95 and curve[0] - curve[2] < 0.15),
        "figure": draw_capstone(x[0], np.array(example), dt, times, accuracies, fractions, curve),
    }


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


def draw_capstone(image, spikes, dt, times, accuracies, fractions, curve):
    """Draw one digit, the spikes it caused, the accuracy over time, and the price of lesions."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(
        1, 4, figsize=(15, 3.8), layout="constrained", width_ratios=[0.7, 1.4, 1, 1]
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
    return fig


# %% [markdown]
# ### Question `time_to_listen`
#
# In the capstone the readout sees nothing but spike counts. Why can the count of *one* neuron in
# 100 ms tell its driving current only coarsely, and how does that change with the time one listens?
# Why do a few spikes per neuron nevertheless suffice to name a digit? And what has the abstraction
# `max(0, gain * (I - threshold))` of `fit_relu_to_rate` thrown away, when one puts 300 ReLU units
# in the place of the 300 neurons?

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
