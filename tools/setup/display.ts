/** Where the steps are shown: a terminal gets one line that changes, everything else a line now and then. */
export interface Display {
  begin(name: string): void;
  progress(text: string): void;
  end(mark: "ok" | "failed", text: string): void;
}

const REDRAW_MS = 500;
/** A log that is read later, or by a CI that kills silent jobs, needs a sign of life but no animation. */
const LOG_LINE_MS = 15_000;
const NAME_WIDTH = 16;

export function display(stream: NodeJS.WriteStream, now: () => number = Date.now): Display {
  const live = stream.isTTY === true;
  let name = "";
  let doing = "";
  let start = 0;
  let ticker: NodeJS.Timeout | undefined;

  const seconds = (): string => `${((now() - start) / 1000).toFixed(1)} s`;
  const line = (mark: string, text: string): string => `${mark} ${name.padEnd(NAME_WIDTH)} ${text}`;
  const running = (): string => line("…", `${doing || "looking"} (${Math.round((now() - start) / 1000)} s)`);
  const redraw = (): void => {
    stream.write(`\r\u001b[2K${running().slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };

  return {
    begin(step) {
      name = step;
      doing = "";
      start = now();
      ticker = live
        ? setInterval(redraw, REDRAW_MS)
        : setInterval(() => stream.write(`${running()}\n`), LOG_LINE_MS);
    },
    progress(text) {
      doing = text;
      if (live) redraw();
    },
    end(mark, text) {
      clearInterval(ticker);
      if (live) stream.write("\r\u001b[2K");
      stream.write(`${line(mark === "ok" ? "✓" : "✗", text)} (${seconds()})\n`);
    },
  };
}
