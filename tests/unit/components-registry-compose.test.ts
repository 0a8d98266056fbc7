import { stringify } from "yaml";
import { registryCompose } from "../../components/registry-compose";
import * as pulumi from "../../resources/pulumi";
import { checkComposeFiles } from "../../validation/compose";

const known = <T>(value: T) =>
  new Promise<pulumi.Unwrap<T>>((resolve) => void pulumi.output(value).apply(resolve));

const NOTHING = { secrets: [], configs: [], networks: [] };
const TEXTS = ["USERS", "KEY", "CERTIFICATE", "AUTHORITY"];
const VARIABLES = Object.fromEntries(TEXTS.map((name) => [name, "text"]));

test("the registry's compose file is one that Docker takes", async () => {
  const compose = await known(
    registryCompose({ node: pulumi.output("app-1"), port: 5443, image: "registry:3" }),
  );
  const content = stringify(compose, { version: "1.1" });
  const variables = { ...VARIABLES, SERVER: "10.0.0.11:5443" };
  const files = [{ name: "compose", content }];
  expect(checkComposeFiles(files, NOTHING, { isWhole: true, variables })).toEqual([]);
  // Variables of the shell are not those of the compose file.
  expect(content.replaceAll("$$", "").match(/\$\S*/g)).toEqual(["${SERVER}"]);
  expect(compose.services.registry).toMatchObject({
    image: "registry:3",
    ports: [{ target: 5000, published: 5443, mode: "host" }],
    deploy: { placement: { constraints: ["node.hostname == app-1"] } },
  });
  expect(compose.volumes).toEqual({ images: {} });
});

test("its volume has the name that the program gives it", async () => {
  const { volumes } = await known(registryCompose({ node: "app-1", port: 5000, volume: "kept" }));
  expect(volumes).toEqual({ images: { name: "kept" } });
});
