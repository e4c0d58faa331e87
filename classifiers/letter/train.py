#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Trains, calibrates and measures the kind of a letter; writes the table that kind_reader reads.

    train.py [--write model.tsv]          trains, prints the scores on sentences kept apart
    train.py --letters N --out FILE       writes N letters of sentences kept apart, a JSON object a
                                          line, for bench_letters

Letters are put together of the sentences in phrases.txt. Of every section, each fifth sentence is
measured on and used for nothing else. The others are trained on; the temperature is fitted to what
models say that were trained without the fourth of these sentences that they are asked about.
"""
import argparse
import json
import pathlib
import random
import re
import unicodedata

import numpy

HERE = pathlib.Path(__file__).parent
KINDS = ["bezwaar", "klacht", "verzoek", "factuur", "overig"]
MEASURE = (4,)  # of five sentences, by their place
TRAIN = (0, 1, 2, 3)
STEM = 7  # letters of a word that count
FLOOR = 0.05  # share of letters that are like nothing we trained on; see README

FILL = {
    "dienst": ["de balie", "burgerzaken", "de afvalinzameling", "het wmo-loket", "uw klantcontactcentrum",
               "de milieustraat", "de sociale dienst", "parkeerbeheer", "jeugdzorg", "de groendienst"],
    "overlast": ["geluidsoverlast", "stank", "hangjongeren", "zwerfafval", "hondenpoep", "sluipverkeer",
                 "kapotte straatverlichting", "ratten", "loszittende tegels", "rook van de buren"],
    "gevraagd": ["een afschrift van mijn dossier", "een parkeervergunning", "uitstel van betaling",
                 "een uittreksel", "informatie over de subsidie", "een gesprek", "een nieuwe container",
                 "een kopie van de vergunning", "toestemming", "een betalingsregeling"],
    "vergunning": ["een omgevingsvergunning", "een evenementenvergunning", "een kapvergunning",
                   "de exploitatievergunning", "een terrasvergunning", "een gehandicaptenparkeerkaart"],
    "regeling": ["bijzondere bijstand", "bijstand", "huishoudelijke hulp", "individuele inkomenstoeslag",
                 "de energietoeslag", "leerlingenvervoer", "een traplift"],
    "belasting": ["onroerendezaakbelasting", "afvalstoffenheffing", "rioolheffing", "hondenbelasting",
                  "toeristenbelasting", "parkeerbelasting", "precariobelasting"],
    "onderwerp": ["de herinrichting van de straat", "het bestemmingsplan", "de speeltuin", "mijn aanvraag",
                  "het zwembad", "de riolering", "de bomen in de laan", "het fietspad", "de nieuwe school"],
    "project": ["een dakkapel", "een uitbouw", "het buurtfeest", "een carport", "de verbouwing",
                "een zonnepark", "het muziekfestival", "de speelplaats"],
    "levering": ["schoonmaak van het gemeentehuis", "groenonderhoud", "kantoorartikelen", "het onderhoud "
                 "van de beplanting", "reparatie van de lift", "catering", "straatwerk", "drukwerk",
                 "juridisch advies", "de levering van bureaustoelen"],
    "evenement": ["de opening", "het symposium", "de dodenherdenking", "het jubileumfeest",
                  "de informatieavond", "de lintjesregen", "de nieuwjaarsreceptie"],
    "maand": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
              "oktober", "november", "december"],
    "adres": ["Kerkstraat 12", "Dorpsweg 8a", "Beatrixlaan 104", "Molenpad 3", "Singel 77"],
    "naam": ["de Boer", "Van Vliet", "Öztürk", "Jansma", "El Amrani", "Peters"],
}


def load():
    sections = {}
    for line in (HERE / "phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = current = []
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


def part_of(sections, name, folds):
    return [line for i, line in enumerate(sections[name]) if i % 5 in folds]


def digits(rng, count):
    return "".join(str(rng.randrange(10)) for _ in range(count))


def filled(text, rng):
    def value(match):
        slot = match.group(1)
        if slot in FILL:
            return rng.choice(FILL[slot])
        month = rng.choice(FILL["maand"])
        return {"datum": rng.choice([f"{rng.randint(1, 28)} {month} 2026", f"{rng.randint(1, 28)}-9-2026"]),
                "nummer": rng.choice(["", "Z-", "2026/", "BZW-2026-"]) + digits(rng, rng.randint(4, 8)),
                "bedrag": f"{rng.randint(20, 4999)},{digits(rng, 2)}", "jaar": rng.choice(["2025", "2026"]),
                "iban": "NL" + digits(rng, 2) + " BANK 0" + digits(rng, 3) + " " + digits(rng, 4) + " " +
                        digits(rng, 2),
                "bsn": digits(rng, 9), "telefoon": "06-" + digits(rng, 8),
                "leeftijd": str(rng.randint(30, 90))}[slot]
    return re.sub(r"\{(\w+)\}", value, text)


def letter(kind, sections, folds, rng):
    """Subject (may be empty) and body lines."""
    pick = lambda name: filled(rng.choice(part_of(sections, name, folds)), rng)
    subject = pick(kind + ".subject") if rng.random() < 0.6 else ""
    body = [pick(kind + ".core") for _ in range(rng.choice([1, 1, 2, 3]))]
    body += [pick(kind + ".more") for _ in range(rng.choice([0, 1, 2]))]
    body += [pick("any.more") for _ in range(rng.choice([0, 1, 2, 3]))]
    head, tail = body[:1], body[1:]
    rng.shuffle(tail)
    body = list(dict.fromkeys(head + tail if rng.random() < 0.6 else tail + head))
    greeting = pick("any.greeting") if rng.random() < 0.85 else ""
    closing = pick("any.closing") if rng.random() < 0.85 else ""
    return {"kind": kind, "subject": subject, "greeting": greeting, "body": body, "closing": closing}


def noisy(text, rng):
    """What OCR makes of it: a share of the characters wrong, words cut and run together."""
    rate = rng.choice([0.0, 0.0, 0.01, 0.03, 0.08])
    out = []
    for c in text:
        if rng.random() < rate:
            out.append(rng.choice(["", " ", rng.choice("abcdefghijklmnoprstuvw1|.,"), c + rng.choice("il.")]))
        else:
            out.append(c)
    return "".join(out)


def text_of(made):
    subject = [("Betreft: " if len(made["body"]) % 2 else "") + made["subject"]] if made["subject"] else []
    return "\n".join(subject + [made["greeting"]] + made["body"] + [made["closing"]])


def features_of(text):
    """As kind_reader.cc: stems of words, '#' for numbers, pairs of neighbours. Each counts once."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()
    words = []
    for raw in plain.split():
        if "€" in raw:
            words.append("eur")
        word = "".join(c for c in raw if "a" <= c <= "z")
        if len(word) >= 2:
            words.append(word[:STEM])
        elif any(c.isdigit() for c in raw):
            words.append("#")
    return set(words) | {a + "_" + b for a, b in zip(words, words[1:])}


