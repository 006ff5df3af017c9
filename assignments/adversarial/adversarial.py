# %% [markdown]
# # Adversarial nets: a forger, an expert, and a rival that only removes noise
#
# *Chapter 19 · Unit V: sequences, attention, generation, decisions*
#
# A *generator* turns noise into fakes. A *discriminator* is shown real things and fakes, and scores
# them. Each is trained against the other; nobody ever writes down what a good picture is.
#
# ```text
#    noise z ----> generator ----> fake  \
#                      ^                  >---> discriminator ----> score ----> loss
#                      |         real ---/            |                          |
#                      |                              |     "which was which?"   |
#                      `------ gradient by the fake --'<-------------------------'
# ```
#
# The game has no loss that falls until all is well. This chapter is about what to look at instead:
# which losses still teach when a player is winning, what each half of a step may move, how far two
# distributions are apart, how many of the modes are there. At the end stands the rival: diffusion,
# which has one loss, no opponent, and many steps to walk.

# %% [markdown]
# **How your functions are judged.** A file may import NumPy and the standard library. Drawing
# (matplotlib) and progress bars (tqdm) do nothing while it is graded, files, programs and the
# network are out of reach, and a function that uses any other module (scipy, pandas, torch) gets
# no points. Grading runs the file afresh, from top to bottom: what only a running notebook
# remembers, or a file beside it holds, is not there. A function leaves the arrays it is given as
# they are, unless its text says otherwise.

# %%
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]

# %% [markdown]
# ## 1 The best expert
#
# Suppose data can only be one of K things. Real ones are shown with the probabilities $p_k$, fakes
# with $q_k$. A discriminator that says "real" with the probability $d_k$ when it sees thing k earns
# on average
#
# $$ V(d) = \sum_k p_k \ln d_k + \sum_k q_k \ln (1 - d_k) $$
#
# Each k can be looked at on its own: which $d_k$ makes $p_k \ln d_k + q_k \ln(1 - d_k)$ as large as
# it can be? That is the *optimal discriminator*. It cannot do better than to know both
# distributions, and it is still not certain.
#
# Where neither real things nor fakes are ever seen, nothing is asked of it: say one half. And what
# never happens earns nothing: $0 \cdot \ln 0 = 0$.
#
# **By hand.** $p = (1, 0)$, $q = (\frac12, \frac12)$: seeing the second thing the expert is sure
# that it is a fake, seeing the first one not: $d = (\frac23, 0)$, and it earns $\ln \frac23 +
# \frac12 \ln \frac13 + \frac12 \ln 1 = -0.9548$. If $q = p$, $d = \frac12$ wherever anything is
# seen, and it earns $-2 \ln 2 = -1.3863$, however large K is.


# %%
def optimal_discriminator(p: Array, q: Array) -> tuple[Array, float]:
    """Return the discriminator that earns most against fixed fakes, and what it earns.

    Parameters
    ----------
    p : ndarray of shape (K,)
        The probability of each thing among real ones.
    q : ndarray of shape (K,)
        Its probability among fakes.

    Returns
    -------
    d : ndarray of shape (K,)
        The probability of being real that it gives each thing; one half where both probabilities
        are zero. In the dtype of `p`.
    value : float
        V of the text for this d, with natural logarithms and ``0 * log(0) = 0``.

    References
    ----------
    Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio 2014, Generative
    adversarial nets.
    """
    raise NotImplementedError("optimal_discriminator")


# %% [markdown]
# ## 2 How far apart?
#
# What does the generator get from playing against the best expert? $V(d^*) = -2\ln 2 + 2\,
# \mathrm{JS}(p, q)$ with the *Jensen-Shannon divergence*
#
# $$ \mathrm{JS}(p, q) = \tfrac12 \mathrm{KL}(p \,\|\, m) + \tfrac12 \mathrm{KL}(q \,\|\, m),
#    \qquad m = \tfrac12 (p + q), \qquad \mathrm{KL}(p \,\|\, m) = \sum_k p_k \ln \frac{p_k}{m_k} $$
#
# with natural logarithms and $0 \ln 0 = 0$. It is 0 for equal distributions. It is $\ln 2$ for
# *all* that have nothing in common, be they neighbours or worlds apart: then it is flat, and there
# is nothing to learn from.
#
# The *earth mover's distance* asks something else. The K things are bins side by side on a line,
# each `width` wide; p is a heap of sand, q a hole of the same volume. Moving sand costs its mass
# times the distance from bin to bin. The distance is the cost of the *cheapest* way to fill the
# hole. To find it, do not search for a plan: stand on the border between two neighbouring bins and
# ask how much sand must cross it, in one direction or the other, whatever the plan.
#
# **By hand.** $p = (1, 0)$, $q = (\frac12, \frac12)$: JS is 0.2158. With bins 3 wide, half of the
# sand goes one bin far: 1.5. From $(1, 0, 0, 0)$ to $(0, 1, 0, 0)$ and to $(0, 0, 0, 1)$ JS is
# 0.6931 both times; the sand travels 3 and 9. From $(\frac12, 0, \frac12)$ to $(0, 1, 0)$ sand
# comes from both sides: 3, not 0.


# %%
def js_and_earth_mover(p: Array, q: Array, width: float) -> tuple[float, float]:
    """Return the Jensen-Shannon divergence and the earth mover's distance of two histograms.

    Parameters
    ----------
    p : ndarray of shape (K,)
        Probabilities of bins side by side on a line.
    q : ndarray of shape (K,)
        Other probabilities of the same bins.
    width : float
        How far the middles of neighbouring bins are apart.

    Returns
    -------
    js : float
        The Jensen-Shannon divergence, in nats.
    distance : float
        The least sum of mass times distance that turns p into q; also called Wasserstein-1.

    References
    ----------
    Arjovsky, Chintala and Bottou 2017, Wasserstein generative adversarial networks.
    """
    raise NotImplementedError("js_and_earth_mover")


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already: after these two
# exercises, both distances while a heap is pushed along the line. Where would you like to be a
# generator that asks "which way?"

# %% [markdown]
# ## 3 The discriminator's loss
#
# A net does not give a probability but a *score* s, any number; the probability is $\sigma(s) =
# 1/(1+e^{-s})$. The discriminator's loss is minus what it earns, with means over the two batches:
#
# $$ L_D = -\frac1N \sum_n \ln \sigma(r_n) - \frac1M \sum_m \ln (1 - \sigma(f_m)) $$
#
# for the scores r of N real samples and f of M fakes. It is the *sum* of two means: not their mean,
# and not one mean over all N + M samples. (Some codes halve it. Halving changes nothing but the
# rate; know which one you have before you compare two logs.)
#
# Do not go through the probabilities. A discriminator that is winning says $f = -1000$ or, being
# wrong, $f = 1000$: then $\sigma$ rounds to 0 or 1, the logarithm to $-\infty$, while the loss is
# simply 0 or 1000. Find a form of $-\ln \sigma(s)$ in which nothing overflows and nothing is lost
# at either end. Its gradient is as well-behaved: between $-1$ and 0, whatever s is.
#
# **By hand.** $r = (0, 2)$, $f = (-1)$: $\frac12 (0.6931 + 0.1269) + 0.3133 = 0.7233$. The
# gradients are $(-0.25, -0.0596)$ by r and $(0.2689)$ by f: a real sample that is believed teaches
# little. With $f = (1000)$ it is 1000.4100, and the gradient by f is 1.


