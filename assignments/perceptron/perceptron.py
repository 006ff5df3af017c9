# %% [markdown]
# # The perceptron: the first machine that learned
#
# *Chapter 3 · Unit II: neurons and multilayer perceptrons*
#
# In July 1958 the New York Times reported on a machine that the Navy expected to "walk, talk, see,
# write, reproduce itself and be conscious of its existence". What Frank Rosenblatt had shown was a
# weighted sum, a threshold, and a rule of one line that moves the weights after each mistake. It
# told punch cards marked on the left from cards marked on the right, and nobody had told it how.
#
# ```text
#    x1 --w1--\
#    x2 --w2---( sum )--- threshold ---> 0 or 1      right: leave the weights alone
#    x3 --w3--/                            |         wrong: move them towards the right answer
#       ^                                  v
#       `----------- was it right? --------'
# ```
#
# Eleven years later Minsky and Papert proved what it can *not* do, and the money went elsewhere.
# Both were right. In this chapter you build the unit, wire it into gates, let it learn, prove when
# it will, recognise from a log whether it still can, and take the one step that was missing: a
# second layer. At the end it tells irises apart, and you find out which weights to keep when the
# learning never ends.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
import itertools
import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Ints = NDArray[np.integer]
Layer = tuple[Array, Array]

# %% [markdown]
# ## Conventions of this chapter
#
# - Targets and outputs are **0 and 1**. (Elsewhere −1 and +1: factors of 2 hide there.)
# - A unit with a *threshold* $\theta$ compares: $y = \mathrm{step}(\sum_i w_i x_i - \theta)$. For
#   learning, the threshold is a weight like the others: $b = -\theta$ stands **first**,
#   $w = (b, w_1, \dots, w_D)$, and every input gets a 1 in front, $\tilde x = (1, x_1, \dots,
#   x_D)$, so that $z = w \cdot \tilde x$. The arrays `x` come *without* that 1.
# - What a unit says exactly *at* its threshold differs from book to book: 0, ½ or 1. From the third
#   section on it **fires there**: output 1 if $z \ge 0$.
# - float32 in gives float32 out; nothing is changed in place.

# %% [markdown]
# ## 1. Linear threshold units
#
# You decide whether to go to the festival: is the weather good, does your friend come along, is it
# near the station? $x = (1, 1, 0)$ says yes, yes, no. Somebody with the weights $(3, 1, 5)$ and the
# threshold 4 is mostly after the short walk; somebody with $(2, 6, 1)$ goes wherever the friend
# goes, but has the threshold 9. One row of weights for each unit:
#
# $$ y_k = \mathrm{step}(z_k), \quad z_k = \sum_i w_{ki} x_i - \theta_k, \qquad
# \mathrm{step}(z) = \begin{cases} 0 & z < 0 \\ c & z = 0 \\ 1 & z > 0 \end{cases} $$
#
# The three conventions for $c$ are 0, ½ and 1.
#
# **By hand.** The sums are 4 and 8. The first unit stands *on* its threshold and says $c$; the
# second is one short of 9 and says 0, whatever the convention. (A sigmoid in place of the step
# would answer by degrees: weights 0.3 and 0.6 on two inputs of 1 give $\sigma(0.9) = 0.711$.)


# %%
def predict(x: Array, w: Array, threshold: Array, at_zero: float = 1.0) -> Array:
    """Return what a layer of linear threshold units answers.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        One sample in each row.
    w : ndarray of shape (K, D)
        One unit's weights in each row.
    threshold : ndarray of shape (K,)
        Their thresholds.
    at_zero : float
        The answer of a unit whose sum *equals* its threshold, and of no other: 0, 0.5 or 1.

    Returns
    -------
    ndarray of shape (N, K)
        0 below the threshold, `at_zero` on it, 1 above it, in the dtype of `x`.

    References
    ----------
    McCulloch and Pitts 1943, A logical calculus of the ideas immanent in nervous activity.
    """
    raise NotImplementedError("predict")


# %% [markdown]
# ## 2. Gates
#
# With inputs of 0 and 1 a unit is a logic gate. In the plane of two inputs it draws a straight line
# and says 1 on one side of it. Which line, is up to you: many weights make the same gate, and you
# are graded by the **truth table**, never by the weights.
#
# One thing is asked of the line: it must not pass *through* a corner. The AND of many books,
# $w = (1, 1)$ with $\theta = 2$, stands on its threshold at $(1, 1)$ and is an AND only if
# $\mathrm{step}(0) = 1$. Yours is to work under all three conventions.
#
# **By hand.** NAND: $w = (-1, -1)$, $\theta = -1.5$. The four sums 0, −1, −1, −2 all lie above
# −1.5 but the last, and none lies on it. NOT: $w = (-0.6)$, $\theta = -\frac12$: 0 fires, −0.6 does
# not. To turn a gate into its opposite, *both* the weights and the threshold change their signs.


