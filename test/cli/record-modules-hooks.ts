/** The loader hook of record-modules.ts. */
import { appendFileSync } from "node:fs";
import type { LoadHook } from "node:module";

export const load: LoadHook = (url, context, next) => {
  appendFileSync(process.env.SCMC_MODULE_LIST!, `${url}\n`);
  return next(url, context);
};
