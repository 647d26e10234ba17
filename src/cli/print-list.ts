/** Prints a line per item. Prints `none` on stderr for an empty list, so that stdout contains only items. */
export function printList<T>(items: readonly T[], lineOf: (item: T) => string, none: string): void {
  if (items.length === 0) console.error(none)
  for (const item of items) console.log(lineOf(item))
}
