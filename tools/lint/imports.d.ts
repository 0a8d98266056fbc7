export function circleThrough(
  first: string,
  next: string,
  read?: (file: string) => readonly string[],
): string[] | undefined;
export function remembered(read?: (file: string) => string[]): (file: string) => string[];
