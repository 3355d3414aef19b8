/**
 * Entry point of a worker thread of the operator pool: one chunk in, one result out.
 */
import { type Chunk, type ChunkResult, processChunk } from "./chunk.js";

export default function run(chunk: Chunk): ChunkResult {
  return processChunk(chunk);
}
