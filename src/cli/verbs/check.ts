/**
 * `scmc check`: reports all diagnostics of all files in one pass, and those of the data if a manifest is given, in one
 * of several formats. It does not load tensors, and loads code that reads data only with `--data`.
 */
import { type Diagnostic, exitCode, ScmcError } from "../../diagnostics/diagnostic.js";
import { type MechanismName, mechanisms } from "../../model/catalogue/catalogue.js";
import { unsupportedDomain } from "../../model/catalogue/unsupported-domain.js";
import type { Model } from "../../schema/types.js";
import { type FormatName, loadFormatter } from "../formats/index.js";
import { expandInputs } from "../places/inputs.js";
import { readModelFile, requireFile } from "../places/model-file.js";
import { allDiagnostics, type CheckedFile, type CheckReport, summarise } from "../print/check-report.js";
import { exitCodeOf, isUsage } from "../process/exit-status.js";
import { addMissingSources } from "../process/sources.js";

export interface CheckOptions {
  readonly format: FormatName;
  readonly json?: boolean;
  readonly pedantic?: boolean;
  readonly denyWarnings?: boolean;
  /** A data manifest that every program is checked against. */
  readonly data?: string;
}

export async function check(inputs: readonly string[], options: CheckOptions): Promise<void> {
  const denyWarnings = options.denyWarnings ?? false;
  if (options.data !== undefined) requireFile(options.data);
  const sources = new Map<string, string>();
  const files: CheckedFile[] = [];
  for (const input of expandInputs(inputs)) {
    const { file, diagnostics } = await checkFile(input, options, sources);
    const fails = diagnostics.some(({ severity }) => severity === "error" || (denyWarnings && severity === "warning"));
    files.push({ file, diagnostics, passed: !fails });
  }
  const report: CheckReport = { files, summary: summarise(files), sources, denyWarnings };
  addMissingSources(sources, allDiagnostics(report));
  const format = options.json ? "json" : options.format;
  const text = (await loadFormatter(format))(report);
  (format === "human" ? process.stderr : process.stdout).write(text);
  process.exitCode = statusOf(report);
}

async function checkFile(
  input: string,
  options: CheckOptions,
  sources: Map<string, string>,
): Promise<{ file: string; diagnostics: readonly Diagnostic[] }> {
  try {
    const { model, diagnostics, text, file } = await readModelFile(input, { pedantic: options.pedantic ?? false });
    sources.set(file, text);
    if (model === undefined || options.data === undefined) return { file, diagnostics };
    return { file, diagnostics: [...diagnostics, ...(await checkData(model, options.data))] };
  } catch (error) {
    if (error instanceof ScmcError) return { file: input, diagnostics: error.diagnostics };
    throw error;
  }
}

/** Checks columns, types, ranges and levels of the observed variables as a fit would; counts missing values. */
async function checkData(model: Model, manifest: string): Promise<readonly Diagnostic[]> {
  const [{ readDataset }, { readManifest }, { missingIn, takenText }, { dataWarnings }, { bindLevels }] =
    await Promise.all([
      import("../../data/dataset/read-dataset.js"),
      import("../../data/dataset/manifest.js"),
      import("../../data/columns/dataset.js"),
      import("../../data/warnings/data-warnings.js"),
      import("../../model/files/bind-levels.js"),
    ]);
  try {
    const observed = model.variables.filter(({ latent }) => !latent);
    const dataset = await readDataset(manifest, observed, { allowMissingValues: true });
    const { rows, columns, domains, takenForMissing, advice = [] } = dataset;
    // Throws if the program mentions levels that the data's levels cannot express.
    bindLevels(model, (name) => domains.get(name));
    const { manifest: bound, path } = await readManifest(manifest);
    const unfit = model.mechanisms.flatMap(({ variable, kind }) => {
      const domain = domains.get(variable);
      const runsOn = Object.hasOwn(mechanisms, kind) ? mechanisms[kind as MechanismName].domains : undefined;
      if (domain === undefined || runsOn === undefined || runsOn.includes(domain.kind)) return [];
      return unsupportedDomain(kind, { name: variable, domain }, runsOn.join(", ")).diagnostics;
    });
    const missing = [...columns].flatMap(([variable, column]) => {
      const binding = bound.variables[variable]!;
      const name = "column" in binding ? `column ${JSON.stringify(binding.column)} (${variable})` : variable;
      const taken = takenText(takenForMissing?.get(variable));
      return missingNote(path(bound.table ?? manifest), name, missingIn(column), rows, taken);
    });
    const file = path(bound.table ?? manifest);
    const odd = dataWarnings(model.mechanisms, dataset).map(
      ({ code, message, hint }): Diagnostic => ({ code, severity: "warning", file, message, hint }),
    );
    const notes = advice.flatMap(({ variable: _, ...note }) => (note.severity === "note" ? [note] : []));
    return [...unfit.map((diagnostic) => ({ ...diagnostic, file })), ...odd, ...notes, ...missing];
  } catch (error) {
    if (error instanceof ScmcError) return error.diagnostics;
    throw error;
  }
}

function missingNote(
  file: string,
  name: string,
  missing: number,
  rows: number,
  taken: string | undefined,
): Diagnostic[] {
  if (missing === 0) return [];
  const texts = taken === undefined ? "" : `, among them the texts ${taken}`;
  const message = `${name}: ${missing} of ${rows} values are missing${texts}`;
  const ifLevel =
    taken === undefined ? "" : 'a text that is a level is named in "levels" of the manifest or in the type; ';
  const hint = `${ifLevel}a fit leaves these rows out where it needs the value, or completes them: fit model(missing = em)`;
  return [{ code: "6012", severity: "note", file, message, hint }];
}

/** The exit status. Findings are the purpose of `check`, in data too; a file that cannot be read is a usage error. */
function statusOf(report: CheckReport): number {
  const errors = allDiagnostics(report).filter(({ severity }) => severity === "error");
  if (errors.some(isUsage)) return exitCodeOf(errors);
  return report.files.every(({ passed }) => passed) ? exitCode.clean : exitCode.findings;
}
