import { isFields } from '../../events/fields.ts'
import { readShape } from '../document-shape.ts'
import { unknownName } from '../unknown-name.ts'
import { type FieldPath, type Mistake, twiceAt, type YamlDocument } from '../yaml-documents.ts'
import { fillIn } from './fill-in.ts'
import { madeDocument, type PlaceOfField } from './made-document.ts'
import { merged } from './merged.ts'
import {
  type VendorDocument,
  type VendorTemplateDocument,
  vendorSchema,
  vendorTemplateSchema,
} from './template-schemas.ts'

interface ReadDocuments {
  readonly documents: YamlDocument[]
  readonly mistakes: Mistake[]
}

interface Shaped<T> {
  readonly value: T
  readonly yaml: YamlDocument
}

/** Fields of a connection that belong to its product metadata. */
const METADATA = ['attributes', 'destination']

/**
 * Replaces vendors by their documents: a system, and a connection with its product metadata for each connection of the
 * template. A mistake is reported at the place of the field: in the vendor's document, or once in the template.
 */
export function expandVendors(read: ReadDocuments): ReadDocuments {
  const mistakes = [...read.mistakes]
  const shaped = <T>(kind: string, schema: Parameters<typeof readShape>[0]) =>
    read.documents
      .filter((yaml) => kindOf(yaml) === kind)
      .map((yaml) => {
        const { value, mistakes: wrong } = readShape(schema, yaml)
        mistakes.push(...wrong)
        // `readShape` returns the shape of the schema for any input.
        return { value: value as T, yaml }
      })
  /** By id; the first document of each id. */
  const byId = <T extends Shaped<{ readonly id: string }>>(all: readonly T[]): ReadonlyMap<string, T> => {
    const firsts = new Map<string, T>()
    for (const one of all) {
      const first = firsts.get(one.value.id)
      if (first === undefined) firsts.set(one.value.id, one)
      else mistakes.push(one.yaml.mistake(['id'], twiceAt(first.yaml.placeOf(['id']))))
    }
    return firsts
  }
  const templates = byId(shaped<VendorTemplateDocument>('vendor-template', vendorTemplateSchema))
  const vendors = byId(shaped<VendorDocument>('vendor', vendorSchema))
  const made = [...vendors.values()].flatMap(({ value, yaml }) => {
    const template = templates.get(value.template)
    if (template !== undefined) return documentsOf(value, yaml, template)
    const known = [...templates.keys()]
    const none = 'does not exist: the folder has no vendor-template; add one'
    mistakes.push(yaml.mistake(['template'], known.length === 0 ? none : unknownName(value.template, known)))
    return []
  })
  const others = read.documents.filter((yaml) => !['vendor', 'vendor-template'].includes(kindOf(yaml)))
  return { documents: [...others, ...made], mistakes }
}

function documentsOf(
  vendor: VendorDocument,
  yaml: YamlDocument,
  template: Shaped<VendorTemplateDocument>,
): readonly YamlDocument[] {
  const { id } = vendor
  const system = { ...merged(fillIn(template.value.system, id), vendor.system ?? {}), kind: 'system', id }
  const from = { vendor: yaml, template: template.yaml }
  const ofSystem: PlaceOfField = (path) => ({ vendor: ownPath('system', path), template: ['system', ...path] })
  return [
    madeDocument(system, from, ofSystem),
    ...template.value.connections.flatMap((given, index) => {
      const whole = merged(fillIn(given, id), vendor.connection ?? {})
      const own = Object.entries(whole)
      const connection = `${String(whole['shop'] ?? '')}-${id}`
      const ofConnection: PlaceOfField = (path) => ({
        vendor: ownPath('connection', path),
        template: ['connections', index, ...path],
      })
      const fields = Object.fromEntries(own.filter(([name]) => !METADATA.includes(name)))
      const metadata = Object.fromEntries(own.filter(([name]) => METADATA.includes(name)))
      return [
        madeDocument({ id: connection, ...fields, kind: 'connection', vendor: id }, from, ofConnection),
        ...(Object.keys(metadata).length === 0
          ? []
          : [
              madeDocument(
                { ...metadata, kind: 'product-metadata', connection: fields['id'] ?? connection },
                from,
                ofConnection,
              ),
            ]),
      ]
    }),
  ]
}

/** Place of a field in the vendor's document; names come from its id. */
function ownPath(part: 'system' | 'connection', path: FieldPath): FieldPath {
  return ['id', 'vendor', 'kind'].includes(String(path[0])) ? ['id'] : [part, ...path]
}

function kindOf({ value }: YamlDocument): string {
  return isFields(value) ? String(value['kind']) : ''
}
