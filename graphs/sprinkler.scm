# The sprinkler network (Murphy 1998; Russell & Norvig 2003, section 14.4) with its published tables. Nothing is fitted: ask at once,
# scmc query sprinkler.scm "probability(rain == 1 | wet = 1)"
model sprinkler
cloudy    : binary := bernoulli(table = [0.5])
sprinkler : binary := bernoulli(cloudy, table = [0.5, 0.1])
rain      : binary := bernoulli(cloudy, table = [0.2, 0.8])
wet       : binary := bernoulli(sprinkler, rain, table = [[0, 0.9], [0.9, 0.99]])
query sprinkler_given_wet = probability(sprinkler == 1 | wet = 1)
query rain_given_wet      = probability(rain == 1 | wet = 1)
