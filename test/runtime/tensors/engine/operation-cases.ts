/** All cases of the conformance suite. A new operation joins by one line in one of the two tables. */
import { elementwiseCases } from "./elementwise-cases.js";
import type { OperationCase } from "./operation-case.js";
import { structureCases } from "./structure-cases.js";

export const operationCases: readonly OperationCase[] = [...elementwiseCases, ...structureCases];
export type { OperationCase };
