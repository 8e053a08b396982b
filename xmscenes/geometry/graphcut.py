"""Labels for the faces of a graph by alpha-expansion.

Energy: a cost for each node and label, plus for each edge its weight where the labels of its ends differ. Labels
that really meet at the edge (two planes at their ridge) pay half of it. Method: Boykov, Veksler, Zabih, Fast
approximate energy minimization via graph cuts, 2001; the binary step is a minimum cut (Dinic, 1970). Written here
because the usual libraries are GPL or for research only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def expand_labels(
    cost: NDArray[np.float64],
    edges: NDArray[np.int64],
    weight: NDArray[np.float64],
    level: NDArray[np.float64],
    meet: float,
    rounds: int = 4,
) -> NDArray[np.int64]:
    """Give every node the label that makes the energy small (a strong local minimum, not always the least).

    ``cost`` is (N, L), ``edges`` (E, 2) node pairs, ``weight`` (E,) not negative. ``level`` (E, L, 2) is each label's
    height at both ends of an edge: labels that differ by less than ``meet`` at both pay half the weight. Starts from
    each node's cheapest label; ties go to the lower label. No node gives an empty array.
    """
    if not len(cost):
        return np.zeros(0, dtype=np.int64)
    labels: NDArray[np.int64] = _expand(
        np.ascontiguousarray(cost), np.ascontiguousarray(edges).reshape(-1, 2), weight, level, meet, rounds
    )
    return labels


@njit(cache=True)
def _differ(level, meet, e, a, b):  # type: ignore[no-untyped-def]
    if a == b:
        return 0.0
    if abs(level[e, a, 0] - level[e, b, 0]) < meet and abs(level[e, a, 1] - level[e, b, 1]) < meet:
        return 0.5
    return 1.0


@njit(cache=True)
def _energy(cost, edges, weight, level, meet, labels):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(cost.shape[0]):
        total += cost[i, labels[i]]
    for e in range(edges.shape[0]):
        total += weight[e] * _differ(level, meet, e, labels[edges[e, 0]], labels[edges[e, 1]])
    return total


@njit(cache=True)
def _expand(cost, edges, weight, level, meet, rounds):  # type: ignore[no-untyped-def]
    n, count = cost.shape
    labels = np.zeros(n, np.int64)
    for i in range(n):
        labels[i] = np.argmin(cost[i])
    best = _energy(cost, edges, weight, level, meet, labels)
    for _ in range(rounds):
        changed = False
        for alpha in range(count):
            trial = _move(cost, edges, weight, level, meet, labels, alpha)
            energy = _energy(cost, edges, weight, level, meet, trial)
            if energy < best - 1e-9:
                best = energy
                labels = trial
                changed = True
        if not changed:
            break
    return labels


@njit(cache=True)
def _move(cost, edges, weight, level, meet, labels, alpha):  # type: ignore[no-untyped-def]
    """Best labelling in which every node keeps its label or takes ``alpha``."""
    n = cost.shape[0]
    extra = np.zeros(n)  # cost of taking alpha minus cost of keeping
    for i in range(n):
        extra[i] = cost[i, alpha] - cost[i, labels[i]]
    arcs = 2 * (edges.shape[0] + n)
    head = np.zeros(arcs, np.int64)
    tail = np.zeros(arcs, np.int64)
    room = np.zeros(arcs)
    used = 0
    for e in range(edges.shape[0]):
        i, j = edges[e, 0], edges[e, 1]
        a, b = labels[i], labels[j]
        keep = weight[e] * _differ(level, meet, e, a, b)
        only_j = weight[e] * _differ(level, meet, e, a, alpha)  # j takes alpha, i keeps
        only_i = weight[e] * _differ(level, meet, e, alpha, b)
        extra[i] += only_i - keep
        extra[j] += -only_i
        rest = only_i + only_j - keep  # paid when i keeps and j takes
        # With x = 1 for taking: E = keep + x_i (only_i - keep) - x_j only_i + rest (1 - x_i) x_j in all four cases.
        if rest > 0.0 and i != j:
            head[used], tail[used], room[used] = j, i, rest
            head[used + 1], tail[used + 1] = i, j
            used += 2
    source, sink = n, n + 1
    for i in range(n):
        if extra[i] > 0.0:  # taking alpha costs: cut from the source when it takes
            head[used], tail[used], room[used] = i, source, extra[i]
            head[used + 1], tail[used + 1] = source, i
        else:
            head[used], tail[used], room[used] = sink, i, -extra[i]
            head[used + 1], tail[used + 1] = i, sink
        used += 2
    keeps = _source_side(n + 2, head[:used], tail[:used], room[:used], source, sink)
    result = labels.copy()
    for i in range(n):
        if not keeps[i]:
            result[i] = alpha
    return result


@njit(cache=True)
def _source_side(n, head, tail, room, source, sink):  # type: ignore[no-untyped-def]  # noqa: C901
    """Nodes that a maximum flow leaves reachable from the source (Dinic: level graph, then blocking flow)."""
    m = head.shape[0]
    start = np.zeros(n + 1, np.int64)
    for a in range(m):
        start[tail[a] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    place = start[:-1].copy()
    arcs = np.zeros(m, np.int64)
    for a in range(m):
        arcs[place[tail[a]]] = a
        place[tail[a]] += 1
    level = np.zeros(n, np.int64)
    queue = np.zeros(n, np.int64)
    path = np.zeros(n, np.int64)
    tiny = 1e-12
    while True:
        level[:] = -1
        level[source] = 0
        queue[0] = source
        first, last = 0, 1
        while first < last:
            v = queue[first]
            first += 1
            for k in range(start[v], start[v + 1]):
                a = arcs[k]
                if room[a] > tiny and level[head[a]] < 0:
                    level[head[a]] = level[v] + 1
                    queue[last] = head[a]
                    last += 1
        if level[sink] < 0:
            return level >= 0
        at = start[:-1].copy()
        depth = 0
        v = source
        while True:
            if v == sink:
                flow = 1e300
                for d in range(depth):
                    flow = min(flow, room[path[d]])
                back = 0
                for d in range(depth - 1, -1, -1):
                    room[path[d]] -= flow
                    room[path[d] ^ 1] += flow
                    if room[path[d]] <= tiny:
                        back = d
                depth = back
                v = tail[path[back]]
                continue
            moved = False
            while at[v] < start[v + 1]:
                a = arcs[at[v]]
                if room[a] > tiny and level[head[a]] == level[v] + 1:
                    path[depth] = a
                    depth += 1
                    v = head[a]
                    moved = True
                    break
                at[v] += 1
            if moved:
                continue
            if v == source:
                break
            level[v] = -1
            depth -= 1
            v = tail[path[depth]]
            at[v] += 1
