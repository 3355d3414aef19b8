/** The rows of the study: one line of the language each, with fitting options that end within five minutes on two cores. */
export interface Row {
  readonly name: string;
  /** The right-hand side of `x : image(28, 28) := …`. */
  readonly mechanism: string;
  readonly fit: string;
  /** Draws a unit for counterfactuals; 32 where left out. */
  readonly particles?: number;
}

const brief = "epochs = 12, balance = parents";

export const rows: readonly Row[] = [
  { name: "cvae", mechanism: "cvae(t, i)", fit: "epochs = 60, balance = parents" },
  { name: "cvae-natural", mechanism: "cvae(t, i)", fit: "epochs = 60" },
  { name: "cvae-brief", mechanism: "cvae(t, i)", fit: brief },
  { name: "cvae-normal", mechanism: "cvae(t, i, likelihood = normal)", fit: brief },
  { name: "cvae-laplace", mechanism: "cvae(t, i, likelihood = laplace)", fit: brief },
  { name: "cvae-shared", mechanism: "cvae(t, i, scale = shared)", fit: brief },
  { name: "cvae-low-rank", mechanism: "cvae(t, i, likelihood = low_rank)", fit: brief },
  { name: "cvae-patch", mechanism: "cvae(t, i, architecture = patch)", fit: "epochs = 5, balance = parents" },
  {
    name: "cvae-convolutional",
    mechanism: "cvae(t, i, architecture = convolutional)",
    fit: "epochs = 3, balance = parents",
  },
  {
    name: "cvae-paper",
    mechanism: "cvae(t, i, architecture = convolutional, likelihood = normal, scale = fixed, pixels = realnvp)",
    fit: "epochs = 3, balance = parents",
  },
  { name: "hvae", mechanism: "hvae(t, i)", fit: "epochs = 20, balance = parents" },
  { name: "flow", mechanism: "flow(t, i)", fit: "epochs = 6, balance = parents", particles: 1 },
  { name: "ali", mechanism: "ali(t, i)", fit: "epochs = 8, finetune = 2, balance = parents", particles: 1 },
];

export function programOf({ mechanism, fit }: Row): string {
  return `model study
t : positive          := flow(transform = spline(bins = 8))
i : interval(64, 255) := flow(t)
x : image(28, 28)     := ${mechanism}
fit x(${fit})
query thicker = counterfactual(x | do(t := t + 2))
`;
}
