/**
 * Small models of every likelihood with every scale, in every architecture, of the amortised mechanisms: what is
 * crossed is read from the catalogue, so a word or call that joins it is crossed too.
 */
import { choiceDomains, type DomainKind, mechanisms, type OptionSpec } from "../../../src/model/catalogue/catalogue.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import { loaded } from "../models.js";

export type Amortised = "cvae" | "hvae";

/** Options that keep the networks small; a call without an entry here has its defaults. */
const small: Readonly<Record<string, string>> = {
  convolutional: "(channels = [2], features = 3, hidden = 4)",
  deep: "(channels = [2], blocks = 1, features = 3)",
  patch: "(side = 2, width = 4, blocks = 1, features = 4)",
  low_rank: "(rank = 1)",
  fixed: "(value = 0.3)",
};

/** The words and calls of an option that its mechanism takes in a domain. */
export function choicesOf(kind: Amortised, option: string, domain: DomainKind): string[] {
  const spec: OptionSpec | undefined = mechanisms[kind].options[option];
  if (!spec || (spec.domains && !spec.domains.includes(domain))) return [];
  const names = spec.type === "call" ? Object.keys(spec.calls) : spec.type === "word" ? spec.words : [];
  const only = choiceDomains[kind]?.[option] ?? {};
  return names.filter((name) => only[name]?.includes(domain) ?? true);
}

const written = (option: string, choice: string) => `${option} = ${choice}${small[choice] ?? ""}`;

/** The options of every crossing, by title. */
function crossings(kind: Amortised, domain: DomainKind, networks: readonly string[]): string[] {
  const beside = mechanisms[kind].options.scale!.beside!.choices;
  const lowLevel = choicesOf(kind, "likelihood", domain).flatMap((likelihood) => {
    const own = written("likelihood", likelihood);
    if (!beside.includes(likelihood)) return [own];
    return choicesOf(kind, "scale", domain).map((scale) => `${own}, ${written("scale", scale)}`);
  });
  const maps = choicesOf(kind, "pixels", domain);
  return (networks.length === 0 ? [""] : networks).flatMap((architecture, a) =>
    lowLevel.map((options, k) => {
      const own = architecture === "" ? "" : `, ${written("architecture", architecture)}`;
      const hidden = architecture === "" || architecture === "dense" ? ", hidden = [5]" : "";
      const map = maps.length === 0 ? "" : `, ${written("pixels", maps[(k + a) % maps.length]!)}`;
      return `${options}${own}${hidden}${map}`;
    }),
  );
}

/** Models of `y` with the parent `p`, by title; in all architectures where none is named. */
export function crossed(
  kind: Amortised,
  domain: string,
  architectures?: readonly string[],
): Record<string, LoadedModel> {
  const domainKind = domain.startsWith("vector") ? "vector" : "image";
  const networks = architectures ?? choicesOf(kind, "architecture", domainKind);
  const levels = kind === "hvae" ? ", levels = 2" : "";
  return Object.fromEntries(
    crossings(kind, domainKind, networks).map((options) => [
      `${kind}, ${domain}, ${options}`,
      loaded(`p : positive := flow()\ny : ${domain} := ${kind}(p, latent = 1${levels}, ${options})`, {
        p: { mean: 0.9, sd: 0.3, low: 1, high: 6 },
        y: { mean: 0.4, sd: 1.5, low: -3, high: 4 },
      }),
    ]),
  );
}

export const crossedCases: Readonly<Record<string, LoadedModel>> = {
  ...crossed("cvae", "image(4, 4)"),
  ...crossed("hvae", "image(2, 3)"),
  ...crossed("cvae", "vector(2)"),
  ...crossed("hvae", "vector(2)"),
};
