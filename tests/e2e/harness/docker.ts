import { output, run, type Ended } from "./run";

/** A command of the docker CLI on the engine that runs the nodes: a witness that shares no code with the product. */
export function docker(...args: string[]): Promise<string> {
  return output("docker", args);
}

export function tryDocker(...args: string[]): Promise<Ended> {
  return run("docker", args);
}

/** The lines that a docker command printed. */
export async function dockerLines(...args: string[]): Promise<string[]> {
  return (await docker(...args)).split("\n").filter(Boolean);
}
