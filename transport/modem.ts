import DockerModem from "docker-modem";
import Docker from "dockerode";
import type { DockerEndpoint } from "./docker-endpoint";

/**
 * dockerode for exactly this endpoint. The constructor of its modem mixes in what DOCKER_HOST, DOCKER_TLS_VERIFY,
 * DOCKER_CERT_PATH, DOCKER_PATH_PREFIX and DOCKER_CLIENT_TIMEOUT say, whatever it is given, and fails where they are
 * wrong. So it is not called: every field that it would set is set here.
 * Source: docker-modem 5.0.7, lib/modem.js (defaultOpts, Modem).
 */
export function dockerAt({ protocol, socketPath, host, port, agent }: DockerEndpoint): Docker {
  const fields = {
    protocol,
    socketPath,
    host,
    port,
    pathPrefix: "/",
    username: undefined,
    password: undefined,
    version: undefined,
    key: undefined,
    cert: undefined,
    ca: undefined,
    timeout: undefined,
    connectionTimeout: undefined,
    checkServerIdentity: undefined,
    agent,
    headers: {},
    sshOptions: {},
  };
  const modem = Object.assign(Object.create(DockerModem.prototype) as DockerModem, fields);
  return new Docker({ modem } as Docker.DockerOptions);
}
