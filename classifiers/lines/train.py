#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Trains the line reader and writes its weights; then its model.onnx and model.json.

    train.py DATA --fonts FOLDER --minutes M --weights FILE [--start FILE]      trains (a GPU is used where there is one)
    train.py DATA --fonts FOLDER --weights FILE --export FOLDER                 writes model.onnx and model.json
    train.py DATA --fonts FOLDER --make COUNT --part chosen > LINES              lines for bench_lines
    train.py --golden FILE                                                      for the test of line_picture.cc

DATA holds dutch-text and handprint; FOLDER handwriting fonts (README.md says which). Lines are made on every core while
the network learns; each is seen some times. What is printed while training is measured on fonts, words and glyphs that
training never sees: 'chosen' hands to choose by, 'measured' ones (those of the measuring data) to report."""
import argparse
import copy
import json
import math
import os
import queue
import sys
import time

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp
from torch import nn

import network
import render
import texts

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 192
REPLAYED = 6  # times a line is seen, each time disturbed otherwise


def batches_of(samples, size):
    """Padded batches of lines of like width: (pictures, widths, labels, lengths)."""
    samples = sorted(samples, key=lambda s: s[0].shape[1])
    for at in range(0, len(samples) - size + 1, size):
        part = samples[at:at + size]
        width = -(-max(s[0].shape[1] for s in part) // 32) * 32
        pictures = np.zeros((size, render.SIDE, width), np.uint8)
        for i, (picture, _, _) in enumerate(part):
            pictures[i, :, :picture.shape[1]] = picture
        yield (pictures, np.array([s[0].shape[1] for s in part]), np.concatenate([s[1] for s in part]),
               np.array([len(s[1]) for s in part]))


def work(lines, seed, out):
    """Makes batches for ever."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    while True:
        for batch in batches_of([lines.draw(rng) for _ in range(2 * BATCH)], BATCH):
            out.put(batch)


def to_device(batch, device):
    pictures, widths, labels, lengths = batch
    return (torch.from_numpy(pictures).to(device), torch.from_numpy((widths + 1) // 2).to(device),
            torch.from_numpy(labels).to(device), torch.from_numpy(lengths).to(device))


def bent(x):
    """Lines (n, 1, SIDE, width) written anew: leaning otherwise, higher or lower, letters drawn together and apart."""
    n, _, height, width = x.shape
    device = x.device
    rows = torch.linspace(-1, 1, height, device=device).view(1, height, 1)
    columns = torch.linspace(-1, 1, width, device=device).view(1, 1, width)

    def field(step, amount):
        """Smooth offsets in pixels along the line, another for each line."""
        coarse = torch.randn(n, 2, 3, width // step + 2, device=device) * amount
        return nn.functional.interpolate(coarse, (height, width), mode='bilinear', align_corners=True)
    slant = 4.0 * torch.randn(n, 1, 1, device=device)
    grow = torch.exp(0.05 * torch.randn(n, 1, 1, device=device))
    shift = 0.04 * torch.randn(n, 1, 1, device=device)
    offset = field(40, 1.6) + field(14, 0.5)
    u = columns + (slant * rows + offset[:, 0]) * (2 / width)
    v = rows * grow + shift + offset[:, 1] * (0.6 * 2 / height)
    return nn.functional.grid_sample(x, torch.stack([u.expand_as(v), v], 3), align_corners=True)


def thickened(x):
    """The strokes of some lines thicker, of some thinner."""
    n = len(x)
    strength = torch.rand(n, 1, 1, 1, device=x.device)
    kind = torch.rand(n, 1, 1, 1, device=x.device)
    thick = nn.functional.max_pool2d(x, 3, 1, 1)
    thin = -nn.functional.max_pool2d(-x, (2, 2), 1, 1)[:, :, :x.shape[2], :x.shape[3]]
    other = torch.where(kind < 0.2, thick, torch.where(kind < 0.35, thin, x))
    return x + strength * (other - x)


def disturbed(pictures):
    """Small changes of every line, so that one that comes again is another: form, shift, strength, noise, gaps."""
    x = pictures.float().unsqueeze(1) / 255
    x = thickened(bent(x)).squeeze(1)
    n = len(x)
    device = x.device
    x = x ** torch.exp(0.35 * torch.randn(n, 1, 1, device=device))
    x = x * (0.8 + 0.2 * torch.rand(n, 1, 1, device=device))
    x = x + 0.12 * torch.rand(n, 1, 1, device=device) * torch.randn_like(x)
    gap = torch.rand(n, 1, x.shape[2], device=device) < 0.004
    x = x.masked_fill(gap, 0.0)
    return x.clamp(0, 1).unsqueeze(1)


def step_loss(net, batch, device):
    pictures, steps, labels, lengths = batch
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == 'cuda'):
        scores = net(disturbed(pictures))
    log = scores.float().squeeze(2).permute(2, 0, 1).log_softmax(2)
    losses = nn.functional.ctc_loss(log, labels, steps, lengths, reduction='none', zero_infinity=True)
    return (losses / lengths.clamp(min=4) ** 0.7).mean()


def greedy(scores, steps):
    """Texts of (batch, classes, columns), of each line its first `steps` columns: what follows is padding."""
    best = scores.argmax(1).cpu().numpy()
    out = []
    for row, end in zip(best, steps.tolist()):
        row = row[:end]
        row = row[np.concatenate([[True], row[1:] != row[:-1]])]
        out.append(''.join(texts.CLASSES[k - 1] for k in row if k > 0))
    return out


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, row[0] = row[0], i + 1
        for j, y in enumerate(b):
            last, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, last + (x != y))
    return row[-1]


