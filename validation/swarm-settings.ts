import type { SwarmSettings } from "../schema/swarm";
import { parseDuration } from "./duration";
import { checkAddressPools } from "./address-pools";
import { show, type Problem } from "./problem";

const HOUR_MS = 3_600_000;

/** Rules of the Engine API for init and update, checked before anything is created. */
export function checkSwarmSettings(
  settings: SwarmSettings,
  nodeNetwork?: string,
  hostRoutes: string[] = [],
): Problem[] {
  const problems = checkAddressPools(settings, nodeNetwork, hostRoutes);
  const wholeNumber = (name: keyof SwarmSettings, least: number, most: number) => {
    const value = settings[name];
    if (value === undefined || typeof value === "symbol") return;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      problems.push({ where: name, text: `${show(value)} is not a whole number from ${least} to ${most}.` });
    }
  };
  const duration = (name: keyof SwarmSettings, leastMs: number, least: string) => {
    const value = settings[name];
    if (typeof value === "symbol" || value === undefined) return;
    const ms = typeof value === "string" ? parseDuration(value) : undefined;
    if (ms === undefined)
      problems.push({
        where: name,
        text: `${show(value)} is not a duration. Write it like "90s", "12h" or "30d".`,
      });
    else if (ms < leastMs)
      problems.push({ where: name, text: `${show(value)} is too short; the least is ${least}.` });
  };
  const trigger = (name: keyof SwarmSettings) => {
    const value: unknown = settings[name];
    if (value === undefined || typeof value === "symbol" || typeof value === "string") return;
    problems.push({
      where: name,
      text: `${show(value)} is not a text. Write any text in quotes, such as "1"; a change of it rotates.`,
    });
  };
  const { autoLockManagers } = settings;
  if (autoLockManagers !== undefined && !["boolean", "symbol"].includes(typeof autoLockManagers)) {
    problems.push({
      where: "autoLockManagers",
      text: `${show(autoLockManagers)} is neither true nor false. Write it without quotes.`,
    });
  }
  trigger("rotateWorkerToken");
  trigger("rotateManagerToken");
  trigger("rotateUnlockKey");
  wholeNumber("dataPathPort", 1024, 49151);
  wholeNumber("taskHistoryRetentionLimit", 0, 1_000_000);
  wholeNumber("snapshotInterval", 1, 1e12);
  wholeNumber("keepOldSnapshots", 0, 1e6);
  wholeNumber("logEntriesForSlowFollowers", 0, 1e12);
  wholeNumber("caForceRotate", 0, 1e15);
  duration("dispatcherHeartbeatPeriod", 1000, "1s");
  duration("nodeCertExpiry", HOUR_MS, "1h");
  duration("caRotationTimeout", 1000, "1s");
  duration("rotateWorkerTokenEvery", 1000, "1s");
  duration("rotateManagerTokenEvery", 1000, "1s");
  duration("rotateUnlockKeyEvery", 1000, "1s");
  if (settings.rotateUnlockKey !== undefined && settings.autoLockManagers === false) {
    problems.push({
      where: "rotateUnlockKey",
      text: "there is no unlock key to rotate while autoLockManagers is false. Remove one of the two.",
    });
  }
  return problems;
}
