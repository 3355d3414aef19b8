/** The text of a model against JSON.stringify on a copy with sorted keys, and equality of parts of models. */
import { expect } from "chai";
import fc from "fast-check";
import { sameJson, serialiseModel } from "../../src/model/files/serialise.js";
import type { Model } from "../../src/schema/types.js";

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const anyJson = fc.jsonValue({ maxDepth: 5 });

/** The same with the keys of its objects in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

describe("serialising", () => {
  it("writes what JSON.stringify writes of a copy with sorted keys", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        // JavaScript puts keys such as `0` first whatever is asked; no model has such keys.
        fc.pre(!/"\d+":/.test(JSON.stringify(value)));
        expect(serialiseModel(value as unknown as Model)).to.equal(`${JSON.stringify(sorted(value), null, 2)}\n`);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps keys that are properties of every object, and leaves out keys without a value", () => {
    const odd = Object.fromEntries([
      ["toString", 1],
      ["__proto__", { constructor: 2 }],
      ["left_out", undefined],
    ]);
    const text = '{\n  "__proto__": {\n    "constructor": 2\n  },\n  "toString": 1\n}\n';
    expect(serialiseModel(odd as unknown as Model)).to.equal(text);
  });
});

describe("sameJson", () => {
  it("is equality of what is written", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (left, right) => {
        expect(sameJson(left, reversed(left))).to.equal(true);
        expect(sameJson(left, right)).to.equal(JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)));
      }),
      { numRuns: 1000 },
    );
  });

  it("tells lists, objects and absent keys apart", () => {
    expect(sameJson([], {})).to.equal(false);
    expect(sameJson({}, [])).to.equal(false);
    expect(sameJson({ a: 1 }, { b: 1 })).to.equal(false);
    expect(sameJson({ a: 1 }, { a: 1, b: 2 })).to.equal(false);
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).to.equal(true);
    expect(sameJson({}, Object.fromEntries([["__proto__", {}]]))).to.equal(false);
  });
});
