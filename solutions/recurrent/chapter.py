# %% [markdown]
# # Recurrent nets: one set of weights, read again at every step
#
# *Chapter 15 · Unit V: sequences, attention, generation, decisions*
#
# A sentence has no fixed length, and its order matters. A recurrent net reads it one item at a
# time, keeps a *state* of what it has read so far, and does the same thing at every step:
#
# $$ h_t = \tanh(U x_t + W h_{t-1} + b), \qquad o_t = V h_t + c $$
#
# Draw a copy of the net for every step, and you have an ordinary deep net, as deep as the sequence
# is long, whose layers all share one set of weights. Everything in this chapter follows from that
# picture: backpropagation through time, gradients that vanish, language models, forecasts.
#
# ```text
#        o1         o2         o3
#         ^ V        ^ V        ^ V
#  h0 -> [h1] --W-> [h2] --W-> [h3]       which steps read, and which emit, is up to the task:
#         ^ U        ^ U        ^ U
#         x1         x2         x3
#
#  one to one      R    .        read and emit at one step: no sequence at all
#                  E
#  one to many     R . . .       a caption for a picture: read once, emit at every step
#                  E E E E
#  many to one     R R R R       the mood of a review: emit after the last word
#                  . . . E
#  many to many    R R R R       in step: a tag for each word, the next letter of a text
#                  E E E E
#  many to many    R R R . .     not in step: a translation begins after the last word was read
#                  . . . E E
# ```
#
# You build the last four of them. At the end, your net learns letters and words from real prose,
# against a model that merely counts, and the next value of a real recording, against the forecast
# that says "as it was".

# %%
from collections import Counter

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]
Direction = tuple[Array, Array, Array]

# %% [markdown]
# ## 1 Reading a sequence
#
# Conventions first. Sequences are *time-major*, $(T, N, D)$: T steps, N sequences side by side, D
# numbers at each step. Weights are (out, in): U is $(H, D)$, W is $(H, H)$. (Libraries often put
# the batch first, and PyTorch has two biases, which are added.)
#
# The state is *carried*: step t starts from what step $t-1$ left. If several texts stand one after
# the other in one stream, the net must not read the second with the first in mind. `starts` says
# where a text begins: there the state before the step is zero, whatever was carried, and $h_0$ too.
#
# **By hand.** $U = 0.5$, $W = 2$, $b = -1$, $h_0 = 0.5$ and $x = (1, 1)$: $h_1 = \tanh(0.5 + 1 - 1)
# = 0.4621$ and $h_2 = \tanh(0.5 + 0.9242 - 1) = 0.4005$. If a new text starts at the second step,
# $h_2 = \tanh(0.5 - 1) = -0.4621$.


# %%
def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    """Return the states of a plain recurrent net with tanh, after every step.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        N sequences of T steps, T at least 1.
    h0 : ndarray of shape (N, H)
        The states before the first step. They are not part of what is returned.
    u : ndarray of shape (H, D)
        Weights from the inputs.
    w : ndarray of shape (H, H)
        Weights from the previous state.
    b : ndarray of shape (H,)
        Biases.
    starts : ndarray of shape (T, N), optional
        True where a new text begins: the state before that step, in that sequence, counts as zero,
        whatever it was, even if it was no number. None: nowhere.

    Returns
    -------
    ndarray of shape (T, N, H)
        In the dtype of the inputs.

    References
    ----------
    Elman 1990, Finding structure in time.
    """
    ### BEGIN SOLUTION
    h, states = h0, []
    for t in range(len(x)):
        if starts is not None:
            h = np.where(starts[t][:, np.newaxis], 0, h)
        h = np.tanh(x[t] @ u.T + h @ w.T + b)
        states.append(h)
    return np.stack(states)
    ### END SOLUTION


# %% [markdown]
# ## 2 Deeper, and both ways
#
# The states of one net are a sequence, so a second net can read them: that is a *deep* recurrent
# net. And if the whole sequence is there before anything is asked, a second net can read it from
# the end: at step t the one has seen $x_1, \dots, x_t$ and the other $x_T, \dots, x_t$. Their
# states for the *same step* are put side by side, first the one that reads forwards.
#
# **By hand.** One layer, both directions with $U = 0.5$, $W = 2$, $b = -1$, and $x = (1, 0)$.
# Forwards: $\tanh(-0.5) = -0.4621$, then $\tanh(-1.9242) = -0.9583$. From the end, the first to be
# read is 0: $\tanh(-1) = -0.7616$, then $\tanh(0.5 - 1.5232 - 1) = -0.9656$. So the output is
# $(-0.4621, -0.9656)$ at the first step and $(-0.9583, -0.7616)$ at the second.


# %%
def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    """Return the states of the last of several recurrent layers, each in one direction or in both.

    Each layer reads the states of the layer below, the first one reads x. All start from zero.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequences.
    layers : list of list of tuple
        For each layer, from below, a list of one or two ``(u, w, b)`` as in `rnn_forward`. The
        first one reads from the first step on, the second one from the last step on.

    Returns
    -------
    ndarray of shape (T, N, K)
        K is H of the last layer, or the sum of both H, states of the forward reader first. At
        step t stand the states that each reader had after reading step t.

    References
    ----------
    Schuster and Paliwal 1997, Bidirectional recurrent neural networks.
    """
    ### BEGIN SOLUTION
    for layer in layers:
        states = []
        for backwards, (u, w, b) in enumerate(layer):
            zeros = np.zeros((x.shape[1], len(w)), x.dtype)
            seen = x[::-1] if backwards else x
            h = rnn_forward(seen, zeros, u, w, b)
            states.append(h[::-1] if backwards else h)
        x = np.concatenate(states, axis=2)
    return x
    ### END SOLUTION


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already. After these two
# exercises: what one single changed input does to the states of later steps, and of earlier ones.
# How long is it remembered?

# %% [markdown]
# ### Question `too_good`
#
# A colleague trains a *bidirectional* net to predict at each step the next letter of a text, and
# reports a perplexity (section 9) of 1.02 on held-out text, where everybody else has 4. Yet when it
# is to write a text of its own, it stammers. What has it learned, why does the held-out text not
# show it, and for which tasks is a bidirectional net honest? Which row of the picture at the top of
# the chapter decides that?

# %% [markdown]
# ## 3 Backpropagation through time
#
# Unrolled, the net is a deep net, and the chain rule has nothing new to say. The loss depends on
# every state, and $dh_t$ is what comes *from outside*, for instance $(\hat y_t - y_t) V$ from a
# softmax above (whose own weights get $\sum_t (\hat y_t - y_t) \otimes h_t$, as in any dense
# layer). But $h_t$ has a second reader, the next step. So going backwards, $\delta_t$, the gradient
# by the argument of tanh, collects both:
#
# $$ \delta_t = \left(dh_t + W^\top \delta_{t+1}\right) \odot (1 - h_t^2), \qquad \delta_{T+1} = 0
# $$
#
# The weights are the same at all steps, so each step *adds* its share to their gradients. A step's
# share for W goes with the state the step started *from*. And the state before the first step is an
# input like any other: it gets what step 1 hands down.
#
# **By hand.** The example of section 1, with a loss that depends on $h_2$ alone, $dh = (0, 1)$:
# $\delta_2 = 1 - 0.4005^2 = 0.8396$, $\delta_1 = 2 \cdot 0.8396 \cdot (1 - 0.4621^2) = 1.3206$. So
# U and b get $2.1602$, W gets $0.8396 \cdot 0.4621 + 1.3206 \cdot 0.5 = 1.0483$, x gets $(0.6603,
# 0.4198)$ and $h_0$ gets $2.6412$. (With the last step alone, W would get 0.3880.)


