/**
 * What the language offers: mechanisms, transforms, image operators, functions and distributions, as plain tables. The
 * compiler checks programs against them and fills in defaults; the implementations live in src/runtime, one file each.
 */
import type {
  Abduction,
  ApplyExpression,
  Domain,
  LearnedMechanism,
  Noise,
  OptionCall,
  OptionValue,
} from "./schema-types.js";

export type MechanismName = LearnedMechanism["kind"];
export type DomainKind = Domain["kind"];
export type FunctionName = ApplyExpression["function"];
export type DistributionName = Noise["distribution"];

/**
 * The type of an option and its default: one value, or one for roots and one for variables with parents. Without a
 * default the option may be absent from the model.
 */
export type OptionSpec = (
  | { readonly type: "integer"; readonly minimum: number }
  | { readonly type: "number"; readonly above?: number; readonly minimum?: number }
  | { readonly type: "word"; readonly words: readonly string[] }
  | { readonly type: "integers"; readonly minimum: number }
  | { readonly type: "calls"; readonly calls: Readonly<Record<string, OptionSpecs>> }
  /** One call; those without options of their own are plain words in the model. */
  | { readonly type: "call"; readonly calls: Readonly<Record<string, OptionSpecs>> }
) & {
  readonly default?: OptionValue | { readonly root: OptionValue; readonly child: OptionValue };
  /** The default for domains that need another one. */
  readonly defaultFor?: Partial<Readonly<Record<DomainKind, OptionValue>>>;
  /** The option makes no sense without parents. */
  readonly needsParents?: true;
  /** The domains that the option is for; all by default. */
  readonly domains?: readonly DomainKind[];
  /** The option belongs to these words or calls of another option; beside others it is absent. */
  readonly beside?: { readonly option: string; readonly choices: readonly string[] };
};
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface MechanismSpec {
  readonly domains: readonly DomainKind[];
  readonly abduction: Abduction;
  /** Whether the log-density is exact, bounded from below (ELBO), or not available. */
  readonly density: "exact" | "bound" | "none";
  readonly options: OptionSpecs;
  readonly fit: OptionSpecs;
}

const orders = ["linear", "quadratic"] as const;
/** Bijectors between noise and value that `flow` is composed of. */
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

/** Transforms that need several numbers in a value; the others are for every domain of a flow. */
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
/** What is beside the value of an image flow; a list that leaves it out has it all the same. */
export const pixelMap: OptionCall = { call: "pixels", options: { map: "realnvp" } };

/** Fitting options; those that a program leaves out are chosen when fitting. */
const fit: OptionSpecs = {
  epochs: { type: "integer", minimum: 1 },
  batch: { type: "integer", minimum: 1 },
  rate: { type: "number", above: 0 },
  balance: { type: "word", words: ["parents"], needsParents: true },
  patience: { type: "integer", minimum: 1 },
  weight_decay: { type: "number", minimum: 0 },
  clip: { type: "number", above: 0 },
  schedule: { type: "word", words: ["cosine", "linear", "constant"] },
  warmup: { type: "integer", minimum: 0 },
};

/** Options of all mechanisms together, `fit model(…)`: what is done about rows that lack values. */
export const modelFit: OptionSpecs = {
  missing: { type: "word", words: ["drop", "em"] },
  rounds: { type: "integer", minimum: 1, beside: { option: "missing", choices: ["em"] } },
  proposals: { type: "integer", minimum: 1, beside: { option: "missing", choices: ["em"] } },
};

/** Of values of several numbers: a network that proposes missing causes; learned where a query wants it, by default. */
const posterior: OptionSpec = {
  type: "call",
  calls: { learned: { epochs: { type: "integer", minimum: 1 } }, none: {} },
  needsParents: true,
  domains: ["vector", "image"],
};

/** Kinds whose loss is an average over draws from an encoder. */
const amortisedFit: OptionSpecs = { ...fit, particles: { type: "integer", minimum: 1 }, posterior };

const flowFit: OptionSpecs = { ...fit, posterior };

/** Epochs in which the encoder alone is trained, after the adversarial ones. */
const adversarialFit: OptionSpecs = { ...fit, finetune: { type: "integer", minimum: 0 } };

