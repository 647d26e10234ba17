import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { PersonKeys } from '../../platform/persons/person-keys.ts'
import { SETTINGS } from '../cursor-key.ts'

export interface ForgetByAgeDeps {
  readonly tables: Pick<Tables, 'update'>
  readonly personKeys: Pick<PersonKeys, 'destroyOld'>
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

const LOOKED_AT = { id: 'old_person_keys' }
const DAY_MS = 86_400_000
const LOOK_MS = 3_600_000

/** Destroys keys of persons whose orders are too old; once a day, in one of the processes. */
export async function forgetByAge(deps: ForgetByAgeDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps
  while (!signal.aborted) {
    try {
      const destroyed = await destroyOldKeys(deps, signal)
      if (destroyed !== null && destroyed > 0)
        logger.info({ destroyed }, 'destroyed keys of persons whose orders are too old')
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'could not search for old keys of persons; trying again later')
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined)
  }
}

/** Number of destroyed keys; null: the last search was less than a day ago. */
export async function destroyOldKeys(
  { tables, personKeys, clock }: Omit<ForgetByAgeDeps, 'logger'>,
  signal: AbortSignal,
): Promise<number | null> {
  const at = clock.now()
  const isTurn = { anyOf: [{ absent: 'at' }, { attribute: 'at', is: '<=', value: at - DAY_MS }] } as const
  if ((await tables.update(SETTINGS, LOOKED_AT, { set: { at } }, { mine: isTurn })) === null) return null
  try {
    return await personKeys.destroyOld(signal)
  } catch (error) {
    await tables.update(SETTINGS, LOOKED_AT, { remove: ['at'] })
    throw error
  }
}
