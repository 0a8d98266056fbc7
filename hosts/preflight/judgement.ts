import type { Problem } from "../../validation/problem";

/** What stands in the way of a cluster, and what a reader should know and decide. */
export interface Judgement {
  problems: Problem[];
  warnings: Problem[];
}
