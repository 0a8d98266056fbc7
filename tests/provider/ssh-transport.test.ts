import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import { PassThrough, Readable, Transform } from "node:stream";
import { utils } from "ssh2";
import { pack } from "tar-stream";
import type { SshConnection } from "../../schema/connection";
import { EngineClient } from "../../docker/engine-client";
import { deleteImage, importImage, saveImage } from "../../docker/images";
import { isEmpty, packVolume, putInPlace, unpackVolume } from "../../swarm/volumes/volume-files";
import { SshTransport } from "../../transport/ssh-transport";
import { fingerprintOf } from "../../transport/ssh-host-key";
import { TransportError } from "../../transport/transport";
import { buildSshdImage, docker, removeSshdImage, SshNode } from "./ssh-node";
import { keyPair } from "../key-pair";

jest.setTimeout(60_000);

const NETWORK = `ssh-test-${process.pid}`;
const node = new SshNode(`ssh-test-node-${process.pid}`, NETWORK);
const transports: { close(): void }[] = [];

beforeAll(async () => {
  buildSshdImage();
  docker(["network", "create", NETWORK]);
  await node.start();
}, 300_000);

afterEach(() => transports.splice(0).forEach((transport) => transport.close()));

afterAll(() => {
  node.remove();
  docker(["network", "rm", NETWORK]);
  removeSshdImage();
});

function open(
  changes: Partial<SshConnection> = {},
  limits: ConstructorParameters<typeof SshTransport>[1] = {},
) {
  const transport = new SshTransport({ ...node.connection, ...changes }, limits);
  transports.push(transport);
  return transport;
}

async function failureOf(work: Promise<unknown>): Promise<TransportError> {
  const error = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

async function runMany(transport: SshTransport, count: number, seconds: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => `${i}`);
  const command = ["sh", "-c", 'sleep "$1"; echo "$2"', "sh", `${seconds}`];
  const results = await Promise.all(numbers.map((i) => transport.run([...command, i])));
  expect(results.map(({ stdout }) => stdout.trim())).toEqual(numbers);
}

function restartSshd(...options: string[]): void {
  node.killSshd();
  node.startSshd(...options);
}

const wire = (line: string) => Buffer.from(line.split(" ")[1], "base64");

/** The engine's socket is not for this user, so that the docker CLI has to carry its API. */
const NO_SOCKET = "AllowStreamLocalForwarding=no";

function engineOver(transport: SshTransport): EngineClient {
  const engine = new EngineClient(transport);
  transports.push(engine);
  return engine;
}

const nameOf = async (engine: EngineClient) =>
  (await engine.get<{ Name: string }>("ask for its state", "/info")).Name;

describe.each([
  { way: "through its socket", options: [], processes: 0 },
  { way: "through the docker CLI where sshd opens no sockets", options: [NO_SOCKET], processes: 1 },
])("a Docker Engine over SSH, $way", ({ options, processes }) => {
  beforeAll(() => restartSshd(...options));
  afterAll(() => restartSshd());

  test("answers calls, many at once, over one connection", async () => {
    const engine = engineOver(open());
    expect(await nameOf(engine)).toBe(node.name);
    expect(Number(node.sh("pgrep -fc '^docker system dial-stdio' || true"))).toBe(processes);
    const many = await Promise.all(Array.from({ length: 20 }, () => nameOf(engine)));
    expect(new Set(many)).toEqual(new Set([node.name]));
    expect(node.sh("ss -Htn state established sport = :22 | wc -l")).toBe("1");
  });

  test("takes 5 MB and gives them back", async () => {
    const engine = engineOver(open());
    const layer = randomBytes(5 * 1024 * 1024);
    const tar = pack();
    tar.entry({ name: "blob" }, layer);
    tar.finalize();
    await importImage(engine, "blob:test", Readable.from(tar), 'CMD ["sh"]', 60_000);
    const back = await saveImage(engine, "blob:test");
    let bytes = 0;
    for await (const chunk of back) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(layer.length);
    await deleteImage(engine, "blob:test");
  });

  test("that is stopped says so in the words of the docker CLI, and answers when it runs again", async () => {
    const engine = engineOver(open());
    await nameOf(engine);
    node.sh("mv /var/run/docker.sock /var/run/docker.away");
    try {
      const error = await failureOf(nameOf(engineOver(open())));
      expect(error.message).toMatch(/ask for its state.*docker\.sock.*no such file or directory/);
    } finally {
      node.sh("mv /var/run/docker.away /var/run/docker.sock");
    }
    expect(await nameOf(engine)).toBe(node.name);
  });

  test("whose connection is lost under a call names the loss", async () => {
    const engine = engineOver(open());
    await nameOf(engine);
    node.sh("kill -STOP $(pidof dockerd)");
    try {
      const lost = failureOf(nameOf(engine));
      await node.untilEngineIsAsked();
      restartSshd(...options);
      expect((await lost).message).toMatch(/ask for its state.*the SSH connection was lost/);
    } finally {
      node.sh("kill -CONT $(pidof dockerd)");
    }
    expect(await nameOf(engine)).toBe(node.name);
  });
});

