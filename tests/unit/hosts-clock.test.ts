import { spawnSync } from "node:child_process";
import { scriptText } from "../../hosts/script";
import { setUpHost } from "../../hosts/host-setup";
import type { WantedHost } from "../../hosts/wanted";
import type { Transport } from "../../transport/transport";

const run = (text: string) =>
  spawnSync("sh", ["-s"], {
    input: `${["common", "time", "packages"].map(scriptText).join("\n")}\n${text}`,
    encoding: "utf8",
  }).stdout;

test.each([
  ["right", ""],
  ["wrong", "-o Acquire::Check-Date=false "],
])("with a %s clock package lists are asked for so: %j", (clock, options) => {
  expect(run(`apt() { echo "$@"; }; CLOCK=${clock}; update_lists`)).toBe(
    `${options}-o APT::Update::Error-Mode=any update\n`,
  );
});

test.each([
  ["that can be set is right then", "true", "right"],
  ["of a container stays what it is", "false", "wrong"],
])("a clock %s, once it was synchronised", (_what, canSet, after) => {
  const stubs = `can_set_clock() { ${canSet}; }; chronyc() { :; }; TIME_WAIT=1`;
  expect(run(`${stubs}; CLOCK=wrong; synchronise chrony >/dev/null; echo "$CLOCK"`)).toBe(`${after}\n`);
});

test.each([
  [0, "right", ["packages", "time"]],
  [-3, "right", ["packages", "time"]],
  [-120, "wrong", ["time", "packages"]],
  [86_400 * 3650, "wrong", ["time", "packages"]],
])("a host whose clock is %i s off has a %s clock", async (seconds, clock, order) => {
  const sent: string[] = [];
  const transport = {
    node: "alpha",
    async run(_command: string[], { stdin, onStdout }: { stdin: string; onStdout(chunk: Buffer): void }) {
      sent.push(stdin);
      const facts = {
        os: "debian",
        osVersion: "13",
        arch: "x86_64",
        uid: "0",
        memoryMiB: "4096",
        diskMiB: "40960",
      };
      const told = { ...facts, kernel: "6.12.0", clock: String(Date.now() / 1000 + seconds) };
      const lines = Object.entries(told).map(([name, value]) => `::fact ${name}=${value}`);
      onStdout(Buffer.from([...lines, "::todo packages x", "::todo time x", ""].join("\n")));
      return { exitCode: 0, stdout: "", stderr: "" };
    },
  } as unknown as Transport;
  const context = { progress: () => undefined, warn: () => undefined };
  const care = { answers: async () => undefined, restarting: (step: () => Promise<void>) => step() };
  await expect(
    setUpHost(transport, { owner: "o", identity: "i", nodes: [] } as WantedHost, context, care),
  ).rejects.toThrow(/still to do/);
  const [, applied] = sent;
  expect(applied).toContain(`CLOCK='${clock}'`);
  expect(applied.match(/^(packages|time)_apply$/gm)).toEqual(order.map((step) => `${step}_apply`));
});
