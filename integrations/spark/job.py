"""Runs an exported program over Parquet with Spark:

spark-submit job.py EXPORT counterfactual units.parquet answers --do '{"t": 3}'

EXPORT is the folder that `scmc export` wrote, at the same path on every worker (or sent with --archives). Each partition is mapped
by one session, a batch of Arrow records at a time (spark.sql.execution.arrow.maxRecordsPerBatch, 10,000 rows by default; a multiple
of the program's own batch wastes no padding). Partitions of 64 to 256 MB of input are a good size: a partition opens its session
once, which costs some ten milliseconds, and is held one batch at a time, so its size does not bound memory.
"""

import argparse
import importlib.util
import json
import os

import numpy as np
from pyspark import TaskContext
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, FloatType, StructField, StructType


def load_runner(folder):
    spec = importlib.util.spec_from_file_location("runner", os.path.join(folder, "runner.py"))
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    return runner


def answers_of(folder, name, actions, seed, batches):
    """Draws are a function of the seed, the partition and the batch: the same for the same partitioning."""
    runner = load_runner(folder)
    opened = runner.open_program(name, threads=1)
    variables = [v["name"] for v in runner.DESCRIPTION["variables"]]
    lists = lists_of(runner.DESCRIPTION, name)
    for number, frame in enumerate(batches):
        whole = lambda column: np.stack(column) if column.dtype == object else column
        units = {v: whole(frame[v].to_numpy()) for v in variables if v in frame}
        for output, values in runner.run(name, units, actions, len(frame), [seed, TaskContext.get().partitionId(), number], opened=opened).items():
            column = output.removeprefix("out.")
            frame[column] = list(values.reshape(len(frame), -1)) if output in lists else values.ravel()
        yield frame


def lists_of(description, program):
    """The outputs that are lists of numbers, whatever their length: shares of classes, noises, images and vectors."""
    kinds = {v["name"]: v["domain"]["kind"] for v in description["variables"]}
    outputs = next(p for p in description["programs"] if p["name"] == program)["outputs"]
    many = lambda o: o["role"] in ("probabilities", "noise") or (o["role"] == "value" and kinds[o["variable"]] in ("image", "vector"))
    return {o["name"] for o in outputs if many(o)}


def schema_of(description, program, given):
    """The given columns, with those of the program's outputs added or replaced: one number, or a list of them."""
    lists = lists_of(description, program)
    fields = {field.name: field for field in given.fields}
    for output in next(p for p in description["programs"] if p["name"] == program)["outputs"]:
        name = output["name"].removeprefix("out.")
        fields[name] = StructField(name, ArrayType(FloatType()) if output["name"] in lists else FloatType())
    return StructType(list(fields.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=os.path.abspath)
    parser.add_argument("program")
    parser.add_argument("units")
    parser.add_argument("answers")
    parser.add_argument("--do", type=json.loads, default={})
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    units = SparkSession.builder.getOrCreate().read.parquet(given.units)
    with open(os.path.join(given.export, "export.json")) as file:
        schema = schema_of(json.load(file), given.program, units.schema)
    folder, program, actions, seed = given.export, given.program, given.do, given.seed
    answers = units.mapInPandas(lambda batches: answers_of(folder, program, actions, seed, batches), schema)
    answers.write.mode("errorifexists").parquet(given.answers)
