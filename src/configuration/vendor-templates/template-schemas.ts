import Type, { type Static } from 'typebox'
import { filledList, id, MOST_PARTS, strict } from '../schema-parts.ts'

/** Part of a document; it is checked as part of the document made from it. */
const part = (description: string) =>
  Type.Record(Type.String(), Type.Unknown(), { maxProperties: MOST_PARTS, description })

export const vendorTemplateSchema = Type.Object(
  {
    kind: Type.Literal('vendor-template'),
    id: id('id of the template'),
    system: part('common fields of the systems of its vendors: fields of a system without kind and id'),
    connections: filledList(
      part(
        'fields of a connection without kind, id and vendor; its attributes and destination are its product metadata',
      ),
      MOST_PARTS,
      'the connections that each vendor has, one for each shop',
    ),
  },
  { ...strict, title: 'Template of vendors' },
)

export const vendorSchema = Type.Object(
  {
    kind: Type.Literal('vendor'),
    id: id('id of the vendor, which its system gets'),
    template: id('id of a vendor-template'),
    system: Type.Optional(part("fields of its system that are added to the template's or replace them")),
    connection: Type.Optional(part("fields of its connections that are added to the template's or replace them")),
  },
  { ...strict, title: 'Vendor by a template' },
)

/** Kinds of documents that are replaced by others: only in folders. */
export const templateSchemas = { 'vendor-template': vendorTemplateSchema, vendor: vendorSchema } as const

export type VendorTemplateDocument = Static<typeof vendorTemplateSchema>
export type VendorDocument = Static<typeof vendorSchema>
