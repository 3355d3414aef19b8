/** Batches of images: the same on any number of threads, and errors that name the row. */
import { execFileSync } from "node:child_process";
import { expect } from "chai";
import {
  applyToBatch,
  type ImageBatch,
  MorphologyError,
  setIntensity,
  setThickness,
} from "../../src/morphology/index.js";

const side = 8;
const size = side * side;

/** A bar two pixels wide and as long as `row` says. */
function bar(row: number): Uint8Array {
  const image = new Uint8Array(size);
  for (let column = 1; column < 4 + (row % 4); column++) image.fill(200, 3 * side + column, 3 * side + column + 1);
  image.copyWithin(4 * side, 3 * side, 4 * side);
  return image;
}

function imageAt(images: Uint8Array, row: number): Uint8Array {
  return images.subarray(row * size, (row + 1) * size);
}

function batch(count: number): ImageBatch {
  const images = new Uint8Array(count * size);
  for (let row = 0; row < count; row++) images.set(bar(row), row * size);
  return {
    images,
    height: side,
    width: side,
    mode: "fast",
    calls: [
      { operator: "set_thickness", arguments: Float64Array.from({ length: count }, (_, row) => 1 + (row % 5) / 2) },
      { operator: "set_intensity", arguments: Float64Array.from({ length: count }, (_, row) => 100 + (row % 150)) },
    ],
  };
}

function withArgument(given: ImageBatch, call: number, row: number, value: number): ImageBatch {
  const calls = given.calls.map(({ operator, arguments: values }, index) => ({
    operator,
    arguments: values.map((old, position) => (index === call && position === row ? value : old)),
  }));
  return { ...given, calls };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure");
}

describe("morphology: batches", function () {
  this.slow(5000);

  it("give what the operators give, on one thread or several, and leave the input alone", async () => {
    const given = batch(400);
    const before = given.images.slice();
    const one = await applyToBatch(given, { threads: 1 });
    const three = await applyToBatch(given, { threads: 3 });
    expect(three).to.deep.equal(one);
    expect(given.images).to.deep.equal(before);
    for (const row of [0, 127, 128, 399]) {
      const [thickness, intensity] = given.calls.map((call) => call.arguments[row]!);
      const expected = setIntensity(setThickness(bar(row), side, side, thickness!, "fast"), intensity!);
      expect(imageAt(one, row)).to.deep.equal(expected);
    }
  });

  it("report progress up to the whole", async () => {
    for (const count of [10, 300]) {
      const seen: number[] = [];
      await applyToBatch(batch(count), {
        threads: 2,
        onProgress: (done, total) => {
          expect(total).to.equal(count);
          seen.push(done);
        },
      });
      expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).to.equal(count);
    }
  });

  it("take images that lie in a file's buffer, and leave it whole", async () => {
    const given = batch(300);
    const buffer = Buffer.concat([Buffer.alloc(16), given.images]);
    const found = await applyToBatch({ ...given, images: buffer.subarray(16) }, { threads: 2 });
    expect(found).to.deep.equal(await applyToBatch(given, { threads: 2 }));
    expect(buffer.length).to.equal(16 + given.images.length);
  });

  it("may be empty", async () => {
    expect((await applyToBatch(batch(0))).length).to.equal(0);
  });

  it("name the first row with an argument out of range", async () => {
    for (const value of [0, -0.25, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = await failureOf(applyToBatch(withArgument(withArgument(batch(300), 0, 40, value), 1, 250, -1)));
      expect(error).to.be.instanceOf(MorphologyError);
      expect((error as MorphologyError).row).to.equal(40);
      expect((error as Error).message).to.equal(
        `row 40: set_thickness: the thickness must be above 0 pixels, not ${value}`,
      );
    }
  });

  it("name the row of an image without ink", async () => {
    const given = batch(300);
    given.images.fill(0, 299 * size, 300 * size);
    const error = await failureOf(applyToBatch(given));
    expect((error as Error).message).to.equal(
      "row 299: set_thickness: the image has no ink: its grey levels hardly differ",
    );
  });

  it("name the first row that fails on the way, whatever thread had it", async () => {
    const count = 600;
    const vanishing = [290, 150, 599];
    const thinning = Float64Array.from({ length: count }, (_, row) => (vanishing.includes(row) ? 0.01 : 3));
    const thin = { operator: "set_thickness", arguments: thinning } as const;
    for (const threads of [1, 3]) {
      const error = await failureOf(applyToBatch({ ...batch(count), calls: [thin, thin, thin, thin] }, { threads }));
      expect((error as Error).message).to.match(/^row 150: set_thickness: the image has no ink/);
    }
  });

  it("refuse lengths that do not fit together", async () => {
    const given = batch(3);
    const short = { ...given, images: given.images.subarray(1) };
    expect(String(await failureOf(applyToBatch(short)))).to.contain("not a whole number of 8 × 8 images");
    const few = { ...given, calls: [{ operator: "set_thickness", arguments: new Float64Array(2) } as const] };
    expect(String(await failureOf(applyToBatch(few)))).to.contain("2 arguments for 3 images");
  });

  it("go through threads in a stream of small batches as soon as starting them pays off", async () => {
    const script = `
      import { withThreads } from ${JSON.stringify(new URL("../../src/morphology/shared-pool.js", import.meta.url).href)};
      const isThreaded = async (images) => withThreads(2, images, async (run) => run !== undefined);
      console.log(await isThreaded(256), await isThreaded(1), await isThreaded(1), await withThreads(1, 999, async (run) => run === undefined));`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 20000 });
    expect(output.toString().trim()).to.equal("false true true true");
  });

  it("are the same in batches that are under way at once", async () => {
    const given = batch(400);
    const half = (start: number) =>
      applyToBatch({
        ...given,
        images: given.images.slice(start * size, (start + 200) * size),
        calls: given.calls.map((call) => ({ ...call, arguments: call.arguments.slice(start, start + 200) })),
      });
    const [whole, first, second] = await Promise.all([applyToBatch(given), half(0), half(200)]);
    expect(Buffer.concat([first, second])).to.deep.equal(Buffer.from(whole));
  });

  it("let the process end when they are done", () => {
    const entry = new URL("../../src/morphology/index.js", import.meta.url).href;
    const script = `
      import { applyToBatch } from ${JSON.stringify(entry)};
      const images = new Uint8Array(16 * 300).map((_, pixel) => (pixel % 16 === 5 ? 255 : 0));
      const calls = [{ operator: "set_intensity", arguments: new Float64Array(300).fill(100) }];
      const result = await applyToBatch({ images, height: 4, width: 4, calls, mode: "fast" }, { threads: 2 });
      console.log(result[5], result.length);`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 20000 });
    expect(output.toString().trim()).to.equal("100 4800");
  });
});
