import { readLifetime, readMachine } from "../../cli/doctor/machine-facts";
import { CA_CERTIFICATE } from "./fixtures/doctor-facts";

const ROUTES = [
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
  "eth0\t00000000\t01001EAC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
  "eth0\t00001EAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
].join("\n");

function printed(date: string): string {
  return `${date}
== disk
/dev/vda       263174212 25905128 69845084      28% /var/lib/docker
== routes
${ROUTES}
== certificate
${CA_CERTIFICATE.trim()}
-----BEGIN CERTIFICATE-----
a second one that nobody reads
-----END CERTIFICATE-----
== daemon
{ "firewall-backend": "nftables", "features": { "swarm-nftables": true }, "proxies": { "http-proxy": "a secret" } }
`;
}

test("reads everything that a node printed", () => {
  expect(readMachine(printed("1000.250000000"), 1_000_000, 1_000_100)).toEqual({
    clock: { offsetMs: 200, uncertaintyMs: 50 },
    disk: { folder: "/var/lib/docker", sizeKiB: 263174212, freeKiB: 69845084 },
    routes: [
      { device: "docker0", range: "172.17.0.0/16" },
      { device: "eth0", range: "172.30.0.0/24" },
    ],
    certificate: { from: Date.parse("2026-11-20T12:54:24Z"), to: Date.parse("2046-11-15T12:54:24Z") },
    daemon: { firewallBackend: "nftables", swarmNftables: true },
  });
});

test("a `date` without nanoseconds is half a second less certain", () => {
  expect(readMachine(printed("1000.%N"), 1_000_000, 1_000_100).clock).toEqual({
    offsetMs: 450,
    uncertaintyMs: 550,
  });
});

test("what a node did not print is missing, and no error", () => {
  expect(readMachine("", 0, 0)).toEqual({ routes: [] });
  expect(readMachine("1000.0\n== disk\n== routes\n== certificate\n", 0, 0)).toMatchObject({ routes: [] });
  expect(readMachine("1000.0\n== disk\n== routes\n== certificate\n== daemon\n", 0, 0).daemon).toEqual({});
  expect(
    readMachine("1000.0\n== disk\n== routes\n== certificate\n== daemon\n{", 0, 0).daemon,
  ).toBeUndefined();
  expect(readLifetime("no certificate")).toBeUndefined();
});
