import { missingOf } from "../../swarm/rollout/service-standing";
import { failureOf, lastError } from "../../swarm/rollout/task-errors";
import { fail, pass, swarmRule, warn, type Rule } from "./finding";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";

export const serviceRules: Rule[] = [
  swarmRule("services", ({ services, tasks }) => {
    const failures = services
      .map((service) => failureOf(service, tasks))
      .filter((text) => text !== undefined);
    const lacking = services
      .map((service) => ({ service, missing: missingOf(service, tasks) }))
      .filter(({ missing }) => missing);
    if (failures.length === 0 && lacking.length === 0) return pass(`all ${services.length} as wanted`);
    const updating = lacking.every(({ service }) => service.UpdateStatus?.State === "updating");
    const found = [
      ...failures,
      ...lacking.map(({ service, missing }) => missing + lastError(service, tasks)),
    ];
    const judge = failures.length === 0 && updating ? warn : fail;
    return judge(
      found.join("; "),
      `Look at its tasks: ${SWARM_COMMAND} docker service ps --no-trunc NAME; deploy again what was changed by hand: ${upCommand("--refresh")}`,
    );
  }),
];
