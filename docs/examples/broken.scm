model broken
t : positive := flow(i)
i : interval(255, 64) := flow(t)
x : image(28, 28) := cvae(t, j, latnt = 16)
query q = counterfactual(x | do(y := 1))
