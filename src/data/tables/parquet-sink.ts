/**
 * Writes the columns of a table as Parquet, block by block: float and double as they are, classes as dictionaries of
 * texts. Row groups hold up to 2^18 rows. The compression is Snappy, which costs almost nothing on numbers that do not
 * compress.
 */
import type { RecordBatch } from "parquet-wasm";
import type { ByteSink } from "../files/temporary-files.js";
import type { TableCells } from "./block-sink.js";
import type { TableSink } from "./csv-sink.js";
import { parquetLibraries } from "./parquet-source.js";

const rowsInGroup = 1 << 18;

export function parquetSink(bytes: ByteSink): TableSink {
  const queue = new BatchQueue();
  let writing: Promise<void> | undefined;
  return {
    async write(columns) {
      const libraries = await parquetLibraries();
      writing ??= writeFile(libraries, columns, queue, bytes);
      await Promise.race([queue.push(batchOf(libraries, columns)), writing]);
    },
    async finish() {
      queue.close();
      await writing;
      await bytes.finish();
    },
    async abort() {
      queue.close();
      await writing?.catch(() => {});
      await bytes.abort();
    },
  };
}

type Libraries = Awaited<ReturnType<typeof parquetLibraries>>;

async function writeFile(
  { parquet }: Libraries,
  columns: readonly TableCells[],
  queue: BatchQueue,
  bytes: ByteSink,
): Promise<void> {
  let properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.SNAPPY)
    .setMaxRowGroupSize(rowsInGroup)
    .setCreatedBy("scmc")
    .setDictionaryEnabled(false);
  for (const { kind, name } of columns)
    if (kind === "levels") properties = properties.setColumnDictionaryEnabled(name, true);
  const file = await parquet.transformParquetStream(queue.stream, properties.build());
  for await (const part of file) await bytes.write(part as Uint8Array);
}

function batchOf({ arrow, parquet }: Libraries, columns: readonly TableCells[]): RecordBatch {
  const vectors: Record<string, ReturnType<typeof arrow.makeVector>> = {};
  for (const column of columns) {
    switch (column.kind) {
      case "numbers":
        vectors[column.name] = arrow.makeVector(column.values);
        break;
      case "texts":
        vectors[column.name] = arrow.vectorFromArray([...column.texts], new arrow.Utf8());
        break;
      case "levels": {
        const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
        const dictionary = arrow.vectorFromArray([...column.levels], new arrow.Utf8());
        vectors[column.name] = arrow.makeVector({ type, data: column.codes, dictionary, ...nullsOf(column.codes) });
      }
    }
  }
  const table = parquet.Table.fromIPCStream(arrow.tableToIPC(new arrow.Table(vectors), "stream"));
  return table.recordBatches()[0]!;
}

/** Missing levels are nulls. */
function nullsOf(codes: Int32Array): { readonly nullCount?: number; readonly nullBitmap?: Uint8Array } {
  if (!codes.includes(-1)) return {};
  const nullBitmap = new Uint8Array(Math.ceil(codes.length / 8));
  let nullCount = 0;
  codes.forEach((code, row) => {
    if (code < 0) nullCount++;
    else nullBitmap[row >> 3]! |= 1 << (row & 7);
  });
  return { nullCount, nullBitmap };
}

/** Batches for a reader that asks for them one by one; `push` waits until the previous one was taken. */
class BatchQueue {
  private waiting: (() => void) | undefined;
  private controller: ReadableStreamDefaultController<RecordBatch> | undefined;
  private closed = false;

  readonly stream = new ReadableStream<RecordBatch>(
    {
      start: (controller) => {
        this.controller = controller;
      },
      pull: () => {
        this.waiting?.();
        this.waiting = undefined;
      },
    },
    { highWaterMark: 1 },
  );

  async push(batch: RecordBatch): Promise<void> {
    this.controller!.enqueue(batch);
    if (this.controller!.desiredSize! > 0) return;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
  }

  close(): void {
    if (!this.closed) this.controller!.close();
    this.closed = true;
    this.waiting?.();
  }
}
