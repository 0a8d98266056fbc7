import path from "node:path";
import { InstalledProject, packed, type Tarball } from "./harness/installed-project";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

const PROGRAM = (cluster: string) => `import { LocalPlatform, SwarmCluster } from "pulumi-swarm";
const cluster = new SwarmCluster("${cluster}", { platform: new LocalPlatform(), managers: { count: 1 } });
export const clusterId = cluster.clusterId;
`;

let workspace: Workspace;
let tarball: Tarball;

beforeAll(async () => {
  workspace = await Workspace.create();
  tarball = await packed(workspace.folder);
});
afterAll(() => workspace?.remove());

test.each([
  { tool: "npm", sdk: "3.190.0" },
  { tool: "npm", sdk: "latest" },
  { tool: "pnpm", sdk: "3.190.0" },
  { tool: "pnpm", sdk: "latest" },
] as const)(
  "installed by $tool, with @pulumi/pulumi $sdk: a cluster comes up and goes",
  async ({ tool, sdk }) => {
    const project = new InstalledProject(path.join(workspace.folder, `${tool}-${sdk}`));
    await project.install(tarball, { tool, sdk });
    project.write("index.ts", PROGRAM(workspace.cluster));
    expectSuccess(await project.compile("--noEmit", "--skipLibCheck"));
    const program = ["--cwd", project.folder];
    try {
      await workspace.up(...program);
      expect(await new Witness(workspace.cluster).nodeIds()).toHaveLength(1);
      expect(await workspace.preview(...program, "--expect-no-changes")).toEqual({});
    } finally {
      await workspace.destroy(...program);
    }
  },
);
