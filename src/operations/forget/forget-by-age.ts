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

/** Once a day, by one of the processes: keys of persons whose orders are too old are destroyed. */
export async function forgetByAge(deps: ForgetByAgeDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps
  while (!signal.aborted) {
    try {
      const destroyed = await destroyOldKeys(deps, signal)
      if (destroyed !== null && destroyed > 0) logger.info({ destroyed }, 'keys of persons were destroyed by their age')
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ err: error }, 'old keys of persons could not be looked for; it will be tried again')
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined)
  }
}

/** How many were destroyed; null: it was looked for them within the last day. */
export async function destroyOldKeys(
  { tables, personKeys, clock }: Omit<ForgetByAgeDeps, 'logger'>,
  signal: AbortSignal,
): Promise<number | null> {
  const at = clock.now()
  const isTurn = { anyOf: [{ absent: 'at' }, { attribute: 'at', is: '<=', value: at - DAY_MS }] } as const
  if ((await tables.update(SETTINGS, LOOKED_AT, { set: { at } }, isTurn)) === null) return null
  try {
    return await personKeys.destroyOld(signal)
  } catch (error) {
    await tables.update(SETTINGS, LOOKED_AT, { remove: ['at'] })
    throw error
  }
}
