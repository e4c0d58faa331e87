# SPDX-License-Identifier: EUPL-1.2
"""The figures of a run beside their goals, as text."""
import collections
import random

EDGES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0]
BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]


def share(part, whole):
    return f"{100 * part / whole:.2f} %" if whole else "-"


def quantile(values, at):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(at * len(ordered)))]


def line(what, measured, goal="", note=""):
    return f"  {what:46} {measured:>24}   {goal:28} {note}".rstrip()


def identification(split, pages, documents):
    ours = [page for page in pages if not page["foreign"]]
    foreign = [page for page in pages if page["foreign"]]
    wrong = [page for page in ours if not page["form_right"]]
    accepted = [page for page in foreign if page["taken_for"] != "unknown"]
    yield "Forms and pages"
    yield line("form right (pages)", f"{len(ours) - len(wrong)} of {len(ours)}", "goal 100 %")
    yield line("form and page number right", f"{sum(p['form_right'] and p['page_right'] for p in ours)} of {len(ours)}",
               "goal 100 %")
    yield line("foreign pages taken for a form", f"{len(accepted)} of {len(foreign)}", "goal 0")
    for page in wrong + accepted:
        yield f"      {page['document']} {page['file']}[{page['page_index']}] {page['form']} -> {page['taken_for']}"
    lost = [page for page in pages if not page["found"] and not page["blank"]]
    blank = sum(page["blank"] for page in pages)
    yield line("pages in no record", f"{len(lost)} of {len(pages) - blank}", "goal 0",
               f"{blank} empty pages left out" if blank else "")
    right, wanted, extra = batch_cuts(split, documents)
    if wanted:
        yield line("documents of batches cut right", f"{right} of {wanted}", "goal all", f"{extra} wrong pieces")


def batch_cuts(split, predictions):
    """(documents cut right, documents, pieces that are none)."""
    right = wanted = extra = 0
    for batch, truth in split.batches.items():
        items = truth["documents"]
        truths = {document["document"]: split.truth[document["document"]]["pages"] for document in items
                  if document["document"] in split.truth}
        content = {page["page_index"] for pages in truths.values() for page in pages}
        there = {tuple(sorted(page["page_index"] for page in pages)) for pages in truths.values()}
        found = {tuple(index for index in range(first, last + 1) if index in content)
                 for first, last in predictions.get("_batches", {}).get(batch, [])}
        right += len(there & found)
        wanted += len(there)
        extra += len(found - there)
    return right, wanted, extra


def geometry(pages):
    errors = [error for page in pages for error in page["corner_errors"]]
    skews = [page["skew_error"] for page in pages if page["skew_error"] is not None]
    turns = [page["turn_right"] for page in pages if page["turn_right"] is not None]
    yield "Geometry"
    if errors:
        yield line("registration, zone corners: median", f"{quantile(errors, 0.5):.3f} mm", "goal < 0.2 mm",
                   f"{len(errors)} corners")
        yield line("registration: 99 %", f"{quantile(errors, 0.99):.3f} mm", "goal < 0.5 mm",
                   f"largest {max(errors):.3f} mm")
    if skews:
        yield line("skew error: mean", f"{sum(skews) / len(skews):.3f} degrees", "goal < 0.02")
        worst = max((page for page in pages if page["skew_error"] is not None), key=lambda p: p["skew_error"])
        yield line("skew error: largest", f"{max(skews):.3f} degrees", "goal < 0.1", f"{worst['document']}")
        yield line("quarter turns right", f"{sum(turns)} of {len(turns)}", "goal 100 %")
        for page in pages:
            if page["turn_right"] is False:
                yield f"      {page['document']} {page['file']}[{page['page_index']}]"


GOALS = {  # what: (rows that count, which figure, goal)
    "check boxes and choices exact": (lambda r: r["type"] in ("checkbox", "choice", "multichoice"), "exact", 99.8),
    "signature present": (lambda r: r["type"] == "signature", "exact", 99.5),
    "BSN, IBAN, pen: accepted": (lambda r: r["pen"] and r["type"] in ("bsn", "iban"), "accepted", 90.0),
    "  of those without a deliberate mistake":
        (lambda r: r["pen"] and r["type"] in ("bsn", "iban") and not r["mistaken"], "accepted", 90.0),
    "BSN, IBAN, pen: wrong among accepted": (lambda r: r["pen"] and r["type"] in ("bsn", "iban"), "wrong", 0.0),
    "other pen fields: accepted": (lambda r: r["pen"] and is_other(r), "accepted", 75.0),
    "other pen fields: wrong among accepted": (lambda r: r["pen"] and is_other(r), "wrong", 0.5),
    "  of those in combs: accepted": (lambda r: r["pen"] and is_other(r) and r["group"] != "line", "accepted", 75.0),
    "  of those on lines: accepted": (lambda r: r["pen"] and r["group"] == "line", "accepted", 75.0),
    "typed fields exact": (lambda r: not r["pen"] and is_written(r), "exact", 99.0),
    "typed lines: characters wrong (CER)": (lambda r: not r["pen"] and r["group"] == "line", "cer", 1.5),
}


