/** The key in the compose file of what Docker named `<stack>_<key>`; any other name is its own key. */
export function keyOf(stack: string, name: string): string {
  const prefix = `${stack}_`;
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name;
}
