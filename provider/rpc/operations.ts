import type { Shape } from "../../schema/package-schema";
import { describeProblems, type Problem } from "../../validation/problem";
import { missingInputs, typeProblems } from "../../validation/type-problems";
import { detailedDifference, type DetailedChange } from "../detailed-difference";
import { difference, type Difference } from "../difference";
import { ifItCanBeAsked } from "../../swarm/can-be-asked";
import { PartialFailure, type Handler, type Trait } from "../handler";
import type { Context } from "../../foundation/context";
import { outputsIn } from "./recorded";
import { type Decoded } from "./wire";
import { hasUnknown, UNKNOWN, type Properties } from "../values";
import type { InSession } from "../../foundation/session";

export type AnyHandler = Handler<Properties, Properties>;

/** Values and which of their properties are secret, ready to be encoded. */
export interface Answer {
  id: string;
  values: Properties;
  secrets: Set<string>;
}

/** The operations of one resource on plain values: what is the same for every handler, and nothing of gRPC. */
export class Operations {
  constructor(
    readonly handler: AnyHandler,
    readonly shape: Shape,
    private readonly within: InSession,
  ) {}

  secretsOf(...decoded: Decoded[]): Set<string> {
    return new Set([...this.shape.secrets, ...decoded.flatMap(({ secrets }) => [...secrets])]);
  }

  async check(inputs: Decoded, context: Context): Promise<Problem[]> {
    const wrong = typeProblems(this.shape, inputs.values, inputs.secrets);
    // The rules speak of values, and only of such as they expect.
    const judged = Object.entries(inputs.values).filter(
      ([name, value]) => !wrong.has(name) && !hasUnknown(value),
    );
    const broken = (await this.handler.check?.(Object.fromEntries(judged), context)) ?? [];
    return [...[...wrong.values()].flat(), ...broken];
  }

  /** What Check adds to the inputs. */
  async derived(inputs: Decoded, old: Decoded, context: Context): Promise<Properties> {
    if (Object.keys(old.values).length === 0) return {};
    return (await this.handler.derived?.(inputs.values, old.values, knowing(inputs, context))) ?? {};
  }

  diff(old: Decoded, inputs: Decoded): Difference {
    this.noteStated(old.values);
    this.noteWanted(inputs.values, old.values);
    const { changed, replaces } = difference(this.shape.changes, old.values, inputs.values);
    const due = this.handler.due?.(old.values, inputs.values, this.within) ?? [];
    return {
      changed: [...new Set([...this.summarized(changed, old.values, inputs.values), ...due])],
      replaces,
    };
  }

  /** The changes of a {@link diff} as they are shown; nothing where Pulumi's own comparison of the inputs shows them well. */
  details({ changed }: Difference, old: Decoded, inputs: Decoded): DetailedChange[] {
    const { field } = this.handler.summary ?? {};
    return field ? detailedDifference(changed, field, old.values, inputs.values) : [];
  }

  async create(inputs: Decoded, context: Context): Promise<Answer> {
    await this.refuseProblems(inputs, context);
    this.noteWanted(inputs.values);
    const { id, outputs } = await this.keepingInputs(
      inputs.values,
      this.handler.create(inputs.values, knowing(inputs, context)),
    );
    return { id, values: { ...inputs.values, ...outputs }, secrets: this.secretsOf(inputs) };
  }

  /** What a preview can say of an object that is to be made: its inputs, and outputs where it is there already. */
  async previewCreate(inputs: Decoded, context: Context): Promise<Answer> {
    this.refuse(missingInputs(this.shape, inputs.values));
    this.noteWanted(inputs.values);
    await this.previewed(inputs.values, context);
    const unknown = Object.fromEntries(this.shape.outputs.map((name) => [name, UNKNOWN]));
    const outputs = { ...unknown, ...(await this.present(inputs.values, context)) };
    return { id: "", values: { ...inputs.values, ...outputs }, secrets: this.secretsOf(inputs) };
  }

  /** What a preview can say of an update: outputs stay as they are, but for those that the change renews. */
  async previewUpdate(id: string, old: Decoded, inputs: Decoded, context: Context): Promise<Answer> {
    this.refuse(missingInputs(this.shape, inputs.values));
    const { changed } = this.diff(old, inputs);
    if (!this.onlyReached(changed)) {
      await this.previewed(inputs.values, context);
      await ifItCanBeAsked(context, (soon) =>
        this.handler.previewedUpdate?.(old.values, inputs.values, soon),
      );
    }
    const renewed = this.handler.renewed?.(changed, old.values, inputs.values) ?? [];
    const outputs = {
      ...this.outputsOf(old.values),
      ...Object.fromEntries(renewed.map((name) => [name, UNKNOWN])),
    };
    return {
      id,
      values: this.together(old.values, inputs.values, outputs),
      secrets: this.secretsOf(old, inputs),
    };
  }

  async read(id: string, state: Decoded, context: Context): Promise<Answer | undefined> {
    // What `pulumi import` and the resource option `import` send. A refresh sends the state.
    if (Object.keys(state.values).length === 0) throw new Error(notImported(id));
    this.noteStated(state.values);
    const found = await this.readOrKept(id, state, context);
    if (!found) return undefined;
    return { id, values: { ...found.inputs, ...found.outputs }, secrets: this.secretsOf(state) };
  }