# %%
def rnn_backward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the gradients of a loss by all that went into `rnn_forward` (without `starts`).

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequences.
    h0 : ndarray of shape (N, H)
        The states before the first step.
    u : ndarray of shape (H, D)
        Weights from the inputs.
    w : ndarray of shape (H, H)
        Weights from the previous state.
    b : ndarray of shape (H,)
        Biases.
    dhs : ndarray of shape (T, N, H)
        The gradient of the loss by each state as far as it comes from outside: not through later
        states.

    Returns
    -------
    dx : ndarray of shape (T, N, D)
        By the inputs.
    dh0 : ndarray of shape (N, H)
        By the states before the first step.
    du : ndarray of shape (H, D)
        By u, summed over steps and sequences, as `dw` and `db` are.
    dw : ndarray of shape (H, H)
        By w.
    db : ndarray of shape (H,)
        By b. All in the dtype of the inputs.

    References
    ----------
    Werbos 1990, Backpropagation through time: what it does and how to do it.
    """
    ### BEGIN SOLUTION
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[np.newaxis], hs[:-1]])
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    for t in reversed(range(len(x))):
        da = (dhs[t] + dh) * (1 - hs[t] ** 2)
        dx[t] = da @ u
        dh = da @ w
        du += da.T @ x[t]
        dw += da.T @ before[t]
        db += da.sum(axis=0)
    return dx, dh, du, dw, db
    ### END SOLUTION


# %% [markdown]
# Here is the tool that checks a gradient, given and not graded. Keep it at hand: every backward
# pass of this chapter can be held against it, and so can your capstone's.
#
# ```python
# rng = np.random.default_rng(0)
# x, h0 = rng.normal(size=(4, 2, 3)), rng.normal(size=(2, 5))
# u, w, b = rng.normal(size=(5, 3)), rng.normal(size=(5, 5)), rng.normal(size=5)
# loss = lambda w: float(np.sum(rnn_forward(x, h0, u, w, b) ** 2) / 2)
# gradient_error(loss, w, rnn_backward(x, h0, u, w, b, rnn_forward(x, h0, u, w, b))[3])
# ```


# %%
def gradient_error(f, x: Array, gradient: Array, h: float = 1e-5) -> float:
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
# ## 4 Long texts in windows
#
# A book has a million letters, and nobody unrolls a net a million times. Cut the text into windows
# of k steps and treat them one after the other. What happens at a cut is the whole idea: the
# *state* is handed on, as a plain number, so the net still remembers; the *gradient* is not, so
# nothing before the window is blamed for what happens in it. (Two other things are often done by
# mistake: to start every window from zero, and to hand the gradient on as well, which is no
# truncation.)
#
# **By hand.** Section 1 with a third step, $x = (1, 1, 1)$, so $h_3 = \tanh(0.5 + 0.8010 - 1) =
# 0.2922$; the loss depends on $h_3$ alone, $dh = (0, 0, 1)$, and $k = 2$. The second window is step
# 3 alone: it starts from 0.4005, gives W the share $0.9146 \cdot 0.4005 = 0.3663$, and U and b get
# 0.9146. The first window has no loss of its own and gives nothing. 0.2922 is carried on. (If each
# loss were sent back k steps, as some do, step 2 would give W $1.5358 \cdot 0.4621$ as well.)


# %%
def truncated_bptt(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    """Return the weights' gradients by backpropagation through time within windows of k steps.

    The windows follow each other without gap or overlap; the last one may be shorter. The state is
    carried from one to the next; no gradient crosses a border.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequences.
    h0 : ndarray of shape (N, H)
        The states before the first step.
    u : ndarray of shape (H, D)
        Weights from the inputs.
    w : ndarray of shape (H, H)
        Weights from the previous state.
    b : ndarray of shape (H,)
        Biases.
    dhs : ndarray of shape (T, N, H)
        The gradient of the loss by each state as far as it comes from outside.
    k : int
        Steps in a window, at least 1.

    Returns
    -------
    du : ndarray of shape (H, D)
        By u, summed over all windows, as `dw` and `db` are.
    dw : ndarray of shape (H, H)
        By w.
    db : ndarray of shape (H,)
        By b.
    h : ndarray of shape (N, H)
        The states after the last step, with which the text can be read on.

    References
    ----------
    Williams and Peng 1990, An efficient gradient-based algorithm for on-line training of recurrent
    network trajectories.
    """
    ### BEGIN SOLUTION
    h = h0
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    for first in range(0, len(x), k):
        part = slice(first, first + k)
        _, _, du_part, dw_part, db_part = rnn_backward(x[part], h, u, w, b, dhs[part])
        du += du_part
        dw += dw_part
        db += db_part
        h = rnn_forward(x[part], h, u, w, b)[-1]
    return du, dw, db, h
    ### END SOLUTION


# %% [markdown]
# ## 5 How far a gradient reaches
#
# How much does the last state still depend on the one k steps before? Each step contributes its
# Jacobian, and they are multiplied,
#
# $$ J_k = \frac{\partial h_T}{\partial h_{T-k}} = D_T W \, D_{T-1} W \cdots D_{T-k+1} W, \qquad
# D_t = \operatorname{diag}(1 - h_t^2), \qquad J_0 = I $$
#
# How much $J_k$ can stretch a vector is its largest *singular value* $\|J_k\|$. As $D_t$ never
# stretches, $\|J_k\| \le \sigma^k$ with the largest singular value $\sigma$ of W. That gives one
# half of a famous result: with $\sigma < 1$ gradients *must* vanish. For the other half it takes
# the *spectral radius* $\rho$, the largest magnitude of an eigenvalue of W: with $\rho > 1$,
# products of many W grow without bound, and gradients *can* explode (where tanh is not saturated).
# In between, with $\rho \le 1 \le \sigma$, neither is proved: they may well grow for some steps and
# vanish all the same. (For symmetric W both numbers are the same. Random ones are not symmetric.)
#
# **By hand.** $W = \begin{pmatrix} 0 & 2 \\ 0 & 0 \end{pmatrix}$ with states of zero: $D = I$, $J_1
# = W$ has the norm 2, $J_2 = W W = 0$. The norms are $(1, 2, 0)$ for three states, the bounds $(1,
# 2, 4)$. $\sigma = 2$, but both eigenvalues are 0: undecided, and in truth nothing explodes here.
# With states of 0.5 instead, the norms would be $(1, 1.5, 0)$.


# %%
def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    """Return how far the gradient of the last state reaches, its bound, and what W alone says.

    Parameters
    ----------
    hs : ndarray of shape (T, H)
        The states of one sequence, after steps 1 to T.
    w : ndarray of shape (H, H)
        Weights from the previous state. With a single unit it may be exactly 1 or -1; else
        rounding does not matter, as neither its largest singular value nor its spectral radius
        is within 0.000001 of 1.

    Returns
    -------
    norms : ndarray of shape (T,)
        At k, the largest singular value of the Jacobian of the last state by the state k steps
        before it, as in the text: 1 at k = 0.
    bounds : ndarray of shape (T,)
        At k, the k-th power of the largest singular value of w.
    fate : str
        ``"vanishes"`` if the largest singular value of w is below 1, ``"can explode"`` if the
        spectral radius is above 1, else ``"undecided"``.

    References
    ----------
    Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks.
    """
    ### BEGIN SOLUTION
    jacobian, norms = np.eye(len(w)), [1.0]
    for h in hs[:0:-1]:
        jacobian = jacobian @ ((1 - h**2)[:, np.newaxis] * w)
        norms.append(np.linalg.norm(jacobian, 2))
    stretch = np.linalg.norm(w, 2)
    radius = np.abs(np.linalg.eigvals(w)).max()
    fate = "vanishes" if stretch < 1 else "can explode" if radius > 1 else "undecided"
    return np.array(norms), stretch ** np.arange(len(hs)), fate
    ### END SOLUTION


# %% [markdown]
# ### Question `which_cure`
#
# What are the gradients of each of these three nets prone to, and which of these cures helps, and
# why: clipping the gradient's norm, windows of 20 steps, orthogonal W at the start, an LSTM? (a)
# $\sigma = 0.8$, and what the last word means depends on the first one, 60 words before. (b) $\rho
# = 1.3$, states near zero, and the loss jumps to NaN now and then. (c) W is orthogonal, but the
# states are near $\pm 1$ most of the time. Use the figure's panel of gradient norms.

# %% [markdown]
# ## 6 Whose backward pass is that?
#
# Somebody's net does not learn, and all you are given is one training case and the gradient `dw`
# that their backward pass returned for it. The forward pass is right. Find the fault. These are the
# suspects, in this order; each is right but for one thing:
#
# | name | what is done |
# |---|---|
# | `"right"` | nothing wrong |
# | `"not accumulated"` | the first step's share alone by W: each step overwrites it |
# | `"no past"` | no gradient is handed from a step to the one before |
# | `"no tanh"` | the factor $1 - h_t^2$ is left out, at every step |
# | `"turned"` | W is used where its transpose should be on the way back |
# | `"new state"` | a step's share for W goes with the state after the step, not before it |
#
# A gradient *fits* a suspect if no entry differs from the suspect's by more than 0.0001 times the
# largest magnitude of the suspect's. The first suspect that fits is named; if none does,
# `"unknown"`.
#
# **By hand.** In the example of section 3, right is 1.0483. 0.6603 has not been accumulated, 0.3880
# has no past, $0.4621 + 2 \cdot 0.5 = 1.4621$ no tanh, and $0.8396 \cdot 0.4005 + 1.3206 \cdot
# 0.4621 = 0.9465$ goes with the new states. With one unit nobody can tell a turned W from W.


# %%
def diagnose_bptt(x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, dw: Array) -> str:
    """Name the fault in a backward pass, given the gradient by w that it returned.

    Parameters
    ----------
    x : ndarray of shape (T, N, D)
        The sequences.
    h0 : ndarray of shape (N, H)
        The states before the first step.
    u : ndarray of shape (H, D)
        Weights from the inputs.
    w : ndarray of shape (H, H)
        Weights from the previous state.
    b : ndarray of shape (H,)
        Biases.
    dhs : ndarray of shape (T, N, H)
        The gradient of the loss by each state as far as it comes from outside.
    dw : ndarray of shape (H, H)
        What the backward pass under suspicion returned.

    Returns
    -------
    str
        ``"right"``, ``"not accumulated"``, ``"no past"``, ``"no tanh"``, ``"turned"``,
        ``"new state"`` or ``"unknown"``, as in the text.
    """
    ### BEGIN SOLUTION
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[np.newaxis], hs[:-1]])

    def by_w(past=1, factor=1 - hs**2, back=w, states=before, keep=1):
        dh, total = np.zeros_like(h0), np.zeros_like(w)
        for t in reversed(range(len(x))):
            da = (dhs[t] + past * dh) * factor[t]
            dh = da @ back
            total = keep * total + da.T @ states[t]
        return total

    suspects = {
        "right": by_w(),
        "not accumulated": by_w(keep=0),
        "no past": by_w(past=0),
        "no tanh": by_w(factor=np.ones_like(hs)),
        "turned": by_w(back=w.T),
        "new state": by_w(states=hs),
    }
    for name, suspect in suspects.items():
        if np.abs(dw - suspect).max() <= 1e-4 * np.abs(suspect).max():
            return name
    return "unknown"
    ### END SOLUTION


# %% [markdown]
# ## 7 From words to numbers
#
# A net reads numbers. A vocabulary of given size keeps the most frequent words; all the others
# share one last number, that of the *unknown* word. Number 0 is the most frequent word, then the
# second, and so on; of equally frequent words, the one that appeared first in the text comes first.
#
# **By hand.** "the cat saw a dog and the dog saw the bird" with size 4: *the* occurs three times,
# *saw* and *dog* twice, *saw* came first. So the vocabulary is the, saw, dog, unknown, and the text
# is 0 3 1 3 2 3 0 2 1 0 3.


# %%
def build_vocabulary(words: list[str], size: int) -> tuple[list[str], Numbers]:
    """Return the vocabulary of a text, and the text as numbers.

    Parameters
    ----------
    words : list of str
        The text; at least one word, none of them ``"<unk>"``.
    size : int
        The most entries that the vocabulary may have, the unknown word included; at least 1. If
        there are fewer words, it is shorter.

    Returns
    -------
    vocabulary : list of str
        The words by how often they occur, ties by first appearance, and last ``"<unk>"``, always.
    numbers : ndarray of shape (L,)
        The place of each word of the text in the vocabulary, whole numbers.
    """
    ### BEGIN SOLUTION
    frequent = Counter(words).most_common(size - 1)
    vocabulary = [*(word for word, _ in frequent), "<unk>"]
    place = {word: k for k, word in enumerate(vocabulary)}
    unknown = len(vocabulary) - 1
    return vocabulary, np.array([place.get(word, unknown) for word in words])
    ### END SOLUTION


# %% [markdown]
# ## 8 Embeddings, and words that come twice
#
# A number is only a name: word 7 is not "more" than word 3. One could write it as a *one-hot*
# vector, all zeros but for a 1 at its place, and multiply it with a table E of shape (words, E).
# The product is just a row of the table, so nobody multiplies: the row is looked up, and that is
# called an *embedding*. `table[numbers]` gives the rows of all words of a batch at once.
#
# Its backward pass is the other way round: the gradient of each place goes to the row that was
# looked up there. If a word occurs at several places, its row is responsible for all of them. And
# places that hold no word at all, *padding*, marked by $-1$ throughout this chapter, concern no
# row.
#
# **By hand.** A table of 3 rows, the text 2, 0, 2, $-1$ (one sequence), and $dy = 1, 10, 100,
# 1000$: the rows get $(10, 0, 101)$.


# %%
def embed_backward(numbers: Numbers, dy: Array, size: int) -> Array:
    """Return the gradient by the table of which ``table[numbers]`` was taken.

    Parameters
    ----------
    numbers : ndarray of shape (T, N)
        The rows that were looked up, or -1 for padding.
    dy : ndarray of shape (T, N, E)
        The gradient of the loss by what was looked up. At padding it may be anything, NaN too.
    size : int
        The number of rows of the table.

    Returns
    -------
    ndarray of shape (size, E)
        In the dtype of `dy`.
    """
    ### BEGIN SOLUTION
    gradient = np.zeros((size, dy.shape[2]), dy.dtype)
    real = numbers >= 0
    np.add.at(gradient, numbers[real], dy[real])
    return gradient
    ### END SOLUTION


# %% [markdown]
# ## 9 The loss of a language model, and its perplexity
#
# A language model gives, at each step, a probability to every word as the next one:
# $p = \operatorname{softmax}(o)$, over the *words*. Its loss is the mean of $-\ln p(\text{the word
# that came})$ over all words that came, wherever they stand: in one batch of texts of different
# lengths, padding ($-1$ as target) counts neither in the sum nor in the number of words, and a long
# text counts for more than a short one.
#
# The *perplexity* is the exponential of that mean: so many equally likely words would leave one
# just as perplexed. It does not matter in which base it is computed if logarithm and power have the
# same one: e to the loss in nats, 2 to the loss in bits.
#
# **By hand.** Two words came, which had the probabilities $\frac12$ and $\frac14$: the loss is
# $(\ln 2 + \ln 4)/2 = 1.0397$ and the perplexity $e^{1.0397} = 2.8284$, the square root of 8.
# (Taken as a sum it would be 8, with the wrong base 2.0558.) If there are two words to choose from,
# and the first came with $\frac12$, its logits' gradient is $(-\frac14, \frac14)$: the mean is over
# two.


# %%
def sequence_cross_entropy(logits: Array, targets: Numbers) -> tuple[float, float, Array]:
    """Return the mean cross-entropy of the words that came, its perplexity, and its gradient.

    Parameters
    ----------
    logits : ndarray of shape (T, N, K)
        The scores of all K words at every step, also in the thousands; such that no loss of a
        right answer is above 500.
    targets : ndarray of shape (T, N)
        The words that came, or -1 for padding; one at least is no padding.

    Returns
    -------
    loss : float
        In nats, the mean over all targets that are no padding.
    perplexity : float
        The exponential of the loss.
    gradient : ndarray of shape (T, N, K)
        Of the loss by the logits; zero at padding. In the dtype of `logits`.
    """
    ### BEGIN SOLUTION
    real = targets >= 0
    count = int(real.sum())
    shifted = logits - logits.max(axis=2, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    came = (np.arange(logits.shape[2]) == targets[..., np.newaxis]) & real[..., np.newaxis]
    loss = float(-logs[came].sum() / count)
    gradient = (np.exp(logs) - came) * real[..., np.newaxis] / count
    return loss, float(np.exp(loss)), gradient.astype(logits.dtype)
    ### END SOLUTION


# %% [markdown]
# ### Question `letters_or_words`
#
# Of two models of the same text one reads letters and has a perplexity of 3.1 per letter, the other
# reads words and has 70 per word. A word has 5.5 letters on the average, the space included. Which
# model is better, if the comparison is fair at all? Say what the vocabulary's unknown word does to
# the second number, and why one compares neither with the perplexity on the text it was trained on.

# %% [markdown]
# ## 10 The baseline: counting
#
# Before there were nets, one counted. An *n-gram* model gives a word the share of cases in which it
# followed the same $n - 1$ words in the training text. Sequences that never occurred would get the
# probability zero, and one of them in the held-out text an infinite perplexity. So k is added to
# every count, as if everything had been seen k times (a little, and it must still be
# probabilities):
#
# $$ p(w \mid \text{context}) = \frac{\text{count}(\text{context}, w) + k}
#    {\sum_{v} \left(\text{count}(\text{context}, v) + k\right)} $$
#
# **By hand.** The text 0 1 0 2 0 1 with $n = 2$, three words and $k = 1$: after 0 came 1 twice and
# 2 once, so $(\frac16, \frac36, \frac26)$. After 1 and after 2 came 0 once: $(\frac12, \frac14,
# \frac14)$ for both. The last word, 1, is followed by nothing and is no context there.


# %%
def ngram_probabilities(tokens: Numbers, size: int, n: int, k: float) -> Array:
    """Return the probabilities of an n-gram model with k added to every count.

    Parameters
    ----------
    tokens : ndarray of shape (L,)
        The text as numbers from 0 to size - 1; at least n of them.
    size : int
        The number of different words.
    n : int
        Words in an n-gram, the predicted one included; 1 means that there is no context.
    k : float
        What is added to every count, above 0.

    Returns
    -------
    ndarray of shape (size, ..., size)
        With n axes: at ``[first, ..., last, word]`` the probability of `word` after the context
        ``first, ..., last``, in the order of the text.
    """
    ### BEGIN SOLUTION
    counts = np.full((size,) * n, float(k))
    for first in range(len(tokens) - n + 1):
        counts[tuple(tokens[first : first + n])] += 1
    return counts / counts.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# ## 11 Choosing the next word
#
# A model that writes has to choose. Always the likeliest word: that becomes a loop of platitudes.
# By lot, with the model's probabilities: now and then a very unlikely word derails the text. In
# between there are three knobs, applied in this order:
#
# 1. **Temperature** $\tau$: $p = \operatorname{softmax}(o/\tau)$. Below 1 the likely words gain,
#    above 1 the unlikely ones. For $\tau = 0$, the limit: the likeliest word, of several the first,
#    and that is all.
# 2. **top-k**: only the k likeliest words stay (of equally likely ones, those with lower numbers),
#    and their probabilities are scaled so that they sum to 1.
# 3. **top-p** (nucleus): go through the words that are left from the likeliest down and keep them
#    until what is kept sums to at least p; the word that reaches p is still kept. Scale again.
#
# Then the lot: the words that are left stand in the order of their numbers, each with a stretch of
# $[0, 1)$ as long as its probability. Which stretch does a number u, drawn evenly from $[0, 1)$,
# fall into? As u is given, nothing here is left to chance.
#
# **By hand.** Probabilities $(\frac18, \frac12, \frac14, \frac18)$ at $\tau = 1$ and $u = 0.85$:
# the stretches end at 0.125, 0.625, 0.875, 1, so word 2. With top-k 2: words 1 and 2 have $\frac23,
# \frac13$, word 2. With top-p 0.4: word 1 alone. With top-p 0.8: words 1, 2 and 0 (the first of the
# two eighths) are left, $\frac87 \cdot (\frac18, \frac12, \frac14)$, word 2. At $\tau = 2$ the
# square roots count: stretches end at 0.185, 0.554, 0.815, 1, so word 3.


# %%
def sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> Numbers:
    """Return the next word of each sequence, chosen by the number `u` with the text's three knobs.

    Parameters
    ----------
    logits : ndarray of shape (N, K)
        The scores of all K words, of any size.
    temperature : float
        At least 0; at 0 the first of the words with the largest score is taken, and nothing else
        counts.
    u : ndarray of shape (N,)
        Numbers from 0 to 1, without 1.
    top_k : int
        How many words stay at most; 0: all.
    top_p : float
        What those that stay must sum to, above 0; 1: all stay.

    Returns
    -------
    ndarray of shape (N,)
        Whole numbers.

    References
    ----------
    Holtzman, Buys, Du, Forbes and Choi 2020, The curious case of neural text degeneration.
    """
    ### BEGIN SOLUTION
    if temperature == 0:
        return np.argmax(logits, axis=1)
    scores = (logits - logits.max(axis=1, keepdims=True)) / temperature
    p = np.exp(scores.astype(float))
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=1)
    if top_k > 0:
        ranked[:, top_k:] = 0
    ranked /= ranked.sum(axis=1, keepdims=True)
    above = np.cumsum(ranked, axis=1) - ranked
    if top_p < 1:
        ranked[above >= top_p] = 0
    np.put_along_axis(p, order, ranked, axis=1)
    ends = np.cumsum(p, axis=1)
    return np.argmax(ends > u[:, np.newaxis] * ends[:, -1:], axis=1)
    ### END SOLUTION


# %% [markdown]
# (Whoever wants the likeliest *text*, not word, cannot choose greedily: a likely first word may
# lead nowhere. *Beam search* keeps the B best beginnings at each step. The capstone does that with
# your net; the function is given there.)
#
# ## 12 Writing
#
# Now let the net write. Give it a first word; it reads it and chooses the next one, which is what
# it reads in the next step, and so on. Every step needs the state of the step before, and every
# choice a fresh draw from the generator that is given (the same seed, the same text; another seed,
# another one).


# %%
def generate(
    first: Numbers,
    steps: int,
    model: tuple[Array, Array, Array, Array, Array, Array],
    temperature: float,
    rng: np.random.Generator,
) -> Numbers:
    """Let a language model write N texts side by side, from a first word and a state of zeros.

    At each step the word that was last chosen (at first, the one given) is looked up in the table
    and read; the logits ``h v^T + c`` of the new state, divided by the temperature, decide with
    what probabilities the next word is drawn; at temperature 0 it is the one with the largest
    score, of several the first.

    Parameters
    ----------
    first : ndarray of shape (N,)
        The first word of each text.
    steps : int
        How many words are to be written, at least 1.
    model : tuple of ndarray
        ``(table, u, w, b, v, c)``: the embedding, (K, E); as in `rnn_forward`, (H, E), (H, H) and
        (H,); the layer above, (K, H) and (K,).
    temperature : float
        At least 0.
    rng : numpy.random.Generator
        All that is drawn comes from it, independently for each text and step.

    Returns
    -------
    ndarray of shape (steps, N)
        What was written, whole numbers; without the first words.
    """
    ### BEGIN SOLUTION
    table, u, w, b, v, c = model
    h = np.zeros((len(first), len(w)), table.dtype)
    word, written = first, []
    for _ in range(steps):
        h = rnn_forward(table[word][np.newaxis], h, u, w, b)[0]
        word = sample_next(h @ v.T + c, temperature, rng.random(len(first)))
        written.append(word)
    return np.stack(written)
    ### END SOLUTION


# %% [markdown]
# ## 13 Reading first, writing then
#
# To translate, one net *reads* (the encoder) and another one *writes* (the decoder), which starts
# from the state in which the first one ended. In training it is not left to its own mistakes: at
# each step it reads the word that *should* have come before, whatever it would have said itself.
# That is *teacher forcing*. At its first step there is none, so it reads a start symbol; at step t
# it reads target $t - 1$, and the word it is to say, target t, it has not seen.
#
# Sources of different length share a batch, and the short ones end in padding ($-1$). Padding is
# not read: the state stays as it is. (That the whole source has to squeeze through one vector is
# what *attention*, chapter 20, was invented against. Here there is none.)
#
# **By hand.** Encoder and decoder with $U = 0.5$, $W = 2$, $b = -1$; both tables map word 0 to 0
# and word 1 to 1. Source: word 1 and then padding. The encoder ends in $\tanh(-0.5) = -0.4621$ (had
# it read the padding as word 1, the last row: $-0.8905$). Start symbol 0, target 1, 0: the decoder
# reads 0 and has $\tanh(2 \cdot (-0.4621) - 1) = -0.9583$, then reads 1 and has $\tanh(0.5 - 1.9165
# - 1) = -0.9842$.


# %%
def encoder_decoder(
    source: Numbers,
    target: Numbers,
    start: int,
    encoder: tuple[Array, Array, Array, Array],
    decoder: tuple[Array, Array, Array, Array, Array, Array],
) -> Array:
    """Return the logits of a decoder under teacher forcing, after an encoder read the source.

    Parameters
    ----------
    source : ndarray of shape (S, N)
        The words to be read, or -1 for padding, at which the state does not change.
    target : ndarray of shape (T, N)
        The words to be said; without padding.
    start : int
        What the decoder reads at its first step: a word of its own table.
    encoder : tuple of ndarray
        ``(table, u, w, b)``: an embedding and a recurrent net, which starts from zeros.
    decoder : tuple of ndarray
        ``(table, u, w, b, v, c)``: the same, and the layer above, (K, H) and (K,). It starts from
        the last state of the encoder.

    Returns
    -------
    ndarray of shape (T, N, K)
        The scores of all words at each step of the target.

    References
    ----------
    Sutskever, Vinyals and Le 2014, Sequence to sequence learning with neural networks.
    """
    ### BEGIN SOLUTION
    table, u, w, b = encoder
    h = np.zeros((source.shape[1], len(w)), table.dtype)
    for word in source:
        new = rnn_forward(table[word][np.newaxis], h, u, w, b)[0]
        h = np.where((word >= 0)[:, np.newaxis], new, h)
    table, u, w, b, v, c = decoder
    seen = np.concatenate([np.full((1, target.shape[1]), start), target[:-1]])
    hs = rnn_forward(table[seen], h, u, w, b)
    return hs @ v.T + c
    ### END SOLUTION


# %% [markdown]
# ## 14 Tomorrow is like today
#
# A time series becomes supervised samples by sliding a window over it: sample i has the inputs
# $s_i, \dots, s_{i+w-1}$ and as target the value h steps after the last of them, $s_{i+w-1+h}$. Two
# things go wrong so often that published results had to be withdrawn:
#
# *The split.* Neighbouring samples are nearly the same; drawn at random, the test set is a copy of
# the training set. So the *last* samples are the test. And a training target must be known at the
# time of the first forecast: no training sample may have a target that is later than the last input
# of the first test sample. For $h > 1$ some samples between the two are therefore dropped.
#
# *The baseline.* Persistence forecasts "as it was": the last input. What cannot beat its error has
# learned nothing, however pretty the curves look on top of each other.
#
# **By hand.** The squares 0, 1, 4, 9, 16, 25, 36, 49 with $w = 3$, $h = 2$: four samples. Two are
# for the test: $(4, 9, 16) \to 36$ and $(9, 16, 25) \to 49$. The first forecast is made at 16. Of
# the others, $(0, 1, 4) \to 16$ is known by then, $(1, 4, 9) \to 25$ is not and is dropped.
# Persistence errs by 20 and 24, root mean square 22.0907.


# %%
def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    """Return a time series as training and test samples, and what persistence errs on the test.

    Parameters
    ----------
    series : ndarray of shape (L,)
        Values at equal distances in time.
    width : int
        How many inputs a sample has, at least 1.
    horizon : int
        How many steps after its last input a sample's target stands, at least 1.
    test : int
        How many samples, the last ones, are the test: at least 1, and so few that some are left.

    Returns
    -------
    x_train : ndarray of shape (A, width)
        Inputs, in the order of time: all earlier samples whose target is not later than the last
        input of the first test sample.
    y_train : ndarray of shape (A,)
        Targets.
    x_test : ndarray of shape (test, width)
        Inputs.
    y_test : ndarray of shape (test,)
        Targets. All four in the dtype of `series`.
    naive : float
        The root mean square error on the test of forecasting the last input.
    """
    ### BEGIN SOLUTION
    samples = len(series) - width - horizon + 1
    x = np.stack([series[i : i + width] for i in range(samples)])
    y = series[width + horizon - 1 :]
    first = samples - test
    known = first - (horizon - 1)
    naive = float(np.sqrt(np.mean((x[first:, -1] - y[first:]) ** 2)))
    return x[:known], y[:known], x[first:], y[first:], naive
    ### END SOLUTION


# %% [markdown]
# ## The figure


# %%
def figure():
    """Draw memory, reach of gradients, windows, the three knobs, learning to write, forecasts."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["memory", "reach", "windows"], ["knobs", "writing", "forecast"]],
        figsize=(15, 9),
        layout="constrained",
    )
    panels = {
        "memory": draw_memory,
        "reach": draw_reach,
        "windows": draw_windows,
        "knobs": draw_knobs,
        "writing": draw_writing,
        "forecast": draw_forecast,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def random_net(rng, inputs, hidden, radius=0.9):
    """Return u, w and b of a net whose w is orthogonal but for a factor."""
    w = radius * np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
    return 0.3 * rng.normal(size=(hidden, inputs)), w, 0.1 * rng.normal(size=hidden)


def draw_memory(ax):
    """Draw what one changed input changes. To see: nothing before it, unless somebody reads back.

    And that the change fades by about a tenth with every step.
    """
    rng = np.random.default_rng(1)
    x, both = rng.normal(size=(60, 1, 3)), [random_net(rng, 3, 20) for _ in range(2)]
    other = x.copy()
    other[30] += 1.0
    for layers, name, colour in (
        ([both], "reads both ways", "#d62728"),
        ([both[:1]], "reads forwards", "#1f77b4"),
    ):
        change = np.linalg.norm(deep_rnn(other, layers) - deep_rnn(x, layers), axis=2)[:, 0]
        change = np.where(change > 0, change, np.nan)
        ax.semilogy(np.arange(60) - 30, change, "o-", ms=3, lw=1, color=colour, label=name)
    ax.axvline(0, color="#888888", lw=0.8, ls=":")
    ax.set(title="One input is changed", xlabel="step, counted from the change")
    ax.set(ylabel="change of the state (length)")
    ax.legend(frameon=False)


def draw_reach(ax):
    """Draw gradient norms by distance, bounds dotted. To see: a bound below 1 is a verdict.

    A bound above it is none: the grey net's gradient grows at first and vanishes all the same.
    """
    rng = np.random.default_rng(2)
    hidden = 24
    turn = np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
    shift = 1.25 * np.eye(hidden, k=1) + 0.4 * np.eye(hidden)
    for w, name, colour in (
        (0.85 * turn, r"$\sigma = \rho = 0.85$", "#084594"),
        (0.99 * turn, r"$\sigma = \rho = 0.99$", "#4292c6"),
        (1.2 * turn, r"$\sigma = \rho = 1.2$", "#d62728"),
        (shift, r"$\sigma = 1.64$, $\rho = 0.4$", "#888888"),
    ):
        x = 0.02 * rng.normal(size=(40, 1, hidden))
        u, b, h0 = np.eye(hidden), np.zeros(hidden), np.zeros((1, hidden))
        norms, bounds, fate = bptt_gradient_norms(rnn_forward(x, h0, u, w, b)[:, 0], w)
        ax.semilogy(norms, color=colour, label=f"{name}: {fate}")
        ax.semilogy(bounds, ":", color=colour, lw=1)
    ax.set(title="How far the gradient of the last state reaches", ylim=(1e-6, 1e4))
    ax.set(xlabel="steps back, k", ylabel=r"$\|J_k\|$ (dotted: the bound $\sigma^k$)")
    ax.legend(frameon=False, fontsize=9, loc="lower left")


def draw_windows(ax):
    """Draw what truncation costs. To see: windows as long as the net's memory are long enough."""
    for radius, colour in ((0.6, "#9ecae1"), (0.9, "#4292c6"), (0.98, "#084594")):
        errors = []
        sizes = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)
        for seed in range(5):
            rng = np.random.default_rng(seed)
            x, dhs = 0.5 * rng.normal(size=(192, 4, 3)), rng.normal(size=(192, 4, 16))
            h0, net = np.zeros((4, 16)), random_net(rng, 3, 16, radius)
            whole = rnn_backward(x, h0, *net, dhs)[3]
            parts = [truncated_bptt(x, h0, *net, dhs, k)[1] for k in sizes]
            errors.append([np.linalg.norm(p - whole) / np.linalg.norm(whole) for p in parts])
        for line in errors:
            ax.plot(sizes, line, color=colour, alpha=0.25, lw=0.8)
        ax.plot(sizes, np.mean(errors, axis=0), "o-", ms=3, color=colour, label=f"{radius:g}")
    ax.set(title="What the cut gradient misses", xscale="log", ylim=(0, None))
    ax.set(xlabel="steps in a window, k", ylabel=r"error of $dW$, relative (thin: five nets)")
    ax.legend(frameon=False, title=r"$\sigma(W)$")


