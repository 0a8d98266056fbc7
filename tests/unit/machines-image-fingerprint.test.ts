import { ownerLabels } from "../../schema/owner";
import { fingerprintOf } from "../../machines/local/image-fingerprint";

const OWNER = { project: "p", stack: "s", cluster: "c" };
const of = (Labels?: Record<string, string>) =>
  fingerprintOf({ RootFS: { Layers: ["sha256:1"] }, Config: { Cmd: ["/bin/x"], Labels } });

test("an image that is built again under another identity is the same to the services that run it", () => {
  const before = of(ownerLabels(OWNER, { a: "1" }));
  expect(of(ownerLabels({ ...OWNER, id: "0a1b" }, { a: "1" }))).toBe(before);
  expect(of(ownerLabels({ ...OWNER, id: "2c3d" }, { a: "1" }))).toBe(before);
  expect(of(ownerLabels({ ...OWNER, id: "2c3d" }, { a: "2" }))).not.toBe(before);
});

test("the fingerprint is what releases before identities made of it", () => {
  expect(of(ownerLabels(OWNER))).toBe("97ca9fe9f0e0ea91fa0fb32612dfe0b45a28b419dea4ebe06d211cc4c67ada00");
  expect(of()).toBe("741302d5adc1188510d33d045bb2bd198a6857a5ed6fb310da91e44e3197c1eb");
});
