import { SapProblem } from './problems.ts'
import type { Entity } from './store.ts'

const sides = (lengths: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    ['ShipTo', 'BillTo'].flatMap((side) => Object.entries(lengths).map(([name, length]) => [side + name, length])),
  )

/**
 * Maximum lengths of properties by type: SAP Business One SDK 10.0, Database Tables Reference (ORDR, RDR1, RDR12,
 * OCRD); `ShipToBuilding` is a text there.
 */
const lengths: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Document: {
    CardCode: 15,
    CardName: 100,
    NumAtCard: 100,
    Comments: 254,
    JournalMemo: 50,
    Reference1: 11,
    Reference2: 11,
    DocCurrency: 3,
  },
  DocumentLine: { ItemCode: 50, WarehouseCode: 8, FreeText: 100, TaxCode: 8, VatGroup: 8, SupplierCatNum: 50 },
  AddressExtension: sides({
    Street: 100,
    StreetNo: 100,
    Block: 100,
    Building: 64_000,
    City: 100,
    ZipCode: 20,
    County: 100,
    State: 3,
    Country: 3,
    Address2: 50,
    Address3: 50,
  }),
  BusinessPartner: {
    CardCode: 15,
    CardName: 100,
    EmailAddress: 100,
    Phone1: 20,
    Phone2: 20,
    Cellular: 50,
    FederalTaxID: 32,
  },
}

/** @throws SapProblem with the first property whose text is too long, in the Service Layer's words */
export function checkLengths(type: string, body: Entity): void {
  for (const [name, length] of Object.entries(lengths[type] ?? {})) {
    const value = body[name]
    if (typeof value !== 'string' || value.length <= length) continue
    throw new SapProblem(400, -5002, `Value too long in property '${name}' of '${type}'`)
  }
}
