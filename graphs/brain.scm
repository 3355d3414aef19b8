# Brain imaging (paper, Fig. 5a): age a, sex s, brain volume b, ventricle volume v, image x.
model brain

a : positive      "age, years"           := flow(transform = spline(bins = 8))
s : binary        "sex"                  := bernoulli()
b : positive      "brain volume, ml"     := flow(s, a)
v : positive      "ventricle volume, ml" := flow(a, b)
x : image(64, 64) "T1 slice"             := cvae(b, v, latent = 100)

query older = counterfactual(b, v, x | do(a := a + 10))
