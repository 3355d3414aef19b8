/**
 * The engines that run on this machine, for suites that hold on every engine. The others are named once, with the
 * reason, so that nobody takes a shorter suite for a complete one.
 */
import { createEngine, type EngineName, engineNames } from "../../../../src/runtime/tensors/engine/index.js";

async function whyMissing(name: EngineName): Promise<string | undefined> {
  return createEngine(name, { threads: 1 })
    .start()
    .then(
      () => undefined,
      (error: Error) => error.message,
    );
}

const missing = new Map<EngineName, string>();
for (const name of engineNames) {
  const reason = await whyMissing(name);
  if (reason !== undefined) missing.set(name, reason);
}

export const presentEngines: readonly EngineName[] = engineNames.filter((name) => !missing.has(name));

for (const [name, reason] of missing) process.stderr.write(`not tested: engine ${name}: ${reason}\n`);