def plain(text):
    return text.lower().replace(' ', '')


def measure(net, batches, device):
    """(share of lines right, share of characters wrong), case and spaces left out of account."""
    net.eval()
    right = edits = characters = lines = 0
    with torch.no_grad():
        for batch in batches:
            pictures, steps, labels, lengths = to_device(batch, device)
            read = greedy(net(pictures.float().unsqueeze(1) / 255).float().squeeze(2), steps)
            ends = np.cumsum(batch[3])
            for text, end, length in zip(read, ends, batch[3]):
                wanted = plain(''.join(texts.CLASSES[k - 1] for k in batch[2][end - length:end]))
                wrong = edit_distance(plain(text), wanted)
                right, edits, characters, lines = right + (wrong == 0), edits + wrong, characters + len(wanted), lines + 1
    return right / max(1, lines), edits / max(1, characters)


def fixed(options, part, count, seed):
    lines = render.Lines(options.data, options.fonts, options.print, part)
    rng = np.random.default_rng(seed)
    return list(batches_of([lines.draw(rng) for _ in range(count)], min(64, count)))


def train(options):
    started = time.time()
    context = mp.get_context('fork')
    lines = render.Lines(options.data, options.fonts, options.print, 'training')
    print(f'{len(lines.fonts)} plain hands, {len(lines.ornate)} ornate, {len(lines.print)} fonts of machines', flush=True)
    ready = context.Queue(64)
    workers = [context.Process(target=work, args=(lines, options.seed + i, ready), daemon=True)
               for i in range(options.workers)]
    for worker in workers:
        worker.start()
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(1)
    net = network.Net(len(texts.CLASSES) + 1).to(device)
    if options.start:
        net.load_state_dict(torch.load(options.start, map_location=device))
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=2e-3)
    checks = {part: fixed(options, part, 64 * options.checks, 5) for part in ('chosen', 'measured')}
    print(f'{time.time() - started:.0f} s to start', flush=True)
    pool, made, step, total, begun, told = [], 0, 0, 0.0, time.time(), time.time()
    rng = np.random.default_rng(0)
    while True:
        part = (time.time() - begun) / (60 * options.minutes)
        if part >= 1:
            break
        try:
            while step >= REPLAYED * made or not pool or ready.qsize() > 16:
                batch = to_device(ready.get(block=step >= REPLAYED * made or not pool, timeout=60), device)
                made += 1
                if len(pool) < options.pool:
                    pool.append(batch)
                else:
                    pool[int(rng.integers(len(pool)))] = batch
                if step < REPLAYED * made:
                    break
        except queue.Empty:
            if not pool:
                raise SystemExit('train: no lines were made within a minute')
        batch = pool[-1] if rng.random() < 1 / REPLAYED else pool[int(rng.integers(len(pool)))]
        for group in optimiser.param_groups:
            group['lr'] = options.rate * min(1, step / 500 + 0.01) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * part)))
        net.train()
        loss = step_loss(net, batch, device)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        with torch.no_grad():
            decay = min(0.999, step / (step + 20))
            for mean, now in zip(average.state_dict().values(), net.state_dict().values()):
                if mean.dtype.is_floating_point:
                    mean.lerp_(now, 1 - decay)
                else:
                    mean.copy_(now)
        step += 1
        if step % 50 == 0:
            total = loss.item()
        if time.time() - told > options.tell:
            told = time.time()
            found = {name: measure(average, check[:12], device) for name, check in checks.items()}
            print(f'{time.time() - begun:5.0f} s step {step} made {made * BATCH} loss {total:.3f} '
                  + ' '.join(f'{n}: lines {r:.3f} cer {c:.4f}' for n, (r, c) in found.items()), flush=True)
            torch.save(average.state_dict(), options.weights)
    for worker in workers:
        worker.terminate()
    torch.save({k: v.float().cpu() if v.dtype.is_floating_point else v.cpu() for k, v in average.state_dict().items()},
               options.weights)
    for name, check in checks.items():
        right, wrong = measure(average, check, device)
        print(f'{name}: lines right {right:.4f}, characters wrong {wrong:.4f}', flush=True)


