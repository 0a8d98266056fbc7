import type { Problem } from "../validation/problem";
import type { Context } from "../foundation/context";
import type { InSession } from "../foundation/session";
import { Unfinished } from "../foundation/unfinished";
import type { Properties } from "./values";

export interface Created<O> {
  id: string;
  outputs: O;
}

/** What `read` found: nothing means that the object is really gone, never that it could not be reached. */
export type Found<I, O> = { inputs: I; outputs: O } | undefined;

/**
 * What several kinds of resources have in common: inputs of the same names, of which something is to be known in the session
 * before any of them is worked on. A handler names its traits; whoever calls it knows none of its inputs.
 */
export interface Trait {
  /** Told what the state says of an object, before it is compared or anything is done to it. @default nothing */
  stated?(state: Properties, within: InSession): void;
  /** Told what the program asks for, in each operation that has its inputs. @default nothing */
  wanted?(inputs: Properties, within: InSession): void;
  /** Why the state counts, though the object could not be read. @default it does not */
  unread?(state: Properties, error: unknown): string | undefined;
  /** The inputs of a preview, without what is unknown and no reason to know nothing. @default as they are */
  previewed?(inputs: Properties): Properties;
}

/**
 * One resource type. `I` are its inputs, `O` what it adds to them; the state Pulumi keeps is both together,
 * so each operation gets the inputs of its last run back. What they are, and what a change of one means, the contract says.
 */
export interface Handler<I extends object, O extends object> {
  /** What it has in common with other kinds. @default none */
  readonly traits?: readonly Trait[];
  /** Outputs that a change of these inputs renews, so that a preview shows them as not known yet. @default none */
  renewed?(changed: string[], old: I & O, inputs: I): readonly (keyof O & string)[];
  /** Inputs that count as changed though they are not, because their time has come. Opens no connection. @default none */
  due?(old: I & O, inputs: I, within: InSession): readonly (keyof I & string)[];
  /**
   * Told the inputs of every resource that the program has, and its state where it has one, before anything is deleted.
   * @default nothing
   */
  noted?(inputs: I, old: (I & O) | undefined, within: InSession): void;
  /**
   * Inputs that Check adds: what the others come to. Asked where there is a state; inputs that are not known yet are UNKNOWN.
   * @default none
   */
  derived?(inputs: I, old: I, context: Context): Promise<Partial<I>>;
  /**
   * One of `derived` that says what others come to: where both the state and the inputs have it, it alone is compared, and
   * shown as deep as it goes. @default none
   */
  readonly summary?: { readonly field: keyof I & string; readonly of: readonly (keyof I & string)[] };
  /** Delete the old object before the new one is made, because both cannot exist at once. @default false */
  readonly deleteBeforeReplace?: boolean;

  /** Problems of the inputs. During a preview, inputs that are not known yet are missing; they come again. */
  check?(inputs: Partial<I>, context: Context): Problem[] | Promise<Problem[]>;
  /** Told of a create or an update that a preview found, once all inputs are known; shows what it would do. @default nothing */
  previewed?(inputs: I, context: Context): Promise<void>;
  /**
   * Told of an update that a preview found, with what is not known yet as it is; warns of what it would cost, and refuses what
   * the update will refuse. @default nothing
   */
  previewedUpdate?(old: I & O, inputs: I, context: Context): Promise<void>;
  /**
   * Told of a create that a preview found: tells what is there already and will be taken over, and answers its outputs, so
   * that a preview knows them. Refuses what the create will refuse. @default nothing is there
   */
  present?(inputs: I, context: Context): Promise<Partial<O> | undefined>;
  /** Inputs that `present` does without where a preview does not know them yet. @default none */
  readonly presentWithout?: readonly (keyof I & string)[];
  create(inputs: I, context: Context): Promise<Created<O>>;
  read(id: string, state: I & O, context: Context): Promise<Found<I, O>>;
  update(id: string, old: I & O, inputs: I, context: Context): Promise<O>;
  delete(id: string, state: I & O, context: Context): Promise<void>;
}

/** A create or update that got only part of the way: Pulumi keeps the state, and the next run goes on from it. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly outputs: object,
    cause: Error,
  ) {
    super(cause.message, { cause });
    this.name = "PartialFailure";
  }
}

/** What a step has made before it failed is kept. `idOf` tells the object's ID where that is made as well. */
export async function keepingMade<T>(step: Promise<T>, idOf: string | ((made: T) => string)): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    const made = error.made as object;
    throw new PartialFailure(typeof idOf === "string" ? idOf : idOf(made as T), made, error.cause as Error);
  }
}
