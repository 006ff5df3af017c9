# %% [markdown]
# # Long short-term memory
#
# *Chapter 16 · Unit V: sequences, attention, generation, decisions*
#
# A plain recurrent net rewrites its whole memory at every step:
# $h_t = \tanh(W[h_{t-1}, x_t] + b)$. Whatever it learned a hundred steps ago has been multiplied
# by a hundred Jacobians since. If each shrinks a signal by 10 %, what is left is
# $0.9^{100} \approx 0.00003$: the gradient has vanished, and with it every chance of learning that
# the *first* word of a paragraph decides the last.
#
# Hochreiter and Schmidhuber's answer (1997) is a memory that is *added to* instead of rewritten:
# the cell $C$. Small learned valves, the **gates**, decide at each step what is kept, what is
# written and what is shown. In this chapter you build that cell gate by gate, unroll it over a
# sequence, send gradients back through it, meet its relatives (peepholes, coupled gates, the GRU),
# and finally let it remember something a plain net forgets.
#
# ```
#            C(t-1) ────(×)──────────────(+)─────────┬──────▶ C(t)
#                        ▲                ▲          │
#                        │          (×)───┘        tanh
#                        f           ▲ ▲             │
#                        │          i   C̃           (×)◀── o
#                        σ          σ   tanh         │     σ
#                        └────┬─────┴───┴────────────┼─────┘
#                    [h(t-1), x(t)]                  └──────▶ h(t)
# ```
#
# Read the upper line first: between $C_{t-1}$ and $C_t$ there is one multiplication and one
# addition, and no matrix at all. Everything else in the picture only decides how far the valves
# open.

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
# ## 1. Conventions of this chapter
#
# Textbooks and libraries disagree about the layout of an LSTM, and a wrong layout raises no error:
# it only learns badly. So here is ours, once and for all.
#
# | what | here | elsewhere |
# |---|---|---|
# | input of every gate | $[h, x]$, **h first** | $[x, h]$ (TensorFlow's `BasicLSTMCell`) |
# | rows | **f, i, C̃, o** | i, f, C̃, o (PyTorch, Keras); i, f, o, C̃; i, o, f, C̃ (ONNX) |
# | a dense map | $y = xW^\top + b$, $W$ of shape (out, in) | $y = xW + b$ |
# | a sequence | time first, $(T, N, D)$ | batch first |
#
# $N$ is the batch, $D$ the width of the input, $H$ the number of cells. The four weight matrices,
# each $H \times (H+D)$, stand on top of each other in one array `w`, so `w` has $4H$ rows, and `b`
# has $4H$ entries:
#
# $$W = \begin{pmatrix} W_f \\ W_i \\ W_C \\ W_o \end{pmatrix}, \qquad
# b = \begin{pmatrix} b_f \\ b_i \\ b_C \\ b_o \end{pmatrix}.$$
#
# **One example runs through the chapter** ($N = D = H = 1$): $x = 1$, $h = 0.5$, $C = 2$ and
#
# | rows | on $h$ | on $x$ | $b$ |
# |---|---|---|---|
# | f | 2 | −1 | 1 |
# | i | −2 | 1 | 0 |
# | C̃ | 0 | 0.5 | 0 |
# | o | 2 | 1 | 0 |
#
# You get the logistic function ready-made. It is a tanh in disguise,
# $\sigma(z) = \tfrac12(1 + \tanh\tfrac z2)$; written that way it never overflows, however large
# $|z|$ is.