def draw_knobs(ax):
    """Draw how often words are chosen. To see: temperature bends, top-k and top-p cut."""
    logits = np.log(np.array([0.32, 0.22, 0.15, 0.1, 0.07, 0.05, 0.04, 0.03, 0.02]))
    u = (np.arange(20_000) + 0.5) / 20_000
    rows = np.tile(logits, (len(u), 1))
    for k, (name, knobs, colour) in enumerate(
        (
            (r"$\tau = 1$", (1.0,), "#888888"),
            (r"$\tau = 0.5$", (0.5,), "#084594"),
            (r"$\tau = 2$", (2.0,), "#d62728"),
            ("top-k 3", (1.0, 3), "#2ca02c"),
            ("top-p 0.8", (1.0, 0, 0.8), "#ff7f0e"),
        )
    ):
        chosen = sample_next(rows, knobs[0], u, *knobs[1:])
        share = np.bincount(chosen, minlength=len(logits)) / len(u)
        ax.bar(np.arange(len(logits)) + 0.16 * (k - 2), share, 0.16, color=colour, label=name)
    ax.set(title="Three knobs on one distribution", xlabel="word, the likeliest first")
    ax.set(ylabel="share of 20,000 choices", xticks=range(len(logits)))
    ax.legend(frameon=False)


