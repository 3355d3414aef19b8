"""The peer of bench/programs/paper-vae.ts: the same image architecture in plain PyTorch, on two threads.

Answers requests on standard input, one a line: `NAME REPEATS`. For each it prints one line of JSON,
`{"name": …, "milliseconds": […]}`, one number a repeat (a step of training, or all counterfactuals of the batch).
NAME is one of:
  train-1              a step of training, one particle
  train-4              a step of training, four particles, the objective evaluated particle by particle
  train-4-batched      the same, encoder once, the decoder on all particles as one batch (the best a peer could do)
  counterfactual       32 particles: encoder once, two decoder passes a particle
  counterfactual-naive the same with abduction, encoder included, repeated for each particle
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional

BATCH, LATENT, CONTEXT, PARTICLES, LOG_VARIANCE = 256, 16, 2, 32, -2.0


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1),
            nn.LeakyReLU(0.1),
            nn.Conv2d(64, 128, 4, 2, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(0.1),
            nn.Flatten(),
            nn.Linear(6272, 100, bias=False),
            nn.BatchNorm1d(100),
            nn.LeakyReLU(0.1),
        )
        self.joint = nn.Linear(100 + CONTEXT, 100)
        self.mean = nn.Linear(100, LATENT)
        self.log_variance = nn.Linear(100, LATENT)

    def forward(self, image, context):
        hidden = functional.relu(self.joint(torch.cat([self.features(image), context], 1)))
        return self.mean(hidden), self.log_variance(hidden)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(LATENT + CONTEXT, 1024, bias=False),
            nn.BatchNorm1d(1024),
            nn.ReLU(),
            nn.Linear(1024, 6272, bias=False),
            nn.BatchNorm1d(6272),
            nn.ReLU(),
            nn.Unflatten(1, (128, 7, 7)),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 1, 4, 2, 1),
        )

    def forward(self, latent, context):
        return self.layers(torch.cat([latent, context], 1))


def log_likelihood(image, location):
    squares = (image - location) ** 2 * math.exp(-LOG_VARIANCE)
    return -0.5 * (squares + LOG_VARIANCE + math.log(2 * math.pi)).flatten(1).sum(1)


def divergence(mean, log_variance):
    return 0.5 * (log_variance.exp() + mean**2 - log_variance - 1).sum(1)


class Peer:
    def __init__(self):
        torch.manual_seed(0)
        self.encoder, self.decoder = Encoder(), Decoder()
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimiser = torch.optim.Adam(parameters, lr=1e-4)
        self.image = torch.randint(0, 256, (BATCH, 1, 28, 28), dtype=torch.uint8)
        self.context = torch.randn(BATCH, CONTEXT)

    def sample(self, mean, log_variance):
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)

    def objective(self, image):
        """The negative evidence lower bound with one particle."""
        mean, log_variance = self.encoder(image, self.context)
        location = self.decoder(self.sample(mean, log_variance), self.context)
        return (divergence(mean, log_variance) - log_likelihood(image, location)).mean()

    def train(self, particles):
        image = self.image.float() / 255
        self.optimiser.zero_grad()
        for _ in range(particles):
            (self.objective(image) / particles).backward()
        self.optimiser.step()

    def train_batched(self, particles):
        image = self.image.float() / 255
        self.optimiser.zero_grad()
        mean, log_variance = self.encoder(image, self.context)
        latent = self.sample(mean.repeat(particles, 1), log_variance.repeat(particles, 1))
        location = self.decoder(latent, self.context.repeat(particles, 1))
        likelihood = log_likelihood(image.repeat(particles, 1, 1, 1), location)
        (divergence(mean, log_variance).mean() - likelihood.mean()).backward()
        self.optimiser.step()

    @torch.no_grad()
    def counterfactual(self, naive):
        self.encoder.eval(), self.decoder.eval()
        scale = math.exp(0.5 * LOG_VARIANCE)
        image, context, other = self.image.float() / 255, self.context, self.context + 1
        total = torch.zeros_like(image)
        if not naive:
            mean, log_variance = self.encoder(image, context)
        for _ in range(PARTICLES):
            if naive:
                mean, log_variance = self.encoder(image, context)
            latent = self.sample(mean, log_variance)
            noise = (image - self.decoder(latent, context)) / scale
            total += self.decoder(latent, other) + scale * noise
        self.encoder.train(), self.decoder.train()
        return total / PARTICLES


def main():
    torch.set_num_threads(2)
    peer = Peer()
    runs = {
        "train-1": lambda: peer.train(1),
        "train-4": lambda: peer.train(4),
        "train-4-batched": lambda: peer.train_batched(4),
        "counterfactual": lambda: peer.counterfactual(False),
        "counterfactual-naive": lambda: peer.counterfactual(True),
    }
    for line in sys.stdin:
        name, repeats = line.split()
        times = []
        for _ in range(int(repeats)):
            start = time.perf_counter()
            runs[name]()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps({"name": name, "milliseconds": times}), flush=True)


if __name__ == "__main__":
    main()
