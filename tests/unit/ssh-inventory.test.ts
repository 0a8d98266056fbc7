import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { readInventory, readSshConfig } from "../../platforms/ssh/inventory";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "ssh-inventory-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, "file");
  writeFileSync(name, text);
  return name;
}

describe("a YAML inventory", () => {
  test("gives hosts and what they have in common", () => {
    const name = file(`
defaults: { user: admin, sudo: true }
hosts:
  - { name: alpha, address: 192.0.2.11, hostKey: "ssh-ed25519 AAAA" }
  - name: beta
    address: beta.example
    privateAddress: 10.0.0.2
    labels: { zone: b }
`);
    expect(readInventory(name)).toEqual({
      defaults: { user: "admin", sudo: true },
      hosts: [
        { name: "alpha", address: "192.0.2.11", hostKey: "ssh-ed25519 AAAA" },
        { name: "beta", address: "beta.example", privateAddress: "10.0.0.2", labels: { zone: "b" } },
      ],
    });
  });

  test.each([
    ["hosts: [", /^The inventory .*file is not YAML: /],
    ["", /holds nothing\. It has a list `hosts`/],
    ["host: []", /holds host\. It has a list `hosts`/],
    ["hosts: { a: 1 }", /holds hosts\. It has a list `hosts`/],
    ["hosts: []\ndefault: {}", /holds hosts, default\. It has a list `hosts`/],
    ["[1, 2]", /It has a list `hosts`/],
    ["just text", /It has a list `hosts`/],
  ])("that reads %j is refused with its name", (text, problem) => {
    expect(() => readInventory(file(text))).toThrow(problem);
  });

  test("that is not there is refused with its name", () => {
    expect(() => readInventory(path.join(folder, "none"))).toThrow(/none cannot be read: ENOENT/);
  });
});

describe("an OpenSSH client configuration", () => {
  test("gives its entries without a wildcard, in their order, with what is said for all of them", () => {
    const name = file(`
User everybody
Host beta
  HostName 192.0.2.12
  Port 2222
Host alpha
  HostName 192.0.2.11
  User admin
  IdentityFile ~/.ssh/id_alpha
Host 192.0.2.13
Host alp* !alpha
  Port 9
Host *
  Port 7022
  IdentityAgent /run/agent.sock
`);
    expect(readSshConfig(name)).toEqual([
      { name: "beta", address: "192.0.2.12", port: 2222, user: "everybody", agent: "/run/agent.sock" },
      {
        name: "alpha",
        address: "192.0.2.11",
        port: 7022,
        user: "everybody",
        identityFile: "~/.ssh/id_alpha",
        agent: "/run/agent.sock",
      },
      { name: "192.0.2.13", address: "192.0.2.13", port: 7022, user: "everybody", agent: "/run/agent.sock" },
    ]);
  });

  test("gives the named entries alone, in the order of the names", () => {
    const name = file("Host alpha beta gamma\n  User admin\nHost *\n  Port 7022\n");
    expect(readSshConfig(name, ["gamma", "alpha"])).toEqual([
      { name: "gamma", address: "gamma", user: "admin", port: 7022 },
      { name: "alpha", address: "alpha", user: "admin", port: 7022 },
    ]);
  });

  test("takes a name that only a wildcard stands for, where it is asked for", () => {
    const name = file("Host node-*\n  User admin\n  HostName %h.example\n");
    expect(readSshConfig(name, ["node-1"])).toEqual([
      { name: "node-1", address: "node-1.example", user: "admin" },
    ]);
  });

  test("refuses a name that nothing stands for, and says what there is", () => {
    expect(() => readSshConfig(file("Host alpha\nHost *\n"), ["delta"])).toThrow(
      /has no entry "Host delta"\. It has alpha, \*\./,
    );
  });

  test.each([
    ["jump", { address: "192.0.2.1", user: "gate", port: 2022, identityFile: "/keys/jump" }],
    ["ops@jump", { address: "192.0.2.1", user: "ops", port: 2022, identityFile: "/keys/jump" }],
    ["jump:23", { address: "192.0.2.1", user: "gate", port: 23, identityFile: "/keys/jump" }],
    ["ops@192.0.2.9:23", { address: "192.0.2.9", user: "ops", port: 23 }],
    ["ssh://ops@192.0.2.9:23", { address: "192.0.2.9", user: "ops", port: 23 }],
    ["[2001:db8::1]:23", { address: "2001:db8::1", port: 23 }],
  ])("ProxyJump %s becomes the bastion", (jump, bastion) => {
    const name = file(`
Host alpha
  ProxyJump ${jump}
Host jump
  HostName 192.0.2.1
  Port 2022
  User gate
  IdentityFile /keys/jump
`);
    expect(readSshConfig(name, ["alpha"])).toEqual([{ name: "alpha", address: "alpha", bastion }]);
  });

  test("ProxyJump that is no address is refused", () => {
    expect(() => readSshConfig(file("Host alpha\n  ProxyJump a:b:c\n"))).toThrow(
      /ProxyJump a:b:c is not \[user@\]host\[:port\]/,
    );
  });

  test("ProxyJump none is no bastion, and several are refused", () => {
    expect(readSshConfig(file("Host alpha\n  ProxyJump none\n"))).toEqual([
      { name: "alpha", address: "alpha" },
    ]);
    expect(() => readSshConfig(file("Host alpha\n  ProxyJump one,two\n"))).toThrow(
      /goes through several machines; one is supported/,
    );
  });
});