def draw_writing(ax):
    """Draw a small net while it learns letters. To see: spaces, then syllables, then words."""
    (train, test), vocabulary = letters_of_prose(60_000)
    size, texts, marks = len(vocabulary), [], (0, 10, 50, 300)
    curve = []
    for update, model in learn(train, size, 24, 64, 301, 0.01, seed=1):
        if update % 25 == 0 or update in marks:
            curve.append((update, held_out(model, test[:6000])))
        if update in marks:
            rng = np.random.default_rng(3)
            start = np.array([vocabulary.index(" ")])
            said = generate(start, 30, model, 0.7, rng)[:, 0]
            texts.append((curve[-1], "".join(vocabulary[k] for k in said if k < size - 1)))
    ax.plot(*np.transpose(curve), "o-", ms=3, color="#1f77b4")
    for (update, height), text in texts:
        ax.annotate(
            f"{update}: {text}",
            (update, height),
            xytext=(40, {0: 45, 10: 24, 50: 15, 300: 4.8}[update]),
            family="monospace",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "color": "#bbbbbb"},
        )
    ax.set(title="A net learns to write", xlabel="update", yscale="log", ylim=(4, 70))
    ax.set(ylabel="perplexity per letter, held-out text")
    ax.set_yticks([5, 10, 20, 40], ["5", "10", "20", "40"])
    ax.minorticks_off()


