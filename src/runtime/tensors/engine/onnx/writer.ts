/**
 * Writes ONNX protobufs: a `GraphWriter` collects the nodes and initializers of one graph (a program's, or a loop's
 * body) and shares equal constants and casts. Opset 21, of which onnxruntime 1.30 implements all on the CPU that is
 * used here.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as ElementCode,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { ConstantData, DataType, Shape } from "../graph/node.js";
import type { Attribute, Emitter, OnnxType } from "../operations/operation.js";

const opset = 21n;
const irVersion = 10n;

const elementCodes: Record<OnnxType, number> = {
  float32: ElementCode.FLOAT,
  int32: ElementCode.INT32,
  uint8: ElementCode.UINT8,
  bool: ElementCode.BOOL,
  int64: ElementCode.INT64,
  double: ElementCode.DOUBLE,
};

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) });
    case "ints":
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) });
    case "float":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case "floats":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attribute.value] });
    case "text":
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRING,
        s: new TextEncoder().encode(attribute.value),
      });
  }
}

/** The type and shape of a graph's input or output; a dimension given as text is free. */
export function valueInfo(name: string, type: OnnxType, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof length === "string" ? { case: "dimParam", value: length } : { case: "dimValue", value: BigInt(length) },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: elementCodes[type],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}

type Bytes = Uint8Array<ArrayBuffer>;

function bytesOf(data: ConstantData | BigInt64Array): Bytes {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

export class GraphWriter implements Emitter {
  readonly #prefix: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #shared = new Map<string, string>();
  /** Values of this graph's nodes, and the names under which they are published. */
  readonly #made = new Set<string>();
  readonly #published = new Map<string, string>();
  #count = 0;

  /** `prefix` keeps the names of a body apart from those around it; `block` is described at `Emitter`. */
  constructor(
    prefix: string,
    readonly block: number | undefined = undefined,
  ) {
    this.#prefix = prefix;
  }

  #fresh(hint: string): string {
    this.#count += 1;
    return `${this.#prefix}${hint}%${this.#count}`;
  }

  share(key: string, make: () => string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#shared.set(key, name);
    return name;
  }

  emit(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = 0,
    count = 1,
  ): string {
    const outputs = Array.from({ length: count }, () => this.#fresh(type));
    this.add(type, inputs, outputs, attributes);
    this.#made.add(outputs[output]!);
    return outputs[output]!;
  }

  /** Adds a node whose outputs are already named. A type outside the standard is written with its domain before it. */
  add(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    body?: GraphProto,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    if (body !== undefined) {
      attribute.push(create(AttributeProtoSchema, { name: "body", type: AttributeType.GRAPH, g: body }));
    }
    const dot = type.lastIndexOf(".");
    this.#nodes.push(
      create(NodeProtoSchema, {
        opType: type.slice(dot + 1),
        domain: type.slice(0, Math.max(dot, 0)),
        name: `${this.#prefix}${type}:${this.#nodes.length}`,
        input: [...inputs],
        output: [...outputs],
        attribute,
      }),
    );
  }

  /**
   * Gives a value the name of an output. The value of a node simply bears that name; an input, a constant or a value
   * that is published already is copied.
   */
  publish(value: string, name: string): void {
    if (this.#made.has(value) && !this.#published.has(value)) this.#published.set(value, name);
    else this.add("Identity", [value], [name]);
  }

  #initializer(type: OnnxType, shape: Shape, rawData: Bytes): string {
    const name = this.#fresh("constant");
    this.#initializers.push(
      create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: elementCodes[type], rawData }),
    );
    return name;
  }

  constant(dtype: DataType, shape: Shape, data: ConstantData): string {
    const make = () => this.#initializer(dtype, shape, bytesOf(data));
    return data.length > 16 ? make() : this.share(`${dtype}[${shape}] ${Array.from(data, exactText)}`, make);
  }

  integers(values: readonly number[], scalar = false): string {
    const data = BigInt64Array.from(values.map(BigInt));
    return this.share(`int64 ${scalar} ${values}`, () =>
      this.#initializer("int64", scalar ? [] : [values.length], bytesOf(data)),
    );
  }

  cast(value: string, to: OnnxType): string {
    return this.share(`cast ${to} ${value}`, () =>
      this.emit("Cast", [value], { to: { kind: "int", value: elementCodes[to] } }),
    );
  }

  /** The graph, without the nodes and initializers that no output needs. */
  finish(name: string, input: readonly ValueInfoProto[], output: readonly ValueInfoProto[]): GraphProto {
    const published = (value: string) => this.#published.get(value) ?? value;
    for (const node of this.#nodes) {
      node.input = node.input.map(published);
      node.output = node.output.map(published);
    }
    const needed = new Set(output.map((value) => value.name));
    const kept = this.#nodes.toReversed().filter((node) => {
      if (!node.output.some((value) => needed.has(value))) return false;
      for (const value of readBy(node)) needed.add(value);
      return true;
    });
    return create(GraphProtoSchema, {
      name,
      node: kept.reverse(),
      initializer: this.#initializers.filter((tensor) => needed.has(tensor.name)),
      input: [...input],
      output: [...output],
    });
  }
}

/** Tells −0 from 0, which `String` does not. */
function exactText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What a node reads, its bodies included. */
function readBy({ input, attribute }: NodeProto): string[] {
  return [...input, ...attribute.flatMap(({ g }) => g?.node.flatMap(readBy) ?? [])];
}

/** The domains of a graph's nodes, and of the bodies inside it. */
function domainsOf(graph: GraphProto): Set<string> {
  const domains = new Set([""]);
  for (const { domain, attribute } of graph.node) {
    domains.add(domain);
    for (const { g } of attribute) if (g !== undefined) for (const inner of domainsOf(g)) domains.add(inner);
  }
  return domains;
}

export function encodeModel(graph: GraphProto): Uint8Array {
  const opsetImport = [...domainsOf(graph)].map((domain) =>
    create(OperatorSetIdProtoSchema, { domain, version: domain === "" ? opset : 1n }),
  );
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: "scmc",
    graph,
    opsetImport,
  });
  return toBinary(ModelProtoSchema, model);
}
