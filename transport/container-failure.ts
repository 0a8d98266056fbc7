import { EngineError, isEngineError } from "./docker-errors";
import { TransportError } from "./transport";

/** What an answer of the engine that runs a container says of the machine that the container is. */
export function aboutContainer(container: string, action: string, error: unknown): unknown {
  // A command that was lost when its container ended is not found either: that says nothing of the container.
  if (isEngineError(error, "not-found") && !/no such exec/i.test(error.answer))
    return new TransportError(
      container,
      "gone",
      /no such container/i.test(error.answer) ? "there is no such container" : `${action}: ${error.answer}`,
      "`pulumi up --refresh` makes it again.",
    );
  if (isEngineError(error, "not-running"))
    return new TransportError(
      container,
      "stopped",
      "the container does not run",
      `Start it (\`docker start ${container}\`) or let \`pulumi up --refresh\` do it.`,
    );
  if (error instanceof EngineError)
    return new TransportError(
      container,
      "unreachable",
      `${action}: the Docker Engine that runs it answered: ${error.answer}`,
      `Look at it: docker inspect ${container}`,
    );
  if (error instanceof TransportError)
    return new TransportError(
      container,
      error.failure,
      `the Docker Engine that runs it: ${error.answer}`,
      error.remedy,
      error.cause,
    );
  return error;
}
