import { isMapping } from "./node";
import { show, type Problem } from "./problem";

/** A registry as a program names it; texts that are not known yet are empty. */
interface Given {
  server?: unknown;
  username?: unknown;
  password?: unknown;
  certificate?: unknown;
}

/** Host names, IPv4 addresses, and IPv6 ones in brackets; as image names begin (distribution/reference). */
const SERVER = /^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:\d{1,5})?$/;

/** Nothing but certificates: it is no secret to whoever runs commands on a manager. */
const CERTIFICATES = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;

/** Registries with their logins, as a stack or a cluster gets them. Passwords are never repeated. */
export function checkRegistries(registries: unknown): Problem[] {
  if (registries === undefined) return [];
  if (!Array.isArray(registries))
    return [
      {
        where: "registries",
        text: 'is no list. Write [{ server: "registry.example.com", username: "deploy", password }].',
      },
    ];
  const seen = new Set<string>();
  return registries.flatMap((given: unknown, index) => {
    const where = `registries[${index}]`;
    if (!isMapping(given)) return [{ where, text: "is no object of server, username and password." }];
    const { server, username, password, certificate } = given as Given;
    const isTwice = typeof server === "string" && server !== "" && seen.has(server);
    if (typeof server === "string") seen.add(server);
    const twice = { where: `${where}.server`, text: `${show(server)} is named twice. Keep one login of it.` };
    return [
      ...checkText(`${where}.server`, server),
      ...checkText(`${where}.username`, username),
      ...checkText(`${where}.password`, password),
      ...(typeof server === "string" && server !== "" ? checkServer(`${where}.server`, server) : []),
      ...(typeof username === "string" ? checkUser(`${where}.username`, username) : []),
      ...(certificate === undefined || certificate === ""
        ? []
        : checkCertificate(`${where}.certificate`, certificate)),
      ...(isTwice ? [twice] : []),
    ];
  });
}

/** The same as the provider gets them: server → user, server → password. All of it is known. */
export function checkLogins(
  registries: Record<string, string> = {},
  passwords: Record<string, string> | undefined,
): Problem[] {
  return Object.entries(registries).flatMap(([server, username]) => {
    const where = `registries[${show(server)}]`;
    return [
      ...checkServer(where, server),
      ...checkUser(where, username),
      ...(username === "" ? [{ where, text: "has no user. Name one." }] : []),
      ...(passwords && !passwords[server] ? [{ where, text: "has no password. Give it one." }] : []),
    ];
  });
}

function checkText(where: string, value: unknown): Problem[] {
  if (typeof value === "string") return [];
  if (value === undefined || value === null) return [{ where, text: "is missing." }];
  return [{ where, text: `is of type ${typeof value}, not a text. Put it in quotes.` }];
}

function checkCertificate(where: string, certificate: unknown): Problem[] {
  if (typeof certificate === "string" && CERTIFICATES.test(certificate)) return [];
  return [
    {
      where,
      text: 'is no certificate as PEM. Write what begins with "-----BEGIN CERTIFICATE-----", and no private key or other text beside it.',
    },
  ];
}

function checkServer(where: string, server: string): Problem[] {
  if (SERVER.test(server)) return [];
  return [
    {
      where,
      text:
        `${show(server)} is no registry. Write what the names of its images begin with, and no "https://" or path: ` +
        '"registry.example.com", "registry.example.com:5000", or "docker.io" for Docker Hub.',
    },
  ];
}

function checkUser(where: string, username: string): Problem[] {
  if (!username.includes(":")) return [];
  return [
    { where, text: `user ${show(username)} has a ":", which ends a user's name in a login. Leave it out.` },
  ];
}
