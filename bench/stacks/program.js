"use strict";
const { readFileSync } = require("node:fs");
const { ExistingCluster, Secret, Stack } = require("pulumi-swarm");

const { dockerHost, compose, token } = JSON.parse(readFileSync(process.env.BENCH_STACKS, "utf8"));
const cluster = new ExistingCluster("cluster", { managers: [{ dockerHost }] });
const secret = new Secret("token", { cluster, data: token });
// As `deploy.sh`: no registry has the image.
new Stack("bench", { cluster, compose, secrets: { token: secret }, resolveImage: "never" });