# %%
def discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    """Return the loss of a discriminator, from its scores, and the gradients by the scores.

    Exact for scores from -1000 to 1000 and beyond.

    Parameters
    ----------
    real : ndarray of shape (N,)
        Scores (logits) of real samples.
    fake : ndarray of shape (M,)
        Scores of fakes; there may be fewer or more of them.

    Returns
    -------
    loss : float
        The sum of the two means of the text.
    dreal : ndarray of shape (N,)
        The gradient of the loss by `real`, in its dtype.
    dfake : ndarray of shape (M,)
        The gradient of the loss by `fake`, in its dtype.

    References
    ----------
    Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio 2014, Generative
    adversarial nets.
    """
    raise NotImplementedError("discriminator_loss")


# %% [markdown]
# From here on there are gradients, so here is the tool that checks one. It is given, not graded;
# keep it at hand for the rest of the chapter.
#
# ```python
# real, fake = np.array([0.3, -1.2]), np.array([0.5, 2.0, -0.7])
# loss, dreal, dfake = discriminator_loss(real, fake)
# gradient_error(lambda r: discriminator_loss(r, fake)[0], real, dreal)
# ```


# %%
def gradient_error(
    f: Callable[[Array], float], x: Array, gradient: Array, h: float = 1e-5
) -> float:
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
# ## 4 What the generator wants
#
# In the game as it stands on paper the generator wants the discriminator to earn little. It
# minimises $\frac1M \sum_m \ln(1 - \sigma(f_m))$, the *minimax* or *saturating* loss. But at the
# start the fakes are bad and the expert knows: f is far below zero, and there that loss is flat.
# So nearly everybody asks for the same thing in another way and minimises the *non-saturating*
# loss, which wants every fake to be *taken for real*:
#
# $$ L_G^{\text{non-saturating}} = -\frac1M \sum_m \ln \sigma(f_m), \qquad
#    L_G^{\text{minimax}} = \frac1M \sum_m \ln (1 - \sigma(f_m)) $$
#
# Both fall as the scores rise, both have their zeros of the gradient, at different ends. Mind the
# signs: both are *minimised*.
#
# **By hand.** $f = (-4, 0)$. Non-saturating: 2.3556 with the gradient $(-0.4910, -0.25)$. Minimax:
# $-0.3556$ with $(-0.0090, -0.25)$: the fake that fools nobody is told fifty times less. For $f =
# (-1000)$ the losses are 1000 and 0, the gradients $-1$ and 0.


# %%
def generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    """Return the loss of a generator, from the scores of its fakes, and the gradient by them.

    Exact for scores from -1000 to 1000 and beyond.

    Parameters
    ----------
    fake : ndarray of shape (M,)
        Scores (logits) that the discriminator gives to the fakes.
    saturating : bool
        Whether the minimax loss of the text is meant; if not, the non-saturating one.

    Returns
    -------
    loss : float
        The mean over the fakes, to be minimised.
    dfake : ndarray of shape (M,)
        The gradient of the loss by `fake`, in its dtype.

    References
    ----------
    Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio 2014, Generative
    adversarial nets.
    """
    raise NotImplementedError("generator_loss")


# %% [markdown]
# ## 5 What did they train?
#
# The smallest GAN there is has two numbers. All real data lie at one place $x = a$. The generator
# puts all its fakes at $x = \theta$, the discriminator gives the score $\psi x$. So
#
# $$ L_D = -\ln \sigma(\psi a) - \ln(1 - \sigma(\psi \theta)), \qquad
#    L_G = -\ln \sigma(\psi \theta) $$
#
# *Alternating* training, with the rate $\eta$: first $\psi$ takes a gradient step on $L_D$; then
# $\theta$ takes one on $L_G$, with the $\psi$ that has just been moved. That is the rule. Six
# colleagues have trained such a pair; each hands you the path $(\theta_t, \psi_t)$ and swears to
# have followed it. Find out what each program really did:
#
# | rule | in each step |
# |---|---|
# | `"alternating"` | as above |
# | `"simultaneous"` | both move at once: $\theta$ too is told by the old $\psi$ |
# | `"saturating"` | alternating, but $\theta$ descends $\ln(1 - \sigma(\psi\theta))$ |
# | `"swapped"` | alternating, but in $L_D$ real counts as fake, and fake as real |
# | `"attached"` | alternating, but the generator's half-step moves $\psi$ too, along $L_G$ |
# | `"stale"` | alternating, but $\psi$ is shown the fake of the step before |
#
# *Attached*: at the place where the discriminator's half of the step has led to, $L_G$ has a
# gradient by $\theta$ and one by $\psi$; both take their step from there. *Stale*: in step t,
# $\psi$ learns from $\theta_{t-1}$ in place of $\theta_t$; in the very first step there is only
# $\theta_0$.
#
# Answer with the *first* rule of the table that gives every row of the path from the row (or,
# stale, the two rows) before it; `"none"` if there is none.
#
# **By hand.** $a = 2$, $\eta = 0.5$, from $\theta = 0.5$, $\psi = 1$. Alternating goes to $(0.6840,
# 0.9636)$; simultaneous to $(0.6888, 0.9636)$; saturating to $(0.7978, 0.9636)$; swapped has
# $\psi = 0.2136$, attached 1.0590. Stale looks like alternating, in the first step.


# %%
def name_the_rule(path: Array, real: float, lr: float, tol: float = 1e-4) -> str:
    """Find out by which rule a GAN of two numbers was trained.

    Parameters
    ----------
    path : ndarray of shape (T, 2)
        In row t the generator's theta and the discriminator's psi after t steps; T is at least 3.
    real : float
        Where all real data lie, a of the text.
    lr : float
        The learning rate of both players.
    tol : float
        A row fits a rule if neither number is off by more than this from what the rule makes of the
        recorded rows before it.

    Returns
    -------
    str
        ``"alternating"``, ``"simultaneous"``, ``"saturating"``, ``"swapped"``, ``"attached"``,
        ``"stale"`` or ``"none"``.

    References
    ----------
    Mescheder, Geiger and Nowozin 2018, Which training methods for GANs do actually converge?
    """

    raise NotImplementedError("name_the_rule")


# %% [markdown]
# ### Question `low_loss`
#
# A blog says: "Stop training when the generator's loss is lowest: then its pictures are best." Give
# two situations, in terms of the two players, in which the generator's loss falls while its fakes
# get worse, or rises while they get better. At which losses would both players stand if the fakes
# were perfect and the discriminator as good as it can be? What would you look at instead?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 6 One step of the game
#
# Now with nets. A net here is a list of layers $(W, b)$; between two layers stands a leaky ReLU,
# $x$ for $x > 0$ and $0.2\,x$ below; after the last layer nothing. How to run one, and how to send
# a gradient back through one, is given, not graded. Look at what the second function returns
# *first*: the gradient by the net's *input*. For a discriminator whose input is a picture, it says
# how each pixel should change for a better score. It is all that the generator ever learns from.


# %%
def net_forward(layers: Layers, x: Array) -> Array:
    """Return the output, of shape (N, K), of a net for inputs x of shape (N, D)."""
    for number, (w, b) in enumerate(layers, 1):
        x = x @ w.T + b
        if number < len(layers):
            x = np.where(x > 0, x, 0.2 * x)
    return x


def net_backward(layers: Layers, x: Array, dy: Array) -> tuple[Array, Layers]:
    """Return the gradients by x, of shape (N, D), and by the layers, for the gradient dy by y."""
    inputs = [x]
    for k in range(len(layers) - 1):
        z = net_forward(layers[k : k + 1], inputs[-1])
        inputs.append(np.where(z > 0, z, 0.2 * z))
    grads = []
    for (w, _), a in zip(layers[::-1], inputs[::-1]):
        grads.append((dy.T @ a, dy.sum(axis=0)))
        dy = dy @ w
        if a is not x:
            dy = np.where(a > 0, dy, 0.2 * dy)
    return dy, grads[::-1]


