import type { FieldLimits } from '../kit/field-limits.ts'

/**
 * Most characters of SAP's fields, by the Service Layer's names; SAP rejects longer texts ("Value too long in property
 * …"). From SAP Business One SDK 10.0, Database Tables Reference: CRD1 and ACR1 (addresses; RDR12 of an order has the
 * same), OCRD, ORDR, RDR1. `Building` has no limit there; forms print it on one line.
 */
export const addressLimits: FieldLimits = {
  Street: 100,
  Block: 100,
  Building: 254,
  City: 100,
  ZipCode: 20,
  County: 100,
  State: 3,
  Country: 3,
  Address2: 50,
  Address3: 50,
}

export const orderLimits = { NumAtCard: 100, Comments: 254 } as const

export const lineLimits = { FreeText: 100 } as const

export const partnerLimits: FieldLimits = { CardCode: 15, CardName: 100, EmailAddress: 100, Phone1: 20 }