def sample(sections, folds, count, seed):
    rng = random.Random(seed)
    made = [letter(KINDS[i % len(KINDS)], sections, folds, rng) for i in range(count)]
    return [features_of(noisy(text_of(m), rng)) for m in made], [KINDS.index(m["kind"]) for m in made]


def matrix(documents, index):
    out = numpy.zeros((len(documents), len(index) + 1), dtype=numpy.float32)
    out[:, -1] = 1
    for row, features in enumerate(documents):
        for feature in features:
            if feature in index:
                out[row, index[feature]] = 1
    return out


def softmax(scores):
    scores = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def fit(x, y, decay=2e-3, rounds=250, rate=2.0):
    """Logistic regression by gradient descent with momentum."""
    target = numpy.eye(len(KINDS), dtype=numpy.float32)[y]
    weights = numpy.zeros((x.shape[1], len(KINDS)), dtype=numpy.float32)
    speed = numpy.zeros_like(weights)
    for _ in range(rounds):
        slope = x.T @ (softmax(x @ weights) - target) / len(y)
        slope[:-1] += decay * weights[:-1]
        speed = 0.9 * speed - rate * 0.2 * slope
        weights += speed
    return weights


def probabilities(scores, temperature):
    return (1 - FLOOR) * softmax(scores / temperature) + FLOOR / len(KINDS)


