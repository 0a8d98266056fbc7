/**
 * Prints how long something took, as `measured: NAME N s`: evidence for docs/reliability.md, about which nothing is
 * asserted. Written straight to standard output, as Jest's console would put a stack beside it.
 * @returns what was measured; where that fails nothing is printed.
 */
export async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const result = await work();
  process.stdout.write(`measured: ${name} ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}
