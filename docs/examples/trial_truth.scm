# The true process of a study in which the older and the smokers are treated more often: the treatment lowers the
# pressure by 5 mmHg, and the treated have the higher pressure all the same.
model trial_truth

age      : real   "years" := 60 + e                                                where e ~ normal(0, 8)
smoker   : binary         := if(u < 0.3, 1, 0)                                     where u ~ uniform(0, 1)
treated  : binary         := if(u < sigmoid(0.15 * (age - 60) + smoker), 1, 0)     where u ~ uniform(0, 1)
pressure : real   "mmHg"  := 130 + 0.6 * (age - 60) + 6 * smoker - 5 * treated + e where e ~ normal(0, 6)