# %%
def sigmoid(z: Array) -> Array:
    """Return the logistic function 1 / (1 + exp(-z)), elementwise, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


# %% [markdown]
# ## 2. The forget gate
#
# How much of each cell's old content stays? A number between 0 (erase) and 1 (keep), computed from
# the last hidden state and the new input:
#
# $$f = \sigma(W_f \cdot [h, x] + b_f).$$
#
# Mind the name: $f = 1$ means *nothing* is forgotten. The gate answers "how much do I keep?".
#
# **By hand.** $W_f\cdot[0.5, 1] + 1 = 2 \cdot 0.5 - 1 \cdot 1 + 1 = 1$ and $\sigma(1) = 0.7311$:
# the cell keeps 73 %.
#
# The gate was not in the LSTM of 1997. Its cells could be written to, up and down, but never
# emptied: on an endless stream their contents only piled up. Gers, Schmidhuber and Cummins added
# the gate in 2000; in the large ablation of Greff et al. (2017) it and the output's tanh are the
# two parts an LSTM can least do without.


# %%
def forget_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """Return how much of each cell's old content is kept: sigmoid(W_f [h, x] + b_f).

    The gate reads the concatenation [h, x], h first, and takes its rows out of the stacked
    parameters, whose order is f, i, candidate, o.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights; the forget gate's are the first H rows.
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    ndarray of shape (N, H)
        Each from 0 to 1, in the dtype of the inputs.

    References
    ----------
    Gers, Schmidhuber and Cummins 2000, Learning to forget, Neural Computation 12(10).
    """
    raise NotImplementedError("forget_gate")


# %% [markdown]
# ## 3. The input gate
#
# The second valve sits on the way *into* the cell: how much of what we could write is written?
#
# $$i = \sigma(W_i \cdot [h, x] + b_i)$$
#
# It has the same form as the forget gate with weights of its own, the **second** block of $H$
# rows. It is free to disagree with the forget gate: keep all and write nothing ($f=1$, $i=0$) is a
# memory at rest, keep nothing and write all ($f=0$, $i=1$) a plain recurrent net.
#
# **By hand.** $-2 \cdot 0.5 + 1 \cdot 1 + 0 = 0$, so $i = \sigma(0) = 0.5$.


# %%
def input_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """Return how much of the candidate is written: sigmoid(W_i [h, x] + b_i).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step; it comes first in [h, x].
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o: the input gate's are the second H rows.
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    ndarray of shape (N, H)
        Each from 0 to 1, in the dtype of the inputs.
    """
    raise NotImplementedError("input_gate")


# %% [markdown]
# ## 4. The candidate
#
# *What* is written is not a valve but a value, and values need a sign: a cell must be able to
# count down as well as up. So this one is a tanh, between −1 and 1:
#
# $$\tilde C = \tanh(W_C \cdot [h, x] + b_C)$$
#
# with the **third** block of rows. Code often calls it $g$.
#
# **By hand.** $0 \cdot 0.5 + 0.5 \cdot 1 = 0.5$, and $\tanh 0.5 = 0.4621$.


# %%
def candidate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """Return the new content a cell could take in: tanh(W_C [h, x] + b_C).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step; it comes first in [h, x].
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o: the candidate's are the third H rows.
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    ndarray of shape (N, H)
        Each from -1 to 1, in the dtype of the inputs.
    """
    raise NotImplementedError("candidate")


# %% [markdown]
# ## 5. The cell
#
# Now the line that makes the difference. $\odot$ multiplies elementwise, cell by cell:
#
# $$C_t = f \odot C_{t-1} + i \odot \tilde C.$$
#
# Differentiate it along the upper line of the picture: $\partial C_t/\partial C_{t-1} = f$. No
# matrix, no tanh. With $f$ near 1 the error travels back unchanged, Hochreiter and Schmidhuber's
# *constant error carousel*: $0.99^{100} = 0.37$, where the plain net had $0.00003$.
#
# **By hand.** $0.7311 \cdot 2 + 0.5 \cdot 0.4621 = 1.6932$. Note that $C$ is *not* confined to
# $[-1, 1]$: it is a sum, and it can count.


# %%
def cell_update(c: Array, f: Array, i: Array, g: Array) -> Array:
    """Return the new cell state f * c + i * g, elementwise.

    Parameters
    ----------
    c : ndarray of shape (N, H)
        Cell state of the previous step.
    f : ndarray of shape (N, H)
        Forget gate: 1 keeps, 0 erases.
    i : ndarray of shape (N, H)
        Input gate: 1 writes, 0 ignores.
    g : ndarray of shape (N, H)
        Candidate content.

    Returns
    -------
    ndarray of shape (N, H)
        In the dtype of the inputs.

    References
    ----------
    Hochreiter and Schmidhuber 1997, Long short-term memory, Neural Computation 9(8).
    """
    raise NotImplementedError("cell_update")


# %% [markdown]
# ## 6. The output gate
#
# A cell may hold something that is of no use *yet*. The last valve decides how much of it the rest
# of the net gets to see now:
#
# $$o = \sigma(W_o \cdot [h, x] + b_o),$$
#
# the **fourth** block of rows.
#
# **By hand.** $2 \cdot 0.5 + 1 \cdot 1 + 0 = 2$ and $\sigma(2) = 0.8808$.


# %%
def output_gate(x: Array, h: Array, w: Array, b: Array) -> Array:
    """Return how much of each cell is shown: sigmoid(W_o [h, x] + b_o).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step; it comes first in [h, x].
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o: the output gate's are the fourth H rows.
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    ndarray of shape (N, H)
        Each from 0 to 1, in the dtype of the inputs.
    """
    raise NotImplementedError("output_gate")


# %% [markdown]
# ## 7. One step of the LSTM
#
# Put the pieces together. All four valves read the *old* $h$; the hidden state shows the *new*
# cell, squashed first so that it stays between −1 and 1:
#
# $$C_t = f \odot C_{t-1} + i \odot \tilde C, \qquad h_t = o \odot \tanh C_t.$$
#
# Two states leave the step: $h_t$, which the world sees, and $C_t$, which only the next step sees.
#
# **By hand.** $h_t = 0.88080 \cdot \tanh 1.69318 = 0.88080 \cdot 0.93455 = 0.8231$, with
# $C_t = 1.6932$.
#
# (Production code computes all four blocks in a single product $[h,x]W^\top$ of width $4H$ and
# cuts it afterwards. You may do that, or call the four functions you have.)


# %%
def lstm_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """Advance an LSTM by one time step.

    With f, i, g, o the forget gate, input gate, candidate and output gate of [h, x]:
    c_new = f * c + i * g and h_new = o * tanh(c_new).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step.
    c : ndarray of shape (N, H)
        Cell state of the previous step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o, acting on [h, x].
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    h_new : ndarray of shape (N, H)
        The new hidden state, in the dtype of the inputs.
    c_new : ndarray of shape (N, H)
        The new cell state, in the dtype of the inputs.

    References
    ----------
    Gers, Schmidhuber and Cummins 2000, Learning to forget, Neural Computation 12(10).
    """
    raise NotImplementedError("lstm_step")


# %% [markdown]
# ## 8. A sequence
#
# The same step, with the *same* weights, over a whole sequence; both states are handed from step
# to step:
#
# $$(h_t, C_t) = \text{step}(x_t, h_{t-1}, C_{t-1}), \qquad t = 1, \dots, T.$$
#
# You return every state, not only the last: a tagger reads all of them, a classifier the last one,
# and the backward pass needs them all. Entry 0 is the state *after* the first input; $h_0$ and
# $C_0$ themselves are not repeated in the output.
#
# **By hand.** Feed the example's $x = 1$ twice. The first step gives $h_1 = 0.8231$,
# $C_1 = 1.6932$ as above; the second starts from these and gives
# $f = \sigma(2 \cdot 0.8231 - 1 + 1) = 0.8384$ and so $C_2 = 1.5784$, $h_2 = 0.8575$.


# %%
def lstm_forward(x: Array, h0: Array, c0: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """Run an LSTM over a sequence and return all its states.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequence, time first; T is at least 1.
    h0 : ndarray of shape (N, H)
        Hidden state before the first step.
    c0 : ndarray of shape (N, H)
        Cell state before the first step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o, acting on [h, x]; the same at every step.
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.

    Returns
    -------
    hs : ndarray of shape (T, N, H)
        Hidden states; hs[t] is the one after input x[t] (h0 is not included).
    cs : ndarray of shape (T, N, H)
        Cell states, likewise. Both in the dtype of the inputs.
    """
    raise NotImplementedError("lstm_forward")


# %% [markdown]
# ## 9. Backwards through one step
#
# The gradient arrives from two sides: $\delta h$ at the hidden state (from the loss at this step
# and from the next step's gates), and $\delta C$ at the cell (from the next step's cell). Walk the
# picture from right to left. First everything that reaches the *new* cell is collected:
#
# $$\delta C' = \delta C + \delta h \odot o \odot (1 - \tanh^2 C_t).$$
#
# From there it flows to the four valves and to the old cell:
#
# $$\delta f = \delta C' \odot C_{t-1}, \quad \delta i = \delta C' \odot \tilde C, \quad
# \delta \tilde C = \delta C' \odot i, \quad \delta o = \delta h \odot \tanh C_t, \quad
# \delta C_{t-1} = \delta C' \odot f.$$
#
# Then through the squashing functions, with $\sigma' = \sigma(1-\sigma)$ and
# $\tanh' = 1 - \tanh^2$, both in terms of the *outputs* you already have; stack the four results
# into $\delta a$ of shape $(N, 4H)$, in the order f, i, C̃, o. The rest is a dense layer:
#
# $$[\delta h_{t-1}, \delta x_t] = \delta a\, W, \qquad
# \delta W = \delta a^\top [h_{t-1}, x_t], \qquad \delta b = \textstyle\sum_n \delta a_n.$$
#
# Parameter gradients are **summed** over the batch: dividing by $N$ is the loss's business.
#
# **By hand.** In the example with $\delta h = 1$, $\delta C = 0$:
# $\delta C' = 0.88080\,(1 - 0.93455^2) = 0.1115$, so $\delta C_{t-1} = 0.1115 \cdot 0.7311 =
# 0.0815$ and $\delta b_f = 0.1115 \cdot 2 \cdot 0.7311 \cdot 0.2689 = 0.0439$.


# %%
def lstm_step_backward(
    x: Array, h: Array, c: Array, w: Array, b: Array, dh: Array, dc: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the gradients of one LSTM step with respect to all its inputs.

    The step is (h_new, c_new) = lstm_step(x, h, c, w, b). The loss depends on h_new and c_new,
    through `dh` and `dc`. All five gradients are in the dtype of the inputs.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of the step.
    h : ndarray of shape (N, H)
        Hidden state before the step.
    c : ndarray of shape (N, H)
        Cell state before the step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o, acting on [h, x].
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.
    dh : ndarray of shape (N, H)
        Gradient of the loss with respect to the new hidden state.
    dc : ndarray of shape (N, H)
        Gradient of the loss with respect to the new cell state, apart from what reaches the
        cell through the new hidden state.

    Returns
    -------
    dx : ndarray of shape (N, D)
        Gradient with respect to `x`.
    dh_old : ndarray of shape (N, H)
        Gradient with respect to `h`.
    dc_old : ndarray of shape (N, H)
        Gradient with respect to `c`.
    dw : ndarray of shape (4*H, H+D)
        Gradient with respect to `w`, summed over the batch.
    db : ndarray of shape (4*H,)
        Gradient with respect to `b`, summed over the batch.
    """
    raise NotImplementedError("lstm_step_backward")


