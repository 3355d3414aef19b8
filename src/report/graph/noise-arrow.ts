/**
 * The line between an exogenous noise and its variable, after the paper's Fig. 1: the black head is the generative
 * direction, the white head is abduction; a dotted line is an amortised approximation, a dashed line a sample from the
 * posterior.
 */
import { fragment, type Markup } from "../drawing/markup.js";
import { arrow, bothWays } from "./arrows.js";
import type { Recovery } from "./graph-view.js";
import type { Position } from "./layout.js";

const spacing = 3;

/** The arrow from the noise's rim to the variable's rim. */
export function noiseArrow(recovery: Recovery, from: Position, to: Position): Markup {
  switch (recovery) {
    case "exact":
      return bothWays(from, to);
    case "amortised":
    case "sampled":
      return fragment(
        arrow(aside(from, from, to), aside(to, from, to)),
        arrow(aside(to, to, from), aside(from, to, from), `back ${recovery}`),
      );
    case "recorded":
    case "none":
      return arrow(from, to);
  }
}

/** The point moved to one side of the direction from start to end. */
function aside(point: Position, start: Position, end: Position): Position {
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  return {
    x: point.x + (spacing * (end.y - start.y)) / length,
    y: point.y - (spacing * (end.x - start.x)) / length,
  };
}
