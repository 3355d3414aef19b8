// Generated from schema/*.schema.json by scripts/generate-types.mjs. Do not edit.

export type Name = string;
export type Domain =
  | RealDomain
  | PositiveDomain
  | IntervalDomain
  | BinaryDomain
  | CategoricalDomain
  | OrdinalDomain
  | CountDomain
  | VectorDomain
  | ImageDomain;
export type Mechanism = ExpressionMechanism | OperatorMechanism | LearnedMechanism | UnobservedMechanism;
export type Names = Name[];
/**
 * An expression tree. `natural` is, inside an intervention on v, v's value without that intervention. `value` is the mechanism's own variable, in its inverse.
 */
export type Expression =
  ConstantExpression | VariableExpression | NoiseExpression | NaturalExpression | ValueExpression | ApplyExpression;
export type Abduction = "exact" | "amortised" | "implicit" | "posterior_sample" | "record" | "deterministic" | "none";
export type OptionValue = number | boolean | string | OptionCall | OptionValue[];
export type QueryExpression = QueryTerm | ConstantExpression | QueryApply;
/**
 * importance only: observed variables whose posterior could propose missing ones, and is not learned.
 */
export type Names1 = Name[];
export type Assertion = AncestorAssertion | IndependenceAssertion;

/**
 * A compiled structural causal model: variables, mechanisms and the procedures derived from them.
 */
export interface Model {
  formatVersion: 1;
  name: string;
  variables: Variable[];
  /**
   * One per variable, in the order of `variables`.
   */
  mechanisms: Mechanism[];
  /**
   * A topological order of all variables.
   */
  order: Name[];
  /**
   * Pairs stated with `<->`: an unobserved common cause.
   */
  confounded: [Name, Name][];
  /**
   * Fitting options by variable; they never change what the model means.
   */
  fits: Fit[];
  procedures: Procedures;
  queries: Query[];
  assertions: Assertion[];
  source?: Source;
}
export interface Variable {
  name: Name;
  /**
   * null: bound from the data at fitting.
   */
  domain: Domain | null;
  doc: string;
  latent: boolean;
}
export interface RealDomain {
  kind: "real";
}
export interface PositiveDomain {
  kind: "positive";
}
export interface IntervalDomain {
  kind: "interval";
  low: number;
  high: number;
}
export interface BinaryDomain {
  kind: "binary";
}
export interface CategoricalDomain {
  kind: "categorical";
  size: number;
  levels?: string[];
}
export interface OrdinalDomain {
  kind: "ordinal";
  size: number;
}
export interface CountDomain {
  kind: "count";
}
export interface VectorDomain {
  kind: "vector";
  size: number;
}
/**
 * Sizes are null for a bare `image`: they come from the data.
 */
export interface ImageDomain {
  kind: "image";
  height: number | null;
  width: number | null;
  channels: number;
}
export interface ExpressionMechanism {
  kind: "expression";
  variable: Name;
  parents: Names;
  noises: Noise[];
  expression: Expression;
  inverse: Inverse | null;
  abduction: Abduction;
}
export interface Noise {
  name: Name;
  distribution:
    | "normal"
    | "uniform"
    | "gamma"
    | "exponential"
    | "beta"
    | "laplace"
    | "logistic"
    | "gumbel"
    | "student_t"
    | "lognormal"
    | "bernoulli"
    | "categorical"
    | "mnist";
  /**
   * In the distribution's own order, e.g. [shape, rate] for gamma.
   */
  parameters: number[];
  /**
   * mnist only.
   */
  split?: "train" | "test";
}
export interface ConstantExpression {
  kind: "constant";
  value: number;
}
export interface VariableExpression {
  kind: "variable";
  name: Name;
}
export interface NoiseExpression {
  kind: "noise";
  name: Name;
}
export interface NaturalExpression {
  kind: "natural";
  name: Name;
}
export interface ValueExpression {
  kind: "value";
}
export interface ApplyExpression {
  kind: "apply";
  function:
    | "add"
    | "subtract"
    | "multiply"
    | "divide"
    | "power"
    | "negate"
    | "exp"
    | "log"
    | "sqrt"
    | "sigmoid"
    | "logit"
    | "softplus"
    | "softplus_inverse"
    | "tanh"
    | "atanh"
    | "abs"
    | "min"
    | "max"
    | "clip"
    | "if"
    | "less"
    | "less_equal"
    | "greater"
    | "greater_equal"
    | "equal"
    | "not_equal";
  arguments: Expression[];
}
/**
 * noise = expression(value, parents); log|d noise / d value| = logDerivative.
 */
