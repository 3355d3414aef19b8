/**
 * Fuzzing in process: programs and JSON models are mutated and sent on their whole way. A fault is an exception, an
 * answer that takes longer than a second, a failure without a diagnostic, or a diagnostic whose place lies outside the
 * file.
 */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { compile } from "../../src/compiler/compile.js";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";
import { type Diagnostic, ScmcError, type Span } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";
import type { Model } from "../../src/schema/types.js";
import { programs } from "../programs/program-arbitrary.js";
import { randomFrom } from "../programs/random.js";
import { follow } from "../programs/whole-way.js";
import { mutateModel } from "./mutate-model.js";
import { mutateText } from "./mutate-text.js";

export interface Fault {
  readonly reason: string;
  readonly text: string;
}

export interface Tally {
  readonly faults: readonly Fault[];
  /** The number of programs accepted: if none were, only the first checks would be tried. */
  readonly accepted: number;
  readonly slowest: number;
}

const longest = 1000;
/** Enough to see what is wrong. */
const mostFaults = 20;

/** Every program of the repository that parses in little time, and generated ones. */
export function corpus(seed: number): readonly string[] {
  const root = new URL("../../../", import.meta.url);
  const files = ["graphs/", "test/fixtures/good/", "test/fixtures/bad/", "test/fixtures/warn/"].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith(".scm"))
      .map((name) => readFileSync(new URL(folder + name, root), "utf8")),
  );
  const examples = catalogue.flatMap(({ examples: pair }) => (pair === undefined ? [] : [pair.bad, pair.good]));
  const generated = fc.sample(programs, { seed, numRuns: 100 });
  return [...files, ...examples, ...generated].filter((text) => text.length < 5000);
}

export function fuzzPrograms(seed: number, count: number): Tally {
  const random = randomFrom(seed);
  const texts = corpus(seed);
  return tally(count, () => {
    const text = mutateText(random.pick(texts), texts, random);
    return { text, run: () => checkProgram(text, random.once(4)) };
  });
}

export function fuzzModels(seed: number, count: number): Tally {
  const random = randomFrom(seed);
  const models = corpus(seed).flatMap((text) => {
    const { model } = compile({ text, file: "fuzz.scm" });
    return model === undefined ? [] : [serialiseModel(model)];
  });
  return tally(count, () => {
    const base = random.pick(models);
    const text = random.once(8) ? mutateText(base, models, random) : mutateModel(base, random);
    return { text, run: () => checkModelText(text) };
  });
}

interface Trial {
  readonly text: string;
  /** Returns true if the text was accepted. */
  readonly run: () => boolean;
}

function tally(count: number, next: () => Trial): Tally {
  const faults: Fault[] = [];
  let accepted = 0;
  let slowest = 0;
  for (let round = 0; round < count && faults.length < mostFaults; round++) {
    const { text, run } = next();
    const start = process.cpuUsage();
    try {
      if (run()) accepted++;
    } catch (error) {
      faults.push({ reason: (error as Error).stack ?? String(error), text });
    }
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, (user + system) / 1000);
    if (user + system > longest * 1000) faults.push({ reason: `took ${(user + system) / 1000} ms`, text });
  }
  return { faults, accepted, slowest };
}

function checkProgram(text: string, pedantic: boolean): boolean {
  const { model, diagnostics } = compile({ text, file: "fuzz.scm" }, { pedantic });
  for (const diagnostic of diagnostics) checkPlaces(diagnostic, text);
  const hasErrors = diagnostics.some(({ severity }) => severity === "error");
  if (hasErrors === (model !== undefined)) throw new Error("either a model or an error, and not both");
  const formatted = format(text, "fuzz.scm");
  for (const diagnostic of formatted.diagnostics) checkPlaces(diagnostic, text);
  if (model !== undefined) {
    follow(model);
    checkFormatted(model, formatted.text);
  }
  return model !== undefined;
}

/** Formatting changes no meaning: all of the model but its places in the text. */
function checkFormatted(model: Model, formatted: string): void {
  const again = compile({ text: formatted, file: "fuzz.scm" }).model;
  const { source: _before, ...meaning } = model;
  const { source: _after, ...same } = again ?? model;
  if (again === undefined || serialiseModel(meaning) !== serialiseModel(same)) {
    throw new Error(`formatted, it is another model:\n${formatted}`);
  }
}

function checkModelText(text: string): boolean {
  let model: Model;
  try {
    model = parseModel(text, "fuzz.scm.json");
  } catch (error) {
    if (!(error instanceof ScmcError)) throw error;
    if (error.diagnostics.length === 0) throw new Error("refused without a diagnostic");
    for (const diagnostic of error.diagnostics) {
      // A text that is no JSON at all has no places.
      if (diagnostic.span === undefined && diagnostic.code !== "8001")
        throw new Error(`no place: ${diagnostic.message}`);
      checkPlaces(diagnostic, text);
    }
    return false;
  }
  follow(model);
  return true;
}

function checkPlaces({ span, related = [], message }: Diagnostic, text: string): void {
  for (const place of [span, ...related.map((other) => other.span)]) {
    if (place !== undefined && !isInside(place, text)) throw new Error(`a place outside the file: ${message}`);
  }
}

function isInside({ start, end }: Span, text: string): boolean {
  const isPlace = ({ offset, line, column }: Span["start"]) =>
    offset >= 0 && offset <= text.length && line > 0 && column > 0;
  return isPlace(start) && isPlace(end) && start.offset <= end.offset;
}
