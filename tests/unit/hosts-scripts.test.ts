import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { scriptsFolder } from "../../hosts/scripts-folder";
import { scriptText } from "../../hosts/script";

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

describe("what a script finds out by itself", () => {
  const call = (text: string) =>
    spawnSync("sh", ["-s"], {
      input: `${SCRIPTS.filter((name) => name !== "firewall")
        .map(scriptText)
        .join("\n")}\n${text}`,
      encoding: "utf8",
    }).stdout;

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