# %% [markdown]
# A step of the game, by plain gradient descent, has two halves:
#
# 1. The discriminator's. The generator makes fakes from `z_d`. The discriminator scores the real
#    samples and these fakes, and moves along the gradient of `discriminator_loss` by *its* weights,
#    with the rate `lr_d`. The generator stands still.
# 2. The generator's. It makes *fresh* fakes from `z_g`; the discriminator *as it is now* scores
#    them. The gradient of the non-saturating `generator_loss` goes back through the discriminator
#    to the fakes, and from there into the generator, which moves with the rate `lr_g`. The
#    discriminator is only a road here: it does not move.
#
# The losses to write into the log are those which the two gradients belong to.
#
# **By hand.** The pair of the section before, as nets: a generator $x = 1 \cdot z + 0.5$, a
# discriminator with the score $1 \cdot x + 0$. Real: 2. Take $z = 0$ for the first half, $z = -1$
# for the second, the rates 0.5 and 0.4. The fake 0.5 and the real 2 move the discriminator's weight
# to 0.9636, as before, and its bias to $-0.2516$; $L_D = 1.1010$. The fresh fake is $-0.5$ and gets
# the score $-0.7334$: $L_G = 1.1256$. The generator's weight goes to 0.7396, its bias to 0.7604.


# %%
def gan_step(
    generator: Layers,
    discriminator: Layers,
    real: Array,
    z_d: Array,
    z_g: Array,
    lr_d: float,
    lr_g: float,
) -> tuple[Layers, Layers, float, float]:
    """Train the discriminator once, then the generator once, by gradient descent.

    Parameters
    ----------
    generator : list of (w, b)
        The generator's layers, w of shape (out, in); its outputs have D numbers.
    discriminator : list of (w, b)
        The discriminator's layers; its output is one number, the score.
    real : ndarray of shape (N, D)
        Real samples.
    z_d : ndarray of shape (M, Z)
        Noise for the fakes that the discriminator learns from.
    z_g : ndarray of shape (L, Z)
        Noise for the fakes that the generator learns from.
    lr_d : float
        The discriminator's learning rate.
    lr_g : float
        The generator's learning rate.

    Returns
    -------
    generator : list of (w, b)
        New layers, in the dtype of `real`.
    discriminator : list of (w, b)
        New layers; the generator's half of the step has not moved them.
    d_loss : float
        The discriminator's loss before it moved.
    g_loss : float
        The non-saturating loss of the fresh fakes, before the generator moved.

    References
    ----------
    Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio 2014, Generative
    adversarial nets, algorithm 1.
    """

    raise NotImplementedError("gan_step")


# %% [markdown]
# ## 7 How many modes?
#
# Eight heaps in a ring; a generator that has found three of them makes perfect samples, and the
# discriminator chases it from heap to heap. That is *mode collapse*, and no loss tells it. For data
# whose modes are known it can be counted.
#
# A sample *belongs* to the centre nearest to it (the first of those that are equally near), if it
# lies at most `radius` away from it; otherwise to none. A mode is *found* if at least `least`
# samples belong to it. The *share* counts the samples that belong to a centre, whether or not its
# mode is found. The two numbers belong together: samples spread all over the plane find every mode,
# samples in one point have a share of 1.
#
# **By hand.** Centres $(0,0)$, $(4,0)$, $(0,4)$, radius 1. Samples $(0,1)$, $(0.6,0.6)$, $(4.5,0)$,
# $(4.8,0.8)$: the first lies on the rim and belongs, the last is 1.13 away from its centre and
# belongs to none. At least 1: 2 modes; at least 2: 1 mode. The share is 0.75 both times.


# %%
def mode_count(samples: Array, centres: Array, radius: float, least: int = 1) -> tuple[int, float]:
    """Count the modes that samples have found, and the share of samples that are near one.

    Parameters
    ----------
    samples : ndarray of shape (N, D)
        At least one sample.
    centres : ndarray of shape (K, D)
        The middles of the modes. Circles of this radius may overlap.
    radius : float
        How far from its centre a sample may lie, by Euclid.
    least : int
        How many samples a mode needs to count as found, 1 or more.

    Returns
    -------
    modes : int
        How many modes are found.
    share : float
        The share of all samples that belong to a centre, from 0 to 1.

    References
    ----------
    Srivastava, Valkov, Russell, Gutmann and Sutton 2017, VEEGAN: reducing mode collapse in GANs
    using implicit variational learning.
    """
    raise NotImplementedError("mode_count")


# %% [markdown]
# ## 8 A critic instead of an expert
#
# Where JS is flat, the earth mover's distance still points the way. It has a second form
# (Kantorovich and Rubinstein): the largest gap $\mathbb E_p[c] - \mathbb E_q[c]$ that any function
# c can open whose gradient nowhere is longer than 1. So train a *critic* to open that gap. Its
# scores are no longer logits of anything:
#
# | | the critic minimises | the generator minimises |
# |---|---|---|
# | `"wasserstein"` | the mean of f minus the mean of r | minus the mean of f |
# | `"hinge"` | the means of $\max(0, 1 - r)$ and of $\max(0, 1 + f)$, added | minus the mean of f |
#
# for its scores r of real samples and f of fakes. Nothing keeps the Wasserstein critic from scoring
# ever higher: the bound on its gradient must come from elsewhere, see the next two sections. The
# hinge is content as soon as real samples score 1 or more and fakes $-1$ or less; at exactly 1 and
# $-1$ it asks for nothing any more.
#
# **By hand.** $r = (0.5, 3)$, $f = (-2, 0, 0.5)$. Wasserstein: $-0.5 - 1.75 = -2.25$; the gap it
# has opened is 2.25. Hinge: $0.25 + 0.8333 = 1.0833$, with the gradients $(-0.5, 0)$ and $(0,
# \frac13, \frac13)$. The generator's loss is 0.5 for both. For $r = (1)$ and $f = (-1)$ the hinge's
# loss and both gradients are 0.


# %%
def critic_losses(
    real: Array, fake: Array, kind: str = "wasserstein"
) -> tuple[float, float, Array, Array]:
    """Return the losses of a critic and of its generator, and the gradients of the critic's.

    Parameters
    ----------
    real : ndarray of shape (N,)
        Scores of real samples.
    fake : ndarray of shape (M,)
        Scores of fakes.
    kind : str
        ``"wasserstein"`` or ``"hinge"``.

    Returns
    -------
    critic : float
        What the critic minimises.
    generator : float
        What the generator minimises.
    dreal : ndarray of shape (N,)
        The gradient of the critic's loss by `real`, in its dtype; zero at the hinge's corner.
    dfake : ndarray of shape (M,)
        The gradient of the critic's loss by `fake`, in its dtype; zero at the hinge's corner.

    References
    ----------
    Arjovsky, Chintala and Bottou 2017, Wasserstein generative adversarial networks. Miyato,
    Kataoka, Koyama and Yoshida 2018, Spectral normalization for generative adversarial networks.
    """
    raise NotImplementedError("critic_losses")


