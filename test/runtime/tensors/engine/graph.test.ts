/**
 * The traced graph as text, what simplification makes of it, and its hash.
 */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { topologicalOrder } from "../../../../src/runtime/tensors/engine/graph/node.js";
import { countOperations, hashGraph, printGraph } from "../../../../src/runtime/tensors/engine/graph/text.js";
import type { TensorSpecs, Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { simplify } from "../../../../src/runtime/tensors/engine/simplify/simplify.js";
import { traceProgram } from "../../../../src/runtime/tensors/engine/trace/trace.js";

type Compute = (inputs: Tensors) => tf.Tensor;

function specs(shapes: Readonly<Record<string, readonly number[]>>): TensorSpecs {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" } as const]),
  );
}

function traced(shapes: Readonly<Record<string, readonly number[]>>, compute: Compute) {
  return traceProgram({ name: "p", inputs: specs(shapes), procedure: (inputs) => ({ y: compute(inputs) }) });
}

/** The simplified program's lines, without its heading. */
function simplified(shapes: Readonly<Record<string, readonly number[]>>, compute: Compute): string[] {
  return printGraph(simplify(traced(shapes, compute)))
    .split("\n")
    .slice(1);
}

const m34 = { a: [3, 4] };

describe("the text of a program", () => {
  it("is one line a node and one an output", () => {
    const graph = traced({ a: [3, 4], b: [4, 2] }, ({ a, b }) =>
      tf.relu(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)),
    );
    expect(printGraph(graph).split("\n")).to.deep.equal([
      "program p",
      "%0 = Input(a) : float32[3,4]",
      "%1 = Input(b) : float32[4,2]",
      "%2 = MatMul(%0, %1; transposeA=false transposeB=false scale=1) : float32[3,2]",
      "%3 = Relu(%2) : float32[3,2]",
      "y = %3",
    ]);
  });

  it("hashes alike whatever the names, and differently for another parameter or constant", () => {
    const scaled = (name: string, factor: number) =>
      hashGraph(
        traceProgram({
          name: `scaled ${name}`,
          inputs: specs({ [name]: [2, 3] }),
          procedure: (inputs) => ({ [`${name} out`]: tf.mul(inputs[name]!, factor) }),
        }),
      );
    expect(scaled("a", 2)).to.equal(scaled("b", 2));
    expect(scaled("a", 2)).to.not.equal(scaled("a", 3));
    expect(hashGraph(traced(m34, ({ a }) => tf.sum(a!, 0)))).to.not.equal(
      hashGraph(traced(m34, ({ a }) => tf.sum(a!, 1))),
    );
  });
});

