"""Edges that a triangulation must contain, and the triangulation made Delaunay again around them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.delaunay import Net, _in_circle, flip, side

Array = Any


@njit(cache=True)
def find_edge(net: Net, a: int, b: int) -> tuple[int, int]:
    """The triangle and edge that run from vertex a to vertex b, or (-1, -1) when they are not joined."""
    start = net.touch[a]
    for turn in range(2):  # left about a until the outside, then right from the start
        t = start
        while t >= 0:
            e = 0
            while net.tv[t, e] != a:
                e += 1
            if net.tv[t, (e + 1) % 3] == b:
                return t, e
            if net.tv[t, (e + 2) % 3] == b:
                u = net.tn[t, (e + 2) % 3]
                if u < 0:
                    return t, -((e + 2) % 3) - 2  # only the reverse edge exists: on the outside
            t = net.tn[t, (e + 2) % 3] if turn == 0 else net.tn[t, e]
            if t == start:
                return -1, -1
    return -1, -1


@njit(cache=True)
def _fix(net: Net, a: int, b: int) -> bool:
    """Mark an existing edge as one that stays; False when a and b are not joined."""
    found = False
    for p, q in ((a, b), (b, a)):
        t, e = find_edge(net, p, q)
        if t >= 0:
            found = True
            net.fixed[t, e if e >= 0 else -e - 2] = True
    return found


@njit(cache=True)
def _towards(net: Net, a: int, b: int) -> tuple[int, int, int]:
    """The triangle at a that the segment to b enters, with a's place in it; or a vertex that lies on the segment."""
    start = net.touch[a]
    x, y = net.px[b], net.py[b]
    for turn in range(2):
        t = start
        while t >= 0:
            e = 0
            while net.tv[t, e] != a:
                e += 1
            v, w = net.tv[t, (e + 1) % 3], net.tv[t, (e + 2) % 3]
            right, left = side(net, a, v, x, y), side(net, a, w, x, y)
            for vertex, turned in ((v, right), (w, left)):
                ahead = (net.px[vertex] - net.px[a]) * (x - net.px[a]) + (net.py[vertex] - net.py[a]) * (y - net.py[a])
                if turned == 0 and ahead > 0:
                    return t, e, vertex
            if right > 0 and left < 0:
                return t, e, -1
            t = net.tn[t, (e + 2) % 3] if turn == 0 else net.tn[t, e]
            if t == start:
                return -1, -1, -1
    return -1, -1, -1


@njit(cache=True)
def _crossed(net: Net, a: int, b: int, queue: Array) -> tuple[int, int]:
    """Edges between a and the next vertex on the way to b, as vertex pairs in ``queue``; their number and that vertex.

    The number is -1 when an edge that must stay is in the way, or the queue is full.
    """
    t, e, vertex = _towards(net, a, b)
    if t < 0:
        return -1, b
    if vertex >= 0:
        return 0, vertex
    e = (e + 1) % 3
    number = 0
    while True:
        if net.fixed[t, e] or number == queue.shape[0]:
            return -1, b
        queue[number, 0], queue[number, 1] = net.tv[t, e], net.tv[t, (e + 1) % 3]
        number += 1
        u = net.tn[t, e]
        k = 0
        while net.tn[u, k] != t:
            k += 1
        apex = net.tv[u, (k + 2) % 3]
        if apex == b:
            return number, b
        turned = side(net, a, b, net.px[apex], net.py[apex])
        if turned == 0:
            return number, apex
        t, e = u, ((k + 1) % 3 if turned > 0 else (k + 2) % 3)


@njit(cache=True)
def _cleared(net: Net, a: int, b: int, queue: Array, number: int) -> bool:
    """Flip the queued edges until none lies across a-b."""
    head, patience = 0, 50 * number + 100
    size = queue.shape[0]
    while number > 0:
        patience -= 1
        if patience < 0:
            return False
        p, q = queue[head, 0], queue[head, 1]
        head = (head + 1) % size
        number -= 1
        t, e = find_edge(net, p, q)
        if t < 0 or e < 0:
            continue
        apex, beyond = net.tv[t, (e + 2) % 3], net.tn[t, e]
        k = 0
        while net.tn[beyond, k] != t:
            k += 1
        other = net.tv[beyond, (k + 2) % 3]
        tail = (head + number) % size
        if not flip(net, t, e):
            queue[tail, 0], queue[tail, 1] = p, q
            number += 1
        elif apex not in (a, b) and other not in (a, b):
            one, two = side(net, a, b, net.px[apex], net.py[apex]), side(net, a, b, net.px[other], net.py[other])
            if (one > 0) != (two > 0) and one != 0 and two != 0:
                queue[tail, 0], queue[tail, 1] = apex, other
                number += 1
    return True


@njit(cache=True)
def fix_edges(net: Net, edges: Array) -> int:
    """Make every (a, b) of ``edges`` an edge that stays, through the vertices on its way; the number that failed.

    An edge fails when it would cross one that is already there.
    """
    queue = np.zeros((4096, 2), np.int64)
    failed = 0
    for i in range(edges.shape[0]):
        a, b = edges[i, 0], edges[i, 1]
        while a != b:
            number, upto = _crossed(net, a, b, queue)
            if number < 0 or (number > 0 and not _cleared(net, a, upto, queue, number)) or not _fix(net, a, upto):
                failed += 1
                break
            a = upto
    return failed


@njit(cache=True)
def make_delaunay(net: Net) -> None:
    """Flip every edge that may be flipped and whose circle is not empty, until none is left."""
    for _ in range(50):
        changed = False
        for t in range(net.size[1]):
            for e in range(3):
                u = net.tn[t, e]
                if u > t and not net.fixed[t, e]:
                    k = 0
                    while net.tn[u, k] != t:
                        k += 1
                    d = net.tv[u, (k + 2) % 3]
                    circle = _in_circle(net, net.tv[t, e], net.tv[t, (e + 1) % 3], net.tv[t, (e + 2) % 3], d)
                    changed = (circle and flip(net, t, e)) or changed
        if not changed:
            return
