# SPDX-License-Identifier: EUPL-1.2
"""Glyphs without end: processes that draw them, half augmented directly, half cut from simulated combs."""
import multiprocessing
import tempfile

import numpy as np

import comb_pages
import glyphs

COMB_GLYPHS = 95  # a page of comb_pages gives about so many


class Mixed:
    """Half glyphs augmented directly, half cut from simulated combs by `program`, the code that reads forms."""

    def __init__(self, data, held_out, program):
        self.source, self.program = glyphs.Source(data, held_out), program

    def batch(self, rng, count):
        x, y = self.source.batch(rng, count // 2)
        with tempfile.TemporaryDirectory() as folder:
            cut_x, cut_y = comb_pages.batch(self.source, rng, self.program, folder, count // 2 // COMB_GLYPHS + 1)
        return np.concatenate([x, cut_x]), np.concatenate([y, cut_y])


def draw(data, program, seed, queue):
    rng, mixed = np.random.default_rng(seed), Mixed(data, False, program)
    while True:
        queue.put(mixed.batch(rng, 2000))


class Supply:
    """`next()` gives (pictures, labels) that some process has drawn; different ones each time."""

    def __init__(self, data, program, processes, seed):
        self.queue = multiprocessing.Queue(4 * processes)
        self.processes = [multiprocessing.Process(target=draw, args=(data, program, (seed, i), self.queue), daemon=True)
                          for i in range(processes)]
        for process in self.processes:
            process.start()

    def next(self):
        return self.queue.get()

    def ready(self):
        return not self.queue.empty()

    def stop(self):
        for process in self.processes:
            process.terminate()
