import { isDeepStrictEqual } from "node:util";
import type { PreflightReport, PreflightRules } from "../../schema/preflight";
import { parseDuration } from "../../validation/duration";
import { judgeClocks } from "./judge-clocks";
import { judgeLinks } from "./judge-links";
import { judgeMachines, type Pools } from "./judge-machines";
import type { Judgement } from "./judgement";

export const DEFAULT_MAX_OFFSET = "250ms";
/**
 * What the engine cuts overlay networks from where the swarm names no pools, from its beginning on; the first 256
 * networks are what a cluster may well come to use.
 */
const DEFAULT_POOLS: Pools = { wanted: ["10.0.0.0/16"], possible: ["10.0.0.0/8"] };

/** Holds everything that was seen against the rules. */
export function judgePreflight(report: PreflightReport, rules: PreflightRules): Judgement {
  const maxOffset = rules.maxOffset ?? DEFAULT_MAX_OFFSET;
  const { defaultAddrPool = [] } = rules;
  const isDefault =
    defaultAddrPool.length === 0 || isDeepStrictEqual(defaultAddrPool, DEFAULT_POOLS.possible);
  const pools = isDefault ? DEFAULT_POOLS : { wanted: defaultAddrPool, possible: [] };
  const parts = [
    judgeMachines(report, pools, rules.allowOldEngines ?? false),
    judgeLinks(report),
    judgeClocks(report, parseDuration(maxOffset) ?? 0),
  ];
  return {
    problems: parts.flatMap(({ problems }) => problems),
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}