# %% [markdown]
# ## 10. Backpropagation through time
#
# Now run the film backwards, from $t = T$ to $1$. The loss reads the hidden states, so each step
# gets its own $\partial E/\partial h_t$; but $h_t$ and $C_t$ also influenced step $t+1$, so the
# gradients that step handed back are added:
#
# $$\delta h = \frac{\partial E}{\partial h_t} + \delta h^{(t+1)}, \qquad
# \delta C = \delta C^{(t+1)}.$$
#
# After the last step there is no future: both start at zero. The weights are the *same* at each
# step, so their gradients add up over time. Step $t$ starts from the states $h_{t-1}$, $C_{t-1}$;
# for the first step these are $h_0$ and $C_0$.
#
# **By hand.** $T = 2$, $x = 1$ at both steps, the loss reads only the last state
# ($\delta h_2 = 1$, $\delta h_1 = 0$). The second step hands back $0.1502$ to $h_1$ and $0.1226$
# to $C_1$; after the first step $0.1019$ is left for $C_0$. Without the two hand-overs the first
# step would have learned nothing at all.


# %%
def lstm_backward(
    x: Array, h0: Array, c0: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the gradients of a loss on the hidden states of an LSTM run (BPTT).

    The run is hs, cs = lstm_forward(x, h0, c0, w, b). The loss depends on it through `hs` only.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequence, time first; T is at least 1.
    h0 : ndarray of shape (N, H)
        Hidden state before the first step.
    c0 : ndarray of shape (N, H)
        Cell state before the first step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o, acting on [h, x].
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.
    dhs : ndarray of shape (T, N, H)
        dhs[t] is the loss's own gradient with respect to hs[t]; what hs[t] does to later steps
        is for you to add.

    Returns
    -------
    dx : ndarray of shape (T, N, D)
        Gradient with respect to `x`.
    dh0 : ndarray of shape (N, H)
        Gradient with respect to `h0`.
    dc0 : ndarray of shape (N, H)
        Gradient with respect to `c0`.
    dw : ndarray of shape (4*H, H+D)
        Gradient with respect to `w`, summed over time and batch.
    db : ndarray of shape (4*H,)
        Gradient with respect to `b`, summed over time and batch. All in the dtype of the inputs.
    """
    raise NotImplementedError("lstm_backward")


# %% [markdown]
# ### Question `can_it_still_explode`
#
# $\partial C_t / \partial C_{t-1} = f$ along the upper line, with no matrix in it. Does that mean
# that the gradients of your `lstm_backward` can neither vanish nor explode? Name the other ways
# from the state at $t-1$ to the state at $t$, and say for vanishing and for exploding separately
# what the cell guarantees and what it does not. (The figure at the end shows a gradient that grows
# at $b_f = \ln 99$, and the capstone's second picture a difference between two runs that grows a
# thousandfold while nothing new comes in: both need an explanation.)

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 11. How the memory starts: the forget bias
#
# With small random weights and $b_f = 0$ every forget gate starts at $\sigma(0) = 0.5$: half the
# memory, and half the gradient, is lost per step. After ten steps $0.5^{10} = 0.001$ is left and
# training may never find out that there was something worth keeping. The cure is one line: start
# $b_f$ *positive*, the other biases at 0.
#
# How positive? A gate $f$ keeps a trace for about $1/(1-f)$ steps:
#
# | $b_f$ | $f = \sigma(b_f)$ | $1/(1-f)$ | |
# |---|---|---|---|
# | 0 | 0.500 | 2 steps | PyTorch's default, on average |
# | 1 | 0.731 | 3.7 steps | Jozefowicz et al. 2015; Keras |
# | 4.6 | 0.990 | 100 steps | $b_f = \ln(T-1)$ for $T = 100$ |
#
# The last row is the upper end of Tallec and Ollivier's *chrono* initialization (2018): they draw a
# memory of its own for each cell, $b_f = \ln u$ with $u$ uniform between 1 and $T - 1$, and shut
# the way in by as much, $b_i = -b_f$. The second half matters: with the input gates half open, a
# cell's own $h$ writes back into it at every step. Remember both: the capstone lives on them.


# %%
def forget_bias_init(hidden: int, value: float = 1.0) -> Array:
    """Return the stacked biases of a fresh LSTM: forget gates at `value`, all others at 0.

    Parameters
    ----------
    hidden : int
        Number of cells H, at least 1.
    value : float, optional
        Bias of every forget gate.

    Returns
    -------
    ndarray of shape (4*H,)
        Float64, in the order f, i, candidate, o.

    References
    ----------
    Jozefowicz, Zaremba and Sutskever 2015, An empirical exploration of recurrent network
    architectures.
    """
    raise NotImplementedError("forget_bias_init")


# %% [markdown]
# ### Question `why_not_twenty`
#
# The capstone starts with $b_f = \ln(T - 1)$ for its long lag. If a large forget bias helps the
# memory, why not start every LSTM with $b_f = 20$, so that nothing is ever forgotten? Say what
# happens to the cell, to what the output gate shows of it, and to the gradient of $b_f$ itself; and
# what the model of prose would want instead.

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 12. A relative with peepholes
#
# When the output gate is shut, $h = 0$: the gates then see nothing of the cell they control. Gers
# and Schmidhuber (2000) let them peep, each gate at its own cell through one weight per cell:
#
# $$f = \sigma(a_f + p_f \odot C_{t-1}), \quad i = \sigma(a_i + p_i \odot C_{t-1}), \quad
# o = \sigma(a_o + p_o \odot C_t),$$
#
# where $a = W[h,x] + b$ as before. Look at the last one: when the output gate decides, the cell
# has *already* been updated, so it peeps at the **new** cell. The candidate does not peep. With
# peepholes an LSTM can learn to time and to count precisely, down to spikes every $n$ steps.
#
# **By hand.** The example with $p_f = p_i = p_o = 1$: $f = \sigma(1 + 2) = 0.9526$,
# $i = \sigma(0 + 2) = 0.8808$, $C_t = 2.3122$, $o = \sigma(2 + 2.3122) = 0.9868$ and
# $h_t = 0.9676$.


# %%
def lstm_peephole_step(
    x: Array, h: Array, c: Array, w: Array, b: Array, p: Array
) -> tuple[Array, Array]:
    """Advance an LSTM with peephole connections by one time step.

    With a = W [h, x] + b cut into its four blocks:
    f = sigmoid(a_f + p_f * c), i = sigmoid(a_i + p_i * c), g = tanh(a_g), c_new = f * c + i * g,
    o = sigmoid(a_o + p_o * c_new), h_new = o * tanh(c_new).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step.
    c : ndarray of shape (N, H)
        Cell state of the previous step.
    w : ndarray of shape (4*H, H+D)
        Stacked weights in the order f, i, candidate, o, acting on [h, x].
    b : ndarray of shape (4*H,)
        Stacked biases, in the same order.
    p : ndarray of shape (3, H)
        Peephole weights of the forget, input and output gate, one per cell.

    Returns
    -------
    h_new : ndarray of shape (N, H)
        The new hidden state, in the dtype of the inputs.
    c_new : ndarray of shape (N, H)
        The new cell state, in the dtype of the inputs.

    References
    ----------
    Gers and Schmidhuber 2000, Recurrent nets that time and count, IJCNN.
    """
    raise NotImplementedError("lstm_peephole_step")


# %% [markdown]
# ## 13. A relative with coupled gates
#
# Why have two valves for one decision? Room for something new is made by forgetting something old.
# Couple them and write exactly as much as is forgotten:
#
# $$C_t = f \odot C_{t-1} + (1 - f) \odot \tilde C.$$
#
# One gate less, a quarter of the parameters saved, and the cell becomes a *weighted average* of
# its old content and the candidate, so it never leaves $[-1, 1]$ once inside. The stacked rows are
# now f, C̃, o: $3H$ of them.
#
# **By hand.** The example: $C_t = 0.7311 \cdot 2 + 0.2689 \cdot 0.4621 = 1.5864$ and
# $h_t = 0.8808 \cdot \tanh 1.5864 = 0.8100$.


# %%
def lstm_coupled_step(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """Advance an LSTM with coupled forget and input gate by one time step.

    With f, g, o the forget gate, candidate and output gate of [h, x]:
    c_new = f * c + (1 - f) * g and h_new = o * tanh(c_new).

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        Hidden state of the previous step.
    c : ndarray of shape (N, H)
        Cell state of the previous step.
    w : ndarray of shape (3*H, H+D)
        Stacked weights in the order f, candidate, o, acting on [h, x].
    b : ndarray of shape (3*H,)
        Stacked biases, in the same order.

    Returns
    -------
    h_new : ndarray of shape (N, H)
        The new hidden state, in the dtype of the inputs.
    c_new : ndarray of shape (N, H)
        The new cell state, in the dtype of the inputs.

    References
    ----------
    Greff et al. 2017, LSTM: a search space odyssey (the variant CIFG), IEEE TNNLS 28(10).
    """
    raise NotImplementedError("lstm_coupled_step")


# %% [markdown]
# ## 14. The GRU: two gates, one state
#
# Cho et al. (2014) drop the separate cell as well. The **update gate** $z$ does the work of
# coupled forget and input, the **reset gate** $r$ lets the candidate ignore the past:
#
# $$z = \sigma(W_z[h,x] + b_z), \quad r = \sigma(W_r[h,x] + b_r), \quad
# \tilde h = \tanh(W_h[r \odot h, x] + b_h),$$
# $$h_t = (1 - z) \odot h_{t-1} + z \odot \tilde h.$$
#
# Two things differ between sources, and both pass silently:
#
# - **what $z$ means.** Here, as in Chung et al. 2014, $z$ is how much is *new*. Cho et al. 2014,
#   PyTorch and Keras use its complement: how much is *kept*;
# - **where $r$ acts.** Here $r$ multiplies $h$ *before* the matrix (Cho et al. 2014). PyTorch and
#   cuDNN multiply the *product* $W h$ by $r$, so that all products with $h$ can be one.
#
# There is one bias per gate; the stacked rows are z, r, h̃.
#
# **By hand.** $x = 1$, $h = 0.5$; rows on $(h, x)$: z $(2, -1)$, r $(-2, 1)$, h̃ $(1, 0.5)$;
# biases $1, -1, 0$. Then $z = \sigma(1) = 0.7311$, $r = \sigma(-1) = 0.2689$,
# $\tilde h = \tanh(0.1345 + 0.5) = 0.5611$ and $h_t = 0.1345 + 0.4102 = 0.5447$.


# %%
def gru_step(x: Array, h: Array, w: Array, b: Array) -> Array:
    """Advance a gated recurrent unit by one time step.

    z = sigmoid(W_z [h, x] + b_z), r = sigmoid(W_r [h, x] + b_r),
    g = tanh(W_g [r * h, x] + b_g), h_new = (1 - z) * h + z * g.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of this step.
    h : ndarray of shape (N, H)
        State of the previous step.
    w : ndarray of shape (3*H, H+D)
        Stacked weights in the order z (update), r (reset), candidate. The first two act on
        [h, x], the candidate's on [r * h, x].
    b : ndarray of shape (3*H,)
        Stacked biases, in the same order: one per gate.

    Returns
    -------
    ndarray of shape (N, H)
        The new state, in the dtype of the inputs.

    References
    ----------
    Cho et al. 2014, Learning phrase representations using RNN encoder-decoder (the unit);
    Chung et al. 2014, Empirical evaluation of gated recurrent neural networks (this z).
    """
    raise NotImplementedError("gru_step")


# %% [markdown]
# ### Question `who_can_count`
#
# A string of opening and closing brackets arrives one by one, up to fifty deep, and the net shall
# keep the present depth. Say with which values of the gates `lstm_step` can do this exactly, and
# why `lstm_coupled_step` and `gru_step` cannot. In which form is the depth then held in the LSTM's
# cell, and what is the difficulty in *reading* it from $h$?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 15. Backwards through the GRU
#
# The old state enters a GRU step in *four* places: the average, the gate $z$, the gate $r$, and
# the product $r \odot h$. The gradient with respect to it is the sum over all four. From the end:
#
# $$\delta \tilde h = \delta h \odot z, \qquad \delta z = \delta h \odot (\tilde h - h_{t-1}).$$
#
# Through the tanh, $\delta a_h = \delta\tilde h \odot (1 - \tilde h^2)$, and through the
# candidate's matrix, whose input was $[r \odot h, x]$:
#
# $$[\delta(r \odot h), \delta x^{(1)}] = \delta a_h W_h, \qquad
# \delta r = \delta(r \odot h) \odot h_{t-1}.$$
#
# Then $\delta a_z = \delta z \odot z(1-z)$ and $\delta a_r = \delta r \odot r(1-r)$, both of which
# go back through $[h, x]$:
#
# $$[\delta h^{(2)}, \delta x^{(2)}] = \delta a_z W_z + \delta a_r W_r.$$
#
# Collect: $\delta x = \delta x^{(1)} + \delta x^{(2)}$ and
# $\delta h_{t-1} = \delta h \odot (1-z) + \delta(r\odot h) \odot r + \delta h^{(2)}$. The
# candidate's weight gradient uses the input *it* saw:
# $\delta W_h = \delta a_h^\top [r \odot h, x]$.
#
# **By hand.** In the example with $\delta h = 1$: $\delta a_h = 0.7311\,(1 - 0.5611^2) = 0.5009$,
# $\delta a_z = (0.5611 - 0.5) \cdot 0.1966 = 0.0120$,
# $\delta a_r = 0.5009 \cdot 0.5 \cdot 0.1966 = 0.0492$, and
# $\delta h_{t-1} = 0.2689 + 0.1347 + (0.0240 - 0.0985) = 0.3292$.


# %%
def gru_backward(
    x: Array, h: Array, w: Array, b: Array, dh: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the gradients of one GRU step, h_new = gru_step(x, h, w, b).

    All four are in the dtype of the inputs.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Input of the step.
    h : ndarray of shape (N, H)
        State before the step.
    w : ndarray of shape (3*H, H+D)
        Stacked weights in the order z, r, candidate, as in `gru_step`.
    b : ndarray of shape (3*H,)
        Stacked biases, in the same order.
    dh : ndarray of shape (N, H)
        Gradient of the loss with respect to the new state.

    Returns
    -------
    dx : ndarray of shape (N, D)
        Gradient with respect to `x`.
    dh_old : ndarray of shape (N, H)
        Gradient with respect to `h`.
    dw : ndarray of shape (3*H, H+D)
        Gradient with respect to `w`, summed over the batch.
    db : ndarray of shape (3*H,)
        Gradient with respect to `b`, summed over the batch.
    """
    raise NotImplementedError("gru_backward")


# %% [markdown]
# ## 16. What your cell is good for
#
# The figure below uses your functions twice. On the left, an LSTM of three cells *wired by hand*:
# its weights make it store a symbol when the line "store" is on and show it when "recall" is on.
# Watch the gates: a memory is a valve that stays shut. On the right, your backward pass measures
# how much of the gradient of the last state arrives at an input $k$ steps earlier, for three
# forget biases, beside a plain recurrent net. Two of the curves fall, as the text says. The third,
# $b_f = \ln 99$ with the input gates half open, does not stay level but *grows*, some eightfold
# over a hundred steps: $f = 0.99$ keeps what is there, and the way round through $h$ and the gates
# adds a little more than the missing 1 % at every step (question `can_it_still_explode`). With the
# input gates shut as well, $b_i = -\ln 99$, the curve follows $0.99^k$, the dotted line: that is
# the carousel alone.
#
# Then the capstone, in two parts:
#
# - **A long lag.** One of four cue symbols appears among the first ten of a hundred symbols; the
#   other ninety-nine are noise. The question comes after the last: which cue was it? Guessing is
#   right one time in four. The plain net gets a generous start (orthogonal weights on its state),
#   and just as many cells and updates as your LSTM, 400 of Adam. Its rate is 0.001; with 0.0003,
#   0.003 and 0.01 it does not learn the task either. The LSTM's rate is 0.005, and its input gates
#   start nearly shut ($b_i = -2$).
# - **The next word.** Your LSTM reads the prose of Python's own manual and learns to predict each
#   next word out of 600. The yardstick is a bigram model with interpolated absolute discounting,
#   which knows every pair of neighbours it has seen, but nothing before them.
#
# The next two cells are what the capstone borrows from other chapters: a loss, an optimizer, a
# plain net to compare with.


# %%
def cross_entropy(logits: Array, labels: NDArray[np.integer]) -> tuple[float, Array]:
    """Return the mean cross-entropy over all positions and its gradient by the logits."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = (*np.indices(labels.shape), labels)
    gradient = np.exp(logs)
    gradient[chosen] -= 1
    return -float(logs[chosen].mean()), gradient / labels.size


def descend(weights: dict[str, Array], gradients: dict[str, Array], past: dict, lr: float) -> None:
    """Change `weights` in place by one Adam update, gradients clipped to a joint norm of 1."""
    length = np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients.values()))
    past["t"] = past.get("t", 0) + 1
    for name, gradient in gradients.items():
        gradient = gradient / max(1.0, length)
        first, second = past.setdefault(name, (np.zeros_like(gradient), np.zeros_like(gradient)))
        first += 0.1 * (gradient - first)
        second += 0.001 * (gradient**2 - second)
        scale = lr * np.sqrt(1 - 0.999 ** past["t"]) / (1 - 0.9 ** past["t"])
        weights[name] -= (scale * first / (np.sqrt(second) + 1e-8)).astype(gradient.dtype)


# %%
def plain_forward(x: Array, h0: Array, w: Array, b: Array) -> Array:
    """Return the states of a plain recurrent net: h = tanh(W [h, x] + b) at every step."""
    states = [h0]
    for now in x:
        states.append(np.tanh(np.hstack([states[-1], now]) @ w.T + b))
    return np.array(states[1:])


def plain_backward(x: Array, h0: Array, w: Array, b: Array, dhs: Array) -> tuple[Array, ...]:
    """Return the gradients of a plain net's run by x, w and b, given those by its states."""
    hs = plain_forward(x, h0, w, b)
    dx, dw, db, carried = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b), 0 * h0
    for t in range(len(x) - 1, -1, -1):
        gradient = (dhs[t] + carried) * (1 - hs[t] ** 2)
        dw += gradient.T @ np.hstack([hs[t - 1] if t else h0, x[t]])
        db += gradient.sum(axis=0)
        carried, dx[t] = np.hsplit(gradient @ w, [h0.shape[1]])
    return dx, dw, db


