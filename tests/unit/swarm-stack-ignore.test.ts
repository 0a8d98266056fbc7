import type { Service } from "../../docker/api/service";
import { specDigest, specFields } from "../../docker/services";
import type { DeployedService } from "../../schema/stack";
import { changedByHand } from "../../swarm/stacks/stack-drift";
import { ignoredFields, withIgnored } from "../../swarm/stacks/stack-ignore";
import { checkIgnore } from "../../validation/compose-ignore";

const spec = (replicas: number, image = "shop:1") => ({
  Name: "shop_web",
  Labels: {},
  Mode: { Replicated: { Replicas: replicas } },
  TaskTemplate: { ContainerSpec: { Image: image } },
});
const live = (replicas: number, image?: string) =>
  [{ ID: "s", Spec: spec(replicas, image) }] as unknown as Service[];
const REPLICAS = { name: "shop", ignore: ["services.web.replicas"] };

test("what somebody else owns is deployed as it is, and as the file says where there is no service yet", () => {
  const merged = { services: { web: { image: "shop:2", deploy: { replicas: 2, mode: "replicated" } } } };
  expect(withIgnored(merged, live(7), REPLICAS).services?.web).toEqual({
    image: "shop:2",
    deploy: { replicas: 7, mode: "replicated" },
  });
  expect(withIgnored(merged, [], REPLICAS)).toEqual(merged);
  const image = { name: "shop", ignore: ["services.web.image"] };
  expect(withIgnored(merged, live(7, "shop:9"), image).services?.web).toMatchObject({
    image: "shop:9",
    deploy: { replicas: 2 },
  });
});

test("it is no drift, and the rest is", () => {
  const deployed = [
    {
      name: "shop_web",
      specDigest: specDigest(spec(2)),
      specFields: specFields(spec(2)),
      ignored: ignoredFields("web", REPLICAS),
    },
  ] as unknown as DeployedService[];
  expect(changedByHand(deployed, live(5))).toEqual([]);
  expect(changedByHand(deployed, live(5, "shop:2"))).toEqual(["shop_web was changed: ContainerSpec.Image"]);
});

test("what can be left to nobody, and a service that there is not, are refused", () => {
  const files = [{ name: "a.yml", content: "services: { web: { image: x }, my.db: { image: x } }" }];
  expect(checkIgnore(["services.web.replicas", "services.my.db.image"], files)).toEqual([]);
  expect(checkIgnore(["web.replicas", "services.web.ports", "services.wev.image"], files)).toEqual([
    {
      where: "ignore[0]",
      text: expect.stringMatching(/"web.replicas" can be left to nobody\. Write/) as string,
    },
    { where: "ignore[1]", text: expect.stringMatching(/`services\.NAME\.replicas` or/) as string },
    { where: "ignore[2]", text: 'there is no service "wev". There are: web, my.db.' },
  ]);
});
