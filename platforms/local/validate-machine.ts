import { parseBytes } from "../../validation/bytes";
import { isImageName } from "../../validation/image-name";
import { unknownKeys } from "../../validation/unknown-keys";
import { isMapping } from "../../validation/node";
import { show, type Problem } from "../../validation/problem";
import type { PoolMachine } from "../platform";
import type { LocalMachine } from "./args";

const KEYS = ["baseImage", "memory", "cpus", "pids"];
/** An engine that has joined a swarm takes some 100 MiB and 60 threads before its first task. */
const LEAST_MEMORY_MIB = 128;
const LEAST_PIDS = 200;
/** Docker's own. */
const LEAST_CPUS = 0.01;

/** What is wrong with what a pool asks of its nodes. */
export function checkLocalMachine({ where, machine }: PoolMachine<LocalMachine>): Problem[] {
  if (!isMapping(machine))
    return [{ where, text: `${show(machine)} is no mapping of settings. Write it like { memory: "2g" }.` }];
  const { baseImage, memory, cpus, pids } = machine as LocalMachine;
  const problems = unknownKeys(where, machine, KEYS);
  const report = (key: keyof LocalMachine, text: string) =>
    problems.push({ where: `${where}.${key}`, text: `${show(machine[key])} ${text}` });
  if (baseImage !== undefined && !isImageName(baseImage))
    report("baseImage", 'is not the name of an image. Write it like "debian:trixie-slim".');
  if (memory !== undefined && !((parseBytes(memory) ?? 0) >= LEAST_MEMORY_MIB * 2 ** 20))
    report("memory", `is no size of ${LEAST_MEMORY_MIB} MiB or more. Write it like "512m" or "2g".`);
  if (cpus !== undefined && !(Number.isFinite(cpus) && cpus >= LEAST_CPUS))
    report("cpus", `is not a number of processors from ${LEAST_CPUS}. Write it like 1.5, without quotes.`);
  if (pids !== undefined && !(Number.isInteger(pids) && pids >= LEAST_PIDS))
    report(
      "pids",
      `is not a whole number of processes from ${LEAST_PIDS}. Write it like 4096, without quotes.`,
    );
  return problems;
}
