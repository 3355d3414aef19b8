# Morpho-MNIST, full causal model (Pawlowski, Castro & Glocker 2020, Fig. 2c): t causes i; t and i cause x.
model morpho

t : positive          "stroke thickness, px" := flow(transform = spline(bins = 8))
i : interval(64, 255) "intensity"            := flow(t)
x : image(28, 28)     "digit"                := cvae(t, i, latent = 16)

fit x(epochs = 60, batch = 256, balance = parents)

query thicker = counterfactual(t, i, x | do(t := t + 2))
query effect  = expectation(i | do(t := t + 1)) - expectation(i)

assert t -> x