describe("simplification", () => {
  it("shares common subexpressions, whatever the order of their operands", () => {
    const graph = simplify(
      traced({ a: [3], b: [3] }, ({ a, b }) => tf.div(tf.exp(tf.add(a!, b!)), tf.exp(tf.add(b!, a!)))),
    );
    expect(countOperations(graph).get("Add")).to.equal(1);
    expect(countOperations(graph).get("Exp")).to.equal(1);
  });

  it("folds what is known", () => {
    const lines = simplified({ a: [3] }, ({ a }) => tf.mul(a!, tf.exp(tf.sub(tf.scalar(3), tf.add(tf.scalar(1), 2)))));
    expect(lines).to.deep.equal(["%0 = Input(a) : float32[3]", "y = %0"]);
  });

  it("cancels transposes, also through element-wise operations", () => {
    const lines = simplified(m34, ({ a }) => tf.transpose(tf.exp(tf.transpose(a!))));
    expect(lines).to.deep.equal(["%0 = Input(a) : float32[3,4]", "%1 = Exp(%0) : float32[3,4]", "y = %1"]);
  });

  it("makes transposes flags of products, and a bias their third operand", () => {
    const lines = simplified({ a: [4, 3], b: [4, 2], c: [2] }, ({ a, b, c }) =>
      tf.add(tf.matMul(tf.transpose(a!) as tf.Tensor2D, b as tf.Tensor2D), c!),
    );
    expect(lines.slice(3)).to.deep.equal([
      "%3 = MatMul(%0, %1, %2; transposeA=true transposeB=false scale=1) : float32[3,2]",
      "y = %3",
    ]);
  });

  it("keeps a product that is used twice apart from the bias", () => {
    const graph = simplify(
      traced({ a: [4, 3], b: [3, 2], c: [2] }, ({ a, b, c }) => {
        const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
        return tf.mul(tf.add(product, c!), product);
      }),
    );
    expect(countOperations(graph).get("Add")).to.equal(1);
    expect(countOperations(graph).get("MatMul")).to.equal(1);
  });

  it("needs no tensor of ones for the gradient of a mean", () => {
    const lines = simplified(m34, ({ a }) => tf.grad((x) => tf.mean(tf.square(x)))(a!));
    expect(lines).to.have.length(4);
    expect(lines[2]).to.equal("%2 = Mul(%0, %1) : float32[3,4]");
  });

  it("joins the gradients of a split instead of padding and adding them", () => {
    const graph = simplify(
      traced({ a: [3, 6] }, ({ a }) =>
        tf.grad((x) => {
          const [left, middle, right] = tf.split(x, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
          return tf.sum(tf.add(tf.mul(tf.exp(left), right), tf.sin(middle)));
        })(a!),
      ),
    );
    expect(countOperations(graph).has("Pad")).to.equal(false);
    expect(countOperations(graph).get("Concat")).to.equal(1);
  });

  it("reads the part of a concatenation that is asked for", () => {
    const lines = simplified({ a: [2, 3], b: [2, 2] }, ({ a, b }) => tf.slice(tf.concat([a!, b!], 1), [0, 3], [2, 2]));
    expect(lines).to.deep.equal(["%0 = Input(b) : float32[2,2]", "y = %0"]);
  });

  it("asks relu's result, not its argument, for its derivative", () => {
    const procedure = ({ a, b, c }: Tensors) => {
      const layer = (w: tf.Tensor) => tf.relu(tf.add(tf.matMul(a as tf.Tensor2D, w as tf.Tensor2D), c!));
      const { value, grad } = tf.valueAndGrad((w: tf.Tensor) => tf.sum(layer(w)))(b!);
      return { value, grad };
    };
    const inputs = specs({ a: [3, 4], b: [4, 2], c: [2] });
    const nodes = topologicalOrder(Object.values(simplify(traceProgram({ name: "p", inputs, procedure })).outputs));
    const relu = nodes.find((node) => node.op === "Relu")!;
    expect(nodes.find((node) => node.op === "Greater")!.operands[0]).to.equal(relu);
    expect(relu.operands[0]!.operands).to.have.length(3);
  });

  it("pads once for a convolution and its filter's gradient", () => {
    const graph = simplify(
      traced({ x: [2, 8, 8, 3], filter: [4, 4, 3, 5] }, ({ x, filter }) =>
        tf.grad((f) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, 1))))(filter!),
      ),
    );
    expect(countOperations(graph).get("Gather")).to.equal(1);
    expect(countOperations(graph).get("Pad")).to.equal(1);
    expect(countOperations(graph).get("MatMul")).to.equal(1);
    expect(countOperations(graph).get("Convolution")).to.equal(1);
  });

  it("computes what is alike in all rows once", () => {
    const lines = simplified({ a: [1, 3] }, ({ a }) => tf.cumsum(tf.softmax(tf.broadcastTo(a!, [5, 3])), 1));
    expect(lines.filter((line) => line.includes("Softmax"))[0]).to.match(/float32\[1,3\]$/);
  });

  it("collects factors of a gradient in its last product", () => {
    const graph = simplify(
      traced({ a: [4, 3], b: [3, 2] }, ({ a, b }) =>
        tf.grad((w) => tf.mean(tf.square(tf.matMul(a as tf.Tensor2D, w as tf.Tensor2D))))(b!),
      ),
    );
    expect(countOperations(graph).has("Mul")).to.equal(false);
    expect(printGraph(graph)).to.include("transposeA=true transposeB=false scale=0.25");
  });

  it("leaves products with zero alone, which may be undefined", () => {
    const graph = simplify(traced(m34, ({ a }) => tf.mul(tf.log(a!), 0)));
    expect(countOperations(graph).get("Mul")).to.equal(1);
  });

  it("drops what no output needs", () => {
    const lines = simplified({ a: [2], b: [2] }, ({ a, b }) => {
      tf.exp(b!);
      return tf.exp(a!);
    });
    expect(lines).to.have.length(3);
  });
});