# %%
def gate(name: str, d: int = 2) -> tuple[Array, float]:
    """Return weights and threshold of one unit that computes a logical function.

    The unit must be right for every input of zeros and ones, under each of the three conventions
    for a sum on the threshold. Any weights that do so are right.

    Parameters
    ----------
    name : str
        ``"AND"`` (all inputs are 1), ``"OR"`` (at least one), ``"NAND"`` and ``"NOR"`` (their
        opposites), ``"MAJORITY"`` (*more* than half of the inputs are 1) or ``"NOT"``.
    d : int
        How many inputs, at least 1; 1 for ``"NOT"``.

    Returns
    -------
    w : ndarray of shape (d,)
    threshold : float
        The unit fires where ``w @ x`` is above it.
    """
    raise NotImplementedError("gate")


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already: with these two
# functions, the lines of your gates, and on which side of them each corner lies. One gate is
# missing there. Try to draw its line.

# %% [markdown]
# ## 3. Learning from a mistake
#
# Rosenblatt's rule looks at one sample, lets the unit answer, and compares:
#
# $$ w \leftarrow w + \eta\,(t - y)\,\tilde x, \qquad y = \begin{cases} 1 & w \cdot \tilde x \ge 0
# \\ 0 & \text{otherwise} \end{cases} $$
#
# with the target $t$. A right answer changes nothing. A unit that kept silent when it should have
# fired gets the input *added*, so that the sum for this input is larger next time; one that fired
# when it should not gets it subtracted. The bias learns along: its input is always 1.
#
# (In some lecture notes the bracket reads $(y - t)$ with a minus in front, and in some the minus
# got lost on the way. Follow the sentence, not the symbol: which way must the sum move?)
#
# **By hand.** $w = (0, 0, 0)$, $x = (2, -1)$, $t = 0$, $\eta = \frac12$: the sum is 0, the unit
# fires, and should not. $w$ becomes $(-\frac12, -1, \frac12)$. Then $x = (1, 1)$ with $t = 1$: the
# sum is $-1$, the unit is silent, $w$ becomes $(0, -\frac12, 1)$.


# %%
def perceptron_update(w: Array, x: Array, target: int, lr: float) -> Array:
    """Return the weights after the perceptron has met one sample.

    The unit fires, output 1, where the sum (bias included) is greater than *or equal to* 0.

    Parameters
    ----------
    w : ndarray of shape (D + 1,)
        The bias, then one weight for each input.
    x : ndarray of shape (D,)
        One sample, without the 1 for the bias.
    target : int
        What the unit should answer: 0 or 1.
    lr : float
        The learning rate.

    Returns
    -------
    ndarray of shape (D + 1,)
        The new weights, in the dtype of `w`.

    References
    ----------
    Rosenblatt 1958, The perceptron: a probabilistic model for information storage and organization
    in the brain.
    """
    raise NotImplementedError("perceptron_update")


# %% [markdown]
# ## 4. Again and again
#
# One sample corrected may break another, so the machine goes through all of them in turn, *using
# each time the weights that the sample before has left*, until it gets through an epoch without a
# single mistake. From then on nothing would change: it has **converged**.
#
# **By hand.** The AND of two inputs, in the order $(0,0), (0,1), (1,0), (1,1)$, with $\eta = 1$:
#
# | epoch | $(0,0)$ | $(0,1)$ | $(1,0)$ | $(1,1)$ | mistakes | $w$ afterwards |
# |---|---|---|---|---|---|---|
# | 1 | wrong | right | right | wrong | 2 | (0, 1, 1) |
# | 2 | wrong | wrong | right | wrong | 3 | (−1, 2, 1) |
# | … | | | | | | |
#
# It goes on with 3, 2, 1 and 0 mistakes: six epochs, 11 mistakes, $w = (-3, 2, 1)$. On the way it
# got worse before it became better, which is common. On XOR it would go on for ever, hence
# `max_epochs`.


# %%
def perceptron_fit(x: Array, y: Ints, order: Ints, max_epochs: int) -> tuple[Array, Ints]:
    """Train a perceptron from zero weights, one sample at a time, at the rate 1.

    Each epoch goes through the samples in the given order. Training ends after the first epoch
    without a mistake, or after `max_epochs`. A mistake is an answer that differs from the target
    at the weights with which the sample is met; at a sum of exactly 0 the unit fires.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    y : ndarray of int of shape (N,)
        Targets, 0 or 1.
    order : ndarray of int of shape (N,)
        The indices of the samples, in the order in which each epoch visits them.
    max_epochs : int
        At least 1.

    Returns
    -------
    w : ndarray of shape (D + 1,)
        Bias and weights at the end, in the dtype of `x`.
    mistakes : ndarray of int of shape (E,)
        Mistakes of each of the E epochs that were made, the one without included.

    References
    ----------
    Rosenblatt 1962, Principles of neurodynamics.
    """
    raise NotImplementedError("perceptron_fit")


# %% [markdown]
# ### Question `does_the_rate_matter`
#
# A fellow student trains a perceptron from zero weights with $\eta = 1$, 0.1 and 0.001, "to find
# the best rate". What will the three runs have in common, and why? What changes if the weights
# start at small random values instead, and what if the unit were an Adaline (the next section)?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 5. Adaline: learning from the distance
#
# Two years after Rosenblatt, Widrow and Hoff let the unit learn from its *sum*, before the
# threshold: the error is $t - z$ and not $t - y$. One step makes the squared error of one sample
# $\frac12 (t - z)^2$ smaller, against its gradient:
#
# $$ w \leftarrow w + \eta\,(t - z)\,\tilde x, \qquad z = w \cdot \tilde x $$
#
# It is called the delta rule, LMS, or Widrow-Hoff rule, and it is the ancestor of
# backpropagation: an error that has a gradient can be sent back through more layers; a step cannot.
# The price: Adaline is never content. Even a sample far on the right side moves the weights, since
# its sum is not *exactly* the target.
#
# **By hand.** $w = (0.5, 1)$, $x = 2$, $t = 1$, $\eta = 0.1$: $z = 2.5$, the error is $-1.5$, and
# $w$ becomes $(0.35, 0.7)$. The perceptron would have left this sample alone.


