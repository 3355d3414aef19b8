/**
 * When an answer says that it leans on values that the training rows hardly hold: every number of that rule, and why it
 * is what it is. docs/queries.md, "Where the data say nothing", tells of them.
 */

/**
 * Fewer rows than this are "almost none". The mean of five rows has a standard error of nearly half a standard
 * deviation, and nothing about a slope or a shape can be told from them.
 */
export const fewRows = 5;

/**
 * Half the width of a neighbourhood, in standard deviations of each parent: a learned mechanism hardly changes over so
 * little. Where rows are scarce or parents many, it is widened until most training rows have neighbours themselves …
 */
export const smallestReach = 0.15;
export const reachStep = 1.25;
/** … up to this: wider neighbourhoods say nothing of a place. */
export const largestReach = 1.5;
/** The share of training rows that may lie by themselves: the reach is widened until no more do. */
export const largestSparseShare = 0.05;

/**
 * An answer speaks of a cause from this share of its units on: less moves a mean by less than a hundredth of what is
 * wrong there.
 */
export const spokenShare = 0.01;
/**
 * Training rows lie by themselves too, at the edges. An answer speaks where its units do so at least this many times as
 * often, beside the share above: chance and a shift within the data do not reach it.
 */
export const spokenRatio = 2;
/**
 * The rows of a rare class lie by themselves more often than all rows do, and there may be enough of them nevertheless.
 * So units are compared with the rows of their own classes too: by this many standard errors of what those come to …
 */
export const spokenErrors = 1.75;
/** … except where so large a share of an answer has fewer than the stated number of rows near. */
export const alwaysSpokenShare = 0.25;

/** Draws of the asked world that are looked up: a share of 1 % has a standard error of 0.16 %. */
export const drawsLookedUp = 4000;
/** Of observed units all are looked up to the first number, and then every one in `unitStride`, whatever the blocks. */
export const unitsLookedUp = 65_536;
export const unitStride = 16;

/** Sizes of the summary: rows that boxes are made from, boxes of a mechanism, combinations of classes. */
export const rowsInBoxes = 20_000;
export const boxesOfMechanism = 256;
export const largestCombinations = 1000;
/** The training rows that calibrate the reach. */
export const calibrationRows = 1000;
/** Fewer rows do not tell where they are dense. */
export const fewestForBoxes = 20;
