/** A temporary directory of small data files for a test, and the diagnostics that reading them gives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readDataset, type WantedVariable } from "../../src/data/dataset/read-dataset.js";
import { encodeHeader } from "../../src/data/images/idx.js";
import { type Diagnostic, ScmcError } from "../../src/diagnostics/diagnostic.js";

export class DataDirectory {
  readonly root = mkdtempSync(join(tmpdir(), "scmc-data-"));

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array | object): string {
    const file = this.path(name);
    mkdirSync(dirname(file), { recursive: true });
    const raw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(file, raw ? content : JSON.stringify(content));
    return file;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The problems that reading `manifest.json` reports, with this directory's own path left out. */
  async problems(wanted: readonly WantedVariable[]): Promise<Pick<Diagnostic, "code" | "file" | "message" | "hint">[]> {
    return problemsOf(() => readDataset(this.path("manifest.json"), wanted), this.root);
  }
}

export async function problemsOf(
  action: () => Promise<unknown>,
  root: string,
): Promise<Pick<Diagnostic, "code" | "file" | "message" | "hint">[]> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ScmcError)) throw error;
    const plain = (text: string): string => text.replaceAll(`${root}/`, "");
    return error.diagnostics.map(({ code, file, message, hint }) => ({
      code,
      file: plain(file),
      message: plain(message),
      ...(hint === undefined ? {} : { hint }),
    }));
  }
  return [];
}

/** Images of `height`×`width` whose pixels count up from 0. */
export function countingImages(items: number, height: number, width: number, channels = 1): Uint8Array {
  const data = Uint8Array.from({ length: items * height * width * channels }, (_, at) => at % 256);
  return Uint8Array.from([...encodeHeader([items, height, width, ...(channels === 1 ? [] : [channels])]), ...data]);
}