def draw_forecast(ax):
    """Draw errors of forecasts by horizon. To see: persistence is soon worse than the plain mean.

    And what weighs twelve values is better at one step, and no better than the mean at five.
    """
    from autograder.data import brain_waves

    series = brain_waves()[:, 0]
    horizons, rows = range(1, 13), []
    for horizon in horizons:
        x, y, x_test, y_test, naive = forecast_split(series, 12, horizon, 200)
        weights = np.linalg.lstsq(x, y, rcond=None)[0]
        rows.append((naive, np.sqrt(np.mean((x_test @ weights - y_test) ** 2))))
    for values, name, colour in zip(
        np.transpose(rows), ("persistence", "weighted sum of 12 values"), ("#888888", "#1f77b4")
    ):
        ax.plot(horizons, values, "o-", ms=4, color=colour, label=name)
    ax.axhline(series[-200:].std(), color="k", ls=":", lw=1, label="spread of the test values")
    ax.set(title="Forecasts of a recorded brain wave", xlabel="steps ahead", ylim=(0, None))
    ax.set(ylabel="root mean square error (the series has 1)")
    ax.legend(frameon=False, loc="lower right")


# %% [markdown]
# ## Capstone: letters, words, and a wave
#
# **Letters and words.** The text is the reference manual that every Python brings along (in
# `pydoc_data`, under the PSF licence): whole paragraphs, one in ten held out. Your net reads it
# letter by letter, then word by word, in windows of truncated backpropagation. Its rate is chosen
# from a small grid by the perplexity on a part of the training text that it has not seen; then
# fresh starts, measured on the held-out paragraphs. Beside it the n-gram, with n and k chosen on
# *the very text it is tested on*: the yardstick gets every advantage.
#
# **A wave.** Four channels of a recorded EEG (`eeg.dat`, which Matplotlib ships among its sample
# data), 800 steps each; the forecast is one step ahead, the last 200 are the test. Your net reads
# twelve values. It has to beat persistence on the mean of the channels by more than twice the
# standard error over its starts, and it is also shown beside a linear forecast of the same twelve.
# Then the same with a share price (Google's, from Matplotlib too): before you run it, what do you
# expect?
#
# The target: both perplexities below the n-gram's, and the error on the wave below persistence's.


