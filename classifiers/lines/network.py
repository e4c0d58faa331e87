# SPDX-License-Identifier: EUPL-1.2
"""The network that reads a line: convolutions only, so that OpenCV runs it at any width.

A picture of SIDE rows (255 = ink, /255) gives one column of class scores for every second column of the picture;
class 0 is "nothing new here" (the blank of connectionist temporal classification)."""
import torch
from torch import nn

SIDE = 40


def depthwise(channels):
    return [nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]


def pointwise(inside, outside):
    return [nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside)]


class Widened(nn.Module):
    """A depthwise and a pointwise convolution that change the number of channels."""

    def __init__(self, inside, outside):
        super().__init__()
        self.body = nn.Sequential(*depthwise(inside), *pointwise(inside, outside), nn.ReLU())

    def forward(self, x):
        return self.body(x)


class Refined(nn.Module):
    """The same with as many channels, added to what came in."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(*depthwise(channels), *pointwise(channels, channels))

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Along(nn.Module):
    """Refined, along the line only: OpenCV 4.6 computes a 3x3 depthwise convolution of one row wrongly."""

    def __init__(self, channels, dilation=1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, (1, 5), padding=(0, 2 * dilation), dilation=(1, dilation), groups=channels,
                      bias=False), nn.BatchNorm2d(channels), nn.ReLU(), *pointwise(channels, channels))

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Net(nn.Module):
    def __init__(self, classes, widths=(32, 56, 96, 160, 288)):
        super().__init__()
        a, b, c, d, e = widths
        self.body = nn.Sequential(
            nn.Conv2d(1, a, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(a), nn.ReLU(),
            Widened(a, b), nn.MaxPool2d((2, 1)),
            Widened(b, c), Refined(c), nn.MaxPool2d((2, 1)),
            Widened(c, d), Refined(d), Refined(d),
            nn.Conv2d(d, e, (5, 1), bias=False), nn.BatchNorm2d(e), nn.ReLU(),
            Along(e), Along(e, 2), Along(e), Along(e, 3), Along(e), Along(e, 2), Along(e), Along(e),
            nn.Dropout(0.1), nn.Conv2d(e, classes, 1))

    def forward(self, x):
        return self.body(x)
