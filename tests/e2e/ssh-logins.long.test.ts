import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { keyPair } from "../key-pair";
import { fingerprintOf } from "../../transport/ssh-host-key";
import { diagnostics, NOISE } from "./fixtures/reading";
import { SshHosts, type SshHost } from "./harness/ssh-hosts";
import { wasTouched } from "./harness/ssh-traces";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

/** Paths of the private key that all hosts let in, and of one that none does. */
type Files = Record<"right" | "wrong", string>;

let workspace: Workspace;
let hosts: SshHosts;
let files: Files;
const other = keyPair();

beforeAll(async () => {
  workspace = await Workspace.create({ platform: "ssh", managers: 1 });
  hosts = await SshHosts.create(workspace.cluster, "ready", WRONG.length);
  files = { right: keyFile("right", hosts.userKey.private), wrong: keyFile("wrong", other.private) };
  workspace.configure({ ssh: { time: { servers: [await hosts.timeServer()] } } });
});

afterAll(async () => {
  await workspace?.remove();
  await hosts?.remove();
});

const fingerprint = (line: string) => fingerprintOf(Buffer.from(line.split(" ")[1], "base64"));

/** What one host is given wrongly, what is said of it, and its login put right. */
const WRONG: [
  wrong: (files: Files) => Record<string, unknown>,
  error: (host: SshHost) => string,
  right?: object,
][] = [
  [
    ({ right }) => ({ identityFile: right, hostKey: other.public }),
    ({ hostKey }) =>
      `the machine presented the ssh-ed25519 host key ${fingerprint(hostKey)}, not the pinned ${fingerprint(other.public)}. ` +
      "Somebody may be in between. If the machine was set up anew, or has that key among others, read its key on the machine itself " +
      "(cat /etc/ssh/ssh_host_ed25519_key.pub) and give that line as hostKey. A key that was pinned at first use is pinned anew by " +
      "`pulumi up --replace URN`, with the URN of the host's SshHostKey.",
  ],
  [
    ({ right }) => ({ identityFile: right, user: "nobody-here" }),
    () =>
      'its SSH server does not let "nobody-here" in (All configured authentication methods failed). ' +
      "Check the user and the credentials: the public key belongs in ~nobody-here/.ssh/authorized_keys on that machine.",
  ],
  [
    ({ wrong }) => ({ identityFile: wrong }),
    () =>
      'its SSH server does not let "root" in (All configured authentication methods failed). ' +
      "Check the user and the credentials: the public key belongs in ~root/.ssh/authorized_keys on that machine.",
  ],
  [
    ({ right }) => ({ identityFile: right, user: "admin" }),
    () => 'the user has no root rights. Give `sudo: true` for this host, or `user: "root"`.',
    { user: "admin", sudo: true },
  ],
  [
    ({ right }) => ({ identityFile: right, user: "plain", sudo: true }),
    () =>
      "sudo asks for a password, which nobody could answer. Let that user run everything without one " +
      "(a line `USER ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d), or log in as root.",
  ],
  [
    ({ right }) => ({ identityFile: right, port: 2222 }),
    ({ address }) =>
      `nothing listens on port 2222 (connect ECONNREFUSED ${address}:2222), tried for 25 s. ` +
      "Start the SSH server on that machine, or give the port that it listens on.",
  ],
];

test("each login that fails is told once, with host, rule and remedy, and nothing is done on any of them", async () => {
  workspace.configure({
    hosts: hosts.hosts.map(({ name, address, hostKey }, index) => ({
      ...{ name, address, hostKey },
      ...WRONG[index][0](files),
    })),
    workers: [{ name: "app", count: WRONG.length - 1 }],
  });
  // All of them, and not only until the first one has failed.
  const failed = await workspace.tryUp("--continue-on-error");
  expect(failed.code).not.toBe(0);
  const said = diagnostics(failed);
  expect(said).not.toMatch(NOISE);
  expect(said.match(/error: (?!update failed).*/g)?.sort()).toEqual(
    hosts.hosts.map((host, index) => `error: ${host.address}: ${WRONG[index][1](host)}`).sort(),
  );
  for (const { name } of hosts.hosts) expect(await wasTouched(hosts, name)).toBe(false);
});

test("the same up with the logins put right makes the cluster, and leaves the hosts alone that it does not need", async () => {
  workspace.configure({
    hosts: hosts.hosts.map(({ name, address, hostKey }, index) => ({
      ...{ name, address, hostKey, identityFile: files.right },
      ...WRONG[index][2],
    })),
    workers: [{ name: "app", count: 3 }],
  });
  await workspace.up();
  expect(await hosts.sh("host-1", "docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).toBe(
    ["host-1", "host-2", "host-3", "host-4"].map((name) => `${name} Ready`).join("\n"),
  );
  expect(await Promise.all(["host-4", "host-5", "host-6"].map((name) => wasTouched(hosts, name)))).toEqual([
    true,
    false,
    false,
  ]);
});

function keyFile(name: string, content: string): string {
  const file = path.join(workspace.folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}
