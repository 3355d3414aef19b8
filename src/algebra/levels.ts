/**
 * The levels of binary, categorical and ordinal variables: the one place that says what a level is called and which
 * code it has. Data and programs hold a value as its code, its place 0, 1, … among the levels; people read and write a
 * level as its text.
 *
 * A level also has a number if that is clear. It is the number that its text spells if all texts spell different
 * numbers (a scale coded 1 to 5), or its place from 0 if that contradicts none of the texts ("no", "yes"; "0", "1",
 * "2+"). Otherwise ("1", "2", "3+") the levels do not have numbers, and only texts name them.
 */
import type { BinaryDomain, CategoricalDomain, Domain, OrdinalDomain } from "../schema/types.js";

/** A domain whose values are codes of levels. */
export type LevelDomain = BinaryDomain | CategoricalDomain | OrdinalDomain;

export function isLevelDomain(domain: Domain | null | undefined): domain is LevelDomain {
  return domain?.kind === "binary" || domain?.kind === "categorical" || domain?.kind === "ordinal";
}

export const levelCount = (domain: LevelDomain): number => (domain.kind === "binary" ? 2 : domain.size);

/** The texts of the levels; undefined if they do not have texts, in which case a level is written as its code. */
export function levelTexts(domain: Domain | null | undefined): readonly string[] | undefined {
  return isLevelDomain(domain) ? domain.levels : undefined;
}

/** The name of each level: its text, or its code if the levels do not have texts. */
export function levelNames(domain: LevelDomain): readonly string[] {
  return domain.levels ?? Array.from({ length: levelCount(domain) }, (_, code) => String(code));
}

/**
 * The code of the level with this text, undefined if the text names none; another spelling of a number is the same
 * level.
 */
export function codeOfText(domain: LevelDomain, text: string): number | undefined {
  const names = levelNames(domain);
  const code = names.indexOf(text);
  if (code >= 0) return code;
  const number = spelledNumber(text);
  const same = number === undefined ? -1 : names.findIndex((name) => spelledNumber(name) === number);
  return same >= 0 ? same : booleanCode(names, text);
}

/** The code of the level that a number names, undefined if it names none. */
export function codeOfNumber(domain: LevelDomain, number: number): number | undefined {
  const code = levelNumbers(domain)?.indexOf(number) ?? -1;
  return code >= 0 ? code : undefined;
}

/** The text of the level that a number names, given the texts of all levels. */
export function levelNumbered(levels: readonly string[] | undefined, number: number): string | undefined {
  if (levels === undefined) return undefined;
  return levels[codeOfNumber({ kind: "categorical", size: levels.length, levels: [...levels] }, number) ?? -1];
}

/**
 * The number of each level by its code, undefined if the levels do not have numbers. Those of an ordinal variable rise.
 */
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

/** True if a level's number is its code, as for levels without texts. */
export function numbersAreCodes(domain: LevelDomain): boolean {
  return levelNumbers(domain)?.every((number, code) => number === code) ?? false;
}

/** The levels as messages list them: `"no", "yes"`, or `0 to 4` if they do not have texts. */
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

/** 0 for False and 1 for True, the way programs write booleans. */
export function spelledBoolean(text: string): number | undefined {
  return booleans.get(text.trim().toLowerCase());
}

/** The code of a truth value: any spelling names the same level, and so do 0 and 1. */
function booleanCode(names: readonly string[], text: string): number | undefined {
  if (names.length !== 2 || !names.every((name) => spelledBoolean(name) !== undefined)) return undefined;
  const truth = spelledBoolean(text) ?? spelledNumber(text);
  const code = names.findIndex((name) => spelledBoolean(name) === truth);
  return code >= 0 ? code : undefined;
}

/** The two levels of a column of truth values, in the column's own spelling: False is 0. */
export function booleanLevels(text: string): readonly [string, string] {
  const plain = text.trim();
  if (plain === plain.toUpperCase()) return ["FALSE", "TRUE"];
  return plain === plain.toLowerCase() ? ["false", "true"] : ["False", "True"];
}
