# What is known of the study: its arrows. The mechanisms are fitted.
model trial

age      : real   "years" := linear()
smoker   : binary         := bernoulli()
treated  : binary         := glm(age, smoker)
pressure : real   "mmHg"  := linear(age, smoker, treated)

query effect    = expectation(pressure | do(treated := 1)) - expectation(pressure | do(treated := 0))
query crude     = expectation(pressure | treated = 1) - expectation(pressure | treated = 0)
query untreated = counterfactual(pressure | do(treated := 0))