# %% [markdown]
# ## 9 A leash for the critic
#
# WGAN-GP asks the critic for a gradient of length 1, and pays for every departure, at places
# between the real samples and the fakes. With one place for each pair,
#
# $$ \hat x_n = u_n\, x_n^{\text{real}} + (1 - u_n)\, x_n^{\text{fake}}, \qquad
#    P = \frac1N \sum_n \big( \lVert \nabla_x D(\hat x_n) \rVert - 1 \big)^2 $$
#
# Training the critic takes the gradient of P by its *weights*: a gradient of a gradient. Frameworks
# do that by themselves; do it once by hand, for a critic with one hidden layer,
#
# $$ D(x) = v \cdot h(x), \qquad h(x) = \tanh(W x + b) $$
#
# First write down $g = \nabla_x D$: a product of W, v and the derivatives of tanh. How does P
# change with g? And how does g change with v, with W, with b? Note that W acts in two ways,
# directly and through h. ($\tanh' = 1 - \tanh^2$; and its derivative is $-2 \tanh \cdot \tanh'$.)
# `gradient_error` will tell you when you have it.
#
# Where g is zero its length has a corner; such a sample adds its $(0 - 1)^2$ to the sum of P, and
# nothing to the gradients. The places $\hat x$ are given; no gradient goes into them.
#
# **By hand.** $W = (2)$, $b = -1$, $v = 1.5$, real 1, fake 0, $u = 0.25$: $\hat x = 0.25$, where $h
# = \tanh(-0.5) = -0.4621$, and $g = 2.3593$, $P = 1.8478$. The gradients: 5.9283 by b, 4.6892 by W,
# 4.2762 by v. With a second pair, both at 3, where the gradient is only 0.0005 long, P is 1.4234,
# and the gradient by b 2.9653.


# %%
def gradient_penalty(
    w: Array, b: Array, v: Array, real: Array, fake: Array, u: Array
) -> tuple[float, Array, Array, Array]:
    """Return the gradient penalty of a critic with one hidden layer, and its gradients.

    The critic is ``v . tanh(w x + b)``. The penalty has no factor in front.

    Parameters
    ----------
    w : ndarray of shape (H, D)
        Weights of the hidden layer.
    b : ndarray of shape (H,)
        Its biases.
    v : ndarray of shape (H,)
        Weights of the score.
    real : ndarray of shape (N, D)
        Real samples.
    fake : ndarray of shape (N, D)
        Fakes, one for each real sample.
    u : ndarray of shape (N,)
        The share of the real sample in each place, from 0 to 1.

    Returns
    -------
    penalty : float
        The mean over the places of the squared departure of the gradient's length from 1.
    dw : ndarray of shape (H, D)
        The gradient of the penalty by `w`, in the dtype of `w`.
    db : ndarray of shape (H,)
        The gradient by `b`, in the dtype of `w`.
    dv : ndarray of shape (H,)
        The gradient by `v`, in the dtype of `w`.

    References
    ----------
    Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville 2017, Improved training of Wasserstein GANs.
    """
    raise NotImplementedError("gradient_penalty")


# %% [markdown]
# ## 10 A leash for each layer
#
# Another leash: divide every weight matrix by its largest singular value $\sigma$, the most that it
# can stretch any vector. Then no layer stretches, and with leaky ReLUs between them nor does the
# net. An SVD at each step would be dear. *Power iteration* is cheap, since the weights
# change little from step to step: keep a vector u, one number per output, and in each step of
# training walk on from where you were:
#
# $$ v \leftarrow \frac{M^\top u}{\lVert M^\top u \rVert}, \qquad
#    u \leftarrow \frac{M v}{\lVert M v \rVert}, \qquad
#    \text{and at the end } \sigma = u^\top M v $$
#
# The kernel of a convolution, of shape (F, C, KH, KW), is treated as a matrix M with F rows.
#
# **By hand.** $M = \begin{pmatrix} 3 & 0 \\ 4 & 5 \end{pmatrix}$, $u = (1, 0)$. Step 1: $v = (1,
# 0)$, $u = (0.6, 0.8)$, $\sigma = 5$. Step 2: $v = (0.7809, 0.6247)$, $u = (0.3511, 0.9363)$,
# $\sigma = 6.6717$. The largest singular value is $\sqrt{45} = 6.7082$. (The longest row is
# 6.4031 long, the root of the sum of all squares is 7.0711, the largest eigenvalue is 5.) One step
# on $0.1 M$ gives $\sigma = 0.5$, and the same normalised weights.


# %%
def spectral_norm(w: Array, u: Array, steps: int = 1) -> tuple[Array, float, Array]:
    """Divide weights by their largest singular value, as power iteration estimates it.

    Parameters
    ----------
    w : ndarray of shape (F, ...)
        Weights with two axes or more; a matrix with F rows, all other axes laid in a row.
    u : ndarray of shape (F,)
        The vector kept from the step before, of any length but zero. No product is zero.
    steps : int
        How often v and u are renewed, 1 or more.

    Returns
    -------
    normalised : ndarray of shape (F, ...)
        `w` divided by sigma, in its own shape and dtype.
    sigma : float
        ``u^T M v`` with the last u and v.
    u : ndarray of shape (F,)
        The vector to keep, of length 1, in the dtype of `w`.

    References
    ----------
    Miyato, Kataoka, Koyama and Yoshida 2018, Spectral normalization for generative adversarial
    networks.
    """
    raise NotImplementedError("spectral_norm")


# %% [markdown]
# ### Question `a_gap_to_read`
#
# At the start of training the fakes lie far away from all real samples. What does the best
# discriminator of section 1 say there, what does the generator learn from it, with each of the two
# losses of section 4, and what from a Wasserstein critic? Why does the critic need a leash, and the
# discriminator none? And why can a critic's loss be read as progress, as long as the leash holds,
# and a discriminator's cannot?

# %% [markdown]
# YOUR ANSWER HERE

# %% [markdown]
# ## 11 Two clouds
#
# Pictures have no centres to count. What is done instead (the *Frechet inception distance*): send
# real ones and fakes through a fixed net, describe each cloud of features by mean and covariance,
# and take the squared earth mover's distance (with squared costs) between two Gaussians like that:
#
# $$ d^2 = \lVert \mu_1 - \mu_2 \rVert^2 + \operatorname{tr}(C_1) + \operatorname{tr}(C_2)
#        - 2 \operatorname{tr}\big( (C_1 C_2)^{1/2} \big) $$
#
# $A^{1/2}$ is the matrix whose *product with itself* is A; not the matrix of the roots of the
# entries. NumPy has none. But you need only its trace, the sum of its eigenvalues. What are the
# eigenvalues of $A^{1/2}$, if those of A are known? $C_1 C_2$ is not symmetric, but all its
# eigenvalues are real and none is negative, as it has those of $C_1^{1/2} C_2 C_1^{1/2}$. Rounding
# does not know that: what should be 0 may come as $-10^{-17}$, or with an imaginary part.
#
# Covariances may be singular: fewer samples than features are common.
#
# **By hand.** Equal means, $C_1 = \operatorname{diag}(4, 1)$, $C_2 = \begin{pmatrix} 2 & 1 \\ 1 & 2
# \end{pmatrix}$. $C_1 C_2$ has the trace 10 and the determinant 12: its eigenvalues are 8.6056 and
# 1.3944, their roots add up to 4.1144, and $d^2 = 5 + 4 - 8.2288 = 0.7712$. (The roots of the
# entries would give 0.5147.) Means $(3, 4)$ apart add 25, not 5.