def is_written(row):
    return row["type"] not in ("checkbox", "choice", "multichoice", "signature")


def is_other(row):
    return is_written(row) and row["type"] not in ("bsn", "iban")


def figure(rows, which):
    """(per cent, part, whole) of filled fields; of marks and signatures all count, empty is an answer too."""
    if which == "wrong":
        taken = [row for row in rows if row["accepted"]]
        part, whole = sum(not row["right"] for row in taken), len(taken)
    elif which == "cer":
        part, whole = sum(row["edits"] for row in rows), sum(row["characters"] for row in rows)
    else:
        counted = [row for row in rows if row["filled"] or not is_written(row)]
        key = "right" if which == "exact" else "accepted"
        part, whole = sum(row[key] for row in counted), len(counted)
    return (100 * part / whole if whole else 0.0), part, whole


def goals(rows):
    yield "Fields against their goals (of written fields the filled ones; wrong among accepted: all fields)"
    for what, (counts, which, goal) in GOALS.items():
        value, part, whole = figure([row for row in rows if counts(row)], which)
        if not whole:
            continue
        met = value <= goal if which in ("wrong", "cer") else value >= goal
        sign = "<=" if which in ("wrong", "cer") else ">="
        yield line(what, f"{value:.2f} %  ({part} of {whole})", f"goal {sign} {goal:g} %", "" if met else "MISSED")


def at_bound(rows, bound):
    """(share of the filled fields that go out unseen at this bound, in per cent; wrong ones; all that go out)."""
    taken = [row for row in rows if row["probability"] >= 1 - bound and not row["held"]]
    filled = [row for row in rows if row["filled"]]
    gone = sum(row["filled"] for row in taken)
    return 100 * gone / len(filled) if filled else 0.0, sum(not row["right"] for row in taken), len(taken)


def at_bounds(rows):
    """What a municipality chooses between when it sets max_error."""
    numbers = [row for row in rows if row["pen"] and row["type"] in ("bsn", "iban")]
    others = [row for row in rows if row["pen"] and is_other(row)]
    yield "By pen, at other bounds (max_error in form.toml): filled fields that go out unseen; wrong of all that go out"
    yield f"  {'max_error':>9}{'BSN, IBAN':>22}{'other written fields':>32}"
    for bound in BOUNDS:
        yield f"  {bound:9g}" + "".join(f"{gone:{width}.1f} %; {wrong:3} of {of:5}" for width, (gone, wrong, of) in
                                        ((8, at_bound(numbers, bound)), (15, at_bound(others, bound))))


def table(rows):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["group"], "pen" if row["pen"] else "typed"].append(row)
        groups["~ all", "pen" if row["pen"] else "typed"].append(row)
    yield "Fields by type"
    yield (f"  {'type':14}{'made with':10}{'fields':>7}{'exact':>9}{'filled':>8}{'exact':>9}{'accepted':>10}"
           f"{'filled acc.':>12}{'wrong acc.':>11}{'characters':>12}{'right':>9}")
    for (group, way), part in sorted(groups.items()):
        filled = [row for row in part if row["filled"]]
        taken = [row for row in part if row["accepted"]]
        characters = sum(row["characters"] for row in filled)
        yield (f"  {group:14}{way:10}{len(part):7}{share(sum(r['right'] for r in part), len(part)):>9}"
               f"{len(filled):8}{share(sum(r['right'] for r in filled), len(filled)):>9}"
               f"{share(len(taken), len(part)):>10}{share(sum(r['accepted'] for r in filled), len(filled)):>12}"
               f"{sum(not r['right'] for r in taken):11}{characters:12}"
               f"{share(characters - sum(r['edits'] for r in filled), characters):>9}")


