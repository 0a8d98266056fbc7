import type { DoctorFacts } from "../../cli/doctor/doctor-facts";
import { claims } from "./fixtures/doctor-claims";
import { DAY, machine, NOW, SOUND, SWARM, withMachines, withSwarm } from "./fixtures/doctor-facts";

const clock = (offsetMs: number, uncertaintyMs = 20) =>
  withMachines(machine("app-1", { clock: { offsetMs, uncertaintyMs } }));
const certificate = (daysLeft: number) =>
  withMachines(
    machine("app-1", { certificate: { from: NOW - (90 - daysLeft) * DAY, to: NOW + daysLeft * DAY } }),
  );
const at = (date: string): DoctorFacts => ({ ...SOUND, now: Date.parse(date) });

claims("clocks", [
  ["a little apart", clock(400), /^warn: manager-1 and app-1 are 395 ms apart \(± 40 ms\) → .*chrony/],
  ["behind counts as well", clock(-20_000), /^fail: .*20\.0 s apart .* → /],
  ["a slow answer only seems to set them apart", clock(400, 300), /^pass: /],
]);

claims("node certificates", [
  ["not renewed in time", certificate(17), /^warn: app-1: ends in 17 days → .*2377\/tcp/],
  ["almost over", certificate(4), /^fail: app-1: ends in 4 days → /],
  ["expired", certificate(-3), /^fail: app-1: expired 3 days ago → .*docker swarm leave --force/],
  ["due for renewal", certificate(30), /^pass: the first one ends in 30 days, on app-1/],
]);

claims("root CA", [
  ["in its last year", at("2046-01-01"), /^warn: ends in 318 days → .*caForceRotate/],
  ["in its last month", at("2046-11-01"), /^fail: ends in 14 days → /],
  ["expired", at("2047-11-01"), /^fail: expired .* ago → /],
  [
    "being rotated",
    withSwarm({ inspect: { ...SWARM.inspect, RootRotationInProgress: true } }),
    /^warn: .*; a rotation is under way → /,
  ],
]);
