# SPDX-License-Identifier: EUPL-1.2
"""The word lists that a municipality has, for a bench without one: places with their postcodes and surnames, out of the
dutch-text folder of the measuring data. A municipality takes its own from the address register (config/lexica)."""
import collections
import glob
import json
import os
import re

# Which list a field is read with, by its name: on a form of one's own form.toml says so.
FIELDS = {"places": re.compile(r"(.*_)?(woonplaats|plaats)$"), "surnames": re.compile(r"(.*_)?achternaam$")}
# Of written surnames fewer stand in any list than of places.
COVERAGE = {"places": 0.95, "surnames": 0.9}


def write_places(data, path):
    codes = collections.defaultdict(list)
    with open(os.path.join(data, "places-postcodetabel-postal-code-city-aggregated.json"), encoding="utf-8") as file:
        for code, place in json.load(file).items():
            codes[place["city"]].append(code)
    with open(path, "w", encoding="utf-8") as file:
        file.write("naam;postcodes\n")
        for place in sorted(codes):
            file.write(f"{place};{' '.join(sorted(codes[place]))}\n")


def write_surnames(data, path):
    with open(os.path.join(data, "surnames.lst"), encoding="utf-8") as file:
        names = {line.strip() for line in file if line.strip() and ";" not in line}
    with open(path, "w", encoding="utf-8") as file:
        file.write("naam\n" + "".join(name + "\n" for name in sorted(names)))


def write_lists(data, folder):
    """Writes the lists into `folder`; gives the [lexica] of the settings."""
    os.makedirs(folder, exist_ok=True)
    write_places(data, os.path.join(folder, "places.csv"))
    write_surnames(data, os.path.join(folder, "surnames.csv"))
    return "[lexica]\n" + "".join(
        f'{name} = {{ file = "{os.path.abspath(folder)}/{name}.csv", coverage = {COVERAGE[name]} }}\n' for name in FIELDS)


def name_lists(forms):
    """Has the imported forms' fields name the lists they are read with."""
    for path in glob.glob(os.path.join(forms, "*", "form.toml")):
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        named = []
        for line in lines:
            named.append(line)
            field = re.fullmatch(r'name = "(.*)"', line)
            named += [f'lexicon = "{name}"' for name, fits in FIELDS.items() if field and fits.fullmatch(field[1])]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(named))
