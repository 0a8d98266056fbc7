import { checkHostname, checkLabels, isMapping } from "../validation/node";
import { checkCluster } from "../validation/cluster-shape";
import { isImageName } from "../validation/image-name";
import { describeProblems, show, type Problem } from "../validation/problem";
import { closest } from "../validation/compose-keys";
import { numbered, type ClusterShape } from "./local-cluster";

export interface TestSwarmOptions {
  /** Managers, called manager-1, manager-2 …: 1, 3, 5 or 7. @default 1 */
  managers?: number;
  /** Workers, called worker-1, worker-2 … @default 0 */
  workers?: number;
  /** Images of the Docker Engine that runs the nodes, loaded into every node. @default none */
  images?: string[];
  /** Node → labels that it gets, beside `pool`, which is "managers" or "workers". @default none */
  labels?: Record<string, Record<string, string>>;
  /**
   * Keep the swarm for the next test file of the same run that asks for the same one, which gets it empty. One file has it at
   * a time; it is removed when the run ends. @default false
   */
  reuse?: boolean;
  /** What the names of containers begin with; each swarm has a random part besides. @default "test" */
  name?: string;
  /** Image that the nodes start from, as of a LocalPlatform. @default "debian:trixie-slim" */
  baseImage?: string;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use */
  dockerHost?: string;
  /** Told what is being done. @default what takes longer than ten seconds is written to stderr */
  progress?: (text: string) => void;
  /** Ends the start early; what was made until then is removed. @default none */
  signal?: AbortSignal;
}

const KNOWN = new Set([
  "managers",
  "workers",
  "images",
  "labels",
  "reuse",
  "name",
  "baseImage",
  "dockerHost",
  "progress",
  "signal",
]);

const DEFAULT_NAME = "test";
/** A container's host name is this, a random part and the node's name. */
const LONGEST_NAME = 20;

/** What is wanted. @throws Error with everything that is wrong with it */
export function readOptions(options: TestSwarmOptions): { name: string; shape: ClusterShape } {
  const problems = isMapping(options)
    ? checkOptions(options)
    : [{ where: "the argument", text: `${show(options)} is no object of options.` }];
  if (problems.length > 0) throw new Error(`startSwarm: nothing was made.\n${describeProblems(problems)}`);
  const { managers = 1, workers = 0, images = [], labels, baseImage, dockerHost } = options;
  const shape = { managers, workers, images: [...new Set(images)].sort(), labels, baseImage, dockerHost };
  return { name: options.name ?? DEFAULT_NAME, shape };
}

function checkOptions(options: TestSwarmOptions): Problem[] {
  const { managers = 1, workers = 0, name = DEFAULT_NAME, images = [], labels = {}, reuse } = options;
  const pool = workers === 0 ? [] : [{ name: "worker", count: workers }];
  const shape = { managers: { count: managers }, workers: pool, allowEvenManagers: false };
  return [
    ...Object.keys(options).flatMap(checkKey),
    ...checkCluster(shape).map(({ where, text }) => ({
      where: where.startsWith("managers") ? "managers" : "workers",
      text: text.replace(", or set allowEvenManagers", ""),
    })),
    ...checkName(name),
    ...checkImages(images),
    ...checkNodeLabels(labels, [...numbered("manager", managers), ...numbered("worker", workers)]),
    ...(reuse === undefined || typeof reuse === "boolean"
      ? []
      : [{ where: "reuse", text: `${show(reuse)} is neither true nor false.` }]),
  ];
}

function checkKey(key: string): Problem[] {
  if (KNOWN.has(key)) return [];
  const close = closest(key, KNOWN);
  const remedy = close ? `Did you mean "${close}"?` : `There are ${[...KNOWN].join(", ")}.`;
  return [{ where: key, text: `is no option. ${remedy}` }];
}

function checkName(name: unknown): Problem[] {
  const problems = checkHostname("name", name as string);
  if (problems.length > 0 || (name as string).length <= LONGEST_NAME) return problems;
  return [
    { where: "name", text: `${show(name)} is longer than ${LONGEST_NAME} characters. Use a shorter one.` },
  ];
}

function checkImages(images: unknown): Problem[] {
  if (!Array.isArray(images))
    return [{ where: "images", text: `${show(images)} is no list. Write it like ["app:dev"].` }];
  return images.flatMap((image, index) =>
    isImageName(image)
      ? []
      : [
          {
            where: `images[${index}]`,
            text: `${show(image)} is no name of an image. Write it like "app:dev".`,
          },
        ],
  );
}

function checkNodeLabels(labels: unknown, nodes: readonly string[]): Problem[] {
  if (!isMapping(labels))
    return [
      {
        where: "labels",
        text: `${show(labels)} is no mapping. Write it like { "worker-1": { disk: "ssd" } }.`,
      },
    ];
  return Object.entries(labels).flatMap(([node, values]) => [
    ...(nodes.includes(node)
      ? []
      : [{ where: `labels.${node}`, text: `there is no such node. There are ${nodes.join(", ")}.` }]),
    ...checkLabels(`labels.${node}`, values as Record<string, string>),
  ]);
}
