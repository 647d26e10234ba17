/** A line for each; where there is none, that is said on stderr: what reads stdout reads lines of the list alone. */
export function printList<T>(items: readonly T[], lineOf: (item: T) => string, none: string): void {
  if (items.length === 0) console.error(none)
  for (const item of items) console.log(lineOf(item))
}
