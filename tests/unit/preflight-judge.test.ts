import type { PreflightReport, PreflightRules } from "../../schema/preflight";
import { clockRows } from "../../hosts/preflight/clocks";
import { judgePreflight } from "../../hosts/preflight/judge-preflight";
import { block, goodReport, hostOf, linkOf } from "./fixtures/preflight-report";

const ELSEWHERE = { defaultAddrPool: ["10.20.0.0/16"] };

function judged(change: (report: PreflightReport) => void, rules: PreflightRules = ELSEWHERE) {
  const report = goodReport(5);
  change(report);
  const { problems, warnings } = judgePreflight(report, rules);
  const lines = (found: typeof problems) => found.map(({ where, text }) => `${where}: ${text}`);
  return { problems: lines(problems), warnings: lines(warnings) };
}

test("machines as they should be: nothing to say", () => {
  expect(judged(() => undefined, {})).toEqual({ problems: [], warnings: [] });
});

describe("ports", () => {
  test("a blocked port is named with both ends, the reason and the remedy", () => {
    const { problems } = judged((report) => block(report, "manager-2", "app-1", "7946/udp"));
    expect(problems).toEqual([
      "app-1: 7946/udp from manager-2: no answer. Nodes need it from every other node; open it in the firewall of app-1, " +
        "and in what lies between (security groups).",
    ]);
  });

  test("one line for a port that is shut for several, counted where it is all of them", () => {
    const { problems } = judged((report) => {
      for (const from of ["manager-2", "app-2"]) block(report, from, "manager-1", "2377/tcp", "refused");
      for (const { from } of report.links.filter(({ to }) => to === "app-1"))
        block(report, from, "app-1", "4789/udp");
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /^manager-1: 2377\/tcp from manager-2, app-2: refused\. Managers need it from every node;/,
      ),
      expect.stringMatching(/^app-1: 4789\/udp from every other node: no answer\. Overlay networks need it/),
    ]);
  });

  test("another machine at an address: the address is what is wrong, not the firewall", () => {
    const { problems } = judged((report) =>
      block(report, "app-1", "app-2", "7946/tcp", "manager-1 answers at that address"),
    );
    expect(problems).toEqual([
      expect.stringMatching(/manager-1 answers .* give app-2 the address that is its own\.$/),
    ]);
  });

  test("a port that another program holds is a problem, unless it is the engine of a member", () => {
    const take = (report: PreflightReport) => (hostOf(report, "app-1").ports["7946/tcp"] = "used");
    expect(judged(take).problems).toEqual([
      expect.stringMatching(/^app-1: another program listens at 7946\/tcp/),
    ]);
    const member = judged((report) => {
      take(report);
      hostOf(report, "app-1").engine = { id: "x", version: "26.1.5", inSwarm: true };
    });
    expect(member.problems).toEqual([]);
  });
});

describe("ways between machines", () => {
  test("above 10 ms a warning with the longest", () => {
    const { problems, warnings } = judged((report) => {
      linkOf(report, "manager-1", "app-1").rttMs = 10;
      linkOf(report, "manager-1", "app-2").rttMs = 12.4;
      linkOf(report, "app-2", "manager-1").rttMs = 31;
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      "round trip: 2 of 20 links take longer than 10 ms, the longest app-2 → manager-1 with 31 ms. " +
        "Use one cluster per data centre.",
    ]);
  });

  test("a path below the interface's MTU: a warning with what overlay networks have left", () => {
    const { problems, warnings } = judged((report) => (linkOf(report, "app-1", "app-2").pathMtu = 1450));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^app-1: packets of 1500 bytes.* do not arrive at app-2; 1450 do\..* MTU of 1400 /,
      ),
    ]);
  });

  test("machines with different MTUs: a warning with each", () => {
    const { warnings } = judged((report) => {
      for (const link of report.links.filter(({ from }) => from === "app-1")) link.interfaceMtu = 1400;
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^MTU: 1500 on manager-1, .*app-2; 1400 on app-1\. .* VXLAN: 1350\.$/),
    ]);
  });
});

