/** Whether the stack's configuration has a key encrypted, or a part of its value. */
export function isEncrypted(key: string): boolean {
  // Set by the language host for the SDK, which tells nobody.
  const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[];
  return secretKeys.includes(key);
}
