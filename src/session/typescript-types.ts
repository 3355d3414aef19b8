/**
 * A model's variables as a TypeScript interface, for `load<Interface>(…)`: names, levels and sizes are then checked by
 * the editor.
 */
import { assertNever } from "../diagnostics/assert-never.js";
import type { Domain, Model } from "../schema/types.js";

/** An expression gives numbers; any other variable whose type only data will say may be of any. */
export function typescriptTypes(model: Model): string {
  const observed = model.variables.filter(({ latent }) => !latent);
  const computed = new Set(
    model.mechanisms.filter(({ kind }) => kind === "expression").map(({ variable }) => variable),
  );
  const types = observed.map(({ name, domain }) => typeOf(domain ?? (computed.has(name) ? { kind: "real" } : null)));
  const used = [...new Set(types.map((type) => type.replace(/<.*/s, "")))].sort();
  const lines = observed.map(
    ({ name, doc }, k) => `${doc ? `  /** ${doc.replaceAll("*/", "* /")} */\n` : ""}  ${name}: ${types[k]};`,
  );
  const title = model.name === "" ? "the model" : `the model \`${model.name}\``;
  return `/** The variables of ${title}; written by \`scmc compile --types\`. */
${used.length > 0 ? `import type { ${used.join(", ")} } from "scmc";\n\n` : ""}export interface ${interfaceName(model.name)} {
${lines.join("\n")}
}
`;
}

function interfaceName(name: string): string {
  const words = (name === "" ? "model" : name).split(/_+/).filter((word) => word !== "");
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

/** The TypeScript type of a variable with this domain. */
function typeOf(domain: Domain | null): string {
  if (domain === null) return "VariableType";
  switch (domain.kind) {
    case "real":
    case "positive":
    case "nonnegative":
    case "interval":
    case "count":
      return "Scalar";
    case "binary":
    case "ordinal":
    case "categorical":
      return domain.levels
        ? `Categorical<${domain.levels.map((level) => JSON.stringify(level)).join(" | ")}>`
        : "Scalar";
    case "vector":
      return `Vector<${domain.size}>`;
    case "image":
      return domain.height === null ? "Image" : `Image<${domain.height}, ${domain.width}, ${domain.channels}>`;
    default:
      return assertNever(domain);
  }
}
