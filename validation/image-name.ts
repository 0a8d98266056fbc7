/** `[registry[:port]/]path[:tag][@digest]`, in the grammar of github.com/distribution/reference. */
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REGISTRY = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?";
const IMAGE = new RegExp(
  `^${REGISTRY}${PART}(?:/${PART})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

export function isImageName(name: unknown): boolean {
  return typeof name === "string" && IMAGE.test(name);
}