def calibration_error(rows):
    """Expected calibration error: the mean distance of stated probability and share right over bins of EDGES."""
    error = 0.0
    for part in bins(rows):
        if part:
            error += abs(sum(r["probability"] for r in part) - sum(r["right"] for r in part))
    return error / len(rows) if rows else 0.0


def error_by_chance(rows, times=30):
    """What the calibration error of these fields is in the mean when every stated probability is true: with few fields
    in a bin their share right differs from it all the same."""
    drawn = random.Random(1)
    sums = 0.0
    for _ in range(times):
        sums += calibration_error([{"probability": r["probability"], "right": drawn.random() < r["probability"]}
                                   for r in rows])
    return sums / times


def bins(rows):
    parts = [[] for _ in EDGES[1:]]
    for row in rows:
        at = next((i for i, edge in enumerate(EDGES[1:]) if row["probability"] < edge), len(parts) - 1)
        parts[at].append(row)
    return parts


def reliability(rows):
    yield "Reliability: stated probability against share right"
    yield f"  {'probability':16}{'fields':>7}{'stated':>9}{'right':>9}   0 {'.' * 44} 100 %   (| stated, # right)"
    for low, high, part in zip(EDGES, EDGES[1:], bins(rows)):
        if not part:
            continue
        stated = sum(r["probability"] for r in part) / len(part)
        right = sum(r["right"] for r in part) / len(part)
        bar = ["#" if i < round(50 * right) else " " for i in range(51)]
        bar[round(50 * stated)] = "|"
        yield f"  {low:6.3f}-{high:<9.3f}{len(part):7}{stated:9.3f}{right:9.3f}   {''.join(bar)}"
    yield line("expected calibration error, all fields", f"{calibration_error(rows):.4f}", "goal < 0.02")
    for key, name in (("method", "reader"), ("group", "type")):
        parts = collections.defaultdict(list)
        for row in rows:
            parts[row[key], "pen" if row["pen"] else "typed"].append(row)
        for (value, way), part in sorted(parts.items()):
            error, chance = calibration_error(part), error_by_chance(part)
            missed = "" if error < 0.02 else ", MISSED" if error > 1.2 * chance else ", within chance"
            yield line(f"  {name} {value}, {way}", f"{error:.4f}", "goal < 0.02",
                       f"{len(part)} fields; by chance {chance:.4f}{missed}")


def comb_characters(split, rows):
    """Characters in combs written with a pen, as read in the whole field."""
    counts = collections.defaultdict(lambda: [0, 0])
    classes = {"letters": "capitals", "iban": "mixed", "kenteken": "mixed", "postcode": "mixed", "alnum": "mixed"}
    for row in rows:
        if row["pen"] and row["field"] in split.truth[row["document"]].get("comb_cells", {}):
            count = counts[classes.get(row["type"], "digits")]
            count[0] += row["characters"]
            count[1] += row["edits"]
    yield "Characters in combs, pen, after the rules"
    for name, (characters, wrong) in sorted(counts.items()):
        yield line(name, share(characters - wrong, characters), "", f"{characters} characters")


def findings(split, predictions):
    found = missed = extra = 0
    for document, truth in split.truth.items():
        if split.is_foreign(document) or document not in predictions:
            continue
        there = {(entry["code"], entry["field"]) for entry in truth["expected_findings"]}
        got = {(entry["code"], entry["field"]) for entry in predictions[document]["findings"]}
        found, missed, extra = found + len(there & got), missed + len(there - got), extra + len(got - there)
    yield "Findings of deliberate mistakes"
    yield line("found; missed; not deliberate", f"{found}; {missed}; {extra}", "")


def straight_through(split, rows):
    """Documents that need nobody but for their free text."""
    documents = collections.defaultdict(list)
    for row in rows:
        if not row["office"] and row["group"] != "line":
            documents[row["document"]].append(row)
    whole = sum(all(row["accepted"] for row in part) for part in documents.values())
    right = sum(all(row["accepted"] and row["right"] for row in part) for part in documents.values())
    yield line("documents with all but free text accepted", f"{whole} of {len(documents)}", "",
               f"{right} of them without a mistake")


def report(split, predictions, rows, pages):
    parts = [identification(split, pages, predictions), geometry(pages), goals(rows), straight_through(split, rows),
             at_bounds(rows), table(rows), comb_characters(split, rows), reliability(rows), findings(split, predictions)]
    return "\n".join(text for part in parts for text in part)
