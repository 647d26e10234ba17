import Type, { type Static } from 'typebox'
import { id, MOST_PARTS, strict } from '../schema-parts.ts'

/** What is said of a document that is made of it is checked as that document. */
const part = (description: string) =>
  Type.Record(Type.String(), Type.Unknown(), { maxProperties: MOST_PARTS, description })

export const vendorTemplateSchema = Type.Object(
  {
    kind: Type.Literal('vendor-template'),
    id: id('id of the template'),
    system: part('what the systems of its vendors have in common: fields of a system without kind and id'),
    connections: Type.Array(
      part(
        'fields of a connection without kind, id and vendor; its attributes and destination are its product metadata',
      ),
      { minItems: 1, maxItems: MOST_PARTS, description: 'the connections that each vendor has, one for each shop' },
    ),
  },
  { ...strict, title: 'Template of vendors' },
)

export const vendorSchema = Type.Object(
  {
    kind: Type.Literal('vendor'),
    id: id('id of the vendor, which its system gets'),
    template: id('id of a vendor-template'),
    system: Type.Optional(part("what its system has besides, or otherwise than the template's")),
    connection: Type.Optional(part("what its connections have besides, or otherwise than the template's")),
  },
  { ...strict, title: 'Vendor by a template' },
)

/** Kinds of documents that stand for others: only folders have them. */
export const templateSchemas = { 'vendor-template': vendorTemplateSchema, vendor: vendorSchema } as const

export type VendorTemplateDocument = Static<typeof vendorTemplateSchema>
export type VendorDocument = Static<typeof vendorSchema>
