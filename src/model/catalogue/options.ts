/**
 * Checks the options of a mechanism against the catalogue and completes them: it fills in defaults, turns a single
 * transform into a list, and sorts names. Programs and models that other tools wrote both use it.
 */

import type { Domain, OptionCall, Options, OptionValue } from "../../schema/types.js";
import {
  choiceDomains,
  type DomainKind,
  type MechanismName,
  type OptionSpec,
  type OptionSpecs,
  pixelMap,
  transformDomains,
} from "./catalogue.js";

export interface OptionProblem {
  readonly kind: "unknown option" | "unknown word" | "value" | "needs parents";
  readonly message: string;
  /** The word written and the possible ones, for "did you mean". */
  readonly written?: string;
  readonly candidates?: readonly string[];
  /** Set for a problem inside a call such as `spline(bins = 0)`: the call's place in the list, and the option in it. */
  readonly inside?: { readonly item: number; readonly option: string };
}

export interface CheckedOptions {
  readonly options: Options;
  /** The problems by the name of the (outermost) option. */
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
  for (const [name, spec] of Object.entries(specs)) {
    const reason = whyAbsent(name, spec, options, domain);
    if (reason === undefined) continue;
    if (options.delete(name) && [...given].some(([other]) => other === name))
      problems.set(name, { kind: "value", message: reason });
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

/** The value as the model stores it, or the problem with it. */
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
    case "table":
      return wrong("no value in a mechanism to be learned: the probabilities are a mechanism of kind `table`");
    case "word": {
      if (typeof value === "string" && spec.words.includes(value)) return value;
      const wanted = `one of ${spec.words.map((word) => `\`${word}\``).join(", ")}`;
      if (typeof value !== "string") return wrong(wanted);
      return { ...wrong(wanted), kind: "unknown word", written: value, candidates: spec.words };
    }
    case "calls":
      return checkCalls(name, spec.calls, value, hasParents);
    case "call": {
      const names = Object.keys(spec.calls).map((call) => `\`${call}\``);
      if (Array.isArray(value)) return wrong(`one of ${names.join(", ")}`);
      const checked = checkCalls(name, spec.calls, value, hasParents, "");
      if (isProblem(checked)) return checked;
      const [call] = checked as [OptionCall];
      return Object.keys(spec.calls[call.call]!).length === 0 ? call.call : call;
    }
  }
}

/** The word of an option's value, or the name of its call. */
export function choiceOf(value: OptionValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "object" && !Array.isArray(value) ? value.call : undefined;
}

/** The reason why an option cannot be used beside the others, or in this domain. */
function whyAbsent(
  name: string,
  { beside, domains }: OptionSpec,
  options: ReadonlyMap<string, OptionValue>,
  domain: DomainKind | undefined,
): string | undefined {
  if (domains && domain && !domains.includes(domain))
    return `\`${name}\` is for values of type ${domains.join(" or ")}, and this one is of type ${domain}`;
  const choice = beside && choiceOf(options.get(beside.option));
  if (!beside || choice === undefined || beside.choices.includes(choice)) return undefined;
  return `\`${name}\` is an option of \`${beside.option} = ${beside.choices.join(" | ")}\`, and this one is \`${choice}\``;
}

function checkCalls(
  name: string,
  calls: Readonly<Record<string, OptionSpecs>>,
  value: OptionValue,
  hasParents: boolean,
  orMore = ", or a list",
): OptionCall[] | OptionProblem {
  const names = Object.keys(calls);
  const wanted = `\`${name}\` takes one of ${names.map((call) => `\`${call}\``).join(", ")}${orMore}`;
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

/** The reason why a word or call of an option does not fit a variable, and the option; undefined if all fit. */
export function whyNotChoices(
  kind: MechanismName,
  options: Options,
  domain: Domain | null,
): { readonly option: string; readonly message: string } | undefined {
  if (domain === null) return undefined;
  for (const [option, choices] of Object.entries(choiceDomains[kind] ?? {})) {
    const choice = choiceOf(options[option]) ?? "";
    const allowed = Object.hasOwn(choices, choice) ? choices[choice]! : undefined;
    if (allowed && !allowed.includes(domain.kind))
      return {
        option,
        message: `\`${choice}\` is for values of type ${allowed.join(" or ")}, and this one is of type ${domain.kind}`,
      };
  }
  const message = whyNotArchitecture(options.architecture, domain);
  return message === undefined ? undefined : { option: "architecture", message };
}

/** The reason why an image's networks do not fit its size: each level halves it, and patches must divide it. */
export function whyNotArchitecture(architecture: OptionValue | undefined, domain: Domain): string | undefined {
  if (domain.kind !== "image" || domain.height === null || domain.width === null) return undefined;
  if (typeof architecture !== "object" || Array.isArray(architecture)) return undefined;
  const { call, options } = architecture;
  const size = `${domain.height} × ${domain.width}`;
  const fits = (divisor: number) => domain.height! % divisor === 0 && domain.width! % divisor === 0;
  if (call === "patch" && !fits(Number(options.side)))
    return `an image of ${size} is not cut into patches of ${options.side} × ${options.side}: name a \`side\` that divides both sizes`;
  const levels = Array.isArray(options.channels) ? options.channels.length : 0;
  if (fits(2 ** levels)) return undefined;
  let most = 0;
  while (fits(2 ** (most + 1))) most++;
  const way = most === 0 ? "take `dense` or `patch`" : `list ${most} \`channels\``;
  return `each of ${levels} levels halves the image, and ${size} can be halved ${most === 1 ? "once" : `${most} times`}: ${way}`;
}

/** The reason why a flow's transforms do not fit a variable; undefined if they do, or if only the data can tell. */
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

/** The number of times that height and width can both be halved; infinite if only the data tell them. */
function timesHalved({ height, width }: Extract<Domain, { kind: "image" }>): number {
  if (height === null || width === null) return Number.POSITIVE_INFINITY;
  let times = 0;
  while (height % 2 ** (times + 1) === 0 && width % 2 ** (times + 1) === 0) times++;
  return times;
}