# %%
def adaline_update(w: Array, x: Array, target: float, lr: float) -> Array:
    """Return the weights after one step of the Widrow-Hoff rule on one sample.

    The step goes against the gradient of *half* the squared error of the sum (bias included).

    Parameters
    ----------
    w : ndarray of shape (D + 1,)
        The bias, then one weight for each input.
    x : ndarray of shape (D,)
        One sample, without the 1 for the bias.
    target : float
        What the sum should be.
    lr : float
        The learning rate.

    Returns
    -------
    ndarray of shape (D + 1,)
        The new weights, in the dtype of `w`.

    References
    ----------
    Widrow and Hoff 1960, Adaptive switching circuits.
    """
    raise NotImplementedError("adaline_update")


# %% [markdown]
# ## 6. Whose rule is this?
#
# Six students wrote a learning rule; some meant to write Rosenblatt's. You see no code, only the
# weights before the first sample and after each one. With the output $y$ and the sum $z$ that the
# weights of the moment give:
#
# | name | what sample $n$ does to $w$ |
# |---|---|
# | `"perceptron"` | $w + \eta\,(t - y)\,\tilde x$ |
# | `"reversed"` | $w - \eta\,(t - y)\,\tilde x$ |
# | `"no-bias"` | as the perceptron, but the bias stays what it is |
# | `"hebb"` | $w + \eta\,(2t - 1)\,\tilde x$, right or wrong |
# | `"adaline"` | $w + \eta\,(t - z)\,\tilde x$ |
# | `"batch"` | nothing, but the *last* sample brings what all T of them would do to the start |
#
# (The batch rule takes all outputs at the weights of the start, and ends at
# $w + \eta \sum_n (t_n - y_n)\,\tilde x_n$.)
#
# **By hand.** $w = (-1, 1)$, $x = 3$, $t = 0$. The sum is 2, the unit fires and should not. Next,
# the weights are $(-1.5, -0.5)$: a perceptron with $\eta = \frac12$ does that, but so does Adaline
# with $\eta = \frac14$ and Hebb's rule with $\eta = \frac12$. The next sample, $x = 1$ with
# $t = 0$, has the sum $-2$ and is right: the perceptron stays at $(-1.5, -0.5)$, Adaline goes to
# $(-1, 0)$, Hebb to $(-2, -1)$.


# %%
def whose_update(path: Array, x: Array, y: Ints) -> tuple[str, float]:
    """Tell from the weights after each sample which rule moved them, and the learning rate.

    Exactly one of the six rules of the text made all steps, up to rounding, at a positive rate.
    A unit fires where its sum is greater than or equal to 0. The first sample and a later one are
    answered wrongly at the weights with which they are met, and at least one is answered rightly.

    Parameters
    ----------
    path : ndarray of shape (T + 1, D + 1)
        Bias and weights at the start, and after each of T samples.
    x : ndarray of shape (T, D)
        The samples, in the order in which they were met.
    y : ndarray of int of shape (T,)
        Their targets, 0 or 1.

    Returns
    -------
    name : str
        One of the names of the text's table.
    lr : float
        The learning rate.
    """
    raise NotImplementedError("whose_update")


# %% [markdown]
# ## 7. The average of all opinions
#
# Where the classes overlap, the perceptron never ends, and its *last* weights are those that happen
# to stand after the last mistake: one outlier at the end spoils them. Most of the time it had
# better ones. So keep the **average** of the weights after each sample that was met: weights that
# survive many samples count often, those that are corrected at once hardly count.
#
# $$ \bar w = \frac{1}{E N} \sum_{e=1}^{E} \sum_{n=1}^{N} w^{(e, n)} $$
#
# with $w^{(e,n)}$ the weights *after* the $n$-th sample of epoch e, whether it changed them or not.
# All epochs count, the first one too; and no epoch is left out because one was without a mistake.
#
# **By hand.** The AND once more, one epoch. After the four samples the weights are
# $(-1, 0, 0)$, $(-1, 0, 0)$, $(-1, 0, 0)$ and $(0, 1, 1)$; their average is
# $(-\frac34, \frac14, \frac14)$. (With the zeros of the start counted too it would be
# $(-\frac35, \frac15, \frac15)$; over the two changes alone, $(-\frac12, \frac12, \frac12)$.)


# %%
def averaged_perceptron(x: Array, y: Ints, order: Ints, epochs: int) -> Array:
    """Return the average of the weights of a perceptron over its whole training.

    Trained from zero weights at the rate 1, one sample at a time, for exactly `epochs` epochs; at a
    sum of exactly 0 the unit fires. The weights after each sample count, N times `epochs` of them;
    those at the start do not.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    y : ndarray of int of shape (N,)
        Targets, 0 or 1.
    order : ndarray of int of shape (N,)
        The indices of the samples, in the order in which each epoch visits them.
    epochs : int
        At least 1.

    Returns
    -------
    ndarray of shape (D + 1,)
        The averages of bias and weights, in the dtype of `x`.

    References
    ----------
    Freund and Schapire 1999, Large margin classification using the perceptron algorithm.
    """
    raise NotImplementedError("averaged_perceptron")