# %%
def capstone():
    """Learn letters, words and a wave, each against its baseline."""
    (train, test), vocabulary = letters_of_prose(260_000)
    letters = contest("letters", train, test, len(vocabulary), (32, 128), 1100, (2, 3, 4), 3)
    print("By lot:   ", write(letters["model"], vocabulary, "", " the "))
    said = beam_search(letters["model"], vocabulary.index("t"), 60, 8)
    print("By a beam:", "t" + "".join(vocabulary[k] for k in said))
    (train, test), vocabulary = words_of_prose(600)
    words = contest("words", train, test, len(vocabulary), (48, 96), 200, (2, 3), 3)
    print("By lot:   ", write(words["model"], vocabulary, " ", "<end>"))
    wave, price = forecasts("wave"), forecasts("price")
    won = wave["naive"] - wave["net"]
    return {
        "letters_rnn": float(np.mean(letters["rnn"])),
        "letters_ngram": letters["ngram"],
        "words_rnn": float(np.mean(words["rnn"])),
        "words_ngram": words["ngram"],
        "wave_net": float(np.mean(wave["net"])),
        "wave_persistence": float(wave["naive"]),
        "wave_linear": float(wave["linear"]),
        "price_net": float(np.mean(price["net"])),
        "price_persistence": float(price["naive"]),
        "target_reached": bool(
            max(letters["rnn"]) < letters["ngram"]
            and max(words["rnn"]) < words["ngram"]
            and won.mean() > 2 * won.std(ddof=1) / np.sqrt(len(won))
        ),
        "figure": draw_results({"letters": letters, "words": words}, wave, price),
    }


