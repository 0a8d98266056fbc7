import { keyPair } from "../key-pair";
import { SshTransport } from "../../transport/ssh-transport";
import { presentedHostKey } from "../../transport/ssh-host-key-scan";
import type { Context } from "../../foundation/context";
import { sshHostKey } from "../../provider/handlers/ssh-host-key";
import { docker } from "./ssh-node";
import { SshServers } from "./ssh-servers";
import { Session } from "../../foundation/session";

jest.setTimeout(120_000);

const COUNT = 50;
/** So long that nothing is tried a second time only because the machine of the tests is slow. */
const PATIENT = { connectMs: 90_000, attemptMs: 90_000 };
const NETWORK = `ssh-many-${process.pid}`;
const userKey = keyPair();
/** With what OpenSSH has by default: MaxStartups 10:30:100, MaxSessions 10. */
const bastion = new SshServers(`${NETWORK}-bastion`, NETWORK, userKey, 1);
const machines = new SshServers(`${NETWORK}-machines`, NETWORK, userKey, COUNT);

beforeAll(async () => {
  docker(["network", "create", NETWORK]);
  await bastion.start();
  await machines.start();
}, 300_000);

afterAll(() => {
  bastion.remove();
  machines.remove();
  docker(["network", "rm", NETWORK]);
});

test("the SSH servers have OpenSSH's own limits, which more than ten logins at once would exceed", () => {
  const limits = docker(["exec", `${NETWORK}-bastion`, "/usr/sbin/sshd", "-T", "-h", "/etc/ssh/key-0"]);
  expect(limits).toMatch(/^maxstartups 10:30:100$/m);
  expect(limits).toMatch(/^maxsessions 10$/m);
});

test(`the host keys of ${COUNT} machines behind one bastion are all seen, over one connection to it`, async () => {
  const [proxy] = bastion.connections();
  const connections = machines.connections(proxy);
  const session = new Session();
  const seen = await Promise.all(connections.map((connection) => presentedHostKey(connection, { session })));
  expect(seen).toEqual(connections.map(({ hostKey }) => hostKey.split(" ").slice(0, 2).join(" ")));
  bastion.logs().forEach(expectOneLogin);
});

test("a host key that known_hosts revokes is pinned neither at first use nor later", async () => {
  const [{ host, port, hostKey }] = machines.connections();
  const context = { signal: new AbortController().signal } as Context;
  const pinned = await sshHostKey.create({ host, port, revoked: ["ssh-ed25519 AAAA"] }, context);
  expect(pinned.outputs).toEqual({ hostKey: hostKey.split(" ").slice(0, 2).join(" ") });
  const inputs = { host, port, revoked: [pinned.outputs.hostKey] };
  await expect(sshHostKey.create(inputs, context)).rejects.toThrow(/known_hosts file revokes/);
  await expect(sshHostKey.update(host, { host, port, ...pinned.outputs }, inputs, context)).rejects.toThrow(
    /known_hosts file revokes/,
  );
});

test(`${COUNT} machines behind one bastion are all let in at once, over one connection to it`, async () => {
  const [proxy] = bastion.connections();
  const session = new Session();
  const transports = machines
    .connections(proxy)
    .map((connection) => new SshTransport(connection, PATIENT, session));
  try {
    const many = transports.map((transport, index) => transport.run(["sh", "-c", `echo ${index}`]));
    const answers = (await Promise.all(many)).map(({ stdout }) => Number(stdout));
    expect(answers).toEqual(transports.map((_, index) => index));
  } finally {
    transports.forEach((transport) => transport.close());
  }
  bastion.logs().forEach(expectOneLogin);
  machines.logs().forEach(expectOneLogin);
});

test(`${COUNT} machines without a bastion are all let in at once`, async () => {
  const transports = machines.connections().map((connection) => new SshTransport(connection, PATIENT));
  try {
    const many = transports.map((transport) => transport.run(["true"]));
    expect((await Promise.all(many)).map(({ exitCode }) => exitCode)).toEqual(transports.map(() => 0));
  } finally {
    transports.forEach((transport) => transport.close());
  }
  machines.logs().forEach(expectOneLogin);
});

/** Whoever was turned away and came again would be seen as well. */
function expectOneLogin(log: string): void {
  expect(log.match(/^Accepted publickey for root/gm)).toHaveLength(1);
  expect(log).not.toMatch(/MaxStartups|drop connection/i);
}
