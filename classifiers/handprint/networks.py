# SPDX-License-Identifier: EUPL-1.2
"""The network that reads, and the larger one it is taught by."""
import torch
from torch import nn

import glyphs


def block(inside, outside, size=3, stride=1):
    return [nn.Conv2d(inside, outside, size, stride=stride, padding=size // 2, bias=False), nn.BatchNorm2d(outside),
            nn.ReLU()]


class Reader(nn.Module):
    """What is shipped: small enough for a tenth of a millisecond on one core."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*block(1, 16, 5, 2), *block(16, 32), nn.MaxPool2d(2), *block(32, 48), *block(48, 64),
                                  nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.1), nn.Linear(64 * 9, 96), nn.ReLU(),
                                  nn.Dropout(0.1), nn.Linear(96, glyphs.OTHER + 1))

    def forward(self, x):
        return self.body(x)


class Residual(nn.Module):
    def __init__(self, inside, outside):
        super().__init__()
        self.body = nn.Sequential(*block(inside, outside), nn.Conv2d(outside, outside, 3, padding=1, bias=False),
                                  nn.BatchNorm2d(outside))
        self.way = nn.Conv2d(inside, outside, 1, bias=False) if inside != outside else nn.Identity()

    def forward(self, x):
        return torch.relu(self.body(x) + self.way(x))


class Teacher(nn.Module):
    """Residual and wide; only for a machine with a graphics card."""

    def __init__(self, width=64):
        super().__init__()
        w = width
        self.body = nn.Sequential(*block(1, w), Residual(w, w), nn.MaxPool2d(2), Residual(w, 2 * w),
                                  Residual(2 * w, 2 * w), nn.MaxPool2d(2), Residual(2 * w, 4 * w),
                                  Residual(4 * w, 4 * w), nn.Dropout2d(0.1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                  nn.Dropout(0.3), nn.Linear(4 * w, glyphs.OTHER + 1))

    def forward(self, x):
        return self.body(x)