def paragraphs_of_prose():
    """Return training and held-out paragraphs of Python's reference manual."""
    import re

    from autograder.data import prose

    found = []
    for paragraph in dict.fromkeys(re.split(r"\n\s*\n", prose(2_000_000))):
        text = " ".join(paragraph.split())
        plain = sum(letter.isalpha() or letter in " .,;:'-" for letter in text)
        if len(text) > 80 and text[0].isupper() and text[-1] in ".:" and plain > 0.94 * len(text):
            found.append(text.lower())
    order = np.random.default_rng(0).permutation(len(found))
    held = len(order) // 10
    return [found[k] for k in order[held:]], [found[k] for k in order[:held]]


def letters_of_prose(length):
    """Return training and held-out text as numbers of letters, and the vocabulary."""
    train, test = ("\n".join(part) for part in paragraphs_of_prose())
    vocabulary, numbers = build_vocabulary(list(train[:length]), 40)
    return (numbers, numbered(test, vocabulary)), vocabulary


def words_of_prose(size):
    """Return training and held-out text as numbers of words, and the vocabulary."""
    import re

    cut = [
        [
            word
            for text in part
            for word in (*re.findall(r"[a-z]+(?:'[a-z]+)?|[.,;:]", text), "<end>")
        ]
        for part in paragraphs_of_prose()
    ]
    vocabulary, numbers = build_vocabulary(cut[0], size)
    return (numbers, numbered(cut[1], vocabulary)), vocabulary


def numbered(text, vocabulary):
    """Return a text in the numbers of a vocabulary that another text gave."""
    place = {word: k for k, word in enumerate(vocabulary)}
    return np.array([place.get(word, len(vocabulary) - 1) for word in text])


def columns(numbers, count):
    """Lay a long text out as `count` columns side by side: inputs, and what comes next."""
    rows = (len(numbers) - 1) // count
    return [numbers[k : k + rows * count].reshape(count, rows).T for k in (0, 1)]


def learn(train, size, embedded, hidden, updates, lr, seed, batch=32, steps=32):
    """Train a language model; yield the number of updates so far, and the model."""
    rng = np.random.default_rng(seed)
    w = np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
    u = rng.normal(size=(hidden, embedded)) / np.sqrt(embedded)
    table, v = 0.3 * rng.normal(size=(size, embedded)), 0.1 * rng.normal(size=(size, hidden))
    model = [part.astype(np.float32) for part in (table, u, 0.9 * w, np.zeros(hidden), v)]
    model.append(np.zeros(size, np.float32))
    update, past = 0, [(np.zeros_like(part), np.zeros_like(part)) for part in model]
    while True:
        x, y = columns(train[int(rng.integers(steps)) :], batch)
        h = np.zeros((batch, hidden), np.float32)
        for first in range(0, len(x) - steps + 1, steps):
            yield update, tuple(model)
            if update == updates:
                return
            part = slice(first, first + steps)
            gradients, h = window_gradients(model, x[part], y[part], h)
            update += 1
            rate = lr * (1.02 - update / updates)
            descend(model, gradients, past, update, rate)


def window_gradients(model, x, y, h):
    """Return the gradients of all weights in one window of text, and the state after it."""
    table, u, w, b, v, c = model
    seen = table[x]
    hs = rnn_forward(seen, h, u, w, b)
    _, _, dlogits = sequence_cross_entropy(hs @ v.T + c, y)
    dx, _, du, dw, db = rnn_backward(seen, h, u, w, b, dlogits @ v)
    flat = dlogits.reshape(-1, len(v))
    dv, dc = flat.T @ hs.reshape(len(flat), -1), flat.sum(axis=0)
    return [embed_backward(x, dx, len(table)), du, dw, db, dv, dc], hs[-1]


def descend(model, gradients, past, update, lr):
    """Take one step of Adam in place, with the gradients clipped to a joint norm of 1."""
    length = np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients))
    scale = lr * np.sqrt(1 - 0.999**update) / (1 - 0.9**update)
    for part, gradient, (first, second) in zip(model, gradients, past):
        gradient = gradient / max(1.0, length)
        first += 0.1 * (gradient - first)
        second += 0.001 * (gradient**2 - second)
        part -= (scale * first / (np.sqrt(second) + 1e-8)).astype(part.dtype)


