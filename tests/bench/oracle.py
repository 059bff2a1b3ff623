"""The oracle: what a reader of every release can learn of the hidden counts. It shares nothing with the program but the rules in words.

The attack has what schema published holds, and one thing more than that: which rows did not change between releases (`versions`, numbers without
counts). The truth is opened when the attack is over, to keep score; the controls print exact figures that no release does.
"""
import csv, math, sys
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

folder = sys.argv[1]


def read(name):
    with open(f"{folder}/{name}.csv", newline="") as stream:
        return list(csv.DictReader(stream))


def key_of(row):
    return row["release_id"], row["area_code"], row["stratum"]


rules = {r["release_id"]: {k: int(v) for k, v in r.items()} for r in read("rules")}
printed = {key_of(r): (r["numerator"], r["denominator"]) for r in read("published")}
versions = {key_of(r): r["version"] for r in read("versions")}
CITY, CEILING = "210100", 10**6
rule = next(iter(rules.values()))

# One unknown row for each area, stratum and version of its counts: its numerator is column i, its denominator column R + i.
rows, of = {}, {}
for key in printed:
    of[key] = rows.setdefault((key[1], key[2], versions[key]), len(rows))
R = len(rows)


class Model:
    def __init__(self):
        self.low, self.high = np.zeros(2 * R), np.full(2 * R, float(CEILING))
        self.rest = np.zeros(R)
        self.equal, self.below = [], []
        for key, (x, n) in printed.items():
            self.read_print(of[key], x, n, rules[key[0]])
        for release in rules:
            for whole, parts in sums_of(release):
                for offset in (0, R):
                    self.equal.append([(offset + p, 1) for p in parts] + [(offset + whole, -1)])

    def know(self, column, low, high):
        self.low[column] = max(self.low[column], low)
        self.high[column] = min(self.high[column], high)

    def read_print(self, i, x, n, rule):
        half = rule["rounding"] // 2
        if n != "":
            self.know(R + i, max(int(n) - half, rule["min_denominator"]), int(n) + half)
        if x == "0":
            self.know(i, 0, 0)
        elif x != "":
            self.know(i, max(int(x) - half, rule["sensitive_max"] + 1), int(x) + half)
        if x != "":
            self.rest[i] = max(self.rest[i], rule["sensitive_max"] + 1)

    def matrix(self, entries):
        r = [i for i, line in enumerate(entries) for _ in line]
        return coo_matrix(([v for line in entries for _, v in line], (r, [c for line in entries for c, _ in line])), shape=(len(entries), 2 * R)).tocsr()

    def freeze(self):
        self.A_ub = self.matrix([[(i, 1), (R + i, -1)] for i in range(R)] + self.below)
        self.b_ub = np.concatenate([-self.rest, np.zeros(len(self.below))])
        self.A_eq, self.b_eq = self.matrix(self.equal), np.zeros(len(self.equal))

    def end(self, column, sign):
        """The least (sign 1) or the greatest (-1) value of a column."""
        objective = np.zeros(2 * R)
        objective[column] = sign
        answer = linprog(objective, A_ub=self.A_ub, b_ub=self.b_ub, A_eq=self.A_eq, b_eq=self.b_eq, bounds=np.column_stack([self.low, self.high]), method="highs")
        if answer.status != 0:
            sys.exit(f"oracle: {answer.message}")
        return sign * answer.fun

    def interval(self, column):
        return math.ceil(self.end(column, 1) - 1e-6), math.floor(self.end(column, -1) + 1e-6)


def sums_of(release):
    mine = {k[1:]: i for k, i in of.items() if k[0] == release}
    areas, strata = {a for a, _ in mine}, {s for _, s in mine}
    sexes = [s for s in strata if s in ("M", "F")]
    grades = [s for s in strata if s not in ("all", "M", "F") and "/" not in s]
    for s in strata:
        yield mine[CITY, s], [mine[a, s] for a in areas if a != CITY and (a, s) in mine]
    for a in areas:
        for whole, strata_of in [("all", grades), ("all", sexes)] + [(g, [f"{g}/{s}" for s in sexes]) for g in grades] + [
            (s, [f"{g}/{s}" for g in grades]) for s in sexes]:
            parts = [mine[a, s] for s in strata_of if (a, s) in mine]
            if parts:
                yield mine[a, whole], parts


# What the attack is after: numerators that no release shows, and denominators that none does.
shown_x, shown_n = {of[k] for k, (x, _) in printed.items() if x != ""}, {of[k] for k, (_, n) in printed.items() if n != ""}
wanted = [i for i in range(R) if i not in shown_x] + [R + i for i in range(R) if i not in shown_n]

published = Model()
published.freeze()
found = {column: published.interval(column) for column in wanted}

# ---- the truth ----
truth = {of[key_of(r)]: (int(r["numerator"]), int(r["denominator"])) for r in read("truth")}
true = np.array([truth[i][0] for i in range(R)] + [truth[i][1] for i in range(R)])


def sensitive(column):
    x, n = truth[column % R]
    return n < rule["min_denominator"] or (column < R and (1 <= x <= rule["sensitive_max"] or n - x <= rule["sensitive_max"]))


def score(name, intervals):
    guarded = [c for c in intervals if sensitive(c)]
    narrow = [c for c in guarded if intervals[c][1] - intervals[c][0] < rule["width"]]
    outside = [c for c in intervals if not intervals[c][0] <= true[c] <= intervals[c][1]]
    exact = sum(1 for c in narrow if intervals[c][0] == intervals[c][1])
    print(f"{name}: {len(intervals)} hidden counts attacked, {len(guarded)} of them sensitive; {len(narrow)} sensitive ones narrower than {rule['width']}"
          f" ({exact} known exactly), {len(outside)} true values outside their intervals", flush=True)
    return len(narrow), len(outside)


def control(name, change, most=40):
    """The same rows hidden, with more said of the others; a sample of the sensitive counts will do."""
    model = Model()
    for key, (x, n) in printed.items():
        change(model, of[key], x, n)
    model.freeze()
    guarded = [c for c in wanted if sensitive(c) and c < R]
    return score(name, {c: model.interval(c) for c in guarded[:: max(1, len(guarded) // most)]})[0]


def exact_totals(model, i, x, n):
    if x != "":
        model.know(i, true[i], true[i])
    if n != "":
        model.know(R + i, true[R + i], true[R + i])


def exact_percentages(model, i, x, n):
    """Rates to one decimal from the true counts, beside the rounded counts, wherever a denominator is shown."""
    if n != "":
        rate = round(100 * true[i] / true[R + i], 1)
        model.below += [[(i, 100), (R + i, -(rate + 0.05))], [(i, -100), (R + i, rate - 0.05)]]


shown = sum(1 for x, n in printed.values() if x != "" and n != "")
print(f"{len(rules)} releases, {len({a for _, a, _ in printed}) - 1} districts, {len(printed)} rows, {shown} of them shown ({100 * shown / len(printed):.1f} %)")
narrow, outside = score("as published", found)
wins = [control("control: exact totals", exact_totals), control("control: exact percentages", exact_percentages)]
if narrow or outside or not all(wins) or 2 * shown < len(printed) or len(rules) != 6 or not found:
    sys.exit("oracle: FAILED")
print("oracle: nothing found; both controls are broken, as they must be")
