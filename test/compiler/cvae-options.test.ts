/** Options of `cvae` that depend on each other, on the type and on the image's size. */
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { loadModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { compiled } from "../runtime/models.js";

function messagesOf(text: string): string[] {
  return compile({ text, file: "test.scm" }).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function optionsOf(text: string) {
  const [mechanism] = compiled(text).mechanisms;
  return mechanism?.kind === "cvae" ? mechanism.options : {};
}

describe("options of cvae", () => {
  it("are completed: calls with options as calls, others as words, and what belongs to another choice is absent", () => {
    expect(optionsOf("x : image(8, 8) := cvae()")).to.deep.equal({
      architecture: "dense",
      hidden: [512, 512],
      latent: 16,
      likelihood: "logistic",
      pixels: "linear",
      scale: "pixel",
    });
    const text =
      "x : image(8, 8) := cvae(architecture = patch(side = 2), likelihood = normal, scale = fixed, pixels = realnvp)";
    expect(optionsOf(text)).to.deep.equal({
      architecture: { call: "patch", options: { blocks: 4, features: 256, side: 2, width: 64 } },
      latent: 16,
      likelihood: "normal",
      pixels: "realnvp",
      scale: { call: "fixed", options: { value: 0.082085 } },
    });
    expect(optionsOf("x : vector(3) := cvae(likelihood = low_rank(rank = 2))")).to.deep.equal({
      architecture: "dense",
      hidden: [512, 512],
      latent: 16,
      likelihood: { call: "low_rank", options: { rank: 2 } },
    });
  });

  const wrong: Record<string, string> = {
    "x : image(8, 8) := cvae(architecture = deep(channels = [4, 8]), hidden = [8])":
      "3009 `hidden` is an option of `architecture = dense`, and this one is `deep`",
    "x : vector(3) := cvae(likelihood = multivariate, scale = shared)":
      "3009 `scale` is an option of `likelihood = laplace | normal | logistic`, and this one is `multivariate`",
    "x : vector(3) := cvae(pixels = realnvp)":
      "3009 `pixels` is for values of type image, and this one is of type vector",
    "x : vector(3) := cvae(architecture = patch)":
      "3009 `patch` is for values of type image, and this one is of type vector",
    "x : image(8, 8) := cvae(likelihood = multivariate)":
      "3009 `multivariate` is for values of type vector, and this one is of type image",
    "x : image(28, 28) := cvae(architecture = deep)":
      "3009 each of 5 levels halves the image, and 28 × 28 can be halved 2 times: list 2 `channels`",
    "x : image(27, 28) := cvae(architecture = convolutional)":
      "3009 each of 2 levels halves the image, and 27 × 28 can be halved 0 times: take `dense` or `patch`",
    "x : image(28, 28) := cvae(architecture = patch(side = 5))":
      "3009 an image of 28 × 28 is not cut into patches of 5 × 5: name a `side` that divides both sizes",
    "x : image(8, 8) := cvae(scale = fixed(value = 0))": "3009 `value` takes a number above 0 (in `fixed`)",
    "x : image(8, 8) := cvae(scale = [pixel, shared])": "3009 `scale` takes one of `pixel`, `shared`, `fixed`",
    "x : image(8, 8) := cvae(architecture = convolution)":
      "3009 `architecture` takes one of `dense`, `convolutional`, `deep`, `patch`",
  };
  for (const [text, message] of Object.entries(wrong))
    it(`${text}: refused`, () => {
      expect(messagesOf(text)).to.deep.equal([message]);
    });

  it("are checked again where the data tell type and size", () => {
    const bindTo = (
      text: string,
      domain: Parameters<typeof loadModel>[1] extends ReadonlyMap<string, infer V> ? V : never,
    ) => loadModel(compiled(text), new Map([["x", domain]]), {});
    const vector = {
      name: "x",
      domain: { kind: "vector", size: 3 },
      normalisation: { mean: 0, sd: 1, low: 0, high: 1 },
    } as const;
    const image = {
      name: "x",
      domain: { kind: "image", height: 6, width: 6, channels: 1 },
      normalisation: null,
    } as const;
    expect(() => bindTo("x := cvae(architecture = convolutional)", image)).to.throw("can be halved once");
    expect(() => bindTo("x := cvae(pixels = realnvp)", vector)).to.throw("`pixels`");
    expect(() => bindTo("x := cvae(likelihood = multivariate)", image)).to.throw("`likelihood`");
    expect(bindTo("x := cvae()", vector).mechanisms.get("x")!.noises.u!.size).to.equal(3);
  });
});