test("a machine without a docker CLI says so in its own words, where it is needed", async () => {
  node.sh("mv /usr/bin/docker /usr/bin/docker.away");
  try {
    expect(await nameOf(engineOver(open()))).toBe(node.name);
    restartSshd(NO_SOCKET);
    const error = await failureOf(nameOf(engineOver(open())));
    expect(error.message).toMatch(/ask for its state.*docker.*not found/);
  } finally {
    restartSshd();
    node.sh("mv /usr/bin/docker.away /usr/bin/docker");
  }
});

describe("a command", () => {
  test("gives its exit code, stdout and stderr apart", async () => {
    const result = await open().run(["sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect(result).toEqual({ exitCode: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("that is not there, or dies of a signal, has the exit code a shell gives it", async () => {
    const transport = open();
    expect(await transport.run(["no-such-command"])).toMatchObject({
      exitCode: 127,
      stderr: expect.stringContaining("not found"),
    });
    expect((await transport.run(["sh", "-c", "kill -KILL $$"])).exitCode).toBe(137);
  });

  test("gets its arguments as they are", async () => {
    const odd = [
      "",
      " ",
      "it's",
      '"',
      "$HOME",
      "`id`",
      "$(id)",
      "\\",
      "a\nb",
      "*",
      "~",
      "; touch /injected",
      "&",
      "ä€😀",
      "-n",
    ];
    const { stdout } = await open().run([
      "sh",
      "-c",
      'for a in "$@"; do printf "%s\\0" "$a"; done',
      "sh",
      ...odd,
    ]);
    expect(stdout).toBe(odd.map((word) => `${word}\0`).join(""));
    expect(node.sh("ls /injected 2>/dev/null || echo none")).toBe("none");
  });

  test("reads 5 MB of binary stdin to its end", async () => {
    const stdin = randomBytes(5 * 1024 * 1024);
    const { stdout } = await open().run(["sh", "-c", "tee /tmp/stdin | sha256sum"], { stdin });
    expect(stdout).toContain(createHash("sha256").update(stdin).digest("hex"));
    expect(node.sh("stat -c %s /tmp/stdin; rm /tmp/stdin")).toBe(String(stdin.length));
  });

  test("prints 5 MB, and 5 MB more on stderr, without a stall", async () => {
    const { stdout, stderr } = await open().run([
      "sh",
      "-c",
      "yes out | head -c 5000000; yes err | head -c 5000000 >&2",
    ]);
    expect([stdout.length, stderr.length]).toEqual([5_000_000, 5_000_000]);
  });

  test("hands on what it prints no quicker than it is taken, and ends when nobody takes it", async () => {
    const digest = createHash("sha256");
    const into = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        digest.update(chunk);
        setImmediate(done);
      },
    });
    const print = (bytes: number) => `head -c ${bytes} /dev/urandom | tee /tmp/printed; echo done >&2`;
    const command = ["sh", "-c", print(20_000_000)];
    expect(await open().run(command, { into })).toEqual({ exitCode: 0, stdout: "", stderr: "done\n" });
    expect(node.sh("sha256sum /tmp/printed; rm /tmp/printed")).toContain(digest.digest("hex"));
    const gone = new PassThrough();
    const endless = open().run(["sh", "-c", "sleep 986; yes"], { into: gone });
    await node.untilSleeping(986, true);
    node.sh("pkill -fx 'sleep 986'");
    await once(gone, "readable");
    gone.destroy(new Error("the disk is full"));
    gone.on("error", () => undefined);
    await expect(endless).rejects.toThrow("the disk is full");
  });

  test("packs a volume's files and unpacks them, with owners and attributes", async () => {
    const engine = engineOver(open());
    const { signal } = new AbortController();
    const from = { name: "from", folder: "/var/lib/docker/volumes/from/_data" };
    const to = { name: "to", folder: "/var/lib/docker/volumes/to/_data" };
    node.sh("docker volume create from && docker volume create to");
    node.sh(
      `cd ${from.folder} && mkdir -m 0710 deep && head -c 5000000 /dev/urandom > deep/file && chown 70:71 deep/file`,
    );
    const archive = new PassThrough();
    const packed = packVolume(engine, from, archive, signal).finally(() => archive.end());
    await unpackVolume(engine, to, archive, signal);
    expect(await packed).toEqual([]);
    expect(await isEmpty(engine, to)).toBe(true);
    await putInPlace(engine, to);
    const listing = "find . -printf '%p %m %U:%G %T@\\n' | sort && sha256sum deep/file";
    expect(node.sh(`cd ${to.folder} && ${listing}`)).toBe(node.sh(`cd ${from.folder} && ${listing}`));
  });

  test("that does not read its stdin ends all the same", async () => {
    expect(await open().run(["true"], { stdin: randomBytes(5 * 1024 * 1024) })).toMatchObject({
      exitCode: 0,
    });
  });

  test("ends when it is cancelled, on the machine too", async () => {
    const transport = open();
    const cancel = new AbortController();
    const run = transport.run(["sleep", "987"], { signal: cancel.signal });
    await node.untilSleeping(987, true);
    cancel.abort(new Error("stopped by the user"));
    await expect(run).rejects.toThrow("stopped by the user");
    await node.untilSleeping(987, false);
    expect(await transport.run(["true"])).toMatchObject({ exitCode: 0 });
  });

  test("is one of 30 at once where sshd allows 10 sessions", async () => {
    await runMany(open(), 30, 0.1);
  });

  describe("where sshd allows fewer sessions", () => {
    afterEach(() => restartSshd());

    test("2: long commands wait for each other and for the engine's stream", async () => {
      restartSshd("MaxSessions=2", NO_SOCKET);
      const transport = open();
      const engine = engineOver(transport);
      const names = Promise.all([nameOf(engine), nameOf(engine), nameOf(engine)]);
      const [seen] = await Promise.all([names, runMany(transport, 4, 1.7)]);
      expect(seen).toEqual(Array(3).fill(node.name));
    });

    test("1: what finds it taken by the engine's stream says what to change", async () => {
      restartSshd("MaxSessions=1", NO_SOCKET);
      const transport = open();
      await nameOf(engineOver(transport));
      const error = await failureOf(transport.run(["true"]));
      expect(error).toMatchObject({
        failure: "refused",
        message: expect.stringMatching(/opens no session.*MaxSessions/),
      });
    });

    test("1: is enough where the engine's socket may be opened, which takes none", async () => {
      restartSshd("MaxSessions=1");
      const transport = open();
      expect(await nameOf(engineOver(transport))).toBe(node.name);
      expect(await transport.run(["true"])).toMatchObject({ exitCode: 0 });
    });
  });
});