# %% [markdown]
# ## 8. More than two classes
#
# For K classes, take K units without thresholds, one row of weights (and one bias) each: the class
# whose sum is largest wins. After a mistake two rows move, and no other:
#
# - the row of the *right* class gets $\tilde x$ added,
# - the row of the class that *won* gets it subtracted.
#
# Where several sums are the largest, the first of these classes wins.
#
# **By hand.** Three classes, all weights zero, $x = (1, 2)$ of class 2: all sums are 0, so class 0
# wins. Row 2 becomes $(1, 1, 2)$, row 0 becomes $(-1, -1, -2)$, row 1 stays. The same $x$ with
# class 0 would have changed nothing.


# %%
def multiclass_perceptron_update(w: Array, x: Array, label: int) -> Array:
    """Return the weights after the multiclass perceptron has met one sample, at the rate 1.

    Parameters
    ----------
    w : ndarray of shape (K, D + 1)
        A row for each class: its bias, then its weights.
    x : ndarray of shape (D,)
        One sample, without the 1 for the bias.
    label : int
        The right class, from 0 to K - 1.

    Returns
    -------
    ndarray of shape (K, D + 1)
        The new weights, in the dtype of `w`.

    References
    ----------
    Crammer and Singer 2003, Ultraconservative online algorithms for multiclass problems.
    """
    raise NotImplementedError("multiclass_perceptron_update")


# %% [markdown]
# ## 9. How many mistakes can it make?
#
# Novikoff's theorem (1962) is the first one in machine learning that says *learning will succeed*.
# Let some weights $w^*$ separate the classes, and let $s_n = \pm 1$ be the side of sample n: +1 for
# the target 1, −1 for the target 0.
#
# $$ \gamma = \min_n \frac{s_n\, w^* \cdot \tilde x_n}{\lVert w^* \rVert}, \qquad
# R = \max_n \lVert \tilde x_n \rVert $$
#
# Then the perceptron, from zero weights, makes **at most $(R/\gamma)^2$ mistakes**, in however many
# epochs, in whatever order. The bias is a coordinate like any other: it stands in $\lVert w^*
# \rVert$, and its 1 stands in R.
#
# The proof takes two lines. Each mistake makes $w \cdot w^* / \lVert w^* \rVert$ larger by at least
# $\gamma$; and it makes $\lVert w \rVert^2$ larger by at most $R^2$, since the sum had the wrong
# sign. After M mistakes $M\gamma \le \lVert w \rVert \le \sqrt M R$.
#
# If $w^*$ has a sample on the wrong side, or on its line, then $\gamma \le 0$ and this $w^*$
# promises nothing: the bound is infinite.
#
# **By hand.** The AND with $w^* = (-1.5, 1, 1)$: every sample has $|z| \ge \frac12$,
# $\lVert w^* \rVert^2 = 4.25$, $R^2 = 3$: at most $3 \cdot 4.25 / 0.25 = 51$ mistakes. (Section 4
# counted 11.) Forget the bias in both, and the bound would be $2 \cdot 2 / 0.25 = 16$. Nothing
# proves that one.


# %%
def mistake_bound(w: Array, x: Array, y: Ints) -> tuple[float, float, float]:
    """Return the margin of given weights, the radius of the data, and Novikoff's bound.

    Parameters
    ----------
    w : ndarray of shape (D + 1,)
        Bias and weights, not all zero. Of any length.
    x : ndarray of shape (N, D)
        Samples, without the 1 for the bias.
    y : ndarray of int of shape (N,)
        Targets, 0 or 1.

    Returns
    -------
    margin : float
        The smallest signed distance, negative if a sample lies on the wrong side.
    radius : float
    bound : float
        The largest possible number of mistakes, not rounded; infinite if the margin is not
        positive.

    References
    ----------
    Novikoff 1962, On convergence proofs for perceptrons.
    """
    raise NotImplementedError("mistake_bound")


# %% [markdown]
# ### Question `which_line_does_it_find`
#
# The bound speaks of the margin of $w^*$, the best there is. Does the perceptron find the weights
# with the largest margin? What does it do once the first separating line is found, and what happens
# if the samples are visited in another order? Somebody expects twice as many mistakes from a data
# set with twice as many samples: what does the bound say?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 10. Reading a log
#
# A training runs, and each epoch reports its mistakes. Will it ever end? From the mistakes alone
# nobody can tell: they fall and rise on separable data too. But suppose you know one thing about
# the data (from how they were made, say): *if* the classes can be separated, then with a margin of
# at least $\gamma$, bias included. Then the log can prove something:
#
# - `"separable"`: an epoch was without a mistake.
# - `"not separable"`: there have been *more* mistakes than the theorem allows.
# - `"undecided"`: neither, yet. There may be as many further mistakes as are left of
#   $(R/\gamma)^2$.
#
# **By hand.** The largest sample is $(2, 2)$, so $R = 3$; with $\gamma = \frac12$ the bound is 36.
# The log 3, 2, 0: separable. The log 10, 12, 14 is undecided, and 0 mistakes are left: another one
# would prove that there is no line. The log 10, 12, 15 has it proven already.


