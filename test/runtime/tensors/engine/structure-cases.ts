/**
 * Operations that move elements, work along axes, or multiply matrices, convolutions among them.
 */
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { flat, integers, make, type OperationCase } from "./operation-case.js";

const layout: readonly OperationCase[] = [
  make("reshape", [[2, 6]], (x) => tf.reshape(x!, [3, -1])),
  make("reshape of nothing", [[0, 6]], (x) => tf.reshape(x!, [0, 3, 2]), flat),
  make("expandDims and squeeze", [[2, 3]], (x) => tf.squeeze(tf.mul(tf.expandDims(x!, 1), tf.expandDims(x!, 1)), [1])),
  make("transpose", [[2, 3, 4]], (x) => tf.mul(tf.transpose(x!, [2, 0, 1]), tf.scalar(2))),
  make("transposes that cancel", [[2, 3]], (x) => tf.transpose(tf.exp(tf.transpose(x!)))),
  make(
    "concat",
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    (...all) => tf.square(tf.concat(all, 1)),
  ),
  make(
    "concat of rows",
    [
      [2, 3],
      [1, 3],
    ],
    (...all) => tf.square(tf.concat(all, 0)),
  ),
  make("slice", [[4, 5]], (x) => tf.square(tf.slice(x!, [1, 2], [2, -1]))),
  make("stridedSlice", [[6, 5]], (x) => tf.stridedSlice(x!, [5, 0], [0, 5], [-2, 3]), flat),
  make("split", [[2, 6]], (x) => {
    const [a, b, c] = tf.split(x!, [1, 3, 2], 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.add(tf.sum(tf.mul(b, a)), tf.sum(tf.square(c)));
  }),
  make("split in halves", [[2, 6]], (x) => {
    const [a, b] = tf.split(x!, 2, 1) as [tf.Tensor, tf.Tensor];
    return tf.mul(tf.exp(a), b);
  }),
  make(
    "stack and unstack",
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => tf.stack(tf.unstack(tf.stack([a!, b!], 1), 2), -1),
  ),
  make("tile", [[2, 3]], (x) => tf.square(tf.tile(x!, [2, 3]))),
  make("broadcastTo", [[3, 1]], (x) => tf.square(tf.broadcastTo(x!, [3, 4]))),
  make("pad", [[2, 3]], (x) =>
    tf.square(
      tf.pad(
        x!,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
    ),
  ),
  make(
    "mirrorPad",
    [[3, 4]],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 1],
          [2, 0],
        ],
        "reflect",
      ),
    flat,
  ),
  make("reverse", [[3, 4]], (x) => tf.mul(tf.reverse(x!, [1]), tf.range(0, 4))),
  make("gather", [[5, 3]], (x) => tf.square(tf.gather(x!, tf.tensor1d([4, 0, 0, 2], "int32")))),
  make("gather of columns", [[2, 5]], (x) => tf.square(tf.gather(x!, tf.tensor1d([4, 0, 4], "int32"), 1))),
  make("gather, a column a row", [[3, 4]], (x) => tf.gather(x!, tf.tensor2d([[3], [0], [1]], [3, 1], "int32"), 1, 1)),
  make(
    "gatherND",
    [[3, 4]],
    (x) =>
      tf.gatherND(
        x!,
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
          ],
          [2, 2],
          "int32",
        ),
      ),
    flat,
  ),
  make("oneHot", [[5]], (x) => tf.oneHot(x!, 4), integers),
  make("oneHot with values", [[5]], (x) => tf.oneHot(x!, 4, 0.9, 0.1, "float32"), integers),
  make("unsortedSegmentSum", [[4, 2]], (x) =>
    tf.square(tf.unsortedSegmentSum(x!, tf.tensor1d([1, 0, 1, 2], "int32"), 3)),
  ),
  make("scatterND", [[3, 2]], (x) => tf.scatterND(tf.tensor2d([[3], [0], [3]], [3, 1], "int32"), x!, [4, 2]), flat),
  make("depthToSpace", [[1, 2, 3, 8]], (x) => tf.depthToSpace(x! as tf.Tensor4D, 2, "NHWC"), flat),
  make("made from nothing", [[2, 3]], (x) =>
    tf.add(
      tf.mul(x!, tf.onesLike(x!)),
      tf.addN([tf.zerosLike(x!), tf.fill([2, 3], 0.25), tf.linspace(0, 1, 6).reshape([2, 3])]),
    ),
  ),
];

