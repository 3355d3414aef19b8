"""Runs an exported program over Parquet with Ray Data:

python job.py EXPORT counterfactual units.parquet answers --do '{"t": 3}' [--rows 100000] [--workers 2]

EXPORT is the folder that `scmc export` wrote. Columns are named as the variables (vectors and images as lists of numbers); the
answer keeps every column and adds or replaces those of the program's outputs. --rows is the size of a batch of Ray, a multiple of
the program's own batch: a worker holds one batch in and one out, so memory is about 2 * rows * bytes a row * workers.
"""

import argparse
import importlib.util
import json
import os

import numpy as np
import ray


def load_runner(folder):
    spec = importlib.util.spec_from_file_location("runner", os.path.join(folder, "runner.py"))
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    return runner


class Program:
    """One worker: the session is opened once and asked for every batch that it is given."""

    def __init__(self, folder, name, actions, seed):
        # Every worker and batch draws its own; which worker gets which batch is Ray's affair, so draws differ between runs.
        self.seed, self.batches = [seed, int(ray.get_runtime_context().get_actor_id(), 16) % 2**64], 0
        self.runner, self.actions = load_runner(folder), actions
        self.name, self.opened = name, self.runner.open_program(name, threads=1)
        self.variables = [v["name"] for v in self.runner.DESCRIPTION["variables"]]

    def __call__(self, columns):
        whole = lambda column: np.stack(column) if column.dtype == object else column
        units = {name: whole(columns[name]) for name in self.variables if name in columns}
        self.batches += 1
        rows, seed = len(next(iter(columns.values()))), [*self.seed, self.batches]
        answer = self.runner.run(self.name, units, self.actions, rows, seed=seed, opened=self.opened)
        outputs = {name.removeprefix("out."): values for name, values in answer.items()}
        return {**columns, **{name: v[:, 0] if v.ndim == 2 and v.shape[1] == 1 else v for name, v in outputs.items()}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=os.path.abspath)
    parser.add_argument("program")
    parser.add_argument("units", type=os.path.abspath)
    parser.add_argument("answers", type=os.path.abspath)
    parser.add_argument("--do", type=json.loads, default={})
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_args()
    (
        ray.data.read_parquet(given.units)
        .map_batches(
            Program,
            fn_constructor_args=(given.export, given.program, given.do, given.seed),
            batch_size=given.rows,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=given.workers),
            num_cpus=0.5,  # workers hold their share while they wait: the rest is for reading and writing
        )
        .write_parquet(given.answers)
    )