  /**
   * An object of an interrupted replacement was told managers that are none any more, and is never compared: its
   * swarm's present ones are known only if it is noted whose managers these were.
   */
  async delete(id: string, state: Decoded, context: Context): Promise<void> {
    this.noteStated(state.values);
    await this.handler.delete(id, state.values, context);
  }

  async update(id: string, old: Decoded, inputs: Decoded, context: Context): Promise<Answer> {
    await this.refuseProblems(inputs, context);
    this.noteStated({ ...old.values, ...inputs.values });
    const { changed } = this.diff(old, inputs);
    const outputs = this.onlyReached(changed)
      ? this.outputsOf(old.values)
      : await this.keepingInputs(
          inputs.values,
          this.handler.update(id, old.values, inputs.values, knowing(inputs, context)),
        );
    return {
      id,
      values: this.together(old.values, inputs.values, outputs),
      secrets: this.secretsOf(old, inputs),
    };
  }

  /** A summary that no Check had to make is still that of the state. */
  private together(old: Properties, inputs: Properties, outputs: Properties): Properties {
    const { field = "" } = this.handler.summary ?? {};
    return { ...(old[field] === undefined ? {} : { [field]: old[field] }), ...inputs, ...outputs };
  }

  private summarized(changed: string[], old: Properties, inputs: Properties): string[] {
    const { field, of = [] } = this.handler.summary ?? {};
    if (!field) return changed;
    const others = changed.filter((name) => name !== field);
    if (old[field] === undefined || inputs[field] === undefined) return others;
    const isAnother = changed.includes(field);
    return [...(isAnother ? [field] : []), ...others.filter((name) => !of.includes(name))];
  }

  /** Values unknown at the check are known now, so the check is made again before anything is touched. */
  private async refuseProblems(inputs: Decoded, context: Context): Promise<void> {
    const missing = missingInputs(this.shape, inputs.values);
    this.refuse([...missing, ...(await this.check(inputs, context))]);
  }

  private refuse(problems: Problem[]): void {
    if (problems.length > 0) throw new Error(`nothing was changed:\n${describeProblems(problems)}`);
  }

  private async readOrKept(id: string, state: Decoded, context: Context) {
    try {
      return await this.handler.read(id, state.values, context);
    } catch (error) {
      const why = this.traits.map((trait) => trait.unread?.(state.values, error)).find(Boolean);
      if (!why) throw error;
      context.warn(`not looked at: ${why}`);
      return { inputs: state.values, outputs: {} };
    }
  }

  private async previewed(inputs: Properties, context: Context): Promise<void> {
    const known = this.previewable(inputs);
    if (!hasUnknown(known)) await this.handler.previewed?.(known, context);
  }

  private async present(inputs: Properties, context: Context): Promise<Properties | undefined> {
    const without: readonly string[] = this.handler.presentWithout ?? [];
    const needed = Object.entries(this.previewable(inputs)).filter(([name]) => !without.includes(name));
    const known = Object.fromEntries(needed);
    if (hasUnknown(known) || !this.handler.present) return undefined;
    return ifItCanBeAsked(context, (soon) => this.handler.present?.(known, soon));
  }

  /** Whether nothing of the object itself changed. A place that changed is here one that was not known. */
  private onlyReached(changed: readonly string[]): boolean {
    const recorded = changed.filter((field) =>
      ["connection", "fixed-owner", "place"].includes(this.shape.changes[field]),
    );
    return changed.length > 0 && recorded.length === changed.length;
  }

  private previewable(inputs: Properties): Properties {
    return this.traits.reduce((seen, trait) => trait.previewed?.(seen) ?? seen, inputs);
  }

  private get traits(): readonly Trait[] {
    return this.handler.traits ?? [];
  }

  private noteStated(state: Properties): void {
    this.traits.forEach((trait) => trait.stated?.(state, this.within));
  }

  private noteWanted(inputs: Properties, old?: Properties): void {
    this.traits.forEach((trait) => trait.wanted?.(inputs, this.within));
    this.handler.noted?.(inputs, old, this.within);
  }

  private outputsOf(state: Properties): Properties {
    // An input that an earlier release had is no output.
    return Object.fromEntries(Object.entries(state).filter(([name]) => this.shape.outputs.includes(name)));
  }

  private async keepingInputs<T>(inputs: Properties, operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      throw new PartialFailure(error.id, outputsIn(this.shape, { ...inputs, ...error.outputs }), error);
    }
  }
}

/** Whatever the state calls secret: there a whole property is, of which the program calls one part so. */
function knowing({ secretTexts }: Decoded, context: Context): Context {
  return { ...context, secretTexts };
}

function notImported(id: string): string {
  return (
    `"${id}" cannot be imported, and nothing was changed: an ID tells neither how its machine is reached nor whose it is. ` +
    "Leave the import out, name the object in the program and run `pulumi up`: what an interrupted update of the same state " +
    "left is found by its labels and taken over; what somebody else has made, by `adopt: true` of it."
  );
}
