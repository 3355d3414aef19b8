/**
 * The parts that the language offers: mechanisms, transforms, image operators, functions and distributions, as plain
 * tables. The compiler checks programs against them and fills in defaults; the implementations are in src/runtime, one
 * file each.
 */

import { hasPointMass } from "../../algebra/point-masses.js";
import type { Abduction, Domain, LearnedMechanism, OptionCall, OptionValue } from "../../schema/types.js";
import { adversarialFit, amortisedFit, fit, flowFit } from "./fit-catalogue.js";
import type { DomainKind, OptionSpec, OptionSpecs } from "./option-spec.js";

export * from "../../algebra/expression-catalogue.js";
export { modelFit } from "./fit-catalogue.js";
export type { DomainKind, OptionSpec, OptionSpecs } from "./option-spec.js";

export type MechanismName = LearnedMechanism["kind"];

export interface MechanismSpec {
  readonly domains: readonly DomainKind[];
  readonly abduction: Abduction;
  /** The log-density: exact, bounded from below (ELBO), or not available. */
  readonly density: "exact" | "bound" | "none";
  /** The noise that drawings show: one noise, or a latent code and the low-level noise that is recovered given it. */
  readonly noise: "one" | "latent and low-level";
  /** The loss that the steps of a fit descend, which also sets their default number. */
  readonly training: "likelihood" | "bound" | "adversarial";
  /**
   * True if a posterior of the causes of an image or vector can be learned with the mechanism, to propose missing
   * causes.
   */
  readonly hasPosterior: boolean;
  readonly options: OptionSpecs;
  readonly fit: OptionSpecs;
}

const orders = ["linear", "quadratic"] as const;
/** The bijectors between noise and value that `flow` is composed of. */
export const transforms: Readonly<Record<string, OptionSpecs>> = {
  affine: {},
  spline: {
    bins: { type: "integer", minimum: 2, default: 8 },
    order: { type: "word", words: orders, default: "linear" },
  },
  gaussianisation: { components: { type: "integer", minimum: 1, default: 4 } },
  coupling: {
    layers: { type: "integer", minimum: 1, default: 4 },
    hidden: { type: "integers", minimum: 1, default: [64, 64] },
  },
  autoregressive: {
    layers: { type: "integer", minimum: 1, default: 2 },
    hidden: { type: "integers", minimum: 1, default: [64, 64] },
  },
  multiscale: {
    levels: { type: "integer", minimum: 1, default: 2 },
    steps: { type: "integer", minimum: 1, default: 4 },
    hidden: { type: "integer", minimum: 1, default: 32 },
  },
  pixels: { map: { type: "word", words: ["realnvp", "glow"], default: "realnvp" } },
};

/**
 * The domains of transforms that need several numbers in a value; the other transforms work for every domain of a flow.
 */
export const transformDomains: Readonly<Record<string, readonly DomainKind[]>> = {
  coupling: ["vector", "image"],
  autoregressive: ["vector"],
  multiscale: ["image"],
  pixels: ["image"],
};

const spline: OptionValue = { call: "spline", options: { bins: 8, order: "linear" } };
const affine: OptionValue = { call: "affine", options: {} };
const coupling: OptionValue = { call: "coupling", options: { hidden: [64, 64], layers: 4 } };
const multiscale: OptionValue = { call: "multiscale", options: { hidden: 32, levels: 2, steps: 4 } };
/** The map of pixels next to the value in an image flow; a list without it has this one. */
export const pixelMap: OptionCall = { call: "pixels", options: { map: "realnvp" } };

const continuous = ["real", "positive", "nonnegative", "interval"] as const;
const structured = ["vector", "image"] as const;
const hidden: OptionSpec = { type: "integers", minimum: 1, default: [16, 16] };
const imageHidden: OptionSpec = { type: "integers", minimum: 1, default: [512, 512] };
const latent: OptionSpec = { type: "integer", minimum: 1, default: 16 };
const elementwise = ["laplace", "normal", "logistic"] as const;

/** exp(-5/2), a log-variance of -5 as in the paper. */
const paperScale = Number(Math.exp(-2.5).toFixed(6));
/** The distribution around a decoder's output, and the choice of its scale. */
const lowLevelMap = {
  likelihood: {
    type: "call",
    calls: {
      ...Object.fromEntries(elementwise.map((word) => [word, {}])),
      multivariate: {},
      low_rank: { rank: { type: "integer", minimum: 1, default: 5 } },
    },
    default: "logistic",
  },
  scale: {
    type: "call",
    calls: { pixel: {}, shared: {}, fixed: { value: { type: "number", above: 0, default: paperScale } } },
    default: "pixel",
    beside: { option: "likelihood", choices: elementwise },
  },
  pixels: { type: "word", words: ["linear", "realnvp"], default: "linear", domains: ["image"] },
} satisfies OptionSpecs;

