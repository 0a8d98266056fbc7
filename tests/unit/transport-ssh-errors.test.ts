import { authMethods } from "../../transport/ssh-credentials";
import { explainConnect } from "../../transport/ssh-errors";
import { TransportError } from "../../transport/transport";
import { keyPair } from "../key-pair";

const TARGET = { node: "node-1", port: 2222, user: "ops" };

function explained(message: string, extra: { level?: string; code?: string | number } = {}) {
  return explainConnect(TARGET, Object.assign(new Error(message), extra));
}

test.each([
  [
    "connect ECONNREFUSED 192.0.2.1:2222",
    { code: "ECONNREFUSED" },
    "unreachable",
    true,
    /nothing listens on port 2222/,
  ],
  ["connect ETIMEDOUT", { code: "ETIMEDOUT" }, "unreachable", true, /does not answer on port 2222/],
  ["connect EHOSTUNREACH", { code: "EHOSTUNREACH" }, "unreachable", true, /does not answer/],
  [
    "Timed out while waiting for handshake",
    { level: "client-timeout" },
    "unreachable",
    true,
    /does not answer/,
  ],
  [
    "read ECONNRESET",
    { code: "ECONNRESET", level: "client-socket" },
    "unreachable",
    true,
    /ended the SSH connection/,
  ],
  [
    "Connection lost before handshake",
    { level: "protocol" },
    "unreachable",
    true,
    /ended the SSH connection/,
  ],
  ["getaddrinfo EAI_AGAIN node-1", { code: "EAI_AGAIN" }, "unreachable", true, /could not be looked up/],
  ["getaddrinfo ENOTFOUND node-1", { code: "ENOTFOUND" }, "unreachable", false, /no address/],
  ["Invalid identification string", { level: "protocol" }, "unreachable", false, /no SSH server/],
  [
    "All configured authentication methods failed",
    { level: "client-authentication" },
    "refused",
    false,
    /let "ops" in/,
  ],
  ["Too many authentication failures", { code: 2 }, "refused", false, /let "ops" in/],
  ["Handshake failed: no matching host key format", { level: "handshake" }, "changed", false, /pinned type/],
  ["Handshake failed: no matching C->S cipher", { level: "handshake" }, "refused", false, /handshake failed/],
  ["something new", {}, "unreachable", false, /the SSH connection failed/],
])("%s %j", (message, extra, failure, passing, means) => {
  const { error, passing: seen } = explained(message, extra);
  expect(error).toBeInstanceOf(TransportError);
  expect(error.failure).toBe(failure);
  expect(seen).toBe(passing);
  expect(error.message).toMatch(/^node-1: /);
  expect(error.message).toMatch(means);
  expect(error.message).toContain(`(${message})`);
  expect(error.message).toMatch(/\. [A-Z].*\.$|\. Look.*pub$/);
});

test("a host with several addresses has one error without a text: its code is shown", () => {
  expect(explained("", { code: "ECONNREFUSED" }).error.message).toContain("(ECONNREFUSED)");
});

test("what is explained already stays as it is and is final", () => {
  const error = new TransportError("node-1", "refused", "a", "b");
  expect(explainConnect(TARGET, error)).toEqual({ error, passing: false });
});

describe("credentials", () => {
  const connection = { host: "node-1", hostKey: "SHA256:x" };
  const { private: locked } = keyPair({
    passphrase: "open-sesame",
    cipher: "aes256-ctr",
    rounds: 4,
  });
  const { private: open, public: publicHalf } = keyPair();

  function complaint(credentials: object): string {
    try {
      authMethods({ ...connection, ...credentials });
    } catch (error) {
      expect(error).toMatchObject({ name: "TransportError", failure: "refused", node: "node-1" });
      return (error as Error).message;
    }
    throw new Error("it was accepted");
  }

  test("keys are tried first, then the agent, then the password in both its ways", () => {
    const methods = authMethods({
      ...connection,
      user: "ops",
      privateKey: open,
      password: "p",
      agentSocketPath: "/run/agent",
    });
    expect(methods.map(({ type }) => type)).toEqual([
      "publickey",
      "agent",
      "password",
      "keyboard-interactive",
    ]);
    expect(new Set(methods.map(({ username }) => username))).toEqual(new Set(["ops"]));
    expect(authMethods(connection)).toEqual([{ type: "none", username: "root" }]);
  });

  test("an encrypted key opens with its passphrase", () => {
    expect(
      authMethods({ ...connection, privateKey: locked, privateKeyPassword: "open-sesame" }),
    ).toHaveLength(1);
  });

  test("a key nobody can read says so without repeating it or its passphrase", () => {
    expect(complaint({ privateKey: locked })).toMatch(/encrypted and no passphrase is given/);
    const wrong = complaint({ privateKey: locked, privateKeyPassword: "wrong-guess" });
    expect(wrong).toMatch(/cannot be read with the given passphrase/);
    expect(wrong).not.toContain("wrong-guess");
    expect(complaint({ privateKey: "/home/me/.ssh/id_ed25519" })).toMatch(/in no format that can be read/);
    expect(complaint({ privateKey: "/home/me/.ssh/id_ed25519" })).not.toContain("id_ed25519");
    expect(complaint({ privateKey: open.slice(0, 200) })).not.toContain(open.slice(60, 100));
    expect(complaint({ privateKey: publicHalf })).toMatch(/is a public key/);
  });

  test("a prompt that would be echoed does not get the password", () => {
    const method = authMethods({ ...connection, password: "p" })[1] as unknown as {
      prompt(n: string, i: string, l: string, prompts: object[], answer: (answers: string[]) => void): void;
    };
    const answer = jest.fn();
    method.prompt(
      "",
      "",
      "",
      [
        { prompt: "Password: ", echo: false },
        { prompt: "User: ", echo: true },
      ],
      answer,
    );
    expect(answer).toHaveBeenCalledWith(["p", ""]);
  });
});
