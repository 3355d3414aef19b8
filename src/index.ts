/**
 * The library: everything that the command line does. `scmc/compiler` is the part that needs neither tensors nor files.
 */

export { type Column, columnRows, type Dataset, type LoadedDataset } from "./data/columns/dataset.js";
export type { Texts } from "./data/columns/texts.js";
export { readDataset, type WantedVariable } from "./data/dataset/read-dataset.js";
export { writeDataset } from "./data/dataset/write-dataset.js";
export { type Artefact, readArtefact, writeArtefact } from "./runtime/artefact/artefact.js";
export { type FittedModel, fitModel } from "./runtime/fitting/fit-model.js";
export type { FitModelRequest } from "./runtime/fitting/tasks/fit-model-request.js";
export {
  type AnswerOptions,
  type AnswerPart,
  answer,
  type Session,
  type UnitSource,
  type World,
} from "./runtime/inference/answer.js";
export {
  evaluateLogProbability,
  evaluateReconstruction,
  type LogProbabilityFigure,
  type ReconstructionFigure,
} from "./runtime/inference/checks/held-out-figures.js";
export { logProbability } from "./runtime/inference/programs/log-probability.js";
export type { Estimate } from "./runtime/inference/terms/expectation.js";
export { type Answer, allAnswers, wholeAnswer } from "./runtime/inference/whole-answer.js";
export { type NamedProgram, programsOf } from "./runtime/inspection/programs.js";
export { rowsOfColumn, rowsOfColumns } from "./runtime/mechanisms/bound/columns.js";
export { type LoadedModel, loadUnfitted } from "./runtime/mechanisms/loaded-model.js";
export type { Rows } from "./runtime/tensors/core/rows.js";
export { type EngineExamination, examineEngines } from "./runtime/tensors/engine/examine.js";
export {
  createEngine,
  type Engine,
  type EngineDescription,
  type EngineOptions,
  engineNames,
} from "./runtime/tensors/engine/index.js";
export { RandomKey } from "./runtime/tensors/random/index.js";
export type { Answered, CounterfactualAnswered, EstimateAnswered, SampleAnswered } from "./session/answered.js";
export {
  type Asked,
  type CausalModel,
  type Counterfactuals,
  type LoadOptions,
  load,
} from "./session/causal-model.js";
export * from "./session/compiler-api.js";
export {
  type Action,
  type Actions,
  type Assignment,
  add,
  multiply,
  seenBy,
  written,
} from "./session/interventions.js";
export { typescriptTypes } from "./session/typescript-types.js";
export { unitsOfDataset } from "./session/units.js";
export type {
  Answers,
  Categorical,
  Image,
  Scalar,
  Units,
  VariableType,
  VariableTypes,
  Vector,
} from "./session/values.js";
