import { Session } from "../../foundation/session";
import type { Context } from "../../foundation/context";
import type { SwarmStackInputs } from "../../schema/stack";
import { noteObject } from "../../swarm/objects/wanted-versions";
import { masked } from "../../swarm/stacks/stack-logs";

test("a log is repeated without what is secret of the stack and of the program", () => {
  const session = new Session();
  const context = { session, secretTexts: new Set(["from-a-variable"]) } as unknown as Context;
  const object = { owner: {} as never, clusterId: "c", name: "token" };
  noteObject("secret", { ...object, data: "of-the-program" }, { session });
  noteObject("config", { ...object, data: "of-a-config" }, { session });
  const inputs = { environment: { A: "from-a-variable", B: "not secret" } } as unknown as SwarmStackInputs;
  const prepared = {
    composeFiles: [],
    others: [{ name: "x", content: "# comment\nKEY=from-env-file\n" }],
    contents: new Map([["y", Buffer.from("from-a-file\n")]]),
  };
  const log = "from-a-variable, not secret, from-env-file, from-a-file, of-the-program, of-a-config";
  expect(masked(log, inputs, prepared, context)).toBe(
    "[secret], not secret, [secret], [secret], [secret], of-a-config",
  );
});
