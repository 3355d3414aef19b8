/** What an option of a mechanism, a transform or a fit may be. */
import type { Domain, OptionValue } from "../../schema/types.js";

export type DomainKind = Domain["kind"];

/**
 * The type of an option and its default: one value, or one for roots and one for variables with parents. Without a
 * default the option may be absent from the model.
 */
export type OptionSpec = (
  | { readonly type: "integer"; readonly minimum: number }
  | { readonly type: "number"; readonly above?: number; readonly minimum?: number }
  | { readonly type: "word"; readonly words: readonly string[] }
  | { readonly type: "integers"; readonly minimum: number }
  /**
   * Given probabilities: a mechanism with this option is compiled to a table, so that no model stores it as an option.
   */
  | { readonly type: "table" }
  | { readonly type: "calls"; readonly calls: Readonly<Record<string, OptionSpecs>> }
  /** One call; those without options of their own are plain words in the model. */
  | { readonly type: "call"; readonly calls: Readonly<Record<string, OptionSpecs>> }
) & {
  readonly default?: OptionValue | { readonly root: OptionValue; readonly child: OptionValue };
  /** The default for domains that need another one. */
  readonly defaultFor?: Partial<Readonly<Record<DomainKind, OptionValue>>>;
  /** The option makes no sense without parents. */
  readonly needsParents?: true;
  /** The domains that the option is for; all by default. */
  readonly domains?: readonly DomainKind[];
  /** The option belongs to these words or calls of another option; beside others it is absent. */
  readonly beside?: { readonly option: string; readonly choices: readonly string[] };
};
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
