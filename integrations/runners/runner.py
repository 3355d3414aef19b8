"""Runs the programs of this folder with NumPy and onnxruntime: `from runner import run`, or
python runner.py counterfactual units.csv '{"t": 3}' > answers.csv   (columns named as the variables, levels as texts; other columns are kept)"""
import csv, json, sys
from pathlib import Path

import numpy as np
import onnxruntime

FOLDER = Path(__file__).resolve().parent
DESCRIPTION = json.loads((FOLDER / "export.json").read_text())
LEVELS = {v["name"]: v["domain"]["levels"] for v in DESCRIPTION["variables"] if "levels" in v["domain"]}
NUMBERS = {v["name"]: v["numbers"] for v in DESCRIPTION["variables"] if "numbers" in v}
MISSING = {"", "na", "n/a", "nan", "null", "none", "."}
DRAWS = {
    "normal": lambda g, n, m, s: g.normal(m, s, n), "uniform": lambda g, n, a, b: g.uniform(a, b, n),
    "gamma": lambda g, n, k, r: g.gamma(k, 1 / r, n), "exponential": lambda g, n, r: g.exponential(1 / r, n),
    "beta": lambda g, n, a, b: g.beta(a, b, n), "laplace": lambda g, n, m, s: g.laplace(m, s, n),
    "logistic": lambda g, n, m, s: g.logistic(m, s, n), "gumbel": lambda g, n, m, s: g.gumbel(m, s, n),
    "student_t": lambda g, n, d, m, s: m + s * g.standard_t(d, n), "lognormal": lambda g, n, m, s: g.lognormal(m, s, n),
    "bernoulli": lambda g, n, p: g.binomial(1, p, n), "categorical": lambda g, n, *p: g.choice(len(p), n, p=np.divide(p, sum(p))),
}  # fmt: skip


def open_program(name, threads=0):
    program, options = next(p for p in DESCRIPTION["programs"] if p["name"] == name), onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads  # 0: one a core
    return program, onnxruntime.InferenceSession(str(FOLDER / program["file"]), options)


def coded(name, values):
    """Classes given as texts, as codes."""
    values, levels = np.asarray(values), LEVELS.get(name, [])
    if values.dtype.kind not in "UO": return values
    if unknown := sorted(set(values.ravel()) - set(levels)): raise ValueError(f"{name} is '{unknown[0]}'; it takes {levels or 'numbers'}")
    return np.reshape([levels.index(value) for value in values.ravel()], values.shape)


def named(name, value):
    """The text of the level that a number names: the level whose text spells it, or its place where texts spell no numbers."""
    if isinstance(value, list): return [named(name, one) for one in value]
    if isinstance(value, str) or name not in LEVELS: return value
    if value in NUMBERS.get(name, []): return LEVELS[name][NUMBERS[name].index(value)]
    raise ValueError(f"{name} has no level {value}; its levels are {LEVELS[name]}")


def cell(name, text, line):
    """A cell as a number or the text of a level; what is missing or neither is named with its line."""
    if name in LEVELS and text in LEVELS[name]: return text
    if text.strip().lower() in MISSING: sys.exit(f"line {line}: {name} is missing ('{text}'): fill it in, leave the row out, or ask scmc, which completes units")
    try: number = float(text)
    except ValueError: sys.exit(f"line {line}: {name} is {text!r}; it takes {LEVELS.get(name, 'a number')}")
    try: return named(name, number)
    except ValueError as problem: sys.exit(f"line {line}: {problem}")


def run(name, units=None, do=None, rows=None, seed=1, random=None, opened=None):
    """units: {variable: [rows, size]}, classes as texts or codes; do: {variable: value or [rows]}; random: draws in place of the runner's own."""
    program, session = opened or open_program(name)
    units, do = ({k: coded(k, v) for k, v in (given or {}).items()} for given in (units, do))
    settable = {i["variable"] for i in program["inputs"] if i["role"] == "set"}
    if unknown := set(do) - settable:
        raise ValueError(f"{name} takes no intervention on {sorted(unknown)}; it takes {sorted(settable)}")
    if lacking := {i["variable"] for i in program["inputs"] if i["role"] == "value"} - set(units):
        raise ValueError(f"{name} needs values of {sorted(lacking)}")
    rows = rows or len(next(iter(units.values())))
    batch, generator, blocks = program["batch"], np.random.default_rng(seed), []
    for start in range(0, rows, batch):
        at = np.minimum(np.arange(start, start + batch), rows - 1)  # the last block is padded
        feeds = {}
        for i in program["inputs"]:
            shape, role, variable = i["shape"], i["role"], i.get("variable")
            if role == "value": data = units[variable][at]
            elif role == "set": data = np.full(shape, variable in do)
            elif role == "do": data = np.broadcast_to(do.get(variable, 0), rows)[at]
            elif random and i["name"] in random: data = random[i["name"]][start * shape[0] // batch :][: shape[0]]
            else: data = DRAWS[i["distribution"]](generator, shape, *i["parameters"])
            if "origin" in i and role != "random": data = np.asarray(data, dtype=float) - i["origin"]  # in double precision
            feeds[i["name"]] = np.asarray(data, dtype=i["dtype"]).reshape(shape)
        outputs = session.run(None, feeds)
        blocks.append([o[: (min(batch, rows - start)) * len(o) // batch] for o in outputs])
    origins = {o["name"]: o["origin"] for o in program["outputs"] if "origin" in o}
    named = {o.name: np.concatenate(parts) for o, parts in zip(session.get_outputs(), zip(*blocks))}
    return {n: v.astype(float) + origins[n] if n in origins else v for n, v in named.items()}


if __name__ == "__main__":
    with open(sys.argv[2], newline="") as file:
        reader = csv.DictReader(file)
        lines, table = zip(*[(reader.line_num, row) for row in reader])
    variables = [v["name"] for v in DESCRIPTION["variables"]]
    units = {n: [cell(n, row[n] or "", line) for line, row in zip(lines, table)] for n in variables if n in table[0]}
    answer = run(sys.argv[1], units, {n: named(n, value) for n, value in json.loads((sys.argv[3:] or ["{}"])[0]).items()})
    columns = {n: [row[n] for row in table] for n in reader.fieldnames if n not in variables}  # ids and the like
    columns |= {name.removeprefix("out."): values[:, 0] if values.ndim == 2 else values for name, values in answer.items() if values.size == len(table)}
    columns |= {n: [LEVELS[n][int(code)] for code in columns[n]] for n in LEVELS if n in columns}
    csv.writer(sys.stdout).writerows([list(columns), *zip(*columns.values())])