# %% [markdown]
# ## 17. The task with the long lag, and the loop that learns it


# %%
def recall_task(
    rng: np.random.Generator, batch: int, length: int, symbols: int = 4
) -> tuple[Array, NDArray[np.integer]]:
    """Return sequences of one-hot symbols, shape (T, N, 2 symbols), and the cue hidden in each.

    The first `symbols` columns are cues, the others noise. The cue stands among the first ten.
    """
    everyone = np.arange(batch)
    shown = rng.integers(symbols, 2 * symbols, size=(length, batch))
    cue = rng.integers(symbols, size=batch)
    shown[rng.integers(10, size=batch), everyone] = cue
    return np.eye(2 * symbols, dtype=np.float32)[shown], cue


def learn_recall(
    name: str, length: int, forget_bias: float | None, updates: int, hidden: int = 32
) -> tuple[list[float], dict[str, Array]]:
    """Train a net on `recall_task`; return its accuracies every 25 updates and its weights.

    The net is an LSTM that starts with `forget_bias`, or a plain recurrent net where that is None.
    It stops early once two tests in a row, on fresh sequences, are (nearly) without an error.
    """
    from autograder.rewards import track

    rng = np.random.default_rng(1)
    symbols, batch = 4, 32
    width = hidden + 2 * symbols
    plain = forget_bias is None
    if plain:
        w = rng.normal(size=(hidden, width)) / np.sqrt(width)
        w[:, :hidden] = np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
        b = np.zeros(hidden)
    else:
        w = 0.5 * rng.normal(size=(4 * hidden, width)) / np.sqrt(width)
        b = forget_bias_init(hidden, forget_bias)
        b[hidden : 2 * hidden] = -2.0  # input gates nearly shut: noise stays out at the start
    weights = {
        "w": w,
        "b": b,
        "v": 0.1 * rng.normal(size=(symbols, hidden)),
        "u": np.zeros(symbols),
    }
    weights = {key: value.astype(np.float32) for key, value in weights.items()}

    def states(x: Array) -> Array:
        start = np.zeros((x.shape[1], hidden), np.float32)
        if plain:
            return plain_forward(x, start, weights["w"], weights["b"])
        return lstm_forward(x, start, start, weights["w"], weights["b"])[0]

    curve: list[float] = []
    past: dict = {}
    for update, say in track(range(1, updates + 1), name):
        if len(curve) > 1 and min(curve[-2:]) >= 0.99:
            continue
        x, cue = recall_task(rng, batch, length, symbols)
        hs = states(x)
        loss, gradient = cross_entropy(hs[-1] @ weights["v"].T + weights["u"], cue)
        dhs = np.zeros_like(hs)
        dhs[-1] = gradient @ weights["v"]
        start = np.zeros((batch, hidden), np.float32)
        if plain:
            dw, db = plain_backward(x, start, weights["w"], weights["b"], dhs)[1:]
        else:
            dw, db = lstm_backward(x, start, start, weights["w"], weights["b"], dhs)[3:]
        gradients = {"w": dw, "b": db, "v": gradient.T @ hs[-1], "u": gradient.sum(axis=0)}
        descend(weights, gradients, past, lr=0.001 if plain else 0.005)
        if update % 25 == 0:
            x, cue = recall_task(np.random.default_rng(update), 400, length, symbols)
            answer = np.argmax(states(x)[-1] @ weights["v"].T + weights["u"], axis=1)
            curve.append(float(np.mean(answer == cue)))
            say(loss=loss, accuracy=curve[-1])
    return curve, weights


