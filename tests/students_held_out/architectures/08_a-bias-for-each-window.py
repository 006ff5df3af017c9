"""exercise: lenet5_parameters
belief: Each window has a bias of its own, so C3 has as many biases as crosses in the table.
teacher: A map has one bias, however many maps it reads: F biases in C3.
"""

import numpy as np


def lenet5_parameters(table, kernel=5, units=(120, 84)):
    maps_s2 = len(table)
    maps_c3 = len(table[0])
    answer = []
    answer.append(maps_s2 * kernel * kernel + maps_s2)
    answer.append(maps_s2 * 2)
    c3 = 0
    for f in range(maps_c3):
        for s in range(maps_s2):
            if table[s][f]:
                c3 += kernel * kernel
        c3 += sum(1 for s in range(maps_s2) if table[s][f])  # biases
    answer.append(c3)
    answer.append(maps_c3 * 2)
    answer.append(units[0] * maps_c3 * kernel * kernel + units[0])
    answer.append(units[0] * units[1] + units[1])
    answer.append(0)
    return answer
