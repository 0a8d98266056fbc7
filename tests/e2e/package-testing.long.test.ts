import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { appImage } from "./harness/app-image";
import { InstalledProject, packed } from "./harness/installed-project";
import { leftovers, NOTHING } from "./harness/leftovers";
import { expectSuccess, run } from "./harness/run";

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-testing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A test as its reader has it from docs/testing.md. */
const TEST = (image: string) => `
import { test } from "node:test";
import { startSwarm } from "pulumi-swarm/testing";

test("a service answers", async () => {
  await using swarm = await startSwarm({ name: "mine", reuse: true, images: ["${image}"] });
  await swarm.deploy({
    services: { web: { image: "${image}", ports: [{ target: 80, published: 80, mode: "host" }] } },
  });
  const [url] = await swarm.urls("web");
  console.log("SWARM", swarm.name, await (await fetch(url)).text());
});`;

test.each([
  { module: "commonjs", moduleResolution: "node" },
  { module: "node16", moduleResolution: "node16" },
])(
  "from the tarball, with $module: two files of node:test share a swarm, and nothing is left",
  async (options) => {
    const project = new InstalledProject(path.join(folder, options.module));
    await project.install(await packed(folder));
    project.configure(options);
    project.write("index.ts", TEST(await appImage()));
    expectSuccess(await project.compile());
    const bin = path.join(project.folder, "bin");
    const files = ["one", "two"].map((name) => path.join(bin, `${name}.test.js`));
    for (const file of files) copyFileSync(path.join(bin, "index.js"), file);
    const args = ["--test", "--test-concurrency=1", ...files];
    const { stdout } = expectSuccess(
      await run(process.execPath, args, { cwd: project.folder, env: process.env }),
    );
    const names = [...stdout.matchAll(/SWARM (mine-\w+) hello/g)].map(([, name]) => name);
    expect(names).toEqual([names[0], names[0]]);
    await waitFor({ name: "nothing is left", on: names[0], intervalMs: 500, timeoutMs: 60_000 }, async () => {
      const left = JSON.stringify(await leftovers(names[0]));
      return left === JSON.stringify(NOTHING) ? { done: undefined } : { pending: left };
    });
  },
);
