import { aboutContainer } from "../../transport/container-failure";
import { engineError } from "../../transport/docker-errors";
import { TransportError } from "../../transport/transport";

/** What an answer of the outer engine comes to, and its text. */
function told(status: number, answer: string): [string, string] {
  const error = aboutContainer("dev-app-1", "run a command", engineError("docker", "exec", status, answer));
  if (!(error instanceof TransportError)) throw new Error(`not mapped: ${String(error)}`);
  return [error.failure, error.message];
}

test("a container that is not there is gone, in our own words", () => {
  expect(told(404, "No such container: dev-app-1")).toEqual([
    "gone",
    "dev-app-1: there is no such container. `pulumi up --refresh` makes it again.",
  ]);
});

test("so is a file in it, which the engine names", () => {
  const [failure, text] = told(404, "Could not find the file /backup in container dev-app-1");
  expect(failure).toBe("gone");
  expect(text).toMatch(/run a command: Could not find the file \/backup/);
});

test("a command that was lost says nothing of the container", () => {
  expect(told(404, "No such exec instance: 12ab")[0]).toBe("unreachable");
});

test("a container that does not run is stopped", () => {
  expect(told(409, "Container 12ab is not running")[0]).toBe("stopped");
});
