# %% [markdown]
# # Q-learning: from a table to a deep Q-network
#
# *Chapter 21 · Unit V: sequences, attention, generation, decisions*
#
# Nobody tells a child which muscles to move. It tries, falls, and tries again, and the only
# teacher is what happened. **Reinforcement learning** is that situation written down: an *agent*
# sees a state $s$, chooses an action $a$, and the *environment* answers with a reward $r$ and the
# next state $s'$.
#
# ```
#            action a
#     agent ──────────►  environment          S F F F     S  start
#       ▲                     │               F H F H     F  ice: slippery
#       │  state s', reward r │               F F F H     H  hole: the episode ends
#       └─────────────────────┘               H F F G     G  goal: reward 1, the episode ends
# ```
#
# The map on the right is *FrozenLake*, one of the four worlds of this chapter (with
# *CliffWalking*, *Taxi* and *CartPole*, all from Gymnasium). No label says "go right here"; the
# reward at the goal is all there is. You will first *plan* with the rules of the world in hand,
# then *learn* without them, and at the end teach a neural network to balance a pole in less than
# half a minute.
#
# **References.** Sutton and Barto 2018, *Reinforcement Learning: An Introduction*, 2nd edition
# (chapters 3, 4, 6 and 7); Watkins and Dayan 1992, *Q-learning*; Mnih et al. 2015, *Human-level
# control through deep reinforcement learning*.

# %%
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
IntArray = NDArray[np.integer]
BoolArray = NDArray[np.bool_]

# %% [markdown]
# ## 1. What is a whole episode worth?
#
# An agent that only looks at the next reward would never walk around a lake. What counts is the
# **return**, the sum of all rewards still to come, the later ones *discounted* by
# $\gamma \in [0, 1]$:
#
# $$G_t = r_t + \gamma\, r_{t+1} + \gamma^2 r_{t+2} + \dots = r_t + \gamma\, G_{t+1}.$$
#
# Here $r_t$ is the reward that the action of step $t$ earns, and it enters $G_t$ in full: the
# discount begins with the step after. (Sutton and Barto number the same reward $R_{t+1}$; nothing
# else differs.)
#
# **By hand.** Rewards $0, 0, 1$ with $\gamma = 0.9$: $G_2 = 1$,
# $G_1 = 0 + 0.9 \cdot 1 = 0.9$, $G_0 = 0.81$. The right-hand side of the formula is a recipe:
# begin at the end and walk backwards.


# %%
def discounted_returns(rewards: Array, gamma: float = 0.99) -> Array:
    """Return the discounted sum of rewards from each step of one episode on.

    G_t = r_t + gamma * G_{t+1}, and nothing follows the last step: the reward of step t itself
    counts in full. An episode without steps has an empty array of returns.

    Parameters
    ----------
    rewards : ndarray of shape (T,)
        ``rewards[t]`` is what the action of step t earned.
    gamma : float
        Discount factor in [0, 1].

    Returns
    -------
    ndarray of shape (T,)
        The returns G_0 ... G_{T-1}, in the dtype of `rewards`.

    References
    ----------
    Sutton and Barto 2018, eq. 3.9.
    """
    ### BEGIN SOLUTION
    returns = np.zeros_like(rewards)
    following = 0.0
    for t in reversed(range(len(rewards))):
        following = rewards[t] + gamma * following
        returns[t] = following
    return returns
    ### END SOLUTION


# %% [markdown]
# ## 2. Planning: when the rules are known
#
# Let $Q(s, a)$ be the return one can expect after taking action $a$ in state $s$ and acting *as
# well as possible* from there on. If the rules of the world are known, that is, with which
# probability $p$ an action leads to which state $s'$ with which reward $r$, then the best value
# satisfies **Bellman's optimality equation**:
#
# $$Q(s, a) = \sum_{k} p_k \Big( r_k + \gamma \max_{a'} Q(s'_k, a') \Big).$$
#
# The sum runs over the outcomes $k$ of the action: on ice, "right" may also carry you up or down.
# An outcome that **terminates** the episode (a hole, the goal) has no future: its $\max$ term is
# left out.
#
# The equation is its own algorithm. Start with $Q = 0$, put it in on the right, get a better $Q$
# on the left, and repeat until nothing moves: **value iteration**. (A limit to the number of
# sweeps keeps a slip from becoming an endless loop. It has a meaning, too: after $n$ sweeps, $Q$
# holds the best return of a life of $n$ steps.) For $\gamma < 1$ each sweep shrinks the error at
# least by the factor $\gamma$.
#
# The world arrives as four arrays of shape $(S, A, K)$: entry $[s, a, k]$ describes outcome $k$
# of action $a$ in state $s$. Actions with fewer than $K$ outcomes are filled up with outcomes of
# probability 0.
#
# **By hand.** A corridor $s_0 - s_1 - s_2$; going right from $s_1$ earns 1 and terminates;
# $\gamma = 0.9$. Sweep 1 gives $Q(s_1, \text{right}) = 1$, sweep 2 adds
# $Q(s_0, \text{right}) = 0 + 0.9 \cdot 1 = 0.9$, and sweep 3 adds
# $Q(s_1, \text{left}) = 0.9 \cdot 0.9 = 0.81$: value flows backwards from the goal, one step per
# sweep.


# %%
def value_iteration(
    probability: Array,
    next_state: IntArray,
    reward: Array,
    terminated: BoolArray,
    gamma: float = 0.99,
    tolerance: float = 1e-10,
    max_sweeps: int = 10_000,
) -> Array:
    """Compute the optimal action values of a world whose transition table is known.

    Starting from zero, sweeps Q(s, a) <- sum_k p_k (r_k + gamma max_a' Q(s'_k, a')) over the whole
    table, without the max term where the outcome terminates. A sweep computes all entries from the
    table as it was before the sweep. It is the last one if it changes no entry by more than
    `tolerance`, or if it is number `max_sweeps`; its table is returned.

    Parameters
    ----------
    probability : ndarray of shape (S, A, K)
        Probability of each outcome; sums to 1 over K.
    next_state : ndarray of int of shape (S, A, K)
        The state each outcome leads to.
    reward : ndarray of shape (S, A, K)
        The reward each outcome earns.
    terminated : ndarray of bool of shape (S, A, K)
        Whether the outcome ends the episode: nothing is earned after it.
    gamma : float
        Discount factor in [0, 1]; with 1, the values settle only if the best policies come to an
        end.
    tolerance : float
        Largest change of an entry at which the sweeps stop.
    max_sweeps : int
        Number of sweeps after which they stop in any case, at least 1.

    Returns
    -------
    ndarray of shape (S, A)
        The action values, always in float64: `tolerance` is finer than float32 can resolve.

    References
    ----------
    Sutton and Barto 2018, eqs. 3.20 and 4.10; Bellman 1957.
    """
    ### BEGIN SOLUTION
    q = np.zeros(probability.shape[:2])
    for _ in range(max_sweeps):
        future = np.where(terminated, 0.0, q.max(axis=1)[next_state])
        swept = np.sum(probability * (reward + gamma * future), axis=2, dtype=np.float64)
        change = np.max(np.abs(swept - q))
        q = swept
        if change <= tolerance:
            break
    return q
    ### END SOLUTION


# %% [markdown]
# ## 3. Acting on values
#
# Knowing $Q$, the best policy needs no further thought: in each state take the action of largest
# value, $\pi(s) = \arg\max_a Q(s, a)$. When two actions tie, we agree on the one with the *lowest
# index*, which is also what `np.argmax` does; without such an agreement two correct programs
# would walk different ways.
#
# **By hand.** $Q(s, \cdot) = (0.2,\ 0.7,\ 0.7)$: action 1. The function is given.


# %%
def policy_from_q(q: Array) -> IntArray:
    """Choose the best action in every state (given; nothing to do here).

    Parameters
    ----------
    q : ndarray of shape (S, A)
        Action values.

    Returns
    -------
    ndarray of shape (S,)
        Integers: the action of largest value for each state, the lowest index if several tie.
    """
    return np.argmax(q, axis=1)


# %% [markdown]
# ## 4. Learning: when the rules are not known
#
# Usually nobody hands us the table. All we have is one experience after another: in $s$ we did
# $a$, earned $r$ and found ourselves in $s'$. From it we can form a better guess of $Q(s, a)$,
# the **temporal-difference target**
#
# $$y = r + \gamma\, V(s'),$$
#
# one step of truth plus our own present guess $V(s')$ of the rest. Using a guess to improve a
# guess is called **bootstrapping**.
#
# There are *two* ways an episode can stop, and Gymnasium tells them apart with two flags:
#
# | flag | meaning | is there a future? | target |
# |---|---|---|---|
# | `terminated` | the task itself ended: a hole, the goal | no | $r$ |
# | `truncated` | a step limit stopped the clock | yes, unseen | $r + \gamma V(s')$ |
#
# An agent that treats the step limit as death learns to fear places that were merely visited
# late. So: bootstrap on truncation, not on termination. If both flags are up, the task did end.
#
# **By hand.** $r = -1$, $V(s') = 10$, $\gamma = 0.9$: $y = -1 + 9 = 8$; also when truncated;
# but $y = -1$ when terminated.


