import type { ValueKind } from '../../configuration/setting.ts'

/** A map of columns and places, whose texts are `texts`. `placeOf`: null for a text that is no place. */
export function placesByColumn<T>(
  texts: ValueKind<ReadonlyMap<string, string>>,
  placeOf: (text: string) => T | null,
): ValueKind<ReadonlyMap<string, T>> {
  return {
    ...texts,
    parse(given) {
      const places = new Map<string, T>()
      for (const [name, text] of texts.parse(given) ?? []) {
        const place = placeOf(text)
        if (place === null) return undefined
        places.set(name, place)
      }
      return places.size === 0 ? undefined : places
    },
  }
}
