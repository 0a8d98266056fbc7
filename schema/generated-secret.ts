export interface GeneratedSecretInputs {
  /** How many characters, 8 to 1024. @default 32 @change update @integer */
  length?: number;
  /**
   * What it is made of: "alphanumeric" (A-Z, a-z, 0-9), or the characters themselves. They are printable ASCII without the space, at
   * least ten, each once. @default "alphanumeric" @change update
   */
  charset?: string;
  /** Any new value makes another text. @change update */
  rotate?: string;
  /** Age at which an update makes another text, such as "90d". @default never by age @change update */
  rotateEvery?: string;
}

export interface GeneratedSecretOutputs {
  /** The text. @secret */
  value: string;
  /** When it was made, as an RFC 3339 time. */
  rotatedAt: string;
}
