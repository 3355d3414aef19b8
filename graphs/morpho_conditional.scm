# The conditional model (paper, Fig. 2b): t and i cause x, but t does not cause i.
model morpho_conditional

t : positive          "stroke thickness, px" := flow(transform = spline(bins = 8))
i : interval(64, 255) "intensity"            := flow(transform = spline(bins = 8))
x : image(28, 28)     "digit"                := cvae(t, i, latent = 16)

fit x(epochs = 60, batch = 256, balance = parents)

query thicker = counterfactual(t, i, x | do(t := t + 2))

assert t -/> i
