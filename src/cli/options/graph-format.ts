/** The formats of `scmc graph`. */
export const graphFormats = ["dot", "mermaid", "svg"] as const;

export type GraphFormat = (typeof graphFormats)[number];
