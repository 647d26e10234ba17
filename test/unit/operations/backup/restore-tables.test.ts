import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Backup, Manifest } from '../../../../src/operations/backup/backup.ts'
import { restoreTables } from '../../../../src/operations/backup/restore-tables.ts'
import { everything } from '../../../../src/operations/principal.ts'
import type { StoredItem } from '../../../../src/platform/dynamodb/stored-items.ts'

type Tables = Readonly<Record<string, readonly StoredItem[]>>

const BY = everything({ kind: 'cli', name: 'ops' })
const checkpoint = (group: string) => ({ group: { S: group }, place: { S: 'topic#00000' }, offset: { S: '7' } })
const COPIED: Tables = {
  checkpoints: [checkpoint('shop.route-orders'), checkpoint('shop.project-products'), checkpoint('shop.route-orders')],
  sync_control: [{ read: { S: 'magento.orders.all' } }],
  published: [{ id: { S: 'magento|orders|1' }, state: { S: 'published' }, digest: { S: 'd' } }],
  audit: [{ book: { S: 'all' } }],
  outgoing_events: [
    { owner: { S: 'lanes' }, place: { S: 'sync-status#0' }, position: { S: 'p' }, caught_up_to: { N: '7' } },
    { owner: { S: 'connection#c' }, place: { S: '1' }, id: { S: 'evt_1' } },
  ],
}

function backupOf(tables: Tables): Backup {
  const manifest: Manifest = {
    format: 1,
    version: '0.1.0',
    started_at: '2026-11-29T21:00:00.000Z',
    topic_prefix: 'shop.',
    tables: Object.entries(tables).map(([table, items]) => ({ table, items: items.length, sha256: '' })),
  }
  return {
    manifest,
    async *pages(table) {
      yield tables[table] ?? []
    },
  }
}

/** What a restore does, in its order. */
function setUp(filled: readonly string[] = []) {
  const done: string[] = []
  const written = new Map<string, readonly StoredItem[]>()
  const deps = {
    topicPrefix: 'shop.',
    items: {
      read: () => expect.unreachable(),
      write: async (table: string, items: readonly StoredItem[]) => {
        done.push(`write ${table}`)
        written.set(table, items)
      },
      isEmpty: async (table: string) => !filled.includes(table),
    },
    groups: {
      remove: async (groups: readonly string[]) => void done.push(`remove ${groups.join(' ')}`),
    },
    audit: { record: async () => void done.push('audit'), list: () => expect.unreachable() },
  }
  return { deps, done, written }
}

const YES = { overwrite: false, confirm: true }

describe('a restore', () => {
  it('removes groups first, and writes positions last', async () => {
    const { deps, done } = setUp()
    expect(await restoreTables(deps, BY, backupOf(COPIED), YES)).toEqual({ tables: 5, items: 8, groups: 2 })
    expect(done[0]).toBe('remove shop.project-products shop.route-orders')
    expect(done.slice(-3)).toEqual(['write sync_control', 'write checkpoints', 'audit'])
  })

  it('has feeds made from the beginning of their topics, and everything published again that is read', async () => {
    const { deps, written } = setUp()
    await restoreTables(deps, BY, backupOf(COPIED), YES)
    expect(written.get('checkpoints')?.map((item) => item['group']?.S)).toEqual([
      'shop.route-orders',
      'shop.route-orders',
    ])
    expect(written.get('published')?.map((item) => item['state']?.S)).toEqual(['publishing'])
  })

  it('has outgoing events appended again from the positions of the backup', async () => {
    const { deps, written } = setUp()
    await restoreTables(deps, BY, backupOf(COPIED), YES)
    // The backup's events may be older than its lanes. Overwritten, not left out: the table may have newer lanes.
    expect(written.get('outgoing_events')).toEqual([
      { owner: { S: 'lanes' }, place: { S: 'sync-status#0' } },
      COPIED['outgoing_events']?.[1],
    ])
  })

  it.each([
    ['is confirmed', [], { overwrite: false, confirm: false }, 'confirmation_needed'],
    ['is into empty tables', ['published'], YES, 'state_conflict'],
  ] as const)('%s, or changes nothing', async (_name, filled, request, code) => {
    const { deps, done } = setUp(filled)
    const refused = restoreTables(deps, BY, backupOf(COPIED), request)
    await expect(refused).rejects.toSatisfy((error) => error instanceof StreamError && error.code === code)
    expect(done).toEqual([])
  })

  it('is done once more over what an interrupted one wrote', async () => {
    const { deps } = setUp(['published'])
    expect(await restoreTables(deps, BY, backupOf(COPIED), { overwrite: true, confirm: true })).toMatchObject({
      items: 8,
    })
  })

  it('is of the same topics', async () => {
    const { deps } = setUp()
    const refused = restoreTables({ ...deps, topicPrefix: 'other.' }, BY, backupOf(COPIED), YES)
    await expect(refused).rejects.toThrow('TOPIC_PREFIX="shop."')
  })
})
