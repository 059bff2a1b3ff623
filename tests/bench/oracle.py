"""The oracle: what a reader of every release can learn of the hidden counts. It shares nothing with the program but the rules in words.

The truth is read for two things alone: to tell which counts did not change between releases (the reader is given that), and to keep score.
"""
import csv, math, sys
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

folder = sys.argv[1]


def read(name):
    with open(f"{folder}/{name}.csv", newline="") as stream:
        return list(csv.DictReader(stream))


rules = {r["release_id"]: {k: int(v) for k, v in r.items()} for r in read("rules")}
truth = {(r["release_id"], r["area_code"], r["stratum"]): (int(r["numerator"]), int(r["denominator"])) for r in read("truth")}
printed = {(r["release_id"], r["area_code"], r["stratum"]): (r["numerator"], r["denominator"]) for r in read("published")}

# One unknown row for each area, stratum and version of its counts.
rows, of = {}, {}
for (release, area, stratum), counts in truth.items():
    of[release, area, stratum] = rows.setdefault((area, stratum, counts), len(rows))
R = len(rows)
true_x = np.array([k[2][0] for k in rows])
true_n = np.array([k[2][1] for k in rows])
BIG = int(true_n.max()) + 1000


class Model:
    """Columns: numerators, then denominators."""

    def __init__(self):
        self.low, self.high = np.zeros(2 * R), np.full(2 * R, float(BIG))
        self.rest = np.zeros(R)
        self.equal, self.below, self.bound = [], [], []

    def know(self, column, low, high):
        self.low[column] = max(self.low[column], low)
        self.high[column] = min(self.high[column], high)

    def matrix(self, entries):
        r = [i for i, line in enumerate(entries) for _ in line]
        return coo_matrix(([v for line in entries for _, v in line], (r, [c for line in entries for c, _ in line])), shape=(len(entries), 2 * R)).tocsr()

    def freeze(self):
        below = self.below + [[(i, 1), (R + i, -1)] for i in range(R)]
        self.b_ub = np.concatenate([np.array(self.bound), -self.rest]) if self.bound else -self.rest
        self.A_ub, self.A_eq = self.matrix(below), self.matrix(self.equal)

    def solve(self, objective):
        answer = linprog(objective, A_ub=self.A_ub, b_ub=self.b_ub, A_eq=self.A_eq, b_eq=np.zeros(self.A_eq.shape[0]),
                         bounds=np.column_stack([self.low, self.high]), method="highs")
        if answer.status != 0:
            sys.exit(f"oracle: {answer.message}")
        return answer.x


def rounded(model, column, text, rule, least):
    half = rule["rounding"] // 2
    model.know(column, max(int(text) - half, least), int(text) + half)


def read_prints(model):
    for key, (x, n) in printed.items():
        rule, i = rules[key[0]], of[key]
        if n != "":
            rounded(model, R + i, n, rule, rule["min_denominator"])
        if x == "0":
            model.know(i, 0, 0)
        elif x != "":
            rounded(model, i, x, rule, rule["sensitive_max"] + 1)
        if x != "":
            model.rest[i] = max(model.rest[i], rule["sensitive_max"] + 1)


def parts_of(release):
    mine = {k[1:]: i for k, i in of.items() if k[0] == release}
    areas, strata = {a for a, _ in mine}, {s for _, s in mine}
    grades, sexes = [s for s in strata if s not in ("all", "M", "F") and "/" not in s], [s for s in strata if s in ("M", "F")]
    for s in strata:
        yield mine["210100", s], [mine[a, s] for a in areas if a != "210100" and (a, s) in mine]
    for a in areas:
        yield mine[a, "all"], [mine[a, g] for g in grades]
        yield mine[a, "all"], [mine[a, s] for s in sexes]
        for g in grades:
            yield mine[a, g], [mine[a, f"{g}/{s}"] for s in ("M", "F") if (a, f"{g}/{s}") in mine]
        for s in sexes:
            yield mine[a, s], [mine[a, f"{g}/{s}"] for g in grades if (a, f"{g}/{s}") in mine]


def read_sums(model):
    for release in rules:
        for whole, parts in parts_of(release):
            for offset in (0, R):
                if parts:
                    model.equal.append([(offset + p, 1) for p in parts] + [(offset + whole, -1)])


def base():
    model = Model()
    read_prints(model)
    read_sums(model)
    return model


rule = next(iter(rules.values()))
sensitive = [i for i in range(R) if true_n[i] < rule["min_denominator"] or 1 <= true_x[i] <= rule["sensitive_max"]
             or true_n[i] - true_x[i] <= rule["sensitive_max"]]


def attack(model, name, budget=None):
    """Each sensitive numerator's ends; tables that turn up on the way count for all."""
    model.freeze()
    low, high, solved, outside = true_x.astype(float).copy(), true_x.astype(float).copy(), 0, 0
    narrow = []
    for i in sensitive:
        for sign in (1, -1):
            if high[i] - low[i] >= rule["width"]:
                break
            objective = np.zeros(2 * R)
            objective[i] = sign
            x = model.solve(objective)[:R]
            solved += 1
            low, high = np.minimum(low, np.ceil(x - 1e-6)), np.maximum(high, np.floor(x + 1e-6))
        if not low[i] <= true_x[i] <= high[i]:
            outside += 1
        if high[i] - low[i] < rule["width"]:
            narrow.append(i)
            if budget and len(narrow) >= budget:
                break
    print(f"{name}: {len(sensitive)} sensitive counts, {len(narrow)}{' or more' if budget and len(narrow) >= budget else ''} narrower than {rule['width']},"
          f" {outside} true values outside, {solved} programs")
    print(f"  of these {sum(1 for i in narrow if high[i] == low[i])} known exactly")
    return len(narrow) + outside


def exact_totals():
    """Hiding alone: the same rows hidden, every other count and every total as it is."""
    model = base()
    for key, (x, n) in printed.items():
        i = of[key]
        if x != "":
            model.know(i, true_x[i], true_x[i])
        if n != "":
            model.know(R + i, true_n[i], true_n[i])
    return model


def exact_percentages():
    """Rates to one decimal from true counts beside the rounded ones: every shown numerator within half a tenth of a percent."""
    model = base()
    for key, (x, n) in printed.items():
        i = of[key]
        if x not in ("", "0"):
            rate = round(100 * true_x[i] / true_n[i], 1)
            model.below += [[(i, 100), (R + i, -(rate + 0.05))], [(i, -100), (R + i, rate - 0.05)]]
            model.bound += [0, 0]
    return model


shown = sum(1 for x, n in printed.values() if x != "" and n != "")
print(f"{len(rules)} releases, {len(printed)} rows, {100 * shown / len(printed):.1f} % shown")
failures = attack(base(), "as published")
wins = [attack(exact_totals(), "control: exact totals", 1), attack(exact_percentages(), "control: exact percentages", 1)]
if failures or not all(wins) or 2 * shown < len(printed):
    sys.exit("oracle: FAILED")
print("oracle: nothing found; both controls are broken, as they must be")
