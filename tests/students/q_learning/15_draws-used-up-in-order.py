"""exercise: train_q_table
belief: The draws are one long stream, and each step takes the next pair of it, also across episodes.
"""

import numpy as np


class Agent:
    def __init__(self, n_states, n_actions, lr, gamma, luck):
        self.q = np.zeros((n_states, n_actions))
        self.lr, self.gamma = lr, gamma
        self.luck = iter(luck)

    def act(self, s, eps):
        u, u_action = next(self.luck)
        if u < eps:
            return int(np.floor(u_action * self.q.shape[1]))
        return int(self.q[s].argmax())

    def learn(self, s, a, r, s2, terminated):
        y = r if terminated else r + self.gamma * self.q[s2].max()
        self.q[s, a] += self.lr * (y - self.q[s, a])


def train_q_table(env, draws, epsilons, lr=0.1, gamma=0.99, seed=0):
    episodes, max_steps, _ = draws.shape
    agent = Agent(env.observation_space.n, env.action_space.n, lr, gamma, draws.reshape(-1, 2))
    scores = []
    for i in range(episodes):
        state, info = env.reset(seed=seed) if i == 0 else env.reset()
        score, steps, over = 0.0, 0, False
        while not over and steps < max_steps:
            action = agent.act(state, epsilons[i])
            nxt, reward, terminated, truncated, info = env.step(action)
            agent.learn(state, action, reward, nxt, terminated)
            score += reward
            state = nxt
            steps += 1
            over = terminated or truncated
        scores.append(score)
    return agent.q, np.array(scores, dtype=float)