/** The same on no rows, and along axes of length 1. */
const edgesOfLayout: readonly OperationCase[] = [
  make("transpose of no rows", [[0, 3]], (x) => tf.transpose(tf.exp(x!)), flat),
  make("broadcastTo of no rows", [[0, 1]], (x) => tf.exp(tf.broadcastTo(x!, [0, 4])), flat),
  make("tile of no rows", [[0, 3]], (x) => tf.tile(x!, [1, 2]), flat),
  make("tile of one column", [[2, 1]], (x) => tf.square(tf.tile(x!, [3, 1]))),
  make("tile of one row", [[1, 3]], (x) => tf.square(tf.tile(x!, [4, 1]))),
  make(
    "concat of no rows",
    [
      [0, 3],
      [0, 2],
    ],
    (a, b) => tf.concat([a!, b!], 1),
    flat,
  ),
  make("slice of no rows", [[0, 5]], (x) => tf.slice(x!, [0, 2], [-1, 2]), flat),
  make("slice of nothing", [[4, 5]], (x) => tf.slice(x!, [1, 2], [0, 2]), flat),
  ...[
    [0, 3],
    [2, 1],
  ].map((shape) =>
    make("pad", [shape], (x) =>
      tf.square(
        tf.pad(x!, [
          [0, 0],
          [1, 2],
        ]),
      ),
    ),
  ),
  make(
    "mirrorPad of columns",
    [[1, 3]],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [0, 0],
          [1, 2],
        ],
        "reflect",
      ),
    flat,
  ),
  ...[
    [0, 5],
    [1, 5],
  ].map((shape) => make("gather of columns", [shape], (x) => tf.gather(x!, tf.tensor1d([4, 0], "int32"), 1))),
  make("gather of nothing", [[5, 3]], (x) => tf.gather(x!, tf.tensor1d([], "int32")), flat),
  make("gatherND of nothing", [[3, 4]], (x) => tf.gatherND(x!, tf.tensor2d([], [0, 2], "int32")), flat),
  make("unsortedSegmentSum of no rows", [[0, 2]], (x) => tf.unsortedSegmentSum(x!, tf.tensor1d([], "int32"), 3), flat),
];

const reductions: readonly OperationCase[] = [
  ...[undefined, 0, 1, [0, 2], -1].flatMap((axis) => [
    make(`sum over ${axis}`, [[2, 3, 4]], (x) => tf.square(tf.sum(x!, axis))),
    make(`mean over ${axis}`, [[2, 3, 4]], (x) => tf.square(tf.mean(x!, axis, true))),
    make(`max over ${axis}`, [[2, 3, 4]], (x) => tf.max(x!, axis)),
    make(`min over ${axis}`, [[2, 3, 4]], (x) => tf.min(x!, axis)),
  ]),
  make("sum of integers", [[3, 4]], (x) => tf.sum(x!, 1), integers),
  make("sum of a scalar", [[]], (x) => tf.sum(x!)),
  make("sum of a broadcast", [[3, 1]], (x) => tf.sum(tf.square(tf.broadcastTo(x!, [3, 5])), 1)),
  make("sum of nothing", [[0, 3]], (x) => tf.sum(x!, 0), flat),
  make("prod", [[3, 4]], (x) => tf.prod(x!, 1)),
  make("all, any", [[3, 2]], (x) => [tf.all(tf.greater(x!, -1), 1), tf.any(tf.greater(x!, 1))], flat),
  make("argMax, argMin", [[3, 7]], (x) => [tf.argMax(x!, 1), tf.argMin(x!, 0)], flat),
  make("cumsum", [[3, 4]], (x) => tf.square(tf.cumsum(x!, 1))),
  make("cumsum of columns", [[3, 4]], (x) => tf.square(tf.cumsum(x!, 0))),
  make("cumsum, exclusive and reverse", [[3, 4]], (x) => tf.square(tf.cumsum(x!, -1, true, true))),
  make("softmax", [[3, 5]], (x) => tf.mul(tf.softmax(x!), tf.range(0, 5))),
  ...Object.entries({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min }).flatMap(([name, reduce]) => {
    return [
      make(`${name} within no rows`, [[0, 3]], (x) => reduce(x!, 1), flat),
      make(`${name} over an axis of length 1`, [[3, 1]], (x) => tf.square(reduce(x!, 1))),
    ];
  }),
  ...[
    [0, 3],
    [3, 1],
  ].flatMap((shape) => [
    make("prod", [shape], (x) => tf.prod(x!, 1)),
    make("cumsum", [shape], (x) => tf.square(tf.cumsum(x!, 1))),
    make("softmax", [shape], (x) => tf.mul(tf.softmax(x!), tf.add(x!, 2))),
    make("argMax, argMin", [shape], (x) => [tf.argMax(x!, 1), tf.argMin(x!, 1)], flat),
    make("topk", [shape], (x) => Object.values(tf.topk(x!, 1)), flat),
  ]),
  make("softmax far out", [[3, 5]], (x) => tf.softmax(tf.mul(x!, 80)), flat),
  make("logSoftmax", [[3, 5]], (x) => tf.mul(tf.logSoftmax(x!), tf.range(0, 5))),
  make("logSumExp", [[3, 5]], (x) => tf.logSumExp(x!, 1)),
  make("topk", [[3, 7]], (x) => Object.values(tf.topk(x!, 3)), flat),
  make("moments", [[5, 3]], (x) => [tf.moments(x!, 0).variance, tf.moments(x!, 0).mean]),
];

