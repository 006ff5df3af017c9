"""exercise: train_q_table
belief: The step that ends an episode, for whatever reason, is learnt from without a future.
"""

import numpy as np


def train_q_table(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    n_episodes, max_steps = draws.shape[:2]
    Q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(n_episodes)
    for ep in range(n_episodes):
        if ep == 0:
            s, _ = env.reset(seed=seed)
        else:
            s, _ = env.reset()
        for t in range(max_steps):
            u, u_a = draws[ep, t]
            if u < epsilons[ep]:
                a = int(u_a * env.action_space.n)
            else:
                a = int(np.argmax(Q[s]))
            s2, r, terminated, truncated, _ = env.step(a)
            done = terminated or truncated
            target = r + gamma * np.max(Q[s2]) * (not done)
            Q[s, a] += lr * (target - Q[s, a])
            returns[ep] += r
            s = s2
            if done:
                break
    return Q, returns
