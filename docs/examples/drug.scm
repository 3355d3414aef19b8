# The true process: who weighs more gets more, and the response follows the dose.
model drug

weight   : positive "kg"   := 55 + 10 * e        where e ~ gamma(3, 2)
dose     : positive "mg"   := 0.2 * weight + e   where e ~ gamma(4, 2)
response : real     "mmHg" := 1.5 * dose - 2 + e where e ~ normal(0, 1)

query gain = expectation(response | do(dose := dose + 1)) - expectation(response)