def calibration_error(p, y, bins=10):
    best, right = p.max(axis=1), p.argmax(axis=1) == y
    slot = numpy.minimum((best * bins).astype(int), bins - 1)
    return sum(abs(best[slot == b].mean() - right[slot == b].mean()) * (slot == b).mean()
               for b in range(bins) if (slot == b).any())


def report(p, y):
    y = numpy.array(y)
    found = p.argmax(axis=1)
    best = p.max(axis=1)
    print(f"right {numpy.mean(found == y):.3f}, calibration error {calibration_error(p, y):.3f}")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (best >= low) & (best < high)
        if inside.any():
            print(f"  said {low:.1f}-{min(high, 1.0):.1f}: {inside.mean():.2f} of the letters, said "
                  f"{best[inside].mean():.3f}, right {numpy.mean(found[inside] == y[inside]):.3f}")
    for k, kind in enumerate(KINDS):
        row = " ".join(f"{numpy.mean(found[y == k] == j):.2f}" for j in range(len(KINDS)))
        print(f"  {kind:<8} read as {' '.join(KINDS)}: {row}")


def learn(sections, folds, count, seed):
    """Features and weights, the constant last."""
    documents, y = sample(sections, folds, count, seed)
    counts = {}
    for features in documents:
        for feature in features:
            counts[feature] = counts.get(feature, 0) + 1
    # What occurs seldom teaches nothing.
    index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= 8))}
    weights = fit(matrix(documents, index), numpy.array(y))
    strong = numpy.abs(weights[:-1]).max(axis=1) >= 0.08
    kept = [f for f in sorted(index, key=index.get) if strong[index[f]]]
    return kept, numpy.vstack([weights[:-1][strong], weights[-1:]]).round(2)


def scored(model, documents):
    kept, weights = model
    return matrix(documents, {f: i for i, f in enumerate(kept)}) @ weights


def fitted_temperature(sections):
    scores, truth = [], []
    for fold in TRAIN:
        model = learn(sections, tuple(f for f in TRAIN if f != fold), 2400, 10 + fold)
        documents, y = sample(sections, (fold,), 800, 20 + fold)
        scores.append(scored(model, documents))
        truth += y
    scores = numpy.vstack(scores)
    loss = lambda t: -numpy.log(probabilities(scores, t)[numpy.arange(len(truth)), truth]).mean()
    temperature = min(numpy.arange(0.5, 4.0, 0.05), key=loss)
    print("sentences left out in turn:")
    report(probabilities(scores, temperature), truth)
    return temperature


def train(sections, write):
    temperature = fitted_temperature(sections)
    kept, weights = model = learn(sections, TRAIN, 3000, 1)
    print(f"{len(kept)} features, temperature {temperature:.2f}; sentences used for nothing else:")
    documents, truth = sample(sections, MEASURE, 2000, 3)
    report(probabilities(scored(model, documents), temperature), truth)
    if write:
        with open(write, "w", encoding="utf-8") as file:
            file.write("# kinds of letters; made by train.py\nkinds\t" + "\t".join(KINDS) +
                       f"\ntemperature\t{temperature:.2f}\nfloor\t{FLOOR}\n")
            for name, row in zip(["*"] + kept, numpy.vstack([weights[-1:], weights[:-1]])):
                file.write(name + "\t" + "\t".join(f"{w:.2f}" for w in row) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", help="file for the trained table")
    parser.add_argument("--letters", type=int, default=0)
    parser.add_argument("--out", default="/dev/stdout")
    options = parser.parse_args()
    sections = load()
    if not options.letters:
        return train(sections, options.write)
    rng = random.Random(4)
    with open(options.out, "w", encoding="utf-8") as file:
        for i in range(options.letters):
            made = letter(KINDS[i % len(KINDS)], sections, MEASURE, rng)
            file.write(json.dumps(made, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
