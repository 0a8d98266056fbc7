import type { Versioned } from "./object-version";

/**
 * A config or a secret, without its content.
 *
 * @spec Config
 */
export interface SwarmObject extends Versioned {
  Spec: {
    Name: string;
    Labels: Record<string, string> | null;
    Templating?: { Name: string };
    /** Base64; of a config alone. */
    Data?: string;
  };
}
