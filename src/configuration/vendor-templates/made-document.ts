import { isFields } from '../../events/fields.ts'
import type { FieldPath, YamlDocument } from '../yaml-documents.ts'

export interface MadeFrom {
  readonly vendor: YamlDocument
  readonly template: YamlDocument
}

/** The path of a field of the made document in each of its two sources. */
export type PlaceOfField = (path: FieldPath) => { readonly [Of in keyof MadeFrom]: FieldPath }

/** A document made from two others: reports mistakes at the field's place in its source, by default in the vendor's. */
export function madeDocument(value: unknown, { vendor, template }: MadeFrom, placeOf: PlaceOfField): YamlDocument {
  const sayer = (path: FieldPath): readonly [YamlDocument, FieldPath] => {
    const place = placeOf(path)
    if (has(vendor.value, place.vendor)) return [vendor, place.vendor]
    return has(template.value, place.template) ? [template, place.template] : [vendor, place.vendor]
  }
  return {
    value,
    place: vendor.place,
    placeOf(path) {
      const [document, at] = sayer(path)
      return document.placeOf(at)
    },
    mistake(path, message) {
      const [document, at] = sayer(path)
      return document.mistake(at, message)
    },
  }
}

function has(value: unknown, [name, ...rest]: FieldPath): boolean {
  if (name === undefined) return true
  if (Array.isArray(value)) return Number(name) < value.length && has(value[Number(name)], rest)
  return isFields(value) && Object.hasOwn(value, name) && has(value[name], rest)
}
