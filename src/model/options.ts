/**
 * Checks the options of a mechanism against the catalogue and completes them: defaults filled in, one transform made a
 * list of one, names sorted. Used for programs and for models that other tools wrote.
 */
import { type DomainKind, type OptionSpec, type OptionSpecs, pixelMap, transformDomains } from "./catalogue.js";
import type { Domain, OptionCall, Options, OptionValue } from "./schema-types.js";

export interface OptionProblem {
  readonly kind: "unknown option" | "unknown word" | "value" | "needs parents";
  readonly message: string;
  /** What was written and what could have been, for "did you mean". */
  readonly written?: string;
  readonly candidates?: readonly string[];
  /** Of a problem inside a call such as `spline(bins = 0)`: the call's place in the list, and the option in it. */
  readonly inside?: { readonly item: number; readonly option: string };
}

export interface CheckedOptions {
  readonly options: Options;
  /** By name of the (outermost) option. */
  readonly problems: ReadonlyMap<string, OptionProblem>;
}

export function completeOptions(
  specs: OptionSpecs,
  given: Iterable<readonly [name: string, value: OptionValue]>,
  hasParents: boolean,
  domain?: DomainKind,
): CheckedOptions {
  const options = new Map<string, OptionValue>();
  const problems = new Map<string, OptionProblem>();
  for (const [name, spec] of Object.entries(specs)) {
    const value = defaultOf(spec, hasParents, domain);
    if (value !== undefined) options.set(name, value);
  }
  for (const [name, value] of given) {
    if (!Object.hasOwn(specs, name)) {
      const message = `\`${name}\` is no option here`;
      problems.set(name, { kind: "unknown option", message, written: name, candidates: Object.keys(specs) });
      continue;
    }
    const spec = specs[name]!;
    const checked = checkOption(name, spec, value, hasParents);
    if (isProblem(checked)) problems.set(name, checked);
    else options.set(name, checked);
  }
  const sorted = [...options].sort(([a], [b]) => (a < b ? -1 : 1));
  return { options: Object.fromEntries(sorted), problems };
}

export function defaultOf(spec: OptionSpec, hasParents: boolean, domain?: DomainKind): OptionValue | undefined {
  const special = domain && spec.defaultFor?.[domain];
  if (special !== undefined) return special;
  const value = spec.default;
  if (typeof value !== "object" || Array.isArray(value) || !("root" in value)) return value as OptionValue | undefined;
  return hasParents ? value.child : value.root;
}

/** The value as the model stores it, or what is wrong with it. */
function checkOption(
  name: string,
  spec: OptionSpec,
  value: OptionValue,
  hasParents: boolean,
): OptionValue | OptionProblem {
  const wrong = (wanted: string): OptionProblem => ({ kind: "value", message: `\`${name}\` takes ${wanted}` });
  if (spec.needsParents && !hasParents) {
    return { kind: "needs parents", message: `\`${name}\` makes no sense for a variable without parents` };
  }
  switch (spec.type) {
    case "integer":
      return isInteger(value, spec.minimum) ? value : wrong(`a whole number of at least ${spec.minimum}`);
    case "number":
      return isNumber(value, spec) ? value : wrong(numberWanted(spec));
    case "integers":
      if (Array.isArray(value) && value.every((item) => isInteger(item, spec.minimum))) return value;
      return wrong(`a list of whole numbers of at least ${spec.minimum}, such as \`[16, 16]\``);
    case "word": {
      if (typeof value === "string" && spec.words.includes(value)) return value;
      const wanted = `one of ${spec.words.map((word) => `\`${word}\``).join(", ")}`;
      if (typeof value !== "string") return wrong(wanted);
      return { ...wrong(wanted), kind: "unknown word", written: value, candidates: spec.words };
    }
    case "calls":
      return checkCalls(name, spec.calls, value, hasParents);
  }
}

function checkCalls(
  name: string,
  calls: Readonly<Record<string, OptionSpecs>>,
  value: OptionValue,
  hasParents: boolean,
): OptionValue | OptionProblem {
  const names = Object.keys(calls);
  const wanted = `\`${name}\` takes one of ${names.map((call) => `\`${call}\``).join(", ")}, or a list`;
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0) return { kind: "value", message: wanted };
  const checked: OptionCall[] = [];
  for (const [index, item] of items.entries()) {
    if (typeof item === "number" || typeof item === "boolean" || Array.isArray(item)) {
      return { kind: "value", message: wanted };
    }
    const { call, options } = typeof item === "string" ? { call: item, options: {} } : item;
    if (!Object.hasOwn(calls, call)) {
      return { kind: "unknown word", message: wanted, written: call, candidates: names };
    }
    const inner = completeOptions(calls[call]!, Object.entries(options), hasParents);
    const [first] = inner.problems;
    if (first !== undefined) {
      const [option, problem] = first;
      return { ...problem, message: `${problem.message} (in \`${call}\`)`, inside: { item: index, option } };
    }
    checked.push({ call, options: inner.options });
  }
  return checked;
}

function isProblem(checked: OptionValue | OptionProblem): checked is OptionProblem {
  return typeof checked === "object" && !Array.isArray(checked) && "message" in checked;
}

function isInteger(value: OptionValue, minimum: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum;
}

function isNumber(value: OptionValue, { above, minimum }: { above?: number; minimum?: number }): boolean {
  if (typeof value !== "number") return false;
  return value > (above ?? Number.NEGATIVE_INFINITY) && value >= (minimum ?? Number.NEGATIVE_INFINITY);
}

function numberWanted({ above, minimum }: { above?: number; minimum?: number }): string {
  if (above !== undefined) return `a number above ${above}`;
  return minimum === undefined ? "a number" : `a number of at least ${minimum}`;
}

/** Why the transforms of a flow do not fit a variable; undefined where they do, or where the data will tell. */
export function whyNotTransforms({ transform }: Options, domain: Domain | null): string | undefined {
  if (domain === null || !Array.isArray(transform)) return undefined;
  for (const [index, item] of transform.entries()) {
    const isCall = typeof item === "object" && !Array.isArray(item);
    const call = isCall ? item.call : "";
    const allowed = Object.hasOwn(transformDomains, call) ? transformDomains[call]! : undefined;
    if (allowed !== undefined && !allowed.includes(domain.kind)) {
      if (domain.kind === "vector" || domain.kind === "image")
        return `\`${call}\` transforms values of type ${allowed.join(" or ")}, and this one is of type ${domain.kind}`;
      return `\`${call}\` transforms one part of a value by the others, and a ${domain.kind} value has one part`;
    }
    if (call === pixelMap.call && index + 1 < transform.length)
      return `\`${call}\` leads to grey levels and stands last in the list`;
    const levels = isCall ? item.options.levels : undefined;
    if (typeof levels === "number" && domain.kind === "image" && timesHalved(domain) < levels)
      return `\`${call}\` halves the image ${levels} times, and ${domain.height} × ${domain.width} can be halved ${timesHalved(domain)} times`;
  }
  return undefined;
}

/** How often height and width are both even; any number of times where the data will tell. */
function timesHalved({ height, width }: Extract<Domain, { kind: "image" }>): number {
  if (height === null || width === null) return Number.POSITIVE_INFINITY;
  let times = 0;
  while (height % 2 ** (times + 1) === 0 && width % 2 ** (times + 1) === 0) times++;
  return times;
}
