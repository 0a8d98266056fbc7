import { diagnose, RULES } from "../../cli/doctor/diagnose";
import type { DoctorFacts } from "../../cli/doctor/doctor-facts";
import { renderFindings } from "../../cli/doctor/view";
import { machine, SOUND, withMachines } from "./fixtures/doctor-facts";

test("a sound cluster passes every check, and each check has a name of its own", () => {
  const findings = diagnose(SOUND);
  expect(findings.filter(({ level }) => level !== "pass")).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual(RULES.map(({ check }) => check));
  expect(new Set(RULES.map(({ check }) => check)).size).toBe(RULES.length);
});

test("without a manager's answer it judges the machines, says why, and what it could not look at", () => {
  const locked = withMachines(machine("manager-2", { swarmState: "locked" }));
  const findings = diagnose({ ...locked, swarm: undefined, swarmFailure: "None could answer" });
  expect(findings[0]).toMatchObject({ check: "swarm", level: "fail", found: "None could answer" });
  expect(findings).toContainEqual(expect.objectContaining({ check: "locked managers", level: "fail" }));
  expect(findings).toContainEqual(expect.objectContaining({ check: "clocks", level: "pass" }));
  expect(findings.at(-1)).toMatchObject({
    check: "not looked at",
    found: expect.stringMatching(/quorum.*autolock/),
  });
});

test("nothing could be asked: every rule has its place in what was not looked at", () => {
  const machines = SOUND.machines.map(({ name, role }) => ({
    name,
    role,
    host: "",
    isContainer: false,
    routes: [],
    failure: "no answer",
  }));
  const facts: DoctorFacts = { ...SOUND, swarm: undefined, swarmFailure: "no answer", machines };
  const findings = diagnose(facts);
  const skipped = findings.at(-1)?.found.split(", ") ?? [];
  const judged = findings.map(({ check }) => check);
  expect(RULES.filter(({ check }) => !judged.includes(check) && !skipped.includes(check))).toEqual([]);
  expect(skipped).toEqual(expect.arrayContaining(["locked managers", "clocks", "disk space"]));
});

test("a remedy and the benchmark's item stand below what is wrong, and the sum at the end", () => {
  const text = renderFindings([
    { check: "quorum", level: "pass", found: "3 managers", cis: "CIS 7.1" },
    { check: "autolock", level: "warn", found: "off", remedy: "Turn it on.", cis: "CIS 7.5" },
  ]);
  expect(text).toBe(
    [
      "PASS  quorum    3 managers",
      "WARN  autolock  off",
      "                → Turn it on.",
      "                CIS 7.5",
      "",
      "1 passed, 1 warning, 0 failed.",
    ].join("\n"),
  );
});
