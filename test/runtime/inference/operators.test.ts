/** Image operators of a program: every call runs in the mode that stands in it. */
import { expect } from "chai";
import { loadMnist } from "../../../src/data/images/mnist.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { loadUnfitted } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { compiled } from "../models.js";

const rows = 12;

async function imagesOf(inner: string, outer: string): Promise<number[]> {
  const text = `t : positive := 2 + e where e ~ uniform(0, 3)
x : image(28, 28) := set_intensity(set_thickness(e, t${inner}), 200${outer}) where e ~ mnist()`;
  const { images } = await loadMnist("test");
  const { values } = await sample({
    loaded: loadUnfitted(compiled(text), "test.scm"),
    engine: createEngine("reference"),
    rows,
    key: RandomKey.fromSeed(1),
    records: new Map([["x", { rows, height: 28, width: 28, images: images.subarray(0, rows * 784) }]]),
  });
  return [...values.get("x")!];
}

describe("modes of image operators", () => {
  it("each call has its own: thickness decides, whatever the mode of the intensity", async () => {
    const exact = await imagesOf(", mode = exact", ", mode = exact");
    const fast = await imagesOf("", "");
    // Otherwise nothing below could fail.
    expect(exact).to.not.deep.equal(fast);
    expect(await imagesOf(", mode = exact", "")).to.deep.equal(exact);
    expect(await imagesOf("", ", mode = exact")).to.deep.equal(fast);
  });
});
