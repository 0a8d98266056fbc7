import { renderMatrix } from "../../hosts/preflight/matrix";
import { renderPreflight } from "../../hosts/preflight/render";
import { judgePreflight } from "../../hosts/preflight/judge-preflight";
import { block, goodReport, hostOf } from "./fixtures/preflight-report";

/** The cells of a row: who sends, then what becomes of it at each. */
function row(drawn: string, name: string): string[] {
  const line = drawn.split("\n").find((one) => one.split(/\s{2,}/)[0].endsWith(name));
  return line?.split(/\s{2,}/) ?? [];
}

test("five nodes: names on both sides, and the blocked ports in the cell of their direction alone", () => {
  const report = goodReport(5);
  block(report, "manager-2", "app-1", "7946/udp");
  block(report, "manager-2", "app-1", "4789/udp");
  expect(renderMatrix(report)).toBe(
    [
      "FROM \\ TO  manager-1  manager-2  manager-3  app-1              app-2",
      "manager-1  -          ok         ok         ok                 ok",
      "manager-2  ok         -          ok         7946/udp,4789/udp  ok",
      "manager-3  ok         ok         -          ok                 ok",
      "app-1      ok         ok         ok         -                  ok",
      "app-2      ok         ok         ok         ok                 -",
      "a cell is ok, or the ports that do not get through in that direction",
    ].join("\n"),
  );
});

test("twenty nodes: numbers and letters, no line wider than a terminal", () => {
  const report = goodReport(20);
  block(report, "app-17", "manager-1", "2377/tcp");
  block(report, "app-17", "manager-1", "7946/udp");
  const drawn = renderMatrix(report);
  expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(row(drawn, "app-17").slice(0, 3)).toEqual(["20 app-17", "MU", "ok"]);
  expect(row(drawn, "manager-1")).toEqual(["1 manager-1", "-", ...Array<string>(19).fill("ok")]);
  expect(drawn).toMatch(/M 2377\/tcp, T 7946\/tcp, U 7946\/udp, D 4789\/udp$/);
});

test("what was not tried is marked, and so is who could not be asked", () => {
  const report = goodReport(3);
  for (const link of report.links.filter(({ to }) => to === "manager-1")) link.probes[2].state = "unknown";
  report.links = report.links.filter(({ from, to }) => ![from, to].includes("manager-3"));
  const drawn = renderMatrix(report);
  expect(row(drawn, "manager-2")).toEqual(["manager-2", "ok*", "-", "?"]);
  expect(row(drawn, "manager-3")).toEqual(["manager-3", "?", "?", "-"]);
  expect(drawn).toMatch(/\* udp not tried/);
  expect(drawn).toMatch(/\? could not be asked/);
});

test("the whole text: matrix, machines, warnings, problems", () => {
  const report = goodReport(3);
  hostOf(report, "manager-2").hostname = "manager-1";
  const text = renderPreflight(report, judgePreflight(report, {}));
  expect(text).toMatch(/^FROM/);
  expect(text).toMatch(
    /\nmanager-2 {2}192\.168\.7\.2 {2}26\.1\.5 {2}0\.0 ms \(± 0\.2 ms\) {2}0\.4 ms {14}1500 {2}1500\n/,
  );
  expect(text).toMatch(/\n\nProblems:\n {2}- manager-1, manager-2: have the same host name, manager-1\./);
  expect(renderPreflight(goodReport(2), { problems: [], warnings: [] })).toMatch(/\n\nNo problems\.$/);
});