# %%
def frechet_distance(mean1: Array, cov1: Array, mean2: Array, cov2: Array) -> float:
    """Return the squared Frechet distance of two Gaussians.

    Parameters
    ----------
    mean1 : ndarray of shape (D,)
    cov1 : ndarray of shape (D, D)
        A covariance: symmetric, without negative eigenvalues, perhaps singular.
    mean2 : ndarray of shape (D,)
    cov2 : ndarray of shape (D, D)
        Another one.

    Returns
    -------
    float
        The squared distance of the text, a real number.

    References
    ----------
    Heusel, Ramsauer, Unterthiner, Nessler and Hochreiter 2017, GANs trained by a two time-scale
    update rule converge to a local Nash equilibrium.
    """
    raise NotImplementedError("frechet_distance")


# %% [markdown]
# ## 12 The rival: drown it in noise
#
# *Diffusion* needs no opponent. Take real data and add a little noise, T times, until only noise is
# left; then learn to undo one step. In step t, counted from 0, the data shrink and noise comes in:
#
# $$ x_t = \sqrt{1 - \beta_t}\; x_{t-1} + \sqrt{\beta_t}\; \epsilon $$
#
# so that the variance stays 1 if it was 1. What is left of the data after all the steps up to t:
# $\bar\alpha_t = \prod_{s \le t} (1 - \beta_s)$, with this step's own factor. Two schedules, for T
# steps:
#
# - `"linear"`: $\beta$ grows in equal steps from $0.1/T$, in the first step, to $20/T$, in the last
#   one. (Ho et al. have $10^{-4}$ to 0.02 with T = 1000; other T are scaled, so that about the same
#   noise comes in.)
# - `"cosine"`: $\bar\alpha$ is drawn first, and $\beta$ made to fit. With $\varphi(s) =
#   \cos^2\big(\frac{s/T + 0.008}{1.008} \cdot \frac{\pi}{2}\big)$ for $s = 0, 1, \dots, T$, what is
#   left after the step t is to be $\varphi(t+1)/\varphi(0)$. Find the $\beta_t$ that does it.
#
# In both, a $\beta$ larger than 0.999 becomes 0.999. Then $\bar\alpha$ is what these $\beta$ make.
#
# **By hand.** Cosine, $T = 4$: $\beta = (0.1530, 0.4170, 0.7079, 0.999)$, $\bar\alpha = (0.8470,
# 0.4938, 0.1443, 0.0001)$: the last $\beta$ would have been 1. Linear, $T = 40$: $\beta$ begins
# with 0.0025, 0.0153, 0.0280 and ends with 0.5; $\bar\alpha$ begins with 0.9975, 0.9823, 0.9548.
# Linear, $T = 4$: 0.025, then three times 0.999.


# %%
def noise_schedule(steps: int, kind: str = "linear") -> tuple[Array, Array]:
    """Return how much noise comes in at each step of a diffusion, and how much of the data is left.

    Parameters
    ----------
    steps : int
        T, the number of steps, 2 or more.
    kind : str
        ``"linear"`` or ``"cosine"``.

    Returns
    -------
    beta : ndarray of shape (T,)
        The variance of the noise of each step, at most 0.999.
    alpha_bar : ndarray of shape (T,)
        The share of the data's variance that is left after each step.

    References
    ----------
    Ho, Jain and Abbeel 2020, Denoising diffusion probabilistic models. Nichol and Dhariwal 2021,
    Improved denoising diffusion probabilistic models.
    """
    raise NotImplementedError("noise_schedule")


# %% [markdown]
# ## 13 Guess the noise
#
# To train you need not walk: t steps of Gaussian noise are one step of Gaussian noise. What are the
# factors in
#
# $$ x_t = \;?\; x_0 + \;?\; \epsilon, \qquad \epsilon \sim \mathcal N(0, I), $$
#
# if after the step t the share $\bar\alpha_t$ of the *variance* comes from the data, and all
# variances add up to 1? A net is shown $x_t$ and has to say which $\epsilon$ was added: all of it,
# not the last step's. Its loss is the mean of the squared errors over all $N \cdot D$ numbers.
#
# The net must know how deep in noise it is. Ours, a net as in section 6, gets two more inputs:
# behind the D numbers of $x_t$ come $\sqrt{\bar\alpha_t}$ and $\sqrt{1-\bar\alpha_t}$, in this
# order.
#
# **By hand.** $\bar\alpha = (0.8, 0.4)$, $x_0 = 1$, $\epsilon = 2$: $x_t$ is 1.7889 for $t = 0$ and
# 2.1816 for $t = 1$. A net of one layer with the weights $(1, 1, 0)$ and the bias 0 says $1.7889 +
# 0.8944 = 2.6833$ for $t = 0$: the loss is 0.4669, its gradient by the bias $2 \cdot 0.6833 =
# 1.3666$. If a second number stands beside it, with $x_0 = \epsilon = 0$ and the right guess 0, the
# loss is 0.2334, and the gradient by the first bias 0.6833.


# %%
def denoising_loss(
    layers: Layers, x0: Array, t: NDArray[np.integer], noise: Array, alpha_bar: Array
) -> tuple[Array, float, Layers]:
    """Add noise to data in one go, let a net guess it, and return loss and gradients.

    Parameters
    ----------
    layers : list of (w, b)
        A net as `net_forward` takes it, from D + 2 numbers to D.
    x0 : ndarray of shape (N, D)
        Data without noise.
    t : ndarray of shape (N,)
        For each sample the step up to which noise has come in, a place in `alpha_bar`: 0 is the
        first step.
    noise : ndarray of shape (N, D)
        Normal draws, the noise in the sample.
    alpha_bar : ndarray of shape (T,)
        As from `noise_schedule`.

    Returns
    -------
    noisy : ndarray of shape (N, D)
        The samples with their noise, in the dtype of `x0`.
    loss : float
        The mean squared error of the guess.
    grads : list of (dw, db)
        The gradients of the loss by the layers, in the dtype of `x0`.

    References
    ----------
    Ho, Jain and Abbeel 2020, Denoising diffusion probabilistic models.
    """
    raise NotImplementedError("denoising_loss")


# %% [markdown]
# ## 14 Walk back
#
# Sampling begins with pure noise and takes the steps back, from the last one to the first. In each
# the net guesses the noise $\hat\epsilon$ in $x_t$. Only a part of it came in during this one step;
# that part is taken out, the data's share is stretched again, and a little fresh noise z is added,
# since many different $x_{t-1}$ can have led here:
#
# $$ x_{t-1} = \frac{1}{\sqrt{\alpha_t}} \Big( x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}\,
#    \hat\epsilon \Big) + \sigma_t z, \qquad \alpha_t = 1 - \beta_t, \qquad
#    \sigma_t^2 = \beta_t\, \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t} $$
#
# $\sigma_t^2$ is what is uncertain about $x_{t-1}$ when $x_t$ and the data are known. Before the
# first step there is no noise, so what leaves the step $t = 0$ has none: $\bar\alpha_{-1} = 1$.
# (Another published choice is $\sigma_t^2 = \beta_t$ for $t > 0$. It samples about as well; here it
# is not asked.)
#
# **By hand.** $\beta = (0.2, 0.5)$, so $\bar\alpha = (0.8, 0.4)$; $x = 1$, $\hat\epsilon = 0.5$,
# $z = 1$. From $t = 1$: $0.9578 + 0.4082 = 1.3660$. From $t = 0$: 0.8680, whatever z is.


