/** Turns the texts of options into values, and refuses texts that no option accepts. */
import { type Command, InvalidArgumentError } from "commander";

/** For options that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `It takes a whole number of at least ${least}.`
          : `It takes a whole number from ${least} to ${most}.`,
      );
    return value;
  };
}

/** `0.05,0.95` */
export function levels(text: string): number[] {
  const values = text.split(",").map(Number);
  if (!values.every((value) => value > 0 && value < 1))
    throw new InvalidArgumentError("It takes levels between 0 and 1, such as 0.05,0.95.");
  return values;
}

export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It takes a number between 0 and 1.");
}

/** Refuses empty texts, which an unset variable of a shell script gives; every option and argument needs a text. */
export function refuseEmptyTexts(command: Command): void {
  const isEmpty = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(isEmpty) : typeof value === "string" && value.trim() === "";
  for (const option of command.options)
    if (isEmpty(command.getOptionValue(option.attributeName())))
      command.error(`error: option '${option.flags}' argument is empty`);
  command.registeredArguments.forEach((argument, index) => {
    if (isEmpty(command.processedArgs[index])) command.error(`error: argument '${argument.name()}' is empty`);
  });
}
