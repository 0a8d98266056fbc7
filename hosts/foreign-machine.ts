/** A machine is another cluster's: it is left as it is. */
export class ForeignMachine extends Error {
  constructor(node: string, why: string) {
    super(`${node}: ${why}`);
    this.name = "ForeignMachine";
  }
}
