# SPDX-License-Identifier: EUPL-1.2
"""Handwriting fonts: which there are in a folder, and what each is for.

hands.txt names the packages. A hand is for training, for choosing between variants and fitting curves, or only
for measuring; which one it is depends on its name alone."""
import glob
import os

HERE = os.path.dirname(os.path.abspath(__file__))

# What twin-dev and the sample scans are written with, and by whom.
MEASURED = ('breip', 'dkg', 'delphine', 'klee', 'comicneue', 'comic-neue')
CHOSEN = ('femkeklaver', 'handlee', 'shadows-into-light', 'short-stack', 'zeyada', 'grape-nuts', 'just-me-again',
          'sunshiney', 'walter-turncoat', 'mynerve', 'gaegu', 'la-belle-aurore')


def part_of(path):
    """'training', 'chosen' or 'measured'."""
    name = os.path.basename(path).lower()
    if any(n in name for n in MEASURED):
        return 'measured'
    return 'chosen' if any(n in name for n in CHOSEN) else 'training'


def ornate_names():
    with open(os.path.join(HERE, 'hands.txt'), encoding='utf-8') as file:
        rows = [line.split() for line in file]
    return {os.path.basename(row[1]) for row in rows if row[2:] == ['ornate']}


def is_ornate(path, names=frozenset(ornate_names())):
    return os.path.basename(path).split('-latin-')[0] in names


def is_web_font(path):
    """A file of one of the registry's packages: those are handwriting, whatever else lies in the folder."""
    return path.endswith('-latin-400-normal.woff')


def font_files(folder):
    """Fonts below `folder`, in the order of their names; of two with one name the first."""
    found = {}
    for kind in ('ttf', 'otf', 'TTF', 'woff'):
        for path in sorted(glob.glob(f'{folder}/**/*.{kind}', recursive=True)):
            if kind != 'woff' or is_web_font(path):
                found.setdefault(os.path.basename(path).lower(), path)
    return [found[name] for name in sorted(found)]
