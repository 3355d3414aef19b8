/** Figures and the HTML report. All functions take plain values and return text or bytes, which the caller writes. */
export { causalGraphDot, causalGraphMermaid, causalGraphSvg, type GraphOptions } from "./causal-graph.js";
export type { Markup } from "./drawing/markup.js";
export type { Role } from "./drawing/palette.js";
export type { Range } from "./figures/axis.js";
export { type DensityCurve, type DensityFigureInput, densityFigure, sampledCurve } from "./figures/density-figure.js";
export { type GridPngOptions, writeGridPng } from "./figures/grid-png.js";
export { type ImageGridInput, imageGrid } from "./figures/image-grid.js";
export { chooseImages, differenceImages, type ImageRow, type ImageStack } from "./figures/image-rows.js";
export { type JointFigureInput, type JointLayer, jointFigure } from "./figures/joint-figure.js";
export { type TrainingFigureInput, trainingFigure } from "./figures/training-figure.js";
export { type TrajectoryFigureInput, trajectoryFigure } from "./figures/trajectory-figure.js";
export { type Fact, type Figure, type Program, type ReportInput, renderReport, type Section } from "./html.js";
export { planTable } from "./plan.js";
export type { Cell, Table, TableColumn } from "./table.js";