export interface Inverse {
  noise: Name;
  expression: Expression;
  logDerivative: Expression;
}
export interface OperatorMechanism {
  kind: "operator";
  variable: Name;
  parents: Names;
  noises: Noise[];
  call: OperatorCall;
  abduction: Abduction;
}
/**
 * An image operator applied to an image: the noise itself, or another call's result.
 */
export interface OperatorCall {
  operator: "set_thickness" | "set_intensity";
  image: NoiseExpression | OperatorCall;
  arguments: Expression[];
  mode: "fast" | "exact";
}
/**
 * A mechanism of the catalogue with parameters to fit; `options` is complete, defaults included.
 */
export interface LearnedMechanism {
  kind: "flow" | "linear" | "anm" | "glm" | "cvae" | "hvae" | "ali" | "bernoulli" | "categorical";
  variable: Name;
  parents: Names;
  options: Options;
  abduction: Abduction;
}
export interface Options {
  [k: string]: OptionValue;
}
export interface OptionCall {
  call: string;
  options: Options;
}
/**
 * A latent variable of which nothing but its effects is stated: it cannot be sampled or abducted.
 */
export interface UnobservedMechanism {
  kind: "unobserved";
  variable: Name;
  parents: Names;
  abduction: "none";
}
/**
 * Without `variable`, options of all mechanisms together: `missing`, `rounds`, `proposals`.
 */
export interface Fit {
  variable?: Name;
  options: Options;
}
export interface Procedures {
  /**
   * Assignments in order.
   */
  sample: SampleStep[];
  /**
   * How each mechanism's noise is recovered from a fully observed unit.
   */
  abduct: AbductStep[];
  /**
   * The terms of the joint log-density.
   */
  logProbability: DensityStep[];
}
export interface SampleStep {
  assign: Name;
  mechanism: string;
  parents: Names;
}
export interface AbductStep {
  noiseOf: Name;
  method: Abduction;
  given: Names;
}
export interface DensityStep {
  term: Name;
  given: Names;
  kind: "exact" | "bound" | "none";
}
export interface Query {
  name: Name;
  expression: QueryExpression;
}
export interface QueryTerm {
  kind: "expectation" | "density" | "sample" | "counterfactual" | "probability" | "quantile";
  /**
   * The target variables, or an expression of them (probability: a comparison).
   */
  of: Expression[];
  /**
   * quantile only
   */
  level?: number;
  evidence: Evidence[];
  interventions: Intervention[];
  /**
   * density only: the point at which it is taken; without it, at each observed unit.
   */
  at?: Evidence[];
  plan?: QueryPlan;
  inference?: InferencePlan;
}
export interface Evidence {
  variable: Name;
  value: number | string;
}
/**
 * variable := expression in the new world; `noises` belong to a stochastic intervention; `only` limits it to the named children.
 */
export interface Intervention {
  variable: Name;
  expression: Expression;
  noises: Noise[];
  only?: Names;
  inverse?: InterventionInverse;
  /**
   * Several right-hand sides in turn, one world each; `expression` is the first of them.
   *
   * @minItems 1
   */
  grid?: [Expression, ...Expression[]];
}
/**
 * The new right-hand side solved for the value without the intervention, or for its own noise: source = expression(value, variables, noises); log|d source / d value| = logDerivative. Where it exists, the intervened variable has a density.
 */
export interface InterventionInverse {
  source: "natural" | "noise";
  expression: Expression;
  logDerivative: Expression;
}
/**
 * The three steps: which noises are recovered and how, which assignments are replaced, which variables are recomputed; the rest are copied from the observed unit.
 */
