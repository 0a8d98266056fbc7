import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";

jest.setTimeout(300_000);

let swarm: TestSwarm;
let image: string;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
});
afterAll(() => swarm?.stop());
afterEach(() => swarm.remove("shop"));

const COMPOSE = () => `
services:
  web:
    image: ${image}
    container_name: web
    ports: ["\${PORT}"]
    volumes: ["kept:/data"]
    deploy: { update_config: { monitor: 1s } }
    stop_grace_period: 0s
volumes: { kept: { external: { name: "\${KEPT}" } } }
`;

test("what Docker alone warns of is told, and what the program tells of with its line is not told again", async () => {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  let said: string[];
  try {
    await swarm.docker("volume", "create", "kept-1");
    const env = { KEPT: "kept-1", PORT: "127.0.0.1:8099:80" };
    await swarm.deploy(COMPOSE(), { name: "shop", env });
  } finally {
    said = write.mock.calls.map(([text]) => String(text));
    write.mockRestore();
  }
  const [warning, ...more] = said.filter((text) => text.includes("Docker"));
  expect(more).toEqual([]);
  expect(warning.trimEnd().split("\n").sort()).toEqual([
    "  - ignoring IP-address (127.0.0.1:8099:80/tcp) service will listen on '0.0.0.0'",
    "  - volume kept: volume.external.name is deprecated in favor of volume.name",
    "pulumi-swarm: Docker says of it:",
  ]);
});