# %%
def ddpm_step(x: Array, t: int, predicted: Array, noise: Array, beta: Array) -> Array:
    """Take one step back in a diffusion, from x_t to x_{t-1}.

    Parameters
    ----------
    x : ndarray of shape (N, D)
        Samples after the step t of adding noise.
    t : int
        The step to undo, a place in `beta`: 0 is the first one, after which no noise is left.
    predicted : ndarray of shape (N, D)
        The noise that the net sees in `x`.
    noise : ndarray of shape (N, D)
        Normal draws, z of the text.
    beta : ndarray of shape (T,)
        As from `noise_schedule`.

    Returns
    -------
    ndarray of shape (N, D)
        The samples before that step, in the dtype of `x`.

    References
    ----------
    Ho, Jain and Abbeel 2020, Denoising diffusion probabilistic models, algorithm 2.
    """
    raise NotImplementedError("ddpm_step")


# %% [markdown]
# ## The picture
#
# Drawn from your functions, panel by panel as you write them. Above: two distances while a heap is
# pushed along the line; what a generator is told; the game of two numbers; and a generator on a
# line, trained by your `gan_step`. Below, on a ring of eight heaps: a GAN while it is trained, and
# the way back of a diffusion. Both begin with one cloud. Which of them has an opponent, and where
# do you see it?


# %%
def figure():
    """Draw distances, losses, the smallest game, a GAN over time and diffusion over time."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplot_mosaic(
        [["distances", "losses", "game", "line"], ["gan"] * 4, ["diffusion"] * 4],
        figsize=(17, 12),
        height_ratios=(1.15, 1, 1),
        layout="constrained",
    )
    panels = {
        "distances": draw_distances,
        "losses": draw_losses,
        "game": draw_game,
        "line": draw_line,
        "gan": draw_gan,
        "diffusion": draw_diffusion,
    }
    for name, draw in panels.items():
        axes[name].spines[["top", "right"]].set_visible(False)
        try:
            draw(axes[name])
        except NotImplementedError:  # drawn as soon as you have written it
            axes[name].set(title=name, xticks=[], yticks=[])
            axes[name].text(0.5, 0.5, "not written yet", ha="center", color="#888888")
    return fig


def draw_distances(ax):
    """Draw distances of two heaps. To see: JS is flat as soon as they part, the other is not."""
    places, found = np.arange(-2.0, 6.0, 0.05), []
    p = np.exp(-0.5 * (places / 0.3) ** 2) * (np.abs(places) < 0.8)
    shifts = np.arange(0, 81, 2)
    for shift in shifts:
        found.append(js_and_earth_mover(p / p.sum(), np.roll(p, shift) / p.sum(), 0.05))
    js, distance = np.transpose(found)
    ax.plot(0.05 * shifts, js, color="#d62728", label="Jensen-Shannon (nats)")
    ax.plot(0.05 * shifts, distance, color="#1f77b4", label="earth mover's")
    ax.axhline(np.log(2), color="#d62728", ls=":", lw=1)
    ax.text(3.0, np.log(2) + 0.08, r"$\ln 2$", color="#d62728")
    ax.set(title="How far is a heap that is pushed away?", xlabel="shift", ylabel="distance")
    ax.legend(frameon=False)


def draw_losses(ax):
    """Draw the generator's gradients. To see: the minimax one is gone where fakes are known."""
    scores = np.linspace(-8, 8, 161)
    for saturating, name, colour in (
        (False, "non-saturating", "#1f77b4"),
        (True, "minimax", "#d62728"),
    ):
        loss = [generator_loss(np.array([s]), saturating)[0] for s in scores]
        pull = -generator_loss(scores, saturating)[1] * scores.size
        ax.plot(scores, pull, color=colour, label=f"{name}: pull on a fake")
        ax.plot(scores, loss, color=colour, ls=":", lw=1, label=f"{name}: loss")
    ax.axvspan(-8, -3, color="#888888", alpha=0.12, lw=0)
    ax.text(-7.8, -0.7, "fakes that\nfool nobody", color="#555555", fontsize=9)
    ax.set(title="What a generator is told", xlabel="score of a fake", ylim=(-2, 2.6))
    ax.set(ylabel="minus the gradient (dotted: the loss)")
    ax.legend(frameon=False, fontsize=9, loc="upper right")


def draw_game(ax):
    """Draw a game of two numbers. To see: out, round and round, or in, by the rule alone."""
    for rule, colour in (
        ("simultaneous", "#d62728"),
        ("alternating", "#1f77b4"),
        ("alternating, leashed", "#2ca02c"),
    ):
        theta, psi, path = 1.0, 0.0, []
        for _ in range(260):
            path.append((theta, psi))
            _, _, down = discriminator_loss(np.array([0.0]), np.array([psi * theta]))
            leash = 0.3 * psi if rule.endswith("leashed") else 0.0
            new = psi - 0.2 * (down[0] * theta + leash)
            told = psi if rule == "simultaneous" else new
            theta = theta - 0.2 * generator_loss(np.array([told * theta]), True)[1][0] * told
            psi = new
        ax.plot(*np.transpose(path), ".-", ms=3, lw=0.7, color=colour, label=rule)
    ax.plot(0, 0, "k*", ms=12, label="data, and no score")
    ax.set(
        title="One fake, one weight, the minimax loss",
        xlabel=r"place $\theta$ of the fake (data at 0)",
    )
    ax.set(ylabel=r"weight $\psi$ of the discriminator", xlim=(-2, 2), ylim=(-2, 2.9))
    ax.legend(frameon=False, fontsize=9, loc="upper right")


def draw_line(ax):
    """Draw a GAN on a line. To see: fakes walk to the heaps; where both agree, D is one half."""
    rng = np.random.default_rng(2)
    players = new_net(rng, 2, 24, 1), new_net(rng, 1, 24, 1)
    z = rng.normal(size=(2000, 2))
    places = np.linspace(-4, 4, 161)
    for row, steps in enumerate((0, 150, 600, 2250)):
        for _ in range(steps):
            real = line_data(rng, 64)
            noise = rng.normal(size=(2, 64, 2))
            players = gan_step(*players, real, *noise, 0.15, 0.05)[:2]
        fakes = net_forward(players[0], z)[:, 0]
        heights = np.histogram(fakes, bins=60, range=(-4, 4), density=True)[0]
        truth = np.histogram(line_data(rng, 4000)[:, 0], bins=60, range=(-4, 4), density=True)[0]
        middles = np.linspace(-4, 4, 121)[1::2]
        base = -1.3 * row
        ax.fill_between(middles, base, base + truth, color="#bbbbbb", lw=0, step="mid")
        ax.step(middles, base + np.minimum(heights, 1.15), where="mid", color="#d62728", lw=1.2)
        score = net_forward(players[1], places[:, np.newaxis])[:, 0]
        ax.plot(places, base + 1 / (1 + np.exp(-score)), color="#1f77b4", lw=1)
        total = (0, 150, 750, 3000)[row]
        ax.text(-3.95, base + 0.75, f"step {total}", fontsize=9)
    names = (("#bbbbbb", "real"), ("#d62728", "fakes"), ("#1f77b4", "D"))
    for colour, name in names:
        ax.plot([], [], color=colour, lw=3 if colour == "#bbbbbb" else 1.5, label=name)
    ax.set(title="A GAN on a line, by gan_step", xlabel="x", yticks=[], ylim=(-4.1, 1.9))
    ax.legend(frameon=False, fontsize=9, ncols=3, loc="upper center")


def line_data(rng, n):
    """Return samples of two heaps on a line."""
    return (rng.choice([-1.5, 1.5], n) + 0.4 * rng.normal(size=n))[:, np.newaxis]