# %%
def td_target(
    reward: float,
    next_value: float,
    terminated: bool,
    truncated: bool,
    gamma: float = 0.99,
) -> float:
    """Combine one observed reward with the present guess of what follows.

    Parameters
    ----------
    reward : float
        What the action earned.
    next_value : float
        Present estimate of the value of the next state. It may be any finite number, also
        where the episode terminated.
    terminated : bool
        The task ended with this step (Gymnasium's flag): no value follows.
    truncated : bool
        The episode was cut off from outside, by a step limit: the value of the next state counts
        in full. Both flags may be set; then the task has ended.
    gamma : float
        Discount factor in [0, 1].

    Returns
    -------
    float
        reward + gamma * next_value, or just the reward if the episode terminated.

    References
    ----------
    Pardo et al. 2018, Time limits in reinforcement learning (partial-episode bootstrapping).
    """
    ### BEGIN SOLUTION
    if terminated:
        return reward
    return reward + gamma * next_value
    ### END SOLUTION


# %% [markdown]
# ## 5. Exploring
#
# Whoever always orders the best dish so far never finds a better one. The
# **$\varepsilon$-greedy** rule tosses a coin: with probability $\varepsilon$ take *any* action,
# all with equal chance, else the best known one.
#
# "Any" includes the best one. With $A$ actions the greedy action is therefore taken with
# probability $1 - \varepsilon + \varepsilon / A$, each other one with $\varepsilon / A$.
#
# **By hand.** $A = 3$, $\varepsilon = 0.1$: $0.9 + 0.0333 = 0.9333$ for the greedy action,
# $0.0333$ for each of the others.
#
# So that your result can be checked, the luck is given: two uniform numbers from $[0, 1)$. The
# first decides *whether* to explore ($u < \varepsilon$), the second *which* action it is: cut
# $[0, 1)$ into $A$ equal pieces and see in which one it falls. With $A = 4$ and
# $u_{\text{action}} = 0.6$ that is piece $\lfloor 2.4 \rfloor = 2$.


# %%
def epsilon_greedy(q_row: Array, epsilon: float, u: float, u_action: float) -> int:
    """Choose an action: mostly the best one, now and then any.

    Explores if and only if ``u < epsilon`` (so epsilon 0 never explores and 1 always does).

    Parameters
    ----------
    q_row : ndarray of shape (A,)
        Values of the actions in the present state.
    epsilon : float
        Probability of exploring, in [0, 1].
    u : float
        Uniform draw from [0, 1): whether to explore.
    u_action : float
        Uniform draw from [0, 1): which of all A actions to explore with, floor(u_action * A).

    Returns
    -------
    int
        The index of the action. The greedy one is the largest of `q_row`, the lowest index if
        several tie.

    References
    ----------
    Sutton and Barto 2018, section 2.2.
    """
    ### BEGIN SOLUTION
    if u < epsilon:
        return int(u_action * len(q_row))
    return int(np.argmax(q_row))
    ### END SOLUTION


# %% [markdown]
# Curiosity should fade with experience. A **schedule** lowers $\varepsilon$ on a straight line
# from $\varepsilon_0$ to $\varepsilon_1$ during the first $n$ steps and leaves it there:
#
# $$\varepsilon(t) = \varepsilon_0 + (\varepsilon_1 - \varepsilon_0)\, \min(t / n,\ 1).$$
#
# **By hand.** From 1 to 0.05 in $n = 1000$ steps: $\varepsilon(0) = 1$,
# $\varepsilon(500) = 0.525$, $\varepsilon(1000) = \varepsilon(5000) = 0.05$. The function is given.


# %%
def epsilon_schedule(
    steps: IntArray, start: float = 1.0, end: float = 0.05, decay_steps: int = 1000
) -> Array:
    """Lower the rate of exploration linearly, then keep it (given; nothing to do here).

    Parameters
    ----------
    steps : ndarray of int of shape (T,)
        Step numbers, counted from 0, in any order.
    start : float
        Rate at step 0.
    end : float
        Rate at step `decay_steps` and ever after; may also be larger than `start`.
    decay_steps : int
        Number of steps the change takes, at least 1.

    Returns
    -------
    ndarray of shape (T,)
        The rate of exploration at each of the steps, float64.

    References
    ----------
    Mnih et al. 2015, Methods: annealed linearly over the first million frames.
    """
    progress = np.minimum(steps / decay_steps, 1.0)
    return start + (end - start) * progress


# %% [markdown]
# ## 6. Q-learning
#
# Move the old guess a little towards the target, by the fraction $\alpha$ (the learning rate) of
# the error:
#
# $$Q(s, a) \leftarrow Q(s, a) + \alpha \big( y - Q(s, a) \big),
# \qquad y = r + \gamma \max_{a'} Q(s', a').$$
#
# The $\max$ makes Q-learning **off-policy**: the target asks what the *best* next action is
# worth, whatever the curious agent will really do. Only the one entry $(s, a)$ of the table
# moves.
#
# **By hand.** $Q(s, a) = 2$, $r = -1$, $Q(s', \cdot) = (4, 10)$, $\gamma = 0.9$,
# $\alpha = 0.5$: $y = -1 + 0.9 \cdot 10 = 8$, and $Q(s, a)$ becomes $2 + 0.5 \cdot 6 = 5$. Had
# the step terminated: $y = -1$ and $Q(s, a) = 0.5$.


# %% [markdown]
# ## 7. SARSA and Expected SARSA
#
# What if the exploring itself is dangerous? On a cliff's edge the *best* next action is safe, but
# an agent that stumbles every tenth step should not walk there. **SARSA** learns the value of
# what the agent really does; its target uses the action $a'$ that will be taken next (its name is
# the quintuple $s, a, r, s', a'$):
#
# $$y = r + \gamma\, Q(s', a').$$
#
# **By hand.** $r = -1$, $Q(s', \cdot) = (4, 10)$, $a' = 0$, $\gamma = 0.9$:
# $y = -1 + 0.9 \cdot 4 = 2.6$ (Q-learning had 8).


# %% [markdown]
# The draw of $a'$ is luck that has nothing to do with the world. **Expected SARSA** averages over
# it. Under an $\varepsilon$-greedy policy each action has probability $\varepsilon / A$ and the
# greedy one $1 - \varepsilon$ more:
#
# $$y = r + \gamma \sum_{a'} \pi(a' | s')\, Q(s', a')
#     = r + \gamma \Big( (1 - \varepsilon) \max_{a'} Q(s', a')
# + \frac{\varepsilon}{A} \sum_{a'} Q(s', a') \Big).$$
#
# **By hand.** $Q(s', \cdot) = (4, 10)$, $\varepsilon = 0.2$: probabilities $(0.1, 0.9)$,
# expectation $9.4$; with $r = -1$, $\gamma = 0.9$: $y = -1 + 8.46 = 7.46$. For $\varepsilon = 0$
# this is Q-learning; for $\varepsilon = 1$ it values a drunkard's walk.
#
# Three rules, and only the future in their targets differs. They are one function: with a
# `next_action` it is SARSA, without one Expected SARSA, and that is Q-learning where
# $\varepsilon = 0$.


# %%
def td_update(
    q: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    next_action: int | None = None,
    epsilon: float = 0.0,
    lr: float = 0.1,
    gamma: float = 0.99,
) -> Array:
    """Learn from one step: Q-learning, SARSA or Expected SARSA.

    There is no flag for truncation because nothing would depend on it: a step that was merely cut
    off bootstraps like any other.

    Parameters
    ----------
    q : ndarray of shape (S, A)
        Action values; not modified.
    state, action : int
        Where the agent was and what it did.
    reward : float
        What it earned.
    next_state : int
        Where it found itself.
    terminated : bool
        Whether the task ended with this step: then the target is the reward alone.
    next_action : int or None
        What the agent will do in the next state, 0 to A - 1: its value is the future (SARSA), and
        `epsilon` does not matter. None: the future is the mean value of the next action.
    epsilon : float
        The probability with which the policy of that mean explores, with any of the A actions; with
        0 the mean is the value of the best action (Q-learning).
    lr : float
        Learning rate: the fraction of the error that is corrected.
    gamma : float
        Discount factor in [0, 1].

    Returns
    -------
    ndarray of shape (S, A)
        A new table, in the dtype of `q`, in which the entry [state, action] has moved.

    References
    ----------
    Watkins and Dayan 1992, eq. 1; Sutton and Barto 2018, eqs. 6.7 to 6.9.
    """
    ### BEGIN SOLUTION
    row = q[next_state]
    if next_action is None:
        future = (1 - epsilon) * np.max(row) + epsilon * np.mean(row)
    else:
        future = row[next_action]
    target = td_target(reward, future, terminated, False, gamma)
    new = q.copy()
    new[state, action] = q[state, action] + lr * (target - q[state, action])
    return new
    ### END SOLUTION


# %% [markdown]
# ### Question `whose_values`
#
# Beside the cliff Q-learning and SARSA learn different values, though both explore with the same
# $\varepsilon$. Which of the two targets depends on $\varepsilon$, and which values does each
# therefore converge to while $\varepsilon = 0.1$? What happens to the difference if $\varepsilon$
# slowly goes to 0? Which rule would you use for a robot that learns on a real cliff, and which in a
# simulator whose result is later run without exploring?

