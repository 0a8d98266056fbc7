import type { Shape } from "../../schema/package-schema";
import type { Properties } from "../values";
import type { Decoded } from "./wire";

/**
 * What a resource's outputs hold of its values: nothing of how it is reached. That is in its inputs, which every call
 * about it carries; a private key twice in each resource makes a state that the CLI writes for minutes.
 */
export function outputsIn(shape: Shape, values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isReached(shape, name)));
}

/**
 * A resource as its handler knows it: the state, and of its inputs what outputs leave out. States of earlier releases have
 * that as well. An import has no state, and stays without.
 */
export function recorded(shape: Shape, state: Decoded, inputs: Decoded): Decoded {
  if (Object.keys(state.values).length === 0) return state;
  const reached = Object.entries(inputs.values).filter(([name]) => isReached(shape, name));
  const secret = reached.map(([name]) => name).filter((name) => inputs.secrets.has(name));
  return {
    values: { ...Object.fromEntries(reached), ...state.values },
    secrets: new Set([...state.secrets, ...secret]),
  };
}

function isReached({ changes }: Shape, name: string): boolean {
  return changes[name] === "connection";
}
