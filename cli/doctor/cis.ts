/**
 * The items of section 7, "Docker Swarm Configuration", that a rule here looks at. Editions up to 1.5.0 have an item
 * more in front ("swarm mode is not enabled, if not needed"), so each number is one higher there.
 */
const EDITION = "CIS Docker Benchmark v1.6.0";

const item = (number: string, title: string) => `${EDITION}, ${number} "${title}"`;

export const CIS = {
  managers: item("7.1", "Ensure that the minimum number of manager nodes have been created in a swarm"),
  overlays: item("7.3", "Ensure that all Docker swarm overlay networks are encrypted"),
  autolock: item("7.5", "Ensure that swarm manager is run in auto-lock mode"),
  nodeCertificates: item("7.7", "Ensure that node certificates are rotated as appropriate"),
  caCertificates: item("7.8", "Ensure that CA certificates are rotated as appropriate"),
} as const;
