import type { System } from '../../configuration/model.ts'
import { type StreamError, toStreamError } from '../../errors.ts'
import type { Clients } from '../../systems/clients.ts'
import { type Check, fail, ok, warn } from './finding.ts'
import { judgeSkew } from './skew.ts'

export interface SystemDeps {
  readonly clients: Pick<Clients, 'check'>
  readonly now: () => number
}

/** Checks address, credentials and clock of a system with one cheap call. */
export function systemCheck(system: System, { clients, now }: SystemDeps): Check {
  const name = `system ${system.id}`
  return {
    name,
    async run(signal) {
      const askedAt = now()
      try {
        const { date, warnings = [] } = await clients.check(system, signal)
        const [clock, roundMs] = [date, now() - askedAt]
        return [
          ok(name, `${system.type} ${hasCredentials(system) ? 'accepts the credentials' : 'answers'} (${roundMs} ms)`),
          ...judgeSkew(system, { date: clock, askedAt, answeredAt: askedAt + roundMs }),
          ...warnings.map((warning) => warn(name, warning)),
        ]
      } catch (thrown) {
        const { code, message } = toStreamError(thrown)
        return [fail(name, `${code}: ${message}`, ways[code] ?? null)]
      }
    },
  }
}

function hasCredentials({ secrets }: System): boolean {
  return Object.keys(secrets).length > 0
}

const ways: Readonly<Partial<Record<StreamError['code'], string>>> = {
  credentials_refused: 'renew the credentials that its secrets refer to',
  permission_missing: "give the integration's role that permission",
  target_unavailable: 'check that its address is right and reachable from here',
  timed_out: 'check that its address is reachable from here',
  rate_limited: 'lower limits.concurrency, or try again later',
}
