/** What the training rows hold for a mechanism of a loaded model. Artefacts of earlier versions kept ranges alone. */
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import { mechanismsByName } from "../../model/plans/plan.js";
import type { MechanismSupport, VariableSupport } from "../../schema/types.js";
import { wholeNormalisation } from "../mechanisms/bound/variables.js";
import type { LoadedModel } from "../mechanisms/loaded-model.js";

/** Undefined for what is not fitted, or has no scalar parents. */
export function supportOf(loaded: LoadedModel, name: string): MechanismSupport | undefined {
  const mechanism = mechanismsByName(loaded.model).get(name);
  if (mechanism === undefined || !isLearned(mechanism)) return undefined;
  if (loaded.support) return loaded.support.mechanisms.find(({ variable }) => variable === name);
  const parents = mechanism.parents.flatMap((parent) => rangeOf(loaded, parent) ?? []);
  return parents.length === 0 ? undefined : alone(name, parents);
}

/** One variable by itself, whatever reads it. */
export function supportOfVariable(loaded: LoadedModel, name: string): MechanismSupport | undefined {
  const own = loaded.support?.variables.find((variable) => variable.name === name) ?? rangeOf(loaded, name);
  return own && alone("", [own]);
}

/** Each parent by itself. */
function alone(variable: string, parents: VariableSupport[]): MechanismSupport {
  const rows = parents[0]?.levels?.reduce((sum, count) => sum + count, 0) ?? 0;
  return { variable, rows, parents, coordinates: [], reach: null, sparseRows: 0, combinations: null };
}

function rangeOf({ variables, support }: LoadedModel, name: string): VariableSupport | undefined {
  const variable = support ? undefined : variables.get(name);
  const normalisation = variable && wholeNormalisation(variable);
  return normalisation ? { name, levels: null, low: normalisation.low, high: normalisation.high } : undefined;
}