describe("who is not who it should be is refused at once", () => {
  test("a machine with another host key, with both fingerprints and without a login", async () => {
    const other = keyPair().public;
    for (const hostKey of [other, fingerprintOf(wire(other))]) {
      const error = await failureOf(open({ hostKey }).run(["touch", "/was-here"]));
      expect(error.failure).toBe("changed");
      expect(error.message).toContain(fingerprintOf(wire(other)));
      expect(error.message).toContain(fingerprintOf(wire(node.hostKey.public)));
      expect(error.message).toMatch(/give that line as hostKey/);
    }
    expect(node.sh("ls /was-here 2>/dev/null || echo none")).toBe("none");
  });

  test("a machine without a host key of the pinned type", async () => {
    const error = await failureOf(
      open({ hostKey: utils.generateKeyPairSync("ecdsa", { bits: 256 }).public }).run(["true"]),
    );
    expect(error).toMatchObject({
      failure: "changed",
      message: expect.stringMatching(/no host key of the pinned type/),
    });
  });

  test("the right machine is let through by its fingerprint", async () => {
    const hostKey = fingerprintOf(wire(node.hostKey.public));
    expect(await open({ hostKey }).run(["true"])).toMatchObject({ exitCode: 0 });
  });

  test("a user with another key, without the key in the text and without another try", async () => {
    const { private: privateKey } = keyPair();
    const start = Date.now();
    const error = await failureOf(open({ privateKey, password: "hunter2" }).run(["true"]));
    expect(error).toMatchObject({
      failure: "refused",
      message: expect.stringMatching(/does not let "root" in.*authorized_keys/),
    });
    expect(error.message).not.toContain("hunter2");
    expect(error.message).not.toContain(privateKey.split("\n")[1]);
    expect(Date.now() - start).toBeLessThan(15_000);
  });

  test("an encrypted key opens with its passphrase and not without", async () => {
    const passphrase = "open sesame";
    const pair = keyPair({ passphrase, cipher: "aes256-ctr", rounds: 16 });
    node.sh(`echo '${pair.public}' >> /root/.ssh/authorized_keys`);
    const connection = { privateKey: pair.private };
    expect(await open({ ...connection, privateKeyPassword: passphrase }).run(["true"])).toMatchObject({
      exitCode: 0,
    });
    const error = await failureOf(open({ ...connection, privateKeyPassword: "guess-17" }).run(["true"]));
    expect(error.message).toMatch(/passphrase/);
    expect(error.message).not.toMatch(/guess-17|open sesame/);
  });
});

