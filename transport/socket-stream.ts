import { connect, type Socket } from "node:net";

/**
 * Milliseconds for the first word of an engine that takes connections. The kernel takes them for a container that is frozen,
 * too; and what an engine that starts is asked, it answers when it is ready.
 */
const FIRST_WORD_MS = 2_000;

const QUESTION = "HEAD /_ping HTTP/1.1\r\nHost: engine\r\n\r\n";

/**
 * A stream to the engine that listens at a socket of this machine; nothing where none does, or where it is silent.
 * Unlike an exec it costs the node no process.
 */
export function dialSocket(path: string, firstWordMs = FIRST_WORD_MS): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let answer = "";
    const giveUp = () => {
      socket.destroy();
      resolve(undefined);
    };
    const onData = (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (!answer.endsWith("\r\n\r\n")) return;
      socket.setTimeout(0);
      socket.off("data", onData).off("timeout", giveUp).off("close", giveUp);
      resolve(socket);
    };
    // Its errors end in "close"; once it is handed out they are its user's.
    socket.on("error", () => undefined);
    socket.setTimeout(firstWordMs, giveUp);
    socket.on("close", giveUp).on("data", onData);
    socket.write(QUESTION);
  });
}
