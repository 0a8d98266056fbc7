import { connect } from "node:net";

/** Whether a process listens at a socket of this machine; one that may not be connected to counts. */
export function isListenedOn(place: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = connect(place, () => resolve(true));
    attempt.on("error", ({ code = "" }: NodeJS.ErrnoException) =>
      resolve(!["ECONNREFUSED", "ENOENT"].includes(code)),
    );
    attempt.on("connect", () => attempt.destroy());
  });
}
