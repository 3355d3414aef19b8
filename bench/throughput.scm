# Five scalars for bench/throughput.ts: expressions and flows, roots and children.
model throughput

age    : positive := exp(3.8 + 0.35 * e)                        where e ~ normal(0, 1)
dose   : real     := flow(transform = spline(bins = 8))
marker : positive := flow(age, dose, transform = affine)
scan   : real     := flow(marker, transform = spline(bins = 8))
score  : real     := 0.4 * scan + 0.02 * age - 0.3 * dose + e   where e ~ logistic(0, 0.5)