describe("a connection that goes away", () => {
  test("sshd killed under a command: the command fails, the next call works once sshd is back", async () => {
    const transport = open();
    const engine = new EngineClient(transport);
    await engine.get("ask for its state", "/info");
    const running = failureOf(transport.run(["sleep", "600"]));
    await node.untilSleeping(600, true);
    node.killSshd();
    expect(await running).toMatchObject({
      failure: "unreachable",
      message: expect.stringMatching(/connection was lost.*sleep/),
    });
    // Asked while nobody listens: the attempts go on until sshd is back.
    const next = transport.run(["echo", "back"]);
    const [refusal] = (await once(createConnection(22, node.connection.host), "error")) as [Error];
    expect(refusal).toMatchObject({ code: "ECONNREFUSED" });
    node.startSshd();
    expect(await next).toMatchObject({ exitCode: 0, stdout: "back\n" });
    expect(await engine.get("ask for its state", "/info")).toMatchObject({ Name: node.name });
  });

  test("a call in the very moment of the loss is sent on a new connection", async () => {
    const transport = open();
    await transport.run(["true"]);
    restartSshd();
    // No turn of the event loop since the kill: the transport cannot know yet.
    expect(await transport.run(["echo", "new"])).toMatchObject({ exitCode: 0, stdout: "new\n" });
  });

  test("a machine that freezes is noticed by the missing signs of life", async () => {
    const transport = open({}, { keepAliveMs: 300 });
    await transport.run(["true"]);
    const running = failureOf(transport.run(["sleep", "601"]));
    await node.untilSleeping(601, true);
    docker(["pause", node.name]);
    try {
      const start = Date.now();
      expect(await running).toMatchObject({ failure: "unreachable" });
      expect(Date.now() - start).toBeLessThan(5_000);
    } finally {
      docker(["unpause", node.name]);
    }
    expect(await transport.run(["true"])).toMatchObject({ exitCode: 0 });
  });

  test("a machine that is stopped: what runs fails, and the next call within its limit", async () => {
    const transport = open({}, { connectMs: 4_000, attemptMs: 2_000, keepAliveMs: 500 });
    await transport.run(["true"]);
    const running = failureOf(transport.run(["sleep", "602"]));
    await node.untilSleeping(602, true);
    docker(["kill", node.name]);
    const start = Date.now();
    expect(await running).toMatchObject({ failure: "unreachable" });
    const engine = new EngineClient(transport);
    const error = await failureOf(engine.get("ask for its state", "/info"));
    expect(error.failure).toBe("unreachable");
    expect(error.message).toMatch(/does not answer on port 22|nothing listens on port 22/);
    expect(Date.now() - start).toBeLessThan(10_000);
  });
});