const continuous = ["real", "positive", "interval"] as const;
const structured = ["vector", "image"] as const;
const hidden: OptionSpec = { type: "integers", minimum: 1, default: [16, 16] };
const imageHidden: OptionSpec = { type: "integers", minimum: 1, default: [512, 512] };
const latent: OptionSpec = { type: "integer", minimum: 1, default: 16 };
const elementwise = ["laplace", "normal", "logistic"] as const;

/** exp(-5/2), a log-variance of -5 as in the paper. */
const paperScale = Number(Math.exp(-2.5).toFixed(6));
/** The distribution around a decoder's output, and how its scale is set. */
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

/** What a conditional VAE is made of: networks and the low-level map. */
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

/** The domains that some words and calls of a mechanism's options are for; the others are for all domains of the mechanism. */
export const choiceDomains: Partial<
  Readonly<Record<MechanismName, Readonly<Record<string, Readonly<Record<string, readonly DomainKind[]>>>>>>
> = {
  cvae: {
    architecture: { convolutional: ["image"], deep: ["image"], patch: ["image"] },
    // The covariance of an image's pixels has as many numbers as the image squared.
    likelihood: { multivariate: ["vector"] },
  },
  hvae: { likelihood: { multivariate: ["vector"] } },
};

export const mechanisms: Readonly<Record<MechanismName, MechanismSpec>> = {
  flow: {
    domains: [...continuous, "ordinal", "count", ...structured],
    abduction: "exact",
    density: "exact",
    options: {
      transform: {
        type: "calls",
        calls: transforms,
        default: { root: [spline], child: [affine] },
        defaultFor: {
          // The cells of a fixed lattice need more than a location and a scale to take any probabilities.
          ordinal: [spline, affine],
          count: [spline, affine],
          // Element by element alone would leave the elements independent of each other.
          vector: [coupling, affine],
          image: [multiscale, pixelMap],
        },
      },
      hidden,
    },
    fit: flowFit,
  },
  linear: { domains: continuous, abduction: "exact", density: "exact", options: {}, fit },
  anm: { domains: continuous, abduction: "exact", density: "exact", options: { hidden }, fit },
  glm: {
    domains: [...continuous, "binary", "categorical", "ordinal", "count"],
    abduction: "exact",
    density: "exact",
    options: {},
    fit,
  },
  cvae: {
    domains: structured,
    abduction: "amortised",
    density: "bound",
    options: amortised,
    fit: amortisedFit,
  },
  hvae: {
    domains: structured,
    abduction: "amortised",
    density: "bound",
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
    options: {
      latent,
      hidden: imageHidden,
      // By far most of an image's pixels are background, which is reconstructed at once.
      cycle: { type: "number", minimum: 0, default: 10, defaultFor: { vector: 0.3 } },
    },
    fit: adversarialFit,
  },
  bernoulli: { domains: ["binary"], abduction: "posterior_sample", density: "exact", options: { hidden }, fit },
  categorical: {
    domains: ["categorical", "ordinal"],
    abduction: "posterior_sample",
    density: "exact",
    options: { hidden },
    fit,
  },
};

const discrete: readonly DomainKind[] = ["binary", "categorical", "ordinal", "count"];

export function isDiscrete(domain: Domain | null): boolean {
  return domain !== null && discrete.includes(domain.kind);
}

/**
 * Mechanisms that serve both kinds of variable are inverted exactly for a continuous one, by a draw of the noise for a discrete one.
 * For the grey levels of an image that draw (dequantisation) is an approximation of the posterior.
 */
export function abductionOf(mechanism: MechanismName, domain: Domain | null): Abduction {
  const { abduction, domains } = mechanisms[mechanism];
  if (abduction !== "exact" || domain === null || !domains.includes(domain.kind)) return abduction;
  if (domain.kind === "image") return "amortised";
  return isDiscrete(domain) ? "posterior_sample" : abduction;
}

/** What the log-probability is: of an image under an exact density, a bound, since its grey levels are cells of the density. */
export function densityOf(mechanism: MechanismName, domain: Domain | null): MechanismSpec["density"] {
  const { density } = mechanisms[mechanism];
  return density === "exact" && domain?.kind === "image" ? "bound" : density;
}