# %%
def read_log(x: Array, mistakes: Ints, margin: float) -> tuple[str, float]:
    """Tell from the mistakes of each epoch whether the data are separable, as far as is known.

    The log is that of a perceptron from zero weights. If the classes are separable, some weights
    separate them with at least the given margin.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        The samples, without the 1 for the bias.
    mistakes : ndarray of int of shape (E,)
        Mistakes of each epoch so far, E >= 1.
    margin : float
        Positive; the bias counts as a coordinate in it.

    Returns
    -------
    verdict : str
        ``"separable"``, ``"not separable"`` or ``"undecided"``.
    left : float
        If undecided, the bound less the mistakes that were made, not rounded; otherwise 0.
    """
    raise NotImplementedError("read_log")


# %% [markdown]
# ## 11. The missing layer
#
# XOR says 1 where exactly one of two inputs is 1. No line has $(0,1)$ and $(1,0)$ on one side and
# $(0,0)$ and $(1,1)$ on the other. Two lines do it: a first layer looks on which side of each the
# input lies, and a unit on top combines the answers. (McCulloch and Pitts knew that nets compute
# everything. What nobody knew in 1969 was how the *first* layer should learn: a unit there is not
# told what it should have said. That answer is the chapter `backprop`.)
#
# XOR of d inputs, **parity**, says 1 where an *odd* number of them is 1. It depends on one thing
# only, and a threshold unit is good at asking about it.
#
# Graded by the truth table, under all three conventions of $\mathrm{step}(0)$, with at most d
# hidden units.
#
# **By hand.** Take the hidden units $h_1 = \text{OR}$ and $h_2 = \text{NAND}$ and look at the four
# inputs: $(h_1, h_2) = (0,1), (1,1), (1,1), (1,0)$. In the plane of the hidden units, a line is
# enough. (With three hidden units there are other ways; you have two.)


# %%
def xor_network(d: int = 2) -> list[Layer]:
    """Return a net of threshold units with one hidden layer that computes the parity of its inputs.

    The output is 1 where an odd number of the d inputs is 1, else 0: for two inputs, XOR. It must
    be right for every input of zeros and ones, under each of the three conventions for a sum on
    the threshold. Any weights that do so are right.

    Parameters
    ----------
    d : int
        How many inputs, at least 2.

    Returns
    -------
    list of (ndarray of shape (K, I), ndarray of shape (K,))
        Weights and thresholds of the hidden layer (at most d units, I = d inputs each) and of the
        output (one unit, whose inputs are the hidden units). A unit fires where its weighted sum
        is above its threshold.

    References
    ----------
    Minsky and Papert 1969, Perceptrons.
    """
    raise NotImplementedError("xor_network")


# %% [markdown]
# ## 12. Is there a line at all?
#
# For a few samples one can decide it for good. The question: are there a bias and weights with
# $z > 0$ for every target 1 and $z < 0$ for every target 0? Strictly: a sample *on* the line is not
# separated. In general a linear programme decides; here you have a theorem. The data of this
# exercise are small: whole numbers, and if a separating line exists, then one with
# $(R/\gamma)^2 \le 600$. Turn that into an algorithm that always ends and is never wrong.
#
# **By hand.** On a line, $x = 1, 2, 3$: the targets 0, 1, 1 are separable, 0, 1, 0 are not. A
# sample that occurs twice, with both targets, rules every line out. One class alone is always
# separable.


# %%
def linearly_separable(x: Array, y: Ints) -> bool:
    """Tell whether some bias and weights have all samples strictly on their right sides.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Whole numbers, N >= 1. If the classes are separable, then so that Novikoff's bound for the
        best weights is at most 600.
    y : ndarray of int of shape (N,)
        Targets, 0 or 1.

    Returns
    -------
    bool
        True if z > 0 for all targets 1 and z < 0 for all targets 0, for some bias and weights.
    """
    raise NotImplementedError("linearly_separable")


# %% [markdown]
# ## 13. How much can one unit say?
#
# Of the 16 logical functions of two inputs one unit computes 14. Give N points in all $2^N$ ways
# their targets: how many of these ways have a separating line?
#
# For points *in general position* (no three on a line, no four in a plane, …) the number depends on
# N and D alone, $2 \sum_{i=0}^{D} \binom{N-1}{i}$: Cover's counting theorem, from which he
# concluded that a unit with D inputs remembers about $2D$ patterns. The corners of a cube are
# *not* in general position. Count, then, and find out what the theorem would have missed.
#
# **By hand.** Three points on one line: of the 8 ways, 010 and 101 have no line, so 6. Three points
# that are not on one line: all 8. Four corners of a square: $16 - 2 = 14$.


# %%
def count_separable(x: Array) -> int:
    """Count the ways to give the points targets of 0 and 1 that one threshold unit can answer.

    Both classes alone count too: one unit can always say 0, or always 1.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Points of whole numbers, N from 1 to 8, as `linearly_separable` takes them. A point may
        occur twice: then each occurrence has a target of its own.

    Returns
    -------
    int
        How many of the ``2 ** N`` ways are linearly separable.

    References
    ----------
    Cover 1965, Geometrical and statistical properties of systems of linear inequalities with
    applications in pattern recognition.
    """
    raise NotImplementedError("count_separable")


