import { rowsOf } from '../../src/platform/dynamodb/rows.ts'
import { type DeadLetterRow, deadLetterRows } from '../../src/projections/dead-letter-row.ts'
import { POISON } from './driver.ts'
import type { World } from './world.ts'

/** What the table has, and what may be there. */
export class DeadLetters {
  readonly rows: readonly DeadLetterRow[]

  constructor(rows: readonly DeadLetterRow[]) {
    this.rows = rows
  }

  has(stage: string, eventId: string): boolean {
    return this.codeOf(stage, eventId) !== undefined
  }

  codeOf(stage: string, eventId: string): string | undefined {
    return this.rows.find((row) => row.stage === stage && row.event_id === eventId)?.code
  }
}

export async function deadLettersOf(world: World): Promise<DeadLetters> {
  return new DeadLetters((await Array.fromAsync(rowsOf(world.tables, deadLetterRows).scan())).flat())
}

/** Only what is wrong is there, byte for byte; the poison is (2, 5). */
export function checkDeadLetters(world: World, dead: DeadLetters): void {
  for (const row of dead.rows) {
    const reason = `${row.code} of ${row.key} at ${row.stage}: ${row.message}`
    if (!isExpected(world, row)) world.broken(5, `a dead letter for no fault of its own: ${reason}`)
    if (row.offset >= 0 && !isUntouched(world, row)) world.broken(2, `a dead letter differs from its record: ${reason}`)
  }
  if (!world.plan.poison) return
  const poisoned = new Set(dead.rows.filter(({ key }) => key === 'poison').map(({ topic }) => topic))
  for (const topic of ['orders', 'inventory']) {
    if (!poisoned.has(topic)) world.broken(2, `the undecodable record of ${topic} is no dead letter`)
  }
}

function isExpected(world: World, { code, key, topic }: DeadLetterRow): boolean {
  // Whether it has to be there, checkConflicts says.
  if (code === 'target_conflict') return true
  if (key === 'poison') return topic === 'orders' || topic === 'inventory'
  if (code === 'line_claimed_twice') return world.plan.erpSkus.includes('AB-1')
  if (code === 'item_missing') return world.plan.changes.some(({ kind }) => kind === 'item')
  return code === 'source_data_invalid' && topic === ''
}

function isUntouched(world: World, row: DeadLetterRow): boolean {
  const [record] = world.broker.records(row.topic, row.partition, BigInt(row.offset), 1)
  if (record === undefined || row.original === null) return false
  const value = Buffer.from(row.original.value ?? '', 'base64')
  return (
    value.equals(row.key === 'poison' ? POISON : (record.value ?? Buffer.alloc(0))) &&
    value.equals(record.value ?? POISON)
  )
}