def draw_gan(ax):
    """Draw a GAN on the ring. To see: sharp heaps, fakes between them, and heaps it has left."""
    shown = (0, 200, 600, 1500, 3000)
    fakes = train_gan(3, 2e-3, shown[-1], shown)
    draw_clouds(ax, fakes, [f"after {steps} steps" for steps in shown])
    ax.set(title="A GAN on a ring of eight heaps, while it is trained")


def draw_diffusion(ax):
    """Draw a diffusion's way back. To see: all heaps at once, and some samples between them."""
    shown = (0, 15, 25, 32, 40)
    walk = train_diffusion(3, 3e-3, 3000)[1]
    names = ["pure noise", *(f"{steps} steps back" for steps in shown[1:])]
    draw_clouds(ax, [walk[steps] for steps in shown], names)
    ax.set(title="Diffusion on the same ring: the steps back, after training")


def draw_clouds(ax, clouds, names):
    """Draw clouds side by side over the ring, with what `mode_count` says of them."""
    for k, (cloud, name) in enumerate(zip(clouds, names)):
        right = 6.4 * k
        modes, share = mode_count(cloud, RING, NEAR, LEAST)
        ax.plot(*(RING + [right, 0]).T, "o", ms=13, mfc="none", mec="#888888", mew=1)
        inside = np.all(np.abs(cloud) < 3, axis=1)
        ax.plot(*(cloud[inside] + [right, 0]).T, ".", ms=2, color="#1f77b4")
        ax.text(right, -3.5, f"{name}\n{modes} modes, share {share:.2f}", ha="center", va="top")
    ax.set(aspect="equal", xlim=(-3.2, 6.4 * len(clouds) - 3.2), ylim=(-5.2, 3.1))
    ax.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2], xlabel="$x_1$ (each cloud moved to the right)")
    ax.set(ylabel="$x_2$")


# %% [markdown]
# ## Capstone: the ring, three ways, and digits
#
# A ring of eight heaps, 2,500 steps for everybody. A GAN (your two losses), a critic on a leash
# (your `critic_losses` and `gradient_penalty`), and a diffusion of 40 steps (your `denoising_loss`
# and `ddpm_step`), of about as many weights each; Adam moves all of them, and its rate is chosen
# from the same grid for each by one start. Then three new starts each, and for each 1,000 samples
# that your `mode_count` looks at.
#
# After that the GAN is to draw: digits of 8 by 8 pixels, with the hinge loss and your
# `spectral_norm` as a leash. Your `frechet_distance` between the pixels of its fakes and those of
# digits it has not been trained on is set beside what a Gaussian with the mean and covariance of
# the training digits would get (a cloud that looks like nothing, but has the right mean), and what
# real digits get.
#
# The target: with diffusion all eight modes from every start; with a GAN or a critic, a share of
# more than one half; and digits that are nearer to the real ones than one fifth of where the
# untrained generator began. Before you run it: which of the three will find the most modes, which
# will have the largest share?

# %%
RING = 2 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)
WIDTH, NEAR, LEAST = 0.1, 0.3, 20
STEPS, BACK, SAMPLES = 2500, 40, 1000
RATES = (1e-3, 3e-3)


def capstone():
    """Compare a GAN, a leashed critic and diffusion on the ring; then draw digits."""
    from autograder.rewards import track

    methods = {"gan": train_gan, "critic": train_critic, "diffusion": train_diffusion}
    table, rates, last = {}, {}, {}
    for name, say in track(list(methods), "the ring"):
        method = methods[name]
        rates[name] = max(RATES, key=lambda lr: quality(method(100, lr, STEPS)[0])[2])
        clouds = [method(seed, rates[name], STEPS)[0] for seed in range(3)]
        table[name] = np.array([quality(cloud) for cloud in clouds])
        last[name] = clouds[0]
        say(modes=table[name][:, 0].mean(), share=table[name][:, 1].mean())
    digits = draw_digits(1500)
    best = max(table["gan"][:, 1].mean(), table["critic"][:, 1].mean())
    return {
        **{f"modes_{name}": listed(rows[:, 0]) for name, rows in table.items()},
        **{f"share_{name}": listed(rows[:, 1], 2) for name, rows in table.items()},
        "rates": ", ".join(f"{name} {rate:g}" for name, rate in rates.items()),
        **{f"digits_{name}": value for name, value in digits.items() if name != "fakes"},
        "target_reached": bool(
            np.all(table["diffusion"][:, 0] == 8)
            and best > 0.5
            and digits["trained"] < 0.2 * digits["untrained"]
        ),
        "figure": draw_results(table, last, digits["fakes"]),
    }


def listed(values, digits=0):
    """Return numbers as a text, one for each start."""
    return " ".join(f"{value:.{digits}f}" for value in values)


def quality(cloud):
    """Return modes, share, and both in one number: the share of samples times that of modes."""
    modes, share = mode_count(cloud, RING, NEAR, LEAST)
    return modes, share, modes / len(RING) * share


def ring_data(rng, n):
    """Return samples of the ring, in float32."""
    noise = WIDTH * rng.normal(size=(n, 2))
    return (RING[rng.integers(len(RING), size=n)] + noise).astype(np.float32)


def new_net(rng, *sizes):
    """Return fresh layers."""
    return [(rng.normal(size=(n, m)) * np.sqrt(2 / m), np.zeros(n)) for m, n in pairwise(sizes)]


def in_float32(layers):
    """Return the same layers in float32, which halves the time."""
    return [(w.astype(np.float32), b.astype(np.float32)) for w, b in layers]


def adam(lr, beta1=0.5, beta2=0.99):
    """Return a function that moves layers by Adam, and remembers what Adam remembers."""
    kept = {"t": 0}

    def move(layers, grads):
        parts = [part for layer in layers for part in layer]
        downs = [part for layer in grads for part in layer]
        kept["t"] += 1
        rate = lr * (1 - beta2 ** kept["t"]) ** 0.5 / (1 - beta1 ** kept["t"])
        moved = []
        for k, (part, down) in enumerate(zip(parts, downs)):
            m, v = kept.get(k, (0 * part, 0 * part))
            m, v = beta1 * m + (1 - beta1) * down, beta2 * v + (1 - beta2) * down**2
            kept[k] = m, v
            moved.append(part - rate * m / (np.sqrt(v) + 1e-8))
        return list(zip(moved[::2], moved[1::2]))

    return move


def train_gan(seed, lr, steps, shown=None, batch=64):
    """Train a GAN on the ring; return the clouds after the steps that are to be shown."""
    rng = np.random.default_rng(seed)
    g, d = in_float32(new_net(rng, 4, 64, 64, 2)), in_float32(new_net(rng, 2, 64, 64, 1))
    move_g, move_d, clouds = adam(lr), adam(lr), []
    look = rng.standard_normal((SAMPLES, 4), dtype=np.float32)
    for step in range(steps + 1):
        if step in (shown or (steps,)):
            clouds.append(net_forward(g, look))
        z = rng.standard_normal((2, batch, 4), dtype=np.float32)
        both = np.concatenate([ring_data(rng, batch), net_forward(g, z[0])])
        scores = net_forward(d, both)[:, 0]
        down = np.concatenate(discriminator_loss(scores[:batch], scores[batch:])[1:])
        d = move_d(d, net_backward(d, both, down[:, np.newaxis])[1])
        fresh = net_forward(g, z[1])
        down = generator_loss(net_forward(d, fresh)[:, 0])[1]
        dx, _ = net_backward(d, fresh, down[:, np.newaxis])
        g = move_g(g, net_backward(g, z[1], dx)[1])
    return clouds