# %% [markdown]
# ## 18. The prose, and a model of word pairs to beat


# %%
def words_of_prose(size: int) -> tuple[NDArray[np.integer], NDArray[np.integer], list[str]]:
    """Return training words and held-out words as numbers, and the vocabulary of `size` words.

    Whole paragraphs are held out, one in ten, none of which occurs among the training paragraphs.
    Word 0 stands for all rare words.
    """
    import re
    from collections import Counter

    from autograder.data import prose

    paragraphs = []
    for paragraph in dict.fromkeys(re.split(r"\n\s*\n", prose(2_000_000))):
        words = re.findall(r"[a-z]+(?:'[a-z]+)?|[.,;:]", paragraph.lower())
        text = paragraph.strip()
        letters = sum(letter.isalpha() or letter in " \n.,;:'-" for letter in text)
        sentence = text[:1].isupper() and text.endswith((".", ":"))
        if len(words) >= 12 and sentence and letters > 0.93 * len(text):
            paragraphs.append([*words, "<end>"])
    order = np.random.default_rng(0).permutation(len(paragraphs))
    held = len(order) // 10
    parts = [
        [word for k in chosen for word in paragraphs[k]] for chosen in (order[held:], order[:held])
    ]
    vocabulary = ["<rare>", *(word for word, _ in Counter(parts[0]).most_common(size - 1))]
    number = {word: k for k, word in enumerate(vocabulary)}
    train, test = (np.array([number.get(word, 0) for word in part]) for part in parts)
    return train, test, vocabulary


