import * as pulumi from "./pulumi";

/** The engine's whole answer, every secret output in clear text, at the end of a line of Pulumi's Node SDK. */
const ANSWER = /^((?:Register|Read)Resource RPC finished: .*?; err: [^]*?), resp: [^]*$/;

/** A debug line of the SDK without the answer that it quotes. */
export function withoutAnswer(message: string): string {
  return message.replace(ANSWER, "$1");
}

/**
 * `pulumi up --json`, `--debug` and the event log show the SDK's debug lines, and with them the join tokens, unlock keys
 * and secrets of every resource (seen with @pulumi/pulumi 3.245). The SDK has no setting against it.
 */
export function keepAnswersOutOfDebugLines(): void {
  const log: { debug: typeof pulumi.log.debug } = pulumi.log;
  const { debug } = log;
  log.debug = (message, ...rest) => debug(withoutAnswer(message), ...rest);
}
