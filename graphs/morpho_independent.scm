# The independent model (paper, Fig. 2a): no variable causes another.
model morpho_independent

t : positive          "stroke thickness, px" := flow(transform = spline(bins = 8))
i : interval(64, 255) "intensity"            := flow(transform = spline(bins = 8))
x : image(28, 28)     "digit"                := cvae(latent = 16)

fit x(epochs = 30, batch = 256)

query thicker = counterfactual(t, i, x | do(t := t + 2))

assert t independent i
assert t -/> x
