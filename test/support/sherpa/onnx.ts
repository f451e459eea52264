/** Element types of ONNX (`TensorProto.DataType`). */
export type ElementType = 'float' | 'int64';
const TYPE_NUMBERS: Readonly<Record<ElementType, number>> = { float: 1, int64: 7 };

/** A name is a dimension that is not known beforehand. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** One operator; what it is given and gives are names. Attributes are integers, or floats where they are no integers. */
export interface Operator {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxModel {
  /** What sherpa-onnx wants to know of a model before it runs it. */
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants?: readonly Constant[];
  readonly operators: readonly Operator[];
}

const IR_VERSION = 8;
const OPSET = 13;

/**
 * A model as a file: protocol buffers with the field numbers of onnx.proto. Enough of it for networks that are written
 * by hand, since none can be had here that were trained.
 */
export function onnxFile(model: OnnxModel): Buffer {
  const { metadata, inputs, outputs, constants = [], operators } = model;
  const graph = [
    ...operators.map((each) => message(1, operatorFields(each))),
    text(2, 'graph'),
    ...constants.map((each) => message(5, constantFields(each))),
    ...inputs.map((each) => message(11, valueFields(each))),
    ...outputs.map((each) => message(12, valueFields(each))),
  ];
  return Buffer.concat([
    integer(1, IR_VERSION),
    message(7, graph),
    message(8, [integer(2, OPSET)]),
    ...Object.entries(metadata).map(([key, value]) =>
      message(14, [text(1, key), text(2, String(value))]),
    ),
  ]);
}

const operatorFields = ({ op, inputs, outputs, attributes = {} }: Operator): Buffer[] => [
  ...inputs.map((name) => text(1, name)),
  ...outputs.map((name) => text(2, name)),
  text(4, op),
  ...Object.entries(attributes).map(([name, value]) => message(5, attributeFields(name, value))),
];

function attributeFields(name: string, value: number | readonly number[]): Buffer[] {
  if (typeof value !== 'number') {
    return [text(1, name), ...value.map((each) => integer(8, each)), integer(20, 7)];
  }
  return Number.isInteger(value)
    ? [text(1, name), integer(3, value), integer(20, 2)]
    : [text(1, name), float(2, value), integer(20, 1)];
}

const constantFields = ({ name, type, shape, values }: Constant): Buffer[] => [
  ...shape.map((size) => integer(1, size)),
  integer(2, TYPE_NUMBERS[type]),
  text(8, name),
  bytes(9, rawData(type, values)),
];

function rawData(type: ElementType, values: readonly number[]): Buffer {
  const array =
    type === 'float'
      ? Float32Array.from(values)
      : BigInt64Array.from(values, (each) => BigInt(each));
  return Buffer.from(array.buffer);
}

function valueFields({ name, type, shape }: Value): Buffer[] {
  const dimensions = shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  const tensor = [integer(1, TYPE_NUMBERS[type]), message(2, dimensions)];
  return [text(1, name), message(2, [message(1, tensor)])];
}

/** Protocol buffers' wire types: 0 is a varint, 2 has its length before it, 5 is 32 bits. */
const integer = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field << 3), varint(value)]);

const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);

const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

const message = (field: number, fields: readonly Buffer[]): Buffer =>
  bytes(field, Buffer.concat(fields));

function float(field: number, value: number): Buffer {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), raw]);
}

/** Negative numbers stand in two's complement of 64 bits. */
function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(out);
}
