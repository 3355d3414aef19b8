"""The structural causal model of bench/throughput.scm in PyTorch and pyarrow, as one would write it by hand: vectorised, float32, in
blocks of rows, Parquet in and out. Usage: throughput.py (do | counterfactual) PARAMETERS.json UNITS OUT.parquet [IN.parquet]
Prints one line of JSON: seconds without imports, peak resident memory in MB, versions."""
import json
import resource
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import torch

BLOCK = 1 << 16
BOUND = 3.0
NAMES = ("age", "dose", "marker", "scan", "score")


def knots(raw):
    bins = raw.shape[1]
    shares = torch.softmax(raw, 1) * (1 - bins * 1e-3) + 1e-3
    inner = torch.cumsum(shares, 1)[:, :-1] * (2 * BOUND) - BOUND
    edge = torch.full_like(inner[:, :1], BOUND)
    return torch.cat([-edge, inner, edge], 1)


class Spline:
    """Linear-rational spline (Dolatabadi et al. 2020), with the parameters of a row or of all rows."""

    def __init__(self, theta, bins):
        self.x = knots(theta[:, :bins])
        self.y = knots(theta[:, bins : 2 * bins])
        inner = torch.nn.functional.softplus(theta[:, 2 * bins : 3 * bins - 1]) + 1e-3
        one = torch.ones_like(inner[:, :1])
        self.slopes = torch.cat([one, inner, one], 1)
        self.middle = torch.sigmoid(theta[:, 3 * bins - 1 :]) * 0.95 + 0.025

    def pieces(self, value, edges):
        if edges.shape[0] == 1:
            at = torch.searchsorted(edges[0, 1:-1].contiguous(), value, right=True)
            pick = lambda table, k: table[0][k]
        else:
            at = (value[:, None] >= edges[:, 1:-1]).sum(1)
            pick = lambda table, k: table.gather(1, k[:, None])[:, 0]
        left, right = pick(self.x, at), pick(self.x, at + 1)
        ya, yb = pick(self.y, at), pick(self.y, at + 1)
        da, db = pick(self.slopes, at), pick(self.slopes, at + 1)
        middle = pick(self.middle, at)
        wb = torch.sqrt(da / db)
        wc = (middle * da + (1 - middle) * wb * db) * (right - left) / (yb - ya)
        yc = ((1 - middle) * ya + middle * wb * yb) / ((1 - middle) + middle * wb)
        return left, right - left, ya, yb, yc, wb, wc, middle

    def forward(self, noise):
        inside = noise.clamp(-BOUND, BOUND)
        left, width, ya, yb, yc, wb, wc, middle = self.pieces(inside, self.x)
        t = (inside - left) / width
        lower = t <= middle
        above = torch.where(lower, ya * (middle - t) + wc * yc * t, wc * yc * (1 - t) - wb * yb * (middle - t))
        below = torch.where(lower, (middle - t) + wc * t, wc * (1 - t) - wb * (middle - t))
        return torch.where(noise.abs() <= BOUND, above / below, noise)

    def inverse(self, value):
        y = value.clamp(-BOUND, BOUND)
        left, width, ya, yb, yc, wb, wc, middle = self.pieces(y, self.y)
        lower = middle * (y - ya) / ((y - ya) + wc * (yc - y))
        upper = 1 - (1 - middle) * wb * (yb - y) / (wc * (y - yc) + wb * (yb - y))
        return torch.where(value.abs() <= BOUND, left + torch.where(y <= yc, lower, upper) * width, value)


class Model:
    def __init__(self, file):
        with open(file) as handle:
            content = json.load(handle)
        self.weights = {name: torch.tensor(each["data"]).reshape(each["shape"]) for name, each in content["parameters"].items()}
        self.constants = content["normalisation"]
        self.bins = content["bins"]
        self.root = Spline(self.weights["dose/theta"][None, :], self.bins)

    def conditioner(self, name, context):
        hidden = context
        for layer in range(2):
            weight, bias = (self.weights[f"{name}/conditioner.{layer}.{part}"] for part in ("weight", "bias"))
            hidden = torch.tanh(torch.addmm(bias, hidden, weight))
        out = torch.addmm(self.weights[f"{name}/output.bias"], hidden, self.weights[f"{name}/output.weight"])
        return torch.addmm(out, context, self.weights[f"{name}/skip.weight"])

    def standard(self, name, value):
        mean, sd = self.constants[name]
        return (value - mean) / sd

    def original(self, name, value):
        mean, sd = self.constants[name]
        return value * sd + mean

    def marker_parameters(self, age, dose):
        context = torch.stack([self.standard("age", age.log()), self.standard("dose", dose)], 1)
        theta = self.conditioner("marker", context)
        return theta[:, 0], theta[:, 1].clamp(-10, 10)

    def scan_spline(self, marker):
        return Spline(self.conditioner("scan", self.standard("marker", marker.log())[:, None]), self.bins)

    def children(self, age, dose, marker_noise, scan_noise, score_noise):
        loc, log_scale = self.marker_parameters(age, dose)
        marker = torch.exp(self.original("marker", loc + log_scale.exp() * marker_noise))
        scan = self.original("scan", self.scan_spline(marker).forward(scan_noise))
        return marker, scan, 0.4 * scan + 0.02 * age - 0.3 * dose + score_noise

    def draw(self, rows):
        age = torch.exp(3.8 + 0.35 * torch.randn(rows))
        dose = self.original("dose", self.root.forward(torch.randn(rows))) + 1
        uniform = torch.rand(rows).clamp(1e-7, 1 - 1e-7)
        marker, scan, score = self.children(
            age, dose, torch.randn(rows), torch.randn(rows), 0.5 * (uniform.log() - torch.log1p(-uniform))
        )
        return age, dose, marker, scan, score

    def counterfactual(self, age, dose, marker, scan, score):
        loc, log_scale = self.marker_parameters(age, dose)
        marker_noise = (self.standard("marker", marker.log()) - loc) * torch.exp(-log_scale)
        scan_noise = self.scan_spline(marker).inverse(self.standard("scan", scan))
        score_noise = score - (0.4 * scan + 0.02 * age - 0.3 * dose)
        dose = dose + 1
        marker, scan, score = self.children(age, dose, marker_noise, scan_noise, score_noise)
        return age, dose, marker, scan, score


def blocks(model, kind, units, source):
    if kind == "do":
        for start in range(0, units, BLOCK):
            yield model.draw(min(BLOCK, units - start))
    else:
        for batch in pq.ParquetFile(source).iter_batches(BLOCK, columns=list(NAMES)):
            yield model.counterfactual(*(torch.from_numpy(batch[name].to_numpy()) for name in NAMES))


def main():
    kind, parameters, units, out = sys.argv[1:5]
    torch.set_num_threads(2)
    pa.set_cpu_count(2)
    start = time.perf_counter()
    model = Model(parameters)
    schema = pa.schema([(name, pa.float32()) for name in NAMES])
    rows = 0
    with torch.inference_mode(), pq.ParquetWriter(out, schema, compression="snappy", use_dictionary=False) as writer:
        for block in blocks(model, kind, int(units), sys.argv[5] if kind == "counterfactual" else None):
            arrays = [pa.array(column.numpy()) for column in block]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(arrays[0])
    print(
        json.dumps(
            {
                "rows": rows,
                "secondsWithoutImports": time.perf_counter() - start,
                "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "versions": f"torch {torch.__version__}, pyarrow {pa.__version__}",
            }
        )
    )


main()
