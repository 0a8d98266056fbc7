/** What a step would do. */
export interface Todo {
  step: string;
  text: string;
}

/** What a script told. */
export interface Told {
  facts: Record<string, string>;
  todos: Todo[];
}
