import { EventEmitter } from "node:events";
import * as pulumi from "@pulumi/pulumi";
import { isRunByPulumi, programEnd } from "../../components/program-end";
import { holdRegistrations, type Monitor } from "../../resources/held-registrations";

const runner = (main: string) => Object.assign(new EventEmitter(), { argv: ["node", main] });
const PULUMIS = "/app/node_modules/@pulumi/pulumi/cmd/run/index.js";

describe("who runs the program", () => {
  test.each([
    [PULUMIS, true],
    ["/app/node_modules/@pulumi/pulumi/cmd/run", true],
    ["C:\\app\\node_modules\\@pulumi\\pulumi\\cmd\\run\\index.js", true],
    ["/app/node_modules/.pnpm/@pulumi+pulumi@3.245.0/node_modules/@pulumi/pulumi/cmd/run/index.js", true],
    ["/app/node_modules/@pulumi/pulumi/cmd/run-plugin/index.js", false],
    ["/app/node_modules/jest/bin/jest.js", false],
    ["/app/automation.js", false],
  ])("%s", (main, expected) => expect(isRunByPulumi(runner(main))).toBe(expected));
});

describe("the end of a program", () => {
  const never = () => false;
  let said: jest.SpyInstance;
  beforeEach(() => {
    jest.useFakeTimers();
    said = jest.spyOn(pulumi.log, "info").mockResolvedValue(undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
    said.mockRestore();
  });

  test("is where nothing is left to do, and not before", async () => {
    const main = runner(PULUMIS);
    const seen: string[] = [];
    const end = programEnd(main, never, () => seen.push("given up")).then(() => seen.push("end"));
    await jest.advanceTimersByTimeAsync(29_000);
    expect(seen).toEqual([]);
    main.emit("beforeExit");
    await end;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual(["end"]);
    expect(said).not.toHaveBeenCalled();
  });

  test("is not waited for any longer where something keeps the program open, which is told", async () => {
    const seen: string[] = [];
    void programEnd(runner(PULUMIS), never, () => seen.push("given up")).then(() => seen.push("end"));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(seen).toEqual(["given up", "end"]);
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/keeps this program open for more than 30 s/));
  });

  test("is waited for as long as a look of ours takes", async () => {
    const main = runner(PULUMIS);
    const seen: string[] = [];
    let isLooking = true;
    void programEnd(
      main,
      () => isLooking,
      () => seen.push("given up"),
    ).then(() => seen.push("end"));
    await jest.advanceTimersByTimeAsync(40_000);
    isLooking = false;
    await jest.advanceTimersByTimeAsync(19_000);
    expect(seen).toEqual([]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(seen).toEqual(["given up", "end"]);
  });

  test("is waited for by a timer that keeps nothing open itself", () => {
    jest.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const main = runner(PULUMIS);
    void programEnd(main, never, () => undefined);
    expect(timers()).toBe(before);
    main.emit("beforeExit");
  });
});

describe("registrations that are held", () => {
  const request = (type: string) => ({ getType: () => type });
  class Client implements Monitor {
    readonly made: string[] = [];
    registerResource({ getType }: { getType(): string }, ...rest: unknown[]) {
      this.made.push([getType(), ...rest].join(" "));
    }
  }

  test("come in their order when they are let go, and those after them at once", () => {
    const client = new Client();
    const release = holdRegistrations(client);
    client.registerResource(request("random:index:Pet"), "one");
    client.registerResource(request("swarm:index:Swarm"), "two");
    expect(client.made).toEqual([]);
    release();
    expect(client.made).toEqual(["random:index:Pet one", "swarm:index:Swarm two"]);
    client.registerResource(request("random:index:Pet"), "three");
    release();
    expect(client.made).toHaveLength(3);
    expect(Object.keys(client)).toEqual(["made"]);
  });

  test("are none of providers, by which a program looks at what is there", () => {
    const client = new Client();
    holdRegistrations(client);
    client.registerResource(request("pulumi:providers:aws"));
    expect(client.made).toEqual(["pulumi:providers:aws"]);
  });
});
