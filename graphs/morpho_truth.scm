# The true process of the synthetic Morpho-MNIST data (paper, Eq. 7).
model morpho_truth

t : positive          "stroke thickness, px" := 0.5 + e                                 where e ~ gamma(10, 5)
i : interval(64, 255) "intensity"            := 191 * sigmoid(0.5 * e + 2 * t - 5) + 64 where e ~ normal(0, 1)
x : image(28, 28)     "digit"                := set_intensity(set_thickness(e, t), i)   where e ~ mnist()