const products: readonly OperationCase[] = [
  make(
    "matMul",
    [
      [3, 4],
      [4, 2],
    ],
    (a, b) => tf.matMul(a!, b!),
  ),
  make(
    "matMul, a transposed",
    [
      [4, 3],
      [4, 2],
    ],
    (a, b) => tf.matMul(a!, b!, true),
  ),
  make(
    "matMul, b transposed",
    [
      [3, 4],
      [2, 4],
    ],
    (a, b) => tf.matMul(a!, b!, false, true),
  ),
  make(
    "matMul, both transposed",
    [
      [4, 3],
      [2, 4],
    ],
    (a, b) => tf.matMul(a!, b!, true, true),
  ),
  make(
    "matMul of transposes",
    [
      [4, 3],
      [2, 4],
    ],
    (a, b) => tf.matMul(tf.transpose(a!), tf.transpose(b!)),
  ),
  make(
    "matMul of no rows",
    [
      [0, 4],
      [4, 2],
    ],
    (a, b) => tf.matMul(a!, b!),
    flat,
  ),
  make("matMul and bias", [[3, 4], [4, 2], [2]], (a, b, c) => tf.relu(tf.add(tf.matMul(a!, b!), c!))),
  make("matMul and a scalar", [[3, 4], [4, 2], []], (a, b, c) => tf.add(c!, tf.matMul(a!, b!))),
  make(
    "matMul of stacks",
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (a, b) => tf.matMul(a!, b!),
  ),
  make(
    "matMul of stacks, transposed",
    [
      [2, 4, 3],
      [2, 5, 4],
    ],
    (a, b) => tf.matMul(a!, b!, true, true),
  ),
  make(
    "matMul of a stack and a matrix",
    [
      [2, 3, 4],
      [1, 4, 5],
    ],
    (a, b) => tf.matMul(a!, b!),
    flat,
  ),
  make("fused matMul", [[3, 4], [4, 2], [2]], (a, b, bias) =>
    tf.fused.matMul({ a: a!, b: b!, transposeA: false, transposeB: false, bias: bias!, activation: "relu" }),
  ),
  ...[
    [3, 5],
    [1, 4],
    [0, 5],
  ].map((shape) => make("sum of squares", [shape], (x) => tf.sum(tf.square(x!)))),
  make("sum over leading axes", [[6, 4, 17]], (x) => tf.sum(x!, [0, 1])),
  make("mean over leading axes, kept", [[6, 4, 17]], (x) => tf.mean(x!, [0, 1], true)),
  make("dot", [[4], [4, 2]], (a, b) => tf.dot(a!, b!)),
  make(
    "einsum",
    [
      [3, 4],
      [2, 4, 5],
    ],
    (a, b) => tf.einsum("ij,bjk->bik", a!, b!),
    flat,
  ),
  ...[0, 1].map((rows) =>
    make(
      "einsum",
      [
        [rows, 4],
        [4, 5],
      ],
      (a, b) => tf.einsum("ij,jk->ik", a!, b!),
      flat,
    ),
  ),
  make(
    "matMul of one row, column and inner axis",
    [
      [1, 1],
      [1, 1],
    ],
    (a, b) => tf.matMul(a!, b!),
  ),
];