/** The options of a conditional VAE: networks and the low-level map. */
const amortised: OptionSpecs = {
  latent,
  architecture: {
    type: "call",
    calls: {
      dense: {},
      convolutional: {
        channels: { type: "integers", minimum: 1, default: [64, 128] },
        features: { type: "integer", minimum: 1, default: 100 },
        hidden: { type: "integer", minimum: 1, default: 1024 },
      },
      deep: {
        channels: { type: "integers", minimum: 1, default: [16, 32, 64, 128, 256] },
        blocks: { type: "integer", minimum: 1, default: 3 },
        features: { type: "integer", minimum: 1, default: 100 },
      },
      patch: {
        side: { type: "integer", minimum: 1, default: 4 },
        width: { type: "integer", minimum: 1, default: 64 },
        blocks: { type: "integer", minimum: 0, default: 4 },
        features: { type: "integer", minimum: 1, default: 256 },
      },
    },
    default: "dense",
  },
  hidden: { ...imageHidden, beside: { option: "architecture", choices: ["dense"] } },
  ...lowLevelMap,
};

/**
 * The domains for which a mechanism's words and calls may be used; those not listed may be used for all its domains.
 */
export const choiceDomains: Partial<
  Readonly<Record<MechanismName, Readonly<Record<string, Readonly<Record<string, readonly DomainKind[]>>>>>>
> = {
  cvae: {
    architecture: { convolutional: ["image"], deep: ["image"], patch: ["image"] },
    // An image's covariance has as many numbers as its pixels squared.
    likelihood: { multivariate: ["vector"] },
  },
  hvae: { likelihood: { multivariate: ["vector"] } },
};

export const mechanisms: Readonly<Record<MechanismName, MechanismSpec>> = {
  flow: {
    domains: [...continuous, "ordinal", "count", ...structured],
    abduction: "exact",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: true,
    options: {
      transform: {
        type: "calls",
        calls: transforms,
        default: { root: [spline], child: [affine] },
        defaultFor: {
          // The cells of a fixed lattice need more than a location and a scale to take arbitrary probabilities.
          ordinal: [spline, affine],
          count: [spline, affine],
          // Element-wise transforms alone would leave the elements independent of each other.
          vector: [coupling, affine],
          image: [multiscale, pixelMap],
        },
      },
      hidden,
    },
    fit: flowFit,
  },
  linear: {
    domains: continuous,
    abduction: "exact",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: false,
    options: {},
    fit,
  },
  anm: {
    domains: continuous,
    abduction: "exact",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: false,
    options: { hidden },
    fit,
  },
  glm: {
    domains: [...continuous, "binary", "categorical", "ordinal", "count"],
    abduction: "exact",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: false,
    options: {},
    fit,
  },
  cvae: {
    domains: structured,
    abduction: "amortised",
    density: "bound",
    noise: "latent and low-level",
    training: "bound",
    hasPosterior: true,
    options: amortised,
    fit: amortisedFit,
  },
  hvae: {
    domains: structured,
    abduction: "amortised",
    density: "bound",
    noise: "latent and low-level",
    training: "bound",
    hasPosterior: true,
    options: {
      latent,
      levels: { type: "integer", minimum: 2, default: 3 },
      hidden: imageHidden,
      ...lowLevelMap,
    },
    fit: amortisedFit,
  },
  ali: {
    domains: structured,
    abduction: "implicit",
    density: "none",
    noise: "one",
    training: "adversarial",
    hasPosterior: false,
    options: {
      latent,
      hidden: imageHidden,
      // Most pixels of an image are background, which is reconstructed at once.
      cycle: { type: "number", minimum: 0, default: 10, defaultFor: { vector: 0.3 } },
    },
    fit: adversarialFit,
  },
  bernoulli: {
    domains: ["binary"],
    abduction: "posterior_sample",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: false,
    options: { hidden, table: { type: "table" } },
    fit,
  },
  categorical: {
    domains: ["categorical", "ordinal"],
    abduction: "posterior_sample",
    density: "exact",
    noise: "one",
    training: "likelihood",
    hasPosterior: false,
    options: { hidden, table: { type: "table" } },
    fit,
  },
};

const discrete: readonly DomainKind[] = ["binary", "categorical", "ordinal", "count"];

export function isDiscrete(domain: Domain | null): boolean {
  return domain !== null && discrete.includes(domain.kind);
}

/**
 * The way a mechanism's noise is abducted. A mechanism for both kinds of variable is inverted exactly for a continuous
 * one, and draws the noise for a discrete one. For an image's grey levels that draw (dequantisation) approximates the
 * posterior.
 */
export function abductionOf(mechanism: MechanismName, domain: Domain | null): Abduction {
  const { abduction, domains } = mechanisms[mechanism];
  if (abduction !== "exact" || domain === null || !domains.includes(domain.kind)) return abduction;
  if (domain.kind === "image") return "amortised";
  // At a point mass the value does not determine the noise.
  if (hasPointMass(domain)) return "posterior_sample";
  return isDiscrete(domain) ? "posterior_sample" : abduction;
}

/**
 * The kind of log-probability. An image under an exact density has a bound, since its grey levels are cells of the
 * density.
 */
export function densityOf(mechanism: MechanismName, domain: Domain | null): MechanismSpec["density"] {
  const { density } = mechanisms[mechanism];
  return density === "exact" && domain?.kind === "image" ? "bound" : density;
}

/** The forms of queries; each says if it gives one number that arithmetic can use. */
export const queryForms = {
  expectation: { scalar: true },
  density: { scalar: true },
  probability: { scalar: true },
  quantile: { scalar: true },
  sample: { scalar: false },
  counterfactual: { scalar: false },
} as const;