describe("clocks", () => {
  const late = (report: PreflightReport, ms: number) => {
    for (const link of report.links) {
      if (link.from === "app-1") link.clock = { offsetMs: ms, uncertaintyMs: 0.2 };
      if (link.to === "app-1") link.clock = { offsetMs: -ms, uncertaintyMs: 0.2 };
    }
  };

  test("the one that is wrong is named, by its distance from the median", () => {
    expect(judged((report) => late(report, 400)).problems).toEqual([
      expect.stringMatching(
        /^app-1: its clock is 400 ms behind the median of all; at most 250ms are allowed/,
      ),
    ]);
    expect(judged((report) => late(report, -90_000)).problems).toEqual([
      expect.stringMatching(/^app-1: its clock is 90\.0 s ahead of the median/),
    ]);
    expect(judged((report) => late(report, 400), { ...ELSEWHERE, maxOffset: "1s" }).problems).toEqual([]);
  });

  test("without packets of its own a host is held against what the coordinator saw, less what is uncertain", () => {
    const alone = (offsetMs: number, uncertaintyMs: number) =>
      judged((report) => {
        report.links = [];
        hostOf(report, "app-1").clock = { offsetMs, uncertaintyMs };
      }).problems;
    expect(alone(603, 100)).toEqual([expect.stringMatching(/^app-1: its clock is 600 ms ahead of/)]);
    expect(alone(603, 400)).toEqual([]);
  });

  test("a host that nobody asked has no row", () => {
    const report = goodReport(3);
    delete hostOf(report, "manager-3").clock;
    expect(clockRows(report).map(({ host }) => host)).toEqual(["manager-1", "manager-2"]);
  });
});

describe("machines", () => {
  test.each([
    [
      "machine ID",
      (report: PreflightReport) => (hostOf(report, "app-2").machineId = hostOf(report, "app-1").machineId),
    ],
    ["host name", (report: PreflightReport) => (hostOf(report, "app-2").hostname = "app-1")],
    [
      "Docker Engine ID",
      (report: PreflightReport) => Object.assign(hostOf(report, "app-2").engine ?? {}, { id: "engine-3" }),
    ],
  ])("the same %s twice is a problem", (what, change) => {
    const { problems } = judged(change);
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^app-1, app-2: have the same ${what}, `))]);
  });

  test("a missing machine ID is nobody's twin", () => {
    const none = (report: PreflightReport) => {
      for (const host of report.hosts) delete host.machineId;
    };
    expect(judged(none).problems).toEqual([]);
  });

  test("a pool over a route: the route, its interface, its nodes and the remedy; Docker's own bridges do not count", () => {
    const { problems } = judged(() => undefined, { defaultAddrPool: ["192.168.0.0/16", "172.16.0.0/12"] });
    expect(problems).toEqual([
      "manager-1, manager-2, manager-3, app-1, app-2: the address pool 192.168.0.0/16 overlaps the route to 192.168.7.0/24 " +
        "through eth0, which containers could then not reach. Choose other pools: defaultAddrPool, which is fixed when " +
        "the swarm is initialised.",
    ]);
  });

  test.each([
    [
      "in what is used first",
      "10.0.8.0/24",
      "problems" as const,
      /^app-1: the address pool 10\.0\.0\.0\/16 overlaps/,
    ],
    [
      "in what hardly ever is",
      "10.8.0.0/24",
      "warnings" as const,
      /^app-1: the address pool 10\.0\.0\.0\/8 overlaps/,
    ],
  ])("without pools it is the engine's own that counts: a route %s", (_where, range, kind, text) => {
    const change = (report: PreflightReport) => hostOf(report, "app-1").routes.push({ device: "wg0", range });
    const none = { problems: [], warnings: [] };
    for (const rules of [{}, { defaultAddrPool: ["10.0.0.0/8"] }]) {
      expect(judged(change, rules)).toEqual({ ...none, [kind]: [expect.stringMatching(text)] });
    }
    expect(judged(change)).toEqual(none);
  });

  test("engines before 25 are refused, unless accepted; different majors are a warning", () => {
    const change = (report: PreflightReport) =>
      Object.assign(hostOf(report, "app-1").engine ?? {}, { version: "24.0.7" });
    const refused = judged(change);
    expect(refused.problems).toEqual([
      expect.stringMatching(/^app-1: its Docker Engine is 24\.0\.7; 25 is the oldest/),
    ]);
    expect(refused.warnings).toEqual([
      expect.stringMatching(/^engines: 26\.1\.5 on .*; 24\.0\.7 on app-1\./),
    ]);
    const accepted = judged(change, { ...ELSEWHERE, allowOldEngines: true });
    expect(accepted.problems).toEqual([]);
    expect(accepted.warnings).toHaveLength(2);
  });

  test("what did not answer is a problem of its own, said once", () => {
    const { problems } = judged((report) => {
      Object.assign(hostOf(report, "app-1"), {
        failure: "app-1: no such host",
        engine: { failure: "the same" },
      });
      hostOf(report, "app-2").engine = { failure: "app-2: no socket." };
    });
    expect(problems).toEqual([
      "app-1: nothing could be measured there: app-1: no such host. Mend that first.",
      "app-2: its Docker Engine does not answer: app-2: no socket.",
    ]);
  });
});
