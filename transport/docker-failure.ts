import { describeDockerHost, type DockerHost } from "./docker-host";
import { SETUP_COMMAND } from "../foundation/command-lines";
import { TransportError } from "./transport";

/** What a plain request meets at a port that speaks TLS. */
const TLS_EXPECTED = /^(ECONNRESET|EPIPE|HPE_.*)$/;
/** Node's and OpenSSL's codes of a handshake that failed. */
const TLS_FAILED =
  /^(ERR_TLS_.*|ERR_SSL_.*|ERR_OSSL_.*|EPROTO|CERT_.*|.*_CERT_.*|.*_IN_CHAIN|UNABLE_TO_.*|HOSTNAME_MISMATCH|INVALID_CA)$/;
const DENIED = /^(EACCES|EPERM)$/;

/** Where another engine is named, and how one comes to run. */
interface WayOut {
  place: string;
  setup: string;
}

type Remedy = (host: DockerHost, way: WayOut) => string;

/** One row: when, and what the reader can do. First match wins. */
const REMEDIES: readonly [(host: DockerHost, code: string) => boolean, Remedy][] = [
  [
    ({ tls }, code) => tls !== undefined && TLS_FAILED.test(code),
    (host, { place }) => `${certificates(host)} Or name another engine ${place}.`,
  ],
  [
    (_host, code) => DENIED.test(code),
    () =>
      "This user may not use it: add yourself to the group `docker` (`sudo usermod -aG docker $USER`), log in again, and " +
      "run the same command again.",
  ],
  [
    ({ tls, url }, code) => !tls && /^(tcp|http):/.test(url) && TLS_EXPECTED.test(code),
    (host, way) =>
      `${start(host, way)} If it speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem.`,
  ],
];

/** What to do where the engine that shall run the nodes does not answer, or what answers is none. */
export function dockerRemedy(host: DockerHost, code = "ECONNRESET"): string {
  const place = host.from === "dockerHost" ? "in the platform's `dockerHost`" : "in DOCKER_HOST";
  return remedyFor(host, code, { place, setup: ` (\`${SETUP_COMMAND}\` installs and starts one)` });
}

/** The engine that shall run the nodes did not answer. */
export function noAnswer(node: string, action: string, host: DockerHost, error: Error): TransportError {
  const { code = "" } = error as NodeJS.ErrnoException;
  return unreachable(node, `${action}: ${silence(host, error)}`, dockerRemedy(host, code), error);
}

/** The engine of a connection did not answer. */
export function noConnection(node: string, host: DockerHost, error: Error): TransportError {
  const { code = "" } = error as NodeJS.ErrnoException;
  const way = { place: "by the connection's `dockerHost` or `context`", setup: "" };
  return unreachable(node, silence(host, error), remedyFor(host, code, way), error);
}

/** What kept an engine from answering, without who it is and what to do. */
function silence(host: DockerHost, error: Error): string {
  return `it does not answer at ${describeDockerHost(host)}: ${reasonOf(error)}`;
}

/** The network's own words. A host with several addresses fails with one error for all of them, which has no text. */
export function reasonOf(error: Error): string {
  return error.message || String((error as NodeJS.ErrnoException).code);
}

/** Whether an engine did not answer because this user may not use its socket. */
export function isDenied({ cause }: TransportError): boolean {
  return DENIED.test((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}

function unreachable(node: string, answer: string, remedy: string, cause: Error): TransportError {
  return new TransportError(node, "unreachable", answer, remedy, cause);
}

function remedyFor(host: DockerHost, code: string, way: WayOut): string {
  const [, remedy = start] = REMEDIES.find(([applies]) => applies(host, code)) ?? [];
  return remedy(host, way);
}

function start(_host: DockerHost, { place, setup }: WayOut): string {
  return `Start it or name another one ${place}, then run the same command again${setup}.`;
}

function certificates({ tls }: DockerHost): string {
  if (!tls?.folder)
    return "The authorities that this machine trusts were used; name others: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.";
  return `${tls.askedBy} asks for TLS with the certificates in ${tls.folder}: look whether its ca.pem signed the engine's, and the engine's authority cert.pem.`;
}
