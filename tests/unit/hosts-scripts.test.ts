import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageFolder } from "../../foundation/package-folder";
import { scriptText } from "../../hosts/script";

const scriptsFolder = path.join(packageFolder, "hosts", "scripts");
const SCRIPTS = readdirSync(scriptsFolder).map((file) => path.basename(file, ".sh"));
const STEPS = ["machine", "packages", "time", "kernel", "engine", "firewall"];

test.each(SCRIPTS)("%s is read by sh without a complaint", (name) => {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: scriptText(name), encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("every step has a look and a change", () => {
  const all = SCRIPTS.map(scriptText).join("\n");
  for (const step of STEPS) {
    expect(all).toMatch(new RegExp(`^${step}_check\\(\\) \\{$`, "m"));
    expect(all).toMatch(new RegExp(`^${step}_apply\\(\\) \\{$`, "m"));
  }
});

test("no function of one script has the name of another one's", () => {
  const sent = SCRIPTS.filter((name) => name !== "firewall").map(scriptText);
  const names: string[] = sent.join("\n").match(/^\w+(?=\(\))/gm) ?? [];
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

/** Calls functions of the scripts. */
const call = (text: string) =>
  spawnSync("sh", ["-s"], {
    input: `${SCRIPTS.filter((name) => name !== "firewall")
      .map(scriptText)
      .join("\n")}\n${text}`,
    encoding: "utf8",
  }).stdout;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function folder(files: Record<string, string> = {}, mode = 0o644): string {
  const made = mkdtempSync(path.join(tmpdir(), "hosts-scripts-"));
  folders.push(made);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(made, name), text, { mode });
  return made;
}

const modeOf = (...at: string[]) => (statSync(path.join(...at)).mode & 0o777).toString(8);

describe("what a script finds out by itself", () => {
  test("the packages of an engine by system and source", () => {
    const names = (id: string, version: string, source: string) =>
      call(
        `has() { [ "$1" = apt-get ]; }; ID=${id}; VERSION_ID=${version}; ENGINE_SOURCE=${source}; engine_names`,
      ).trim();
    expect(names("debian", "13", "distribution")).toBe("docker.io docker-cli iptables ca-certificates");
    expect(names("debian", "12", "distribution")).toBe("docker.io iptables ca-certificates");
    expect(names("ubuntu", "24.04", "distribution")).toBe("docker.io iptables ca-certificates");
    expect(names("debian", "12", "docker")).toBe("docker-ce docker-ce-cli containerd.io");
  });

  test("RHEL has no engine of its own, so Docker's is taken", () => {
    expect(
      call('has() { [ "$1" = dnf ]; }; ID=rhel; ENGINE_SOURCE=distribution; engine_names; engine_words'),
    ).toBe("docker-ce docker-ce-cli containerd.io\nDocker Engine from Docker's repository\n");
  });

  test("the newest version that begins as the program wants it", () => {
    const versions =
      "docker-ce | 5:27.1.2-1 | x\\ndocker-ce | 5:26.1.4-1 | x\\ndocker-ce | 5:26.1.3-1 | x\\n";
    const version = (wanted: string) =>
      call(`versions_of() { printf '${versions}'; }; ENGINE_VERSION=${wanted}; version_of docker-ce`).trim();
    expect(version("26.1")).toBe("5:26.1.4-1");
    expect(version("''")).toBe("5:27.1.2-1");
    expect(version("28")).toBe("");
  });
});

describe("what does not answer", () => {
  const program = (text: string) => folder({ docker: text, curl: text, dockerd: "" }, 0o755);
  const seconds = (text: string, bin: string) => {
    const began = Date.now();
    const printed = call(`PATH=${bin}:$PATH; ${text}`);
    return { printed, seconds: (Date.now() - began) / 1000 };
  };

  test("an engine that hangs is an error that says so, and stops neither the facts nor a destroy", () => {
    const bin = program("#!/bin/sh\nexec sleep 30\n");
    const look =
      "engine_wait=1; has_systemd() { false; }; find_system; facts; echo ::facts told; engine_check";
    const looked = seconds(look, bin);
    expect(looked.printed).toContain("::fact engine=\n");
    expect(looked.printed).toContain("::facts told");
    expect(looked.printed).toMatch(
      /^::fail engine the Docker Engine has not answered `docker version` for 1 s/m,
    );
    expect(looked.seconds).toBeLessThan(10);

    const settings = `state=${folder({ "daemon.json": "{}" })}; daemon_file=${folder()}/daemon.json`;
    const clean = `engine_wait=1; ${settings}; DAEMON_SETTINGS=e30=; clean_settings; echo done`;
    expect(seconds(clean, bin)).toMatchObject({ printed: "done\n" });
  });

  test("an engine that is not there, or refuses, hangs for nobody", () => {
    const bin = program("#!/bin/sh\nexit 1\n");
    const { printed } = seconds(
      "find_system; facts >/dev/null; ENGINE_SOURCE=distribution; engine_check",
      bin,
    );
    expect(printed).toContain("::todo engine start the Docker Engine");
    expect(printed).not.toContain("::fail");
  });

  test("a download ends", () => {
    const bin = program('#!/bin/sh\necho "$@"\n');
    expect(seconds("download https://a.example/b /tmp/c", bin).printed).toBe(
      "-fsSL --connect-timeout 15 --max-time 60 https://a.example/b -o /tmp/c\n",
    );
    const fetched = SCRIPTS.flatMap((name) => scriptText(name).match(/^.*\bcurl -.*$/gm) ?? []);
    expect(fetched).toHaveLength(1);
    const asked = SCRIPTS.flatMap(
      (name) => scriptText(name).match(/^.*[^_-]docker (version|info|ps|network) .*$/gm) ?? [],
    );
    expect(asked).toEqual([]);
  });
});

describe("daemon.json and its copies", () => {
  const BIN = {
    docker: "#!/bin/sh\nexit 1\n",
    dockerd: "#!/bin/sh\ncp -p $3 $(dirname $0)/seen 2>/dev/null\necho --validate\n",
  };
  const SECRET = '{"proxies":{"http-proxy":"http://u:p@proxy.example"}}';

  test("what only root may read stays so", () => {
    const bin = folder(BIN, 0o755);
    const etc = folder({ "daemon.json": SECRET }, 0o600);
    const state = folder({ "daemon.wanted": "left by a run that was killed" });
    const wanted = Buffer.from(`{"debug":true}`).toString("base64");
    call(
      `PATH=${bin}:$PATH; state=${state}; daemon_file=${etc}/daemon.json; DAEMON_SETTINGS=${wanted}; write_settings`,
    );
    expect(readFileSync(path.join(etc, "daemon.json"), "utf8")).toBe('{"debug":true}');
    expect(readFileSync(path.join(state, "daemon.json"), "utf8")).toBe(SECRET);
    expect([modeOf(etc, "daemon.json"), modeOf(state, "daemon.json"), modeOf(bin, "seen")]).toEqual([
      "600",
      "600",
      "600",
    ]);

    call(
      `PATH=${bin}:$PATH; state=${state}; daemon_file=${etc}/daemon.json; DAEMON_SETTINGS=${Buffer.from(SECRET).toString("base64")}; clean_settings`,
    );
    expect(modeOf(etc, "daemon.json")).toBe("600");
  });

  test("a copy that everybody may read, of an earlier release, is something to do", () => {
    const state = folder({ "daemon.json": SECRET });
    const calls = `has_systemd() { false; }; state=${state}; ENGINE_VERSION=; engine_code=0; engine_now=26`;
    expect(call(`${calls}; engine_check`)).toBe(
      "::todo engine keep the copy of /etc/docker/daemon.json to root\n",
    );
    call(`${calls}; DAEMON_SETTINGS=; has() { true; }; engine_version() { echo 26; }; engine_apply`);
    expect(modeOf(state, "daemon.json")).toBe("600");
    expect(call(`${calls}; engine_check`)).toBe("");
  });
});

describe("the plan of the firewall", () => {
  const plan = (conf?: string, metadata = "drop") => {
    const settings = folder(conf === undefined ? {} : { "firewall.conf": conf });
    const wanted = `FIREWALL=yes; NODES='10.0.0.1 10.0.0.2'; DATA_PATH_PORT=4789; METADATA=${metadata}; FIREWALL_SCRIPT=`;
    return call(
      `settings=${settings}; firewall_written=yes; has_systemd() { false; }; ${wanted}; firewall_check`,
    )
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace("::todo firewall ", ""));
  };
  const OPEN = "open the ports of the swarm to 10.0.0.1 10.0.0.2, and close them to everybody else";
  const CLOSE =
    "close the ports of the swarm to containers, and to packets that bear a node's address and come another way";
  const KEEP = "keep containers from the cloud's metadata service (169.254.169.254, fd00:ec2::254)";
  const LET = "let containers reach the cloud's metadata service (169.254.169.254, fd00:ec2::254)";
  const LAST_RELEASE = "NODES='10.0.0.1 10.0.0.2'\nDATA_PATH_PORT=4789\n";
  const NOW = `${LAST_RELEASE}CONTAINERS=drop\nMETADATA=drop\n`;

  test("says each rule that is not in force", () => {
    expect(plan()).toEqual([OPEN, CLOSE, KEEP]);
    expect(plan(undefined, "accept")).toEqual([OPEN, CLOSE]);
    expect(plan(LAST_RELEASE)).toEqual([CLOSE, KEEP]);
    expect(plan(NOW.replace("10.0.0.2", "10.0.0.3"))).toEqual([OPEN]);
    expect(plan(NOW, "accept")).toEqual([LET]);
    expect(plan(NOW.replace("METADATA=drop", "METADATA=accept"))).toEqual([KEEP]);
  });

  test("says so where only the script is another one", () => {
    expect(plan(NOW)).toEqual(["write the firewall's rules as this version has them"]);
  });
});
