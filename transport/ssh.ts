import type { Duplex } from "node:stream";
import type { SshConnection } from "../contract/connection";
import type { RunResult, Transport } from "./transport";
export declare class SshTransport implements Transport {
  readonly node: string;
  constructor(connection: SshConnection);
  dialEngine(): Promise<Duplex>;
  run(): Promise<RunResult>;
  close(): void;
}
