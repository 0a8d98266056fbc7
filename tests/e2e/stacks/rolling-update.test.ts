import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { waitFor } from "../../../foundation/wait";
import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { projectRoot } from "../../../tools/setup/paths";
import { docker } from "../harness/docker";
import { onNode } from "./stack-swarm";

jest.setTimeout(300_000);

/** The example of a proxy, with the images that its program has built. */
const EXAMPLE = path.join(projectRoot, "examples", "proxy");
const IMAGES = { "pulumi-swarm-proxy:1": "proxy", "pulumi-swarm-shop:1": "app" };
const EVERY_MS = 20;

let swarm: TestSwarm;

beforeAll(async () => {
  for (const [name, folder] of Object.entries(IMAGES))
    await docker("build", "--quiet", "--tag", name, path.join(EXAMPLE, folder));
  swarm = await startSwarm({ managers: 1, workers: 1, images: Object.keys(IMAGES) });
});
afterAll(() => swarm?.stop());

const deploy = (version: string) =>
  swarm.deploy(path.join(EXAMPLE, "shop.yml"), { name: "shop", env: { VERSION: version }, timeout: 120 });

interface Answer {
  status: number;
  /** The release, and the address that the shop takes for its client's. */
  text: string;
  /** The address that this client has. */
  own: string;
}

function ask(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${url}/cgi-bin/who`, { agent: false, timeout: 10_000 }, (response) => {
      const { address } = response.socket.address() as AddressInfo;
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: text.trim(), own: address }),
      );
    });
    request.on("error", reject).on("timeout", () => request.destroy(new Error("no answer in 10 s")));
  });
}

/** What becomes of requests to all nodes in turn, many at a time, while something goes on. */
async function whileAsked(urls: readonly string[], work: () => Promise<unknown>) {
  const asked: Promise<Answer | string>[] = [];
  let isOver = false;
  const asking = waitFor(
    { name: "the work is done", on: "the client", intervalMs: EVERY_MS, timeoutMs: 250_000 },
    () => {
      asked.push(ask(urls[asked.length % urls.length]).catch((error: Error) => error.message));
      return Promise.resolve(isOver ? { done: undefined } : { pending: `${asked.length} requests` });
    },
  );
  try {
    await work();
  } finally {
    isOver = true;
    await asking;
  }
  return Promise.all(asked);
}

test("a rolling update behind a proxy on the nodes' ports loses no request, and the service sees its client's address", async () => {
  await deploy("1");
  const urls = await swarm.urls("proxy");
  expect(urls).toHaveLength(2);
  await Promise.all(urls.map(ask));
  const answers = await whileAsked(urls, () => deploy("2"));
  const lost = answers.filter((answer) => typeof answer === "string" || answer.status !== 200);
  expect({ asked: answers.length, lost }).toEqual({ asked: answers.length, lost: [] });
  const seen = answers as Answer[];
  expect([...new Set(seen.map(({ text, own }) => text.replace(own, "its own address")))].sort()).toEqual([
    "1 its own address",
    "2 its own address",
  ]);
});

test("clients are told apart, whatever they say of themselves", async () => {
  const [manager, worker] = swarm.nodes;
  const request = "GET /cgi-bin/who HTTP/1.0\\r\\nX-Forwarded-For: 192.0.2.1\\r\\n\\r\\n";
  const script = `exec 3<>/dev/tcp/${manager.address}/80; printf '${request}' >&3; tail -n 1 <&3`;
  expect((await onNode(swarm, worker.name, "bash", "-c", script)).trim()).toBe(`2 ${worker.address}`);
});
