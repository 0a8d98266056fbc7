import type { DockerHost } from "./docker-host";
import { SETUP_COMMAND } from "../foundation/command-lines";

/** What a plain request meets at a port that speaks TLS. */
const TLS_EXPECTED = /^(ECONNRESET|EPIPE|HPE_.*)$/;
/** Node's and OpenSSL's codes of a handshake that failed. */
const TLS_FAILED =
  /^(ERR_TLS_.*|ERR_SSL_.*|ERR_OSSL_.*|EPROTO|CERT_.*|.*_CERT_.*|.*_IN_CHAIN|UNABLE_TO_.*|HOSTNAME_MISMATCH|INVALID_CA)$/;

/** What to do where the engine that shall run the nodes does not answer, or what answers is none. */
export function dockerRemedy(host: DockerHost, code = "ECONNRESET"): string {
  const other = host.from === "dockerHost" ? "in the platform's `dockerHost`" : "in DOCKER_HOST";
  if (host.tls && TLS_FAILED.test(code)) return `${certificates(host)} Or name another engine ${other}.`;
  const mayBeTls = !host.tls && /^(tcp|http):/.test(host.url) && TLS_EXPECTED.test(code);
  const hint = mayBeTls
    ? " If it speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem."
    : "";
  return `Start it or name another one ${other}, then run the same command again (\`${SETUP_COMMAND}\` installs and starts one).${hint}`;
}

function certificates({ tls }: DockerHost): string {
  if (!tls?.folder)
    return "The authorities that this machine trusts were used; name others: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.";
  return `${tls.askedBy} asks for TLS with the certificates in ${tls.folder}: look whether its ca.pem signed the engine's, and the engine's authority cert.pem.`;
}
