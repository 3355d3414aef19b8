# The same graph, its mechanisms learned.
model drug_learned

weight   : positive "kg"   := flow()
dose     : positive "mg"   := flow(weight)
response : real     "mmHg" := flow(dose)

query more = counterfactual(response | do(dose := dose + 1))