interface Convolution {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: "same" | "valid" | number;
  readonly size: readonly [number, number];
  readonly channels?: readonly [number, number];
}

const convolutions: readonly Convolution[] = [
  { kernel: 3, stride: 1, pad: "same", size: [5, 6] },
  { kernel: 3, stride: 1, pad: "valid", size: [5, 6] },
  { kernel: 4, stride: 2, pad: 1, size: [6, 6] },
  { kernel: 4, stride: 2, pad: "same", size: [6, 8] },
  { kernel: 4, stride: 2, pad: 1, size: [4, 4], channels: [5, 2] },
  { kernel: 2, stride: 2, pad: "valid", size: [4, 6] },
  { kernel: 3, stride: 2, pad: "same", size: [7, 7] },
  { kernel: 2, stride: 3, pad: "valid", size: [8, 6] },
  { kernel: 1, stride: 1, pad: "valid", size: [3, 3] },
];

const convolution: readonly OperationCase[] = convolutions.flatMap(
  ({ kernel, stride, pad, size, channels = [2, 3] }) => {
    const name = `kernel ${kernel}, stride ${stride}, padding ${pad}`;
    const shapes = [
      [2, ...size, channels[0]],
      [kernel, kernel, ...channels],
    ];
    return [
      make(`conv2d, ${name}`, shapes, (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad)),
      make(
        `conv2dTranspose, ${name}`,
        [
          [2, ...size, channels[1]],
          [kernel, kernel, ...channels],
        ],
        (x, filter) => {
          const grown =
            typeof pad === "number" ? -2 * pad + kernel - stride : pad === "same" ? 0 : Math.max(kernel - stride, 0);
          const [height, width] = size.map((length) => length * stride + grown) as [number, number];
          return tf.conv2dTranspose(
            x as tf.Tensor4D,
            filter as tf.Tensor4D,
            [2, height, width, channels[0]],
            stride,
            pad,
          );
        },
      ),
    ];
  },
);

type Image = tf.Tensor4D;

/** Convolutions of a batch without images, and of an image with few pixels. */
const edgesOfConvolution: readonly OperationCase[] = [0, 1].flatMap((batch) => [
  make(
    "conv2d",
    [
      [batch, 5, 1, 2],
      [3, 2, 2, 3],
    ],
    (x, filter) => tf.conv2d(x as Image, filter as Image, 2, "same"),
    batch === 0 ? flat : {},
  ),
  make(
    "conv2dTranspose",
    [
      [batch, 1, 2, 3],
      [4, 4, 5, 3],
    ],
    (x, filter) => tf.conv2dTranspose(x as Image, filter as Image, [batch, 2, 4, 5], 2, 1),
    batch === 0 ? flat : {},
  ),
]);

const images: readonly OperationCase[] = [
  make("avgPool, side by side", [[2, 4, 6, 3]], (x) => tf.avgPool(x as Image, 2, 2, "valid")),
  make("avgPool, overlapping", [[2, 5, 6, 3]], (x) => tf.avgPool(x as Image, 3, 2, "same")),
  make("avgPool, apart", [[1, 7, 7, 2]], (x) => tf.avgPool(x as Image, [2, 1], 3, "valid")),
  make("enlarged by the nearest pixel", [[2, 3, 4, 2]], (x) => tf.image.resizeNearestNeighbor(x as Image, [6, 12])),
  make("enlarged by a tile", [[2, 3, 4, 2]], (x) => {
    const apart = tf.reshape(x!, [2, 3, 1, 4, 1, 2]);
    return tf.reshape(tf.tile(apart, [1, 1, 2, 1, 2, 1]), [2, 6, 8, 2]);
  }),
];

export const structureCases: readonly OperationCase[] = [
  ...layout,
  ...edgesOfLayout,
  ...reductions,
  ...products,
  ...convolution,
  ...edgesOfConvolution,
  ...images,
];
