/** 70xx: engines, fitting and artefacts. They depend on more than a program's text, so they do not have examples. */
import type { CatalogueEntry } from "./entry.js";

export const runCodes = [
  {
    code: "7001",
    title: "The onnx engine does not load",
    explanation:
      "The default engine needs the package onnxruntime-node. Install it as the message says, or choose `--engine reference`, which is slow.",
  },
  {
    code: "7002",
    title: "An operation without translation",
    explanation:
      "A mechanism uses a tensor operation that the onnx engine cannot translate. Write it in other operations, or use the reference engine.",
  },
  {
    code: "7003",
    title: "A value read while a program is built",
    explanation:
      "A procedure is built once and run many times, so it cannot look at values while it is built. Compute with tensor operations instead.",
  },
  {
    code: "7004",
    title: "Inputs that do not fit a program",
    explanation: "A program of the engine was given other inputs, shapes or numbers of steps than it takes.",
  },
  {
    code: "7005",
    exit: "usage",
    title: "An engine that does not exist",
    explanation: "The engines are onnx, tensorflow and reference.",
  },
  {
    code: "7006",
    exit: "usage",
    title: "A device or number of threads that an engine does not have",
    explanation:
      "`--device` names what computes: for the onnx engine an execution provider of onnxruntime, for the tensorflow engine cpu or cuda. It is tried on a small program before any work is done, and there is no silent fall-back to the CPU. `scmc doctor` lists what works here and what the rest needs.",
  },
  {
    code: "7007",
    title: "The tensorflow engine does not load",
    explanation:
      "The tensorflow engine needs the package @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu, which is looked for in the folder scmc is run in and beside scmc. Installing it fetches libtensorflow.",
  },
  {
    code: "7010",
    title: "An image of unknown size",
    explanation: "A bare `image` takes its size from the data that the model is fitted to.",
  },
  {
    code: "7011",
    title: "A type without unconstrained form",
    explanation: "Categories, vectors and images have no one-to-one map to the real line.",
  },
  {
    code: "7012",
    title: "Normalising constants are missing",
    explanation: "They are computed from the training data when a model is fitted; fit it again.",
  },
  {
    code: "7013",
    title: "A transform that cannot be run yet",
    explanation: "The language knows more transforms of flows than this version can run; the hint lists those it can.",
  },
  {
    code: "7014",
    title: "A mechanism that cannot be run for this type yet",
    explanation: "The language allows the mechanism for this type, but this version cannot fit it.",
  },
  {
    code: "7015",
    title: "Recorded images among numbers",
    explanation: "`mnist()` draws an image, which only image operators take.",
  },
  {
    code: "7016",
    title: "A variable without density",
    explanation: "Its noise cannot be recovered from its value, so its value has no density.",
  },
  { code: "7017", title: "Nothing to fit", explanation: "Expressions are given, not learned." },
  {
    code: "7019",
    title: "A child of an image made by operators",
    explanation: "Image operators run only on variables that cause no others.",
  },
  {
    code: "7020",
    exit: "usage",
    title: "A model that has not been fitted",
    explanation:
      "A program with learned mechanisms must be fitted before anything can be asked of it: `scmc run PROGRAM --data MANIFEST --out DIR` writes the fitted artefact DIR, which takes the program's place on the command line.",
  },
  {
    code: "7021",
    title: "An unobserved variable without mechanism",
    explanation: "Nothing can be computed through a variable of which only its effects are stated.",
  },
  {
    code: "7022",
    title: "Counts beyond the table",
    explanation: "A `glm` of a count lists the probabilities of all counts up to a limit; larger ones need a flow.",
  },
  {
    code: "7023",
    title: "A vector flow without mixing",
    explanation:
      "Element-wise transforms leave the elements of a vector independent given the parents. Add layers that mix them, such as `coupling`.",
  },
  {
    code: "7024",
    title: "An image that cannot be halved as often",
    explanation:
      "Each level of a `multiscale` flow halves the image's height and width, so both are even at every level: 28 × 28 can be halved twice.",
  },
  {
    code: "7025",
    title: "An option that does not fit the data",
    explanation:
      "Where a program leaves a type or an image's size open, the data tell it. Some options are for images alone, convolutional networks halve an image at every level, and patches divide it.",
  },
  {
    code: "7030",
    title: "Fitting diverged",
    explanation: "The loss became infinite or no number. Lower the rate in the program: `fit t(rate = …)`.",
  },
  {
    code: "7031",
    title: "Nothing to balance by",
    explanation:
      "`balance = parents` draws rows with rare values of their numeric parents more often. A mechanism without such parents has nothing to balance by.",
  },
  {
    code: "7032",
    title: "Parents whose effects cannot be told apart",
    explanation:
      "In the training rows a parent is a linear function of others, exactly or so nearly that the rows say little about what remains. What the parents do together is fitted well; how it is shared among them is not in the data: an exact fit gives all of it to the parents that come first. Leave out one of them, set them together, or bind data in which they vary apart.",
  },
  {
    code: "7033",
    title: "Values that the parents separate",
    explanation:
      "In the training rows the parents tell the value of a discrete variable without error, or that of some rows, so that a logistic, ordinal or Poisson regression has no maximum: a coefficient grows without bound. It is fitted with a few more rows at the overall frequencies, one for each coefficient, spread over all rows (Clogg et al. 1991).",
  },
  {
    code: "7034",
    title: "A fit to few rows",
    explanation:
      "Fewer than 10 rows, or fewer than 5 for each coefficient, say hardly anything about other units, however exact the figures look.",
  },
  {
    code: "7035",
    title: "Too few rows to fit",
    explanation: "A mechanism is fitted to at least 3 rows that have values of the variable and its parents.",
  },
  {
    code: "7036",
    title: "Levels without rows",
    explanation:
      "No training row has a level of a discrete variable, alone or together with some levels of its parents. A frequency of 0 is no probability of 0: the level is given half a row, and in a table of a few parents one row is spread over the levels as a logistic regression without interactions says.",
  },
  {
    code: "7037",
    title: "A parent that does not vary",
    explanation:
      "A parent has one value in all training rows, or one of its levels has none: its effect cannot be told from the data, and the fit takes it as 0 (that of a level without rows as the mean of the others').",
  },
  {
    code: "7038",
    title: "A fit that has not converged",
    explanation:
      "At the end of gradient training the gradient over the training rows is larger than sampling explains: longer training would still move the parameters. Give it more steps: `fit y(epochs = …)`, or a larger rate.",
  },
  {
    code: "7039",
    title: "No noise left",
    explanation:
      "A variable is an exact linear function of its parents in every training row, so that nothing is left for its noise, which is held at a very small scale. Where the function is known, write it as an expression.",
  },
  {
    code: "7040",
    title: "Damaged weights",
    explanation: "The file of weights was cut short or changed. Restore it from a copy, or fit again.",
  },
  {
    code: "7041",
    title: "The output directory is not a fitted artefact",
    explanation: "Only an artefact that scmc wrote is ever replaced. Name a new directory with `--out`.",
  },
  {
    code: "7042",
    title: "Weights are missing",
    explanation: "An artefact is a directory with model.json and weights.safetensors; the second is not there.",
  },
  {
    code: "7043",
    title: "Weights of another model",
    explanation: "The checksum of the weights in model.json differs from the file's. The two belong together.",
  },
  {
    code: "7044",
    title: "An incomplete artefact",
    explanation: "The artefact lacks what was bound from the data for some variable. Fit again.",
  },
  {
    code: "7045",
    title: "Weights of the wrong shape",
    explanation: "The weights have other shapes than the mechanisms of the model: they belong to another model.",
  },
  {
    code: "7046",
    title: "Not a fitted artefact",
    explanation: "The directory has no model.json. Name the directory that `scmc run … --out DIR` wrote.",
  },
  {
    code: "7047",
    title: "A damaged description of an artefact",
    explanation: "The artefact's model.json is not JSON. Restore it from a copy, or fit again.",
  },
  {
    code: "7048",
    title: "Not a description of an artefact",
    explanation: "The model.json in the directory has another form than `scmc run` writes.",
  },
  {
    code: "7050",
    title: "A latent variable cannot be fitted",
    explanation: "Mechanisms are fitted to data, and a latent variable has none.",
  },
  {
    code: "7051",
    title: "A common cause that is not observed",
    explanation: "Mechanisms are fitted one by one, which is wrong where an unobserved cause joins two of them.",
  },
  {
    code: "7052",
    title: "Too few complete rows",
    explanation:
      "A mechanism is fitted to the rows on which its variable and all its parents have values, and there are fewer than two of them.",
  },
] as const satisfies readonly CatalogueEntry[];
