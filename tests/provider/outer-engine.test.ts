import { createHash, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LocalPlatform } from "../../platforms/local/local-platform";
import { dockerEngineStep } from "../../tools/setup/docker-engine";
import { ContainerTransport } from "../../transport/container-transport";
import { dockerCliVariables, LOCAL_SOCKET } from "../../transport/docker-host";
import { makeCertificates, type Certificates } from "../certificates";
import { EngineProxy } from "../e2e/fixtures/engine-proxy";
import { docker, tryDocker } from "../e2e/harness/docker";
import { removeLeftovers } from "../e2e/harness/leftovers";
import { run } from "../e2e/harness/run";
import { ProviderProcess } from "./provider-process";
import { Session } from "../../foundation/session";

jest.setTimeout(60_000);

const cluster = `outer-${randomBytes(3).toString("hex")}`;
const owner = { project: "pulumi-swarm", stack: "test", cluster };
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-outer-"));
const NOWHERE = { DOCKER_HOST: "tcp://127.0.0.1:9" };

/** The real engine, behind TLS that lets in only who shows a certificate. */
let proxy: EngineProxy;
let asked: string[];
let certificates: Certificates;
/** What the user exported to reach it. */
let tls: Record<string, string>;

beforeAll(async () => {
  certificates = makeCertificates(path.join(folder, "certificates"));
  tls = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates.client };
  proxy = new EngineProxy("", certificates.server);
  proxy.onRequest = (line) => void asked.push(line);
  await proxy.listen();
});
beforeEach(() => void (asked = []));
afterAll(async () => {
  proxy?.close();
  await removeLeftovers(cluster);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs something in this process as if the user had exported these. */
async function having<T>(variables: Record<string, string>, what: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await what();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe("the program's look at the engine", () => {
  const look = async (dockerHost?: string) => {
    const request = { owner, nodes: [{ name: "manager-1", role: "manager" as const }] };
    const problems = await new LocalPlatform({ dockerHost }).validate(request as never);
    return problems.map(({ where, text }) => `${where}: ${text}`);
  };

  test("goes to the engine that the platform names, whatever the environment says", async () => {
    const rubbish = { ...NOWHERE, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nowhere" };
    expect(await having(rubbish, () => look(LOCAL_SOCKET))).toEqual([]);
    expect(await having({ ...NOWHERE, ...tls }, () => look(proxy.address))).toEqual([]);
    expect(asked).toContain("GET /version");
  });

  test("goes over TLS where DOCKER_HOST does", async () => {
    expect(await having({ ...tls, DOCKER_HOST: proxy.address }, () => look())).toEqual([]);
    expect(asked).toContain("GET /version");
  });

  test("says what to do where the certificates are wrong or none are used", async () => {
    const others = makeCertificates(path.join(folder, "others")).client;
    const stranger = await having({ ...tls, DOCKER_CERT_PATH: others }, () => look(proxy.address));
    expect(stranger).toEqual([
      expect.stringMatching(
        /^dockerHost: no Docker Engine answers at "tcp:.*look whether its ca\.pem signed/,
      ),
    ]);
    const nobody = mkdtempSync(path.join(folder, "nobody-"));
    cpSync(path.join(certificates.client, "ca.pem"), path.join(nobody, "ca.pem"));
    const unknown = await having({ ...tls, DOCKER_CERT_PATH: nobody }, () => look(proxy.address));
    expect(unknown).toEqual([expect.stringMatching(/ the engine's authority cert\.pem/)]);
    expect(await look(proxy.address)).toEqual([
      expect.stringMatching(/If it speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH/),
    ]);
    expect(asked).toEqual([]);
  });
});

describe("the provider", () => {
  async function makesNetwork(variables: Record<string, string>, dockerHost?: string): Promise<void> {
    const provider = await ProviderProcess.start({ ...process.env, ...variables });
    const inputs = { name: cluster, owner, ...(dockerHost ? { dockerHost } : {}) };
    try {
      const created = await provider.create("LocalNetwork", inputs);
      const id = await docker("network", "inspect", "--format", "{{.Id}}", cluster);
      expect(created.id).toBe(id);
      expect(JSON.stringify(created.properties)).not.toMatch(/PRIVATE|pem/);
      await provider.delete("LocalNetwork", created);
      expect((await tryDocker("network", "inspect", cluster)).code).not.toBe(0);
    } finally {
      await provider.stop();
    }
  }

  test("works where the platform says, though DOCKER_HOST says elsewhere and its certificates are missing", async () => {
    await makesNetwork({ ...NOWHERE, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nowhere" }, LOCAL_SOCKET);
  });

  test("works over TLS at an address that the platform names", async () => {
    await makesNetwork({ ...NOWHERE, ...tls }, proxy.address);
    expect(asked.some((line) => line.startsWith("POST /networks/create"))).toBe(true);
  });

  test("works over TLS in a docker context", async () => {
    const config = path.join(folder, "config");
    const place = (kind: string) => {
      const made = path.join(config, "contexts", kind, createHash("sha256").update("far").digest("hex"));
      mkdirSync(made, { recursive: true });
      return made;
    };
    cpSync(certificates.client, path.join(place("tls"), "docker"), { recursive: true });
    const meta = { Name: "far", Endpoints: { docker: { Host: proxy.address } } };
    writeFileSync(path.join(place("meta"), "meta.json"), JSON.stringify(meta));
    const context = { DOCKER_CONFIG: config, DOCKER_CONTEXT: "far" };
    await makesNetwork(context);
    expect(asked.some((line) => line.startsWith("POST /networks/create"))).toBe(true);
    expect(await dockerEngineStep({ ...process.env, ...context }).check()).toMatch(
      / at tcp:.*\(context far\)/,
    );
  });
});

describe("a machine of an engine behind TLS", () => {
  const name = `${cluster}-machine`;
  beforeAll(async () => {
    const keep = ["--detach", "--rm", "--init", "--name", name, "debian:trixie-slim", "sleep", "300"];
    await docker("run", "--label", `pulumi-swarm.cluster=${cluster}`, ...keep);
  });
  afterAll(() => docker("rm", "--force", name));

  test("runs commands, which see the end of their input", async () => {
    const machine = { container: name, dockerHost: proxy.address };
    const { stdout, exitCode } = await having({ ...NOWHERE, ...tls }, () =>
      new ContainerTransport(machine, new Session()).run(["sh", "-c", "cat; echo and more"], {
        stdin: "what was told ",
      }),
    );
    expect([stdout, exitCode]).toEqual(["what was told and more\n", 0]);
    expect(asked.some((line) => /^POST \/exec\/\w+\/start/.test(line))).toBe(true);
  });

  test.each(["explicit TLS", "an explicit socket, though the environment asks for TLS"])(
    "runs the commands after the join by the docker CLI: %s",
    async (what) => {
      const [dockerHost, exported] =
        what === "explicit TLS"
          ? [proxy.address, { ...NOWHERE, ...tls }]
          : [LOCAL_SOCKET, { ...NOWHERE, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nowhere" }];
      const env = { ...process.env, ...exported, ...dockerCliVariables(dockerHost) };
      const ended = await run("docker", ["exec", name, "sh", "-c", "echo done"], { env });
      expect(ended).toMatchObject({ code: 0, stdout: "done\n" });
      expect(asked.length > 0).toBe(what === "explicit TLS");
    },
  );
});
