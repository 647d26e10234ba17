import type { FieldLimits } from '../kit/field-limits.ts'

/**
 * Most characters of NetSuite's fields; it rejects longer texts ("The field city contained more than the maximum number
 * ( 50 ) of characters allowed."). Errors that others reported name `city` 50, `state` 30, `addr1` 150
 * (getlago/lago-api #4689, #3233, #3649) and `phone` 32; `addressee` and `attention` 83 and `companyName` 83 are from
 * NetSuite's CSV import templates, names of persons 32, `zip` 36, `otherRefNum` 45, `memo` 999 and `email` 254 from the
 * help of these fields.
 */
export const addressLimits: FieldLimits = {
  addressee: 83,
  attention: 83,
  addr1: 150,
  addr2: 150,
  addr3: 150,
  city: 50,
  state: 30,
  zip: 36,
  addrPhone: 32,
}

export const customerLimits: FieldLimits = {
  entityId: 80,
  salutation: 30,
  firstName: 32,
  middleName: 32,
  lastName: 32,
  companyName: 83,
  email: 254,
  phone: 32,
}

export const orderLimits: FieldLimits = { otherRefNum: 45, memo: 999, email: 254 }

export const lineLimits = { description: 4000 } as const
