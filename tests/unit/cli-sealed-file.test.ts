import { seal, unseal } from "../../cli/sealed-file";

// A key takes half a second to make, and longer on a busy machine.
jest.setTimeout(60_000);

const PASSPHRASE = "a long passphrase";
const CONTENT = Buffer.from("the state of a manager");

let sealed: Buffer;
beforeAll(async () => void (sealed = await seal(CONTENT, PASSPHRASE)));

/** The same file with one byte changed. */
function changed(at: number): Buffer {
  const copy = Buffer.from(sealed);
  copy[at] ^= 1;
  return copy;
}

test("what was sealed comes out again, and is not in the file", async () => {
  expect(await unseal(sealed, PASSPHRASE, "F")).toEqual(CONTENT);
  expect(sealed.includes(CONTENT)).toBe(false);
});

test("the same content is never sealed to the same bytes", async () => {
  expect(await seal(CONTENT, PASSPHRASE)).not.toEqual(sealed);
});

test("a wrong passphrase is told from a damaged file", async () => {
  await expect(unseal(sealed, "another one", "F")).rejects.toThrow(
    "The passphrase does not open F. Nothing was changed.",
  );
  await expect(unseal(changed(sealed.length - 20), PASSPHRASE, "F")).rejects.toThrow("F is damaged");
  await expect(unseal(changed(sealed.length - 1), PASSPHRASE, "F")).rejects.toThrow("F is damaged");
});

test("an incomplete file says how much of it is there", async () => {
  await expect(unseal(sealed.subarray(0, -3), PASSPHRASE, "F")).rejects.toThrow(
    `F is incomplete: ${CONTENT.length + 16 - 3} of ${CONTENT.length + 16} bytes`,
  );
});

test("a header that was changed is not believed", async () => {
  const text = sealed.toString("latin1");
  const other = Buffer.from(text.replace('"length":38', '"length":37'), "latin1");
  expect(other).not.toEqual(sealed);
  await expect(unseal(other, PASSPHRASE, "F")).rejects.toThrow("The passphrase does not open F");
});

test.each([
  ["no header", Buffer.from("text")],
  ["another format", Buffer.from('{"format":"other"}\ncode\n')],
  [
    "a header that asks for 128 GiB",
    Buffer.from(
      '{"format":"pulumi-swarm backup","version":1,"cost":134217728,"blockSize":8,"parallelization":1}\ncode\n',
    ),
  ],
])("%s is no backup", async (_what, file) => {
  await expect(unseal(file, PASSPHRASE, "F")).rejects.toThrow("F is no backup");
});

test("a later version of the format is named", async () => {
  const later = Buffer.from(
    '{"format":"pulumi-swarm backup","version":2,"cost":2,"blockSize":8,"parallelization":1}\ncode\n',
  );
  await expect(unseal(later, PASSPHRASE, "F")).rejects.toThrow("has version 2 of the format");
});