export interface QueryPlan {
  abduct: AbductStep[];
  replace: Names;
  recompute: Names;
  copy: Names;
}
/**
 * How the variables without evidence are found from those with it: `observed` are known, `infer` have observed effects and are drawn from their posterior, `draw` have none and are drawn from their mechanisms, `weigh` are the observed variables whose likelihood tells about `infer`.
 */
export interface InferencePlan {
  method: "complete" | "ancestral" | "gaussian" | "enumeration" | "importance" | "impossible";
  observed: Names;
  infer: Names;
  draw: Names;
  weigh: Names;
  /**
   * importance only: missing variables that the learned posterior of an observed one proposes, in place of their mechanisms.
   */
  proposals?: Proposal[];
  learnable?: Names1;
  /**
   * Why a faster or any method does not serve.
   */
  reason?: string;
}
export interface Proposal {
  by: Name;
  variables: Names;
}
export interface QueryApply {
  kind: "apply";
  function: "add" | "subtract" | "multiply" | "divide" | "negate";
  arguments: QueryExpression[];
}
export interface AncestorAssertion {
  kind: "cause" | "not_cause";
  from: Name;
  to: Name;
}
export interface IndependenceAssertion {
  kind: "independent";
  left: Name;
  right: Name;
  given: Names;
}
/**
 * Where the model came from; left out of comparisons and cache keys.
 */
export interface Source {
  file: string;
  sha256: string;
  /**
   * Span of each variable's assignment.
   */
  spans: {
    [k: string]: Span;
  };
}
export interface Span {
  start: Position;
  end: Position;
}
export interface Position {
  offset: number;
  line: number;
  column: number;
}

export type Binding = ColumnBinding | ColumnsBinding | IdxBinding | PngBinding;

/**
 * Binds the variables of a model to the files of a data set. Paths are relative to the manifest; gzip is recognised by its first bytes.
 */
export interface Manifest {
  $schema?: string;
  /**
   * A CSV file with a header line, or a Parquet file.
   */
  table?: string;
  /**
   * The column of the table that names the rows; without it they are numbered from 0.
   */
  id?: string;
  /**
   * Where each variable's values are. Variables that a model does not have are ignored.
   */
  variables: {
    [k: string]: Binding;
  };
  /**
   * Recorded exogenous noise, by variable, then by the noise's name.
   */
  noise?: {
    [k: string]: {
      [k: string]: NoiseBinding;
    };
  };
}
/**
 * One column of the table. `levels` lists the texts of a category in the order of their codes.
 */
export interface ColumnBinding {
  column: string;
  /**
   * @minItems 2
   */
  levels?: [string, string, ...string[]];
}
/**
 * A vector: several columns of the table, in order.
 */
export interface ColumnsBinding {
  /**
   * @minItems 1
   */
  columns: [string, ...string[]];
}
/**
 * A file in IDX format of unsigned bytes: [items, height, width], [items, height, width, channels], or [items] for labels.
 */
export interface IdxBinding {
  idx: string;
}
/**
 * Images in PNG files, whose names are in a column of the table, relative to the manifest or to `directory`. `crop` is in pixels from the top left; pictures are resized after it.
 */
export interface PngBinding {
  png: string;
  directory?: string;
  crop?: {
    top: number;
    left: number;
    height: number;
    width: number;
  };
  resize?: {
    height: number;
    width: number;
  };
}
/**
 * A column of the table. With `items`, the column holds each item's index (from 0) in that collection.
 */
export interface NoiseBinding {
  column: string;
  items?: "mnist/train" | "mnist/test";
}

/**
 * model.json of a fitted artefact: the model, what was bound from the data, and where the weights came from. The weights are in weights.safetensors beside it.
 */