# %% [markdown]
# ## The picture
#
# Drawn from your functions, panel by panel as you write them. Above: four gates, the line of a
# perceptron as it turns from mistake to mistake, and the mistakes per epoch of three trainings; in
# which of the three is it proven that they will never end, and from which epoch on? Below: the same
# overlapping classes learned in twelve orders, with the last weights and with the averaged ones;
# XOR, and the two lines it needs; and how many of all ways to label N points have a line, beside
# what Cover's theorem says of points in general position.


# %%
CORNERS = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
COLOURS = np.array(["#1f77b4", "#d62728"])


def figure():
    """Draw gates, learning, logs, last and averaged weights, XOR, and Cover's count."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["gates", "learning", "logs"], ["orders", "xor", "counts"]],
        figsize=(15, 9),
        layout="constrained",
    )
    panels = {
        "gates": draw_gates,
        "learning": draw_learning,
        "logs": draw_logs,
        "orders": draw_orders,
        "xor": draw_xor,
        "counts": draw_counts,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].clear()
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(
                0.5, 0.5, "not written yet", ha="center", transform=axes[name].transAxes
            )
    return fig


def shade(ax, answer, left, bottom, size):
    """Shade a square by what `answer` gives for its points, as seen from its lower left corner."""
    ticks = np.linspace(-0.35, 1.35, 120)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    values = np.ravel(answer(grid)).reshape(120, 120)
    corners = (left - 0.35 * size, left + 1.35 * size, bottom - 0.35 * size, bottom + 1.35 * size)
    ax.imshow(values, origin="lower", extent=corners, cmap="RdBu_r", vmin=-1.2, vmax=2.2, alpha=0.5)


def draw_gates(ax):
    """Draw four gates. To see: each line cuts off its corners, and passes through none."""
    for number, name in enumerate(("AND", "OR", "NAND", "NOR")):
        w, threshold = gate(name)
        unit = np.reshape(w, (1, 2)), np.reshape(threshold, 1)
        left, bottom = 2.2 * (number % 2), 2.3 * (1 - number // 2)
        shade(ax, lambda x, unit=unit: predict(x, *unit), left, bottom, 1.0)
        fires = np.ravel(predict(CORNERS, *unit)).astype(int)
        spots = CORNERS + (left, bottom)
        ax.scatter(*spots.T, c=COLOURS[fires], s=70, zorder=3, edgecolors="w")
        ax.text(left + 0.5, bottom + 1.42, name, ha="center")
    ax.set(xlim=(-0.4, 3.6), ylim=(-0.4, 3.9), xticks=[], yticks=[])
    ax.set(title="Gates: red fires", xlabel="$x_1$ of each gate", ylabel="$x_2$ of each gate")


def draw_line(ax, w, reach, **style):
    """Draw the line where the sum of a unit with two inputs is zero."""
    b, normal = w[0], w[1:]
    if not np.any(normal):
        return
    foot = -b * normal / (normal @ normal)
    along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
    ends = np.stack([foot - reach * along, foot + reach * along])
    ax.plot(*ends.T, **style)


def draw_learning(ax):
    """Draw the line after each mistake. To see: it jumps, then finds a gap, not its middle."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(6)
    y = np.arange(40) % 2
    x = rng.normal(size=(40, 2)) * 0.6 + np.where(y[:, np.newaxis], (2.1, 1.9), (0.2, 0.1))
    w, lines = np.zeros(3), []
    for _ in range(60):
        for row, target in zip(x, y):
            new = perceptron_update(w, row, target, 1.0)
            if np.any(new != w):
                lines.append(new)
            w = new
    for number, line in enumerate(lines):
        share = (number + 1) / len(lines)
        style = {"color": plt.cm.Greys(0.1 + 0.4 * share), "lw": 0.8}
        if number == len(lines) - 1:
            style = {"color": "k", "lw": 2.5, "label": f"after mistake {len(lines)}, the last"}
        draw_line(ax, line, 9.0, **style)
    ax.scatter(*x.T, c=COLOURS[y], s=25, zorder=3)
    ax.set(xlim=(-1.7, 4), ylim=(-1.7, 4), xlabel="$x_1$", ylabel="$x_2$")
    ax.set(title="Learning: a line after each mistake")
    ax.legend(frameon=False, loc="upper left")


def draw_logs(ax):
    """Draw mistakes per epoch. To see: a proof of "never" comes where the total passes a bound."""
    rng = np.random.default_rng(1)
    y = np.arange(20) % 2
    cloud = rng.normal(size=(20, 2)) * 0.8 + 0.9 * y[:, np.newaxis]
    runs = (
        ("AND", CORNERS, np.array([0, 0, 0, 1]), 0.24),
        ("XOR", CORNERS, np.array([0, 1, 1, 0]), 0.24),
        ("overlapping classes", cloud, y, 0.15),
    )
    for (name, x, targets, margin), colour in zip(runs, ("#2ca02c", "#9467bd", "#ff7f0e")):
        _, mistakes = perceptron_fit(x, targets, np.arange(len(x)), 40)
        epochs = np.arange(1, len(mistakes) + 1)
        verdicts = [read_log(x, mistakes[:epoch], margin)[0] for epoch in epochs]
        first = next((e for e, v in zip(epochs, verdicts) if v != "undecided"), None)
        told = "undecided" if first is None else f"{verdicts[first - 1]} (epoch {first})"
        ax.plot(epochs, mistakes, "-", color=colour, lw=1.5, label=f"{name}: {told}")
        if first is not None:
            ax.plot(first, mistakes[first - 1], "o", ms=9, color=colour)
    ax.set(title="Mistakes per epoch; a dot where it is proven", xlabel="epoch", ylabel="mistakes")
    ax.set_ylim(0, 15)
    ax.legend(frameon=False)


