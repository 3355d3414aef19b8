/** The entry point of a worker thread of the operator pool: it receives one chunk and returns one result. */
import { type Chunk, type ChunkResult, processChunk } from "./chunk.js";

export default function run(chunk: Chunk): ChunkResult {
  return processChunk(chunk);
}
