/**
 * The levels of binary, categorical and ordinal variables: the one place that says what a level is called and which
 * code it has. A value travels as its code, its place 0, 1, … among the levels; everywhere a person reads or writes, a
 * level is its text.
 *
 * A level is also a number where that is clear: the number that its text spells, where all texts spell different
 * numbers (a scale coded 1 to 5), and its place from 0 where that contradicts no text ("no", "yes"; "0", "1", "2+").
 * Otherwise ("1", "2", "3+") it is none, and only texts name a level.
 */
import type { BinaryDomain, CategoricalDomain, Domain, OrdinalDomain } from "../schema/types.js";

/** A domain whose values are codes of levels. */
export type LevelDomain = BinaryDomain | CategoricalDomain | OrdinalDomain;

export function isLevelDomain(domain: Domain | null | undefined): domain is LevelDomain {
  return domain?.kind === "binary" || domain?.kind === "categorical" || domain?.kind === "ordinal";
}

export const levelCount = (domain: LevelDomain): number => (domain.kind === "binary" ? 2 : domain.size);

/** The texts of the levels, undefined where they have none: then a level is written as its code. */
export function levelTexts(domain: Domain | null | undefined): readonly string[] | undefined {
  return isLevelDomain(domain) ? domain.levels : undefined;
}

/** What each level is called, codes where they have no texts. */
export function levelNames(domain: LevelDomain): readonly string[] {
  return domain.levels ?? Array.from({ length: levelCount(domain) }, (_, code) => String(code));
}

/**
 * The code of the level with this text, undefined where there is none; another spelling of a number is the same level.
 */
export function codeOfText(domain: LevelDomain, text: string): number | undefined {
  const names = levelNames(domain);
  const code = names.indexOf(text);
  if (code >= 0) return code;
  const number = spelledNumber(text);
  const same = number === undefined ? -1 : names.findIndex((name) => spelledNumber(name) === number);
  return same >= 0 ? same : booleanCode(names, text);
}

/** The code of the level that a number names, undefined where it names none. */
export function codeOfNumber(domain: LevelDomain, number: number): number | undefined {
  const code = levelNumbers(domain)?.indexOf(number) ?? -1;
  return code >= 0 ? code : undefined;
}

/** The text of the level that a number names, by the texts of all. */
export function levelNumbered(levels: readonly string[] | undefined, number: number): string | undefined {
  if (levels === undefined) return undefined;
  return levels[codeOfNumber({ kind: "categorical", size: levels.length, levels: [...levels] }, number) ?? -1];
}

/** The number of each level by its code, undefined where they have none. Those of an ordinal variable rise. */
export function levelNumbers(domain: LevelDomain): readonly number[] | undefined {
  const names = levelNames(domain);
  const spelled = names.map(spelledNumber);
  const numbers = spelled.filter((number) => number !== undefined);
  if (numbers.length === names.length) {
    const rises = numbers.every((number, code) => code === 0 || number > numbers[code - 1]!);
    const isClear = domain.kind === "ordinal" ? rises : new Set(numbers).size === numbers.length;
    return isClear ? numbers : undefined;
  }
  const agrees = spelled.every((number, code) => number === undefined || number === code);
  return agrees ? names.map((_, code) => code) : undefined;
}

/** Whether a level's number is its code, as without texts. */
export function numbersAreCodes(domain: LevelDomain): boolean {
  return levelNumbers(domain)?.every((number, code) => number === code) ?? false;
}

/** The levels in a message: `"no", "yes"`, or `0 to 4` where they have no texts. */
export function listedLevels(domain: LevelDomain): string {
  if (domain.levels === undefined) return `0 to ${levelCount(domain) - 1}`;
  return listedTexts(domain.levels);
}

const mostListed = 8;

export function listedTexts(levels: readonly string[]): string {
  const shown = levels.slice(0, mostListed).map((level) => JSON.stringify(level));
  return levels.length > shown.length
    ? `${shown.join(", ")} and ${levels.length - shown.length} more`
    : shown.join(", ");
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The finite number that a text spells. */
export function spelledNumber(text: string): number | undefined {
  const plain = text.trim();
  if (!numberPattern.test(plain)) return undefined;
  const number = Number(plain);
  return Number.isFinite(number) ? number : undefined;
}

const booleans: ReadonlyMap<string, number> = new Map([
  ["false", 0],
  ["true", 1],
]);

/** 0 for False, 1 for True, as programs write booleans. */
export function spelledBoolean(text: string): number | undefined {
  return booleans.get(text.trim().toLowerCase());
}

/** Truth values are the same levels in any spelling, and as 0 and 1. */
function booleanCode(names: readonly string[], text: string): number | undefined {
  if (names.length !== 2 || !names.every((name) => spelledBoolean(name) !== undefined)) return undefined;
  const truth = spelledBoolean(text) ?? spelledNumber(text);
  const code = names.findIndex((name) => spelledBoolean(name) === truth);
  return code >= 0 ? code : undefined;
}

/** The two levels of a column of truth values, in its own spelling: False is 0. */
export function booleanLevels(text: string): readonly [string, string] {
  const plain = text.trim();
  if (plain === plain.toUpperCase()) return ["FALSE", "TRUE"];
  return plain === plain.toLowerCase() ? ["false", "true"] : ["False", "True"];
}
