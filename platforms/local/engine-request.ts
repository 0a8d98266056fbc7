import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { dockerEndpoint } from "../../transport/docker-host";

/** An engine that fifty containers start or end on answers only after a while. */
const TIMEOUT_MS = 30_000;

/** What a Docker Engine answered. */
export interface EngineAnswer {
  status: number;
  /** Nothing where the answer is no JSON. */
  json: unknown;
}

/**
 * One GET, with Node's own HTTP client: the client that the provider uses takes longer to load than the looks that the
 * program takes before anything is created.
 */
export function askEngine(address: string, path: string): Promise<EngineAnswer> {
  const { protocol, ...endpoint } = dockerEndpoint(address);
  const send = protocol === "https" ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const call = send({ ...endpoint, path, timeout: TIMEOUT_MS, headers: { host: "docker" } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, json: parsed(text) }));
    });
    const slow = Object.assign(new Error(`no answer within ${TIMEOUT_MS / 1000} s`), { code: "ETIMEDOUT" });
    call.on("timeout", () => call.destroy(slow));
    call.on("error", reject);
    call.end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
