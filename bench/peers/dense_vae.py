"""The peer of bench/programs/dense-vae.ts in plain PyTorch: `train` with the default Adam, `train-fused` with the fused one."""

import math

import torch
from torch import nn

from protocol import repeated, serve, set_threads

BATCH, PIXELS, HIDDEN, LATENT, PARENTS, LOG_VARIANCE = 256, 784, 1024, 20, 2, -2.0


def network(inputs, outputs):
    return nn.Sequential(
        nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outputs)
    )


class Trainer:
    def __init__(self, fused):
        torch.manual_seed(0)
        self.encoder = network(PIXELS + PARENTS, 2 * LATENT)
        self.decoder = network(LATENT + PARENTS, PIXELS)
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimiser = torch.optim.Adam(parameters, lr=1e-3, **({"fused": True} if fused else {}))
        self.batches = torch.randint(0, 256, (20, BATCH, PIXELS), dtype=torch.uint8)
        self.context = torch.randn(20, BATCH, PARENTS)
        self.noise = torch.randn(20, BATCH, LATENT)
        self.number = 0

    def step(self):
        k = self.number % 20
        self.number += 1
        image, context = self.batches[k].float() / 255, self.context[k]
        mean, log_variance = self.encoder(torch.cat([image, context], 1)).chunk(2, 1)
        latent = mean + torch.exp(0.5 * log_variance) * self.noise[k]
        location = self.decoder(torch.cat([latent, context], 1))
        squares = (image - location) ** 2 * math.exp(-LOG_VARIANCE)
        reconstruction = 0.5 * (squares + (LOG_VARIANCE + math.log(2 * math.pi))).sum(1)
        divergence = 0.5 * (log_variance.exp() + mean**2 - log_variance - 1).sum(1)
        loss = (reconstruction + divergence).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()


if __name__ == "__main__":
    set_threads()
    serve({"train": repeated(Trainer(False).step, 20), "train-fused": repeated(Trainer(True).step, 20)})
