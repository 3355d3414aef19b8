/** Mutations of texts, by characters and by tokens: pieces are dropped, doubled, swapped, or come from another text. */
import type { Random } from "../programs/random.js";

const tokens = /\w+|<->|-\/>|->|[:<>=!]=|\s+|[^\w\s]/g;

/** Words and signs that programs are made of, and some that break numbers, strings and limits. */
const words =
  'model let latent fit query assert require where do given independent import param for scm flow linear anm glm cvae hvae ali bernoulli categorical normal gamma uniform beta mnist set_thickness exp log sqrt sigmoid tanh softplus abs min max clip if expectation density sample counterfactual probability quantile real positive nonnegative edges both low high interval binary ordinal count vector image + - * / ^ ( ) [ ] , ; : := ~ | = == != < <= > >= -> -/> <-> 0 1 0.5 1e308 1e309 1e-400 -0 00 9007199254740993 2.5. 3x " # \\ @ \u2212 \u00e9 \ud83d __proto__ constructor toString NaN Infinity value natural noise \n \r \t'.split(
    " ",
  );

export function mutateText(text: string, others: readonly string[], random: Random): string {
  let mutated = text;
  for (let times = random.pick([1, 1, 1, 2, 4]); times > 0; times--) {
    mutated = random.once(3) ? byCharacters(mutated, random) : byTokens(mutated, others, random);
  }
  return mutated;
}

function byCharacters(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(8));
  const inserted = random.pick([
    "",
    String.fromCharCode(random.below(random.once(4) ? 0x10000 : 0x80)),
    text.slice(at, end).repeat(2),
    text.slice(end, end + random.below(40)),
  ]);
  return text.slice(0, at) + inserted + text.slice(random.once(2) ? at : end);
}

function byTokens(text: string, others: readonly string[], random: Random): string {
  const parts = text.match(tokens) ?? [""];
  const at = random.below(parts.length);
  const length = random.once(2) ? 1 : 1 + random.below(12);
  const other = random.below(parts.length);
  switch (random.below(7)) {
    case 0:
      parts.splice(at, length);
      break;
    case 1:
      parts.splice(at, 0, ...parts.slice(at, at + length));
      break;
    case 2:
      [parts[at], parts[other]] = [parts[other]!, parts[at]!];
      break;
    case 3:
      parts[at] = random.pick(words);
      break;
    case 4:
      parts.splice(at, 0, random.pick(words), " ");
      break;
    case 5: {
      const donor = random.pick(others).match(tokens) ?? [];
      const from = random.below(donor.length + 1);
      parts.splice(at, random.once(2) ? 0 : length, ...donor.slice(from, from + 1 + random.below(20)));
      break;
    }
    default:
      parts.splice(at, 0, ...parts.slice(other, other + length));
  }
  return parts.join("");
}
