/** The registry of noise distributions: a name of the model's schema without an entry here does not compile. */
import { bernoulli } from "./bernoulli.js";
import { beta } from "./beta.js";
import { categorical } from "./categorical.js";
import type { Distribution, DistributionName } from "./distribution.js";
import { exponential } from "./exponential.js";
import { gamma } from "./gamma.js";
import { gumbel } from "./gumbel.js";
import { laplace } from "./laplace.js";
import { logistic } from "./logistic.js";
import { lognormal } from "./lognormal.js";
import { normal } from "./normal.js";
import { studentT } from "./student-t.js";
import { uniform } from "./uniform.js";

export type { Distribution, DistributionName, Support } from "./distribution.js";

export const distributions: Readonly<Record<DistributionName, Distribution>> = {
  normal,
  uniform,
  gamma,
  exponential,
  beta,
  laplace,
  logistic,
  gumbel,
  student_t: studentT,
  lognormal,
  bernoulli,
  categorical,
};