# %% [markdown]
# ## 8. Training
#
# Now let an agent live. The conversation with a Gymnasium environment has two sentences:
#
# * `state, info = env.reset(seed=...)` begins an episode; with a seed it also restarts the
#   environment's luck, without one its luck goes on;
# * `state, reward, terminated, truncated, info = env.step(action)` takes one step.
#
# One episode: reset; then choose an action ($\varepsilon$-greedy), step, learn (Q-learning), move
# on to the next state, until the episode is terminated *or* truncated. Both flags stop the
# episode; only `terminated` enters the update.
#
# CliffWalking would let you wander for ever, so a limit of our own must stop us: the array of
# draws has room for so many steps per episode and no more. To be cut off there is a truncation
# like any other.
#
# **By hand.** The corridor of section 2, always going right, $\alpha = 0.5$, $\gamma = 0.9$. In the
# first episode the step from $s_0$ learns nothing, for all is still 0, and the one from $s_1$ gives
# $Q(s_1, \text{right}) = 0.5$. In the second one $Q(s_0, \text{right}) = 0.5 \cdot 0.9 \cdot 0.5 =
# 0.225$, and then $Q(s_1, \text{right}) = 0.5 + 0.5\,(1 - 0.5) = 0.75$. Value creeps backwards by
# one field per *episode*, where a sweep of planning needed no episode at all. Both returns are 1.


