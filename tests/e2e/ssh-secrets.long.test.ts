import { randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { keyPair } from "../key-pair";
import { projectRoot } from "../../tools/setup/paths";
import { docker } from "./harness/docker";
import {
  bytesOf,
  CommandLines,
  filesBelow,
  linesOfOurs,
  secretsIn,
  temporaryFiles,
} from "./harness/secret-search";
import { SshHosts } from "./harness/ssh-hosts";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

/** Ends with what shells, JSON and YAML have to quote. */
const text = () => `${randomBytes(9).toString("base64url")}'"$\\`;
const [PASSPHRASE, WRONG_PASSPHRASE, HOST_PASSWORD, BASTION_PASSWORD] = [text(), text(), text(), text()];
const key = keyPair({
  passphrase: PASSPHRASE,
  cipher: "aes256-ctr",
  rounds: 16,
});
/** What nobody may read anywhere: the name → the text. */
const secrets: Record<string, string> = {
  passphrase: PASSPHRASE,
  "wrong passphrase": WRONG_PASSPHRASE,
  "host's password": HOST_PASSWORD,
  "bastion's password": BASTION_PASSWORD,
  // Line by line, as a text may hold the key with line ends of any kind. The first one is the same for many keys.
  ...Object.fromEntries(
    key.private
      .split("\n")
      .slice(2, -2)
      .map((line, index) => [`line ${index + 2} of the private key`, line.trim()]),
  ),
};
// Without those characters, so that a quoted form is found as well.
const TEXTS = [PASSPHRASE, WRONG_PASSPHRASE, HOST_PASSWORD, BASTION_PASSWORD];
TEXTS.forEach((value, index) => (secrets[`core of text ${index}`] = value.slice(0, 12)));
const foundIn = (seen: string) => secretsIn(seen, secrets);

let workspace: Workspace;
let hosts: SshHosts;
let watch: CommandLines;

/** A host with an encrypted key and a password, behind a bastion with a password, out of an inventory file. */
beforeAll(async () => {
  workspace = await Workspace.create({ platform: "ssh", managers: 1 });
  hosts = await SshHosts.create(workspace.cluster, "ready", 1);
  const bastion = await hosts.add("bastion");
  await hosts.authorize("host-1", "admin", key.public);
  await hosts.setPassword("host-1", "admin", HOST_PASSWORD);
  await hosts.setPassword("bastion", "admin", BASTION_PASSWORD);
  const { name, address } = hosts.host("host-1");
  const inventory = path.join(workspace.folder, "hosts.yml");
  writeFileSync(
    inventory,
    stringify({ defaults: { user: "admin", sudo: true }, hosts: [{ name, address }] }),
  );
  const gate = { address: bastion.address, hostKey: bastion.hostKey, user: "admin" };
  workspace.configure({
    inventory,
    // The host's key is seen through the bastion, with the password of the bastion alone.
    ssh: {
      ...{ defaults: { bastion: gate }, trustOnFirstUse: true },
      time: { servers: [await hosts.timeServer()] },
    },
  });
  watch = new CommandLines();
  await workspace.configureSecret("ssh.defaults.bastion.password", BASTION_PASSWORD, "--path");
  await workspace.configureSecret("sshPrivateKey", key.private);
  await workspace.configureSecret("sshPrivateKeyPassword", PASSPHRASE);
  await workspace.configureSecret("sshPassword", HOST_PASSWORD);
  await workspace.tryPreview("--debug");
  await workspace.up("--diff");
  workspace.configure({ managerLabels: { zone: "a" } });
  await workspace.tryPreview("--diff");
  await workspace.tryPreview("--json");
  await workspace.up("--json");
  await workspace.refresh();
});

afterAll(async () => {
  watch?.stop();
  await workspace?.remove();
  await hosts?.remove();
});

test("there are secrets to look for, they would be found, and they were used", async () => {
  expect(Object.keys(secrets).length).toBeGreaterThan(6);
  expect(foundIn(`x ${key.private.replaceAll("\n", "\\n")} y`)).toHaveLength(Object.keys(secrets).length - 8);
  expect(watch.seen.size).toBeGreaterThan(20);
  expect(await hosts.log("bastion")).toMatch(/^Accepted password for admin/m);
  expect(await hosts.log("host-1")).toMatch(/^Accepted publickey for admin/m);
});

test("in nothing that the commands printed, and no warning either", () => {
  expect(workspace.printed).toContain("swarm:index:SwarmHost");
  expect(foundIn(workspace.printed)).toEqual([]);
  expect(workspace.printed).not.toMatch(/warning: .*secret/i);
});

test("in no file of the state, its history and backups, nor of the configuration", async () => {
  const files = filesBelow(workspace.folder);
  expect(files.some((file) => file.includes("history"))).toBe(true);
  expect(files.filter((file) => foundIn(readFileSync(file, "latin1")).length > 0)).toEqual([]);
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("SshHostKey");
  expect(foundIn(stdout)).toEqual([]);
});

test("in no output of the stack", async () => {
  const plain = await workspace.pulumi(["stack", "output", "--json", "--stack", workspace.stack]);
  expect(plain.stdout).toContain("clusterId");
  expect(foundIn(plain.stdout)).toEqual([]);
});

test("in no process's command line, here or on the machines", () => {
  expect([...watch.seen].filter((line) => foundIn(line).length > 0)).toEqual([]);
  expect([...watch.seen].join("\n")).toContain("docker\0system\0dial-stdio");
});

test("in no file and no log of the machines, and no description of them", async () => {
  for (const name of ["host-1", "bastion"]) {
    const find =
      "find /tmp /root /home /var/log /var/lib/pulumi-swarm /etc/pulumi-swarm -xdev -type f -exec cat {} +";
    const seen = [
      await hosts.log(name),
      await hosts.sh(name, `${find} 2>/dev/null || true`),
      await docker("inspect", hosts.host(name).container),
    ];
    expect(foundIn(seen.join("\n"))).toEqual([]);
  }
});

test("in no file of the project or of the temporary folder that is new", () => {
  const since = statSync(workspace.folder).birthtimeMs;
  const fresh = [...filesBelow(projectRoot), ...temporaryFiles(since)].filter(
    (file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since,
  );
  expect(fresh.filter((file) => foundIn(bytesOf(file)).length > 0)).toEqual([]);
});

test("in no error, which names the host all the same", async () => {
  await workspace.configureSecret("sshPrivateKeyPassword", WRONG_PASSPHRASE);
  workspace.configure({ managerLabels: { zone: "b" } });
  const wrongPassphrase = await workspace.tryUp("--refresh");
  await workspace.configureSecret("sshPrivateKeyPassword", PASSPHRASE);
  await hosts.setPassword("bastion", "admin", "changed");
  const wrongPassword = await workspace.tryUp("--refresh");
  await hosts.setPassword("bastion", "admin", BASTION_PASSWORD);
  expect(wrongPassphrase.text).toContain(
    `${hosts.host("host-1").address}: the private key cannot be read with the given passphrase`,
  );
  expect(wrongPassword.text).toContain(
    `${hosts.host("bastion").address}: its SSH server does not let "admin" in`,
  );
  for (const failed of [wrongPassphrase, wrongPassword]) {
    expect(failed.code).not.toBe(0);
    expect(foundIn(failed.text)).toEqual([]);
  }
});

test("in no line of ours of the most talkative log", async () => {
  const ours = linesOfOurs((await workspace.up("-v=9", "--logtostderr")).text);
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter((line) => foundIn(line).length > 0)).toEqual([]);
});