export interface FunctionSpec {
  /** What the model calls it. */
  readonly name: FunctionName;
  readonly minimum: number;
  readonly maximum: number;
  /** For messages: `clip(value, low, high)`. */
  readonly signature: string;
}

const one = (name: FunctionName): FunctionSpec => ({ name, minimum: 1, maximum: 1, signature: `${name}(value)` });
const several = (name: FunctionName): FunctionSpec => ({
  name,
  minimum: 2,
  maximum: Number.POSITIVE_INFINITY,
  signature: `${name}(a, b, …)`,
});

/** The functions of expressions. The model knows some more, which only inverses use. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(
  [
    one("exp"),
    one("log"),
    one("sqrt"),
    one("sigmoid"),
    one("tanh"),
    one("softplus"),
    one("abs"),
    several("min"),
    several("max"),
    { name: "clip" as const, minimum: 3, maximum: 3, signature: "clip(value, low, high)" },
    { name: "if" as const, minimum: 3, maximum: 3, signature: "if(condition, then, else)" },
  ].map((spec) => [spec.name, spec]),
);

/** Bounds of a distribution's parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly above?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface DistributionSpec {
  readonly parameters: readonly ParameterSpec[];
  /** `categorical(p…)` takes the last parameter any number of times. */
  readonly variadic?: true;
  readonly discrete?: true;
  /** The open interval that the draws fall into, given the parameters; discrete draws reach its ends. */
  readonly support: (parameters: readonly number[]) => readonly [low: number, high: number];
}

const line = (): readonly [number, number] => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const halfLine = (): readonly [number, number] => [0, Number.POSITIVE_INFINITY];
const located = { parameters: [{ name: "loc" }, { name: "scale", above: 0 }], support: line };

export const distributions: Readonly<Record<Exclude<DistributionName, "mnist">, DistributionSpec>> = {
  normal: { parameters: [{ name: "mean" }, { name: "sd", above: 0 }], support: line },
  uniform: { parameters: [{ name: "low" }, { name: "high" }], support: ([low, high]) => [low!, high!] },
  gamma: {
    parameters: [
      { name: "shape", above: 0 },
      { name: "rate", above: 0 },
    ],
    support: halfLine,
  },
  exponential: { parameters: [{ name: "rate", above: 0 }], support: halfLine },
  beta: {
    parameters: [
      { name: "a", above: 0 },
      { name: "b", above: 0 },
    ],
    support: () => [0, 1],
  },
  laplace: located,
  logistic: located,
  gumbel: located,
  student_t: { parameters: [{ name: "df", above: 0 }, { name: "loc" }, { name: "scale", above: 0 }], support: line },
  lognormal: { parameters: [{ name: "mean" }, { name: "sd", above: 0 }], support: halfLine },
  bernoulli: { parameters: [{ name: "p", minimum: 0, maximum: 1 }], discrete: true, support: () => [0, 1] },
  categorical: {
    parameters: [
      { name: "p", minimum: 0, maximum: 1 },
      { name: "p", minimum: 0, maximum: 1 },
    ],
    variadic: true,
    discrete: true,
    support: (parameters) => [0, parameters.length - 1],
  },
};

/** Sources of recorded items, as noise of image operators: each item once, in file order. */
export const recordings = {
  mnist: { splits: ["train", "test"], defaultSplit: "train", height: 28, width: 28, channels: 1 },
} as const;

/** Image operators: an image, then numbers. */
export const operators: Readonly<
  Record<string, { readonly arguments: readonly string[]; readonly modes: readonly string[] }>
> = {
  set_thickness: { arguments: ["thickness"], modes: ["fast", "exact"] },
  set_intensity: { arguments: ["intensity"], modes: ["fast", "exact"] },
};

/** Forms of queries, and whether each gives one number that arithmetic can use. */
export const queryForms = {
  expectation: { scalar: true },
  density: { scalar: true },
  probability: { scalar: true },
  quantile: { scalar: true },
  sample: { scalar: false },
  counterfactual: { scalar: false },
} as const;
