import type { Duplex } from "node:stream";
import type { DockerClient } from "../transport/docker-client";
import type { ContainerRef } from "./containers";

export interface Size {
  rows: number;
  columns: number;
}

export interface ExecSpec {
  /** No shell. */
  command: readonly string[];
  /** Whether it reads what is written to its stream. */
  stdin: boolean;
  /** Whether it has a terminal; then all that it prints is one stream, and not one of frames. */
  tty: boolean;
}

/** A command in a container; its stream ends with it. */
export interface Exec {
  id: string;
  stream: Duplex;
}

/** Begins a command in a running container. One that cannot be started says so in its stream, and ends with 126 or 127. */
export async function startExec(
  engine: DockerClient,
  { id, name }: ContainerRef,
  { command, stdin, tty }: ExecSpec,
  signal: AbortSignal,
): Promise<Exec> {
  const action = `run a command in ${name}`;
  const body = { Cmd: command, AttachStdin: stdin, AttachStdout: true, AttachStderr: true, Tty: tty };
  const { Id } = await engine.post<{ Id: string }>(action, `/containers/${id}/exec`, { body, signal });
  // The signal would end it here only: the stream is its user's.
  const stream = await engine.upgrade(action, `/exec/${Id}/start`, { body: { Detach: false, Tty: tty } });
  return { id: Id, stream };
}

/** The size of its terminal. */
export function resizeExec(engine: DockerClient, { id }: Exec, { rows, columns }: Size): Promise<void> {
  return engine.post("set the size of a terminal", `/exec/${id}/resize`, { query: { h: rows, w: columns } });
}

/** How it ended; nothing as long as it runs. */
export async function exitCodeOf(engine: DockerClient, { id }: Exec): Promise<number | undefined> {
  const { Running, ExitCode } = await engine.get<{ Running: boolean; ExitCode: number | null }>(
    "ask how a command ended",
    `/exec/${id}/json`,
  );
  return Running ? undefined : (ExitCode ?? undefined);
}
