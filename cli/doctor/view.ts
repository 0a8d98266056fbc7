import type { Finding, Level } from "./finding";

/** Findings as a person reads them: what is wrong with its remedy right below, and the sum at the end. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat("PASS".length + width + 4);
  const lines = findings.flatMap(({ check, level, found, remedy, cis }) => [
    `${level.toUpperCase()}  ${check.padEnd(width)}  ${found.replaceAll("\n", `\n${indent}`)}`,
    ...(remedy ? [`${indent}→ ${remedy}`] : []),
    ...(cis && level !== "pass" ? [`${indent}${cis}`] : []),
  ]);
  return [...lines, "", sumOf(findings)].join("\n");
}

export function numberOf(findings: readonly Finding[], level: Level): number {
  return findings.filter((finding) => finding.level === level).length;
}

function sumOf(findings: readonly Finding[]): string {
  const warnings = numberOf(findings, "warn");
  return (
    `${numberOf(findings, "pass")} passed, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, ` +
    `${numberOf(findings, "fail")} failed.`
  );
}
