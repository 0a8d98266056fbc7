import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Job, LocalPlatform, Network, Secret, Service, SwarmCluster } from "pulumi-swarm";

const version = new pulumi.Config().require("version");
const image = `shop:${version}`;

const cluster = new SwarmCluster("services", {
  platform: new LocalPlatform({ images: [{ name: image }] }),
  managers: { count: 1 },
  workers: [{ name: "app", count: 2 }],
});

const backend = new Network("backend", { cluster });
const password = new Secret("db-password", { cluster, generate: {} });

const migrate = new Job("migrate", {
  cluster,
  image,
  command: ["./migrate"],
  networks: { backend },
  secrets: { password },
  triggers: [version],
});

const web = new Service(
  "web",
  {
    cluster,
    image,
    replicas: 2,
    ports: ["8080:80"],
    networks: { backend },
    secrets: { password },
    update: { order: "start-first", failureAction: "rollback" },
    health: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1"] },
  },
  { dependsOn: migrate },
);

// What this package has no resource of, on a manager of the same cluster.
new docker.Volume("cache", { name: "cache" }, { provider: cluster.dockerProvider() });

export const endpoints = web.endpoints;
export const migrated = migrate.logs;