# %%
def train_q_table(
    env: Any,
    draws: Array,
    epsilons: Array,
    lr: float = 0.1,
    gamma: float = 0.99,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Learn a table of action values by Q-learning, from zero.

    Each step chooses its action by the rule of `epsilon_greedy`, takes it, and learns by that of
    `td_update`, as Q-learning does. An episode stops when the environment says terminated or
    truncated, or after `max_steps` steps; only a terminated step is learnt from without a future.

    Parameters
    ----------
    env : environment
        With Gymnasium's interface and discrete spaces: ``env.observation_space.n`` states,
        ``env.action_space.n`` actions, ``env.reset`` and ``env.step``. The first episode begins
        with ``env.reset(seed=seed)``, each further one with ``env.reset()``. There is no reset but
        these and no step but those of the episodes.
    draws : ndarray of shape (episodes, max_steps, 2)
        Uniform draws from [0, 1): ``draws[i, t]`` holds the pair u, u_action for step t of episode
        i. What an episode leaves over is not used.
    epsilons : ndarray of shape (episodes,)
        Rate of exploration in each episode.
    lr : float
        Learning rate.
    gamma : float
        Discount factor in [0, 1].
    seed : int
        Seed of the environment's own luck.

    Returns
    -------
    q : ndarray of shape (S, A)
        The learnt action values, float64.
    returns : ndarray of shape (episodes,)
        The sum of the rewards of each episode, not discounted, float64.

    References
    ----------
    Sutton and Barto 2018, section 6.5.
    """
    ### BEGIN SOLUTION
    episodes, max_steps = draws.shape[:2]
    q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        for step in range(max_steps):
            u, u_action = draws[episode, step]
            action = epsilon_greedy(q[state], epsilons[episode], u, u_action)
            next_state, reward, terminated, truncated, _ = env.step(action)
            q = td_update(q, state, action, reward, next_state, terminated, lr=lr, gamma=gamma)
            returns[episode] += reward
            state = next_state
            if terminated or truncated:
                break
    return q, returns
    ### END SOLUTION


# %% [markdown]
# **Look.** `figure()`, at the end of the chapter, draws what can be drawn already (in a notebook,
# run all the cells once before: what is not yet written does no harm): the lake that you planned,
# and beside it CliffWalking, where a step costs 1 and a fall 100, and where your Q-learning learns
# (red); and Expected SARSA, which uses your `td_update` too (blue). Above are the greedy paths of
# the two tables, below the returns while they learnt. Which path runs along the brink? And why does
# the one with the shorter path earn less while it learns, to the last episode?

# %% [markdown]
# ## 9. Looking further ahead: n steps
#
# In the corridor value crept backwards by one field per episode, because a target looks one step
# ahead and trusts a guess for all the rest. The other extreme, the return of section 1, trusts no
# guess and pays for it: it adds up the luck of a whole episode. Between the two lie the **n-step
# targets**: $n$ rewards as they came, then the guess.
#
# $$y_t = r_t + \gamma r_{t+1} + \dots + \gamma^{m-1} r_{t+m-1} + \gamma^m V(s_{t+m}),
# \qquad m = \min(n,\ T - t).$$
#
# Near the end of an episode fewer than $n$ rewards are left: then all of them are taken, and the
# guess, discounted once for each of them, is that of the state in which the episode stopped. If it
# *terminated* there, nothing follows and the guess is left out, but only in those targets that
# reach the end. If it was *truncated*, the guess counts (section 4).
#
# With $n = 1$ this is `td_target`; with $n \ge T$ and a terminated episode it is the return.
#
# **By hand.** $r = (1, 2, 3)$, guesses $V(s_1), V(s_2), V(s_3) = 10, 20, 40$, $\gamma = \frac12$,
# $n = 2$. Terminated: $y_0 = 1 + \frac12 \cdot 2 + \frac14 \cdot 20 = 7$,
# $y_1 = 2 + \frac12 \cdot 3 = 3.5$, $y_2 = 3$. Truncated: $y_0 = 7$ as before,
# $y_1 = 3.5 + \frac14 \cdot 40 = 13.5$, $y_2 = 3 + \frac12 \cdot 40 = 23$.


# %%
def n_step_targets(
    rewards: Array, next_values: Array, n: int, terminated: bool, gamma: float = 0.99
) -> Array:
    """Combine up to n observed rewards with a guess of what follows, for each step of an episode.

    The target of step t holds the next m = min(n, T - t) rewards, the first one in full, and the
    guess for the state reached after them, discounted m times. Where that state is the last one of
    a terminated episode, there is no guess in the target.

    Parameters
    ----------
    rewards : ndarray of shape (T,)
        ``rewards[t]`` is what the action of step t earned.
    next_values : ndarray of shape (T,)
        ``next_values[t]`` is the present guess for the state to which step t led; the last one may
        be any finite number, also where the episode terminated.
    n : int
        How many rewards a target takes at most, at least 1; may be larger than T.
    terminated : bool
        Whether the task ended with the last step; otherwise the episode was cut off there.
    gamma : float
        Discount factor in [0, 1].

    Returns
    -------
    ndarray of shape (T,)
        The targets of all steps, in the dtype of `rewards` (`next_values` has the same).

    References
    ----------
    Sutton and Barto 2018, section 7.1.
    """
    ### BEGIN SOLUTION
    steps = len(rewards)
    targets = np.zeros_like(rewards)
    for t in range(steps):
        end = min(t + n, steps)
        total = 0.0 if terminated and end == steps else next_values[end - 1]
        for k in reversed(range(t, end)):
            total = rewards[k] + gamma * total
        targets[t] = total
    return targets
    ### END SOLUTION


# %% [markdown]
# ### Question `short_or_long`
#
# A target of many steps has an error from luck, one of few steps an error from the guess. Which of
# the two falls with $n$ and which grows, and why? Beside the cliff an $\varepsilon$-greedy agent
# uses $n = 5$: a careless step in the middle enters the targets of the four steps before it. For
# which policy are these therefore the values, and what would you change to learn those of the
# greedy one?

# %% [markdown]
# ## 10. Whose targets are these?
#
# Somebody else's agent has lived through one episode and left a log: its table $Q$, which held
# still meanwhile, the states, actions and rewards, and the targets that it then computed for all
# steps. What is not in the log is the rule. Five honest rules and three mistakes are suspected:
#
# | name | the target of a step |
# |---|---|
# | `"q-learning"` | the reward, and the value of the best next action |
# | `"sarsa"` | the reward, and the value of the action that did come next |
# | `"expected sarsa"` | the reward, and the mean under the $\varepsilon$-greedy policy |
# | `"two steps"` | the targets of section 9 with $n = 2$; a guess is the value of the best action |
# | `"monte carlo"` | the return of section 1: what was earned until the episode stopped, no guess |
# | `"beyond the end"` | as Q-learning, but always with a future, also where the task ended |
# | `"cut is dead"` | as Q-learning, but without a future where the episode was merely cut off |
# | `"wrong state"` | as Q-learning, but the best value is that of the state the step *began* in |
#
# Name the *first* row of the table that explains every target to within a tolerance; `"unknown"` if
# none does. An episode shows only what it lets happen: in one that terminated nobody can be caught
# at taking a cut for death. The guess that `n_step_targets` takes can be anything you like, and
# with it most of the rows are one line each.
#
# **By hand.** $Q(s_0, \cdot) = (8, 4)$, $Q(s_1, \cdot) = (4, 0)$, $Q(s_2, \cdot) = (6, 2)$;
# $\gamma = \varepsilon = \frac12$. The agent went from $s_0$ to $s_1$ by action 0 and earned 1, on
# to $s_2$ by action 1 and earned 2, and would have taken action 1 there. The two targets are
#
# | name | if $s_2$ was the end | if the clock stopped there |
# |---|---|---|
# | `"q-learning"` | $1 + 2 = 3$ and $2$ | $3$ and $2 + 3 = 5$ |
# | `"sarsa"` | $1 + 0 = 1$ and $2$ | $1$ and $2 + 1 = 3$ |
# | `"expected sarsa"` | $1 + 1.5 = 2.5$ and $2$ | $2.5$ and $2 + 2.5 = 4.5$ |
# | `"two steps"` | $1 + 1 = 2$ and $2$ | $2 + 1.5 = 3.5$ and $5$ |
# | `"monte carlo"` | the same: `"two steps"` is named | $1 + 1 = 2$ and $2$ |
# | `"beyond the end"` | $3$ and $2 + 3 = 5$ | as Q-learning, which is named |
# | `"cut is dead"` | as Q-learning, which is named | $3$ and $2$ |
# | `"wrong state"` | $1 + 4 = 5$ and $2$ | $5$ and $2 + 2 = 4$ |
#
# A log with the targets $3$ and $2$ therefore means nothing until it is known how the episode
# stopped.


# %%
def which_rule(
    q: Array,
    states: IntArray,
    actions: IntArray,
    rewards: Array,
    terminated: bool,
    epsilon: float,
    targets: Array,
    gamma: float = 0.99,
    tol: float = 1e-3,
) -> str:
    """Name the rule by which an agent computed the targets of one recorded episode.

    Parameters
    ----------
    q : ndarray of shape (S, A)
        The table of action values that all targets were computed from.
    states : ndarray of int of shape (T + 1,)
        Step t led from ``states[t]`` to ``states[t + 1]``; there is at least one step. The values
        of the last state may be any finite numbers, also where the episode terminated.
    actions : ndarray of int of shape (T + 1,)
        ``actions[t]`` was taken in ``states[t]``; the last one is what the agent would have done
        next.
    rewards : ndarray of shape (T,)
        ``rewards[t]`` is what step t earned.
    terminated : bool
        Whether the task ended with the last step; otherwise the episode was cut off there.
    epsilon : float
        With this probability the agent's policy explores, with any of the A actions.
    targets : ndarray of shape (T,)
        The recorded targets.
    gamma : float
        Discount factor in [0, 1].
    tol : float
        By how much a target may differ at most.

    Returns
    -------
    str
        The first name of the text's table that explains all targets, or ``"unknown"``.

    References
    ----------
    Sutton and Barto 2018, chapters 5 to 7, has the five rules.
    """
    ### BEGIN SOLUTION
    after = q[states[1:]]
    best = after.max(axis=1)
    taken = after[np.arange(len(rewards)), actions[1:]]
    mean = (1 - epsilon) * best + epsilon * after.mean(axis=1)
    began = q[states[:-1]].max(axis=1)
    suspects = {
        "q-learning": n_step_targets(rewards, best, 1, terminated, gamma),
        "sarsa": n_step_targets(rewards, taken, 1, terminated, gamma),
        "expected sarsa": n_step_targets(rewards, mean, 1, terminated, gamma),
        "two steps": n_step_targets(rewards, best, 2, terminated, gamma),
        "monte carlo": discounted_returns(rewards, gamma),
        "beyond the end": n_step_targets(rewards, best, 1, False, gamma),
        "cut is dead": n_step_targets(rewards, best, 1, True, gamma),
        "wrong state": n_step_targets(rewards, began, 1, terminated, gamma),
    }
    for name, own in suspects.items():
        if np.all(np.abs(own - targets) <= tol):
            return name
    return "unknown"
    ### END SOLUTION


# %% [markdown]
# ## 11. Wishful thinking, and two tables against it
#
# The maximum of noisy guesses is too optimistic. If six actions are all worth 0 and your guesses
# err by $+1$ or $-1$, each with the chance ½, then in 98.4 % of all cases ($1 - 2^{-6}$) the
# largest guess is $+1$. The $\max$ of Q-learning asks one table two questions, *which action is
# best* and *what is it worth*, and a lucky error answers both. This is the **maximisation bias**.
#
# It can mislead for long (Sutton and Barto 2018, example 6.7). From a hall two doors lead: the
# right one ends the episode with 0; behind the left one wait ten levers, and each of them ends it
# with a reward drawn from $\mathcal N(-0.1, 1)$. Going left loses 0.1 on average. But of ten levers
# tried once or twice one looks good by luck, and its luck is what Q-learning takes the left room
# to be worth: your own functions show it in the figure at the end.
#
# **Double Q-learning** (van Hasselt 2010) keeps *two* tables, each learning from its own half of
# the steps, and lets them answer one question each. A coin decides which of the two learns. If it
# is $Q^A$, then $Q^A$ says which action is best and $Q^B$, which has not seen the same luck, says
# what that action is worth:
#
# $$Q^A(s, a) \leftarrow Q^A(s, a) + \alpha \big( y - Q^A(s, a) \big),
# \qquad y = r + \gamma\, Q^B\big(s', \arg\max_{a'} Q^A(s', a')\big).$$
#
# If it is $Q^B$, the roles are exchanged.
#
# **By hand.** $Q^A(s, a) = 2$, $Q^B(s, a) = 0$, $Q^A(s', \cdot) = (2, 5)$,
# $Q^B(s', \cdot) = (8, 7)$, $r = -1$, $\gamma = 0.9$, $\alpha = 0.5$. If $A$ learns, it chooses
# action 1, which $B$ values at 7: $y = -1 + 6.3 = 5.3$ and $Q^A(s, a)$ becomes $3.65$. If $B$
# learns, it chooses action 0, which $A$ values at 2: $y = 0.8$, and $Q^B(s, a)$ becomes $0.4$.


# %%
def double_q_update(
    q_a: Array,
    q_b: Array,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    u: float,
    lr: float = 0.1,
    gamma: float = 0.99,
) -> tuple[Array, Array]:
    """Learn from one step with one of two tables; the other one judges its choice.

    The first table learns if ``u < 0.5``, otherwise the second. The one that learns chooses the
    best next action (the lowest index if several tie), the other one says what it is worth.

    Parameters
    ----------
    q_a, q_b : ndarray of shape (S, A)
        Two tables of action values; not modified.
    state, action : int
        Where the agent was and what it did.
    reward : float
        What it earned.
    next_state : int
        Where it found itself.
    terminated : bool
        Whether the task ended with this step: then the target is the reward alone.
    u : float
        Uniform draw from [0, 1): which of the tables learns.
    lr : float
        Learning rate: the fraction of the error that is corrected.
    gamma : float
        Discount factor in [0, 1].

    Returns
    -------
    new_a, new_b : ndarray of shape (S, A)
        Two new tables in the order given, in the dtype of theirs: in one of them the entry
        [state, action] has moved, the other one is a copy.

    References
    ----------
    van Hasselt 2010, Double Q-learning, algorithm 1; Sutton and Barto 2018, eq. 6.10.
    """
    ### BEGIN SOLUTION
    first = u < 0.5
    learning, judging = (q_a, q_b) if first else (q_b, q_a)
    best = np.argmax(learning[next_state])
    target = td_target(reward, judging[next_state, best], terminated, False, gamma)
    new = learning.copy()
    new[state, action] = learning[state, action] + lr * (target - learning[state, action])
    return (new, q_b.copy()) if first else (q_a.copy(), new)
    ### END SOLUTION


# %% [markdown]
# ## 12. Praise on the way
#
# A single reward at the far end is a hard school. **Positive reinforcement** pays for what we
# like to see (a treat for each step nearer to the goal), **negative reinforcement** takes
# something unpleasant away (the buzzer stops when the belt is fastened). Both change what is
# learnt, and careless praise is exploited: pay an agent for every step towards the goal and
# nothing for steps away from it, and it will walk to and fro for ever.
#
# There is one safe way. Give every state a **potential** $\Phi(s)$, say minus the distance to the
# goal, and pay its (discounted) *difference*:
#
# $$r' = r + \gamma\, \Phi(s') - \Phi(s), \qquad \Phi(s') = 0 \text{ if the step terminated.}$$
#
# Along an episode the differences telescope, so that each return only shifts by $-\Phi$ of the
# state it starts in: no policy gains on another, and the optimal policy stays what it was (Ng,
# Harada and Russell 1999). That proof needs the end of the episode to have potential zero,
# whatever the array says of that state.
#
# **By hand.** $r = -1$, $\Phi(s) = -3$, $\Phi(s') = -2$, $\gamma = 0.9$:
# $r' = -1 - 1.8 + 3 = 0.2$, a small treat. If the step terminated: $r' = -1 + 3 = 2$.


# %%
def shaped_reward(
    rewards: Array,
    states: IntArray,
    next_states: IntArray,
    terminated: BoolArray,
    potential: Array,
    gamma: float = 0.99,
) -> Array:
    """Add potential-based shaping to the rewards of N steps.

    r' = r + gamma * potential(s') - potential(s), where the potential of the *next* state counts as
    0 if the step that led there terminated the episode.

    Parameters
    ----------
    rewards : ndarray of shape (N,)
        Rewards of the environment.
    states, next_states : ndarray of int of shape (N,)
        Where each step began and where it led.
    terminated : ndarray of bool of shape (N,)
        Whether the step ended the task.
    potential : ndarray of shape (S,)
        Potential of every state, terminal ones not necessarily 0.
    gamma : float
        Discount factor, the same the agent learns with.

    Returns
    -------
    ndarray of shape (N,)
        The shaped rewards, in the dtype of `rewards` (`potential` has the same).

    References
    ----------
    Ng, Harada and Russell 1999, Policy invariance under reward transformations, eq. 2.
    """
    ### BEGIN SOLUTION
    arrival = np.where(terminated, 0, potential[next_states])
    return rewards + gamma * arrival - potential[states]
    ### END SOLUTION


# %% [markdown]
# ## 13. When the table is too big: experience replay
#
# A pole on a cart has a position, a speed, an angle and a rate of turning: four real numbers, and
# no table has a row for each of them. A **deep Q-network** replaces the table by a neural network
# $Q(s, \cdot; \theta)$. Two tricks made it work (Mnih et al. 2015); the first is to *remember*.
# Consecutive steps resemble each other, and a network that learns from them in order forgets the
# rest. So steps go into a **replay buffer**, and learning uses random ones of them.
#
# The buffer is a ring of fixed capacity $C$: when it is full, the newest transition takes the
# place of the oldest. It is a dict of arrays with two counters. `position` is the slot that is
# written next, `size` how many slots are filled.
#
# **By hand.** Capacity 3, rewards 1, 2, 3, 4 pushed one after another:
#
# ```
# push 1   [1 . .]   position 1   size 1
# push 2   [1 2 .]   position 2   size 2
# push 3   [1 2 3]   position 0   size 3
# push 4   [4 2 3]   position 1   size 3      the oldest one, 1, is gone
# ```
#
# The function below is given; it makes an empty buffer. Ours hold at most 10,000 transitions,
# since a pure push copies.


# %%
def empty_buffer(capacity: int, n_features: int) -> dict[str, Any]:
    """Make a replay buffer for states of `n_features` numbers (given; nothing to do here).

    Parameters
    ----------
    capacity : int
        Number of slots, at most 10,000.
    n_features : int
        Numbers that describe a state.

    Returns
    -------
    dict
        ``states`` and ``next_states`` of shape (capacity, n_features), ``actions``, ``rewards`` and
        ``terminated`` of shape (capacity,), and the integers ``position`` and ``size``.
    """
    return {
        "states": np.zeros((capacity, n_features), dtype=np.float32),
        "actions": np.zeros(capacity, dtype=np.int64),
        "rewards": np.zeros(capacity, dtype=np.float32),
        "next_states": np.zeros((capacity, n_features), dtype=np.float32),
        "terminated": np.zeros(capacity, dtype=np.bool_),
        "position": 0,
        "size": 0,
    }


# %% [markdown]
# Write the push: the old buffer stays as it was, a new dict comes out.


# %%
def replay_push(
    buffer: dict[str, Any],
    state: Array,
    action: int,
    reward: float,
    next_state: Array,
    terminated: bool,
) -> dict[str, Any]:
    """Remember one transition, in place of the oldest one if the buffer is full.

    The slot ``position`` is written; ``position`` then advances by one and wraps to 0 at the
    capacity C; ``size`` counts the filled slots up to C.

    Parameters
    ----------
    buffer : dict
        ``states`` and ``next_states`` of shape (C, D), ``actions``, ``rewards`` and ``terminated``
        of shape (C,), and the integers ``position`` and ``size``. Not modified, nor are its arrays.
    state : ndarray of shape (D,)
        Where the agent was.
    action : int
        What it did.
    reward : float
        What it earned.
    next_state : ndarray of shape (D,)
        Where it found itself.
    terminated : bool
        Whether the task ended with this step.

    Returns
    -------
    dict
        A new buffer with the same seven keys; its arrays have the dtypes of the old ones and share
        no memory with them.

    References
    ----------
    Lin 1992, Self-improving reactive agents; Mnih et al. 2015, algorithm 1.
    """
    ### BEGIN SOLUTION
    slot = buffer["position"]
    capacity = len(buffer["rewards"])
    new = {name: np.copy(buffer[name]) for name in buffer if name not in ("position", "size")}
    new["states"][slot] = state
    new["actions"][slot] = action
    new["rewards"][slot] = reward
    new["next_states"][slot] = next_state
    new["terminated"][slot] = terminated
    new["position"] = (slot + 1) % capacity
    new["size"] = min(buffer["size"] + 1, capacity)
    return new
    ### END SOLUTION


# %% [markdown]
# Sampling draws slots *with replacement* and only among those that are *filled*: an empty slot
# holds zeros that never happened. As before the luck is given: $u \in [0, 1)$ names slot
# $\lfloor u \cdot \text{size} \rfloor$.
#
# **By hand.** Capacity 10, size 4, $u = (0.1, 0.9, 0.6)$: slots
# $\lfloor 0.4 \rfloor, \lfloor 3.6 \rfloor, \lfloor 2.4 \rfloor = 0, 3, 2$.


# %%
def replay_sample(
    buffer: dict[str, Any], u: Array
) -> tuple[Array, IntArray, Array, Array, BoolArray]:
    """Draw remembered transitions with replacement, all filled slots with equal chance.

    Parameters
    ----------
    buffer : dict
        As `replay_push` returns it: C slots, D features per state, at least one slot filled.
    u : ndarray of shape (N,)
        Uniform draws from [0, 1): ``u[i]`` selects slot floor(u[i] * size).

    Returns
    -------
    states : ndarray of shape (N, D)
    actions : ndarray of shape (N,)
    rewards : ndarray of shape (N,)
    next_states : ndarray of shape (N, D)
    terminated : ndarray of shape (N,)
        The transitions in the order of `u`, each with the dtype it has in the buffer.

    References
    ----------
    Mnih et al. 2015, algorithm 1.
    """
    ### BEGIN SOLUTION
    slots = np.floor(u * buffer["size"]).astype(np.int64)
    return (
        buffer["states"][slots],
        buffer["actions"][slots],
        buffer["rewards"][slots],
        buffer["next_states"][slots],
        buffer["terminated"][slots],
    )
    ### END SOLUTION


# %% [markdown]
# ## 14. A target that holds still
#
# The second trick. If one network supplies both the guess and the target, each step moves the
# target as well, and the dog chases its own tail. So a **target network**, a slow copy
# $\theta^-$, supplies the future:
#
# $$y_i = r_i + \gamma \max_{a} Q(s'_i, a; \theta^-),
# \qquad y_i = r_i \text{ if the step terminated.}$$
#
# A batch of next states has passed through that network already: `next_q` has one *row* per
# transition and one *column* per action.
#
# **By hand.** $r = (1, 1)$, next values $((2, 5), (7, 3))$, the second step terminated,
# $\gamma = 0.9$: $y = (1 + 4.5,\ 1) = (5.5,\ 1)$.


# %% [markdown]
# The $\max$ is as optimistic here as it was in the table (section 11). **Double** DQN makes use of
# the two networks that are there anyway: the online network says *which* action is best, the
# target network says *what it is worth*. A guess must now err in both networks to do harm:
#
# $$y_i = r_i + \gamma\, Q(s'_i, a^*_i; \theta^-), \qquad a^*_i = \arg\max_a Q(s'_i, a; \theta).$$
#
# **By hand.** Online $(2, 5)$, target $(4, 3)$: the online network picks action 1, the target
# network says 3. (Plain DQN takes 4.)


# %%
def dqn_targets(
    rewards: Array,
    next_q_online: Array,
    next_q_target: Array,
    terminated: BoolArray,
    gamma: float = 0.99,
    double: bool = True,
) -> Array:
    """Compute the regression targets of a deep Q-network for a batch, plain or double.

    Parameters
    ----------
    rewards : ndarray of shape (N,)
        Rewards of the transitions.
    next_q_online : ndarray of shape (N, A)
        The online network's values in the next states. By the double rule its largest entry chooses
        the action (the lowest index if several tie); by the plain rule it has no say.
    next_q_target : ndarray of shape (N, A)
        The target network's values in the next states: they say what the chosen action is worth,
        and by the plain rule also which one is chosen.
    terminated : ndarray of bool of shape (N,)
        Whether the task ended with the transition: then its target is the reward alone.
    gamma : float
        Discount factor in [0, 1].
    double : bool
        Whether to follow the double rule.

    Returns
    -------
    ndarray of shape (N,)
        The targets, in the dtype of `rewards` (the two tables have the same).

    References
    ----------
    Mnih et al. 2015, algorithm 1; van Hasselt, Guez and Silver 2016, Deep reinforcement learning
    with double Q-learning.
    """
    ### BEGIN SOLUTION
    chooser = next_q_online if double else next_q_target
    best = np.argmax(chooser, axis=1)
    future = next_q_target[np.arange(len(rewards)), best]
    return rewards + gamma * np.where(terminated, 0, future)
    ### END SOLUTION


# %% [markdown]
# ## 15. A loss that keeps calm
#
# Early targets are wild, and a squared error of 100 has a gradient that tears the network apart.
# **Huber's loss** is a parabola near zero and a straight line beyond $\delta$, joined smoothly;
# with the error $e = \text{prediction} - \text{target}$
#
# $$\ell(e) = \begin{cases} \tfrac12 e^2 & |e| \le \delta \\
# \delta\,(|e| - \tfrac12 \delta) & |e| > \delta \end{cases}
# \qquad \text{and} \qquad L = \frac1N \sum_i \ell(e_i).$$
#
# **By hand.** $\delta = 1$, errors $0.5$ and $-3$: $\tfrac12 \cdot 0.25 = 0.125$ and
# $1 \cdot (3 - 0.5) = 2.5$; mean $1.3125$.
#
# Its gradient is the error itself, but never longer than $\delta$: each sample pulls, none of
# them tears. The mean over the batch leaves a factor $1/N$:
#
# $$\frac{\partial L}{\partial\, \text{prediction}_i}
# = \frac1N \begin{cases} e_i & |e_i| \le \delta \\
# \delta\, \mathrm{sign}(e_i) & |e_i| > \delta. \end{cases}$$
#
# **By hand.** Errors $0.5$ and $-3$, $\delta = 1$: $(0.5, -1) / 2 = (0.25, -0.5)$.


# %%
def huber_loss(prediction: Array, target: Array, delta: float = 1.0) -> tuple[float, Array]:
    """Average Huber's loss over a batch, and differentiate it with respect to the predictions.

    With e = prediction - target: e^2 / 2 where abs(e) <= delta, else delta * (abs(e) - delta / 2).

    Parameters
    ----------
    prediction, target : ndarray of shape (N,)
        At least one element.
    delta : float
        Positive; where the parabola becomes a line.

    Returns
    -------
    loss : float
        The mean over the batch.
    dprediction : ndarray of shape (N,)
        The gradient of that *mean*, in the dtype of `prediction`.

    References
    ----------
    Huber 1964, Robust estimation of a location parameter; Mnih et al. 2015, Methods: the error term
    is clipped to between -1 and 1.
    """
    ### BEGIN SOLUTION
    error = prediction - target
    size = np.abs(error)
    loss = np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    return np.mean(loss), np.clip(error, -delta, delta) / len(prediction)
    ### END SOLUTION


# %% [markdown]
# ## 16. The slow copy
#
# How does the target network follow? Instead of copying the online network every thousand steps,
# one can let it drift after it a little at each step, every parameter by the fraction $\tau$ of
# the way:
#
# $$\theta^- \leftarrow (1 - \tau)\, \theta^- + \tau\, \theta.$$
#
# **By hand.** $\theta^- = 1$, $\theta = 3$, $\tau = 0.25$: $0.75 + 0.75 = 1.5$, a quarter of
# the way from 1 to 3. With $\tau = 1$ the copy is complete, with $\tau = 0$ nothing moves.


# %%
def soft_update(target: list[Array], online: list[Array], tau: float = 0.005) -> list[Array]:
    """Let the target network's parameters drift towards the online network's.

    Parameters
    ----------
    target : list of ndarray
        Parameters of the target network; not modified.
    online : list of ndarray
        Parameters of the online network, the same shapes in the same order.
    tau : float
        Fraction of the way that is gone, in [0, 1].

    Returns
    -------
    list of ndarray
        The new parameters of the target network, in the dtypes of `target`.

    References
    ----------
    Lillicrap et al. 2016, Continuous control with deep reinforcement learning, algorithm 1.
    """
    ### BEGIN SOLUTION
    return [(1 - tau) * slow + tau * fast for slow, fast in zip(target, online)]
    ### END SOLUTION


# %% [markdown]
# ## 17. One learning step
#
# Now all of it at once: a batch of transitions, two networks, one step of gradient descent. The
# network is the smallest there is, a linear one: $Q(s, a) = w_a^\top s$ with one row $w_a$ of
# weights $W$ for each action, and $W^-$ for the slow copy. In a deep network only the last lines
# change, where the gradient travels on to earlier layers; the capstone does that.
#
# 1. **Targets** by the double rule: $W$ chooses in $s'_i$, $W^-$ judges; terminated steps keep the
#    reward alone. The targets are *numbers*: no gradient flows through them, though $W$ had a say.
# 2. **Guesses**: of the $A$ outputs in $s_i$ only that of the action $a_i$ taken is compared with
#    the target. Nothing is known of what the others would have brought.
# 3. **Gradient with respect to the output**, a table $(N, A)$: in row $i$ it is zero but in column
#    $a_i$, where the gradient of `huber_loss` stands.
# 4. **Update**: $\partial L / \partial W$ follows by the chain rule, and $W$ moves by $\eta$ times
#    that, downhill. Then one batch more, with `soft_update` in between.
#
# Learning from one's own guesses, off the policy and with a network: Sutton and Barto call it the
# deadly triad, since each two of them are harmless and the three together may diverge. The slow
# copy, Huber's bound and the memory are there to keep it from doing so.
#
# **By hand.** $W = \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}$,
# $W^- = \begin{pmatrix} 4 & 0 \\ 0 & 2 \end{pmatrix}$, $\gamma = \frac12$, $\eta = 0.1$, and two
# transitions. First $s = (1, 2)$, $a = 0$, $r = -1$, $s' = (2, 3)$: there the online values are
# $(2, 3)$, so action 1, and of the slow copy's $(8, 6)$ it is worth 6: $y = -1 + 3 = 2$, against a
# guess of 1, an error of $-1$. Then $s = (0, 1)$, $a = 1$, $r = 3$, terminated: $y = 3$, the guess
# is 1, the error $-2$. With $\delta = 2$ row 0 moves by $0.1 \cdot \frac12 \cdot (1, 2)$ to
# $(1.05,\ 0.1)$ and row 1 by $0.1 \cdot \frac22 \cdot (0, 1)$ to $(0,\ 1.1)$; with $\delta = 1$ row
# 1 comes only to $(0,\ 1.05)$.


# %%
def dqn_step(
    weights: Array,
    target_weights: Array,
    states: Array,
    actions: IntArray,
    rewards: Array,
    next_states: Array,
    terminated: BoolArray,
    lr: float = 0.01,
    gamma: float = 0.99,
    delta: float = 1.0,
) -> Array:
    """Take one step of double deep Q-learning with a linear network.

    The loss is Huber's, averaged over the batch, between the values of the actions taken and the
    double targets; the step is plain gradient descent with the targets held constant.

    Parameters
    ----------
    weights : ndarray of shape (A, D)
        The online network: the value of action a in state s is ``weights[a]`` times s. Not
        modified.
    target_weights : ndarray of shape (A, D)
        The target network.
    states, next_states : ndarray of shape (N, D)
        Where each transition began and where it led.
    actions : ndarray of int of shape (N,)
        The actions taken.
    rewards : ndarray of shape (N,)
        What they earned.
    terminated : ndarray of bool of shape (N,)
        Whether the task ended with the transition.
    lr : float
        Learning rate.
    gamma : float
        Discount factor in [0, 1].
    delta : float
        Positive; where Huber's parabola becomes a line.

    Returns
    -------
    ndarray of shape (A, D)
        The online network after the step, in the dtype of `weights` (all arrays of floats have the
        same).

    References
    ----------
    Mnih et al. 2015, algorithm 1; van Hasselt, Guez and Silver 2016.
    """
    ### BEGIN SOLUTION
    next_online, next_target = next_states @ weights.T, next_states @ target_weights.T
    aims = dqn_targets(rewards, next_online, next_target, terminated, gamma)
    values = states @ weights.T
    rows = np.arange(len(actions))
    gradient = np.zeros_like(values)
    _, gradient[rows, actions] = huber_loss(values[rows, actions], aims, delta)
    return weights - lr * (gradient.T @ states)
    ### END SOLUTION


# %% [markdown]
# **Optional: two refinements, if you go on.** *Prioritised replay* (Schaul et al. 2016) draws the
# transitions from which there is more to learn more often: slot $i$ with probability $P_i =
# p_i^\alpha / \sum_k p_k^\alpha$, where $p_i = |e_i| + \epsilon$ is the size of its last error. The
# draw is no longer even, so each sample's gradient is weighed by $w_i = (N P_i)^{-\beta} / \max_k
# w_k$; with $\beta = 1$ that undoes the preference exactly in the mean. **By hand.** Errors $3, 1,
# 0$ with $\epsilon = 1$, $\alpha = 1$: priorities $4, 2, 1$, chances $\frac47, \frac27, \frac17$;
# with $\beta = 1$ the weights are as $\frac14 : \frac12 : 1$. A new transition gets the largest
# priority so far, so that each is seen at least once.
#
# **Dueling networks** (Wang et al. 2016) end in two branches, the value $V(s)$ of being there and
# the advantages $A(s, a)$ of what one may do, and put them together as
# $Q(s, a) = V(s) + A(s, a) - \frac{1}{|\mathcal A|} \sum_{a'} A(s, a')$. Without the mean taken
# off, a constant could wander from one branch to the other. **By hand.** $V = 5$, $A = (1, 3)$:
# $Q = (4, 6)$. In states where no action matters much the branch of $V$ learns from all of them.


# %% [markdown]
# ### Question `tail_of_the_dog`
#
# Replay already makes the samples look independent. Why does a deep Q-network still need a target
# network, when a net that is fitted to fixed labels needs none, and a *table* learns without one?
# What would `soft_update` with $\tau = 1$ and with $\tau = 0.0001$ do to the training?

# %% [markdown]
# ## 18. A look at what was learnt
#
# The network that stands in for the table has two hidden layers; it, its gradients and the
# optimizer are given (other chapters are about them). Note what comes *in* to the gradient: one
# row per transition that is zero but for the action taken, for which you supply the gradient of
# `huber_loss`.


# %%
def q_network(params: list[Array], states: Array) -> tuple[Array, list[Array]]:
    """Compute the values of all actions, and the layers on the way, input first (given).

    The inputs are brought to about one: the cart leaves the track at 2.4 m, the pole falls at
    0.21 rad, and the two speeds seldom exceed 2 a second.
    """
    w1, b1, w2, b2, w3, b3 = params
    inputs = states / np.array([2.4, 2.0, 0.21, 2.0], dtype=np.float32)
    hidden1 = np.maximum(inputs @ w1.T + b1, 0)
    hidden2 = np.maximum(hidden1 @ w2.T + b2, 0)
    return hidden2 @ w3.T + b3, [inputs, hidden1, hidden2]


def q_network_gradients(params: list[Array], layers: list[Array], dq: Array) -> list[Array]:
    """Turn the gradient by the values into gradients by all parameters (given)."""
    _, _, w2, _, w3, _ = params
    inputs, hidden1, hidden2 = layers
    d2 = (dq @ w3) * (hidden2 > 0)
    d1 = (d2 @ w2) * (hidden1 > 0)
    return [d1.T @ inputs, d1.sum(0), d2.T @ hidden1, d2.sum(0), dq.T @ hidden2, dq.sum(0)]


def new_network(rng: np.random.Generator, sizes: list[int]) -> list[Array]:
    """Draw weights as He et al. advise; biases begin at zero (given)."""
    params: list[Array] = []
    for layer, fan_out in enumerate(sizes[1:]):
        fan_in = sizes[layer]
        weight = rng.normal(0.0, np.sqrt(2 / fan_in), (fan_out, fan_in))
        params += [weight.astype(np.float32), np.zeros(fan_out, dtype=np.float32)]
    return params


def adam(
    params: list[Array], grads: list[Array], moments: list[Array], t: int, lr: float
) -> tuple[list[Array], list[Array]]:
    """Take one step of Adam; `moments` holds all means, then all mean squares (given)."""
    n = len(params)
    means = [0.9 * m + 0.1 * g for m, g in zip(moments[:n], grads)]
    squares = [0.999 * v + 0.001 * g * g for v, g in zip(moments[n:], grads)]
    rate = lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    new = [p - rate * m / (np.sqrt(v) + 1e-8) for p, m, v in zip(params, means, squares)]
    return [p.astype(np.float32) for p in new], means + squares


# %% [markdown]
# Four pictures from your own functions. **Left**, planning on the frozen lake: the value of each
# field under the best policy, and the policy as arrows. Look at the arrows along the rim: six of
# the eight point *out of the map*, because on ice the agent slips to one side or the other of where
# it wants to go, but never backwards: to push against the wall is the way not to fall. The other
# two stand beside the hole in the lower left corner. Where would they slip to if they pushed
# outwards, and where do they slip to now? **Right**, learning beside a cliff: Q-learning walks the
# brink, the shortest path, and while it explores it keeps falling; Expected SARSA knows that it
# stumbles and keeps its distance. That is why the off-policy learner has the better *policy* and
# the on-policy learner the better *life*. **Lower right**, the two doors of section 11: how many of
# 40 agents take the left one, which loses, in each episode. Those who know better would take it in
# 5 % of all episodes, by exploring.


# %%
def figure() -> Any:
    """Draw the planned lake, the paths along the cliff, learning curves, and the two doors."""
    import gymnasium
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(15, 6.2), layout="constrained")
    grid = figure.add_gridspec(2, 3, width_ratios=[1.5, 1, 1], height_ratios=[1, 1.15])
    lake = gymnasium.make("FrozenLake-v1")
    paths, curves = learn_cliff()
    panels = [
        (grid[:, 0], lambda axis: draw_lake(axis, lake)),
        (grid[0, 1:], lambda axis: draw_cliff(axis, paths) if paths else not_yet(axis)),
        (grid[1, 1], lambda axis: draw_curves(axis, curves) if curves else not_yet(axis)),
        (grid[1, 2], draw_doors),
    ]
    for place, draw in panels:
        axis = figure.add_subplot(place)
        try:
            draw(axis)
        except NotImplementedError:  # drawn as soon as you have written it
            not_yet(axis)
    return figure


def not_yet(axis: Any) -> None:
    """Say in a panel that its functions are still to be written."""
    axis.clear()
    axis.set(xticks=[], yticks=[])
    axis.text(0.5, 0.5, "not written yet", ha="center", color="#888888")


def learn_cliff(
    episodes: int = 400, max_steps: int = 200, epsilon: float = 0.1
) -> tuple[dict[str, list[int]], dict[str, Array]]:
    """Learn beside the cliff by every method that is written; return greedy paths and returns."""
    import gymnasium

    cliff = gymnasium.make("CliffWalking-v1", max_episode_steps=max_steps)
    draws = np.random.default_rng(3).random((episodes, max_steps, 2))
    rates = np.full(episodes, epsilon)
    methods = {
        "Q-learning": lambda: train_q_table(cliff, draws, rates, lr=0.5, gamma=1.0, seed=1),
        "Expected SARSA": lambda: expected_sarsa_table(cliff, draws, epsilon, lr=0.5, seed=1),
    }
    paths, curves = {}, {}
    for name, learn in methods.items():
        try:
            q, curves[name] = learn()
            paths[name] = greedy_path(cliff, q)
        except NotImplementedError:
            continue
    return paths, curves


def left_door(double: bool, agents: int = 40, episodes: int = 200) -> Array:
    """Return the share of agents that take the losing door, by episode; tiny noise breaks ties."""
    rng = np.random.default_rng(5)
    left, epsilon, lever_count = np.zeros(episodes), 0.1, 10
    for _ in range(agents):
        q_a, q_b = rng.normal(0.0, 1e-6, (2, 2, lever_count))
        for episode in range(episodes):
            both = q_a + q_b if double else q_a
            door = epsilon_greedy(both[0, :2], epsilon, *rng.random(2))
            steps = [(0, door, 0.0, 1, door == 1)]
            if door == 0:
                lever = epsilon_greedy(both[1], epsilon, *rng.random(2))
                steps.append((1, lever, float(rng.normal(-0.1, 1.0)), 1, True))
                left[episode] += 1 / agents
            for step in steps:
                if double:
                    q_a, q_b = double_q_update(q_a, q_b, *step, rng.random(), 0.1, 1.0)
                else:
                    q_a = td_update(q_a, *step, lr=0.1, gamma=1.0)
    return left


def draw_doors(axis: Any, window: int = 10) -> None:
    """Draw how often the losing door is taken, averaged over a window of episodes."""
    for name, double, color in (("Q-learning", False, "C3"), ("double Q-learning", True, "C2")):
        mean = np.convolve(left_door(double), np.full(window, 1 / window), mode="valid")
        axis.plot(np.arange(window, len(mean) + window), 100 * mean, color=color, label=name)
    axis.axhline(5, color="k", lw=1, ls="--", label="optimum 5 %")
    axis.set(title="Two doors, the left one loses", xlabel="episode", ylim=(0, 100))
    axis.set_ylabel("agents going left (%)")
    axis.legend(loc="upper right")


def expected_sarsa_table(
    env: Any, draws: Array, epsilon: float, lr: float, seed: int
) -> tuple[Array, Array]:
    """Learn as `train_q_table` does, by Expected SARSA."""
    q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(len(draws))
    for episode, luck in enumerate(draws):
        state, _ = env.reset(seed=seed) if episode == 0 else env.reset()
        for u, u_action in luck:
            action = epsilon_greedy(q[state], epsilon, u, u_action)
            next_state, reward, terminated, truncated, _ = env.step(action)
            step = (state, action, reward, next_state, terminated)
            q = td_update(q, *step, epsilon=epsilon, lr=lr, gamma=1.0)
            returns[episode] += reward
            state = next_state
            if terminated or truncated:
                break
    return q, returns


def transition_table(env: Any) -> tuple[Array, IntArray, Array, BoolArray]:
    """Read a Gymnasium world: probability, next state, reward, terminated, all (S, A, K)."""
    rules = env.unwrapped.P
    most = max(len(outcomes) for actions in rules.values() for outcomes in actions.values())
    nothing = [(0.0, 0, 0.0, True)]
    rows = [
        [(rules[s][a] + nothing * most)[:most] for a in sorted(rules[s])] for s in sorted(rules)
    ]
    parts = [np.array([[[o[i] for o in cell] for cell in row] for row in rows]) for i in range(4)]
    return parts[0], parts[1].astype(np.int64), parts[2].astype(np.float64), parts[3].astype(bool)


def greedy_path(env: Any, q: Array) -> list[int]:
    """Follow the greedy policy once; list the states."""
    policy = policy_from_q(q)
    state, _ = env.reset(seed=0)
    path, over = [state], False
    while not over and len(path) < 40:
        state, _, terminated, truncated, _ = env.step(int(policy[state]))
        path.append(state)
        over = terminated or truncated
    return path


def draw_lake(axis: Any, env: Any) -> None:
    """Draw the value of every field of the lake, and the policy as arrows."""
    from matplotlib.patches import Rectangle

    table = transition_table(env)
    q = value_iteration(*table, gamma=0.99)
    policy = policy_from_q(q)
    fields = env.unwrapped.desc.astype(str)
    values = q.max(axis=1).reshape(fields.shape)
    image = axis.imshow(np.where(fields == "H", np.nan, values), cmap="YlGnBu", vmin=0, vmax=1)
    image.cmap.set_bad("0.25")
    row, column = np.argwhere(fields == "G")[0]  # its value is 0, for nothing is earned after it
    axis.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color="gold"))
    moves = [(-1, 0), (0, 1), (1, 0), (0, -1)]
    for (row, column), field in np.ndenumerate(fields):
        if field in "HG":
            label = {"H": "hole", "G": "goal\nreward 1"}[field]
            axis.text(
                column, row, label, ha="center", va="center", color="w" if field == "H" else "k"
            )
            continue
        ink = "w" if values[row, column] > 0.6 else "k"
        dx, dy = moves[policy[row * fields.shape[1] + column]]
        axis.annotate(
            "",
            xy=(column + 0.32 * dx, row + 0.32 * dy - 0.12),
            xytext=(column - 0.32 * dx, row - 0.32 * dy - 0.12),
            arrowprops={"arrowstyle": "-|>", "color": ink, "lw": 1.6},
        )
        axis.text(column, row + 0.36, f"{values[row, column]:.2f}", ha="center", color=ink, size=9)
    axis.set(title="FrozenLake: optimal values, γ = 0.99", xlabel="column", ylabel="row")
    axis.set_xticks(range(fields.shape[1]))
    axis.set_yticks(range(fields.shape[0]))
    axis.figure.colorbar(image, ax=axis, label="expected discounted return", shrink=0.7)


def draw_cliff(axis: Any, paths: dict[str, list[int]]) -> None:
    """Draw the greedy paths on the 4 by 12 grid of CliffWalking."""
    ground = np.zeros((4, 12))
    ground[3, 1:11] = 1
    axis.imshow(ground, cmap="Greys", vmin=0, vmax=1.6)
    axis.text(5.5, 3, "the cliff: −100, back to the start", ha="center", va="center", color="w")
    axis.text(0, 3.42, "start", ha="center")
    axis.text(11, 3.42, "goal", ha="center")
    for name, path in paths.items():
        color, shift = ("C3", 0.06) if name == "Q-learning" else ("C0", -0.06)
        rows, columns = np.divmod(np.array(path), 12)
        axis.plot(columns + shift, rows + shift, color=color, lw=2.5, marker="o", ms=4)
        axis.text(
            5.5, rows.min() - 0.22, f"{name}: {len(path) - 1} steps", ha="center", color=color
        )
    axis.set(title="CliffWalking: the greedy paths learnt", xlabel="column", ylabel="row")
    axis.set_xticks(range(12))
    axis.set_yticks(range(4))
    axis.set_xticks(np.arange(0.5, 11), minor=True)
    axis.set_yticks(np.arange(0.5, 3), minor=True)
    axis.grid(which="minor", color="0.85")


def draw_curves(axis: Any, curves: dict[str, Array], window: int = 30) -> None:
    """Draw the returns while learning, averaged over a window of episodes."""
    for name, returns in curves.items():
        color = "C3" if name == "Q-learning" else "C0"
        mean = np.convolve(returns, np.full(window, 1 / window), mode="valid")
        axis.plot(np.arange(window, len(returns) + 1), mean, color=color, label=name)
    axis.axhline(-13, color="k", lw=1, ls="--", label="optimum −13")
    axis.set(
        title="Returns while learning, ε = 0.1",
        xlabel="episode",
        ylabel=f"return, mean of {window} episodes",
        ylim=(-120, 0),
    )
    axis.legend(loc="lower right")


# %% [markdown]
# ## 19. Capstone: the pole
#
# A pole stands on a cart; push left or push right, fifty times a second. Each step that it still
# stands pays 1, and the episode is truncated at 500. *Our* target: the *training* episodes,
# exploration and all, average at least 195 over 100 in a row. (195 is the bar of the older
# CartPole-v0, whose episodes ended at 200. The bar of this version, v1, is 475: it takes longer,
# and you may go on for it.)
#
# Everything you wrote meets here: `epsilon_schedule` and `epsilon_greedy` act, `replay_push` and
# `replay_sample` remember, `dqn_targets` sets the aim, `huber_loss` the pull, `soft_update` the
# patience. The buffer stores `terminated`, not `truncated`: a pole that stands
# at step 500 has a future.


# %%
def capstone() -> dict[str, Any]:
    """Train a deep Q-network on CartPole up to our target; report the greedy policy beside it."""
    import gymnasium

    from autograder.rewards import track

    rng = np.random.default_rng(0)
    env = gymnasium.make("CartPole-v1")
    online = new_network(rng, [4, 64, 64, 2])
    target = online
    moments = [np.zeros_like(p) for p in online + online]
    buffer = empty_buffer(10_000, 4)
    rates = epsilon_schedule(np.arange(100_000), 1.0, 0.02, 4_000)
    returns: list[float] = []
    scores: list[float] = []
    step, warm_up = 0, 500
    for episode, say in track(range(1000), "episodes"):
        state, _ = env.reset(seed=0) if episode == 0 else env.reset()
        over, total = False, 0.0
        while not over:
            values, _ = q_network(online, state[None])
            action = epsilon_greedy(values[0], rates[step], *rng.random(2))
            next_state, reward, terminated, truncated, _ = env.step(action)
            buffer = replay_push(buffer, state, action, float(reward), next_state, terminated)
            state, over, total, step = (
                next_state,
                terminated or truncated,
                total + float(reward),
                step + 1,
            )
            if step > warm_up:
                t = step - warm_up
                online, moments = learn(online, target, moments, buffer, rng.random(64), t)
                target = soft_update(target, online)
        returns.append(total)
        scores.append(float(np.mean(returns[-100:])))
        say(steps=step, epsilon=float(rates[step]), mean_of_100=scores[-1])
        if len(returns) >= 100 and scores[-1] >= 195:
            break
    greedy = [play_greedily(env, online) for _ in range(10)]
    return {
        "training mean of 100 episodes": scores[-1],
        "episodes": len(returns),
        "steps": step,
        "greedy policy's mean of 10 episodes": float(np.mean(greedy)),
        "target_reached": len(returns) >= 100 and scores[-1] >= 195,
        "figure": draw_training(returns, scores),
    }


def learn(
    online: list[Array],
    target: list[Array],
    moments: list[Array],
    buffer: dict[str, Any],
    u: Array,
    t: int,
) -> tuple[list[Array], list[Array]]:
    """Take step number t of double deep Q-learning on remembered transitions."""
    states, actions, rewards, next_states, terminated = replay_sample(buffer, u)
    next_online, _ = q_network(online, next_states)
    next_target, _ = q_network(target, next_states)
    aims = dqn_targets(rewards, next_online, next_target, terminated, gamma=0.99)
    values, layers = q_network(online, states)
    rows = np.arange(len(actions))
    dq = np.zeros_like(values)
    _, dq[rows, actions] = huber_loss(values[rows, actions], aims)
    grads = q_network_gradients(online, layers, dq)
    return adam(online, grads, moments, t, lr=1e-3)


def play_greedily(env: Any, params: list[Array]) -> float:
    """Play one episode without exploring; return its score."""
    state, _ = env.reset()
    total, over = 0.0, False
    while not over:
        values, _ = q_network(params, state[None])
        state, reward, terminated, truncated, _ = env.step(int(policy_from_q(values)[0]))
        total += float(reward)
        over = terminated or truncated
    return total


def draw_training(returns: list[float], scores: list[float]) -> Any:
    """Draw the episodes' scores and their running mean."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(8, 4))
    axis.plot(returns, ".", color="0.6", label="one episode")
    axis.plot(scores, color="C0", lw=2, label="mean of the last 100")
    axis.axhline(195, color="k", ls="--", lw=1, label="our target: 195")
    axis.set(
        title="A deep Q-network learns to balance",
        xlabel="episode",
        ylabel="steps the pole stood",
    )
    axis.legend(loc="upper left")
    return figure


# %% [markdown]
# ### Question `death_by_clock`
#
# In the capstone the buffer stores `terminated`. Suppose it stored `terminated or truncated`. Which
# states would get wrong values, too high or too low, and by how much with $\gamma = 0.99$? Why
# would one notice nothing for a long while? And why can the agent not simply learn to live with it,
# as it could if the clock were part of the state?


# %%
if __name__ == "__main__":
    from autograder.rewards import main

    main(figure, capstone)
