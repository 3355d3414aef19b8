/**
 * Image operators after Morpho-MNIST (Castro et al., 2019) and the synthetic data of the paper (Pawlowski, Castro and
 * Glocker, 2020): measuring and setting the thickness and the intensity of digits, one image or a batch at a time.
 */
export { MorphologyError } from "./errors.js";
export { type ImageOperatorCall, type ImageOperatorName, imageOperators } from "./operators.js";
export { applyToBatch, type ImageBatch, type PoolOptions } from "./pool.js";
export { measureIntensity, setIntensity } from "./set-intensity.js";
export { type MorphologyMode, measureThickness, setThickness, setThicknessUntruncated } from "./thickness.js";