def overlapping(rng, n):
    """Return two round classes that overlap, and their targets."""
    y = np.arange(n) % 2
    return rng.normal(size=(n, 2)) + 1.6 * (2 * y[:, np.newaxis] - 1) * np.array([0.6, 0.5]), y


def draw_orders(ax):
    """Draw lines of twelve orders. To see: the last ones scatter, the averaged ones agree."""
    x, y = overlapping(np.random.default_rng(3), 80)
    for seed in range(12):
        order = np.random.default_rng(seed).permutation(80)
        last, _ = perceptron_fit(x, y, order, 20)
        label = "last weights" if seed == 0 else None
        draw_line(ax, last, 12.0, color="#888888", lw=0.8, label=label)
        label = "averaged weights" if seed == 0 else None
        mean = averaged_perceptron(x, y, order, 20)
        draw_line(ax, mean, 12.0, color="k", lw=1.6, label=label)
    ax.scatter(*x.T, c=COLOURS[y], s=15, zorder=3)
    ax.set(xlim=(-4, 4), ylim=(-4, 4), xlabel="$x_1$", ylabel="$x_2$")
    ax.set(title="Overlapping classes, twelve orders, 20 epochs")
    ax.legend(frameon=True, loc="lower left")


def draw_xor(ax):
    """Draw XOR's net. To see: between the two lines of the hidden units it says 1."""
    (w, thresholds), (top, last) = xor_network()
    shade(ax, lambda x: predict(predict(x, w, thresholds), np.atleast_2d(top), last), 0, 0, 1.0)
    for number, (row, threshold) in enumerate(zip(w, thresholds), 1):
        unit = np.concatenate([[-threshold], row])
        draw_line(ax, unit, 3.0, lw=1.5, ls=("-", "--")[number % 2], color="k")
    ax.scatter(*CORNERS.T, c=COLOURS[[0, 1, 1, 0]], s=120, zorder=3, edgecolors="w")
    ax.set(xlim=(-0.35, 1.35), ylim=(-0.35, 1.35), xlabel="$x_1$", ylabel="$x_2$")
    ax.set(title="XOR: two hidden lines, and what the net says")


def draw_counts(ax):
    """Draw the share of labellings that have a line. To see: Cover's theorem, met exactly."""
    spots = np.array([[1, 0], [-1, -1], [2, -2], [2, 1], [0, 0], [-2, 1], [1, 2]], float)
    for points, colour in ((np.arange(-3.0, 4.0)[:, np.newaxis], "#1f77b4"), (spots, "#d62728")):
        d = points.shape[1]
        sizes = range(1, len(points) + 1)
        ours = [count_separable(points[:n]) / 2**n for n in sizes]
        cover = [sum(math.comb(n - 1, i) for i in range(d + 1)) / 2 ** (n - 1) for n in sizes]
        ax.plot(sizes, ours, "o", ms=8, color=colour, label=f"D = {d}, counted")
        ax.plot(sizes, cover, "-", color=colour, lw=1, label=f"D = {d}, Cover")
        ax.axvline(2 * (d + 1), color=colour, lw=0.8, ls=":")
    ax.axhline(0.5, color="#888888", lw=0.8)
    ax.set(title="Ways to label N points that have a line", xlabel="points N")
    ax.set(ylabel="share of all $2^N$ ways", ylim=(0, 1.05))
    ax.legend(frameon=False)


# %% [markdown]
# ## Capstone: three irises
#
# Fisher's 150 irises, by the length and the width of their petals.
#
# **Setosa against the rest.** There is a line. Twenty perceptrons, each in an order of its own,
# must end without a mistake, and none may have made more mistakes than your `mistake_bound` allows
# for the best line that any of them has found.
#
# **Versicolor against virginica.** There is none, and you must stop somewhere. Which weights do you
# keep, the last or the averaged ones? The comparison is fair: 150 times the hundred flowers are
# split into 50 for training, 20 to choose the number of epochs (from a grid that is the same for
# both), and 30 for the test. The same splits and orders serve both, so the *differences* are what
# counts. It is done once with the lengths as they are, in cm, and once centred on the mean of the
# training flowers. Guess first: which matters more, averaging or centring?
#
# The target: no mistake on setosa; and with centred lengths, the averaged weights err less than the
# last ones by more than twice the standard error of the differences.

# %%
EPOCHS = (1, 3, 10, 30)


