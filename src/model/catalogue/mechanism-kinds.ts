/** Tells mechanisms that are learned from data from those that the program gives in full. */
import type {
  ExpressionMechanism,
  LearnedMechanism,
  Mechanism,
  OperatorMechanism,
  TableMechanism,
} from "../../schema/types.js";

export function isGiven(mechanism: Mechanism): mechanism is ExpressionMechanism | OperatorMechanism | TableMechanism {
  switch (mechanism.kind) {
    case "expression":
    case "operator":
    case "table":
      return true;
    default:
      return false;
  }
}

export function isLearned(mechanism: Mechanism): mechanism is LearnedMechanism {
  return !isGiven(mechanism) && mechanism.kind !== "unobserved";
}
