// Runs the programs of this folder with onnxruntime-node or onnxruntime-web, whichever is given as `ort`:
//   const { run } = open(ort, description, (file) => bytesOrAddress);
//   await run("counterfactual", { units: { t: [2.1] , … }, actions: { t: 3 } })   → { "out.t": Float32Array, … }
// Levels are given as texts or as codes, and come back as codes; `named` turns the numbers of levels (3 on a scale coded 1 to 5) into texts.
// Numbers with an origin in the description come back as Float64Array.
const uniform = () => 1 - Math.random() * (1 - 2 ** -53);
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const logistic = (u = Math.random() || 2 ** -53) => Math.log(u / (1 - u));
const draws = {
  normal: (mean, sd) => mean + sd * normal(),
  lognormal: (mean, sd) => Math.exp(mean + sd * normal()),
  uniform: (low, high) => low + (high - low) * Math.random(),
  exponential: (rate) => -Math.log(uniform()) / rate,
  laplace: (loc, scale) => loc + scale * Math.log(uniform()) * (Math.random() < 0.5 ? -1 : 1),
  logistic: (loc, scale) => loc + scale * logistic(),
  gumbel: (loc, scale) => loc - scale * Math.log(-Math.log(Math.random() || 2 ** -53)),
  bernoulli: (p) => Number(Math.random() < p),
  categorical: (...p) => {
    let left = Math.random() * p.reduce((sum, share) => sum + share, 0);
    const code = p.findIndex((share) => (left -= share) < 0);
    return code < 0 ? p.length - 1 : code;
  },
};

export function open(ort, description, locate) {
  const sessions = new Map();
  const levels = Object.fromEntries(description.variables.map(({ name, domain }) => [name, domain.levels ?? []]));
  const numbers = Object.fromEntries(description.variables.map(({ name, numbers }) => [name, numbers ?? []]));
  const isVariable = (name) => Object.hasOwn(levels, name);
  const nameOf = (variable, value) => {
    if (Array.isArray(value)) return value.map((one) => nameOf(variable, one));
    if (typeof value !== "number" || !levels[variable]?.length) return value;
    const code = numbers[variable].indexOf(value);
    if (code < 0) throw new Error(`${variable} has no level ${value}; its levels are ${levels[variable].join(", ")}`);
    return levels[variable][code];
  };
  const named = (given) => Object.fromEntries(Object.entries(given).map(([variable, value]) => [variable, nameOf(variable, value)]));
  const coded = ([variable, value]) => {
    if (Array.isArray(value)) {
      const missing = isVariable(variable) ? value.findIndex((one) => one === null || Number.isNaN(one)) : -1;
      if (missing >= 0) throw new Error(`${variable} of unit ${missing + 1} is missing: fill it in, or leave the unit out`);
      return [variable, isVariable(variable) ? value.map((one) => coded([variable, one])[1]) : value];
    }
    if (typeof value !== "string") return [variable, value];
    const code = (levels[variable] ?? []).indexOf(value);
    if (code < 0) throw new Error(`${variable} is "${value}"; it is one of ${levels[variable]?.join(", ") || "numbers"}`);
    return [variable, code];
  };
  const withCodes = (given) => Object.fromEntries(Object.entries(given).map(coded));
  async function run(name, { random = {}, rows = 0, ...given } = {}) {
    const [units, actions] = [withCodes(given.units ?? {}), withCodes(given.actions ?? {})];
    const program = description.programs.find((candidate) => candidate.name === name);
    if (!sessions.has(name)) sessions.set(name, ort.InferenceSession.create(await locate(program.file)));
    const session = await sessions.get(name);
    const { batch } = program;
    const named = (role) => program.inputs.filter((input) => input.role === role).map(({ variable }) => variable);
    const unknown = Object.keys(actions).filter((variable) => !named("set").includes(variable));
    if (unknown.length > 0)
      throw new Error(`${name} takes no intervention on ${unknown.join(", ")}; it takes ${named("set").join(", ") || "none"}`);
    const lacking = named("value").filter((variable) => units[variable] === undefined);
    if (lacking.length > 0) throw new Error(`${name} needs values of ${lacking.join(", ")}`);
    const widthOf = ({ shape }) => shape[1] ?? 1;
    const total = rows || Math.max(...program.inputs.filter((i) => i.role === "value").map((i) => units[i.variable].length / widthOf(i)));
    const answers = {};
    for (let start = 0; start < total; start += batch) {
      const feeds = {};
      for (const input of program.inputs) {
        const { shape, dtype, role, variable, origin = 0 } = input; // taken off in double precision
        const width = widthOf(input);
        const unit = (k) => Math.min(start + Math.floor(k / width), total - 1); // the last block is padded
        const value = {
          value: (k) => units[variable][unit(k) * width + (k % width)] - origin,
          set: () => Number(variable in actions),
          do: (k) => (actions[variable]?.[unit(k)] ?? actions[variable] ?? 0) - origin,
          random: (k) => random[input.name]?.[(start / batch) * shape[0] * width + k] ?? drawn(input),
        }[role];
        const data = new (dtype === "uint8" ? Uint8Array : Float32Array)(shape.reduce((a, b) => a * b, 1)).map((_, k) => value(k));
        feeds[input.name] = new ort.Tensor(dtype, data, shape);
      }
      for (const [output, { data }] of Object.entries(await session.run(feeds))) {
        const kept = (data.length / batch) * Math.min(batch, total - start);
        (answers[output] ??= []).push(data.slice(0, kept));
      }
    }
    const originOf = (name) => program.outputs.find((output) => output.name === name)?.origin ?? 0;
    return Object.fromEntries(Object.entries(answers).map(([output, parts]) => [output, joined(parts, originOf(output))]));
  }
  return { run, named, isVariable };
}

function joined(parts, origin) {
  const whole = new (origin === 0 ? Float32Array : Float64Array)(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return origin === 0 ? whole : whole.map((value) => value + origin);
}

function drawn({ distribution, parameters, name }) {
  if (draws[distribution]) return draws[distribution](...parameters);
  throw new Error(`${name}: give draws of ${distribution}(${parameters.join(", ")}) as random["${name}"]`);
}
