import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { watchRetention } from '../configuration/retention.ts'
import { publicationRows } from '../control/publish-again.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { createPersonKeys, daysMs, type PersonKeys } from '../platform/persons/person-keys.ts'
import { sealingCodec } from '../platform/persons/sealing-codec.ts'
import { SETTINGS } from './cursor-key.ts'

interface PersonalDataDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'now'>
  /** The codec that uses the registry. */
  readonly codec: EventCodec
}

/** A codec that encrypts personal data with a key per person, and the store of these keys. */
export async function openPersonalData(
  { tables, clock, codec }: PersonalDataDeps,
  { personalData, retainOrdersDays }: Pick<Config, 'personalData' | 'retainOrdersDays'>,
): Promise<{ readonly codec: EventCodec; readonly personKeys: PersonKeys }> {
  const usualMs = retainOrdersDays === null ? null : daysMs(retainOrdersDays)
  const retention = watchRetention(tables, clock, usualMs)
  const personKeys = createPersonKeys({ tables, clock, randomBytes, retention })
  const seals = (personalData ?? (await asItBegan(tables))) === 'encrypted'
  return { codec: sealingCodec(codec, { keys: personKeys, randomBytes, seals }), personKeys }
}

const BEGAN = { id: 'personal_data' }

/**
 * A new installation encrypts personal data. One that published before encryption existed continues in clear text
 * unless PERSONAL_DATA is set: during a rolling upgrade, processes of the earlier version could not read encrypted data.
 */
async function asItBegan(tables: Tables): Promise<string> {
  const known = await tables.get(SETTINGS, BEGAN)
  if (known !== undefined) return String(known['value'])
  const value = (await hasPublished(tables)) ? 'plain' : 'encrypted'
  await tables.put(SETTINGS, { ...BEGAN, value }, { absent: 'id' })
  return String((await tables.get(SETTINGS, BEGAN))?.['value'] ?? value)
}

async function hasPublished(tables: Tables): Promise<boolean> {
  for await (const page of rowsOf(tables, publicationRows).scan()) if (page.length > 0) return true
  return false
}