def train_critic(seed, lr, steps, batch=64, leash=1.0):
    """Train a generator by a critic of one hidden layer, kept on the leash of WGAN-GP."""
    rng = np.random.default_rng(seed)
    g = in_float32(new_net(rng, 4, 64, 64, 2))
    (w, b), (v, _) = in_float32(new_net(rng, 2, 256, 1))
    move_g, move_c = adam(lr), adam(lr)
    b, v = b + 3 * rng.normal(size=b.shape).astype(np.float32), v[0]

    def ahead(x):
        return np.tanh(x @ w.T + b)

    for step in range(steps):
        z = rng.standard_normal((2, batch, 4), dtype=np.float32)
        real, fake = ring_data(rng, batch), net_forward(g, z[0])
        h_real, h_fake = ahead(real), ahead(fake)
        *_, dreal, dfake = critic_losses(h_real @ v, h_fake @ v)
        u = rng.random(batch, dtype=np.float32)
        _, *leashed = gradient_penalty(w, b, v, real, fake, u)
        back = [np.outer(d, v) * (1 - h**2) for d, h in ((dreal, h_real), (dfake, h_fake))]
        grads = (
            back[0].T @ real + back[1].T @ fake,
            back[0].sum(axis=0) + back[1].sum(axis=0),
            dreal @ h_real + dfake @ h_fake,
        )
        dw, db, dv = (own + leash * other for own, other in zip(grads, leashed))
        ((w, b), (v, _)) = move_c([(w, b), (v, v)], [(dw, db), (dv, dv)])
        if step % 2:
            fresh = net_forward(g, z[1])
            dx = ((-v / batch) * (1 - ahead(fresh) ** 2)) @ w
            g = move_g(g, net_backward(g, z[1], dx)[1])
    return [net_forward(g, rng.standard_normal((SAMPLES, 4), dtype=np.float32))]


def train_diffusion(seed, lr, steps, batch=64):
    """Train a net to guess noise; return what the walk back ends with, and the whole walk."""
    rng = np.random.default_rng(seed)
    beta, alpha_bar = noise_schedule(BACK, "cosine")
    left = alpha_bar.astype(np.float32)
    net, move = in_float32(new_net(rng, 4, 96, 96, 2)), adam(lr, 0.9, 0.999)
    scale = np.float32(np.sqrt(2))  # the ring has the variance 2 along each axis
    for step in range(steps):
        noise = rng.standard_normal((batch, 2), dtype=np.float32)
        t = rng.integers(BACK, size=batch)
        net = move(net, denoising_loss(net, ring_data(rng, batch) / scale, t, noise, left)[2])
        if step == 2 * steps // 3:
            move = adam(lr / 5, 0.9, 0.999)  # slower, towards the end
    x = rng.standard_normal((SAMPLES, 2), dtype=np.float32)
    walk = [scale * x]
    for t in range(BACK - 1, -1, -1):
        told = np.sqrt([[left[t], 1 - left[t]]] * len(x)).astype(np.float32)
        guess = net_forward(net, np.concatenate([x, told], axis=1))
        noise = rng.standard_normal(x.shape, dtype=np.float32)
        x = ddpm_step(x, t, guess, noise, beta).astype(np.float32)
        walk.append(scale * x)
    return walk[-1], walk


def draw_digits(steps, lr=5e-4, batch=64):
    """Train a GAN on digits with a hinge and a leash for each layer; return the distances."""
    from autograder.data import digits

    data = digits(test=0.5)
    train, test = (2 * data[part].astype(np.float32) - 1 for part in ("x_train", "x_test"))
    rng = np.random.default_rng(0)
    g, d = in_float32(new_net(rng, 16, 128, 128, 64)), in_float32(new_net(rng, 64, 128, 128, 1))
    move_g, move_d, kept = adam(lr), adam(lr), [np.ones(len(w), np.float32) for w, _ in d]
    look = rng.standard_normal((SAMPLES, 16), dtype=np.float32)
    far = {"untrained": cloud_distance(np.tanh(net_forward(g, look)), test)}
    for _ in range(steps):
        z = rng.standard_normal((2, batch, 16), dtype=np.float32)
        fakes = np.tanh(net_forward(g, z[0]))
        both = np.concatenate([train[rng.integers(len(train), size=batch)], fakes])
        scores = net_forward(d, both)[:, 0]
        down = np.concatenate(critic_losses(scores[:batch], scores[batch:], "hinge")[2:])
        d = move_d(d, net_backward(d, both, down[:, np.newaxis])[1])
        for k, (w, b) in enumerate(d):
            w, _, kept[k] = spectral_norm(w, kept[k])
            d[k] = (1.5 * w, b)
        fresh = np.tanh(net_forward(g, z[1]))
        down = np.full((batch, 1), -1 / batch, np.float32)
        dx = net_backward(d, fresh, down)[0] * (1 - fresh**2)
        g = move_g(g, net_backward(g, z[1], dx)[1])
    fakes = np.tanh(net_forward(g, look))
    gaussian = rng.multivariate_normal(train.mean(axis=0), np.cov(train.T), SAMPLES)
    far["trained"] = cloud_distance(fakes, test)
    far["gaussian"] = cloud_distance(gaussian, test)
    far["real"] = cloud_distance(train, test)
    return {**far, "fakes": fakes}


def cloud_distance(one, other):
    """Return the Frechet distance between two clouds of pixels."""
    one, other = one.astype(float), other.astype(float)
    means = one.mean(axis=0), other.mean(axis=0)
    return frechet_distance(means[0], np.cov(one.T), means[1], np.cov(other.T))


def draw_results(table, clouds, fakes):
    """Draw starts and samples. To see: modes and share rank the methods otherwise."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 5, figsize=(19, 4), layout="constrained")
    for name, colour in (("gan", "#d62728"), ("critic", "#2ca02c"), ("diffusion", "#1f77b4")):
        rows = table[name]
        jitter = np.linspace(-0.12, 0.12, len(rows))
        axes[0].plot(rows[:, 0] + jitter, rows[:, 1], "o", color=colour, label=name, alpha=0.8)
    axes[0].set(xlabel="modes found (points moved apart)", ylabel="share of samples near a mode")
    axes[0].set(xlim=(-0.5, 8.5), ylim=(0, 1), title=f"{len(rows)} starts each")
    axes[0].legend(frameon=False, loc="lower left")
    for ax, (name, cloud) in zip(axes[1:], clouds.items()):
        ax.plot(*RING.T, "o", ms=14, mfc="none", mec="#888888")
        ax.plot(*cloud.T, ".", ms=2, color="#1f77b4")
        ax.set(title=f"{name}, one start", aspect="equal", xlim=(-3, 3), ylim=(-3, 3))
        ax.set(xlabel="$x_1$", ylabel="$x_2$")
    framed = np.pad(
        fakes[:36].reshape(6, 6, 8, 8),
        ((0, 0), (0, 0), (1, 1), (1, 1)),
        mode="constant",
        constant_values=-1,
    )
    sheet = framed.transpose(0, 2, 1, 3).reshape(60, 60)
    axes[4].imshow(sheet, cmap="gray_r")
    axes[4].set(title="digits drawn by the GAN", xticks=[], yticks=[])
    for ax in axes[:4]:
        ax.spines[["top", "right"]].set_visible(False)
    return fig


# %% [markdown]
# ### Question `ring_compared`
#
# Read the table of your own capstone. How many modes, and which share, does each method reach, and
# how much do the starts differ? Why does neither number suffice without the other? Name two things
# that make this comparison fair, and two that it leaves out.

# %% [markdown]
# YOUR ANSWER HERE


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