def bigram_perplexity(train: NDArray[np.integer], test: NDArray[np.integer], size: int) -> float:
    """Return the perplexity of a bigram model interpolated with word frequencies.

    Its discount is tuned on the very words it is tested on: the yardstick gets every advantage.
    """
    single = np.bincount(train, minlength=size) + 1.0
    single /= single.sum()
    pairs = np.zeros((size, size))
    np.add.at(pairs, (train[:-1], train[1:]), 1)
    found = []
    for discount in np.arange(0.1, 1.0, 0.1):
        seen = np.maximum(pairs - discount, 0) / np.maximum(pairs.sum(axis=1, keepdims=True), 1)
        model = seen + (1 - seen.sum(axis=1, keepdims=True)) * single
        found.append(np.exp(-np.mean(np.log(model[test[:-1], test[1:]]))))
    return float(min(found))


# %%
def learn_prose(epochs: int = 8) -> dict:
    """Train an LSTM to predict the next word; return both perplexities and a sample of its own."""
    from autograder.rewards import track

    size, embedded, hidden, batch, steps = 600, 48, 96, 32, 24
    train, test, vocabulary = words_of_prose(size)
    rng = np.random.default_rng(1)
    weights = {
        "e": 0.1 * rng.normal(size=(size, embedded)),
        "w": rng.normal(size=(4 * hidden, hidden + embedded)) / np.sqrt(hidden + embedded),
        "b": forget_bias_init(hidden),
        "v": 0.1 * rng.normal(size=(size, hidden)),
        "u": np.log(np.bincount(train, minlength=size) + 1.0),
    }
    weights = {key: value.astype(np.float32) for key, value in weights.items()}

    def columns(words: NDArray[np.integer], count: int) -> tuple[NDArray, NDArray]:
        rows = (len(words) - 1) // count
        cut = [words[k : k + rows * count].reshape(count, rows).T for k in (0, 1)]
        return cut[0], cut[1]

    def mask(shape: tuple[int, ...]) -> Array:
        return (rng.random(shape) > 0.3).astype(np.float32) / np.float32(0.7)

    def perplexity() -> float:
        x, y = columns(test, 8)
        start = np.zeros((8, hidden), np.float32)
        hs, _ = lstm_forward(weights["e"][x], start, start, weights["w"], weights["b"])
        return float(np.exp(cross_entropy(hs @ weights["v"].T + weights["u"], y)[0]))

    past: dict = {}
    for epoch, say in track(range(epochs), "reading"):
        x_all, y_all = columns(train[int(rng.integers(steps)) :], batch)
        h = c = np.zeros((batch, hidden), np.float32)
        for first in range(0, len(x_all) - steps + 1, steps):
            x, y = x_all[first : first + steps], y_all[first : first + steps]
            on, off = mask((*x.shape, embedded)), mask((*x.shape, hidden))
            seen = weights["e"][x] * on
            hs, cs = lstm_forward(seen, h, c, weights["w"], weights["b"])
            loss, gradient = cross_entropy((hs * off) @ weights["v"].T + weights["u"], y)
            dhs = gradient @ weights["v"] * off
            dx, _, _, dw, db = lstm_backward(seen, h, c, weights["w"], weights["b"], dhs)
            de = np.zeros_like(weights["e"])
            np.add.at(de, x, dx * on)
            dv = gradient.reshape(-1, size).T @ (hs * off).reshape(-1, hidden)
            gradients = {"e": de, "w": dw, "b": db, "v": dv, "u": gradient.sum(axis=(0, 1))}
            done = (epoch + first / len(x_all)) / epochs
            descend(weights, gradients, past, lr=0.01 * (1.05 - done))
            h, c = hs[-1], cs[-1]
        say(loss=loss, perplexity=perplexity())

    h = c = np.zeros((1, hidden), np.float32)
    word, said = vocabulary.index("<end>"), []
    while len(said) < 40:
        h, c = lstm_step(weights["e"][[word]], h, c, weights["w"], weights["b"])
        logits = (h @ weights["v"].T + weights["u"])[0] / 0.7
        logits[0] = -np.inf
        chance = np.exp(logits - logits.max())
        word = int(rng.choice(size, p=chance / chance.sum(dtype=np.float64)))
        if vocabulary[word] == "<end>":
            break
        said.append(vocabulary[word])
    return {
        "perplexity": perplexity(),
        "bigram_perplexity": bigram_perplexity(train, test, size),
        "sample": " ".join(said),
    }


