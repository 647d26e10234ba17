import type { Wire } from './account.ts'
import { type FieldSpec, readFields } from './fields.ts'

/** An address of a transaction or of an address book. The lengths are those that NetSuite's refusals and CSV templates name. */
const addressSpec: FieldSpec = {
  customPrefix: 'custrecord',
  fields: {
    addressee: 'text',
    attention: 'text',
    addr1: 'text',
    addr2: 'text',
    addr3: 'text',
    city: 'text',
    state: 'text',
    zip: 'text',
    country: 'list',
    addrPhone: 'text',
    addrText: 'text',
    override: 'boolean',
    internalId: 'readOnly',
  },
  lengths: {
    addressee: 83,
    attention: 83,
    addr1: 150,
    addr2: 150,
    addr3: 150,
    city: 50,
    state: 30,
    zip: 36,
    addrPhone: 32,
  },
}

/** The addresses among a record's values, checked; the names in them that are no fields. @throws NetSuiteProblem */
export function readAddresses(values: Wire, names: readonly string[]): { addresses: Wire; unknown: string[] } {
  const read = names.flatMap((name) => {
    const address = values[name]
    return address === undefined || address === null ? [] : [[name, readFields(address, addressSpec, name)] as const]
  })
  return {
    addresses: Object.fromEntries(read.map(([name, { values: fields }]) => [name, fields])),
    unknown: read.flatMap(([, { unknown }]) => unknown),
  }
}
