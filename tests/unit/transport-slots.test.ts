import { Slots } from "../../transport/slots";

async function settled(promise: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol("waiting");
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(waiting)])) !== waiting;
}

test("who finds no slot waits until one is given back, in order", async () => {
  const slots = new Slots(2);
  const first = await slots.take();
  await slots.take();
  const third = slots.take();
  const fourth = slots.take();
  expect(await settled(third)).toBe(false);
  first();
  first();
  expect(await settled(third)).toBe(true);
  expect(await settled(fourth)).toBe(false);
  (await third)();
  expect(await settled(fourth)).toBe(true);
});

test("after a refusal no more are let in than the server allowed", async () => {
  const slots = new Slots(8);
  const held = await Promise.all([slots.take(), slots.take(), slots.take()]);
  expect(slots.shrink()).toBe(true);
  held[2]();
  const next = slots.take();
  expect(await settled(next)).toBe(false);
  held[1]();
  expect(await settled(next)).toBe(true);
});

test("refused behind fewer than two sessions, there may be no end to wait for", async () => {
  const slots = new Slots(8);
  await slots.take();
  expect(slots.shrink()).toBe(false);
  await slots.take();
  expect(slots.shrink()).toBe(false);
  await slots.take();
  expect(slots.shrink()).toBe(true);
});

test("who gives up while waiting leaves the slot to the next", async () => {
  const slots = new Slots(1);
  const first = await slots.take();
  const impatient = new AbortController();
  const second = slots.take(impatient.signal);
  const third = slots.take();
  impatient.abort(new Error("cancelled"));
  await expect(second).rejects.toThrow("cancelled");
  first();
  expect(await settled(third)).toBe(true);
});