# %% [markdown]
# ## 19. The figure


# %%
def gates_over_time(x: Array, w: Array, b: Array) -> dict[str, Array]:
    """Return gates and states of one sequence, x of shape (T, 1, D), each of shape (H, T)."""
    start = np.zeros((1, w.shape[0] // 4), x.dtype)
    hs, cs = lstm_forward(x, start, start, w, b)
    before = [start, *hs[:-1]]
    gates = {"f": forget_gate, "i": input_gate, "o": output_gate}
    rows = {
        name: np.array([gate(now, h, w, b)[0] for now, h in zip(x, before)]).T
        for name, gate in gates.items()
    }
    return {**rows, "C": cs[:, 0].T, "h": hs[:, 0].T}


def figure():
    """Draw the gates of an LSTM wired by hand, and how far its gradient reaches."""
    import matplotlib.pyplot as plt

    # Three symbols, then the lines "store" and "recall"; one cell per symbol.
    rng = np.random.default_rng(4)
    steps, hidden = 60, 3
    x = np.zeros((steps, 1, hidden + 2))
    x[np.arange(steps), 0, rng.integers(hidden, size=steps)] = 1
    for t, symbol in ((6, 0), (36, 2)):
        x[t, 0] = 0
        x[t, 0, [symbol, 3]] = 1
    x[[24, 25, 52, 53], 0, 4] = 1
    w = np.zeros((4 * hidden, hidden + x.shape[2]))
    store, recall, symbols = hidden + 3, hidden + 4, slice(hidden, hidden + 3)
    b = np.repeat([6.0, -6.0, 0.0, -6.0], hidden)
    w[:hidden, store] = -12.0
    w[hidden : 2 * hidden, store] = 12.0
    w[2 * hidden : 3 * hidden, symbols] = 3.0 * np.eye(hidden)
    w[3 * hidden :, recall] = 12.0
    rows = gates_over_time(x, w, b)

    drawing = plt.figure(figsize=(12.5, 6.2), layout="constrained")
    left, right = drawing.subfigures(1, 2, width_ratios=(1.45, 1))
    axes = left.subplots(6, 1, sharex=True, height_ratios=(5, 3, 3, 3, 3, 3))
    panels = [
        ("input", x[:, 0].T, "Greys", 0, ["A", "B", "C", "store", "recall"]),
        ("input gate $i$", rows["i"], "viridis", 0, "ABC"),
        ("forget gate $f$", rows["f"], "viridis", 0, "ABC"),
        ("output gate $o$", rows["o"], "viridis", 0, "ABC"),
        ("cell $C$", rows["C"], "RdBu_r", -1, "ABC"),
        ("hidden state $h$", rows["h"], "RdBu_r", -1, "ABC"),
    ]
    for ax, (label, values, colours, low, ticks) in zip(axes, panels):
        ax.imshow(values, aspect="auto", cmap=colours, vmin=low, vmax=1, interpolation="nearest")
        ax.set_yticks(range(len(values)), list(ticks), fontsize=7)
        ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
        ax.tick_params(length=0)
    axes[-1].set_xlabel("time step")
    left.colorbar(axes[1].images[0], ax=axes[1:4], pad=0.01, label="shut (0) to open (1)")
    left.colorbar(axes[4].images[0], ax=axes[4:], pad=0.01, label="value")
    left.suptitle("Wired by hand: store a symbol, ignore the noise, show it when asked")

    ax = right.subplots()
    length, batch, hidden, wide = 100, 8, 32, 8
    h0 = np.zeros((batch, hidden))
    x = rng.normal(size=(length, batch, wide))
    dhs = np.zeros((length, batch, hidden))
    dhs[-1] = rng.normal(size=(batch, hidden))
    scale = 0.3 / np.sqrt(hidden + wide)
    distance = np.arange(length)[::-1]
    w = rng.normal(size=(hidden, hidden + wide)) / np.sqrt(hidden + wide)
    dx = plain_backward(x, h0, w, np.zeros(hidden), dhs)[0]
    norms = np.linalg.norm(dx, axis=(1, 2))
    ax.semilogy(distance, norms / norms[-1], "k--", label="plain recurrent net")
    w = scale * rng.normal(size=(4 * hidden, hidden + wide))
    for keep, write, name, colour in (
        (0.0, 0.0, "$b_f$ = 0", "C3"),
        (1.0, 0.0, "$b_f$ = 1", "C1"),
        (np.log(99.0), 0.0, r"$b_f$ = ln 99 $\approx$ 4.6", "C0"),
        (np.log(99.0), -np.log(99.0), r"$b_f$ = ln 99, $b_i$ = $-$ln 99", "C2"),
    ):
        b = forget_bias_init(hidden, keep)
        b[hidden : 2 * hidden] = write
        dx = lstm_backward(x, h0, h0, w, b, dhs)[0]
        norms = np.linalg.norm(dx, axis=(1, 2))
        ax.semilogy(distance, norms / norms[-1], color=colour, label=f"LSTM, {name}")
    ax.semilogy(distance, 0.99**distance, "k:", label="$0.99^k$")
    ax.set(
        xlabel="distance k to the last step (time steps)",
        ylabel="gradient of the last state by the input, relative to distance 0",
        ylim=(1e-12, 100),
        xlim=(0, length - 1),
    )
    ax.grid(alpha=0.3)
    ax.legend(loc="lower left")
    right.suptitle("How far the error reaches back, before training")
    return drawing


# %% [markdown]
# ## 20. The capstone


# %%
def capstone() -> dict:
    """Learn a long lag that a plain net cannot, then learn to predict the words of real prose."""
    import matplotlib.pyplot as plt

    length = 100
    nets = {
        "plain recurrent net": (None, 400, "k--"),
        "LSTM, forget bias 0": (0.0, 400, "C3-"),
        "LSTM, forget bias ln 99": (float(np.log(length - 1)), 400, "C0-"),
    }
    drawing, (above, below) = plt.subplots(2, 1, figsize=(9, 7.5), layout="constrained")
    accuracy = {}
    for name, (bias, updates, style) in nets.items():
        curve, weights = learn_recall(name, length, bias, updates)
        accuracy[name] = curve[-1]
        above.plot(25 * np.arange(1, len(curve) + 1), curve, style, marker=".", label=name)
    above.axhline(0.25, color="0.6", linewidth=0.8, label="chance")
    above.set(
        xlabel="updates",
        ylabel="accuracy on fresh sequences",
        ylim=(0, 1.05),
        title=f"Which cue, up to {length} steps ago?",
    )
    above.legend(loc="center right")

    x, _ = recall_task(np.random.default_rng(3), 1, length)
    when = int(np.argmax(x[:, 0, :4].sum(axis=1)))
    noise = x.copy()
    noise[when] = x[when + 1]
    with_cue, without = (
        gates_over_time(run, weights["w"], weights["b"])["C"] for run in (x, noise)
    )
    trace = np.maximum(np.abs(with_cue - without), 1e-3)
    image = below.imshow(trace, aspect="auto", cmap="magma", norm="log")
    below.axvline(when, color="w", linestyle=":", label=f"cue, at step {when}")
    below.set(
        xlabel="time step",
        ylabel="cell",
        title="What one cue leaves behind in the trained LSTM: the run with it minus without it",
    )
    below.legend(loc="upper right", facecolor="0.2", labelcolor="w")
    drawing.colorbar(image, ax=below, label="difference of the cell state $C$ (size)")

    reading = learn_prose()
    print("It writes:", reading["sample"])
    plain, _, lstm = accuracy.values()
    return {
        "plain_accuracy": plain,
        "lstm_accuracy": lstm,
        "bigram_perplexity": reading["bigram_perplexity"],
        "lstm_perplexity": reading["perplexity"],
        "target_reached": plain < 0.5
        and lstm >= 0.95
        and reading["perplexity"] < 0.95 * reading["bigram_perplexity"],
        "figure": drawing,
    }


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
