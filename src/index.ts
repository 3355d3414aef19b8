/** The library: everything that the command line does. `scmc/compiler` is the part that needs neither tensors nor files. */
export * from "./compiler-api.js";
export { type Column, columnRows, type Dataset, type LoadedDataset } from "./data/dataset.js";
export { readDataset, type WantedVariable } from "./data/read-dataset.js";
export { writeDataset } from "./data/write-dataset.js";
export type { Answered, CounterfactualAnswered, EstimateAnswered, SampleAnswered } from "./library/answered.js";
export {
  type Asked,
  type CausalModel,
  type Counterfactuals,
  type LoadOptions,
  load,
} from "./library/causal-model.js";
export {
  type Action,
  type Actions,
  type Assignment,
  add,
  multiply,
  seenBy,
  written,
} from "./library/interventions.js";
export { typescriptTypes } from "./library/typescript-types.js";
export type {
  Answers,
  Categorical,
  Image,
  Scalar,
  Units,
  VariableType,
  VariableTypes,
  Vector,
} from "./library/values.js";
export { type Artefact, readArtefact, writeArtefact } from "./runtime/artefact/artefact.js";
export { rowsOfColumn, rowsOfColumns } from "./runtime/columns.js";
export { type EngineExamination, examineEngines } from "./runtime/engine/examine.js";
export {
  createEngine,
  type Engine,
  type EngineDescription,
  type EngineOptions,
  engineNames,
} from "./runtime/engine/index.js";
export {
  evaluateLogProbability,
  evaluateReconstruction,
  type LogProbabilityFigure,
  type ReconstructionFigure,
} from "./runtime/evaluation.js";
export { type LoadedModel, loadUnfitted } from "./runtime/loaded-model.js";
export { type NamedProgram, programsOf } from "./runtime/programs.js";
export { type Answer, answerQueries } from "./runtime/queries/answer-queries.js";
export {
  type CounterfactualAnswer,
  type CounterfactualRequest,
  counterfactual,
} from "./runtime/queries/counterfactual.js";
export { type Estimate, estimate } from "./runtime/queries/expectation.js";
export { logProbability } from "./runtime/queries/log-probability.js";
export { type Sample, sample } from "./runtime/queries/sample.js";
export { RandomKey } from "./runtime/random/index.js";
export type { Rows } from "./runtime/rows.js";
export { type FittedModel, fitModel } from "./runtime/training/fit-model.js";
export type { FitModelRequest } from "./runtime/training/fit-model-request.js";
