import type { Account, Wire } from './account.ts'
import { type FieldSpec, readFields } from './fields.ts'
import { invalidContent } from './problems.ts'

/** An address of a transaction or address book. The lengths are those in NetSuite's errors and CSV templates. */
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

/** Reads addresses from a record's values. */
export type ReadAddresses = (values: Wire, names: readonly string[]) => { addresses: Wire; unknown: string[] }

/**
 * Checks addresses like an account that does not allow free-form states: in a country with a list of states, the state
 * must be in it, by its short name. Reading throws NetSuiteProblem.
 */
export function createAddressReader({ database }: Account): ReadAddresses {
  const hasList = database.prepare('SELECT 1 FROM sim_state WHERE country = ?')
  const isListed = database.prepare('SELECT 1 FROM sim_state WHERE country = ? AND shortname = ?')
  const checkState = ({ country, state }: Wire, path: string): void => {
    const id = String((country as { id?: string } | undefined)?.id ?? '')
    if (typeof state !== 'string' || state === '' || hasList.get(id) === undefined) return
    if (isListed.get(id, state) !== undefined) return
    throw invalidContent(`${path}.state`, `Invalid Field Value ${state} for the following field: state`)
  }
  return (values, names) => {
    const read = names.flatMap((name) => {
      const address = values[name]
      return address === undefined || address === null ? [] : [[name, readFields(address, addressSpec, name)] as const]
    })
    for (const [name, { values: fields }] of read) checkState(fields, name)
    return {
      addresses: Object.fromEntries(read.map(([name, { values: fields }]) => [name, fields])),
      unknown: read.flatMap(([, { unknown }]) => unknown),
    }
  }
}
