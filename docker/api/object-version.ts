/** What every object of a swarm has. The types of this folder are the parts of the Engine API's answers that are read here. */
export interface Versioned {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
}
