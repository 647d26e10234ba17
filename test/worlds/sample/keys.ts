import { createKey, type keyScopes } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import type { apiFixture } from '../api-fixture.ts'

const boss = everything({ kind: 'cli', name: 'operator' })
const DAY = 86_400_000

interface Wanted {
  readonly name: string
  readonly scopes: readonly (typeof keyScopes)[number][]
  readonly connections: 'all' | readonly string[]
  readonly systems: 'all' | readonly string[]
  readonly days: number | null
}

const administrator: Wanted = {
  name: 'Jana, operations',
  scopes: ['observe', 'operate', 'configure', 'administer', 'persons:read'],
  connections: 'all',
  systems: 'all',
  days: null,
}

const others: readonly Wanted[] = [
  {
    name: 'outdoor shop',
    scopes: ['feeds:read'],
    connections: ['outdoor-nordwand', 'outdoor-trailworks'],
    systems: [],
    days: 365,
  },
  { name: 'bikes shop', scopes: ['feeds:read'], connections: ['bikes-nordwand'], systems: [], days: 365 },
  { name: 'Grafana', scopes: ['observe'], connections: 'all', systems: 'all', days: 90 },
]

const vendor: Wanted = {
  name: 'Nordwand, service desk',
  scopes: ['observe', 'fulfil'],
  connections: ['outdoor-nordwand'],
  systems: ['nordwand'],
  days: 180,
}

/** Keys of an installation that asks for one; the secrets of an administrator's and of a vendor's. */
export async function addKeys({ operations, clock }: ReturnType<typeof apiFixture>) {
  const now = clock.time
  const create = async ({ days, ...wanted }: Wanted, index: number) => {
    clock.time = now - (40 - index * 9) * DAY
    const { key } = await createKey(operations, boss, {
      ...wanted,
      expiresAt: days === null ? null : clock.time + days * DAY,
    })
    return key
  }
  const ofAdministrator = await create(administrator, 0)
  for (const [index, one] of others.entries()) await create(one, index + 1)
  const ofVendor = await create(vendor, others.length + 1)
  clock.time = now
  return { administrator: ofAdministrator, vendor: ofVendor }
}
