/** The specification of an option of a mechanism, a transform or a fit. */
import type { Domain, OptionValue } from "../../schema/types.js";

export type DomainKind = Domain["kind"];

/**
 * The type of an option and its default: one value, or one for roots and one for variables with parents. An option
 * without a default may be absent from the model.
 */
export type OptionSpec = (
  | { readonly type: "integer"; readonly minimum: number }
  | { readonly type: "number"; readonly above?: number; readonly minimum?: number }
  | { readonly type: "word"; readonly words: readonly string[] }
  | { readonly type: "integers"; readonly minimum: number }
  /** Given probabilities: a mechanism with this option is compiled to a table, so a model never stores the option. */
  | { readonly type: "table" }
  | { readonly type: "calls"; readonly calls: Readonly<Record<string, OptionSpecs>> }
  /** One call; calls without options of their own are plain words in the model. */
  | { readonly type: "call"; readonly calls: Readonly<Record<string, OptionSpecs>> }
) & {
  readonly default?: OptionValue | { readonly root: OptionValue; readonly child: OptionValue };
  /** The defaults of domains that need a different one. */
  readonly defaultFor?: Partial<Readonly<Record<DomainKind, OptionValue>>>;
  /** True if the option makes sense only with parents. */
  readonly needsParents?: true;
  /** The domains that the option can be used for; by default all. */
  readonly domains?: readonly DomainKind[];
  /** The option is valid only beside these words or calls of another option. */
  readonly beside?: { readonly option: string; readonly choices: readonly string[] };
};
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
