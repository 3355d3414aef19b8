/**
 * Programs of any size for measurements: three parents for each variable, mixed mechanisms, one third of the variables
 * on one long chain, and a fixed number of queries and assertions.
 */
import { type Random, randomFrom } from "./random.js";

/** Parents, apart from those of the chain, are found among this many variables before a variable. */
const reach = 200;

export function parentsOfLargeGraph(size: number, seed = 1): readonly (readonly number[])[] {
  const random = randomFrom(seed);
  const chained = Math.floor(size / 3);
  return Array.from({ length: size }, (_, index) => {
    const parents = new Set<number>();
    if (index > 0 && index <= chained) parents.add(index - 1);
    const nearest = Math.max(0, index - reach);
    while (parents.size < Math.min(3, index)) parents.add(nearest + random.below(index - nearest));
    return [...parents];
  });
}

export function largeProgram(size: number, seed = 1): string {
  const random = randomFrom(seed + 1);
  const fits: string[] = [];
  const lines = ["# A generated program", "model large", "", "let k = 2 * 3", ""];
  parentsOfLargeGraph(size, seed).forEach((parents, index) => {
    const names = parents.map((parent) => `v${parent}`);
    const right = rightSide(names, random);
    lines.push(`v${index} : real "variable ${index}" := ${right}`);
    if (index % 10 === 0 && /^(linear|anm|flow)/.test(right)) fits.push(`fit v${index}(epochs = 30)`);
  });
  lines.push("", ...fits);
  const last = size - 1;
  for (let index = 1; index <= 10; index++) {
    const name = `v${Math.floor((index * size) / 11)}`;
    lines.push(`query q${index} = counterfactual(v${last} | do(${name} := ${name} + 2))`);
    lines.push(`query r${index} = expectation(v${last} | do(${name} := 1))`);
    lines.push(`assert v0 -> ${name}`, `assert v${last} -/> ${name}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Expressions are most frequent, since they cost most. */
function rightSide(parents: readonly string[], random: Random): string {
  const [a, b = a, c = b] = parents;
  if (a === undefined) return "e where e ~ normal(0, 1)";
  const list = parents.join(", ");
  return random.pick([
    `0.5 * ${a} + ${b} / 3 - sigmoid(${c}) + e where e ~ normal(0, 1)`,
    `exp(0.1 * ${a}) * (k + tanh(${b}) ^ 2) * e + ${c} where e ~ gamma(2, 1)`,
    `softplus(${a} + ${b} - e) + if(${c} > 0, 1, 2) where e ~ logistic(0, 1)`,
    `linear(${list})`,
    `anm(${list}, hidden = [8])`,
    `flow(${list})`,
    `flow(${list}, transform = [affine, spline(bins = 4)])`,
  ]);
}
