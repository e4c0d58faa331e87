#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Trains the handprint model and writes model.onnx and model.json beside this file.

    train.py [DATA] [--minutes M] [--cut PROGRAM] [--teachers N] [--weights FILE] [--export FILE] [--golden FILE]

DATA is the folder with the handprint sets (default: $POSTKAMER_DATA/handprint). One network gives 37
scores: ten digits, 26 capitals, and "no character". During training the scores are masked to the set
that the field allows, as they are when reading, so 0 and O only compete where both can occur.

With a graphics card some large networks are trained first, and the one that is shipped learns from their
opinion of every glyph: which other characters it resembles, too. Without a card it learns from the labels alone.

Half of the glyphs are cut from simulated combs by PROGRAM (build/bench/bin/cut_combs, see
tests/bench), the code that reads forms; the other half are augmented directly."""
import argparse
import copy
import json
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import glyphs
import networks
import supply

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = {'digits': list(range(0, 10)), 'capitals': list(range(10, 36)), 'alphanumeric': list(range(0, 36))}
POOL = 6_000_000  # glyphs kept
FIRST = 10_000    # glyphs before training begins


def mask_of(name):
    mask = torch.full((glyphs.OTHER + 1,), -1e4)
    mask[SETS[name] + [glyphs.OTHER]] = 0
    return mask


MASKS = torch.stack([mask_of(n) for n in SETS])


def draw_masks(labels):
    """For each glyph the mask of a set that may hold it: its own, or the mixed one."""
    own = (labels >= 10).long()
    own = torch.where(labels == glyphs.OTHER, torch.randint(0, 3, labels.shape, device=labels.device), own)
    mixed = torch.rand(labels.shape, device=labels.device) < 0.35
    return MASKS.to(labels.device)[torch.where(mixed, torch.full_like(own, 2), own)]


class Pool:
    """The glyphs drawn so far, on the device."""

    def __init__(self, stock, device):
        self.stock, self.device, self.count = stock, device, 0
        size = POOL if device.type == 'cuda' else 400_000
        self.x = torch.empty((size, 1, glyphs.SIDE, glyphs.SIDE), dtype=torch.uint8, device=device)
        self.y = torch.empty(size, dtype=torch.long, device=device)
        self.drawn = 0
        while self.count < FIRST:
            self.take()

    def take(self):
        x, y = self.stock.next()
        at = self.drawn % (len(self.y) - len(y))  # full: the oldest make room
        self.x[at:at + len(y), 0] = torch.from_numpy(x).to(self.device)
        self.y[at:at + len(y)] = torch.from_numpy(y).to(self.device)
        self.drawn += len(y)
        self.count = max(self.count, at + len(y))

    def batch(self, size):
        while self.stock.ready():
            self.take()
        pick = torch.randint(0, self.count, (size,), device=self.device)
        return bent(self.x[pick].float() / 255), self.y[pick]


def bent(pictures):
    """Turned, stretched and bent a little anew each time a glyph comes by."""
    count, device = len(pictures), pictures.device
    angle = torch.randn(count, device=device) * 0.04
    stretch = torch.exp(torch.randn(count, 2, device=device) * 0.02)
    shift = torch.randn(count, 2, device=device) * 0.015
    slant = torch.randn(count, device=device) * 0.05
    c, s = torch.cos(angle), torch.sin(angle)
    theta = torch.stack([torch.stack([c * stretch[:, 0], slant - s, shift[:, 0]], 1),
                         torch.stack([s, c * stretch[:, 1], shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, pictures.shape, align_corners=False)
    field = F.interpolate(torch.randn(count, 2, 5, 5, device=device) * 0.02, pictures.shape[2:], mode='bicubic',
                          align_corners=True)
    return F.grid_sample(pictures, grid + field.permute(0, 2, 3, 1), align_corners=False)


def follow(average, net, decay):
    """The running average of the weights: steadier than the last ones."""
    means, now = ([v for v in n.state_dict().values() if v.is_floating_point()] for n in (average, net))
    with torch.no_grad():
        torch._foreach_mul_(means, decay)
        torch._foreach_add_(means, now, alpha=1 - decay)


def train(nets, loss_of, pool, seconds, batch, peak, log):
    """Trains each of `nets` on the same glyphs for so long; gives their running averages."""
    averages = [copy.deepcopy(net) for net in nets]
    optimisers = [torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-2) for net in nets]
    start, step, shown = time.monotonic(), 0, 0.0
    card = pool.device.type == 'cuda'
    while (part := (time.monotonic() - start) / seconds) < 1:
        rate = peak * min(1, part * 30 + 0.02) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * part)))
        x, y = pool.batch(batch)
        masks = draw_masks(y)
        for net, average, optimiser in zip(nets, averages, optimisers):
            net.train()
            for group in optimiser.param_groups:
                group['lr'] = rate
            with torch.autocast(pool.device.type, dtype=torch.bfloat16, enabled=card):
                scores = net(x)
            loss = loss_of(x, scores.float(), masks, y)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            follow(average, net, min(0.999, 1 - 1 / (step + 10)))
        step += 1
        if part >= shown:
            log(f'{time.monotonic() - start:6.0f} s step {step} loss {loss.item():.4f} glyphs {pool.drawn}')
            shown += 0.1
    for average in averages:
        average.eval()
    return averages


def by_label(_, scores, masks, labels):
    return F.cross_entropy(scores + masks, labels)


def by_teachers(teachers):
    """The loss of a network that should think as the mean of its teachers does."""
    def loss(x, scores, masks, labels):
        with torch.no_grad(), torch.autocast(x.device.type, dtype=torch.bfloat16):
            opinions = [teacher(x) for teacher in teachers]
        wanted = torch.stack([F.softmax(o.float() + masks, 1) for o in opinions]).mean(0)
        return 0.8 * F.kl_div(F.log_softmax(scores + masks, 1), wanted, reduction='batchmean') \
            + 0.2 * F.cross_entropy(scores + masks, labels)
    return loss


def scores_of(net, pictures):
    device = next(net.parameters()).device
    with torch.no_grad():
        return torch.cat([net((torch.from_numpy(pictures[i:i + 1024]).float().unsqueeze(1) / 255).to(device)).cpu()
                          for i in range(0, len(pictures), 1024)])


def temperature(outputs, labels, set_index):
    """The temperature under which the held-out glyphs are most likely, and the share right."""
    keep = torch.from_numpy(np.isin(labels, SETS[list(SETS)[set_index]] + [glyphs.OTHER]))
    outputs, target = outputs[keep] + MASKS[set_index], torch.from_numpy(labels)[keep]
    grid = np.exp(np.linspace(np.log(0.6), np.log(3.0), 60))
    losses = [nn.functional.cross_entropy(outputs / t, target).item() for t in grid]
    right = (outputs.argmax(1) == target).float().mean().item()
    return float(grid[int(np.argmin(losses))]), right


def judged(net, held_out):
    pictures, labels = held_out
    outputs = scores_of(net, pictures)
    settings = {'classes': glyphs.CLASSES, 'temperature': {}, 'held_out_accuracy': {}}
    for i, name in enumerate(SETS):
        fitted, right = temperature(outputs, labels, i)
        settings['temperature'][name] = round(fitted, 3)
        settings['held_out_accuracy'][name] = round(right, 4)
    return settings


def fresh(kind, device):
    return kind().to(device, memory_format=torch.channels_last)  # several times as fast on a card


def learn(args, held_out, log):
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    teachers_wanted = args.teachers if device.type == 'cuda' else 0
    torch.manual_seed(1)
    torch.set_num_threads(1)
    processes = max(1, (os.cpu_count() or 2) - 1)
    start = time.monotonic()
    stock = supply.Supply(args.data, args.cut, processes, 20260101)
    pool = Pool(stock, device)
    log(f'{time.monotonic() - start:6.0f} s first {pool.count} glyphs, {device}')
    left = 60 * args.minutes - (time.monotonic() - start)
    loss = by_label
    if teachers_wanted:
        teachers = train([fresh(networks.Teacher, device) for _ in range(teachers_wanted)], by_label, pool, 0.5 * left, 1024,
                         2e-3, log)
        for teacher in teachers:
            log(f'teacher {judged(teacher, held_out)["held_out_accuracy"]}')
        loss = by_teachers(teachers)
        left *= 0.5
    size, peak = (1024, 4e-3) if device.type == 'cuda' else (128, 3e-3)
    net = train([fresh(networks.Reader, device)], loss, pool, left, size, peak, log)[0]
    stock.stop()
    return net.cpu()


def export(net, settings, folder):
    torch.onnx.export(net, torch.zeros(1, 1, glyphs.SIDE, glyphs.SIDE), f'{folder}/model.onnx', opset_version=11,
                      input_names=['glyph'], output_names=['scores'],
                      **({'dynamo': False} if torch.__version__ >= '2.5' else {}))
    with open(f'{folder}/model.json', 'w') as file:
        json.dump(settings, file, indent=1)
        file.write('\n')


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
    parser.add_argument('--minutes', type=float, default=30, help='time to spend')
    parser.add_argument('--teachers', type=int, default=3, help='large networks to learn from, with a graphics card')
    parser.add_argument('--out', default=HERE)
    parser.add_argument('--weights', help='file for the weights, which --export turns into a model')
    parser.add_argument('--export', help='weights to make the model of, instead of training')
    parser.add_argument('--golden')
    args = parser.parse_args()
    if args.golden:
        write_golden(args.golden)
        return
    if not args.export and not os.access(args.cut, os.X_OK):
        raise SystemExit(f'train: {args.cut} is not there; build it: cmake --workflow --preset bench')
    if args.export:
        kept = torch.load(args.export, map_location='cpu')
        net = networks.Reader()
        net.load_state_dict(kept['weights'])
        export(net.eval(), kept['settings'], args.out)
        return
    held_out = supply.Mixed(args.data, True, args.cut).batch(np.random.default_rng(7), 12000)
    net = learn(args, held_out, lambda line: print(line, flush=True))
    settings = judged(net, held_out)
    if args.weights:
        torch.save({'weights': net.state_dict(), 'settings': settings}, args.weights)
    export(net, settings, args.out)
    print(json.dumps(settings))


if __name__ == '__main__':
    main()
