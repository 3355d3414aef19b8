/**
 * Hints lead out: a text that the hint of an error gives is put where it belongs, again and again, until the program
 * compiles. A hint that leads to an error which was there before leads in a circle.
 */
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";

/** Programs as people first write a probability that depends on a parent, beside the bad examples of the catalogue. */
const firstTries = [
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := e where e ~ bernoulli(if(z == 1, 0.1, 0.5))",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := e where e ~ bernoulli(0.2 + 0.3 * z)",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := e where e ~ normal(0, 1)",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := e + f where e ~ bernoulli(0.5), f ~ bernoulli(0.1)",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := e * f where e ~ bernoulli(0.5), f ~ bernoulli(0.1)",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := if(e == z, 1, 0) where e ~ uniform(0, 1)",
  "z : binary := e where e ~ bernoulli(0.5)\ns : binary := if(u < 0.5, z, 1) where u ~ gamma(2, 1)",
  "z : real := e where e ~ normal(0, 1)\ns : real := e where e ~ normal(z, 1)",
  "z : positive := e where e ~ gamma(2, 1)\ns : real := e where e ~ normal(0, z)",
  "z : binary := bernoulli(table = [0.5])\ns : binary := bernoulli(z, table = [[0.5, 0.5], [0.9, 0.1]])",
  "z : binary := bernoulli(table = [0.5, 0.5])",
];

const mostSteps = 6;

function errorsOf(text: string): readonly Diagnostic[] {
  return compile({ text, file: "hint.scm" }).diagnostics.filter(({ severity }) => severity === "error");
}

/** The texts between backticks that leave nothing open. */
function offered({ hint }: Diagnostic): string[] {
  return [...(hint ?? "").matchAll(/`([^`]+)`/g)].map(([, text]) => text!).filter((text) => !text.includes("…"));
}

/**
 * True if the hint gives the whole text to write: not a signature with names for values, such as `normal(mean, sd)`.
 */
function isProgramText(text: string): boolean {
  return /[:=(~]/.test(text) && !/^\w+\([a-z]+(, [a-z]+)*\)$/.test(text);
}

/** The program with an offered text in each place that it may be meant for. */
function* placed(text: string, { span }: Diagnostic, by: string): Generator<string> {
  const { start, end } = span!;
  const option = /^\w+ = /.exec(by)?.[0] ?? "";
  yield text.slice(0, start.offset) +
    (text.slice(0, start.offset).endsWith(option) ? by.slice(option.length) : by) +
    text.slice(end.offset);
  const lines = text.split("\n");
  const change = (index: number, line: string) => lines.with(index, line).join("\n");
  const own = start.line - 1;
  const named = /^(\w+) *:/.exec(by)?.[1];
  if (named !== undefined) {
    const index = lines.findIndex((line) => new RegExp(`^${named}\\b`).test(line));
    if (index >= 0) {
      yield change(index, by.includes(":=") ? by : lines[index]!.replace(/^[^:]*(: *[^:=]*)?:=/, `${by} :=`));
      // The part of an existing right-hand side that the new one leaves out is added again.
      yield change(index, `${by}${/ where .*/.exec(lines[index]!)?.[0] ?? ""}`);
    }
  }
  const [, left, right] = /^(.*?:=)(.*)$/.exec(lines[own]!) ?? [];
  if (left === undefined || right === undefined) return;
  const where = / where .*/.exec(right)?.[0] ?? "";
  yield change(own, `${left} ${by}`);
  yield change(own, `${left} ${by}${where}`);
  // The noise whose parameters were at fault is standard where the expression scales it.
  yield change(own, `${left} ${by} where e ~ normal(0, 1)`);
}

/** The errors met on the way, and whether they end in a program that compiles. */
function follow(start: string): { readonly path: readonly string[]; readonly ends: boolean } {
  const path: string[] = [];
  let text = start;
  for (let step = 0; step < mostSteps; step++) {
    const [error] = errorsOf(text);
    if (error === undefined) return { path, ends: true };
    path.push(`${error.code}: ${error.hint}`);
    const candidates = offered(error).flatMap((by) => [...placed(text, error, by)]);
    const ranked = candidates.map((candidate) => ({ candidate, errors: errorsOf(candidate) }));
    const better =
      ranked.find(({ errors }) => errors.length === 0) ?? ranked.find(({ errors }) => errors[0]!.code !== error.code);
    if (better === undefined) return { path, ends: false };
    text = better.candidate;
  }
  return { path, ends: false };
}

describe("hints", () => {
  // Hints of these codes are examples for another variable or type, or depend on what is meant, so they cannot be
  // inserted.
  const general = new Set(["3013", "5015", "5025"]);
  const bad = catalogue.flatMap(({ code, examples, severity }) =>
    examples && severity === undefined && !general.has(code) ? [examples.bad] : [],
  );
  for (const text of [...new Set([...firstTries, ...bad])]) {
    const [error] = errorsOf(text);
    if (error?.span === undefined || !offered(error).some(isProgramText)) continue;
    it(`${error.code} of ${JSON.stringify(text.slice(0, 80))}`, () => {
      const { path, ends } = follow(text);
      expect(ends, path.join("\n")).to.equal(true);
    });
  }
});
