"""What the peers share: requests `NAME REPEATS` on standard input, one line of JSON with the milliseconds of each repeat as the answer."""

import json
import sys
import time

import torch


def serve(runs):
    """`runs` maps a name to a function and to how many units of work one call of it does."""
    for line in sys.stdin:
        name, repeats = line.split()
        run, units = runs[name]
        times = []
        for _ in range(int(repeats)):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000 / units)
        print(json.dumps({"name": name, "milliseconds": times}), flush=True)


def set_threads():
    torch.set_num_threads(int(sys.argv[1]))
    torch.set_flush_denormal(True)


def repeated(step, count):
    """`count` steps as one run."""

    def run():
        for _ in range(count):
            step()

    return run, count
