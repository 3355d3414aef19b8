/**
 * What training carries from step to step: parameters, Adam's two moments, running averages. On the host by the
 * parameters' names; in the program with the small parameters packed into one vector.
 */

import type { Mechanism } from "../../mechanisms/contract/mechanism.js";
import type { HostData, HostTensor, HostTensors, TensorSpec } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { packingOf } from "./packed-state.js";
import { bufferPrefix } from "./running-averages.js";

const moments = ["parameter", "first", "second"] as const;

/** What has a state. */
export type Stateful = Pick<Mechanism, "parameters" | "buffers" | "groups" | "finetune">;

function tensorsUnder<Value>(tensors: Readonly<Record<string, Value>>, prefix: string): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** What a step's program carries. */
export function stateSpecs(mechanism: Stateful): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  for (const moment of moments)
    for (const [name, spec] of Object.entries(packingOf(mechanism).specs)) specs[`${moment}.${name}`] = spec;
  for (const [name, { shape }] of Object.entries(mechanism.buffers ?? {}))
    specs[bufferPrefix + name] = { shape, dtype: "float32" };
  return specs;
}

/** A state by parameters' names as a step takes it. */
export function carriedState(mechanism: Stateful, state: HostTensors): Record<string, HostData> {
  const { packHost } = packingOf(mechanism);
  const carried: Record<string, HostData> = {};
  for (const moment of moments)
    for (const [name, data] of Object.entries(packHost(tensorsUnder(state, `${moment}.`))))
      carried[`${moment}.${name}`] = data;
  for (const [name, { data }] of Object.entries(state)) if (name.startsWith(bufferPrefix)) carried[name] = data;
  return carried;
}

/** The reverse of `carriedState`. */
export function stateByName(mechanism: Stateful, carried: HostTensors): HostTensors {
  const { unpackHost } = packingOf(mechanism);
  const state: Record<string, HostTensor> = {};
  for (const moment of moments)
    for (const [name, tensor] of Object.entries(unpackHost(tensorsUnder(carried, `${moment}.`))))
      state[`${moment}.${name}`] = tensor;
  for (const [name, tensor] of Object.entries(carried)) if (name.startsWith(bufferPrefix)) state[name] = tensor;
  return state;
}

export function initialState(mechanism: Stateful, key: RandomKey): HostTensors {
  const state: Record<string, HostTensor> = {};
  for (const [name, { shape, initialise }] of Object.entries(mechanism.parameters)) {
    const data = initialise(key.split(name));
    state[`parameter.${name}`] = { shape, dtype: "float32", data };
    for (const prefix of ["first", "second"])
      state[`${prefix}.${name}`] = { shape, dtype: "float32", data: new Float32Array(data.length) };
  }
  for (const [name, { shape, initialise }] of Object.entries(mechanism.buffers ?? {}))
    state[bufferPrefix + name] = { shape, dtype: "float32", data: initialise(key.split(name)) };
  return state;
}

/** What a fit sets, by name: the parameters of a state and its running averages. */
export function parametersIn(state: HostTensors): HostTensors {
  return { ...tensorsUnder(state, "parameter."), ...tensorsUnder(state, bufferPrefix) };
}

/** The state with parameters and running averages of an earlier fit, by name: the reverse of `parametersIn`. */
export function withParameters(state: HostTensors, parameters: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      const own = /^(?:parameter|buffer)\.(.*)$/.exec(name)?.[1];
      return [name, own === undefined ? tensor : parameters[own]!];
    }),
  );
}

/** The state at the start of another stage: the moments of its loss, not those of the last one's. */
export function withFreshMoments(state: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [
      name,
      /^(first|second)\./.test(name) ? { ...tensor, data: new Float32Array(tensor.data.length) } : tensor,
    ]),
  );
}