export interface ArtefactDescription {
  formatVersion: 1;
  /**
   * The compiled model, see model.schema.json.
   */
  model: {};
  variables: BoundVariableDescription[];
  fits: FitDescription[];
  /**
   * Fits of the learned posteriors over the causes of images, by image; absent where none is learned.
   */
  posteriors?: FitDescription[];
  /**
   * Figures on the test data, where some were given: mean log-probability by variable, and what the queries answered.
   */
  metrics: {
    [k: string]: unknown;
  };
  provenance: Provenance;
}
export interface BoundVariableDescription {
  name: string;
  /**
   * See Domain in model.schema.json; sizes and levels are bound.
   */
  domain: {
    [k: string]: unknown;
  };
  normalisation: NormalisationDescription | null;
}
/**
 * Mean and standard deviation in unconstrained space; smallest and largest training value in the variable's unit.
 */
export interface NormalisationDescription {
  mean: number;
  sd: number;
  low: number;
  high: number;
}
export interface FitDescription {
  variable: string;
  /**
   * Content hash of specification, data, options and seed; an equal key is not fitted again.
   */
  key: string;
  options: {
    [k: string]: unknown;
  };
  /**
   * nats per row, natural weights
   */
  heldOutLoss: number;
  /**
   * Rows of the fit, where they are not all: those with values, observed or completed, of the variable and its parents.
   */
  rows?: number;
  epochs: number;
  steps: number;
  seconds: number;
  /**
   * Number of learned scalars.
   */
  parameters: number;
  completion?: CompletionDescription;
}
/**
 * How rows that lack values were completed for a fit; absent where it was made on complete rows alone.
 */
export interface CompletionDescription {
  method: "em";
  /**
   * Rows with values drawn from their posterior.
   */
  completedRows: number;
  /**
   * A row, where its posterior was sampled.
   */
  proposals: number;
  rounds: RoundDescription[];
}
export interface RoundDescription {
  /**
   * Of completed held-out rows, nats per row.
   */
  heldOutLoss: number;
  /**
   * Of the proposals of a row; null where no posterior was sampled.
   */
  smallestEffectiveSize: number | null;
}
export interface Provenance {
  scmcVersion: string;
  engine: string;
  /**
   * What computed, and its version.
   */
  library?: string;
  device?: string;
  /**
   * Threads of one operation; null: the library's own number, about one a core.
   */
  threads?: number | null;
  seed: number;
  weightsSha256: string;
  trainingRows: number;
  /**
   * Fitting options of the command line, over those of the model; the options of each fit are what came of both.
   */
  fitOptions?: string[];
}

/**
 * What `scmc export` writes beside its ONNX programs: the variables, and for each program its inputs and outputs. Every tensor has a fixed number of rows; units are padded to a multiple of `batch`.
 */
export interface ExportDescription {
  formatVersion: 1;
  model: string;
  /**
   * In topological order. Values are in the variable's own unit, classes as codes from 0 in the order of their levels, images as grey levels 0..255, row-major [height, width, channels].
   */
  variables: ExportedVariable[];
  /**
   * Variables made by image operators, which no tensor program computes.
   */
  left: string[];
  programs: ExportedProgram[];
}
export interface ExportedVariable {
  name: string;
  domain: {};
}
export interface ExportedProgram {
  name: string;
  file: string;
  /**
   * Units of one call.
   */
  batch: number;
  /**
   * Draws a unit, units outermost.
   */
  particles: number;
  inputs: ExportedTensor[];
  outputs: ExportedOutput[];
}
/**
 * `value`: the variable as observed. `set`: 1 where the unit is intervened on, else 0; `do`: what the variable becomes there. `random`: independent draws of `distribution`.
 */
export interface ExportedTensor {
  name: string;
  role: "value" | "set" | "do" | "random";
  variable?: string;
  distribution?: string;
  parameters?: number[];
  shape: number[];
  dtype: "float32" | "uint8";
}
/**
 * `value`: the variable, its mean over particles or modal class. `log_probability`: nats per unit of the variable.
 */
export interface ExportedOutput {
  name: string;
  role: "value" | "probabilities" | "noise" | "log_probability";
  variable: string;
  noise?: string;
  density?: "exact" | "bound";
}
