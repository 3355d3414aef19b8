/**
 * The rows of the study: one line of the language each, with fitting options that end within five minutes on two cores.
 */
export interface Row {
  readonly name: string;
  /** The right-hand side of `x : image(28, 28) := …`. */
  readonly mechanism: string;
  readonly fit: string;
  /** The number of draws per unit for counterfactuals; 32 if left out. */
  readonly particles?: number;
}

const long = "epochs = 60, balance = parents";

export const rows: readonly Row[] = [
  { name: "cvae", mechanism: "cvae(t, i)", fit: long },
  { name: "cvae-natural", mechanism: "cvae(t, i)", fit: "epochs = 60" },
  { name: "cvae-normal", mechanism: "cvae(t, i, likelihood = normal)", fit: long },
  { name: "cvae-laplace", mechanism: "cvae(t, i, likelihood = laplace)", fit: long },
  { name: "cvae-shared", mechanism: "cvae(t, i, scale = shared)", fit: long },
  {
    name: "cvae-low-rank",
    mechanism: "cvae(t, i, likelihood = low_rank)",
    fit: "epochs = 20, balance = parents",
  },
  { name: "cvae-patch", mechanism: "cvae(t, i, architecture = patch)", fit: "epochs = 8, balance = parents" },
  {
    name: "cvae-convolutional",
    mechanism: "cvae(t, i, architecture = convolutional)",
    fit: "epochs = 7, balance = parents",
  },
  {
    name: "cvae-paper",
    mechanism: "cvae(t, i, architecture = convolutional, likelihood = normal, scale = fixed, pixels = realnvp)",
    fit: "epochs = 7, balance = parents",
  },
  {
    name: "cvae-deep",
    mechanism: "cvae(t, i, architecture = deep(channels = [32, 64]))",
    fit: "epochs = 2, balance = parents",
  },
  { name: "hvae", mechanism: "hvae(t, i)", fit: "epochs = 25, balance = parents" },
  { name: "flow", mechanism: "flow(t, i)", fit: "epochs = 10, balance = parents", particles: 1 },
  { name: "ali", mechanism: "ali(t, i)", fit: "epochs = 16, finetune = 4, balance = parents", particles: 1 },
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
