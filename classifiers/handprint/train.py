#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Trains the handprint model and writes model.onnx and model.json beside this file.

    train.py [DATA] [--minutes M] [--cut PROGRAM] [--start WEIGHTS] [--weights WEIGHTS] [--golden FILE]

DATA is the folder with the handprint sets (default: $POSTKAMER_DATA/handprint). One network gives 37
scores: ten digits, 26 capitals, and "no character". During training the scores are masked to the set
that the field allows, as they are when reading, so 0 and O only compete where both can occur.

Half of the glyphs are cut from simulated combs by PROGRAM (build/bench/bin/cut_combs, see
tests/bench), the code that reads forms; the other half are augmented directly."""
import argparse
import copy
import json
import os
import tempfile
import time

import numpy as np
import torch
from torch import nn

import comb_pages
import glyphs

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = {'digits': list(range(0, 10)), 'capitals': list(range(10, 36)), 'alphanumeric': list(range(0, 36))}


def mask_of(name):
    mask = torch.full((glyphs.OTHER + 1,), -1e4)
    mask[SETS[name] + [glyphs.OTHER]] = 0
    return mask


MASKS = torch.stack([mask_of(n) for n in SETS])


class Net(nn.Module):
    def __init__(self):
        super().__init__()

        def block(inside, outside, pool):
            layers = [nn.Conv2d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU()]
            return layers + ([nn.MaxPool2d(2)] if pool else [])
        self.body = nn.Sequential(*block(1, 12, True), *block(12, 32, True), *block(32, 48, False),
                                  *block(48, 48, True), nn.Flatten(), nn.Dropout(0.25),
                                  nn.Linear(48 * 9, 96), nn.ReLU(), nn.Dropout(0.2),
                                  nn.Linear(96, glyphs.OTHER + 1))

    def forward(self, x):
        return self.body(x)


def to_input(pictures):
    return torch.from_numpy(pictures).float().unsqueeze(1) / 255


def draw_sets(rng, labels):
    """For each glyph a set that may hold it: its own, or the mixed one."""
    own = np.where(labels < 10, 0, 1)
    own = np.where(labels == glyphs.OTHER, rng.integers(0, 3, len(labels)), own)
    return np.where(rng.random(len(labels)) < 0.35, 2, own)


COMB_GLYPHS = 95  # a page of comb_pages gives about so many


class Mixed:
    """Half glyphs augmented directly, half cut from simulated combs."""

    def __init__(self, source, program):
        self.source, self.program = source, program

    def batch(self, rng, count):
        x, y = self.source.batch(rng, count // 2)
        with tempfile.TemporaryDirectory() as folder:
            cut_x, cut_y = comb_pages.batch(self.source, rng, self.program, folder, count // 2 // COMB_GLYPHS + 1)
        return np.concatenate([x, cut_x]), np.concatenate([y, cut_y])


def follow(average, net, decay):
    """The running average of the weights: steadier than the last ones."""
    with torch.no_grad():
        for mean, now in zip(average.state_dict().values(), net.state_dict().values()):
            if mean.dtype.is_floating_point:
                mean.mul_(decay).add_(now, alpha=1 - decay)
            else:
                mean.copy_(now)


def train(source, minutes, log, weights=None):
    rng = np.random.default_rng(20260101)
    torch.manual_seed(1)
    net = Net()
    peak = 3e-3
    if weights:
        net.load_state_dict(torch.load(weights))
        peak = 1.2e-3
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-3)
    pool_x, pool_y = source.batch(rng, 30000)
    limit, fresh, start, step = 200000, 12000, time.process_time(), 0
    while True:
        part = (time.process_time() - start) / (60 * minutes)
        if part >= 1:
            break
        for group in optimiser.param_groups:
            group['lr'] = peak * min(1, part * 40 + 0.1) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * part)))
        net.train()
        order = rng.permutation(len(pool_x))[:min(len(pool_x), 60000)]
        total, count = 0.0, 0
        for at in range(0, len(order) - 127, 128):
            pick = order[at:at + 128]
            labels = pool_y[pick]
            masks = MASKS[draw_sets(rng, labels)]
            loss = nn.functional.cross_entropy(net(to_input(pool_x[pick])) + masks,
                                               torch.from_numpy(labels), label_smoothing=0.0)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            follow(average, net, 0.998)
            total, count = total + loss.item(), count + 1
        step += 1
        x, y = source.batch(rng, fresh)
        pool_x, pool_y = np.concatenate([pool_x, x])[-limit:], np.concatenate([pool_y, y])[-limit:]
        log(f'{time.process_time() - start:6.0f} s round {step} loss {total / max(count, 1):.4f} pool {len(pool_x)}')
    average.eval()
    return average


def scores(net, pictures):
    with torch.no_grad():
        return torch.cat([net(to_input(pictures[i:i + 1024])) for i in range(0, len(pictures), 1024)])


def temperature(outputs, labels, set_index):
    """The temperature under which the held-out glyphs are most likely."""
    keep = torch.from_numpy(np.isin(labels, SETS[list(SETS)[set_index]] + [glyphs.OTHER]))
    outputs, target = outputs[keep] + MASKS[set_index], torch.from_numpy(labels)[keep]
    grid = np.exp(np.linspace(np.log(0.6), np.log(3.0), 60))
    losses = [nn.functional.cross_entropy(outputs / t, target).item() for t in grid]
    right = (outputs.argmax(1) == target).float().mean().item()
    return float(grid[int(np.argmin(losses))]), right


def write_golden(path):
    """A drawn glyph and its normalised picture, for the test of normalise.cc."""
    ink = np.zeros((61, 47), np.uint8)
    ink[8:50, 21:26] = 255
    ink[44:50, 9:40] = 255
    for i in range(14):
        ink[8 + i, 20 - i:24 - i] = 255
    with open(path, 'w') as file:
        json.dump({'rows': ['%02x' * 28 % tuple(row) for row in glyphs.normalise(ink, 300.0)]}, file, indent=1)
        file.write('\n')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('data', nargs='?', default=os.environ.get('POSTKAMER_DATA', '.') + '/handprint')
    parser.add_argument('--cut', default=f'{HERE}/../../build/bench/bin/cut_combs', help='the program cut_combs')
    parser.add_argument('--minutes', type=float, default=30, help='processor time to spend')
    parser.add_argument('--out', default=HERE)
    parser.add_argument('--start', help='weights to go on from')
    parser.add_argument('--weights', help='file for the weights, to go on from later')
    parser.add_argument('--golden')
    args = parser.parse_args()
    if args.golden:
        write_golden(args.golden)
        return
    if not os.access(args.cut, os.X_OK):
        raise SystemExit(f'train: {args.cut} is not there; build it: cmake --workflow --preset bench')
    torch.set_num_threads(1)
    net = train(Mixed(glyphs.Source(args.data, False), args.cut), args.minutes,
                lambda line: print(line, flush=True), args.start)
    held_out = Mixed(glyphs.Source(args.data, True), args.cut)
    pictures, labels = held_out.batch(np.random.default_rng(7), 12000)
    outputs = scores(net, pictures)
    settings = {'classes': glyphs.CLASSES, 'temperature': {}, 'held_out_accuracy': {}}
    for i, name in enumerate(SETS):
        fitted, right = temperature(outputs, labels, i)
        settings['temperature'][name] = round(fitted, 3)
        settings['held_out_accuracy'][name] = round(right, 4)
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), f'{args.out}/model.onnx', opset_version=11,
                      input_names=['glyph'], output_names=['scores'])
    with open(f'{args.out}/model.json', 'w') as file:
        json.dump(settings, file, indent=1)
        file.write('\n')
    if args.weights:
        torch.save(net.state_dict(), args.weights)
    print(json.dumps(settings))


if __name__ == '__main__':
    main()
