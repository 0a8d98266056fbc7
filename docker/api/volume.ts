/** @spec Volume */
export interface Volume {
  Name: string;
  Labels: Record<string, string> | null;
}
