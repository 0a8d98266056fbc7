import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { SshHosts } from "./harness/ssh-hosts";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

let workspace: Workspace;
let hosts: SshHosts;

beforeAll(async () => {
  workspace = await Workspace.create({ platform: "ssh" });
  hosts = await SshHosts.create(workspace.cluster, "ready", 2);
  const time = await hosts.timeServer();
  const identityFile = path.join(workspace.folder, "key");
  writeFileSync(identityFile, hosts.userKey.private, { mode: 0o600 });
  workspace.configure({
    managers: 1,
    workers: [{ name: "app", count: 1 }],
    hosts: hosts.inventory(),
    ssh: { ...hosts.settings(identityFile), time: { servers: [time] } },
  });
});

afterAll(async () => {
  await workspace?.remove();
  await hosts?.remove();
});

test("thin", async () => {
  const { text } = await workspace.up();
  console.log(text);
  console.log(
    await hosts.sh(
      "host-1",
      "docker node ls; nft list table inet pulumi_swarm; chronyc -n tracking; ls /var/lib/pulumi-swarm",
    ),
  );
  const again = await workspace.up();
  console.log(again.text);
  expect(again.changes).toEqual({});
  const gone = await workspace.destroy();
  console.log(gone.text);
  console.log(
    await hosts.sh(
      "host-1",
      "docker info | grep -A3 Swarm; docker network ls; nft list ruleset | grep -c pulumi; ls /var/lib/pulumi-swarm /etc/pulumi-swarm /var/lib/docker/swarm; true",
    ),
  );
});