def held_out(model, test, count=32):
    """Return the perplexity of a model on a text it has not seen."""
    table, u, w, b, v, c = model
    x, y = columns(test, count)
    h = np.zeros((count, len(w)), np.float32)
    return sequence_cross_entropy(rnn_forward(table[x], h, u, w, b) @ v.T + c, y)[1]


def counted(train, test, size, orders):
    """Return the best perplexity that counting can have on the test, and its n."""
    found = []
    for n in orders:
        for k in (0.003, 0.01, 0.03, 0.1, 0.3):
            p = ngram_probabilities(train, size, n, k)
            seen = tuple(test[i : len(test) - n + 1 + i] for i in range(n))
            found.append((float(np.exp(-np.mean(np.log(p[seen])))), n))
    return min(found)


def contest(name, train, test, size, widths, updates, orders, starts):
    """Choose a rate, train from several starts, and count: the perplexities on the test."""
    from autograder.rewards import track

    part = len(train) // 10
    tried = {}
    for lr in (0.003, 0.01):
        *_, (_, model) = learn(train[part:], size, *widths, updates // 6, lr, seed=100)
        tried[held_out(model, train[:part])] = lr
    lr, found, curves = tried[min(tried)], [], []
    for seed, say in track(range(starts), name):
        curve = []
        for update, model in learn(train, size, *widths, updates, lr, seed):
            if update % (updates // 10) == 0:
                curve.append((update, held_out(model, test)))
        found.append(curve[-1][1])
        curves.append(curve)
        say(perplexity=found[-1])
    ngram, n = counted(train, test, size, orders)
    return {"rnn": found, "ngram": ngram, "n": n, "curves": curves, "model": model, "lr": lr}


def write(model, vocabulary, between, begin):
    """Return forty words, or 160 letters, that a model writes by lot."""
    if between:
        first, steps = [vocabulary.index(begin)], 40
    else:
        first, steps = [vocabulary.index(begin[-1])], 160
    rng = np.random.default_rng(5)
    said = generate(np.array(first), steps, model, 0.7, rng)[:, 0]
    return between.join(vocabulary[k] for k in said if k < len(vocabulary) - 1).replace("\n", " ")


def beam_search(model, first, steps, beams):
    """Return the likeliest text that is found when the best `beams` beginnings are kept."""
    table, u, w, b, v, c = model
    h, score = np.zeros((1, len(w)), np.float32), np.zeros(1)
    word, texts = np.array([first]), np.zeros((1, 0), int)
    for _ in range(steps):
        h = rnn_forward(table[word][np.newaxis], h, u, w, b)[0]
        logits = (h @ v.T + c).astype(float)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        total = (score[:, np.newaxis] + logs).ravel()
        best = np.argsort(-total, kind="stable")[:beams]
        came, word = np.divmod(best, len(v))
        h, score = h[came], total[best]
        texts = np.concatenate([texts[came], word[:, np.newaxis]], axis=1)
    return texts[0]


def forecasts(name, width=12, starts=4):
    """Forecast a wave or a price: errors of a net from several starts and of two baselines."""
    from autograder.data import brain_waves, share_price
    from autograder.rewards import track

    series = brain_waves().T if name == "wave" else np.log(share_price())[np.newaxis]
    splits = [forecast_split(one, width, 1, 200) for one in series]
    naive = float(np.mean([split[4] for split in splits]))
    lines = [np.linalg.lstsq(x, y, rcond=None)[0] for x, y, *_ in splits]
    linear = [np.sqrt(np.mean((s[2] @ line - s[3]) ** 2)) for s, line in zip(splits, lines)]
    rates = (0.003, 0.01, 0.03)
    tried = [fit_series([cut_short(split) for split in splits], lr, 100) for lr in rates]
    lr = rates[int(np.argmin(tried))]
    errors = []
    for seed, say in track(range(starts), name):
        errors.append(fit_series(splits, lr, seed))
        say(error=errors[-1], persistence=naive)
    return {"net": np.array(errors), "naive": naive, "linear": float(np.mean(linear)), "lr": lr}


def cut_short(split, held=100):
    """Return a split in which the end of the training samples plays the test."""
    x, y = split[:2]
    return x[:-held], y[:-held], x[-held:], y[-held:], 0.0


def fit_series(splits, lr, seed, hidden=16, updates=250):
    """Train a net that reads a window and forecasts the change; return its mean test error."""
    rng = np.random.default_rng(seed)
    x, y, x_test, y_test = (
        np.concatenate([split[k] for split in splits]).astype(np.float32) for k in range(4)
    )
    last, last_test = x[:, -1], x_test[:, -1]
    middle, scale = x.mean(), x.std()
    change = (y - last) / (y - last).std()
    w = 0.9 * np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
    parts = (0.5 * rng.normal(size=(hidden, 1)), w, np.zeros(hidden), np.zeros((1, hidden)))
    model = [part.astype(np.float32) for part in parts]
    past = [(np.zeros_like(part), np.zeros_like(part)) for part in model]
    for update in range(1, updates + 1):
        some = rng.permutation(len(x))[:600]
        seen = ((x[some] - middle) / scale).T[:, :, np.newaxis]
        h0 = np.zeros((len(some), hidden), np.float32)
        hs = rnn_forward(seen, h0, *model[:3])
        gap = (hs[-1] @ model[3].T)[:, 0] - change[some]
        dhs = np.zeros_like(hs)
        dhs[-1] = 2 * gap[:, np.newaxis] * model[3] / len(some)
        dv = 2 * (gap[:, np.newaxis] * hs[-1]).mean(axis=0, keepdims=True)
        descend(model, [*rnn_backward(seen, h0, *model[:3], dhs)[2:], dv], past, update, lr)
    seen = ((x_test - middle) / scale).T[:, :, np.newaxis]
    hs = rnn_forward(seen, np.zeros((len(x_test), hidden), np.float32), *model[:3])
    forecast = last_test + (hs[-1] @ model[3].T)[:, 0] * (y - last).std()
    squares = ((forecast - y_test) ** 2).reshape(len(splits), -1)
    return float(np.mean(np.sqrt(squares.mean(axis=1))))


def draw_results(texts, wave, price):
    """Draw perplexities while learning, and errors of forecasts. To see: who beats the line."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 4, figsize=(15, 4.4), layout="constrained")
    for ax, (name, found) in zip(axes, texts.items()):
        for curve in found["curves"]:
            ax.plot(*np.transpose(curve)[:, 1:], color="#1f77b4", lw=1)
        ax.axhline(found["ngram"], color="#d62728", ls="--", label=f"{found['n']}-gram, its best k")
        ax.set(title=name, xlabel="update (a line for each start)", yscale="log")
        ax.set(ylabel=f"perplexity per {name[:-1]}, held-out text")
        ax.legend(frameon=False)
    for ax, (name, found) in zip(axes[2:], (("wave", wave), ("price (log)", price))):
        ax.plot(np.zeros(len(found["net"])), found["net"], "o", color="#1f77b4", label="starts")
        ax.axhline(found["naive"], color="#d62728", ls="--", label="persistence")
        ax.axhline(found["linear"], color="#888888", ls=":", label="linear, of the same values")
        ax.set(title=f"{name}, one step ahead", xlim=(-1, 1), xticks=[])
        ax.set(ylabel="root mean square error on the last 200 values")
        ax.legend(frameon=False)
    return fig


# %% [markdown]
# Keep the printed numbers: the same letters come back in chapter 20, where attention reads them,
# and the words in chapter 16, where an LSTM does.


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
