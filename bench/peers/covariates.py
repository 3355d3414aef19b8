"""The peer of bench/programs/covariates.ts in plain PyTorch: a linear rational spline flow of thickness, an affine flow of intensity.

Written as one would for speed in eager PyTorch: the spline's knots once, since they are the same for all rows, and bins by search.
NAME is train-t-ROWS, train-i-ROWS (each also with -fused behind it), sample, abduction, log-probability or counterfactual.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from protocol import repeated, serve, set_threads

BINS, BOUND, MINIMUM, MINIMUM_LAMBDA = 8, 3.0, 1e-3, 0.025
T_MEAN, T_SD, LOW, HIGH, I_MEAN, I_SD, I_LOW, I_RANGE = 0.85, 0.27, 64.0, 255.0, 0.3, 1.4, 66.0, 189.0
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
EDGE = 2.0**-23


def edges(raw):
    shares = functional.softmax(raw, 0) * (1 - BINS * MINIMUM) + MINIMUM
    inner = torch.cumsum(shares, 0)[:-1] * (2 * BOUND) - BOUND
    return functional.pad(functional.pad(inner, (1, 0), value=-BOUND), (0, 1), value=BOUND)


class Spline(nn.Module):
    """Two linear rational pieces a bin, the identity outside the box."""

    def __init__(self):
        super().__init__()
        identity = math.log(math.expm1(1 - MINIMUM))
        theta = torch.cat([torch.zeros(2 * BINS), torch.full((BINS - 1,), identity), torch.zeros(BINS)])
        self.theta = nn.Parameter(theta + 0.1 * torch.randn(4 * BINS - 1))

    def pieces(self):
        """The constants of every bin, `[BINS]` each."""
        x, y = edges(self.theta[:BINS]), edges(self.theta[BINS : 2 * BINS])
        inner = functional.softplus(self.theta[2 * BINS : 3 * BINS - 1]) + MINIMUM
        derivative = functional.pad(inner, (1, 1), value=1.0)
        lam = torch.sigmoid(self.theta[3 * BINS - 1 :]) * (1 - 2 * MINIMUM_LAMBDA) + MINIMUM_LAMBDA
        width, ya, yb = x[1:] - x[:-1], y[:-1], y[1:]
        da, db = derivative[:-1], derivative[1:]
        wb = torch.sqrt(da / db)
        wc = (lam * da + (1 - lam) * wb * db) * width / (yb - ya)
        yc = ((1 - lam) * ya + lam * wb * yb) / ((1 - lam) + lam * wb)
        return x, y, torch.stack([x[:-1], width, ya, yb, yc, wb, wc, lam])

    @staticmethod
    def value_at(chosen, position):
        _, width, ya, yb, yc, wb, wc, lam = chosen
        is_left = position <= lam
        to_lambda, to_right = lam - position, 1 - position
        numerator = torch.where(
            is_left, ya * to_lambda + wc * yc * position, wc * yc * to_right - wb * yb * to_lambda
        )
        denominator = torch.where(is_left, to_lambda + wc * position, wc * to_right - wb * to_lambda)
        slope = torch.where(is_left, wc * lam * (yc - ya), wb * wc * (1 - lam) * (yb - yc))
        return numerator / denominator, torch.log(slope) - 2 * torch.log(denominator.abs()) - torch.log(width)

    def forward(self, noise):
        x, _, table = self.pieces()
        clamped = noise.clamp(-BOUND, BOUND)
        chosen = table[:, torch.searchsorted(x[1:-1], clamped, right=True)]
        value, _ = self.value_at(chosen, (clamped - chosen[0]) / chosen[1])
        return torch.where(noise.abs() <= BOUND, value, noise)

    def inverse(self, value):
        _, y, table = self.pieces()
        clamped = value.clamp(-BOUND, BOUND)
        chosen = table[:, torch.searchsorted(y[1:-1], clamped, right=True)]
        left, width, ya, yb, yc, wb, wc, lam = chosen
        rise, fall = clamped - ya, wb * (yb - clamped)
        first = lam * rise / (rise + wc * (yc - clamped))
        second = 1 - (1 - lam) * fall / (wc * (clamped - yc) + fall)
        position = torch.where(clamped <= yc, first, second)
        _, log_derivative = self.value_at(chosen, position)
        inside = value.abs() <= BOUND
        zero = torch.zeros_like(log_derivative)
        return (
            torch.where(inside, left + position * width, value),
            torch.where(inside, -log_derivative, zero),
        )


class Thickness(nn.Module):
    def __init__(self):
        super().__init__()
        self.spline = Spline()

    def forward(self, noise):
        return torch.exp(self.spline(noise) * T_SD + T_MEAN)

    def abduct(self, t):
        return self.spline.inverse((torch.log(t) - T_MEAN) / T_SD)[0]

    def log_prob(self, t):
        real = torch.log(t)
        noise, log_derivative = self.spline.inverse((real - T_MEAN) / T_SD)
        return -0.5 * noise**2 - (HALF_LOG_TWO_PI + math.log(T_SD)) + log_derivative - real


class Intensity(nn.Module):
    def __init__(self):
        super().__init__()
        self.curved = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))
        self.skip = nn.Linear(1, 2, bias=False)

    def theta(self, t):
        context = (torch.log(t) - T_MEAN) / T_SD
        theta = self.curved(context) + self.skip(context)
        return theta[:, :1], theta[:, 1:].clamp(-10, 10)

    def forward(self, noise, t):
        location, log_scale = self.theta(t)
        real = (location + torch.exp(log_scale) * noise) * I_SD + I_MEAN
        return torch.sigmoid(real) * (HIGH - LOW) + LOW

    @staticmethod
    def unconstrained(i):
        position = ((i - LOW) / (HIGH - LOW)).clamp(EDGE, 1 - EDGE)
        return torch.log(position) - torch.log(1 - position)

    def abduct(self, i, t):
        location, log_scale = self.theta(t)
        return ((self.unconstrained(i) - I_MEAN) / I_SD - location) * torch.exp(-log_scale)

    def log_prob(self, i, t):
        real = self.unconstrained(i)
        location, log_scale = self.theta(t)
        noise = ((real - I_MEAN) / I_SD - location) * torch.exp(-log_scale)
        jacobian = functional.softplus(real) + functional.softplus(-real) - math.log(HIGH - LOW)
        return -0.5 * noise**2 - (HALF_LOG_TWO_PI + math.log(I_SD)) - log_scale + jacobian


def covariates(rows):
    t = 0.5 + torch.distributions.Gamma(10.0, 5.0).sample((rows, 1))
    return t, 191 * torch.sigmoid(0.5 * torch.randn(rows, 1) + 2 * t - 5) + 64


def training(variable, rows, fused, count):
    mechanism = Thickness() if variable == "t" else Intensity()
    optimiser = torch.optim.Adam(mechanism.parameters(), lr=5e-3, **({"fused": True} if fused else {}))
    batches = [covariates(rows) for _ in range(count)]
    number = 0

    def step():
        nonlocal number
        t, i = batches[number % count]
        number += 1
        loss = -(mechanism.log_prob(t) if variable == "t" else mechanism.log_prob(i, t)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return repeated(step, count)


def answering(rows):
    thickness, intensity = Thickness(), Intensity()
    t, i = covariates(rows)
    noise_t, noise_i = torch.randn(rows, 1), torch.randn(rows, 1)

    def sample():
        value = thickness(noise_t)
        return value, intensity(noise_i, value)

    runs = {
        "sample": sample,
        "abduction": lambda: (thickness.abduct(t), intensity.abduct(i, t)),
        "log-probability": lambda: (thickness.log_prob(t), intensity.log_prob(i, t)),
        "counterfactual": lambda: intensity(intensity.abduct(i, t), t + 1),
    }
    return {name: (torch.no_grad()(run), 1) for name, run in runs.items()}


def main():
    set_threads()
    torch.manual_seed(0)
    runs = answering(100_000)
    for variable in "t", "i":
        for rows, count in (256, 300), (100_000, 3):
            for fused in False, True:
                name = f"train-{variable}-{rows}" + ("-fused" if fused else "")
                runs[name] = training(variable, rows, fused, count)
    serve(runs)


if __name__ == "__main__":
    main()