def capstone():
    """Separate setosa, and compare last with averaged weights where there is no line."""
    from autograder.data import iris
    from autograder.rewards import track

    data = iris(test=0.0)
    x, species = data["x_train"][:, 2:], data["y_train"]
    setosa = separate(x, (species == 0).astype(int))
    others = species > 0
    x, y = x[others], (species[others] == 2).astype(int)
    errors = {"in cm": [], "centred": []}
    for seed, say in track(range(150), "splits of versicolor and virginica"):
        for name, found in errors.items():
            found.append(one_split(x, y, seed, centred=name == "centred"))
        say(averaged=float(np.mean([run[1, 1] for run in errors["centred"]])))
    results = {name: chosen(np.array(runs)) for name, runs in errors.items()}
    gains = {name: last - averaged for name, (_, last, averaged) in results.items()}
    noise = {name: float(np.std(gain) / math.sqrt(len(gain))) for name, gain in gains.items()}
    told = {}
    for name, (epochs, last, averaged) in results.items():
        told[f"last_weights_{name}"] = float(last.mean())
        told[f"averaged_weights_{name}"] = float(averaged.mean())
        told[f"gain_{name}"] = f"{gains[name].mean():.4f} ± {noise[name]:.4f}, epochs {epochs}"
    return {
        **setosa,
        **{key.replace(" ", "_"): value for key, value in told.items()},
        "target_reached": bool(
            setosa["setosa_errors"] == 0
            and setosa["most_mistakes"] <= setosa["bound"]
            and gains["centred"].mean() > 2 * noise["centred"]
        ),
        "figure": draw_capstone(x, y, results),
    }


def separate(x, y):
    """Train on setosa in twenty orders; return errors, mistakes, and the best line's bound."""
    mistakes, errors, bounds = [], 0, []
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(x))
        w, log = perceptron_fit(x, y, order, 1000)
        mistakes.append(int(np.sum(log)))
        errors += int(np.sum(answers(w, x) != y))
        bounds.append(mistake_bound(w, x, y)[2])
    return {"setosa_errors": errors, "most_mistakes": max(mistakes), "bound": float(min(bounds))}


def answers(w, x):
    """Return the answers of one unit with a bias."""
    return np.ravel(predict(x, np.reshape(w[1:], (1, -1)), -w[:1])).astype(int)


def one_split(x, y, seed, centred):
    """Return errors by validation or test, last or averaged weights, and number of epochs."""
    order = np.random.default_rng(seed).permutation(len(x))
    train, validation, test = order[:50], order[50:70], order[70:]
    shown = x - x[train].mean(axis=0) if centred else x
    found = np.empty((2, 2, len(EPOCHS)))
    for k, epochs in enumerate(EPOCHS):
        visits = np.arange(50)  # the split has shuffled them already
        last, _ = perceptron_fit(shown[train], y[train], visits, epochs)
        mean = averaged_perceptron(shown[train], y[train], visits, epochs)
        for row, part in enumerate((validation, test)):
            for column, w in enumerate((last, mean)):
                found[row, column, k] = np.mean(answers(w, shown[part]) != y[part])
    return found


def chosen(runs):
    """Choose the epochs of each method by its mean validation error; return its test errors."""
    best = runs[:, 0].mean(axis=0).argmin(axis=1)
    last, averaged = (runs[:, 1, method, best[method]] for method in range(2))
    return tuple(EPOCHS[k] for k in best), last, averaged


def draw_capstone(x, y, results):
    """Draw test errors of all splits, and lines. To see: averaging gains, centring gains more."""
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(13, 4.8), layout="constrained")
    rows = []
    for name, (epochs, last, averaged) in results.items():
        rows += [(f"last, {name}\n({epochs[0]} epochs)", last)]
        rows += [(f"averaged, {name}\n({epochs[1]} epochs)", averaged)]
    for row, (_, errors) in enumerate(rows):
        jitter = np.random.default_rng(row).uniform(-0.22, 0.22, len(errors))
        left.plot(100 * errors, row + jitter, "o", ms=4, color=COLOURS[row % 2], alpha=0.35)
        left.plot(100 * errors.mean(), row, "|", ms=28, mew=3, color="k")
    left.set_yticks(range(len(rows)), [name for name, _ in rows])
    left.set(title="A dot for each split, a bar for the mean", xlabel="test flowers wrong (%)")
    middle = x.mean(axis=0)
    for seed in range(12):
        order = np.random.default_rng(seed).permutation(len(x))
        for method in range(2):
            if method:
                w = averaged_perceptron(x - middle, y, order, 10)
            else:
                w, _ = perceptron_fit(x - middle, y, order, 10)
            shifted = np.concatenate([[w[0] - w[1:] @ middle], w[1:]])
            style = {"color": "k", "lw": 1.5} if method else {"color": "#888888", "lw": 0.8}
            label = ("last", "averaged")[method] if seed == 0 else None
            draw_line(right, shifted, 6.0, label=label, **style)
    jitter = np.random.default_rng(0).uniform(-0.04, 0.04, x.shape)
    right.scatter(*(x + jitter).T, c=COLOURS[y], s=18, zorder=3)
    right.set(xlim=(2.7, 7.1), ylim=(0.8, 2.7), xlabel="petal length (cm)")
    right.set(ylabel="petal width (cm)", title="Versicolor and virginica, twelve orders, 10 epochs")
    right.legend(frameon=False, loc="lower right")
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


# %% [markdown]
# ### Question `what_averaging_buys`
#
# Look at your capstone's picture. Why do the averaged lines agree among themselves when the last
# ones do not, although both come from the very same trainings? Averaging takes care of the
# *variance* of the last weights: what can it not mend, for instance in the lengths that were not
# centred? And say what a perceptron gains from centred inputs, with the theorem of section 9 in
# mind.

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