def export(options):
    net = network.Net(len(texts.CLASSES) + 1)
    net.load_state_dict(torch.load(options.weights, map_location='cpu'))
    net.eval()
    torch.onnx.export(net, torch.zeros(1, 1, render.SIDE, 200), f'{options.export}/model.onnx', opset_version=11,
                      input_names=['line'], output_names=['scores'],
                      dynamic_axes={'line': {3: 'width'}, 'scores': {3: 'steps'}})
    with open(f'{options.export}/model.json', 'w', encoding='utf-8') as file:
        json.dump({'classes': texts.CLASSES}, file, ensure_ascii=False, indent=1)
        file.write('\n')


def make(options):
    """Lines in the format of cut_lines (tests/bench), of hands and words that training never sees."""
    lines = render.Lines(options.data, options.fonts, options.print, options.part)
    rng = np.random.default_rng(options.seed)
    for i in range(options.make):
        picture, text = lines.scan(rng)
        rows, columns = np.nonzero(picture < 128)
        if len(rows) == 0:
            continue
        cut = np.pad(picture[rows.min():rows.max() + 1, columns.min():columns.max() + 1], 12, constant_values=255)
        head = f'l{i:05d}\tline\t1\t{cut.shape[1]}\t{cut.shape[0]}\t{text}\n'
        sys.stdout.buffer.write(head.encode() + cut.tobytes())


def write_golden(path):
    """A drawn line and its normalised picture."""
    line = np.full((90, 260), 255, np.uint8)
    line[20:60, 30:36] = 0
    line[54:60, 30:80] = 40
    for i in range(40):
        line[20 + i, 100 + i:106 + i] = 0
    line[30:75, 180:186] = 90
    line[4, 200] = 0
    picture = render.normalised(line)
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'width': picture.shape[1], 'rows': [row.tobytes().hex() for row in picture]}, file, indent=1)
        file.write('\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', nargs='?', default=os.environ.get('POSTKAMER_DATA', '.'))
    parser.add_argument('--fonts', default=os.environ.get('POSTKAMER_FONTS', '/usr/share/fonts'))
    parser.add_argument('--print', default='/usr/share/fonts/truetype', help='fonts of machines')
    parser.add_argument('--minutes', type=float, default=30)
    parser.add_argument('--weights', default='lines.pt')
    parser.add_argument('--start', help='weights to go on from')
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--seed', type=int, default=1000)
    parser.add_argument('--workers', type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument('--pool', type=int, default=3000, help='batches kept')
    parser.add_argument('--checks', type=int, default=30, help='batches of 64 lines to measure on')
    parser.add_argument('--tell', type=float, default=45, help='seconds between two reports')
    parser.add_argument('--export')
    parser.add_argument('--make', type=int, help='lines to write')
    parser.add_argument('--part', default='chosen', help='hands of the lines: training, chosen or measured')
    parser.add_argument('--golden')
    options = parser.parse_args()
    if options.golden:
        write_golden(options.golden)
    elif options.make:
        make(options)
    elif options.export:
        export(options)
    else:
        train(options)


if __name__ == '__main__':
    sys.exit(main())
